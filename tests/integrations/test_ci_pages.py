"""Every pipeline on the pages is what its system takes, and asks armguard for what it has.

What a block is follows from its content; one that is nothing of what is known here fails, so that
no pipeline on a page stays unchecked.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from armguard.cli import COMMANDS, group

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "integrations" / "azure-devops"
TASK = EXTENSION / "ArmguardTask" / "ArmguardTaskV1" / "task.json"
PAGES = (
    ROOT / "README.md",
    ROOT / "docs" / "ci.md",
    ROOT / "docs" / "live.md",
    EXTENSION / "overview.md",
)
SCHEMAS = {
    "github": "github-workflows",
    "azure": "azure-pipelines",
    "gitlab": "gitlab-ci",
}
ACTION = "OWNER/armguard@COMMIT"
_FENCE = re.compile(r"^```ya?ml\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced YAML block; `where` is its page and line."""

    where: str
    text: str

    @property
    def document(self) -> Any:
        # YAML 1.1 reads the key `on` as true
        return {"on" if k is True else k: v for k, v in yaml.safe_load(self.text).items()}

    @property
    def kind(self) -> str:
        document = self.document
        if "repos" in document:
            return "pre-commit"
        if "jobs" in document and all("runs-on" in job for job in document["jobs"].values()):
            return "github"
        if "steps" in document:
            return "azure"
        if document and all("script" in job for job in document.values()):
            return "gitlab"
        raise AssertionError(f"{self.where} is no pipeline that is known here; teach this test")


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in _FENCE.finditer(text):
            line = text.count("\n", 0, match.start("text"))
            yield Block(f"{page.relative_to(ROOT).as_posix()}:{line}", match["text"])


BLOCKS = tuple(blocks())
WORKFLOWS = [block for block in BLOCKS if block.kind == "github" and "on" in block.document]


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    chosen = [block for block in BLOCKS if block.kind in kinds]
    return pytest.mark.parametrize("block", chosen, ids=lambda block: block.where)


def test_no_block_is_forgotten() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        name = page.relative_to(ROOT).as_posix()
        found = sum(block.where.startswith(f"{name}:") for block in BLOCKS)
        assert found == len(re.findall(r"^\s*(?:```|~~~)\s*ya?ml", text, re.MULTILINE | re.I))
    kinds = [block.kind for block in BLOCKS if block.where.startswith("docs/ci.md:")]
    assert sorted(kinds) == [*["azure"] * 4, *["github"] * 3, "gitlab", "pre-commit"]


@of_kind("github", "azure", "gitlab")
def test_the_schema_of_the_system_takes_it(
    block: Block, schema_errors: Callable[[str, Any], str]
) -> None:
    complete = block.document
    if block.kind == "github":
        complete = {"on": "push", **complete}
    if block.kind == "azure":
        # the schema lists the tasks of Microsoft; ours has a test of its own
        ours = {"script": "armguard"}
        complete["steps"] = [ours if is_our_task(step) else step for step in complete["steps"]]
    assert schema_errors(SCHEMAS[block.kind], complete) == ""


@pytest.mark.parametrize(
    ("kind", "document", "wrong"),
    [
        ("github", {"on": "push", "jobs": {"a": {"runs-on": "x", "stepz": []}}}, "stepz"),
        ("azure", {"steps": [{"tusk": "Armguard@1"}]}, "tusk"),
        ("gitlab", {"a": {"script": ["x"], "artifacts": {"reports": {"junit5": "x"}}}}, "junit5"),
    ],
)
def test_a_wrong_pipeline_is_refused(
    kind: str, document: Any, wrong: str, schema_errors: Callable[[str, Any], str]
) -> None:
    """The schemas are not as lax as to make the test above say nothing."""
    assert wrong in schema_errors(SCHEMAS[kind], document)


@pytest.mark.parametrize("block", WORKFLOWS, ids=lambda block: block.where)
def test_zizmor_finds_nothing(block: Block, tmp_path: Path, lint: Callable[..., str]) -> None:
    file = tmp_path / ".github" / "workflows" / "pipeline.yml"
    file.parent.mkdir(parents=True)
    file.write_text(block.text.replace("@COMMIT", f"@{'0' * 40} # COMMIT"), "utf-8")
    assert lint("zizmor", "--offline", "--no-progress", "--persona=pedantic", file) == ""


@of_kind("pre-commit")
def test_hooks_exist(block: Block) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    existing = {hook["id"] for hook in hooks}
    (repository,) = block.document["repos"]
    assert set(repository) == {"repo", "rev", "hooks"}
    assert {hook["id"] for hook in repository["hooks"]} <= existing


def steps(block: Block) -> Iterator[dict[str, Any]]:
    jobs = block.document["jobs"].values() if block.kind == "github" else [block.document]
    for job in jobs:
        yield from job["steps"]


@of_kind("github")
def test_inputs_of_the_action_exist(block: Block) -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    for step in steps(block):
        if step.get("uses") == ACTION:
            assert set(step.get("with", {})) <= set(inputs), block.where
        else:
            assert "armguard@" not in step.get("uses", "")


@of_kind("azure")
def test_inputs_of_the_task_exist(block: Block) -> None:
    task = json.loads(TASK.read_text("utf-8"))
    names = {name for each in task["inputs"] for name in (each["name"], *each.get("aliases", ()))}
    for step in filter(is_our_task, steps(block)):
        # a pipeline names the first number of the version: a task 0.x.y is Armguard@0
        assert step["task"] == f"{task['name']}@{task['version']['Major']}"
        assert set(step.get("inputs", {})) <= names


def is_our_task(step: dict[str, Any]) -> bool:
    return str(step.get("task", "")).lower().startswith("armguard@")


def scripts(block: Block) -> Iterator[str]:
    """Everything in a block that a shell reads."""
    if block.kind == "gitlab":
        for job in block.document.values():
            yield from job["script"]
    elif block.kind != "pre-commit":
        for step in steps(block):
            yield step.get("run") or step.get("script") or ""
            yield (step.get("inputs") or {}).get("inlineScript", "")


def command_lines(block: Block) -> Iterator[list[str]]:
    """The arguments of every call of armguard, those of the action included."""
    for script in scripts(block):
        for line in script.replace("\\\n", " ").split("\n"):
            words = shlex.split(line, comments=True)
            if words and words[0] == "armguard":
                yield words[1:]
    if block.kind == "github":
        for step in steps(block):
            if step.get("uses") == ACTION:
                # what is put in for an expression is one word
                arguments = re.sub(r"\$\{\{.*?\}\}", "VALUE", step["with"].get("args", ""))
                yield ["check", *shlex.split(arguments), "--", *step["with"]["paths"].split("\n")]


USES = [
    pytest.param(arguments, id=f"{block.where}-{arguments[0]}-{number}")
    for block in BLOCKS
    for number, arguments in enumerate(command_lines(block))
]


@pytest.mark.parametrize("arguments", USES)
def test_armguard_understands_the_command_line(arguments: list[str]) -> None:
    name, *rest = arguments
    assert name in COMMANDS
    command = group.get_command(click.Context(group), name)
    assert command is not None
    values = command.make_context(name, rest).params
    if values.get("live"):
        assert values["subscription"]
        assert values["resource_group"]


def test_command_lines_are_found() -> None:
    """An empty list would pass without having looked at anything."""
    pages = [param.id.partition(":")[0] for param in USES if param.id]
    assert pages.count("docs/ci.md") == 6
    assert pages.count("docs/live.md") == 3


def test_gates_fail_on_undecided() -> None:
    """The page promises it; the action and the task turn it on by themselves."""
    lines = [line for block in BLOCKS if "ci.md" in block.where for line in shell_calls(block)]
    live = [line for line in lines if "--live" in line]
    assert live
    assert all("--fail-on-undecided" in line for line in live)


def shell_calls(block: Block) -> Iterator[list[str]]:
    return (line for line in command_lines(block) if "--" not in line)
