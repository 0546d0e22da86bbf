"""The comment of the GitHub Action: its program as the action runs it, against a fake of GitHub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_forge import FakeGitHub

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "integrations" / "github" / "comment.py"
TOKEN = "the-token-of-the-job"
BOT = "github-actions[bot]"
REPORT = "<!-- armguard -->\n## armguard\n\nchecked 1 template\n"

Comment = Callable[..., str]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub(TOKEN) as fake:
        yield fake


def event(*, fork: object = 1, number: int = 7) -> dict[str, Any]:
    head = {"sha": "0123456789abcdef", "repo": None if fork is None else {"id": fork}}
    return {"pull_request": {"number": number, "head": head, "base": {"repo": {"id": 1}}}}


HERE = event()


def variables(folder: Path, github: FakeGitHub, event: Any) -> dict[str, str]:
    """Those of a runner."""
    file = folder / "event.json"
    file.write_text(json.dumps(event), "utf-8")
    return {
        "GITHUB_API_URL": github.url,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_JOB": "check",
        "GITHUB_REPOSITORY": "example/infra",
        "GITHUB_RUN_ID": "42",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_WORKFLOW": "armguard",
    }


@pytest.fixture
def comment(tmp_path: Path, github: FakeGitHub) -> Comment:
    """Run the program; returns what it printed, which never holds the token."""

    def run(report: str = REPORT, *options: str, event: Any = HERE, **env: str) -> str:
        (tmp_path / "report.md").write_text(report, "utf-8")
        given = {"COMMENT_NAME": "", "COMMENT_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, tmp_path / "report.md", *options],
            env={**variables(tmp_path, github, event), **given, **env},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert TOKEN not in done.stdout
        assert done.stdout.count("\n") == 1, "one sentence"
        return done.stdout.rstrip("\n")

    return run


def bodies(github: FakeGitHub) -> list[str]:
    return [each["body"] for each in github.comments]


def test_the_first_run_posts_and_the_next_one_updates(comment: Comment, github: FakeGitHub) -> None:
    assert comment() == "armguard: pull request 7 has a comment now"
    (body,) = bodies(github)
    marker, rest = body.split("\n", 1)
    assert marker.startswith("<!-- armguard ")
    run = "https://github.example/example/infra/actions/runs/42"
    assert rest == f"## armguard\n\nchecked 1 template\n\nCommit 0123456789, [the run]({run}).\n"
    changed = REPORT.replace("1 template", "2 templates")
    assert comment(changed) == "armguard: the comment on pull request 7 is updated"
    assert bodies(github) == [body.replace("1 template", "2 templates")]


def test_each_job_workflow_and_name_has_a_comment_of_its_own(
    comment: Comment, github: FakeGitHub
) -> None:
    for _ in range(2):
        comment()
        comment(GITHUB_JOB="gate")
        comment(GITHUB_WORKFLOW="deploy")
        comment(COMMENT_NAME="prod")
        comment(COMMENT_NAME="dev")
    assert len(github.comments) == 5
    titles = [body.split("\n")[1] for body in bodies(github)]
    assert titles == [*["## armguard"] * 3, "## armguard: prod", "## armguard: dev"]


def test_the_comment_is_found_behind_others(comment: Comment, github: FakeGitHub) -> None:
    for number in range(250):
        github.add("somebody", f"comment {number}")
    comment()
    assert comment().endswith("is updated")
    assert len(github.comments) == 251


def test_a_comment_of_somebody_else_with_the_marker_is_left_alone(
    comment: Comment, github: FakeGitHub
) -> None:
    comment()
    forged = github.comments.pop()["body"].replace("checked", "all is well: checked")
    github.add("somebody", forged)
    github.add(None, forged)
    github.add(BOT, None)
    assert comment() == "armguard: pull request 7 has a comment now"
    assert bodies(github)[:2] == [forged, forged]
    assert len(github.comments) == 4


def test_where_nothing_is_found_only_an_earlier_comment_is_updated(
    comment: Comment, github: FakeGitHub
) -> None:
    said = comment(REPORT, "--only-update")
    assert said == "armguard: no comment on pull request 7, because nothing was found"
    assert github.comments == []
    comment()
    assert comment(REPORT, "--only-update").endswith("is updated")


@pytest.mark.parametrize("event", [{}, {"pull_request": None}, {"ref": "refs/heads/main"}])
def test_a_run_of_no_pull_request(comment: Comment, github: FakeGitHub, event: Any) -> None:
    said = comment(event=event)
    assert said == "armguard: no comment, because this run belongs to no pull request"
    assert github.requests == []


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_rights_it_says_what_is_missing(
    comment: Comment, github: FakeGitHub, method: str, status: int
) -> None:
    github.refuses[method] = status
    assert comment() == (
        "::warning title=armguard::no comment, because the token of this job may not write to pull"
        f" requests (status {status}); give the job 'permissions: pull-requests: write'"
    )
    assert github.comments == []


@pytest.mark.parametrize("fork", [2, None])
def test_a_pull_request_from_a_fork(comment: Comment, github: FakeGitHub, fork: object) -> None:
    github.refuses["POST"] = 403
    assert "from a fork may not write; the report is the summary" in comment(event=event(fork=fork))
    github.refuses.clear()
    assert comment(event=event(fork=fork)).endswith("has a comment now"), "its token may write"


def test_other_answers_are_told(comment: Comment, github: FakeGitHub) -> None:
    github.refuses["GET"] = 500
    assert comment() == (
        "::warning title=armguard::no comment, because GitHub answered with status 500"
    )
    said = comment(GITHUB_API_URL="http://127.0.0.1:1")
    assert said.endswith("no comment, because GitHub could not be asked (ConnectionRefusedError)")


def test_a_redirect_does_not_get_the_token(comment: Comment, github: FakeGitHub) -> None:
    github.refuses["GET"] = 302
    assert "no comment, because" in comment(GITHUB_API_URL=f"{github.url}/x")
    assert [each for each in github.requests if "/elsewhere" in each]
    assert github.comments == []


@pytest.mark.parametrize("line", ["| row |\n", "🔑" * 99 + "\n"])
@pytest.mark.parametrize("folded", [False, True])
def test_a_report_that_is_too_long_is_cut_at_a_line(
    comment: Comment, github: FakeGitHub, line: str, folded: bool
) -> None:
    before, after = ("<details>\n", "\n</details>\n") if folded else ("", "")
    assert comment(REPORT + before + line * 70_000 + after).endswith("has a comment now")
    (body,) = bodies(github)
    assert 60_000 < len(body) <= 65_536
    assert body.count("<details>") == body.count("</details>")
    told = "**This report is too long for a comment.** All of it is the summary of the run."
    assert f"\n{told}\n\nCommit 0123456789, [the run](" in body
    kept = body.partition("checked 1 template\n")[2].partition("\n\n</details>" if folded else told)
    assert set(kept[0].removeprefix(before).strip("\n").split("\n")) == {line.strip("\n")}


def test_a_report_that_just_fits_is_whole(comment: Comment, github: FakeGitHub) -> None:
    comment()
    room = 65_536 - len(bodies(github)[0])
    comment(REPORT + "x" * (room - 1) + "\n")
    assert len(bodies(github)[0]) == 65_536
    assert "too long" not in bodies(github)[0]
    comment(REPORT + "x" * room + "\n")
    assert "too long" in bodies(github)[0]
