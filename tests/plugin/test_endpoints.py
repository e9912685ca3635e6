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
