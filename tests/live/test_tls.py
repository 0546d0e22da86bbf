"""Encryption: who is trusted, who gets the token, and what is said where nobody can be trusted.

The certificate is made here. Everything else is as in use: azure-identity, requests, and whole
commands.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_arm import Answer, FakeArm, Request, Serving
from training import TENANT, USER, fault, state

Check = Callable[..., Any]


@pytest.fixture
def tls(tmp_path: Path, needs_azure: None) -> tuple[Path, Path]:
    """A certificate that nobody trusts by himself, and its key."""
    from loopback_tls import issue

    folder = tmp_path / "tls"
    folder.mkdir()
    return issue(folder)


def test_no_tls(check: Check, clock: Any, hanging_up: str, signed_in: str) -> None:
    """What listens there does not speak TLS: nothing is sent, the token least of all."""
    endpoint = ["--arm-endpoint", hanging_up.replace("http:", "https:")]
    options = [*endpoint, "--credential", "azure-cli"]
    ran = check(FakeArm(state(USER)), None, *options, PATH=signed_in)
    assert ran.exit == 3
    assert "127.0.0.1" in ran.stdout
    assert "REQUESTS_CA_BUNDLE" in ran.stdout
    assert "live state not checked" in ran.stdout
    assert "secret-token" not in ran.stdout + ran.stderr
    assert clock.pauses == [1]


def test_tests_stay_on_this_machine(check_process: Check, signed_in: str) -> None:
    """The address is one of documentation; without the guard this would wait for an answer."""
    with pytest.raises(ConnectionRefusedError, match="loopback"):
        socket.create_connection(("192.0.2.1", 443))
    endpoint = ["--arm-endpoint", "https://192.0.2.1", "--credential", "azure-cli"]
    ran = check_process(FakeArm(state(USER)), None, *endpoint, PATH=signed_in)
    assert ran.exit == 3
    assert "tests reach nothing but loopback, and this is '192.0.2.1'" in ran.stdout


def test_certificate_that_nobody_trusts(
    check: Check, clock: Any, signed_in: str, tls: tuple[Path, Path]
) -> None:
    """The handshake ends before the first request, so the token stays here."""
    fake = FakeArm(state(USER))
    ran = check(fake, None, "--credential", "azure-cli", PATH=signed_in, tls=tls)
    assert ran.exit == 3
    assert "127.0.0.1" in ran.stdout
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stdout
    assert "REQUESTS_CA_BUNDLE" in ran.stdout
    assert "live state not checked" in ran.stdout
    assert "secret-token" not in ran.stdout + ran.stderr
    assert fake.requests == []
    assert clock.pauses == [1]


def test_certificate_of_ones_own_authority(
    check_process: Check, signed_in: str, tls: tuple[Path, Path]
) -> None:
    """As behind a proxy of a company: REQUESTS_CA_BUNDLE names whom to trust."""
    fake = FakeArm(state(USER))
    trusted = {"PATH": signed_in, "REQUESTS_CA_BUNDLE": str(tls[0])}
    ran = check_process(fake, None, "--credential", "azure-cli", tls=tls, **trusted)
    assert ran.exit == 0
    assert {each.headers["Authorization"] for each in fake.requests} == {"Bearer secret-token"}


IDS = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": "77777777-7777-4777-8777-777777777777"}


@pytest.mark.parametrize(
    ("credential", "variables", "said"),
    [
        ("environment", {**IDS, "AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere.pem"}, "/nowhere.pem"),
        ("environment", {**IDS, "AZURE_CLIENT_CERTIFICATE_PATH": __file__}, "certificate"),
        ("environment", {**IDS, "AZURE_TENANT_ID": "a b", "AZURE_CLIENT_SECRET": "x"}, "tenant"),
        (
            "environment",
            {**IDS, "AZURE_AUTHORITY_HOST": "http://a", "AZURE_CLIENT_SECRET": "x"},
            "a",
        ),
        ("default", {"AZURE_TOKEN_CREDENTIALS": "nonsense"}, "nonsense"),
        ("workload-identity", {}, "client_id"),
    ],
)
def test_wrong_settings_of_a_credential(
    check: Check, credential: str, variables: dict[str, str], said: str
) -> None:
    """Wrong usage, and no bug."""
    endpoint = ["--arm-endpoint", "https://127.0.0.1:9", "--credential", credential]
    ran = check(FakeArm(state(USER)), None, *endpoint, **variables)
    assert ran.exit == 2
    assert f"--credential {credential} can't be used with these AZURE_ variables" in ran.stderr
    assert said in ran.stderr


class FakeAuthority(FakeArm):
    """Gives a token to a client that names its secret."""

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        below = f"{self.url}/{TENANT}"
        if request.path.endswith("/openid-configuration"):
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
            documents = {name: f"{below}/oauth2/v2.0/{end}" for name, end in places.items()}
            return Answer(200, {**documents, "issuer": f"{below}/v2.0"})
        token = {"access_token": "token-of-the-client", "token_type": "Bearer"}
        return Answer(200, {**token, "expires_in": 3600})


@pytest.fixture
def authority(tls: tuple[Path, Path]) -> Iterator[FakeArm]:
    fake = FakeAuthority()
    with Serving(fake, tls):
        yield fake


def test_token_from_a_private_authority(
    check: Check, tls: tuple[Path, Path], authority: FakeArm
) -> None:
    """AZURE_AUTHORITY_HOST, as on Azure Stack; public Azure is not asked whether it is known."""
    fake = FakeArm(state(USER))
    variables = {
        "AZURE_AUTHORITY_HOST": authority.url,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": "77777777-7777-4777-8777-777777777777",
        "AZURE_CLIENT_SECRET": "secret-of-the-client",
        "REQUESTS_CA_BUNDLE": str(tls[0]),
    }
    ran = check(fake, None, "--credential", "environment", tls=tls, **variables)
    assert ran.exit == 0
    sent = {each.headers["Authorization"] for each in fake.requests}
    assert sent == {"Bearer token-of-the-client"}
    assert "secret-of-the-client" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("claims", ["bm90IGpzb24=", "\u00b2\u00b3", "/////w==", "abcde"])
def test_challenge_that_makes_no_sense(
    check: Check, signed_in: str, tls: tuple[Path, Path], claims: str
) -> None:
    """azure-core takes WWW-Authenticate apart."""
    challenge = f'Bearer error="insufficient_claims", claims="{claims}"'
    refused = fault("^GET", 401, "Expired", "no", headers={"WWW-Authenticate": challenge})
    trusted = {"PATH": signed_in, "REQUESTS_CA_BUNDLE": str(tls[0])}
    fake = FakeArm(state(USER, faults=[refused]))
    ran = check(fake, None, "--credential", "azure-cli", tls=tls, **trusted)
    assert ran.exit == 3
    assert "not read" in ran.stdout
