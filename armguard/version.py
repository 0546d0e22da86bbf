"""The version of armguard and where its pages are; alone in its file, so that everything may know
it."""

__version__ = "0.1.0"

DOCUMENTATION = ""
"""Where docs/ is on the web, up to the last slash: `Documentation` below `[project.urls]`, which a
test compares. Empty: nowhere, and then nobody is sent there."""


def page_address(rule: str) -> str:
    """The page of a rule that armguard ships; empty: it is nowhere on the web."""
    return f"{DOCUMENTATION}rules/{rule}.md" if DOCUMENTATION else ""
