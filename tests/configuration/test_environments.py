"""Environments: which templates are checked, with what, and how the command line wins."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support import make_request, make_template, make_vault, write_file

from armguard.analysis import check_paths
from armguard.configuration.file import load_configuration
from armguard.errors import UsageError
from armguard.finding.report import Report

EMPTIED = "access-policies-emptied"
ENTRY = {"tenantId": "t", "objectId": "o", "permissions": {}}

TWO = """\
[[environment]]
name = "dev"
templates = ["infra/main.json"]
parameters = ["infra/dev.json"]
resource-group = "rg-dev"

[[environment]]
name = "prod"
templates = ["infra/main.json", "infra/other.json"]
parameters = ["infra/prod.json", "infra/other.parameters.json"]
resource-group = "rg-prod"
subscription = "00000000-0000-0000-0000-00000000aaaa"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_template(path: str, name: str = "kv", policies: Any = None) -> None:
    """A vault whose list is a parameter with default [], like its location."""
    write_file(
        path,
        make_template(
            make_vault(name, "[parameters('policies')]", location="[parameters('location')]"),
            parameters={
                "policies": {"type": "array", "defaultValue": []},
                "location": {"type": "string", "defaultValue": "westeurope"},
            },
        ),
    )


def write_parameters(path: str, **values: Any) -> None:
    write_file(path, {"parameters": {name: {"value": each} for name, each in values.items()}})


def project(configuration: str = TWO) -> None:
    write_template("infra/main.json", "[concat('kv-', resourceGroup().name)]")
    write_template("infra/other.json")
    write_template("loose.json")
    write_parameters("infra/dev.json", location="northeurope")
    write_parameters("infra/prod.json", policies=[ENTRY], location="westeurope")
    write_parameters("infra/other.parameters.json", location="westeurope")
    Path("armguard.toml").write_text(configuration)


def checked(*paths: str, given: dict[str, str] | None = None, **options: Any) -> Report:
    request = make_request(
        *paths,
        select=options.pop("select", (EMPTIED,)),
        configuration=load_configuration(),
        context=given,
        **options,
    )
    return check_paths(request, lambda: b"")


def deployments(report: Report) -> list[tuple[str, tuple[str, ...], str]]:
    """(template, parameter files, name of its vault) of each deployment, in order."""
    return sorted(
        (each.template, each.parameters, each.vaults[0].name) for each in report.deployments
    )


DEV = ("infra/main.json", ("infra/dev.json",), "kv-rg-dev")
PROD = ("infra/main.json", ("infra/prod.json",), "kv-rg-prod")
OTHER = ("infra/other.json", ("infra/other.parameters.json",), "kv")
LOOSE = ("loose.json", (), "kv")


def test_all_environments_and_what_belongs_to_none() -> None:
    project()
    report = checked()
    assert deployments(report) == [DEV, PROD, OTHER, LOOSE]
    assert report.summary.templates == 3
    assert [(f.location.path, f.parameters) for f in report.findings] == [
        ("infra/main.json", ("infra/dev.json",)),
        ("infra/other.json", ("infra/other.parameters.json",)),
        ("loose.json", ()),
    ]
    assert "infra/main.json is checked in environment 'dev' with infra/dev.json" in report.notices


def test_the_context_of_an_environment_completes_ids() -> None:
    project()
    ids = {each.parameters: each.vaults[0].id for each in checked().deployments}
    assert ids[("infra/dev.json",)] is None
    assert ids[("infra/prod.json",)] == (
        "/subscriptions/00000000-0000-0000-0000-00000000aaaa/resourceGroups/rg-prod/providers"
        "/Microsoft.KeyVault/vaults/kv-rg-prod"
    )


@pytest.mark.parametrize(("name", "expected"), [("dev", [DEV]), ("prod", [PROD, OTHER])])
def test_one_environment(name: str, expected: list[Any]) -> None:
    project()
    assert deployments(checked(environment=name)) == expected


def test_a_parameter_file_named_after_a_template_is_that_templates_own() -> None:
    project()
    prod = [each for each in deployments(checked(environment="prod")) if each[0] == PROD[0]]
    assert prod == [PROD]


def test_paths_restrict_environments() -> None:
    project()
    assert deployments(checked("infra/main.json")) == [DEV, PROD]
    assert deployments(checked("infra/other.json", environment="prod")) == [OTHER]
    assert deployments(checked("loose.json")) == [LOOSE]
    with pytest.raises(UsageError, match="environment 'dev' names none of these templates"):
        checked("loose.json", environment="dev")


def test_a_parameter_file_as_path_checks_the_templates_of_its_environment() -> None:
    project()
    assert deployments(checked("infra/dev.json")) == [DEV, PROD]


def test_the_command_line_wins() -> None:
    project()
    given = {"resource-group": "rg-x"}
    assert deployments(checked("infra/main.json", environment="dev", given=given)) == [
        (DEV[0], DEV[1], "kv-rg-x")
    ]
    write_parameters("mine.json", policies=[ENTRY])
    sets = (("mine.json",),)
    assert deployments(checked("infra/main.json", environment="dev", parameter_sets=sets)) == [
        (DEV[0], ("mine.json",), "kv-rg-dev")
    ]
    (only,) = checked("infra/main.json", parameter_sets=sets).deployments
    assert (only.parameters, only.vaults[0].name[:1]) == (("mine.json",), "[")


def test_layered_files_are_one_set() -> None:
    project(
        '[[environment]]\nname = "e"\ntemplates = ["infra/main.json"]\n'
        'parameters = ["infra/dev.json,infra/prod.json"]\n'
    )
    report = checked(environment="e")
    assert [each.parameters for each in report.deployments] == [
        ("infra/dev.json", "infra/prod.json")
    ]
    assert report.findings == ()


def test_without_parameters_those_beside_the_template_are_used() -> None:
    project('[[environment]]\nname = "e"\ntemplates = ["infra/*.json"]\n')
    report = checked(environment="e")
    assert [(each.template, each.parameters) for each in report.deployments] == [
        ("infra/main.json", ()),
        ("infra/other.json", ("infra/other.parameters.json",)),
    ]
    project('[[environment]]\nname = "e"\ntemplates = ["infra/*.json"]\nparameters = []\n')
    report = checked(environment="e")
    assert [each.parameters for each in report.deployments] == [(), ()]


def test_the_mode_of_an_environment_reaches_the_rules() -> None:
    text = '[[environment]]\nname = "e"\ntemplates = ["main.json"]\nmode = "complete"\n'
    write_template("main.json")
    document = json.loads(Path("main.json").read_text())
    document["resources"][0]["condition"] = False
    write_file("main.json", document)
    Path("armguard.toml").write_text(text)
    select = ("complete-mode-deletes-vault",)
    assert [f.rule for f in checked(select=select).findings] == list(select)
    assert checked(select=select, given={"mode": "incremental"}).findings == ()


@pytest.mark.parametrize(
    ("configuration", "name", "sentence"),
    [
        (TWO, "prd", "armguard.toml has no environment 'prd'; did you mean 'prod'?"),
        (TWO, "x", "armguard.toml has no environment 'x'; it has 'dev', 'prod'"),
        ("", "x", "armguard.toml has no environment 'x'; it has none at all"),
        (
            '[[environment]]\nname = "e"\ntemplates = ["infra/man.json"]\n',
            "e",
            "armguard.toml:1: environment 'e' names a template that does not exist:"
            " 'infra/man.json'",
        ),
        (
            '[[environment]]\nname = "e"\ntemplates = ["infra"]\n',
            "e",
            "'infra' is a folder, but an environment names templates; write 'infra/*.json'",
        ),
        (
            '[[environment]]\nname = "e"\ntemplates = ["loose.json"]\nparameters = ["no.json"]\n',
            "e",
            "parameter file 'no.json': can't be read: no such file or directory",
        ),
    ],
)
def test_mistakes(configuration: str, name: str, sentence: str) -> None:
    project(configuration)
    from armguard.errors import ArmguardError

    with pytest.raises(ArmguardError) as error:
        checked(environment=name)
    assert str(error.value) == sentence


def test_an_environment_without_a_configuration() -> None:
    write_template("main.json")
    with pytest.raises(UsageError, match="because there is no configuration"):
        checked(environment="dev")


def test_a_parameter_file_that_fits_no_template_of_its_environment() -> None:
    project()
    write_parameters("infra/prod.json", unknown=1)
    with pytest.raises(UsageError, match=r"no parameter in 'infra/prod\.json' is declared"):
        checked()


def test_from_a_folder_below_the_configuration() -> None:
    project()
    os.chdir("infra")
    assert deployments(checked()) == [
        ("main.json", ("dev.json",), "kv-rg-dev"),
        ("main.json", ("prod.json",), "kv-rg-prod"),
        ("other.json", ("other.parameters.json",), "kv"),
    ]
    Path("../other").mkdir()
    os.chdir("../other")
    write_template("here.json")
    assert deployments(checked()) == [("here.json", (), "kv")]
    assert len(checked(environment="prod").deployments) == 2


def test_nothing_is_called_unused_for_one_environment() -> None:
    suppress = f'[[suppress]]\nrule = "{EMPTIED}"\nreason = "r"\npath = "infra/main.json"\n'
    project(TWO + suppress)
    select = (EMPTIED, "suppression-unused")
    assert [f.rule for f in checked(environment="prod", select=select).findings] == [EMPTIED]
    assert checked(environment="prod", select=select).findings[0].location.path != "infra/main.json"
