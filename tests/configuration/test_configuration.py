"""armguard.toml: where it is found, what it may hold, and what each mistake is called."""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import PROJECT, make_template, make_vault, run_armguard

from armguard.acceptance.selection import Layer, Selection
from armguard.acceptance.written import Matching
from armguard.cli.show_config import show
from armguard.configuration import keys as configuration_keys
from armguard.configuration.file import load_configuration
from armguard.configuration.model import Configuration
from armguard.configuration.settings import Said, merged
from armguard.configuration.toml_lines import TomlLines
from armguard.errors import UsageError
from armguard.finding import Certainty, Finding, Location, Severity
from armguard.source.path_patterns import PathPatterns

SCHEMA = PROJECT / "docs" / "armguard.schema.json"

EVERYTHING = """\
select = ["access-policies-emptied", "undecided-vault"]
ignore = ["undecided-vault"]
severity = { "access-policies-emptied" = "warning" }
packs = ["keyvault"]
policies = ["policies"]
exclude = ["legacy/", "!legacy/kept.json"]
fail-on = "warning"
fail-on-undecided = true
bicep = "tools/bicep"
bicep-timeout = 30

[[paths]]
glob = "sandbox/**"
ignore = ["access-policies-emptied"]

[[paths]]
glob = "infra/*.json"
select = ["undecided-vault"]
severity = { undecided-vault = "error" }

[[environment]]
name = "dev"
templates = ["infra/main.json"]
parameters = ["infra/common.json, infra/dev.json"]
resource-group = "rg-dev"

[[environment]]
name = "prod"
templates = ["infra/*.json"]
subscription = "00000000-0000-0000-0000-00000000aaaa"
location = "westeurope"
tenant = "00000000-0000-0000-0000-00000000bbbb"
management-group = "mg"
mode = "complete"

[[suppress]]
path = "infra/main.json"
rule = "access-policies-emptied"
resource = "kv-*"
reason = "deployed once"
until = 2027-01-31

[[suppress]]
rule = "undecided-vault"
reason = "the list comes from the pipeline"
until = "2027-02-01"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configured(text: str, name: str = "armguard.toml") -> Configuration:
    Path(name).write_text(text, encoding="utf-8")
    return load_configuration()


def refused(text: str, name: str = "armguard.toml") -> str:
    with pytest.raises(UsageError) as error:
        configured(text, name)
    return str(error.value)


def test_without_a_file_nothing_is_configured() -> None:
    assert load_configuration() == Configuration()


def test_every_key_is_read() -> None:
    configuration = configured(EVERYTHING)
    assert configuration.file == "armguard.toml"
    own, sandbox, infra = configuration.layers
    assert own.select == ("access-policies-emptied", "undecided-vault")
    assert own.ignore == ("undecided-vault",)
    assert own.severity == {"access-policies-emptied": Severity.WARNING}
    assert sandbox.patterns == PathPatterns(("sandbox/**",))
    assert (sandbox.select, sandbox.ignore) == (None, ("access-policies-emptied",))
    assert infra.severity == {"undecided-vault": Severity.ERROR}
    assert configuration.packs == ("keyvault",)
    assert configuration.policies == ("policies",)
    assert configuration.exclude == PathPatterns(("legacy/", "!legacy/kept.json"))
    assert configuration.fail_on == "warning"
    assert configuration.fail_on_undecided is True
    dev, prod = configuration.environments
    assert dev.parameters == (("infra/common.json", "infra/dev.json"),)
    assert dev.context["resource-group"] == "rg-dev"
    assert prod.parameters is None
    assert prod.context == {
        "subscription": "00000000-0000-0000-0000-00000000aaaa",
        "location": "westeurope",
        "tenant": "00000000-0000-0000-0000-00000000bbbb",
        "management-group": "mg",
        "mode": "complete",
    }
    first, second = configuration.suppressions
    assert first.where == Matching(PathPatterns(("infra/main.json",)), "kv-*")
    assert (first.reason, first.until) == ("deployed once", "2027-01-31")
    assert (second.where, second.until) == (Matching(), "2027-02-01")
    assert second.location == Location("armguard.toml", f"#{EVERYTHING.rindex('[[suppress]]')}")


def test_a_file_above_is_found_and_its_paths_are_seen_from_here(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "armguard.toml").write_text(EVERYTHING)
    (folder / "infra" / "deep").mkdir(parents=True)
    os.chdir("infra/deep")
    configuration = load_configuration()
    assert configuration.file == "../../armguard.toml"
    assert configuration.policies == ("../../policies",)
    assert configuration.environments[0].templates == ("../main.json",)
    assert configuration.environments[0].parameters == (("../common.json", "../dev.json"),)
    assert configuration.layers[1].patterns == PathPatterns(("sandbox/**",), "../..")
    assert configuration.origins["fail-on"] == "../../armguard.toml:7"


def test_nothing_is_looked_for_above_the_repository(folder: Path) -> None:
    (folder / "armguard.toml").write_text('fail-on = "note"')
    (folder / "repository" / ".git").mkdir(parents=True)
    (folder / "repository" / "infra").mkdir()
    os.chdir("repository/infra")
    assert load_configuration() == Configuration()


def test_the_nearest_file_counts_and_armguard_toml_before_pyproject(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "armguard.toml").write_text('fail-on = "note"')
    (folder / "inner").mkdir()
    os.chdir("inner")
    Path("pyproject.toml").write_text('[tool.ruff]\nselect = ["armguard"]\n')
    assert load_configuration().fail_on == "note"
    Path("pyproject.toml").write_text('[tool.armguard]\nfail-on = "warning"\n')
    assert load_configuration().file == "pyproject.toml"
    assert load_configuration().fail_on == "warning"
    Path("armguard.toml").write_text('fail-on = "never"')
    assert load_configuration().fail_on == "never"


@pytest.mark.parametrize(
    "text",
    [
        '[tool.armguard]\nfail-on = "note"',
        '[tool]\narmguard.fail-on = "note"',
        'tool.armguard.fail-on = "note"',
        '[ tool . "armguard" ]\nfail-on = "note"',
        'tool = { armguard = { fail-on = "note" } }',
        '[project]\nname = "armguard"\n  ["tool".armguard]\nfail-on = "note"',
    ],
)
def test_pyproject_may_write_its_table_in_any_way(text: str) -> None:
    assert configured(text, "pyproject.toml").fail_on == "note"


def test_pyproject_of_others_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    text = '[project]\nname = "armguard"\n[project.scripts]\narmguard = "x"\n[tool.ruff]\n'
    assert configured(text, "pyproject.toml") == Configuration()


def test_pyproject_lines_are_those_of_its_own_table() -> None:
    text = '[tool.other]\nfail-on = "x"\n\n[tool.armguard]\nfail-on = "note"\n'
    configuration = configured(text, "pyproject.toml")
    assert configuration.origins == {"fail-on": "pyproject.toml:5"}
    text = "[tool.armguard]\n[[tool.armguard.paths]]\nignore = []\n"
    assert refused(text, "pyproject.toml") == "pyproject.toml:2: [[paths]] needs 'glob'"


def test_a_named_file_is_relative_to_the_working_directory(folder: Path) -> None:
    (folder / "ci").mkdir()
    Path("ci/strict.toml").write_text(EVERYTHING)
    Path("armguard.toml").write_text('fail-on = "note"')
    configuration = load_configuration("ci/strict.toml")
    assert configuration.file == "ci/strict.toml"
    assert configuration.policies == ("policies",)
    assert configuration.exclude.match("legacy/old.json")


def test_folders_of_links_are_relative_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = configured('[links]\n"https://example.com/a/" = "infra/shared/"')
    assert configuration.links == {"https://example.com/a/": "infra/shared"}
    Path("infra").mkdir()
    Path(".git").mkdir()
    monkeypatch.chdir("infra")
    assert load_configuration().links == {"https://example.com/a/": "shared"}


def test_isolated_reads_nothing() -> None:
    Path("armguard.toml").write_text("this is not TOML")
    assert load_configuration(isolated=True) == Configuration()
    with pytest.raises(UsageError, match="use one of them"):
        load_configuration("armguard.toml", isolated=True)


def test_a_named_file_must_exist() -> None:
    with pytest.raises(UsageError) as error:
        load_configuration("no.toml")
    assert str(error.value) == ("configuration 'no.toml' can't be read: no such file or directory")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('selct = ["x"]', "armguard.toml:1: unknown key 'selct'; did you mean 'select'?"),
        (
            '\nfail_on = "note"',
            "armguard.toml:2: unknown key 'fail_on'; did you mean 'fail-on'?",
        ),
        (
            "zzz = 1",
            "armguard.toml:1: unknown key 'zzz'; allowed are select, ignore, severity, packs,"
            " policies, exclude, fail-on, fail-on-undecided, bicep, bicep-timeout,"
            " links, paths, environment, suppress",
        ),
        (
            'select = "x"',
            "armguard.toml:1: 'select' must be an array of texts, but is a text",
        ),
        (
            "ignore = [1]",
            "armguard.toml:1: 'ignore' must be an array of texts, but holds a number",
        ),
        ('exclude = [" "]', "armguard.toml:1: 'exclude' must not hold an empty text"),
        (
            'fail-on-undecided = "yes"',
            "armguard.toml:1: 'fail-on-undecided' must be true or false, but is a text",
        ),
        (
            'fail-on = "fatal"',
            "armguard.toml:1: 'fail-on' is 'fatal'; allowed are error, warning, note, never",
        ),
        (
            "links = 3",
            "armguard.toml:1: 'links' must be a table of addresses and folders, but is a number",
        ),
        (
            '[links]\n"templates/" = "x"',
            "armguard.toml:1: 'links' has 'templates/', which is no address; write it as in"
            ' "https://example.com/templates/" = "templates/"',
        ),
        (
            '[links]\n"https://example.com/" = 3',
            "armguard.toml:1: 'links' must name a folder for 'https://example.com/', but has a"
            " number",
        ),
        (
            '[links]\n"https://example.com/" = ""',
            "armguard.toml:1: 'links' must name a folder for 'https://example.com/', but has an"
            " empty text",
        ),
        (
            "severity = 3",
            "armguard.toml:1: 'severity' must be a table of rules and severities, but is a number",
        ),
        (
            '# a comment\n[severity]\naccess-policies-emptied = "fatal"',
            "armguard.toml:2: 'severity' of 'access-policies-emptied' is 'fatal'; allowed are"
            " error, warning, note",
        ),
        (
            "paths = 1",
            "armguard.toml:1: 'paths' must be an array of tables, each begun by [[...]]",
        ),
        (
            '[[paths]]\nglob = "a"\n[[paths]]\nglob = "b"\nexclude = []',
            "armguard.toml:5: unknown key 'exclude' in [[paths]]; allowed are glob, select,"
            " ignore, severity",
        ),
        (
            '[[environment]]\nname = "dev"\n',
            "armguard.toml:1: [[environment]] needs 'templates'",
        ),
        (
            '[[environment]]\nname = "dev"\ntemplates = ["a"]\nparameter = []',
            "armguard.toml:4: unknown key 'parameter' in [[environment]]; did you mean"
            " 'parameters'?",
        ),
        (
            '[[environment]]\nname = "dev"\ntemplates = ["a"]\nparameters = ["a,,b"]',
            "armguard.toml:4: 'parameters' holds 'a,,b', which names no file before or after a"
            " comma",
        ),
        (
            '[[environment]]\nname = "dev"\ntemplates = ["a"]\nmode = "full"',
            "armguard.toml:4: 'mode' is 'full'; allowed are incremental, complete",
        ),
        (
            '[[environment]]\nname="x"\ntemplates=["a"]\n[[environment]]\nname="x"\ntemplates=["b"]',
            "armguard.toml:4: environment 'x' is already written at armguard.toml:1",
        ),
        ('[[suppress]]\nreason = "r"', "armguard.toml:1: [[suppress]] needs 'rule'"),
        (
            '[[suppress]]\nrule = "r"\nuntil = "soon"',
            "armguard.toml:3: 'until' must be a date as in 2027-01-31, but is 'soon'",
        ),
        (
            '[[suppress]]\nrule = "r"\nuntil = 2027-01-31T10:00:00',
            "armguard.toml:3: 'until' must be a date as in 2027-01-31, but is a date or time",
        ),
        (f"a = {'[' * 9999}", "armguard.toml: nested too deeply to be read"),
        (f"\n{'a.' * 50_000}b = 1", "armguard.toml:2: a key has more than 100 parts"),
        (f"[{'a . ' * 50_000}b]", "armguard.toml:1: a key has more than 100 parts"),
        (f"a = {{ {'a.' * 50_000}b = 1 }}", "armguard.toml:1: a key has more than 100 parts"),
        (
            "select = []",
            "armguard.toml:1: 'select' must name a rule: none would check nothing; leave it out"
            " for all",
        ),
        (
            "[[paths]]\nglob = 'a'\nselect = []",
            "armguard.toml:3: 'select' must name a rule: none would check nothing; leave it out"
            " for all",
        ),
        (f"a = {'9' * 5_000}", "armguard.toml: it has a number of too many digits"),
        ("a = ", "armguard.toml: not TOML: invalid value (at end of document)"),
    ],
)
def test_mistakes(text: str, sentence: str) -> None:
    assert refused(text) == sentence


def test_a_file_that_is_no_text() -> None:
    Path("armguard.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"'armguard\.toml' is not UTF-8"):
        load_configuration()


@pytest.mark.parametrize(
    ("layers", "path", "selected"),
    [
        ([], "t.json", {"a", "b", "c"}),
        ([Layer(select=("a", "b"), ignore=("b",))], "t.json", {"a"}),
        ([Layer(select=())], "t.json", set()),
        ([Layer(ignore=("a",)), Layer(ignore=("b",))], "t.json", {"c"}),
        ([Layer(select=("a",)), Layer(select=("b",))], "t.json", {"b"}),
        ([Layer(select=("a",)), Layer(ignore=("a",))], "t.json", set()),
        ([Layer(patterns=PathPatterns(("x/",)), ignore=("a",))], "x/t.json", {"b", "c"}),
        ([Layer(patterns=PathPatterns(("x/",)), ignore=("a",))], "t.json", {"a", "b", "c"}),
        ([Layer(patterns=PathPatterns(("*",)), select=("a",)), Layer(("b",))], "t.json", {"b"}),
    ],
)
def test_layers_are_laid_over_each_other(
    layers: list[Layer], path: str, selected: set[str]
) -> None:
    selection = Selection(layers, ("a", "b", "c"))
    assert {rule for rule in "abc" if selection.selects(rule, path)} == selected
    assert selected <= selection.anywhere


@pytest.mark.parametrize(
    ("layers", "selected"),
    [
        ([Layer(select=("a",))], {"a", "c"}),
        ([Layer(select=())], {"c"}),
        ([Layer(select=("a", "c"), ignore=("c",))], {"a"}),
        ([Layer(ignore=("c",)), Layer(select=("a",))], {"a"}),
        ([Layer(ignore=("c",)), Layer(select=("c",))], {"c"}),
        ([Layer(patterns=PathPatterns(("*",)), select=("b",))], {"b", "c"}),
    ],
)
def test_what_always_counts_goes_only_by_ignore(layers: list[Layer], selected: set[str]) -> None:
    selection = Selection(layers, ("a", "b", "c"), always=("c",))
    assert {rule for rule in "abc" if selection.selects(rule, "t.json")} == selected
    assert selected <= selection.anywhere


def test_a_rule_selected_for_some_paths_only_has_to_run() -> None:
    layers = [Layer(("a",)), Layer(("b",), patterns=PathPatterns(("x/",)))]
    assert Selection(layers, ("a", "b", "c")).anywhere == {"a", "b"}


@pytest.mark.parametrize(
    ("certainty", "expected"),
    [
        (Certainty.CERTAIN, Severity.ERROR),
        (Certainty.DEFAULT, Severity.ERROR),
        (Certainty.POSSIBLE, Severity.WARNING),
    ],
)
def test_severity_is_changed_but_a_possible_error_stays_a_warning(
    certainty: Certainty, expected: Severity
) -> None:
    finding = Finding("a", Severity.NOTE, certainty, "m", Location("t.json", ""))
    layers = [Layer(severity={"a": Severity.NOTE}), Layer(severity={"a": Severity.ERROR})]
    (changed,) = Selection(layers, ("a",)).applied([finding])
    assert changed.severity is expected


def test_an_unknown_rule_is_refused_where_it_is_written() -> None:
    with pytest.raises(UsageError) as error:
        Selection([Layer(ignore=("abx",), origin="armguard.toml:2")], ("abc", "def"))
    assert str(error.value) == "armguard.toml:2: there is no rule 'abx'; did you mean 'abc'?"


@pytest.mark.parametrize(
    ("patterns", "folder", "path", "expected"),
    [
        (("*.json",), "", "a/b.json", True),
        (("/b.json",), "", "a/b.json", False),
        (("a/",), "", "a/b/c.json", True),
        (("a/**/c.json",), "", "a/b/c.json", True),
        (("a/", "!a/b.json"), "", "a/b.json", False),
        (("infra/a.json",), "..", "a.json", False),
        ((), "", "a.json", False),
        (("*.json",), "", "../a.json", False),
    ],
)
def test_patterns(patterns: tuple[str, ...], folder: str, path: str, expected: bool) -> None:
    assert PathPatterns(patterns, folder).match(path) is expected


def test_patterns_of_a_folder_above(folder: Path) -> None:
    (folder / "infra").mkdir()
    os.chdir("infra")
    assert PathPatterns(("infra/a.json",), "..").match("a.json")
    assert PathPatterns(("other/a.json",), "..").match("../other/a.json")


def test_toml_lines() -> None:
    text = 'a = 1\n"b c".d = 2\n[t]\ne = 3\n[[x]]\nf = 4\n[[x]]\n# f = 5\n  f = 6\n'
    lines = TomlLines(text)
    assert lines.line("a") == 1
    assert lines.line("b c", "d") == 2
    assert lines.line("t", "e") == 4
    assert lines.line("x", 0, "f") == 6
    assert lines.line("x", 1, "f") == 9
    assert lines.line("x", 1, "missing") == 7
    assert lines.line("missing") is None
    assert text[lines.offset("x", 1) :].startswith("[[x]]\n# f")


def test_show_config_names_every_origin() -> None:
    configuration = configured(EVERYTHING)
    said = Said(ignore=("recover-mode",), fail_on="never", context={"mode": "incremental"})
    lines = show(merged(configuration, said)).splitlines()
    assert lines[:13] == [
        "# configuration: armguard.toml",
        'select = ["access-policies-emptied", "undecided-vault"]  # armguard.toml:1',
        'ignore = ["undecided-vault", "recover-mode"]  # armguard.toml:2 and command line',
        'severity = { "access-policies-emptied" = "warning" }  # armguard.toml:3',
        'packs = ["keyvault"]  # armguard.toml:4',
        'policies = ["policies"]  # armguard.toml:5',
        'exclude = ["legacy/", "!legacy/kept.json"]  # armguard.toml:6',
        'fail-on = "never"  # command line',
        "fail-on-undecided = true  # armguard.toml:8",
        'bicep = "tools/bicep"  # armguard.toml:9',
        "bicep-timeout = 30  # armguard.toml:10",
        "links = {}  # default",
        "",
    ]
    assert "[[environment]]  # armguard.toml:21" in lines
    assert lines.count('mode = "incremental"  # command line') == 2
    assert "# parameters: those beside the templates  # default" in lines


def test_what_is_shown_is_a_configuration_that_says_the_same() -> None:
    configuration = configured(EVERYTHING)
    Path("again.toml").write_text(show(merged(configuration)))
    again = load_configuration("again.toml")
    assert again.layers[0].select == configuration.layers[0].select
    assert [each.context for each in again.environments] == [
        {**each.context, "mode": each.context.get("mode") or "incremental"}
        for each in configuration.environments
    ]
    assert [s.until for s in again.suppressions] == [s.until for s in configuration.suppressions]


def test_defaults_are_shown_as_such() -> None:
    assert show(merged()) == (
        "# configuration: none found\n"
        "# select: all rules  # default\n"
        "ignore = []  # default\n"
        "severity = {}  # default\n"
        "packs = []  # default\n"
        "policies = []  # default\n"
        "exclude = []  # default\n"
        'fail-on = "error"  # default\n'
        "fail-on-undecided = false  # default\n"
        "# bicep: the CLI of this machine  # default\n"
        "bicep-timeout = 120  # default\n"
        "links = {}  # default\n"
    )


PROTECTED = {"enablePurgeProtection": True}
TEMPLATE = json.dumps(make_template(make_vault(policies=[], properties=PROTECTED)))


def rules_found(*arguments: str) -> list[tuple[str, str, str]]:
    document = run_armguard("check", "--format", "json", *arguments).document
    return [(each["path"], each["rule"], each["severity"]) for each in document["findings"]]


def test_the_configuration_reaches_a_check() -> None:
    for folder in ("infra", "sandbox", "legacy"):
        Path(folder).mkdir()
        Path(folder, "t.json").write_text(TEMPLATE)
    Path("armguard.toml").write_text(
        'select = ["access-policies-emptied"]\n'
        'exclude = ["legacy/"]\n'
        'fail-on = "warning"\n'
        '[[paths]]\nglob = "sandbox/"\nseverity = { access-policies-emptied = "note" }\n'
    )
    emptied = "access-policies-emptied"
    assert rules_found() == [
        ("infra/t.json", emptied, "error"),
        ("sandbox/t.json", emptied, "note"),
    ]
    assert run_armguard("check", "sandbox").exit == 0
    assert run_armguard("check", "sandbox", "--fail-on", "note").exit == 1
    assert rules_found("legacy/t.json") == [("legacy/t.json", emptied, "error")]
    assert rules_found("legacy/t.json", "--force-exclude") == []
    isolated = rules_found("--isolated", "legacy")
    assert ("legacy/t.json", emptied, "error") in isolated
    isolated.remove(("legacy/t.json", emptied, "error"))
    assert rules_found("--isolated", "legacy", "--ignore", emptied) == isolated
    assert rules_found("--select", "undecided-vault") == []


def test_a_wrong_rule_in_the_configuration_is_wrong_usage() -> None:
    Path("t.json").write_text(TEMPLATE)
    Path("armguard.toml").write_text('\nignore = ["acess-policies-emptied"]\n')
    result = run_armguard("check")
    assert result.exit == 2
    assert result.stderr == (
        "error: armguard.toml:2: there is no rule 'acess-policies-emptied'; did you mean"
        " 'access-policies-emptied'?\n"
    )


def test_show_config_checks_nothing() -> None:
    Path("armguard.toml").write_text('fail-on = "note"\n')
    result = run_armguard("check", "--show-config", "--select", "undecided-vault")
    assert result.exit == 0
    assert result.stdout.splitlines()[:2] == [
        "# configuration: armguard.toml",
        'select = ["undecided-vault"]  # command line',
    ]


def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def violations(value: Any, wanted: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """What the few keywords of JSON Schema that our schema uses say against a value."""
    if "$ref" in wanted:
        wanted = root["$defs"][wanted["$ref"].rpartition("/")[2]]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float)}
    if not isinstance(value, kinds[wanted["type"]]):
        return [f"{value!r} is no {wanted['type']}"]
    if "enum" in wanted and value not in wanted["enum"]:
        return [f"{value!r} is none of {wanted['enum']}"]
    if len(value) < wanted.get("minItems", 0) if isinstance(value, list) else False:
        return [f"{value!r} is too short"]
    found: list[str] = []
    if isinstance(value, list):
        for each in value:
            found += violations(each, wanted["items"], root)
    if isinstance(value, dict):
        found += [f"{name} is missing" for name in wanted.get("required", ()) if name not in value]
        others = wanted["additionalProperties"]
        for name, each in value.items():
            inner = wanted.get("properties", {}).get(name, others)
            found += [f"{name} is unknown"] if inner is False else violations(each, inner, root)
    return found


def test_the_schema_has_the_keys_of_the_configuration() -> None:
    document = schema()
    tables = {
        "paths": configuration_keys.PATHS_KEYS,
        "environment": configuration_keys.ENVIRONMENT_KEYS,
        "suppress": configuration_keys.SUPPRESS_KEYS,
    }
    assert document["properties"].keys() == configuration_keys.KEYS.keys()
    assert document["properties"]["fail-on"]["enum"] == list(configuration_keys.FAIL_ON)
    for name, keys in tables.items():
        items = document["properties"][name]["items"]
        assert items["properties"].keys() == keys.keys()
        assert set(configuration_keys.REQUIRED[name]) <= set(items["required"])
    modes = document["properties"]["environment"]["items"]["properties"]["mode"]["enum"]
    assert modes == list(configuration_keys.MODES)
    assert document["$defs"]["severity"]["enum"] == list(configuration_keys.SEVERITIES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (EVERYTHING.replace("2027-01-31", '"2027-01-31"'), []),
        ('selct = ["x"]', ["selct is unknown"]),
        ('select = "x"', ["'x' is no array"]),
        ('fail-on = "fatal"', ["'fatal' is none of ['error', 'warning', 'note', 'never']"]),
        ('[severity]\nx = "high"', ["'high' is none of ['error', 'warning', 'note']"]),
        ("[[paths]]", ["glob is missing"]),
        ('[[environment]]\nname = "x"\ntemplates = []', ["[] is too short"]),
        ('[[suppress]]\nrule = "x"', ["reason is missing"]),
    ],
)
def test_the_schema_says_the_same_about_samples(text: str, expected: list[str]) -> None:
    import tomllib

    document = schema()
    assert violations(tomllib.loads(text), document, document) == expected


PAGE = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_the_page_are_right(text: str) -> None:
    import tomllib

    from armguard.rules import all_rules

    configuration = configured(text)
    Selection(configuration.layers, [rule.id for rule in all_rules()])
    document = schema()
    values = json.loads(json.dumps(tomllib.loads(text), default=str))
    assert violations(values, document, document) == []


def test_the_page_names_every_key() -> None:
    tables = (
        configuration_keys.KEYS,
        configuration_keys.PATHS_KEYS,
        configuration_keys.ENVIRONMENT_KEYS,
        configuration_keys.SUPPRESS_KEYS,
    )
    for key in {key for keys in tables for key in keys}:
        assert re.search(rf"\b{key}\b", PAGE), key
    assert len(EXAMPLES) == 5
