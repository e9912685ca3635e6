"""Python targets: what is found, how a body is given, and what an outcome is told as."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import signal
import sys
import textwrap
import threading
import time
from types import ModuleType
from typing import Annotated, Any, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import NOTHING, Delivery
from contract_kit.oracle import leaf
from contract_kit.targets import Target, constants, describe, import_object, open_python_target, send

GOOD = b'{"id": "cust_1", "age": 3}'


class Customer(pydantic.BaseModel):
    id: str
    age: int


class Strict(msgspec.Struct):
    id: str
    age: int


@dataclasses.dataclass
class Plain:
    id: str
    age: int


@attrs.define
class Defined:
    id: str
    age: int


@pydantic.dataclasses.dataclass
class Checked:
    id: str
    age: int


class Typed(TypedDict):
    id: str
    age: int


class Other(pydantic.BaseModel):
    id: int
    age: str


MODELS = [
    Customer, Strict, Plain, Defined, Checked, Typed, pydantic.TypeAdapter(Customer), Customer | Other,
    Annotated[Strict | None, "any"],
]  # fmt: skip


def parse(body: bytes) -> Any:
    return json.loads(body)


def reply_of(obj: Any, body: bytes = GOOD, **options: Any):
    with open_python_target(obj, isolate=False, **options) as target:
        return send(target, Delivery(key=1, body=body))


class TestFinding:
    @pytest.mark.parametrize("model", MODELS, ids=str)
    def test_a_class_of_any_library_is_a_model(self, model):
        assert describe(model) == "model"

    def test_functions_methods_partials_and_callable_objects_are_parsers(self):
        class Parser:
            def __call__(self, body):
                return body

            def parse(self, body, strict=True):
                return body

        for parser in (
            parse,
            Parser(),
            Parser().parse,
            lambda body: body,
            json.loads,
            msgspec.json.decode,
            int,
        ):
            assert describe(parser) == "parser"

    def test_apps_are_known_by_their_signature(self):
        async def asgi(scope, receive, send):
            pass

        def wsgi(environ, start_response):
            return []

        class App:
            async def __call__(self, scope, receive, send):
                pass

        assert [describe(app) for app in (asgi, wsgi, App())] == ["asgi", "wsgi", "asgi"]

    def test_apps_of_frameworks_are_known_by_their_class(self):
        import fastapi
        import flask

        class Mine(flask.Flask):
            pass

        assert describe(fastapi.FastAPI()) == "asgi"
        assert describe(Mine("shop")) == "wsgi"

    @pytest.mark.parametrize(
        ("obj", "words"),
        [
            ({}, "an object of type dict and cannot be called"),
            (json, "a module and cannot be called"),
            (lambda body, secret: None, "needs 2 arguments (body, secret)"),
            (lambda: None, "cannot be called with the body alone"),
            (lambda *, body: None, "cannot be called with the body alone"),
        ],
    )
    def test_what_is_no_target_is_told_what_would_be_one(self, obj, words):
        with pytest.raises(UsageError) as caught:
            describe(obj, name="shop:thing")
        assert words in str(caught.value)
        assert "pass a function that takes the body" in str(caught.value)

    @pytest.mark.parametrize(
        ("obj", "as_"), [(parse, "model"), ({}, "parser"), (parse, "url"), (parse, "robot")]
    )
    def test_a_wrong_word_of_the_users_is_refused(self, obj, as_):
        with pytest.raises(UsageError):
            describe(obj, as_)

    def test_the_users_word_stands_over_what_is_found(self):
        assert describe(Customer.model_validate_json, "parser") == "parser"
        assert describe(lambda a, b: None, "wsgi") == "wsgi"

    def test_a_target_is_a_target(self):
        with open_python_target(parse, isolate=False) as target:
            assert isinstance(target, Target)


class TestReading:
    @pytest.mark.parametrize("model", MODELS, ids=str)
    def test_a_model_takes_a_sound_body_and_refuses_others_by_its_own_errors(self, model):
        accepted = reply_of(model)
        assert (accepted.outcome, accepted.value) == ("accepted", {"id": "cust_1", "age": 3})
        for body in (
            b'{"id": "x"}',
            b'{"id": "x", "age": "many"}',
            b"[]",
            b"{",
            b"",
            b"\xff",
            b'"text"',
            b"12",
            b"null",
        ):
            if model is MODELS[-1] and body == b"null":
                continue
            assert reply_of(model, body).outcome == "rejected", body

    def test_the_readers_own_refusal_says_that_the_target_never_saw_the_body(self):
        seen = []
        for input_, body in (
            ("value", b"{"),
            ("value", b"[NaN]"),
            ("str", b"\xff"),
            ("value", b"[" * 100_000),
        ):
            reply = reply_of(seen.append, body, input_=input_)
            assert reply.outcome == "rejected"
            assert "never saw" in reply.detail
        assert not seen

    def test_a_parser_takes_bytes_text_or_the_value(self):
        def kind(got):
            return type(got).__name__

        values = [reply_of(kind, input_=input_).value for input_ in ("bytes", "str", "value")]
        assert values == ["bytes", "str", "dict"]

    def test_a_plain_class_without_cattrs_is_told_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "cattrs", None)
        with pytest.raises(UsageError, match=r"contract-kit\[all\]"):
            reply_of(Plain)

    def test_an_unknown_input_or_timeout_is_refused(self):
        with pytest.raises(UsageError, match="input 'xml'"):
            reply_of(parse, input_="xml")
        with pytest.raises(UsageError, match="timeout 0"):
            reply_of(parse, timeout=0)


class BadWebhook(Exception):
    pass


class WorseWebhook(BadWebhook):
    pass


def raising(error):
    def consumer(_body):
        raise error

    return consumer


class TestOutcomes:
    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            (BadWebhook("no"), "rejected"),
            (WorseWebhook("no"), "rejected"),
            (ExceptionGroup("many", [BadWebhook(), ExceptionGroup("more", [WorseWebhook()])]), "rejected"),
            (ExceptionGroup("many", [BadWebhook(), KeyError()]), "crashed"),
            (ValueError("not declared"), "crashed"),
            (SystemExit(1), "crashed"),
            (KeyboardInterrupt(), "crashed"),
            (GeneratorExit(), "crashed"),
            (MemoryError(), "crashed"),
            (asyncio.CancelledError(), "crashed"),
        ],
        ids=repr,
    )
    def test_declared_exceptions_refuse_and_all_others_crash(self, error, outcome):
        assert reply_of(raising(error), rejects=[BadWebhook]).outcome == outcome

    def test_a_value_error_refuses_unless_told_otherwise(self):
        reply = reply_of(parse, b"{")
        assert (reply.outcome, reply.exception) == ("rejected", "json.decoder.JSONDecodeError")

    def test_a_refusal_may_be_declared_by_name_and_must_be_an_exception(self):
        assert reply_of(raising(KeyError("x")), rejects=["builtins:LookupError"]).outcome == "rejected"
        with pytest.raises(UsageError, match="no exception class"):
            reply_of(parse, rejects=["json:loads"])
        with pytest.raises(TargetError, match="did you mean ValueError"):
            reply_of(parse, rejects=["builtins:ValuError"])

    def test_no_value_and_none_are_not_the_same(self):
        assert reply_of(lambda body: None).value is None
        assert reply_of(raising(KeyError())).value is NOTHING

    def test_values_leave_as_a_plain_tree(self):
        import datetime as dt

        at = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
        assert reply_of(lambda body: {"at": at}).value == {"at": leaf("datetime", at.isoformat())}

    def test_messages_are_bounded_and_an_error_that_cannot_speak_is_silent(self):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError

        assert len(reply_of(raising(KeyError("x" * 10_000))).message) == 500
        assert reply_of(raising(Mute())).message == ""

    def test_the_time_is_the_calls_own(self):
        assert 0.05 <= reply_of(lambda body: time.sleep(0.05)).elapsed < 0.5


class TestAwaiting:
    def test_coroutine_functions_run_to_their_end_on_one_loop(self):
        loops = set()

        async def consumer(body):
            await asyncio.sleep(0)
            loops.add(id(asyncio.get_running_loop()))
            return json.loads(body)

        with open_python_target(consumer, isolate=False) as target:
            replies = [reply for _, reply in target.exchange([Delivery(key=i, body=GOOD) for i in range(3)])]
        assert [reply.value["age"] for reply in replies] == [3, 3, 3]
        assert len(loops) == 1

    def test_an_error_in_a_coroutine_is_placed_in_it(self):
        async def consumer(body):
            await asyncio.sleep(0)
            return json.loads(body)["nope"]

        reply = reply_of(consumer)
        assert (reply.exception, reply.where.split(" in ")[1]) == ("KeyError", "consumer")

    def test_generators_are_run_to_their_end_too(self):
        def events(body):
            yield json.loads(body)["id"]
            raise KeyError

        async def later(body):
            yield json.loads(body)["id"]

        assert reply_of(events).outcome == "crashed"
        assert reply_of(later).value == ["cust_1"]

    def test_a_coroutine_is_run_where_a_loop_runs_already(self):
        async def consumer(body):
            return json.loads(body)["id"]

        async def test():
            return reply_of(consumer)

        assert asyncio.run(test()).value == "cust_1"


SHOP = """
import json

class BadWebhook(Exception):
    pass

def read(body):
    return json.loads(body)

def wrapped(body):
    try:
        return read(body)
    except ValueError as error:
        raise BadWebhook("bad") from error

def handled(body):
    try:
        return read(body)
    except ValueError:
        return {}["oops"]

def deep(body):
    return down(0)

def down(n):
    return up(n + 1)

def up(n):
    return down(n + 1)

def group(body):
    raise ExceptionGroup("x", [BadWebhook()])

def library(body):
    return sorted([1, "x"], key=lambda x: x)

def generated(body):
    import dataclasses
    return dataclasses.make_dataclass("D", ["a"])()
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    (tmp_path / "shop_kit").mkdir()
    (tmp_path / "shop_kit" / "__init__.py").touch()
    (tmp_path / "shop_kit" / "webhooks.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield str(tmp_path)
    for name in [name for name in sys.modules if name.startswith("shop_kit")]:
        del sys.modules[name]


class TestWhere:
    @pytest.mark.parametrize(
        ("name", "place"),
        [
            ("read", "8 in read"),
            ("wrapped", "8 in read"),
            ("handled", "20 in handled"),
            ("deep", "26 in down"),
            ("group", "32 in group"),
            ("library", "35 in library"),
            ("generated", "39 in generated"),
        ],
    )
    def test_it_is_the_consumers_innermost_frame_of_the_root_cause(self, shop, name, place):
        reply = reply_of(f"shop_kit.webhooks:{name}", b"{", cwd=shop)
        assert reply.where == f"shop_kit/webhooks.py:{place}"

    def test_an_installed_package_is_its_own_consumer(self, tmp_path, monkeypatch):
        place = tmp_path / "lib" / "site-packages"
        place.mkdir(parents=True)
        (place / "shop_installed.py").write_text(
            "import json\ndef parse(body):\n    return json.loads(body)\n"
        )
        monkeypatch.syspath_prepend(str(place))
        reply = reply_of("shop_installed:parse", b"{", cwd=str(tmp_path))
        assert reply.where == "shop_installed.py:3 in parse"

    def test_a_model_that_has_no_code_of_its_own_has_no_place(self):
        assert reply_of(Strict, b"{").where is None


class TestImporting:
    def test_the_working_directory_is_on_the_path_and_attributes_may_be_nested(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sys, "path", list(sys.path))
        (tmp_path / "shop_nested.py").write_text(
            "class A:\n    @staticmethod\n    def parse(body): return body"
        )
        assert import_object("shop_nested:A.parse", cwd=str(tmp_path))(b"x") == b"x"

    def test_what_stands_in_src_alone_is_found_there_and_the_folder_itself_goes_first(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(sys, "path", list(sys.path))
        for name, word in (("src/laid_out", 1), ("src/twice_there", 2), ("twice_there", 3)):
            (tmp_path / name).mkdir(parents=True)
            (tmp_path / name / "__init__.py").write_text(f"def parse(body): return {word}")
        assert import_object("laid_out:parse", cwd=str(tmp_path))(b"") == 1
        assert import_object("twice_there:parse", cwd=str(tmp_path))(b"") == 3

    @pytest.mark.parametrize(
        ("spec", "message"),
        [
            (
                "shop_kit.webhooks.parse",
                "'shop_kit.webhooks.parse' names no object; write package.module:object",
            ),
            ("shop_kit/webhooks.py:parse", "perhaps shop_kit.webhooks:parse"),
            ("shop_kit", "is not of the form package.module:object"),
            ("shop_kit:", "is not of the form package.module:object"),
            (":parse", "is not of the form package.module:object"),
            ("shop kit:parse", "is not of the form package.module:object"),
        ],
    )
    def test_what_is_no_name_is_wrong_use(self, shop, spec, message):
        with pytest.raises(UsageError) as caught:
            import_object(spec, cwd=shop)
        assert message in str(caught.value)

    @pytest.mark.parametrize(
        ("spec", "message"),
        [
            ("shop_kit.webhook:read", "there is no 'webhook' in shop_kit; did you mean webhooks?"),
            ("shop_kti.webhooks:read", "did you mean shop_kit?"),
            ("shop_kit.webhooks.deeper:read", "shop_kit.webhooks is a module, not a package"),
            ("shop_kit.webhooks:wraped", "shop_kit.webhooks has no 'wraped'; did you mean wrapped"),
            ("shop_kit.webhooks:BadWebhook.nope", "shop_kit.webhooks:BadWebhook has no 'nope'"),
        ],
    )
    def test_a_missing_module_or_attribute_is_told_with_near_names(self, shop, spec, message):
        with pytest.raises(TargetError) as caught:
            import_object(spec, cwd=shop)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_an_error_two_modules_away_is_placed_where_it_stands(self, shop, tmp_path):
        (tmp_path / "shop_kit" / "rules.py").write_text("import json\nRULES = json.loads('{')\n")
        (tmp_path / "shop_kit" / "api.py").write_text("from shop_kit import rules\n")
        with pytest.raises(TargetError) as caught:
            import_object("shop_kit.api:parse", cwd=shop)
        assert str(caught.value).startswith(
            "shop_kit/rules.py:2: json.decoder.JSONDecodeError: Expecting property"
        )


class TestInProcess:
    def test_a_hang_in_python_code_is_broken_off_and_placed(self):
        def consumer(body):
            while True:
                try:
                    time.sleep(0.01)
                except BaseException:  # swallows the first alarm
                    time.sleep(0.01)

        reply = reply_of(consumer, timeout=0.2)
        assert reply.outcome == "timed_out"
        assert reply.where.endswith("in consumer")
        assert 0.2 <= reply.elapsed < 1

    def test_handlers_alarms_and_the_recursion_limit_are_put_back(self):
        def consumer(body):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
            sys.setrecursionlimit(5000)

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = [signal.getsignal(number) for number in numbers], sys.getrecursionlimit()
        signal.setitimer(signal.ITIMER_REAL, 1000)
        assert reply_of(consumer).outcome == "accepted"
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        assert 900 < left <= 1000
        assert ([signal.getsignal(number) for number in numbers], sys.getrecursionlimit()) == before

    def test_the_persons_own_interrupt_is_not_taken_for_the_consumers(self):
        def consumer(body):
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            reply_of(consumer)

    def test_it_works_beside_the_main_thread(self):
        replies = []
        thread = threading.Thread(target=lambda: replies.append(reply_of(parse)))
        thread.start()
        thread.join()
        assert replies[0].outcome == "accepted"


def test_constants_are_the_projects_own_and_bounded(tmp_path, monkeypatch):
    (tmp_path / "shop_words").mkdir()
    (tmp_path / "shop_words" / "__init__.py").write_text(f"MANY = {list(range(2000))}")
    (tmp_path / "shop_words" / "rules.py").write_text(
        '"""Doc."""\nimport json\nSTATUSES = {"open": 1.5}\nLONG = "x" * 3\n'
    )
    source = """
        from . import rules
        from .rules import STATUSES as S
        class Reader:
            '''Text of no use.'''
            kind: "SomeType" = "vip"
            @staticmethod
            def parse(body) -> "Result":
                'more of it'
                return body == b"raw" or f"pre{body}" in S
    """
    (tmp_path / "shop_words" / "api.py").write_text(textwrap.dedent(source))
    monkeypatch.syspath_prepend(str(tmp_path))
    with open_python_target("shop_words.api:Reader.parse", isolate=False, cwd=str(tmp_path)) as target:
        strings, numbers, _ = constants(target)
    assert strings == ("vip", "raw", "pre", "open", "x")
    assert numbers == (1.5, 3, *(n for n in range(199) if n != 3))


def test_a_target_without_source_has_no_constants():
    assert constants(ModuleType("nothing")) == ((), (), ())
