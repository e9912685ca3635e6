"""The marker and ``contract_tests``: one test a case, with everything that pytest can do with tests."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]
EMAIL = "invalid:/customer/email:type:*"


def test_a_marked_test_runs_once_a_case_with_the_case_s_id(project):
    project.write(
        test_a=f"""
        import contract_kit, pytest, shop

        @pytest.mark.contract("customer.created", kinds=("valid", "invalid"), only="{EMAIL}")
        def test_parse(contract_case):
            contract_kit.check(shop.parse, contract_case, rejects=shop.BadWebhook)
        """
    )
    result = project.run("-v", "--strict-markers")
    result.stdout.fnmatch_lines(["test_a.py::test_parse[[]invalid:/customer/email:type:null[]] PASSED*"])
    assert result.parseoutcomes()["passed"] == 14


def test_the_nearest_marker_counts_on_functions_classes_and_modules(project):
    project.write(
        test_a="""
        import pytest

        pytestmark = pytest.mark.contract(kinds="malformed", only="malformed:::empty")

        def test_module(contract_case):
            assert contract_case.id == "malformed:::empty"

        @pytest.mark.contract(only=["malformed:::blank", "malformed:::empty"])
        class TestIt:
            @pytest.mark.parametrize("n", [1, 2])
            def test_two(self, contract_case, n, tmp_path):
                assert contract_case.kind == "malformed"

            @pytest.mark.contract(skip="malformed:::empty")
            def test_one(self, contract_case):
                assert contract_case.id == "malformed:::blank"
        """
    )
    outcomes = project.outcomes("-q")
    assert outcomes == {"passed": 6}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "kinds='wrong'",
            "kinds: 'wrong' is none of valid, equivalent, foreign, invalid, malformed, delivery",
        ),
        ("policy='mild'", "policy: 'mild' is none of schema, provider, tolerant"),
        ("kind='valid'", "has no argument 'kind'; did you mean kinds?"),
        ("colour='x'", "has no argument 'colour'; there are event, spec, kinds"),
        ("only='nothing:*'", "no case is left by only='nothing:*'; 'contract-kit cases' lists them"),
        ("'customer.creatd'", "has no event 'customer.creatd'; did you mean customer.created"),
        ("'a', 'b'", "takes one event, got 2: ('a', 'b')"),
    ],
)
def test_wrong_words_of_a_marker_are_told_in_one_line(project, words, said):
    project.write(
        test_a=f"""
        import pytest

        @pytest.mark.contract({words})
        def test_a(contract_case): ...
        """
    )
    result = project.run()
    assert said in result.stdout.str()
    assert "INTERNALERROR" not in result.stdout.str()
    assert result.ret != 0


def test_a_failure_in_a_marked_test_says_how_to_go_on(project):
    project.write(
        test_a="""
        import contract_kit, pytest, shop

        @pytest.mark.contract(only="invalid:/customer/email:type:null")
        def test_parse(contract_case):
            contract_kit.check(shop.careless, contract_case, rejects=shop.BadWebhook)
        """
    )
    result = project.run("test_a.py")
    result.stdout.fnmatch_lines(
        [
            ">*contract_kit.check(shop.careless, contract_case, rejects=shop.BadWebhook)",
            "E*ContractViolation: crash: crashes with AttributeError when customer.email is null",
            "test_a.py:5: ContractViolation",
            "  alone     pytest 'test_a.py::test_parse[[]invalid:/customer/email:type:null[]]'",
            "  keep it   [[]tool.contract_kit[]]",
            '            skip = [[]"invalid:/customer/email:type:null"[]]',
            "*= contract findings =*",
            "test_a.py::test_parse: 1 cause, 1 of 1 cases failed",
        ]
    )


AGAIN = "E         again     contract-kit fuzz "


def test_the_line_to_see_a_failure_again_says_all_that_the_case_does_not(project):
    schema = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}
    body = {"content": {"application/json": {"schema": schema}}}
    webhooks = {"invoice.paid": {"post": {"requestBody": body}}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "webhooks": webhooks}
    (project.pytester.path / "inv.json").write_text(json.dumps(document))
    project.configure('[tool.contract_kit]\npolicy = "tolerant"')
    project.write(
        test_a="""
        import contract_kit, json, pytest

        @pytest.mark.contract(only="invalid:/customer/metadata:type:null", policy="schema")
        def test_policy(contract_case):
            contract_kit.check(json.loads, contract_case)

        @pytest.mark.contract("invoice.paid", spec="inv.json", only="invalid::required:amount-absent", policy="schema")
        def test_document(contract_case):
            contract_kit.check(json.loads, contract_case)

        def parse(body):
            return json.loads(body)

        @pytest.mark.contract(only="malformed:::literal-nan")
        def test_of_the_folder(contract_case):
            contract_kit.check(parse, contract_case)
        """,
    )
    folder = project.pytester.mkdir("folder")
    (folder / "test_b.py").write_text((project.pytester.path / "test_a.py").read_text())
    result = project.run("test_a.py", "folder/test_b.py", "-p", "no:randomly")
    again = [line for line in result.outlines if line.startswith(AGAIN)]
    commands = [line.removeprefix(AGAIN) for line in again]
    assert commands[3:] == commands[:2]
    assert commands[:3] == [
        "json:loads --only invalid:/customer/metadata:type:null --policy schema",
        "json:loads --only invalid::required:amount-absent --event invoice.paid --spec inv.json --policy schema",
        "test_a:parse --only malformed:::literal-nan",
    ]
    assert result.parseoutcomes()["failed"] == 6  # test_b:parse stands in a folder, where nobody finds it


def test_one_line_makes_a_class_of_tests(project):
    project.write(
        test_a=f"""
        import contract_kit, shop

        TestShop = contract_kit.contract_tests(
            shop.parse, rejects=shop.BadWebhook, kinds=["valid", "invalid"], skip="valid:*", max_examples=5
        )
        TestOnly = contract_kit.contract_tests("shop:parse", rejects="shop:BadWebhook", only="{EMAIL}")
        """
    )
    result = project.run("-v", "-k", "(TestShop and (email or random)) or TestOnly")
    result.stdout.fnmatch_lines(
        [
            "test_a.py::TestShop::test_case[[]invalid:/customer/email:type:null[]] PASSED*",
            "test_a.py::TestShop::test_random_valid PASSED*",
            "test_a.py::TestShop::test_random_invalid PASSED*",
            "test_a.py::TestOnly::test_case[[]invalid:/customer/email:type:null[]] PASSED*",
        ]
    )
    assert "TestOnly::test_random" not in result.stdout.str()
    assert set(result.parseoutcomes()) == {"passed", "deselected"}


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("return shop.parse_later", "rejects=shop.BadWebhook"),
        ("return shop.app", "path='/hooks'"),
        ("return type('TestClient', (), {'app': staticmethod(shop.app)})()", "path='/hooks'"),
    ],
)
def test_a_fixture_may_yield_the_consumer(project, fixture, words):
    project.write(
        test_a=f"""
        import contract_kit, pytest, shop

        @pytest.fixture(scope="module")
        def consumer():
            {fixture}

        kinds = ["valid", "invalid", "foreign"]
        only = ["invalid:/customer/email:type:*", "valid:::*", "foreign:*invoice*"]
        TestNamed = contract_kit.contract_tests("consumer", {words}, kinds=kinds, only=only)
        TestGiven = contract_kit.contract_tests(consumer, {words}, kinds=kinds, only=only)
        """
    )
    outcomes = project.outcomes("-q")
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] > 30


def test_a_live_server_is_an_object_with_a_url(project):
    project.write(
        test_a="""
        import threading, types
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        import contract_kit, pytest, shop

        class Silent(WSGIRequestHandler):
            def log_message(self, *args): ...

        @pytest.fixture(scope="module")
        def live_server():
            server = make_server("127.0.0.1", 0, shop.app, handler_class=Silent)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield types.SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}")
            server.shutdown()
            thread.join()
            server.server_close()

        TestLive = contract_kit.contract_tests(
            "live_server", path="/hooks", kinds="invalid", only="invalid:/customer/email:type:n*", as_="url"
        )
        """
    )
    outcomes = project.outcomes("-q")
    assert set(outcomes) == {"passed"}


def test_marks_and_subclasses_work_as_on_any_class(project):
    project.write(
        test_a="""
        import contract_kit, pytest, shop

        Made = contract_kit.contract_tests(
            shop.careless, rejects=shop.BadWebhook, only="invalid:/customer/email:type:null"
        )
        TestWanted = pytest.mark.xfail(strict=True)(Made)

        class TestMine(contract_kit.contract_tests(shop.parse, rejects=shop.BadWebhook, only="malformed:::empty")):
            def test_more(self, customer_created):
                assert shop.parse(b"{}") == {}
        """
    )
    result = project.run()
    assert result.parseoutcomes() == {"passed": 2, "xfailed": 1}
    assert "contract findings" not in result.stdout.str()


def test_random_search_keeps_to_the_user_s_profile_and_shrinks(project):
    project.write(
        conftest="""
        import hypothesis

        hypothesis.settings.register_profile("few", max_examples=7, database=None)
        hypothesis.settings.load_profile("few")
        """,
        test_a="""
        import contract_kit, shop

        seen = []

        def counted(body):
            seen.append(body)
            return shop.parse(body)

        def shouting(body):
            value = shop.parse(body)
            if not str(value.get("customer", {}).get("name", "")).isascii():
                raise KeyError("name")
            return value

        TestFew = contract_kit.contract_tests(counted, rejects=shop.BadWebhook, kinds="valid", skip="valid:*")
        TestShrunk = contract_kit.contract_tests(
            shouting, rejects=shop.BadWebhook, kinds="valid", skip="valid:*", max_examples=300
        )

        def test_last():
            assert 5 <= len(seen) <= 25
        """,
    )
    result = project.run("-q", "--hypothesis-seed=1", "-p", "no:cacheprovider")
    text = result.stdout.str()
    assert "crash: crashes with KeyError" in text
    assert "test_random_valid" in text
    assert "Falsifying example" not in text.partition("short test summary")[0].partition("observed")[0]
    assert result.parseoutcomes()["passed"] == 2


def test_a_wrong_consumer_is_an_error_of_collection(project):
    project.write(test_a="import contract_kit\nTestIt = contract_kit.contract_tests(42)")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["*the target is an object of type int and cannot be called; pass a function*"]
    )
    assert "INTERNALERROR" not in result.stdout.str()


def test_a_later_marker_of_another_plugin_sees_our_tests_as_its_own(project):
    """Every test is marked ``contract``, so -m chooses or leaves them."""
    project.write(
        test_a="""
        import contract_kit, shop

        TestShop = contract_kit.contract_tests(shop.parse, rejects=shop.BadWebhook, only="malformed:::empty")
        def test_mine(): ...
        """
    )
    assert project.outcomes("-m", "contract") == {"passed": 1, "deselected": 1}
    assert project.outcomes("-m", "not contract") == {"passed": 1, "deselected": 1}
