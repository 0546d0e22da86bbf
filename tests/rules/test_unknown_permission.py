"""unknown-permission: every name of every kind in any casing is right, others get advice."""

from typing import Any

import pytest

RULE = "unknown-permission"
NAMES = {
    "keys": "get list update create import delete recover backup restore decrypt encrypt unwrapKey"
    " wrapKey verify sign purge release rotate getrotationpolicy setrotationpolicy all",
    "secrets": "get list set delete recover backup restore purge all",
    "certificates": "get list update create import delete recover backup restore managecontacts"
    " manageissuers getissuers listissuers setissuers deleteissuers purge all",
    "storage": "get list delete set update regeneratekey recover backup restore purge getsas"
    " listsas setsas deletesas all",
}


def test_violating(check: Any, vault_of: Any, policy: Any) -> None:
    entry = policy(permissions={"Secrets": ["get", "lsit"]})
    checked = check(vault_of(policies=[entry]))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            "there is no permission 'lsit' for secrets, which vault 'kv' grants; did you mean"
            " 'list'?",
            '"lsit"',
        )
    ]


@pytest.mark.parametrize(
    ("kind", "name", "advice"),
    [
        ("keys", "unwrap", "did you mean 'unwrapKey'?"),
        ("secrets", "sett", "did you mean 'set'?"),
        ("certificates", "manage-contacts", "did you mean 'managecontacts'?"),
        ("secrets", "wrapKey", "there are get, list, delete, recover, backup, restore, purge, all"),
        ("storage", "*", "there are get, list"),
    ],
)
def test_advice(check: Any, vault_of: Any, policy: Any, kind: str, name: str, advice: str) -> None:
    (finding,) = check(vault_of(policies=[policy(permissions={kind: [name]})])).of(RULE)
    assert f"there is no permission '{name}' for {kind}" in finding.message
    assert advice in finding.message


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("spell", [str, str.upper, str.title])
def test_compliant_in_any_case(
    check: Any, vault_of: Any, policy: Any, kind: str, spell: Any
) -> None:
    names = [spell(name) for name in NAMES[kind].split()]
    assert check(vault_of(policies=[policy(permissions={kind: names})])).told(RULE) == []


def test_a_list_from_a_variable_is_reported_where_it_is_used(
    check: Any, vault_of: Any, policy: Any
) -> None:
    entry = policy(permissions={"keys": "[variables('names')]"})
    checked = check(vault_of(policies=[entry]), variables={"names": ["get", "lst"]})
    (finding,) = checked.of(RULE)
    assert checked.span(finding) == '"keys": "[variables(\'names\')]"'


def test_a_child_is_looked_at_too(check: Any, change: Any, policy: Any) -> None:
    entry = policy(permissions={"keys": ["wrap"]})
    (finding,) = check(change("kv/add", [entry])).of(RULE)
    assert "which child 'kv/add' grants" in finding.message


def test_undecided_which_permissions_are_meant(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [
        policy(permissions={"keys": ["[parameters('p')]"], "secrets": "[parameters('l')]"}),
        policy("b", permissions="[parameters('o')]"),
        policy("c", permissions={"other": ["nonsense"]}),
        policy("d", permissions={"keys": None}),
    ]
    checked = check(
        vault_of(policies=entries),
        parameters={"p": {"type": "string"}, "l": {"type": "array"}, "o": {"type": "object"}},
    )
    assert checked.told(RULE) == []


@pytest.mark.parametrize("in_child", [False, True])
def test_a_list_in_a_variable_has_as_many_as_one_that_is_written_out(
    check: Any, vault_of: Any, change: Any, policy: Any, in_child: bool
) -> None:
    entries = [
        policy(permissions={"secrets": ["gett"]}),
        policy("22222222-2222-2222-2222-222222222222", permissions={"keys": ["wrapp"]}),
    ]

    def messages(policies: Any) -> list[str]:
        resource = change("kv/add", ()) if in_child else vault_of(policies=[])
        resource["properties"]["accessPolicies"] = policies
        checked = check(resource, variables={"entries": entries})
        return sorted(message for _, _, message, _ in checked.told(RULE))

    inline = messages(entries)
    assert len(inline) == 2
    assert messages("[variables('entries')]") == inline
