"""A fake of Azure Resource Manager on a loopback port, for whole commands.

It keeps vaults as Azure does: a PUT replaces the list of access policies, children add, replace and
remove by (tenantId, objectId, applicationId). `test_contract.py` holds it to recorded traffic.
"""

from __future__ import annotations

import copy
import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import fake_graph
import odd_sending

Document = dict[str, Any]


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    waited: float
    """seconds for which armguard had been asked to wait before it, where `FakeArm.waited` tells"""
    status: int = 0
    retry_after: str | None = None


@dataclass
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: Document = field(default_factory=dict)
    """how it is sent, where not at once (`odd_sending.py`)"""


def refused(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}})


class FakeArm:
    """The state, and what each request makes of it; subclasses are wrong on purpose."""

    def __init__(self, state: Document | None = None) -> None:
        self.state = copy.deepcopy(state or {})
        self.vaults: dict[str, Document] = _by_id(self.state.get("vaults", ()))
        self.deleted: dict[str, Document] = _by_id(self.state.get("deletedVaults", ()))
        self.others: dict[str, Document] = {
            **_by_id(self.state.get("workspaces", ())),
            **_by_id(self.state.get("identities", ())),
        }
        self.faults: list[Document] = copy.deepcopy(self.state.get("faults", []))
        self.requests: list[Request] = []
        self.waited: Callable[[], float] = lambda: 0.0
        self.pause: Callable[[float], None] = time.sleep
        self.stopped = threading.Event()
        self.url = ""
        self.any_subscription = state is None
        self._lock = threading.Lock()

    @property
    def writes(self) -> list[Request]:
        reading = ("/resources", "/checknameavailability")
        return [
            each
            for each in self.requests
            if each.method not in ("GET", "HEAD")
            and not (each.method == "POST" and each.path.lower().endswith(reading))
        ]

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            answer = self._fault(request) or self._routed(request)
        request.status = answer.status
        request.retry_after = answer.headers.get("Retry-After")
        return answer

    def _fault(self, request: Request) -> Answer | None:
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        line = f"{request.method} {request.path}?{query}"
        for fault in self.faults:
            if not re.search(fault["match"], line, re.IGNORECASE):
                continue
            if not re.search(fault.get("body_match", ""), json.dumps(request.body)):
                continue
            if fault.get("times") == 0:
                continue
            if "times" in fault:
                fault["times"] -= 1
            time.sleep(fault.get("delay", 0))
            filled = json.loads(json.dumps(fault).replace("{url}", self.url))
            return Answer(fault["status"], filled.get("body"), filled.get("headers", {}), filled)
        return None

    def _routed(self, request: Request) -> Answer:
        if "api-version" not in request.query:
            return refused(400, "MissingApiVersionParameter", "api-version is required")
        parts = [part.lower() for part in request.path.strip("/").split("/")]
        if parts == ["providers", "microsoft.resourcegraph", "resources"]:
            return self._graph(request)
        if parts == ["subscriptions"]:
            return self._page([self._subscription(s) for s in self._subscriptions()], request)
        if parts[:1] != ["subscriptions"]:
            return refused(404, "NotFound", "no such path")
        return self._in_subscription(request, parts)

    def _in_subscription(self, request: Request, parts: list[str]) -> Answer:
        known = {each["id"].lower(): each for each in self._subscriptions()}
        if parts[1] not in known and not self.any_subscription:
            message = f"The subscription '{parts[1]}' could not be found."
            return refused(404, "SubscriptionNotFound", message)
        if len(parts) == 2:
            return Answer(200, self._subscription(known[parts[1]]))
        if parts[2] == "resourcegroups":
            groups = known.get(parts[1], {}).get("resourceGroups", ())
            group = next((each for each in groups if each["name"].lower() == parts[3]), None)
            if group is None and not self.any_subscription:
                message = f"Resource group '{parts[3]}' could not be found."
                return refused(404, "ResourceGroupNotFound", message)
            if len(parts) == 4:
                return Answer(200, {"id": request.path, **(group or {})})
        return self._resources(request, parts)

    def _resources(self, request: Request, parts: list[str]) -> Answer:
        path = "/" + "/".join(parts)
        if parts[-2:] == ["microsoft.keyvault", "deletedvaults"]:
            return self._page(list(self.deleted.values()), request)
        if parts[-2:-1] == ["deletedvaults"]:
            found = next((each for each in self.deleted.values() if self._is(each, parts)), None)
            message = f"The specified deleted vault '{parts[-1]}' does not exist."
            return Answer(200, found) if found else refused(404, "DeletedVaultNotFound", message)
        if parts[-2:-1] == ["accesspolicies"]:
            return self._change_policies(path.rsplit("/", 2)[0], parts[-1], request)
        if parts[-1] in ("vaults", "workspaces", "userassignedidentities"):
            group = path.split("/providers/")[0] + "/"
            kind = "/providers/" + path.split("/providers/")[1] + "/"
            every = {**self.vaults, **self.others}
            rows = [one for key, one in every.items() if key.startswith(group) and kind in key]
            return self._page(rows, request)
        return self._one(path, request)

    def _one(self, path: str, request: Request) -> Answer:
        store = self.vaults if "/microsoft.keyvault/vaults/" in path else self.others
        if request.method == "PUT":
            return Answer(200, self._put(path, request))
        if request.method == "DELETE" and path in store:
            self._delete(path, store.pop(path))
            return Answer(200)
        if path not in store:
            name = request.path.split("/providers/")[-1]
            return refused(404, "ResourceNotFound", f"The Resource '{name}' was not found.")
        return Answer(200, store[path])

    def _put(self, path: str, request: Request) -> Document:
        body = request.body
        name = request.path.rsplit("/", 1)[-1]
        properties = copy.deepcopy(body.get("properties", {}))
        if str(properties.pop("createMode", "")).lower() == "recover":
            gone = next((key for key in self.deleted if key.endswith("/" + name.lower())), None)
            if gone is not None:
                self.vaults[path] = self.deleted.pop(gone)["_vault"]
                return self.vaults[path]
        old = self.vaults.get(path, {})
        properties["accessPolicies"] = self.list_after_put(
            old.get("properties", {}).get("accessPolicies", []),
            properties.get("accessPolicies", []),
        )
        vault = {**body, "id": request.path, "name": name, "properties": properties}
        self.vaults[path] = {**vault, "type": "Microsoft.KeyVault/vaults"}
        return self.vaults[path]

    def _delete(self, path: str, vault: Document) -> None:
        if "/microsoft.keyvault/vaults/" in path:
            location = str(vault.get("location")).lower()
            name = vault["name"]
            subscription = "/".join(path.split("/")[:3])
            below = f"{subscription}/providers/Microsoft.KeyVault/locations/{location}"
            properties = {"vaultId": vault["id"], "location": location}
            key = f"{below}/deletedVaults/{name}"
            document = {"id": key, "name": name, "type": "Microsoft.KeyVault/deletedVaults"}
            self.deleted[key.lower()] = {**document, "properties": properties, "_vault": vault}

    def _change_policies(self, path: str, operation: str, request: Request) -> Answer:
        if path not in self.vaults:
            return refused(404, "ResourceNotFound", "The vault was not found.")
        vault = self.vaults[path]
        given = request.body["properties"]["accessPolicies"]
        before = vault["properties"].get("accessPolicies", [])
        after = self.list_after_change(operation, before, given)
        vault["properties"]["accessPolicies"] = after
        keys = [self.key(each) for each in given]
        touched = [each for each in after if self.key(each) in keys]
        return Answer(200, {"id": request.path, "properties": {"accessPolicies": touched}})

    def list_after_put(self, old: list[Document], new: list[Document]) -> list[Document]:
        return new

    def list_after_change(
        self, operation: str, old: list[Document], given: list[Document]
    ) -> list[Document]:
        after = {self.key(each): copy.deepcopy(each) for each in old}
        for entry in given:
            key = self.key(entry)
            if operation == "replace" or key not in after:
                if operation != "remove":
                    after[key] = copy.deepcopy(entry)
                continue
            kinds = after[key]["permissions"]
            for kind, names in entry["permissions"].items():
                had = kinds.get(kind, [])
                lower = [name.lower() for name in had]
                taken = [name.lower() for name in names]
                if operation == "add":
                    kinds[kind] = [*had, *(name for name in names if name.lower() not in lower)]
                else:
                    kinds[kind] = [name for name in had if name.lower() not in taken]
        return list(after.values())

    def key(self, entry: Document) -> tuple[str, ...]:
        names = ("tenantId", "objectId", "applicationId")
        return tuple(str(entry.get(name) or "").lower() for name in names)

    def _graph(self, request: Request) -> Answer:
        shown = self.state.get("graphVaults", list(self.vaults.values()))
        rows = [*shown, *self.others.values()]
        subscriptions = request.body.get("subscriptions")
        if subscriptions is not None:
            wanted = [each.lower() for each in subscriptions]
            rows = [row for row in rows if row["id"].split("/")[2].lower() in wanted]
        located = [self._located(row) for row in rows]
        tables = {"resources": located, "resourcecontainers": [], "resourcechanges": []}
        try:
            found = fake_graph.run(request.body["query"], tables)
        except fake_graph.BadQueryError as error:
            return refused(400, "BadRequest", str(error))
        options = request.body.get("options", {})
        start = int(options.get("$skipToken", 0))
        size = min(options.get("$top", 1000), self.state.get("page_size") or 1000)
        page = found[start : start + size]
        body: Document = {"totalRecords": len(found), "count": len(page), "data": page}
        more = start + size < len(found) or (
            bool(self.state.get("empty_last_page")) and len(page) == size
        )
        if more:
            body["$skipToken"] = str(start + size)
        return Answer(200, {**body, "resultTruncated": str(more).lower()})

    @staticmethod
    def _located(row: Document) -> Document:
        parts = row["id"].split("/")
        return {**row, "subscriptionId": parts[2], "resourceGroup": parts[4].lower()}

    def _page(self, rows: list[Document], request: Request) -> Answer:
        rows = [{k: v for k, v in row.items() if k != "_vault"} for row in rows]
        size = self.state.get("page_size") or len(rows) or 1
        start = int(request.query.get("$skiptoken", 0))
        body: Document = {"value": rows[start : start + size]}
        is_full = bool(body["value"]) and len(body["value"]) == size
        if start + size < len(rows) or (self.state.get("empty_last_page") and is_full):
            version = request.query["api-version"]
            link = f"{self.url}{request.path}?api-version={version}&$skiptoken={start + size}"
            body["nextLink"] = link
        return Answer(200, body)

    def _subscriptions(self) -> list[Document]:
        return list(self.state.get("subscriptions", ()))

    def _subscription(self, subscription: Document) -> Document:
        return {
            "id": f"/subscriptions/{subscription['id']}",
            "subscriptionId": subscription["id"],
            "displayName": subscription.get("name"),
            "tenantId": self.state.get("tenant"),
            "state": "Enabled",
        }

    @staticmethod
    def _is(deleted: Document, parts: list[str]) -> bool:
        location = str(deleted.get("properties", {}).get("location", "")).lower()
        return deleted["name"].lower() == parts[-1] and location == parts[-3]


def _by_id(documents: Any) -> dict[str, Document]:
    return {each["id"].lower(): each for each in documents}


def _read(data: bytes, kind: str) -> Any:
    if kind == "application/x-www-form-urlencoded":  # requests for tokens
        return {name: values[-1] for name, values in parse_qs(data.decode()).items()}
    return json.loads(data) if data else None


def _content(body: Any) -> bytes:
    """Texts and bytes as they are, anything else as JSON."""
    if body is None or isinstance(body, bytes):
        return body or b""
    return (body if isinstance(body, str) else json.dumps(body)).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        target = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length) if length else b""
        query = {name: values[-1] for name, values in parse_qs(target.query).items()}
        request = Request(
            self.command,
            unquote(target.path),
            query,
            _read(data, self.headers.get_content_type()),
            dict(self.headers.items()),
            self.server.fake.waited(),
        )
        answer = self.server.fake.answer(request)
        if odd_sending.is_odd(answer.fault):
            fake = self.server.fake
            odd_sending.send(self, answer.fault, fake.pause, fake.stopped)
            return
        content = _content(answer.body)
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        for name, value in headers.items():
            self.send_header(name, str(value))
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Silent: standard error belongs to the test."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeArm

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is what some tests are about; anything else is a bug here."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Serving:
    """`with Serving(fake) as url`: a fake that listens on a port of its own; over TLS with a
    certificate and its key."""

    def __init__(self, fake: FakeArm, tls: tuple[Path, Path] | None = None) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = fake
        scheme = "http" if tls is None else "https"
        if tls is not None:
            from loopback_tls import serve_tls

            serve_tls(self._server, *tls)
        fake.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        # looks for the end every 10 ms, so that no test waits for it
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._fake = fake

    def __enter__(self) -> str:
        self._thread.start()
        return self._fake.url

    def __exit__(self, *_: object) -> None:
        self._fake.stopped.set()
        self._server.shutdown()
        self._server.server_close()
