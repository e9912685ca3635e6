"""Endpoints and commands: signed deliveries, commands of other languages, receivers that are shut."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from contract_kit.pytest_plugin import _options

pytest_plugins = ["pytester"]
SECRET = "whsec_Y29udHJhY3Rfa2l0OiBmb3IgdGVzdHMu"
HOOK = f'''
from standardwebhooks import Webhook, WebhookVerificationError
import shop

def app(environ, start_response):
    """Verifies, then reads; right in every respect."""
    names = {{}}
    for family in ("WEBHOOK", "SVIX"):
        for part in ("ID", "TIMESTAMP", "SIGNATURE"):
            value = environ.get(f"HTTP_{{family}}_{{part}}")
            if value is not None:
                names.setdefault(f"webhook-{{part.lower()}}", value)
    body = environ["wsgi.input"].read()
    try:
        if environ["REQUEST_METHOD"] != "POST":
            status = "405 Method Not Allowed"
        else:
            Webhook("{SECRET}").verify(body, names)
            shop.parse(body)
            status = "204 No Content"
    except (WebhookVerificationError, shop.BadWebhook):
        status = "400 Bad Request"
    except Exception:
        status = "400 Bad Request"
    start_response(status, [("content-length", "0")])
    return [b""]
'''


def test_a_receiver_that_verifies_passes_every_delivery_case(project):
    project.write(
        hook=HOOK,
        test_a=f"""
        import contract_kit, hook

        TestHook = contract_kit.contract_tests(
            hook.app, path="/hooks", secret="{SECRET}", kinds="delivery", max_examples=0
        )
        """,
    )
    outcomes = project.outcomes("-q")
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] > 100


def test_a_report_gives_the_case_again_as_it_came(project):
    """Header family, headers and path are in every line; credentials in none."""
    project.write(
        hook=HOOK.replace("shop.parse(body)", "raise RuntimeError").replace("400 Bad Request", "500 Oops", 2),
        test_a=f"""
        import contract_kit, hook

        TestHook = contract_kit.contract_tests(
            hook.app, path="/hooks", secret="{SECRET}", sign="webhook", max_examples=0, timeout=9,
            headers={{"x-tenant": "7", "authorization": "Bearer abcdefgh"}}, only="valid:::full",
        )
        """,
    )
    project.run("-q", "--contract-report", "r.json")
    text = (project.pytester.path / "r.json").read_text()
    (finding,) = json.loads(text)["findings"]
    cli, code = finding["reproduce"]["cli"], finding["reproduce"]["pytest"]
    for word in ("--path /hooks", "--sign webhook", "'x-tenant: 7'", "--timeout 9"):
        assert word in cli
    for word in ("path='/hooks'", "sign='webhook'", "'x-tenant': '7'", 'os.environ["CONTRACT_KIT_SECRET"]'):
        assert word in code
    assert "abcdefgh" not in text
    assert SECRET not in text


def test_a_receiver_that_is_shut_is_told_once(project):
    """Without the secret nothing gets in: one failure with a hint, the rest is not judged."""
    project.write(
        hook="""
        def app(environ, start_response):
            start_response("401 Unauthorized", [("content-length", "0")])
            return [b""]
        """
    )
    words = ("--contract-target", "hook:app", "--contract-no-isolate", "--contract-max-examples", "0")
    result = project.run(
        "-q",
        *words,
        "--contract-only",
        "invalid:/customer/email:type:n*",
        "--contract-only",
        "malformed:::empty",
    )
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["skipped"] >= 1
    assert "answers the first sound delivery with 401: is the secret right" in result.stdout.str()


def test_a_command_is_a_target_of_the_table(project):
    code = "import sys; body = sys.stdin.buffer.read(); sys.exit(0 if body else 1)"
    project.configure(
        f"""
        [[tool.contract_kit.targets]]
        name = "command"
        command = {json.dumps([sys.executable, "-S", "-c", code])}
        only = ["malformed:::empty"]
        timeout = 20
        """
    )
    project.run("-v").stdout.fnmatch_lines(["contract::command::malformed:::empty PASSED*"])


def test_the_page_names_every_option():
    page = Path(__file__, "../../../docs/pytest.md").resolve().read_text("utf-8")
    for option in _options.OPTIONS:
        assert f"`--contract-{option.name}" in page
        if option.in_ini:
            assert f"`{option.dest}`" in page


def test_random_search_knows_that_endpoints_take_events_of_any_name():
    from hypothesis import find

    from contract_kit.pytest_plugin._search import drawn
    from contract_kit.spec import load_terms

    def expected(target):
        strategy = drawn("invalid", lambda: (load_terms("customer.created"), "provider", target))
        found = find(strategy, lambda one: (one.case.pointer, one.case.keyword) == ("/event_type", "enum"))
        return found.case.expect

    assert (expected("url"), expected("asgi"), expected("parser")) == ("either", "either", "reject")


def test_credentials_in_a_url_are_in_nothing_that_is_printed(project):
    from contract_kit.sample import Fault, Receiver, serve

    with serve(Receiver(secret=SECRET, faults={Fault.STALE})) as running:
        url = running.url.replace("http://", "http://ada:hunter22@") + "?token=t0ken77"
        only = ("--contract-only", "delivery:::time-too-*", "--contract-max-examples", "0")
        result = project.run("-v", "--contract-url", url, "--contract-secret", SECRET, *only)
        assert result.parseoutcomes()["failed"] == 3
        printed = result.stdout.str() + result.stderr.str()
        assert "hunter22" not in printed
        assert "t0ken77" not in printed
        node = f"contract::{running.url}::delivery:::time-too-old"
        assert node in printed
        alone = project.run("--contract-url", url, "--contract-secret", SECRET, node)
        assert alone.parseoutcomes() == {"failed": 1}
