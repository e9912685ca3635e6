"""The test code of reports, pasted into a module: it shows the fault, and passes when that is mended."""

from __future__ import annotations

import base64
import itertools

import pytest

import contract_kit
from contract_kit.cases import body_cases
from contract_kit.delivery import delivery_cases
from contract_kit.report import Context, Redactor, reproduce
from contract_kit.sample import DEMO, Receiver, serve

pytest_plugins = ["pytester"]

SECRET = "whsec_" + base64.b64encode(b"a key of some thirty-two bytes!!").decode()


def pasted(project, text: str, *, secret: str = "") -> pytest.RunResult:
    """What pytest says of pasted code, in a process of its own: modules are imported anew."""
    project.write(test_pasted=text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRACT_KIT_SECRET", secret)
        return project.run_apart("-p", "no:cacheprovider", "test_pasted.py")


def test_pasted_code_fails_for_the_same_cause_and_passes_when_it_is_mended(project):
    broken = "import json\n\n\ndef parse(body):\n    return json.loads(body)['customer']['email'].strip()\n"
    ctx = Context(target="shop:parse", kind="parser", options=("--rejects", "builtins:ValueError"))
    case = next(
        one for one in contract_kit.load().cases(kinds=["valid"]) if one.id == "valid:/customer/email::absent"
    )
    text = reproduce(case, ctx)["pytest"]
    project.write(shop=broken)
    pasted(project, text).stdout.fnmatch_lines(
        ["*crash: crashes with KeyError when customer.email is absent*"]
    )
    project.write(shop=broken.replace("['email'].strip()", "").replace("['customer']", ".get('customer')"))
    pasted(project, text).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("valid:/customer/email::absent", "crash: answers 500 when customer.email is absent"),
        (
            "delivery:::signature-non-ascii",
            "crash: *answers 500 on a delivery: a Latin-1 letter in place of*",
        ),
        ("invalid:/customer/status:enum:case-title", "false_accept: accepts customer.status*"),
    ],
)
def test_pasted_code_signs_what_it_gives_to_a_receiver(project, wanted, said):
    with serve(Receiver(secret=SECRET, faults=DEMO)) as bad, serve(Receiver(secret=SECRET)) as good:
        terms = contract_kit.load().terms
        stream = itertools.chain(
            body_cases(terms, target="url"), delivery_cases(terms, signed=True, target="url")
        )
        case = next(one for one in stream if one.id == wanted)
        for running in (bad, good):
            ctx = Context(target=running.url, kind="url", secret=True, redactor=Redactor([SECRET]))
            text = reproduce(case, ctx)["pytest"]
            assert SECRET not in text
            done = pasted(project, text, secret=SECRET)
            if running is good:
                done.assert_outcomes(passed=1)
            else:
                done.stdout.fnmatch_lines([f"*{said}*"])
