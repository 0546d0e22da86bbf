"""What tests of several folders share: small templates in memory, and runs of the command line.

`run_armguard` runs it in this process, as isolated as it would be in one of its own; a test that is
about the process itself, such as what a shell sees of it, takes `run_process`.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from armguard.analysis import Request
from armguard.configuration.model import Configuration
from armguard.configuration.settings import Said, merged

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
"""Answers of Azure that are no part of the project; tests that need them are skipped without."""

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


VAULT_RULES = {
    "access-policies-emptied",
    "access-policies-missing",
    "access-policies-replaced",
    "add-child-does-not-protect",
    "deployment-would-fail",
    "invalid-expression",
    "parameters-rejected",
    "recover-mode",
    "undecided-vault",
    "workspace-access-not-granted",
}
"""The rules about what a deployment does to a vault, and what is undecided about it."""


def make_template(*resources: Any, **members: Any) -> dict[str, Any]:
    """A deployment template to a resource group, complete but for what the test is about; the
    keyword argument `resources` stands in place of a list."""
    written = members.pop("resources", list(resources))
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **members, "resources": written}


def make_vault(name: str = "kv", policies: Any = None, **more: Any) -> dict[str, Any]:
    """A vault on access policies, of an API version that stays; without policies it has no list.
    `more`: its members, and `properties` to add."""
    properties: dict[str, Any] = {
        "tenantId": "[subscription().tenantId]",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": False,
        **({} if policies is None else {"accessPolicies": policies}),
        **more.pop("properties", {}),
    }
    return {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": name,
        "location": "westeurope",
        **more,
        "properties": properties,
    }


def make_policy(
    object_id: str = "11111111-1111-1111-1111-111111111111", **more: Any
) -> dict[str, Any]:
    """An entry of a list of access policies."""
    return {
        "tenantId": "[subscription().tenantId]",
        "objectId": object_id,
        "permissions": {"secrets": ["get"]},
        **more,
    }


def make_change(name: str = "kv/add", policies: Any = (), **more: Any) -> dict[str, Any]:
    """A child resource that changes the access policies of a vault."""
    return {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": name,
        **more,
        "properties": {"accessPolicies": list(policies)},
    }


def make_deployment(
    name: str = "module",
    template: Any = None,
    *,
    link: Any = None,
    evaluation: str | None = "inner",
    parameters: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A deployment of `template` inside of it, whose expressions have the scope `evaluation`, or of
    the template that `link` leads to; None leaves a part out. `parameters`: plain values; `more`:
    its members, and `properties` to add."""
    properties: dict[str, Any] = {"mode": "Incremental"}
    if link is not None:
        properties["templateLink"] = link
    elif evaluation is not None:
        properties["expressionEvaluationOptions"] = {"scope": evaluation}
    if parameters is not None:
        properties["parameters"] = {key: {"value": value} for key, value in parameters.items()}
    if template is not None:
        properties["template"] = template
    properties |= more.pop("properties", {})
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        **more,
        "properties": properties,
    }


def make_workspace(
    name: str = "ml", vault: str = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]", **more: Any
) -> dict[str, Any]:
    """A workspace of Azure Machine Learning with an identity of its own. `more`: its members, and
    `properties` to add."""
    properties = {"keyVault": vault, **more.pop("properties", {})}
    return {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-04-01",
        "name": name,
        "identity": {"type": "SystemAssigned"},
        **more,
        "properties": properties,
    }


def write_file(path: str | Path, content: Any, indent: int | None = 1) -> None:
    """A file, and the folders that it is in: a text as it is, anything else as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, indent=indent)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def small_bicep_cli(folder: Path) -> Path:
    """The Bicep CLI of `small_bicep`, as a program in a folder."""
    folder.mkdir(exist_ok=True)
    program = folder / "bicep"
    compiler = Path(__file__).parent / "small_bicep.py"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{compiler}" "$@"\n', "utf-8")
    program.chmod(0o755)
    return program


def write_bicep(path: str | Path, source: str, compiled: Any) -> None:
    """A Bicep file, and what `make_bicep_cli` answers that it is compiled to."""
    write_file(path, source)
    if str(path).endswith(".bicepparam"):
        compiled = {"parametersJson": json.dumps(compiled), "templateJson": None}
    write_file(f"{path}.compiled", compiled)


def make_bicep_cli(folder: Path) -> Path:
    """A Bicep CLI without JSON-RPC that compiles what `write_bicep` has written."""
    program = folder / "bicep"
    program.write_text('#!/bin/sh\ntest "$1" != jsonrpc && exec cat "$2.compiled"\n')
    program.chmod(0o755)
    return program


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the command line said."""

    exit: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)

    def vault(self, name: str) -> Any:
        vaults = [v for d in self.document["deployments"] for v in d["vaults"]]
        return next(each for each in vaults if each["name"] == name)

    def rules(self) -> set[str]:
        return {finding["rule"] for finding in self.document["findings"]}


def run_armguard(
    *arguments: str | Path,
    folder: Path | None = None,
    stdin: str = "",
    together: bool = False,
    exit_code: int | None = None,
    **variables: str,
) -> Ran:
    """Run the command line in this process: it sees streams, a folder and an environment of its
    own, and what it leaves behind is gone afterwards. An exception that leaves it is the test's.

    `together`: standard error goes where standard output goes; `exit_code`: what must come of it.
    """
    from armguard.cli import main

    words = [str(argument) for argument in arguments]
    output = io.BytesIO()
    errors = output if together else io.BytesIO()
    thresholds = gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        if folder is not None:
            patch.chdir(folder)
        for name in os.environ.keys() - environment(variables).keys():
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["armguard", *words])
        patch.setattr(sys, "stdin", _stream(io.BytesIO(stdin.encode()), "strict"))
        patch.setattr(sys, "stdout", _stream(output, "strict"))
        patch.setattr(sys, "stderr", _stream(errors, "backslashreplace"))
        _tell_as_a_process_does(patch)
        try:
            code = main(words)
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else bool(leaving.code)
        finally:
            gc.set_threshold(*thresholds)
        # here, since a stream that is no more needed closes what it has written to
        said = output.getvalue().decode()
        complained = "" if together else errors.getvalue().decode()
    return _held_to(exit_code, Ran(int(code), said, complained))


def _held_to(exit_code: int | None, ran: Ran) -> Ran:
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stderr
    assert exit_code in (None, ran.exit), (ran.exit, ran.stdout, ran.stderr)
    return ran


def _stream(data: io.BytesIO, errors: str) -> io.TextIOWrapper:
    """A stream as of a process on UTF-8 that is no terminal."""
    return io.TextIOWrapper(data, "utf-8", errors, newline="\n", write_through=True)


def _tell_as_a_process_does(patch: pytest.MonkeyPatch) -> None:
    """Logged warnings, as those of the packages of Azure, and Python's own come to standard error,
    which is where pytest's handlers would keep them from."""
    for logger in (logging.root, *logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            patch.setattr(logger, "handlers", [])
    warnings.resetwarnings()
    for category in (
        DeprecationWarning,
        PendingDeprecationWarning,
        ImportWarning,
        ResourceWarning,
    ):
        warnings.simplefilter("ignore", category)

    def show(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))

    warnings.showwarning = show


def run_process(
    *arguments: str | Path,
    folder: Path | None = None,
    stdin: str = "",
    exit_code: int | None = None,
    **variables: str,
) -> Ran:
    """Run the command line in a process of its own, which reaches nothing but this machine."""
    done = subprocess.run(
        [sys.executable, "-m", "armguard", *map(str, arguments)],
        cwd=folder,
        env=process_environment(**variables),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return _held_to(exit_code, Ran(done.returncode, done.stdout, done.stderr))


def process_environment(**variables: str) -> dict[str, str]:
    """The environment of a process that can import armguard and reaches nothing but this
    machine."""
    path = os.pathsep.join((str(PROJECT), str(PROJECT / "tests" / "only_loopback")))
    return {"PYTHONPATH": path, **environment(variables)}


_LEFT_OUT = (
    "TF_BUILD",
    "GITHUB_ACTIONS",
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "NO_COLOR",
    "FORCE_COLOR",
)
_LEFT_OUT_BEGINNINGS = ("ARMGUARD_", "AZURE", "SYSTEM_")


def environment(variables: dict[str, str]) -> dict[str, str]:
    """The environment of the tests without what armguard or the clients of Azure listen to, and
    with the given variables."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in (*_LEFT_OUT, "PYTHONPATH") and not name.startswith(_LEFT_OUT_BEGINNINGS)
    }
    return {**inherited, **variables}


def make_request(
    *named: str,
    paths: tuple[str, ...] = (".",),
    configuration: Configuration | None = None,
    context: Mapping[str, str] | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    packs: tuple[str, ...] = (),
    policies: tuple[str, ...] = (),
    **request: Any,
) -> Request:
    """A request by what a configuration and the command line say; bugs end the test."""
    said = Said(select, ignore, packs, policies, context=context or {})
    return Request(
        paths=named or paths, settings=merged(configuration, said), raise_bugs=True, **request
    )
