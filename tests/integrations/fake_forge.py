"""The comments of a pull request as GitHub and Azure Repos keep them, each a small HTTP server."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Forge:
    """`refuses`: method -> the status that it is answered with."""

    token: str
    refuses: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    """methods and paths, without a query"""
    url: str = ""

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        raise NotImplementedError

    def __enter__(self) -> Forge:
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def reply(self) -> None:
                parts = urlsplit(self.path)
                forge.requests.append(f"{self.command} {parts.path}")
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, answer = forge.refuses.get(self.command, 0), {"message": "::error::no"}
                if self.headers.get("Authorization") != f"Bearer {forge.token}":
                    status = 401
                if not status:
                    status, answer = forge.answer(self.command, parts.path, query, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{forge.url}/elsewhere")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = reply  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class FakeGitHub(Forge):
    """Pull request 7 of example/infra. It takes no longer comment than GitHub does."""

    comments: list[dict[str, Any]] = field(default_factory=list)

    def add(self, login: str | None, body: str | None) -> dict[str, Any]:
        user = None if login is None else {"login": login}
        comment = {"id": 100 + len(self.comments), "user": user, "body": body}
        self.comments.append(comment)
        return comment

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        issues = "/repos/example/infra/issues"
        if body is not None and len(body["body"]) > 65_536:
            return 422, {"message": "Body is too long (maximum is 65536 characters)"}
        if (method, path) == ("GET", f"{issues}/7/comments"):
            size, page = int(query["per_page"]), int(query["page"])
            assert size <= 100
            return 200, self.comments[size * (page - 1) : size * page]
        if (method, path) == ("POST", f"{issues}/7/comments"):
            return 201, self.add("github-actions[bot]", body["body"])
        for comment in self.comments:
            if (method, path) == ("PATCH", f"{issues}/comments/{comment['id']}"):
                comment.update(body)
                return 200, comment
        return 404, {"message": "Not Found"}


OURS, THEIRS = "build-service-id", "somebody-id"


@dataclass
class FakeAzureRepos(Forge):
    """Pull request 7 of repository `repo-id` in project `project-id`."""

    threads: list[dict[str, Any]] = field(default_factory=list)

    def add(self, author: str, content: str, **more: Any) -> dict[str, Any]:
        comment = {"id": 1, "author": {"id": author}, "content": content}
        thread = {"id": 10 + len(self.threads), "comments": [comment], **more}
        self.threads.append(thread)
        return thread

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if (method, path) == ("GET", "/organisation/_apis/connectionData"):
            return 200, {"authenticatedUser": {"id": OURS}}
        threads = "/organisation/project-id/_apis/git/repositories/repo-id/pullRequests/7/threads"
        assert query["api-version"] == "6.0"
        if (method, path) == ("GET", threads):
            return 200, {"count": len(self.threads), "value": self.threads}
        if (method, path) == ("POST", threads):
            (comment,) = body["comments"]
            assert comment["commentType"] == 1
            return 200, self.add(OURS, comment["content"])
        at = re.fullmatch(re.escape(threads) + r"/(\d+)/comments/(\d+)", path)
        for thread in self.threads:
            if method == "PATCH" and at and int(at[1]) == thread["id"] and at[2] == "1":
                thread["comments"][0].update(body)
                return 200, thread["comments"][0]
        return 404, {"message": "Not Found"}
