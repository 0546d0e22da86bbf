"""Every shell line that a page shows is run in a copy of a sample repository.

Programs that need Azure, a package index or a container engine are replaced by stand-ins, which
refuse what nobody has recorded; `--help` of the real ones shows that the recorded options exist.
armguard is the real one, and its `--live` asks a fake of Azure.
No line may be wrong usage or a bug. What a `console` block prints is not compared here:
tests/test_readme.py does that.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from fake_arm import FakeArm, Serving
from support import PROJECT as ROOT

NOT_RUN = {
    ".ci/run": "runs these tests",
    "pip install uv && uv run pytest": "runs these tests",
    "uv run pytest tests/rules": "runs tests",
    "uv run pytest --update-goldens && git diff": "runs tests",
    "uv run ruff check && uv run ruff format --check && uv run mypy": "CI runs it",
    "python3 integrations/zipapp/build.py --output armguard.pyz": "test_zipapp.py runs it",
    "uv run --with click-man python integrations/man/build.py ~/.local/share/man/man1": (
        "test_manual_pages.py runs it"
    ),
    "man armguard-check": "test_manual_pages.py shows it",
}
"""Line, without its comment -> why it is not run here."""

AZ = """\
id=/subscriptions/SUBSCRIPTION/resourceGroups/rg-example/providers/Microsoft.KeyVault/vaults/kv
entry='{"tenantId": "TENANT", "objectId": "PERSON", "permissions": {"secrets": ["get"]}}'
case "$*" in
  login) ;;
  "keyvault show "*"--query id "*) echo "$id" ;;
  "keyvault show "*"--query properties.accessPolicies"*) echo "[$entry]" ;;
  "keyvault show --name kv-ml --output json" | "keyvault show --name kv-train --output json")
    printf '{"id": "%s", "properties": {"accessPolicies": [%s]}}' "$id" "$entry" ;;
  "keyvault delete --name kv-example") ;;
  "keyvault set-policy "*"--object-id PRINCIPAL "*) ;;
  "ml workspace show "*"--query identity.principal_id") echo '"PRINCIPAL"' ;;
  "ml workspace show --name mlw-train --resource-group rg-train --output json")
    workspace=${id%/*/*/*}/Microsoft.MachineLearningServices/workspaces/mlw-train
    printf '{"id": "%s", "display_name": "Training"}' "$workspace" ;;
  "ml workspace sync-keys "*) ;;
  "resource list "*"--query length(@) "*) echo 1 ;;
  "resource show "*"--query identity.principalId "*) echo PRINCIPAL ;;
  "role assignment create "*) ;;
  "graph query --graph-query "*) echo '{"data": []}' ;;
  "deployment group create --resource-group "*"accessPolicies=@live.json") cat live.json >&2 ;;
  "deployment group create --resource-group "*"--template-file main.json") ;;
  *) refuse "$@" ;;
esac
"""

STAND_INS = {
    "az": AZ,
    "docker": """\
case "$1" in
  build) only "docker build" "$@"; [ -f "$3" ] || refuse "$@" ;;
  run) while [ "$1" != armguard ]; do only "docker run" "$1"; shift; done; exec "$@" ;;
  *) refuse "$@" ;;
esac
""",
    "npm": 'case "$*" in ci | "run build" | "run package" | test) ;; *) refuse "$@" ;; esac\n',
    "pip": 'only "pip $1" "$@"\n',
    "pipx": 'only "pipx $1" "$@"\n',
    "python3": """\
case "$*" in
  "-m venv .venv") mkdir -p .venv/bin; : > .venv/bin/activate ;;
  "armguard.pyz "*) shift; exec armguard "$@" ;;
  *) refuse "$@" ;;
esac
""",
    "uv": """\
case "$1 $2" in
  "run --no-dev") [ "$3" = armguard ] || refuse "$@"; shift 3; exec armguard "$@" ;;
  "tool "*) only "uv tool $2" "$@" ;;
  *) refuse "$@" ;;
esac
""",
}
"""Program -> what a shell runs in its place; `refuse` ends it with a complaint."""

OPTIONS = {
    "docker build": "--build-arg --file --tag",
    "docker run": "--env --rm --volume",
    "pip install": "--find-links --no-index",
    "pip uninstall": "--yes",
    "pip wheel": "--wheel-dir",
    "pipx install": "",
    "pipx uninstall": "",
    "uv tool install": "",
    "uv tool uninstall": "",
}
"""Command of a program that has a stand-in -> the options that are recorded."""

PRELUDE = f"""\
refuse() {{ echo "stand-in: nobody has recorded: ${{0##*/}} $*" >&2; exit 64; }}
only() {{
  case "$1" in
{"".join(f'    "{name}") known=" {known} " ;;{chr(10)}' for name, known in OPTIONS.items())}\
    *) refuse "$@" ;;
  esac
  for word; do
    case "$word" in -*) [[ $known == *" ${{word%%=*}} "* ]] || refuse "$@" ;; esac
  done
}}
"""
"""`only COMMAND WORD...` refuses a command or an option that is not recorded."""
REAL = ("bash", "cat", "git", "mkdir")
"""Programs that are run as they are; all others are not on PATH."""

SHELLS = {
    "sh": "bash",
    "bash": "bash",
    "console": "bash",
    "zsh": "zsh",
    "fish": "fish",
}
"""Kind of a fenced block -> the shell that runs it."""
START = {
    "bash": ("bash", "--norc", "-c"),
    "zsh": ("zsh", "-f", "-c"),
    "fish": ("fish", "--no-config", "-c"),
}
BEFORE = {"zsh": "autoload -U compinit && compinit -D -u\n"}
"""What stands in the file of the user, as the page says."""
CODE = {"bash": "$?", "zsh": "$?", "fish": "$status"}
IS_COMPLETED = {
    "bash": "complete -p armguard",
    "zsh": "[[ -n $_comps[armguard] ]]",
    "fish": "complete --command armguard | string match --quiet '*armguard*'",
}
"""How a shell tells that it completes the words after `armguard`."""

_FENCE = re.compile(
    rf"^(?P<indent> *)```(?P<kind>{'|'.join(SHELLS)})\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_COMPARED = re.compile(r"(README|CONTRIBUTING|SECURITY|CHANGELOG|docs/[\w-]+)\.md")
"""Pages whose `console` blocks tests/test_readme.py runs."""


@dataclass(frozen=True, slots=True)
class Block:
    """The commands of a fenced block, several lines long where they are continued."""

    where: str
    shell: str
    commands: tuple[str, ...]


def pages() -> list[str]:
    """Every Markdown page of the project, also one that is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    names = set(listed.stdout.rstrip("\0").split("\0"))
    return sorted(name for name in names if (ROOT / name).is_file())


def blocks() -> Iterator[Block]:
    for page in pages():
        text = (ROOT / page).read_text("utf-8")
        for match in _FENCE.finditer(text):
            lines = dedent(match["text"]).splitlines()
            typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
            if match["kind"] == "console" and typed:
                lines = typed
                if _COMPARED.fullmatch(page):
                    lines = [line for line in typed if not line.startswith("armguard ")]
            where = f"{page}:{text.count(chr(10), 0, match.start('text'))}"
            shell = SHELLS[match["kind"]]
            if commands := tuple(whole_commands(lines, shell)):
                yield Block(where, shell, commands)


def whole_commands(lines: list[str], shell: str = "bash") -> Iterator[str]:
    """Lines, put together where a command goes on in the next one."""
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        command = "\n".join(waiting)
        if is_whole(command, shell):
            waiting = []
            if without_comment(command):
                yield command
    assert not waiting, f"a command without an end: {waiting}"


def is_whole(command: str, shell: str) -> bool:
    if command.endswith("\\"):
        return False
    found = shutil.which(shell)
    if found is None:  # its blocks are skipped
        return True
    parse = [found, "-n", "-c", command]
    done = subprocess.run(parse, env={"PATH": os.environ["PATH"]}, capture_output=True)
    return done.returncode == 0 and not done.stderr  # fish complains, but ends with 0


def without_comment(command: str) -> str:
    return re.sub(r"(^|\s+)#.*", "", command).strip()


BLOCKS = tuple(blocks())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The sample repository and the files that pages name, with a second one beside it."""
    folder = tmp_path / "repository"
    fixtures = ROOT / "fixtures"
    shutil.copytree(fixtures / "sample-repository", folder)
    shutil.copytree(folder, tmp_path / "my-infrastructure")
    (folder / "armguard.toml").unlink()  # its environments are about templates of its own
    (folder / "fixtures").mkdir()
    shutil.copy(fixtures / "workspace.json", folder / "fixtures")
    shutil.copy(fixtures / "hazards" / "option-default-new.json", folder / "main.json")
    shutil.copytree(ROOT / "integrations" / "container", folder / "integrations" / "container")
    document = {"contentVersion": "1.0.0.0", "parameters": {"keyVaultOption": {"value": "new"}}}
    for name in ("prod.parameters.json", "base.json", "prod.json"):
        (folder / name).write_text(json.dumps(document), "utf-8")
    infra = folder / "infra"
    shutil.copy(infra / "main.prod.parameters.json", infra / "prod.parameters.json")
    return folder


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The only folder on PATH."""
    folder = tmp_path_factory.mktemp("programs")
    for name in REAL:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    scripts = {name: PRELUDE + text for name, text in STAND_INS.items()}
    scripts["armguard"] = f'exec "{sys.executable}" -m armguard "$@"\n'
    for name, text in scripts.items():
        (folder / name).write_text(f"#!{shutil.which('bash')}\n{text}", "utf-8")
        (folder / name).chmod(0o755)
    return folder


SUBSCRIPTION = "5d3a1c07-8e42-4f6b-9a10-2c7be4f08d15"
"""what the pages call ID"""


@pytest.fixture(scope="module")
def azure() -> Iterator[str]:
    """A fake of Azure Resource Manager with the subscriptions and resource groups of the pages, and
    the vault of main.json, which people have access to."""
    pytest.importorskip("azure.mgmt.keyvault", reason="armguard[azure] is not installed")
    groups = [{"name": name, "location": "westeurope"} for name in ("rg-ml", "rg-train")]
    subscription = {"id": SUBSCRIPTION, "name": "example", "resourceGroups": groups}
    vaults = [deployed(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ml")]
    state = {"tenant": "TENANT", "subscriptions": [subscription], "vaults": vaults}
    with Serving(FakeArm(state)) as url:
        yield url


def deployed(group: str) -> dict[str, object]:
    entry = {"tenantId": "TENANT", "objectId": "PERSON", "permissions": {"secrets": ["get"]}}
    return {
        "id": f"{group}/providers/Microsoft.KeyVault/vaults/kv-mlw-savanna",
        "name": "kv-mlw-savanna",
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "properties": {"tenantId": "TENANT", "accessPolicies": [entry]},
    }


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.where)
def test_block(block: Block, repository: Path, programs: Path, azure: str) -> None:
    shell, *options = START[block.shell]
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed, so its lines are not run")
    commands = [each for each in block.commands if without_comment(each) not in NOT_RUN]
    codes = repository / "exit-codes"
    note = f"echo {CODE[shell]} >> {codes}"
    script = BEFORE.get(shell, "") + "".join(f"{command}\n{note}\n" for command in commands)
    script = re.sub(r"(?<=--subscription )(?:ID|SUBSCRIPTION_ID)\b", SUBSCRIPTION, script)
    if sets_up := "_ARMGUARD_COMPLETE" in script:
        script += IS_COMPLETED[shell] + "\n"
    done = subprocess.run(
        [found, *options, script],
        cwd=repository,
        env={
            "PATH": str(programs),
            "HOME": str(repository.parent),
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "only_loopback"))),
            "PYTHONUTF8": "1",
            "ARMGUARD_ARM_ENDPOINT": azure,
            "principal": "PRINCIPAL",  # set by an earlier block of the page
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    returned = [int(line) for line in codes.read_text().split()] if codes.exists() else []
    assert len(returned) == len(commands), f"the block stopped:\n{said}"
    for command, code in zip(commands, returned, strict=True):
        # 1: findings
        assert code == 0 or (code == 1 and "armguard" in command), f"{command}: {code}\n{said}"
    assert "Traceback" not in said
    assert "stand-in:" not in said
    assert done.returncode == 0 or not sets_up, f"{shell} completes nothing:\n{said}"
    if "main.json --live" in script:
        assert "error[access-lost]" in said  # so the fake was asked


@pytest.mark.parametrize("command", OPTIONS)
def test_recorded_options_exist(command: str) -> None:
    name, *words = command.split()
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    program = beside or shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed, so nothing tells its options")
    done = subprocess.run([program, *words, "--help"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert set(OPTIONS[command].split()) <= set(re.findall(r"(?<!\S)--[\w-]+", done.stdout))


@pytest.mark.parametrize(
    "line",
    [
        "docker run --rmx armguard",
        "docker push armguard",
        "npm run bogus",
        "pip wheel --whel-dir wheels .",
        "pip frobnicate",
        "pipx install --bogus=1 .",
        "uv tool install --bogus .",
        "uv tool bogus",
    ],
)
def test_what_is_not_recorded_is_refused(line: str, programs: Path) -> None:
    bash = [str(shutil.which("bash")), "-c", line]
    done = subprocess.run(bash, env={"PATH": str(programs)}, capture_output=True, encoding="utf-8")
    assert done.returncode == 64
    assert done.stderr.startswith("stand-in: nobody has recorded: ")


def test_the_pages_have_shell_lines() -> None:
    """An empty list of blocks would pass without having run anything."""
    found = {block.where.rpartition(":")[0] for block in BLOCKS}
    assert {"README.md", "CONTRIBUTING.md", "docs/live.md", "docs/remedies.md"} <= found
    assert {block.shell for block in BLOCKS} == {"bash", "zsh", "fish"}


def test_what_is_not_run_is_there() -> None:
    shown = {without_comment(command) for block in BLOCKS for command in block.commands}
    assert NOT_RUN.keys() <= shown


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a", "b # why", "", "# only a comment"], ["a", "b # why"]),
        (["a \\", "  b", "c"], ["a \\\n  b", "c"]),
        (["if a; then", "  b", "fi"], ["if a; then\n  b\nfi"]),
        (["a 'b", "c'"], ["a 'b\nc'"]),
    ],
)
def test_whole_commands(lines: list[str], expected: list[str]) -> None:
    assert list(whole_commands(lines)) == expected


def test_whole_commands_of_fish() -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed, so nothing tells where its commands end")
    lines = ["if a", "  b", "end", "c"]
    assert list(whole_commands(lines, "fish")) == ["if a\n  b\nend", "c"]
