"""What may leave, how long a pause is, and what a broken TLS handshake says."""

from __future__ import annotations

from typing import Any

import pytest
from fake_arm import FakeArm, Serving

pytestmark = pytest.mark.usefixtures("needs_azure")

VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "1_0"}, None),
        ({"Retry-After": "\u00b2"}, None),
        ({"Retry-After": "\u0663"}, None),
        ({"Retry-After": "9" * 5000}, float("inf")),
        ({"Retry-After": "0" * 5000 + "7"}, 7),
        ({"Retry-After": "1" * 400 + "x"}, None),
        ({"Retry-After": "Thu, 01 Jan " + "9" * 30 + " 00:00:00 GMT"}, None),
        ({"Retry-After": "Thu, 01 Jan 99999 00:00:00 GMT"}, None),
        ({"x-ms-retry-after-ms": "\u00b2"}, None),
        ({"x-ms-user-quota-resets-after": "9" * 5000 + ":00:00"}, float("inf")),
        ({"x-ms-user-quota-resets-after": "\u00b2:00:00"}, None),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"x-ms-retry-after-ms": "1500"}, 1.5),
        ({"x-ms-user-quota-resets-after": "00:01:05"}, 65),
        ({"x-ms-user-quota-resets-after": "soon"}, None),
    ],
)
def test_pause_that_is_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    from armguard.live.pauses import wanted_pause

    assert wanted_pause(headers) == seconds


@pytest.mark.parametrize(
    ("method", "path", "leaves"),
    [
        ("GET", VAULT, True),
        ("HEAD", VAULT, True),
        ("POST", "/providers/Microsoft.ResourceGraph/resources", True),
        ("POST", "/subscriptions/s/providers/Microsoft.KeyVault/checkNameAvailability", True),
        ("POST", "/subscriptions/s/providers/Microsoft.KeyVault/register", False),
        ("POST", f"{VAULT}/providers/Microsoft.ResourceGraph/resources/x", False),
        ("PUT", f"{VAULT}/accessPolicies/add", False),
        ("PATCH", VAULT, False),
        ("DELETE", VAULT, False),
    ],
)
def test_only_reading_leaves(method: str, path: str, leaves: bool) -> None:
    from azure.core.pipeline import PipelineContext, PipelineRequest
    from azure.core.rest import HttpRequest

    from armguard.errors import ArmguardError
    from armguard.live.transport import OnlyReading

    policy = OnlyReading("http://127.0.0.1:9")
    request: Any = HttpRequest(method, f"http://127.0.0.1:9{path}?api-version=1")
    pipeline_request: Any = PipelineRequest(request, PipelineContext(None))
    if leaves:
        policy.on_request(pipeline_request)
    else:
        with pytest.raises(ArmguardError, match="only reads"):
            policy.on_request(pipeline_request)


class Token:
    """A credential that always has a token."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("token", 4_000_000_000)


def test_tls_that_fails_names_host_and_cause(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    """The fake speaks no TLS, so the handshake fails and the token never leaves."""
    from armguard.live import connection
    from armguard.live.endpoints import endpoint_of
    from armguard.live.failures import ReadingError
    from armguard.live.transport import Deadline

    monkeypatch.setattr(connection, "credential_for", lambda *_: Token())
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    fake = FakeArm()
    with Serving(fake) as url:
        endpoint = endpoint_of(url.replace("http:", "https:"), "AzureCloud")
        asked = connection.Connection(endpoint, Deadline(20), lambda text: None)
        with pytest.raises(ReadingError, match=r"127\.0\.0\.1:\d+ can't be reached: .*SSL") as said:
            asked.get(VAULT, "2026-02-01", check=lambda _: None)
        assert said.value.final
        with pytest.raises(ReadingError):
            asked.get("/anything", "1", check=lambda _: None)
    assert fake.requests == []


@pytest.mark.parametrize("cloud", ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"])
def test_every_cloud_has_its_endpoint(cloud: str) -> None:
    from armguard.live.endpoints import endpoint_of

    endpoint = endpoint_of(None, cloud)
    assert endpoint.url.startswith("https://management.")
    assert endpoint.asks_for_token
    assert not endpoint_of("http://localhost:80/", cloud).asks_for_token
