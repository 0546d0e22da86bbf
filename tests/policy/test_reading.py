"""Policies as files: what a right one becomes, and file and line of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard import policy as policies
from armguard.errors import UsageError
from armguard.finding import Severity
from armguard.policy.definition import AllOf, AnyOf, Check, Not, Policy, condition_text
from armguard.policy.loader import parse_yaml
from armguard.policy.reading import policy_of

RIGHT = """\
id: no-public-blobs
title: anybody can read the blobs of this account
severity: warning
why: |
  Public blobs leak.
applies-to: [Microsoft.Storage/*, Microsoft.Web/sites]
where:
  not: { path: $.tags.public, equals: yes }
require:
  all:
    - path: $.properties.allowBlobPublicAccess
      equals: false
    - any:
        - { path: $.sku.name, matches: ^Standard }
        - { path: $.kind, in: [StorageV2, off, 2023-09-01, 1.5, 7, null, true] }
remedy: Write false.
references: https://example.org/blobs
examples:
  violating:
    - type: Microsoft.Storage/storageAccounts
"""


def read(text: str) -> Policy:
    return policy_of(parse_yaml(text, "own/blobs.yaml"))


def test_a_policy_is_read() -> None:
    policy = read(RIGHT)
    assert (policy.id, policy.severity) == ("no-public-blobs", Severity.WARNING)
    assert policy.why == "Public blobs leak."
    assert policy.references == ("https://example.org/blobs",)
    assert (policy.path, policy.line) == ("own/blobs.yaml", 1)
    assert [(e.kind, e.line) for e in policy.examples] == [("violating", 20)]
    assert isinstance(policy.where, Not)
    assert isinstance(policy.require, AllOf)
    assert isinstance(policy.require.conditions[1], AnyOf)
    assert condition_text(policy.require) == (
        "`$.properties.allowBlobPublicAccess` equals `false` and"
        ' (`$.sku.name` matches `"^Standard"` or `$.kind` in'
        ' `["StorageV2", "off", "2023-09-01", 1.5, 7, null, true]`)'
    )


def test_scalars_are_those_of_json() -> None:
    """YAML's own rules would make `yes`, `off` and a date something else than a text."""
    where = read(RIGHT).where
    assert isinstance(where, Not)
    assert isinstance(where.condition, Check)
    assert where.condition.operand == "yes"


@pytest.mark.parametrize(
    ("resource_type", "fits"),
    [
        ("microsoft.storage/StorageAccounts", True),
        ("Microsoft.Storage/storageAccounts/blobServices", True),
        ("Microsoft.Web/sites", True),
        ("Microsoft.Web/sites/config", False),
        ("Microsoft.StorageSync/services", False),
    ],
)
def test_types_have_wildcards_and_no_case(resource_type: str, fits: bool) -> None:
    assert read(RIGHT).applies_to(resource_type) is fits


MISTAKES = [
    ("severity: warning", "severty: warning", 3, "'severty' is no key; did you mean 'severity'?"),
    ("severity: warning", "severity: warn", 3, "'warn' is no severity; did you mean 'warning'?"),
    ("severity: warning", "severity: [warning]", 3, "'severity' must be a text that is not empty"),
    ("remedy: Write false.\n", "", 1, "the policy has no 'remedy'"),
    ("id: no-public-blobs", "id: No_Public", 1, "id 'No_Public' must be words in lower case"),
    ("title: anybody can read the blobs of this account", "title: 5", 2, "'title' must be a text"),
    ("[Microsoft.Storage/*, Microsoft.Web/sites]", "[]", 6, "'applies-to' must be a list that is"),
    ("Microsoft.Storage/*", "'Microsoft Storage'", 6, "'Microsoft Storage' is no resource type"),
    (
        "      equals: false",
        "      equal: false",
        12,
        "'equal' is no operator; did you mean 'equals'",
    ),
    ("      equals: false", "      is: false", 12, "'is' is no operator; "),
    ("      equals: false\n", "", 11, "the check has no operator; there are 'equals'"),
    (
        "      equals: false",
        "      equals: false\n      exists: true",
        11,
        "the check has 'equals', 'exists'; join two checks with 'all'",
    ),
    ("    - path: $.properties.allowBlobPublicAccess\n      ", "    - ", 11, "has no 'path'"),
    ("$.properties.allowBlobPublicAccess", "$.a[?(@.b)]", 11, "path '$.a[?(@.b)]' has a filter"),
    ("$.properties.allowBlobPublicAccess", "$.a..", 11, "path '$.a..' can't be read"),
    ("$.properties.allowBlobPublicAccess", "7", 11, "'path' must be a text that is not empty"),
    ("      equals: false", "      equals: " + "9" * 5000, 12, "a number has too many digits"),
    (
        "$.properties.allowBlobPublicAccess",
        "$" + ".a" * 5_000,
        11,
        "the path has 10,001 characters, but at most 500 are read",
    ),
    ("id: no-public-blobs", "id: " + "9" * 5000, 1, "a number has too many digits"),
    ("in: [StorageV2,", "in: StorageV2 #", 16, "expected ',' or '}'"),
    ("matches: ^Standard", "matches: (a+)+", 14, "'matches' '(a+)+' repeats a group"),
    ("matches: ^Standard", "less: true", 14, "'less' needs a number or a text, not true"),
    ("  all:", "  path: $.x\n  all:", 9, "'all' stands beside 'path'"),
    ("    - any:", "    - any: []\n    - any:", 13, "'any' must be a list that is not empty"),
    ("  not: { path", "  not: { not: [], path", 8, "'not' stands beside 'path'"),
    ("  not: {", "  not: { at: 1 }\n  #", 8, "'at' is no operator; did you mean"),
    ("  violating:", "  violatin:", 19, "'violatin' is no key; did you mean 'violating'?"),
    (
        "    - type: Microsoft.Storage/storageAccounts",
        "    - name: x",
        20,
        "an example is a resource",
    ),
    ("severity: warning", "id: other", 3, "'id' is written twice"),
    (
        "severity: warning",
        "severity: 'warning",
        21,
        "while scanning a quoted scalar from line 3 on",
    ),
    ("severity: warning", "severity: &a warning\nwhat: *a", 4, "aliases are not allowed"),
    ("severity: warning", "severity: !!str warning", 3, "tags such as"),
    ("severity: warning", "? [severity]\n: warning", 3, "a key must be a text"),
    ("severity: warning", "severity: wa\x07ning", 3, "a control character is not allowed in YAML"),
    ("id: no-public-blobs", "---\nid: a\n---\nid: b\n", 3, "but found another document"),
    (RIGHT, "", 1, "the file holds no policy"),
    (RIGHT, "- id: x", 1, "'a policy' must be a mapping"),
    (RIGHT, "[" * 5000, 1, ""),
    ("matches: ^Standard", "matches: a*a*a*a*a*a*b", 14, "match the same text, which can take"),
    (
        "matches: ^Standard",
        f"matches: {'x' * 2_000}",
        14,
        "expression of 2,000 characters, but 1,000 is the most",
    ),
    ("$.properties.allowBlobPublicAccess", "$" + "..*" * 20, 11, "has more than 2 times '..'"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_mistakes_have_file_and_line(right: str, wrong: str, line: int, said: str) -> None:
    assert right in RIGHT
    with pytest.raises(UsageError) as error:
        read(RIGHT.replace(right, wrong, 1))
    message = str(error.value)
    assert message.startswith(f"own/blobs.yaml:{line}: ")
    assert said in message
    assert "\n" not in message


@given(st.text(alphabet="idwhere: -[]{}'\"\n\t&*!|>%@,?#0.~\x00é", max_size=60))
def test_any_other_text_is_a_mistake_with_its_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"^own/blobs\.yaml:\d+: "):
        read(text)


def test_folders_are_read_with_those_below(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / ".hidden").mkdir()
    for place in ("below/a.yml", ".hidden/b.yaml", ".c.yaml", "notes.txt"):
        (tmp_path / place).write_text(RIGHT, "utf-8")
    (found,) = policies.load((), (str(tmp_path),))
    assert found.path.endswith("below/a.yml")


def test_a_folder_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RIGHT, "utf-8")
    assert len(policies.load((), (str(tmp_path), str(tmp_path / ".")))) == 1


def test_an_id_may_be_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(RIGHT, "utf-8")
    with pytest.raises(UsageError) as error:
        policies.load((), (".",))
    assert str(error.value) == ("b.yaml:1: there is another policy 'no-public-blobs', in a.yaml:1")


@pytest.mark.parametrize(
    ("packs", "folders", "said"),
    [
        (("redeplyo",), (), "there is no pack 'redeplyo'; did you mean 'redeploy'?"),
        (("xyz",), (), "there is no pack 'xyz'; there are keyvault, redeploy"),
        ((), ("nowhere",), "the folder of policies 'nowhere' is not there"),
        ((), ("file",), "the folder of policies 'file' is no folder"),
        ((), ("empty",), "the folder 'empty' holds no policies; they are files *.yaml and *.yml"),
    ],
)
def test_what_does_not_exist(
    packs: tuple[str, ...],
    folders: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as error:
        policies.load(packs, folders)
    assert str(error.value) == said


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"id: \xff\xfe\xfa")
    with pytest.raises(UsageError, match=r"a\.yaml: "):
        policies.load((), (str(tmp_path),))
