"""Raw addresses of a repository: which paths they can mean, on which servers."""

from __future__ import annotations

import pytest

from armguard.source.repository_address import named_path, paths_in_repository, web_address

GITHUB = "https://github.com/Team/infra.git"
ENTERPRISE = "ssh://ghe.example.com:2222/team/infra.git"
AZURE = "https://dev.azure.com/org/my%20project/_git/infra"
AZURE_SSH = "ssh://ssh.dev.azure.com/v3/org/my%20project/infra"
ITEMS = "dev.azure.com/org/my%20project/_apis/git/repositories/infra/items"


def paths(address: str, remote: str) -> list[str]:
    web = web_address(*address.partition("?")[::2])
    assert web is not None
    return paths_in_repository(web, remote)


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("https://raw.githubusercontent.com/team/infra/main/a/b.json", GITHUB),
        ("https://raw.githubusercontent.com/Team/Infra/main/a/b.json?token=x", GITHUB),
        ("https://raw.githubusercontent.com/team/infra/main//a/./b.json", GITHUB),
        ("https://raw.githubusercontent.com/team/infra/main/a%2Fb.json#x", GITHUB),
        ("https://github.com/team/infra/raw/main/a/b.json", GITHUB),
        ("https://github.com/team/infra/blob/main/a/b.json?raw=true", GITHUB),
        ("https://ghe.example.com/team/infra/raw/main/a/b.json", ENTERPRISE),
        ("https://raw.ghe.example.com/team/infra/main/a/b.json", ENTERPRISE),
        ("https://ghe.example.com/raw/team/infra/main/a/b.json", ENTERPRISE),
        ("https://gitlab.com/g/s/infra/-/raw/main/a/b.json", "ssh://gitlab.com/g/s/infra.git"),
        ("https://bitbucket.org/t/infra/raw/main/a/b.json", "https://bitbucket.org/t/infra.git"),
    ],
)
def test_what_follows_the_branch_is_the_path(address: str, remote: str) -> None:
    assert paths(address, remote) == ["a/b.json", "b.json"]


def test_an_address_may_be_very_long() -> None:
    address = f"https://raw.githubusercontent.com/team/infra/{'a/' * 500_000}b.json"
    found = paths(address, GITHUB)
    assert len(found) == 32
    assert found[-1] == "b.json"


def test_a_branch_may_have_slashes() -> None:
    address = "https://raw.githubusercontent.com/team/infra/refs/heads/feature/x/a.json"
    assert paths(address, GITHUB)[-3:] == ["feature/x/a.json", "x/a.json", "a.json"]


@pytest.mark.parametrize("remote", [AZURE, AZURE_SSH])
@pytest.mark.parametrize(
    "address",
    [
        f"https://{ITEMS}?path=%2Fa%2Fb.json&api-version=7.0",
        f"https://{ITEMS}?api-version=7.0&scopePath=/a/b.json",
        f"https://{ITEMS}/a/b.json",
        f"https://{ITEMS.replace('dev.azure.com/org', 'ORG.visualstudio.com')}?path=a/b.json",
        "https://org.visualstudio.com/DefaultCollection/my project/_apis/git/repositories/infra"
        "/items?path=a/b.json",
    ],
)
def test_azure_devops_has_the_path_in_the_query(address: str, remote: str) -> None:
    assert paths(address, remote) == ["a/b.json"]


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        (
            "https://dev.azure.com/org/infra/_apis/git/repositories/infra/items?path=/a.json",
            "https://dev.azure.com/org/_git/infra",
        ),
        (
            "https://dev.azure.com/org/p/_apis/git/repositories/infra/items?path=/a.json",
            "https://org.visualstudio.com/DefaultCollection/p/_git/infra",
        ),
        (
            "https://tfs.example.com/tfs/C/p/_apis/git/repositories/infra/items?path=/a.json",
            "https://tfs.example.com/tfs/C/p/_git/infra",
        ),
    ],
)
def test_other_spellings_of_azure_devops(address: str, remote: str) -> None:
    assert paths(address, remote) == ["a.json"]


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("https://raw.githubusercontent.com/team/infra-old/main/a.json", GITHUB),
        ("https://raw.githubusercontent.com/other/infra/main/a.json", GITHUB),
        ("https://raw.githubusercontent.com/team/infra", GITHUB),
        ("https://raw.githubusercontent.com/team/infra/main", GITHUB),
        ("https://example.com/team/infra/raw/main/a.json", GITHUB),
        (f"https://{ITEMS}", AZURE),
        (f"https://{ITEMS}-old?path=/a.json", AZURE),
        (f"https://{ITEMS}?path=/a.json", GITHUB),
        ("https://example.com/a.json", "ssh://example.com"),
    ],
)
def test_other_addresses_are_not_about_it(address: str, remote: str) -> None:
    assert paths(address, remote) == []


@pytest.mark.parametrize("text", ["a/b.json", "file:///a.json", "//h/a.json", r"\\h\a.json", ""])
def test_what_is_no_web_address(text: str) -> None:
    assert web_address(text) is None


def test_no_dots_are_left() -> None:
    web = web_address(r"HTTPS://me:secret@H.example:8443/a/%2e%2e/..\b/../c.json#x", "q#y")
    assert web is not None
    assert (web.host, web.path, web.query) == ("h.example:8443", "/c.json", "q")
    assert named_path(web) == "/c.json"
