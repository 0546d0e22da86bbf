"""The report as JUnit XML: a suite for each deployment, a test for each rule, so that passes show.

A finding that occurs with two parameter files fails in both suites. Notes and known findings are
skipped tests: nothing failed, but nobody should take them for passed either.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from armguard.finding import Finding, Severity
from armguard.finding.report import Crash, DeploymentReport, Report
from armguard.reporters._details import said_in_turn, worst_first
from armguard.reporters.text import headline, indented
from armguard.safe_text import escape, visible

_NO_CHARACTER_OF_XML = re.compile("[\ufffe\uffff]")
_ANALYSIS = "analysis"


@dataclass(slots=True)
class _Suite:
    """The tests of one template with one set of parameter files."""

    path: str
    parameters: tuple[str, ...]
    rules: tuple[str, ...]
    """those that were checked"""
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)


def render(report: Report) -> str:
    suites = [_suite_text(suite) for suite in _suites(report)]
    total = [sum(counts[index] for counts, _ in suites) for index in range(4)]
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f'<testsuites name="armguard" {_counts(total)}>')
    lines.extend(text for _, text in suites)
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _suites(report: Report) -> list[_Suite]:
    rules = tuple(page.id for page in report.rules)
    suites = {
        (each.template, each.parameters): _Suite(each.template, each.parameters, rules)
        for each in report.deployments
    }
    by_path: dict[str, list[DeploymentReport]] = {}
    for deployment in report.deployments:
        for path in {deployment.template, *deployment.parameters}:
            by_path.setdefault(path, []).append(deployment)
    for finding in report.findings:
        concerned = [
            (each.template, each.parameters)
            for each in by_path.get(finding.location.path, ())
            if _occurs(finding, each)
        ]
        for key in concerned or [(finding.location.path, finding.parameters)]:
            suite = suites.setdefault(key, _Suite(*key, rules=()))
            suite.findings.setdefault(finding.rule, []).append(finding)
    for crash in report.crashes:
        # without its rules: an analysis that broke off passed none of them
        suite = suites.setdefault((crash.path, ()), _Suite(crash.path, (), ()))
        suite.rules = ()
        suite.crashes.append(crash)
    return list(suites.values())


def _occurs(finding: Finding, deployment: DeploymentReport) -> bool:
    """Whether a finding in a file of a deployment was found by this deployment of it."""
    if not deployment.parameters:
        return not finding.parameters
    return set(deployment.parameters) <= set(finding.parameters)


def _suite_text(suite: _Suite) -> tuple[Sequence[int], str]:
    """(tests, failures, errors, skipped) and the element."""
    tests = [_test(suite, rule, suite.findings.get(rule, ())) for rule in _tests(suite)]
    tests.extend(_crash(suite, crash) for crash in suite.crashes)
    kinds = [kind for kind, _ in tests]
    counts = (len(tests), *(kinds.count(kind) for kind in ("failure", "error", "skipped")))
    name = suite.path + (f" ({', '.join(suite.parameters)})" if suite.parameters else "")
    lines = [f"  <testsuite name={_attribute(name)} {_counts(counts)}>"]
    lines.extend(text for _, text in tests)
    lines.append("  </testsuite>")
    return counts, "\n".join(lines)


def _tests(suite: _Suite) -> Iterator[str]:
    yield from suite.rules
    yield from (rule for rule in suite.findings if rule not in suite.rules)


def _counts(counts: Sequence[int]) -> str:
    names = ("tests", "failures", "errors", "skipped")
    return " ".join(f'{name}="{count}"' for name, count in zip(names, counts, strict=True))


def _test(suite: _Suite, rule: str, findings: Sequence[Finding]) -> tuple[str, str]:
    """What became of one test - failure, skipped or passed - and its element."""
    opening = f"    <testcase classname={_attribute(suite.path)} name={_attribute(rule)}"
    failures = [f for f in worst_first(Report(findings=tuple(findings))) if _fails(f)]
    if failures:
        first = failures[0]
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        text = "\n".join(map(_text, _told(failures)))
        return "failure", (
            f"{opening}>\n      <failure type={_attribute(first.severity.value)}"
            f" message={_attribute(first.message + more)}>{text}</failure>\n    </testcase>"
        )
    if findings:
        reasons = "; ".join(map(_reason, findings))
        return "skipped", (
            f"{opening}>\n      <skipped message={_attribute(reasons)}/>\n    </testcase>"
        )
    return "passed", f"{opening}/>"


def _fails(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE


def _told(failures: Sequence[Finding]) -> Iterator[str]:
    for finding, details in said_in_turn(failures):
        yield headline(finding)
        yield from map(indented, details)


def _reason(finding: Finding) -> str:
    where = f"{finding.location}: {finding.message}"
    if finding.suppressed is not None:
        return f"suppressed: {finding.suppressed.reason}: {where}"
    return f"in the baseline: {where}" if finding.baselined else f"note: {where}"


def _crash(suite: _Suite, crash: Crash) -> tuple[str, str]:
    message = f"{crash}: not analysed because of a bug in armguard, please report it"
    return "error", (
        f"    <testcase classname={_attribute(suite.path)} name={_attribute(_ANALYSIS)}>\n"
        f"      <error type={_attribute('bug')} message={_attribute(message)}/>\n    </testcase>"
    )


def _text(safe: str) -> str:
    return html.escape(_NO_CHARACTER_OF_XML.sub(lambda match: escape(match[0]), safe), quote=True)


def _attribute(untrusted: str) -> str:
    return f'"{_text(visible(untrusted))}"'
