"""What the page of every rule and policy has: what it is, and how to live with what it finds."""

from __future__ import annotations

from armguard.finding import Severity
from armguard.finding.report import RulePage

_SUPPRESS = """\
## Suppress

With a reason, on the resource or on the whole template:

```json
"metadata": {{ "armguard": {{ "ignore": [{{ "rule": "{rule}", "reason": "..." }}] }} }}
```

or on the line, or above it: `// armguard: ignore[{rule}] reason`; or for a path in
`armguard.toml`. `--ignore {rule}` switches it off for one run. docs/configuration.md has
more.
"""
_REFERENCES = "\n## References\n"


def rule_page(rule: str, severity: Severity, summary: str, page: str) -> RulePage:
    """A rule or policy as documentation: a page that begins with `# ID`, told its severity and
    summary below that, and how to suppress it before its references."""
    _, _, body = page.strip().partition("\n")
    before, references, after = body.strip().partition(_REFERENCES)
    parts = (
        f"# {rule}",
        f"{severity.value.capitalize()}: {summary}.",
        before.rstrip(),
        f"{_SUPPRESS.format(rule=rule)}{references}{after}".rstrip(),
    )
    return RulePage(rule, severity, summary, "\n\n".join(parts))
