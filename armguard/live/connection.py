"""One way to ask Azure Resource Manager: a path and a version in, JSON out, or why not.

The clients of azure-mgmt-keyvault and azure-mgmt-resource send the requests; their models are left
out on purpose, since a snapshot needs resources exactly as they were answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import HttpTransport, RequestsTransport
from azure.core.rest import HttpRequest
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from armguard.live.credentials import credential_for
from armguard.live.endpoints import Endpoint
from armguard.live.failures import (
    ReadingError,
    out_of_time,
    refusal,
    unintelligible,
    unreachable,
    without_credential,
)
from armguard.live.transport import Deadline, OnlyReading, Patience, Say

VERSION_MISSING = ("noregisteredproviderfound", "invalidapiversionparameter", "invalidapiversion")
_MOST_PAGES = 1000


class Connection:
    """Asks one endpoint as one identity; raises `ReadingError` for everything that is no answer."""

    def __init__(
        self,
        endpoint: Endpoint,
        deadline: Deadline,
        say: Say,
        *,
        credential_name: str = "default",
        environment: Mapping[str, str] | None = None,
        transport: HttpTransport[Any, Any] | None = None,
    ) -> None:
        """`transport` replaces the network in tests."""
        self._host = endpoint.host
        self._deadline = deadline
        self._credential_name = credential_name
        self._stopped: ReadingError | None = None
        authentication: Any = SansIOHTTPPolicy()
        credential: Any = _Nobody()
        if endpoint.asks_for_token:
            credential = credential_for(credential_name, endpoint.cloud, environment or {})
            authentication = BearerTokenCredentialPolicy(credential, endpoint.cloud.scope)
        # proxies of the environment are not for this machine
        transport = transport or RequestsTransport(use_env_settings=endpoint.asks_for_token)
        policies = [
            RequestIdPolicy(),
            UserAgentPolicy("armguard"),
            OnlyReading(endpoint.url),
            Patience(deadline, say),
            authentication,
        ]
        options: Any = {
            "base_url": endpoint.url,
            "credential_scopes": [endpoint.cloud.scope],
            "authentication_policy": authentication,
            "policies": policies,
            "transport": transport,
        }
        nobody = "00000000-0000-0000-0000-000000000000"  # every path names its own subscription
        self._vaults = KeyVaultManagementClient(credential, nobody, **options)
        self._resources = ResourceManagementClient(credential, nobody, **options)

    def get(self, path: str, *versions: str, **query: str) -> dict[str, Any]:
        """The document at a path, in the first api-version that Azure knows."""
        for version in versions[:-1]:
            try:
                return self._get(path, version, query)
            except ReadingError as error:
                if error.status != 400 or error.code.lower() not in VERSION_MISSING:
                    raise
        return self._get(path, versions[-1], query)

    def _get(self, path: str, version: str, query: Mapping[str, str]) -> dict[str, Any]:
        parameters = urlencode({"api-version": version, **query})
        return self._ask(HttpRequest("GET", f"{quote(path)}?{parameters}"), path)

    def list(self, path: str, *versions: str) -> Iterator[dict[str, Any]]:
        """The elements of a listing, page by page; a page may be empty."""
        page = self.get(path, *versions)
        seen: set[str] = set()
        while True:
            elements = page.get("value")
            for element in elements if isinstance(elements, list) else ():
                if isinstance(element, dict):
                    yield element
            link = page.get("nextLink")
            if not isinstance(link, str) or not link:
                return
            if link in seen or len(seen) > _MOST_PAGES:
                raise ReadingError(f"the pages of {path} never end")
            seen.add(link)
            page = self._ask(HttpRequest("GET", link), path)

    def post(self, path: str, version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """For the requests that read although they are a POST."""
        url = f"{path}?{urlencode({'api-version': version})}"
        return self._ask(HttpRequest("POST", url, json=dict(body)), path)

    def _ask(self, request: HttpRequest, what: str) -> dict[str, Any]:
        if self._stopped is not None:
            raise self._stopped
        if self._deadline.left <= 0:
            raise self._stop(out_of_time(self._deadline.seconds, what))
        is_vault = "/microsoft.keyvault/" in what.lower()
        client = self._vaults if is_vault else self._resources
        try:
            response: Any = client.send_request(request)
            status, headers, body = response.status_code, response.headers, response.content
        except ReadingError as error:
            raise self._stop(error) from error
        except ClientAuthenticationError as error:
            raise self._stop(without_credential(self._credential_name, error)) from error
        except AzureError as error:
            raise self._stop(unreachable(self._host, error)) from error
        if status != 200:
            raise self._stop(refusal(status, headers, body, what))
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise unintelligible(status, headers, what) from error
        if not isinstance(document, dict):
            raise unintelligible(status, headers, what)
        return document

    def _stop(self, error: ReadingError) -> ReadingError:
        """Remember what would make every further request fail as well."""
        if error.final:
            self._stopped = error
        return error


class _Nobody:
    """The credential of an endpoint that asks for none."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        raise ReadingError("no credential is sent to an endpoint without encryption", final=True)
