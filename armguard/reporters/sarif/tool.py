"""The tool of a SARIF log: armguard itself, its rules, and the kinds of notifications it gives.

Results name their rule by its index in here, so the rules keep the order of the report.
"""

from __future__ import annotations

import re
from typing import Any

from armguard.finding import Severity
from armguard.finding.report import Report, RulePage
from armguard.reporters.sarif.message import MESSAGE_ID
from armguard.version import __version__

NOTIFICATIONS = {
    "internal-error": (Severity.ERROR, "A file was not analysed because of a bug in armguard."),
    "unreadable-file": (Severity.ERROR, "A file could not be read as a template."),
    "skipped-file": (Severity.NOTE, "A file was not analysed, because it is no template."),
    "run-notice": (Severity.NOTE, "What a person should know about the run."),
}
"""id -> level and what it means; a notification names its descriptor by the index in here."""

_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.NOTE: "2.0"}
"""GitHub makes "high", "medium" and "low" of these."""
_LONGEST_DESCRIPTION = 1024
_INFORMATION_URI = "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy"


def tool(report: Report) -> dict[str, Any]:
    return {
        "driver": {
            "name": "armguard",
            "fullName": f"armguard {__version__}",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": _INFORMATION_URI,
            "shortDescription": {
                "text": "Finds deployments that remove access policies from a Key Vault."
            },
            "rules": [_rule(page) for page in report.rules],
            "notifications": [
                {
                    "id": name,
                    "name": _name(name),
                    "shortDescription": {"text": text},
                    "fullDescription": {"text": text},
                    "help": {"text": text},
                    "defaultConfiguration": {"level": level.value},
                }
                for name, (level, text) in NOTIFICATIONS.items()
            ],
        }
    }


def rule_indexes(report: Report) -> dict[str, int]:
    return {page.id: index for index, page in enumerate(report.rules)}


def _rule(page: RulePage) -> dict[str, Any]:
    rule = {
        "id": page.id,
        "name": _name(page.id),
        "shortDescription": {"text": _sentence(page.summary)},
        "fullDescription": {"text": _full_description(page)},
        "help": {"text": page.page or page.summary, "markdown": page.page or page.summary},
        "defaultConfiguration": {"level": page.severity.value},
        "messageStrings": {MESSAGE_ID: {"text": "{0} ({1})."}},
        "properties": {
            "tags": ["security", "azure", "key-vault", "infrastructure-as-code"],
            "precision": "low" if page.severity is Severity.NOTE else "high",
            "problem.severity": _PROBLEM[page.severity],
            "security-severity": _SECURITY[page.severity],
        },
    }
    reference = re.search(r"https://[^\s)>\]]+", page.page.partition("## References")[2])
    if reference is not None:
        rule["helpUri"] = reference[0]
    return rule


def _name(rule: str) -> str:
    """`some-rule` -> `SomeRule`; SARIF wants a name that differs from the id in more than case."""
    name = "".join(word.capitalize() for word in rule.split("-"))
    return name if "-" in rule else f"{name}Rule"


def _full_description(page: RulePage) -> str:
    """The first paragraph of "What it checks", without its Markdown and on one line."""
    _, _, checks = page.page.partition("## What it checks")
    paragraph = " ".join(checks.strip().partition("\n\n")[0].split()).replace("`", "")
    return (_sentence(paragraph) if paragraph else _sentence(page.summary))[:_LONGEST_DESCRIPTION]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
