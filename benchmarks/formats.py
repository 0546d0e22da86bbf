"""How long 5,000 findings take in each format, as a multiple of what json takes.

Ratios, because seconds say nothing about another machine; the best of three, because others work on
this one. Exits with 1 where a format takes more than five times the time of json.
"""

from __future__ import annotations

import sys
from time import perf_counter

from armguard.checking.pages import pages_with_remedies
from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Position,
    Related,
    ResourceName,
    Severity,
)
from armguard.finding.report import DeploymentReport, Report, Summary, VaultReport
from armguard.reporters import FORMATS, render

TEMPLATES, VAULTS, LIMIT = 500, 10, 5.0


def big_report() -> Report:
    """5,000 findings in 500 templates of about 20 kB."""
    lines = [f'    "line{number}": "[parameters(\'policies\')]",' for number in range(500)]
    text = "\n".join(lines)
    paths = [f"infra/team-{number:03}/vault.json" for number in range(TEMPLATES)]
    findings = tuple(_finding(path, number) for path in paths for number in range(VAULTS))
    return Report(
        deployments=tuple(
            DeploymentReport(
                path,
                (),
                tuple(
                    VaultReport(
                        f"kv{n}", None, _place(path, n), "emptied", Certainty.DEFAULT, None, ()
                    )
                    for n in range(VAULTS)
                ),
            )
            for path in paths
        ),
        findings=findings,
        summary=Summary(templates=TEMPLATES, deployments=TEMPLATES, errors=len(findings)),
        rules=pages_with_remedies(),
        sources=dict.fromkeys(paths, text),
    )


def _place(path: str, number: int) -> Location:
    line = 40 * number + 20
    pointer = f"/resources/{number}/properties/accessPolicies"
    return Location(path, pointer, Position(line, 5), Position(line, 44))


def _finding(path: str, number: int) -> Finding:
    parameter = Location(path, "/parameters/policies/defaultValue", Position(4, 5), Position(4, 20))
    said = "parameter 'policies' defaults to []"
    return Finding(
        rule="access-policies-emptied",
        severity=Severity.ERROR,
        certainty=Certainty.DEFAULT,
        message=f"vault 'kv{number}' is deployed with an empty accessPolicies list, so every"
        " deployment removes all its access policies",
        location=_place(path, number),
        related=(Related(said, parameter),),
        details=(
            Detail(
                "because",
                (f"accessPolicies is [parameters('policies')] and {said} (", parameter, ")"),
            ),
            Detail("fix", ("before each deployment read the live list and pass it in",)),
        ),
        resource=ResourceName("Microsoft.KeyVault/vaults", f"kv{number}"),
        fingerprint=f"{number:032x}",
    )


def _seconds(format_name: str, report: Report) -> float:
    times = []
    for _ in range(3):
        begin = perf_counter()
        render(format_name, report)
        times.append(perf_counter() - begin)
    return min(times)


def main() -> int:
    report = big_report()
    json_seconds = _seconds("json", report)
    ratios = {name: _seconds(name, report) / json_seconds for name in FORMATS}
    for name, ratio in ratios.items():
        print(f"{name:<16} {ratio:5.2f} x json")
    print(f"json itself took {json_seconds:.3f} s for {len(report.findings)} findings")
    return max(ratios.values()) > LIMIT


if __name__ == "__main__":
    sys.exit(main())
