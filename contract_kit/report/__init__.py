"""Findings → text, JSON, JUnit, HTML; and how to see each finding again.

Every renderer takes a :class:`~contract_kit.model.RunResult` and, where a secret was in play, a
:class:`Redactor`; all hostile text is made visible in one place (:func:`visible`). Nothing is imported
until it is used: rich only when text is rendered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit._lazy import lazily

if TYPE_CHECKING:
    from contract_kit.report._escape import literal_glob, shell_quote, visible, visible_bytes
    from contract_kit.report._html import to_html
    from contract_kit.report._json import report_schema, to_json
    from contract_kit.report._junit import to_junit
    from contract_kit.report._redact import Redactor, is_sensitive_header
    from contract_kit.report._reproduce import Context, reproduce
    from contract_kit.report._text import print_text, to_text
    from contract_kit.report._titles import title
    from contract_kit.report._words import clause, place
    from contract_kit.report._write import beside, check_place, check_report_paths, write_reports

__all__ = [
    "Context",
    "Redactor",
    "beside",
    "check_place",
    "check_report_paths",
    "clause",
    "is_sensitive_header",
    "literal_glob",
    "place",
    "print_text",
    "report_schema",
    "reproduce",
    "shell_quote",
    "title",
    "to_html",
    "to_json",
    "to_junit",
    "to_text",
    "visible",
    "visible_bytes",
    "write_reports",
]

_HOMES = {
    "Context": "._reproduce",
    "Redactor": "._redact",
    "beside": "._write",
    "check_place": "._write",
    "check_report_paths": "._write",
    "clause": "._words",
    "is_sensitive_header": "._redact",
    "literal_glob": "._escape",
    "place": "._words",
    "print_text": "._text",
    "report_schema": "._json",
    "reproduce": "._reproduce",
    "shell_quote": "._escape",
    "title": "._titles",
    "to_html": "._html",
    "to_json": "._json",
    "to_junit": "._junit",
    "to_text": "._text",
    "visible": "._escape",
    "visible_bytes": "._escape",
    "write_reports": "._write",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
