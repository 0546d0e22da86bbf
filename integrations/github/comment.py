"""Puts a Markdown report under the pull request of the run: one comment, which later runs update.

    comment.py REPORT [--only-update]

It never fails a step: why there is no comment is one sentence in the log. The token arrives as an
environment variable, and goes nowhere but to the API of the runner's own GitHub.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

LONGEST_COMMENT = 65_536
"""Characters; GitHub refuses more."""
AUTHOR = "github-actions[bot]"
"""Whom the token of a job speaks for. Anybody may write the marker into a comment of their own."""
A_PAGE = 100
SECONDS = 30


class NotPostedError(Exception):
    """Says why there is no comment."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    number: int
    commit: str
    is_from_fork: bool


def main() -> None:
    report = Path(sys.argv[1]).read_text("utf-8")
    pull_request = pull_request_of_the_run()
    if pull_request is None:
        print("armguard: no comment, because this run belongs to no pull request")
        return
    name = os.environ["COMMENT_NAME"]
    marker = marker_of(os.environ["GITHUB_WORKFLOW"], os.environ["GITHUB_JOB"], name)
    text = comment_of(report, marker, name, ending_for(pull_request))
    try:
        print(f"armguard: {put(text, marker, pull_request, '--only-update' in sys.argv)}")
    except NotPostedError as error:
        print(f"::warning title=armguard::{error}")


def pull_request_of_the_run() -> PullRequest | None:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    found = event.get("pull_request")
    if found is None:
        return None
    head, base = found["head"], found["base"]
    # the repository of a fork may be deleted, and is null then
    is_from_fork = (head["repo"] or {}).get("id") != base["repo"]["id"]
    return PullRequest(found["number"], head["sha"], is_from_fork)


def marker_of(*what: str) -> str:
    """The first line of the comments of one job: others of the pull request have others."""
    digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()
    return f"<!-- armguard {digest[:16]} -->"


def address_of_the_run() -> str:
    server, repository = os.environ["GITHUB_SERVER_URL"], os.environ["GITHUB_REPOSITORY"]
    return f"{server}/{repository}/actions/runs/{os.environ['GITHUB_RUN_ID']}"


def ending_for(pull_request: PullRequest) -> str:
    return f"Commit {pull_request.commit[:10]}, [the run]({address_of_the_run()})."


def comment_of(report: str, marker: str, name: str, ending: str) -> str:
    """The report with a marker of its own in place of the general one, cut where it is too long."""
    _, title, rest = report.split("\n", 2)
    heading = f"{title}: {name}" if name else title
    start, end = f"{marker}\n{heading}\n", f"\n{ending}\n"
    room = LONGEST_COMMENT - len(start) - len(end)
    return start + (rest if len(rest) <= room else shortened(rest, room)) + end


def shortened(text: str, room: int) -> str:
    told = "\n**This report is too long for a comment.** All of it is the summary of the run.\n"
    closing = "\n</details>\n"
    kept = text[: room - len(told) - len(closing)].rpartition("\n")[0] + "\n"
    is_open = kept.count("<details>") > kept.count("</details>")
    return kept + (closing if is_open else "") + told


def put(text: str, marker: str, pull_request: PullRequest, only_update: bool) -> str:
    """Update the comment with this marker, or post one; what was done."""
    comments = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    found = next(earlier(f"{comments}/{pull_request.number}/comments", marker, pull_request), None)
    where = f"pull request {pull_request.number}"
    if found is not None:
        path = f"{comments}/comments/{found['id']}"
        ask(pull_request, "PATCH", path, {"body": text})
        return f"the comment on {where} is updated"
    if only_update:
        return f"no comment on {where}, because nothing was found"
    ask(pull_request, "POST", f"{comments}/{pull_request.number}/comments", {"body": text})
    return f"{where} has a comment now"


def earlier(path: str, marker: str, pull_request: PullRequest) -> Iterator[Any]:
    """The comments that earlier runs of this job left."""
    page = 0
    while True:
        page += 1
        comments = ask(pull_request, "GET", f"{path}?per_page={A_PAGE}&page={page}")
        for comment in comments:
            author = (comment["user"] or {}).get("login")
            if author == AUTHOR and (comment["body"] or "").startswith(marker):
                yield comment
        if len(comments) < A_PAGE:
            return


def ask(pull_request: PullRequest, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        os.environ["GITHUB_API_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "User-Agent": "armguard",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    # no redirect leads the token to another host
    request.add_unredirected_header("Authorization", f"Bearer {os.environ['COMMENT_TOKEN']}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise NotPostedError(refusal(error.code, pull_request)) from None
    except (OSError, HTTPException, ValueError) as error:
        kind = type(getattr(error, "reason", error)).__name__
        raise NotPostedError(f"no comment, because GitHub could not be asked ({kind})") from None


def refusal(status: int, pull_request: PullRequest) -> str:
    if status not in (401, 403, 404):
        return f"no comment, because GitHub answered with status {status}"
    if pull_request.is_from_fork:
        return (
            "no comment, because the token of a run for a pull request from a fork may not write;"
            " the report is the summary of the run"
        )
    return (
        f"no comment, because the token of this job may not write to pull requests (status"
        f" {status}); give the job 'permissions: pull-requests: write'"
    )


if __name__ == "__main__":
    main()
