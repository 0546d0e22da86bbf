"""What the real Bicep CLI made of real files, through JSON-RPC and one file at a time."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import SHARED

from armguard.source.bicep.compiling import Compiler, Failure
from armguard.source.bicep.diagnostics import Diagnostic

BICEP = SHARED / "bicep"
pytestmark = pytest.mark.skipif(
    not BICEP.exists(), reason="the recordings of the Bicep CLI (../shared/bicep) are not here"
)

FOLDERS = sorted(path.name for path in (BICEP / "sources").glob("[0-9]*"))
WITHOUT_TEMPLATE = {"90", "91", "93", "94", "95", "96"}
"""Numbers of the sources whose main.bicep does not compile."""


@pytest.fixture(scope="module", params=[True, False], ids=["jsonrpc", "processes"])
def has_jsonrpc(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def cli(has_jsonrpc: bool, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The stub that replays the recordings, with and without JSON-RPC."""
    program = tmp_path_factory.mktemp("program") / "bicep"
    refusal = "" if has_jsonrpc else '[ "$1" = jsonrpc ] && exit 1\n'
    stub = BICEP / "stub_bicep.py"
    program.write_text(f'#!/bin/sh\n{refusal}exec "{sys.executable}" "{stub}" "$@"\n')
    program.chmod(0o755)
    return str(program)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all sources: the recorded runs are told by what is in a file."""
    return Path(shutil.copytree(BICEP / "sources", tmp_path_factory.mktemp("copy") / "sources"))


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "BICEP_PARAMETERS_OVERRIDES",
            "BICEP_TRUSTED_REGISTRIES",
            "BICEP_TRACING_ENABLED",
            "WIND_VAULT_NAME",
            "STUB_BICEP_LOG",
        ):
            patch.delenv(name, raising=False)
        yield patch


@pytest.fixture(scope="module")
def run(
    cli: str,
    sources: Path,
    environment: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., tuple[dict[str, Any], list[list[str]]]]:
    """Compiles files of the sources: (results by relative path, calls of the CLI)."""

    def compile_all(
        paths: list[str], overrides: Any = None, **variables: str
    ) -> tuple[dict[str, Any], list[list[str]]]:
        log = tmp_path_factory.mktemp("log") / "calls"
        absolute = [str(sources / path) for path in paths]
        before = everything_in(sources)
        with environment.context() as patch, Compiler(cli, 60) as compiler:
            patch.setenv("STUB_BICEP_LOG", str(log))
            for name, value in variables.items():
                patch.setenv(name, value)
            result: dict[str, Any] = dict(
                compiler.compiled([each for each in absolute if each.endswith(".bicep")])
            )
            result |= compiler.compiled_parameters(
                [each for each in absolute if each.endswith(".bicepparam")], overrides or {}
            )
        assert everything_in(sources) == before
        calls = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        return {path: result[each] for path, each in zip(paths, absolute, strict=True)}, calls

    return compile_all


def everything_in(folder: Path) -> set[tuple[str, int]]:
    return {(str(each), each.stat().st_mtime_ns) for each in folder.rglob("*")}


def recorded(name: str, file: str) -> str:
    return Path(BICEP, "recordings", name, file).read_bytes().decode()


def recorded_parameters(name: str, stem: str, suffix: str = "") -> tuple[str, str | None] | None:
    """What `build-params` has printed for a file; None: it has failed."""
    file = "params" + ("" if stem == "main" else f".{stem}") + suffix + ".json"
    if not (BICEP / "recordings" / name / file).exists():
        return None
    answer = json.loads(recorded(name, file))
    return answer["parametersJson"], answer["templateJson"]


def expected_errors(sources: Path, name: str) -> tuple[tuple[str, int, int, str], ...]:
    diagnostics = json.loads((sources / name / "expected.json").read_text("utf-8"))["diagnostics"]
    return tuple(
        (str(sources / name / each["file"]), each["line"], each["column"], each["code"])
        for each in diagnostics
        if each["level"] == "error"
    )


def told(failure: Failure | None) -> tuple[tuple[str, int, int, str], ...]:
    assert failure is not None
    return tuple((each.path, each.line, each.column, each.code) for each in failure.errors)


def test_every_template_and_every_failure(run: Any, sources: Path, has_jsonrpc: bool) -> None:
    paths = [f"{name}/main.bicep" for name in FOLDERS]
    result, calls = run(paths, BICEP_TRUSTED_REGISTRIES="")
    compared = 0
    for name in FOLDERS:
        answer = result[f"{name}/main.bicep"]
        if name[:2] == "97":  # its registry is not trusted without a word in the environment
            assert (answer.failure.kind, told(answer.failure)[0][3]) == ("restore", "BCP446")
        elif name[:2] == "93":  # the module is looked for, and not found
            (expected,) = expected_errors(sources, name)
            assert expected[3] == "BCP190"
            assert told(answer.failure) == ((*expected[:3], "BCP192"),)
            assert answer.failure.kind == "restore"
            assert answer.failure.reason.startswith("BCP192: Unable to restore the artifact with")
        elif name[:2] in WITHOUT_TEMPLATE:
            assert told(answer.failure) == expected_errors(sources, name), name
            assert answer.failure.kind == "errors"
        else:
            assert answer.failure is None, name
            assert answer.text == recorded(name, "compiled.json"), name
            compared += 1
    assert compared == 22  # 01 to 21, and 92, whose parameter file is what fails
    assert calls.count(["jsonrpc", "--stdio"]) == (1 if has_jsonrpc else 0)
    built = [call[1] for call in calls if call[0] == "build" and "--no-restore" in call]
    assert len(built) == len(set(built))
    assert all("--stdout" in call for call in calls if call[0].startswith("build"))
    again = [call[1] for call in calls if call[0] == "build" and "--no-restore" not in call]
    assert {os.path.basename(os.path.dirname(path))[:2] for path in again} <= {"93", "97"}


def test_every_parameter_file(run: Any, sources: Path) -> None:
    paths = sorted(
        str(path.relative_to(sources))
        for path in sources.rglob("*.bicepparam")
        if path.parent.name[:2] not in ("92", "93", "97")
    )
    result, calls = run(paths)
    failed = []
    for path in paths:
        name, file = path.split("/")
        expected = recorded_parameters(name, file.removesuffix(".bicepparam"))
        answer = result[path]
        if expected is None:
            assert answer.failure.kind == "errors"
            failed.append((file, *told(answer.failure)[0][1:]))
        else:
            assert answer.failure is None, path
            assert (answer.parameters, answer.template) == expected, path
    assert failed == [
        ("environment.bicepparam", 3, 43, "BCP427"),
        ("lost-template.bicepparam", 1, 7, "BCP091"),
        ("no-using.bicepparam", 1, 1, "BCP261"),
        ("unknown.bicepparam", 5, 1, "BCP259"),
        ("wrong-type.bicepparam", 4, 24, "BCP033"),
    ]
    assert len(paths) > 30
    assert all("--stdout" in call for call in calls if call[0].startswith("build"))


def test_many_files_share_one_process(run: Any, sources: Path, has_jsonrpc: bool) -> None:
    """Of these files the recordings over JSON-RPC have all; without it each is called for once."""
    names = ("02-vault-module", "11-types-functions-imports", "15-nullable-policies")
    paths = [f"{name}/main.{kind}" for name in names for kind in ("bicep", "bicepparam")]
    result, calls = run(paths)
    for name in names:
        template = recorded(name, "compiled.json")
        assert result[f"{name}/main.bicep"].text == template
        assert result[f"{name}/main.bicepparam"].template == template
    if has_jsonrpc:
        assert calls == [["jsonrpc", "--stdio"]]
    else:
        assert sorted(call[1] for call in calls) == sorted(str(sources / path) for path in paths)


def test_a_parameter_file_without_template(run: Any) -> None:
    path = "20-parameter-files/base.bicepparam"
    result, _ = run([path])
    assert result[path].failure is None
    assert result[path].template is None
    assert "wind-kv-base" in result[path].parameters


def test_a_parameter_that_is_missing_and_its_override(run: Any, sources: Path) -> None:
    name = "92-missing-parameter"
    path = f"{name}/main.bicepparam"
    result, _ = run([path])
    assert told(result[path].failure) == expected_errors(sources, name)
    result, _ = run([path], {"accessPolicies": []})
    expected = recorded_parameters(name, "main", "-env")
    assert (result[path].parameters, result[path].template) == expected


def test_overrides_of_the_environment(run: Any) -> None:
    name = "20-parameter-files"
    path = f"{name}/main.bicepparam"
    result, _ = run([path], BICEP_PARAMETERS_OVERRIDES='{"vaultName": "wind-kv-over"}')
    assert (result[path].parameters, result[path].template) == recorded_parameters(
        name, "main", "-env"
    )


def test_variables_that_a_parameter_file_reads(run: Any, has_jsonrpc: bool) -> None:
    if has_jsonrpc:
        pytest.skip("recorded for a process of its own only")
    name = "20-parameter-files"
    path = f"{name}/environment.bicepparam"
    result, _ = run([path], WIND_VAULT_NAME="wind-kv-env")
    assert (result[path].parameters, result[path].template) == recorded_parameters(
        name, "environment", "-env"
    )


def test_a_module_of_a_registry_that_is_trusted(run: Any) -> None:
    name = "97-cached-registry-module"
    paths = [f"{name}/main.bicep", f"{name}/main.bicepparam"]
    result, calls = run(paths, BICEP_TRUSTED_REGISTRIES="registry.example")
    assert result[paths[0]].text == recorded(name, "compiled.json")
    assert (result[paths[1]].parameters, result[paths[1]].template) == recorded_parameters(
        name, "main"
    )
    assert all("--no-restore" in call for call in calls if call[0].startswith("build"))


def test_a_module_that_is_nowhere_fails_its_parameter_file(run: Any, sources: Path) -> None:
    """The recordings have no second run of it, so that its errors are those of the first."""
    name = "93-registry-module"
    path = f"{name}/main.bicepparam"
    result, calls = run([path])
    (module,) = expected_errors(sources, name)
    assert told(result[path].failure) == ((str(sources / path), 1, 7, "BCP104"), module)
    assert ["build-params", str(sources / path), "--stdout"] in calls


def test_a_file_that_is_gone(run: Any, sources: Path) -> None:
    path = "02-vault-module/nowhere.bicep"
    result, _ = run([path])
    assert result[path].failure == Failure(
        "the Bicep CLI ended with exit code 1: An error occurred reading file. "
        f"Could not find file '{sources / path}'"
    )


def test_columns_are_those_of_the_compiler(run: Any, sources: Path) -> None:
    path = "90-syntax-error/main.bicep"
    result, _ = run([path])
    text = 'Expected the "}" character at this location.'
    assert result[path].failure.errors == (
        Diagnostic(str(sources / path), 13, 1, "error", "BCP018", text),
    )
