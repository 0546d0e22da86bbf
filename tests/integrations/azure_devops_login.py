"""Plays Azure DevOps and Microsoft Entra over TLS: who asks for a token, and what is handed out.

The service connection is exchanged twice: the job's own token for an assertion about the
connection, and that for a token that Azure Resource Manager takes.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback_tls import serve_tls

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
CONNECTION = "0a1b2c3d-0000-4000-8000-00000000c0de"
ASSERTION = "assertion-of-the-connection"
ARM_TOKEN = "token-for-resource-manager"


def deployed_state() -> dict[str, Any]:
    """The vault of fixtures/workspace.json, with one access policy."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-train"
    entry = {"tenantId": SUBSCRIPTION, "objectId": SUBSCRIPTION, "permissions": {"keys": ["get"]}}
    properties = {
        "tenantId": SUBSCRIPTION,
        "sku": {"family": "A", "name": "standard"},
        "accessPolicies": [entry],
    }
    vault = {
        "id": f"{group}/providers/Microsoft.KeyVault/vaults/kv-ml-forecast",
        "name": "kv-ml-forecast",
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "properties": properties,
    }
    groups = [{"name": "rg-train", "location": "westeurope"}]
    subscriptions = [{"id": SUBSCRIPTION, "resourceGroups": groups}]
    return {"tenant": SUBSCRIPTION, "subscriptions": subscriptions, "vaults": [vault]}


def federated_connection() -> dict[str, str]:
    """Variables as an agent sets them."""
    connection: dict[str, Any] = {
        "scheme": "WorkloadIdentityFederation",
        "parameters": {"serviceprincipalid": "the-client", "tenantid": SUBSCRIPTION},
    }
    job = {"scheme": "OAuth", "parameters": {"AccessToken": "token-of-the-job"}}
    parameters = connection["parameters"].items()
    return {
        f"ENDPOINT_AUTH_{CONNECTION}": json.dumps(connection),
        f"ENDPOINT_AUTH_SCHEME_{CONNECTION}": connection["scheme"],
        **{f"ENDPOINT_AUTH_PARAMETER_{CONNECTION}_{k.upper()}": v for k, v in parameters},
        f"ENDPOINT_DATA_{CONNECTION}_SUBSCRIPTIONID": SUBSCRIPTION,
        f"ENDPOINT_DATA_{CONNECTION}_ENVIRONMENT": "AzureCloud",
        "ENDPOINT_AUTH_SYSTEMVSSCONNECTION": json.dumps(job),
        "ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION": job["scheme"],
        "ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN": "token-of-the-job",
    }


def principal_connection(**login: str) -> dict[str, str]:
    """Variables as an agent sets them, for a service principal with a key or a certificate."""
    parameters = {"serviceprincipalid": "the-client", "tenantid": SUBSCRIPTION, **login}
    connection = {"scheme": "ServicePrincipal", "parameters": parameters}
    return {
        f"ENDPOINT_AUTH_{CONNECTION}": json.dumps(connection),
        f"ENDPOINT_DATA_{CONNECTION}_SUBSCRIPTIONID": SUBSCRIPTION,
        f"ENDPOINT_DATA_{CONNECTION}_ENVIRONMENT": "AzureCloud",
    }


@dataclass
class Asked:
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    authorization: str | None


@dataclass
class Login:
    """`with Login(tls) as url`: `url` is the authority, `/oidc` below it the endpoint of jobs."""

    tls: tuple[Path, Path]
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> str:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.login = self  # type: ignore[attr-defined]
        serve_tls(self.server, *self.tls)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return f"https://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def asked_at(self, ending: str) -> list[Asked]:
        return [each for each in self.asked if each.path.endswith(ending)]


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        login: Login = self.server.login  # type: ignore[attr-defined]
        authorization = self.headers.get("Authorization")
        asked = Asked(target.path, parse_qs(target.query), parse_qs(body), authorization)
        login.asked.append(asked)
        authority = f"https://{self.headers['Host']}/{target.path.split('/')[1]}"
        if target.path == "/oidc":
            answer = {"oidcToken": ASSERTION}
        elif target.path.endswith("/.well-known/openid-configuration"):
            answer = {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
            }
        else:
            answer = {"token_type": "Bearer", "expires_in": 3600, "access_token": ARM_TOKEN}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Silent: standard error belongs to the test."""
