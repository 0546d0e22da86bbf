"""One way to ask Azure Resource Manager: a path and a version in, JSON out, or why not.

The clients of azure-mgmt-keyvault and azure-mgmt-resource send the requests; their models are left
out on purpose, since a snapshot needs resources exactly as they were answered.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlencode

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

from armguard.live.answers import Check
from armguard.live.bounds import PIECE, BoundedTransport
from armguard.live.credentials import credential_for
from armguard.live.documents import document_of
from armguard.live.endpoints import Endpoint
from armguard.live.failures import (
    ReadingError,
    error_in,
    not_asked_for,
    out_of_time,
    refusal,
    unexpected,
    unintelligible,
    unreachable,
    without_credential,
)
from armguard.live.resource_ids import host_of, quoted_link, quoted_path
from armguard.live.together import Together, within
from armguard.live.transport import Deadline, OnlyReading, Patience, Say

VERSION_MISSING = ("noregisteredproviderfound", "invalidapiversionparameter", "invalidapiversion")
MOST_PAGES = 1000
_LONGEST_LINK = 16 * 1024
_LOGGERS = ("azure", "msal", "requests", "urllib3")


class Connection:
    """Asks one endpoint as one identity; raises `ReadingError` for everything that is no answer.

    Several threads may ask at once.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        deadline: Deadline,
        say: Say,
        *,
        credential_name: str = "default",
        environment: Mapping[str, str] | None = None,
        transport: HttpTransport[Any, Any] | None = None,
        progress: Say = lambda what: None,
    ) -> None:
        """`transport` replaces the network in tests; `progress` is told what is being read."""
        _keep_quiet()
        self._host = endpoint.host
        self._url = endpoint.url
        self._deadline = deadline
        self._credential_name = credential_name
        self._stopped: ReadingError | None = None
        self._first = Lock()
        self._was_asked = False
        self.together = Together(deadline, progress)
        authentication: Any = SansIOHTTPPolicy()
        credential: Any = _Nobody()
        if endpoint.asks_for_token:
            chosen = credential_for(credential_name, endpoint.cloud, environment or {})
            credential = _InTime(chosen, deadline)
            authentication = BearerTokenCredentialPolicy(credential, endpoint.cloud.scope)
        # proxies of the environment are not for this machine
        transport = transport or RequestsTransport(
            use_env_settings=endpoint.asks_for_token, connection_data_block_size=PIECE
        )
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
            "transport": BoundedTransport(transport, deadline),
        }
        nobody = "00000000-0000-0000-0000-000000000000"  # every path names its own subscription
        self._vaults = KeyVaultManagementClient(credential, nobody, **options)
        self._resources = ResourceManagementClient(credential, nobody, **options)

    def get(self, path: str, *versions: str, check: Check) -> dict[str, Any]:
        """The document at a path, in the first api-version that Azure knows; `check` says what it
        has to be."""
        document = self._known(path, versions)
        wrong = check(document)
        if wrong is not None:
            raise unexpected(path, wrong)
        return document

    def _known(self, path: str, versions: tuple[str, ...]) -> dict[str, Any]:
        for version in versions[:-1]:
            try:
                return self._get(path, version)
            except ReadingError as error:
                if error.status != 400 or error.code.lower() not in VERSION_MISSING:
                    raise
        return self._get(path, versions[-1])

    def _get(self, path: str, version: str) -> dict[str, Any]:
        quoted = quoted_path(path)
        if quoted is None:
            raise not_asked_for(path)
        return self._ask(HttpRequest("GET", f"{quoted}?{_version(version)}"), path)

    def list(self, path: str, *versions: str, check: Check) -> Iterator[dict[str, Any]]:
        """The elements of a listing, page by page; a page may be empty. `check` says what each
        element has to be."""
        page = self._known(path, versions)
        seen: set[str] = set()
        while True:
            yield from elements(page.get("value"), path, check)
            link = page.get("nextLink")
            if link is None or link == "":
                return
            request = HttpRequest("GET", self._next_page(link, path))
            if link in seen or len(seen) > MOST_PAGES:
                raise ReadingError(f"the pages of {path} never end")
            seen.add(link)
            page = self._ask(request, path)

    def _next_page(self, link: Any, path: str) -> str:
        """The address of a page, which an answer gave."""
        if not isinstance(link, str) or len(link) > _LONGEST_LINK:
            raise unexpected(path, "a next page that has no address")
        address = quoted_link(link)
        host = host_of(address)
        if host is None or not host[0]:
            raise unexpected(path, f"'{link[:200]}' as the address of its next page")
        if host != host_of(self._url):
            raise unexpected(path, f"a next page on another host, '{link[:200]}'")
        return address

    def post(self, path: str, version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """For the requests that read although they are a POST."""
        return self._ask(HttpRequest("POST", f"{path}?{_version(version)}", json=dict(body)), path)

    def _ask(self, request: HttpRequest, what: str) -> dict[str, Any]:
        """The first request goes alone: one token is asked for, and what fails for all of them
        fails once."""
        self._refuse_what_is_useless()
        if not self._was_asked:
            with self._first:
                if not self._was_asked:
                    try:
                        return self._answer(request, what)
                    finally:
                        self._was_asked = True
        return self._answer(request, what)

    def _refuse_what_is_useless(self) -> None:
        if self._stopped is not None:
            raise self._stopped
        if self._deadline.left <= 0:
            raise self._stop(out_of_time(self._deadline.seconds))

    def _answer(self, request: HttpRequest, what: str) -> dict[str, Any]:
        self._refuse_what_is_useless()
        is_vault = "/microsoft.keyvault/" in what.lower()
        client = self._vaults if is_vault else self._resources
        try:
            # the transport has read all of it; azure-core would read it once more
            response: Any = client.send_request(request, stream=True)
        except ReadingError as error:
            raise self._stop(error) from error
        except ClientAuthenticationError as error:
            raise self._stop(without_credential(self._credential_name, error)) from error
        except AzureError as error:
            raise self._stop(unreachable(self._host, error)) from error
        except ValueError as error:
            # azure-core reads WWW-Authenticate, and believes what it says
            raise unexpected(what, "headers that can't be understood") from error
        status, headers = response.status_code, response.headers
        if status != 200:
            raise self._stop(refusal(status, headers, response.body, what))
        try:
            document = document_of(response.body)
        except (ValueError, RecursionError, MemoryError) as error:
            raise unintelligible(status, headers, what) from error
        if document.get("error") is not None:
            said = ": ".join(filter(None, error_in(document))) or "that says nothing"
            raise unexpected(what, f"200 and an error, {said[:200]}")
        return document

    def _stop(self, error: ReadingError) -> ReadingError:
        """Remember what would make every further request fail as well."""
        if error.final:
            self._stopped = error
        return error


def elements(found: Any, what: str, check: Check) -> Iterator[dict[str, Any]]:
    """The elements of a page, each as it has to be."""
    if not isinstance(found, list):
        raise unexpected(what, "a page without a list")
    for element in found:
        wrong = check(element) if isinstance(element, dict) else "a list of something else"
        if wrong is not None:
            raise unexpected(what, wrong)
        yield element


def _version(version: str) -> str:
    return urlencode({"api-version": version})


def _keep_quiet() -> None:
    """What the packages log says less than the error that follows, and may quote a proxy's
    password."""
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(logging.NullHandler())


class _InTime:
    """A credential that gives up with the deadline: who gives tokens may be slow as well."""

    def __init__(self, credential: Any, deadline: Deadline) -> None:
        self._credential = credential
        self._deadline = deadline

    def get_token(self, *scopes: str, **options: Any) -> Any:
        try:
            return within(
                self._deadline,
                lambda: self._credential.get_token(*scopes, **options),
                "a token",
            )
        except (OSError, ValueError) as error:
            raise ClientAuthenticationError(str(error), error=error) from error


class _Nobody:
    """The credential of an endpoint that asks for none."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        raise ReadingError("no credential is sent to an endpoint without encryption", final=True)
