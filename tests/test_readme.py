"""Every example of the pages is run, so that words and tool can't drift apart.

A `console` block shows what `$ armguard ...` prints in the project's root; a line of three dots
stands for any lines. A template in a `json` block may say above it what armguard finds in it:
`<!-- armguard: VERDICT (CERTAINTY), RULE -->`; without a rule nothing above a note may be found.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from support import PROJECT as ROOT
from support import run_armguard

import armguard
from armguard.finding import Severity

PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
HOOKS = ROOT / ".pre-commit-hooks.yaml"
MAIN_JOB = "pip install uv && uv run --no-dev armguard check fixtures/workspace.json"
TESTS = "pip install uv && uv run pytest"

_FENCE = re.compile(
    r"(?:^<!-- armguard: (?P<claim>[^\n]*) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_INSTALL = re.compile(
    r"(?:pipx? install|tool install|uv add|uvx) (?:-\S+ (?:[\w.]+ )?)*['\"]?armguard(?!/).*"
)
_LINK = re.compile(r"\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
_USE = re.compile(
    r"(?:^|[ |])armguard (?P<command>check|expand|rules|snapshot)\b(?P<rest>[^#|\n]*)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `where` is its page and line."""

    page: Path
    where: str
    kind: str
    text: str
    claim: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A command line and the output that is shown below it, without the last line break."""

    page: Path
    where: str
    command: str
    shown: str


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            line = text.count("\n", 0, match.start("text"))
            where = f"{page.relative_to(ROOT).as_posix()}:{line}"
            yield Block(page, where, match["kind"], match["text"], match["claim"])


def examples(kind: str = "console") -> Iterator[Example]:
    for block in blocks():
        if block.kind != kind:
            continue
        before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert not before, f"{block.where}: a console block begins with a command"
        for part in parts:
            command, _, shown = part.partition("\n")
            if re.match(r"(python -m )?armguard\b", command):
                yield Example(block.page, block.where, command, shown.rstrip("\n"))


EXAMPLES = tuple(examples())
TEMPLATES = tuple(b for b in blocks() if b.kind == "json" and '"resources":' in b.text)
USES = tuple(
    (block.where, match["command"], option)
    for block in (
        *blocks(),
        Block(HOOKS, HOOKS.name, "yaml", HOOKS.read_text(encoding="utf-8"), None),
    )
    if block.kind in ("sh", "yaml")
    for match in _USE.finditer(block.text)
    for option in re.findall(r"(?<= )--?[a-z][a-z-]*", match["rest"])
)
CLAIMS = tuple(block for block in TEMPLATES if block.claim is not None)


def run(command: str) -> str:
    """What an armguard command line prints in the root of the project, errors included."""
    arguments = shlex.split(command.removeprefix("python -m "), comments=True)[1:]
    shown = {"NO_COLOR": "1", "COLUMNS": "80"}
    return run_armguard(*arguments, folder=ROOT, together=True, **shown).stdout.rstrip("\n")


@cache
def help_of(command: str) -> str:
    return run(f"armguard {command} --help")


def fits(shown: str, printed: str) -> bool:
    """Whether the output is what is shown, where a line `...` stands for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line) + r"\n"
        for line in shown.split("\n")
    )
    return re.fullmatch(pattern, printed + "\n") is not None


def renewed(shown: str, printed: str) -> str:
    """The output, shortened where it was: as many lines before and after the dots as there were."""
    before, now = shown.split("\n"), printed.split("\n")
    dots = [index for index, line in enumerate(before) if line.strip() == "..."]
    if not dots or len(now) <= len(before):
        return printed
    tail = len(before) - 1 - dots[-1]
    return "\n".join([*now[: dots[0]], "...", *now[len(now) - tail :]])


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a", "b\nc", "b\nc"),
        ("a\n...\nd", "1\n2\n3\n4", "1\n...\n4"),
        ("a\n...", "1\n2\n3", "1\n..."),
        ("a\n...\nd", "1\n2", "1\n2"),
    ],
)
def test_renewed(shown: str, printed: str, expected: str) -> None:
    assert renewed(shown, printed) == expected


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a\nb", "a\nb", True),
        ("a\nb", "a\nc", False),
        ("a", "a\nb", False),
        ("a\n...\nd", "a\nb\nc\nd", True),
        ("a\n...\nd", "a\nd", True),
        ("a\n...", "b\nc", False),
        ("a.c", "abc", False),
        ("", "", True),
    ],
)
def test_fits(shown: str, printed: str, expected: bool) -> None:
    assert fits(shown, printed) is expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.where}: {e.command}")
def test_example_prints_what_it_shows(example: Example, request: pytest.FixtureRequest) -> None:
    printed = run(example.command)
    if request.config.getoption("--update-goldens", default=False):
        text = example.page.read_text(encoding="utf-8")
        new = f"$ {example.command}\n{renewed(example.shown, printed)}\n"
        old = f"$ {example.command}\n{example.shown}\n"
        example.page.write_text(text.replace(old, new), encoding="utf-8")
        return
    assert fits(example.shown, printed), (
        f"{example.where} shows\n{example.shown}\nbut {example.command} prints\n{printed}"
    )


@pytest.mark.parametrize("block", TEMPLATES, ids=lambda block: block.where)
def test_template_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", CLAIMS, ids=lambda block: block.where)
def test_template_does_what_the_page_says(block: Block) -> None:
    assert block.claim is not None
    expected, _, rule = block.claim.partition(", ")
    report = armguard.check(json.loads(block.text))
    found = {
        vault.verdict if vault.certainty is None else f"{vault.verdict} ({vault.certainty.value})"
        for deployment in report.deployments
        for vault in deployment.vaults
    }
    assert found == ({expected} if expected != "no vault" else set())
    alarms = {each.rule for each in report.findings if each.severity is not Severity.NOTE}
    assert alarms == ({rule} if rule else set())


@pytest.mark.parametrize(("where", "command", "option"), USES)
def test_option_exists(where: str, command: str, option: str) -> None:
    """Of command lines that are only shown, not run: no page may name an option that is gone."""
    assert re.search(rf"(?:^|[ ,]){option}(?![\w-])", help_of(command), re.MULTILINE), where


def test_the_pages_have_examples() -> None:
    """An empty list of examples would pass without having looked at anything."""
    pages = {example.where.partition(":")[0] for example in EXAMPLES}
    assert {"README.md", "docs/how-it-decides.md"} <= pages
    assert sum(block.where.startswith("docs/remedies.md") for block in CLAIMS) >= 10


def test_readme_shows_the_flagship_whole() -> None:
    shown = {example.command: example.shown for example in EXAMPLES if "README" in example.where}
    assert "..." not in shown["armguard check fixtures/workspace.json"].split("\n")


@pytest.mark.parametrize("command", [MAIN_JOB, TESTS])
def test_readme_has_the_command_verbatim(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8").split("\n")


def from_an_index(text: str) -> list[str]:
    """The commands in a text that would look for armguard in a package index."""
    found = (match[0] for match in _INSTALL.finditer(text))
    return [line for line in found if " @ git+" not in line and "--no-index" not in line]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `pip install 'armguard[azure]'`", 1),
        ("pip install --upgrade armguard", 1),
        ("uv tool install armguard # why", 1),
        ("pip install 'armguard @ git+URL'", 0),
        ("pip install --no-index --find-links wheels armguard", 0),
        ("pip install '.[azure]'", 0),
        ("pip install uv && uv run armguard", 0),
    ],
)
def test_from_an_index(text: str, expected: int) -> None:
    assert len(from_an_index(text)) == expected


def test_nobody_is_told_to_install_what_no_index_has() -> None:
    """Not by a page, a message, the action or the task: it would fail, or be somebody else's."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.md", "*.py", "*.ts", "*.json", "*.yml", "*.yaml"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name and not name.startswith("tests/")]
    told = [
        f"{name}: {line}"
        for name in names
        for line in from_an_index((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert told == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for match in _LINK.finditer(page.read_text(encoding="utf-8")):
        target = match["target"]
        if target.startswith(("https://", "http://")):
            continue
        file = (page.parent / target) if target else page
        assert file.exists(), f"{page.name} links to {target}"
        if match["anchor"]:
            assert match["anchor"] in anchors(file), f"{page.name} links to {match[0]}"


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a Markdown page get."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
