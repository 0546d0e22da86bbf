"""What is odd about the way to Azure: pages, pauses, sizes, time, certificates and proxies.

Whole commands against the fake. Time passes on a clock of the tests only, so that nothing is waited
for; see `odd_sending.py` for what is sent byte by byte or without end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import Answer, FakeArm, Request
from training import SUBSCRIPTION, USER, VAULT_READ, fault, live_state, state, template

Run = Callable[..., Any]

PAGE = {"value": []}
LINKS = {
    "cut": "https://[::1",
    "port": "http://127.0.0.1:99999/next",
    "port-of-many-digits": "http://127.0.0.1:" + "1" * 5000 + "/next",
    "relative": "/subscriptions/x?api-version=1",
    "no-host": "http:///next",
    "word": "next",
    "scheme": "file:///etc/passwd",
    "user": "http://user:secret@127.0.0.1/next",
    "other-host": "http://127.0.0.2:9/next",
    "encrypted": "https://127.0.0.1/next",
    "long": "{url}/" + "x" * 100_000,
    "control": "http://127.0.0.1\r\nHost: x/next",
    "number": 7,
    "object": {"href": "{url}/next"},
    "false": False,
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_next_page_nowhere(check: Run, link: Any) -> None:
    body = {**PAGE, "nextLink": link}
    broken = {"match": "^GET .*/workspaces\\?", "status": 200, "body": body}
    fake = FakeArm(state(USER, faults=[broken]))
    ran = check(fake)
    assert ran.exit == 3
    assert "next page" in ran.stdout
    assert "secret" not in ran.stdout
    assert len([each for each in fake.requests if each.path.endswith("/workspaces")]) == 1


@pytest.mark.parametrize("braces", ["{0}", "{", "{x}", "{x.__class__}"])
def test_next_page_with_braces(check: Run, braces: str) -> None:
    """They would be placeholders to azure-core."""
    body = {**PAGE, "nextLink": "{url}/next?api-version=1&token=" + braces}
    first = {"match": "^GET .*/workspaces\\?", "status": 200, "body": body}
    last = {"match": "^GET /next", "status": 200, "body": PAGE}
    fake = FakeArm(state(USER, faults=[first, last]))
    assert check(fake).exit == 0
    assert [each.query["token"] for each in fake.requests if each.path == "/next"] == [braces]


def test_pages_that_lead_to_each_other(check: Run) -> None:
    def page(match: str, after: str) -> Any:
        link = {"nextLink": "{url}/" + after + "?api-version=1"}
        return {"match": match, "status": 200, "body": {**PAGE, **link}}

    circle = [page("/one", "two"), page("/two", "one"), page("/workspaces\\?", "one")]
    fake = FakeArm(state(USER, faults=circle))
    ran = check(fake)
    assert ran.exit == 3
    assert "never end" in ran.stdout
    assert len(fake.requests) < 20


ODD_HEADERS = {
    "digits": {"Retry-After": "9" * 5000},
    "milliseconds": {"x-ms-retry-after-ms": "9" * 5000},
    "superscript": {"x-ms-retry-after-ms": "\u00b2"},
    "other-digits": {"Retry-After": "1\u00b2"},
    "quota": {"x-ms-user-quota-resets-after": "9" * 5000 + ":00:00"},
    "quota-superscript": {"x-ms-user-quota-resets-after": "\u00b2:00:00"},
    "date": {"Retry-After": "Thu, 01 Jan " + "9" * 40 + " 00:00:00 GMT"},
    "word": {"Retry-After": "nan"},
    "infinite": {"Retry-After": "-inf"},
    "length": {"Content-Length": "9" * 5000},
    "length-word": {"Content-Length": "many"},
    "packing": {"Content-Encoding": "nonsense"},
    "packed-twice": {"Content-Encoding": "gzip, gzip"},
    "not-packed": {"Content-Encoding": "gzip"},
}


@pytest.mark.parametrize("headers", ODD_HEADERS.values(), ids=ODD_HEADERS)
@pytest.mark.parametrize("status", [429, 503, 200])
def test_odd_headers(
    check: Run, clock: Any, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    odd = fault(VAULT_READ, status, "TooManyRequests", "slow down", headers=headers)
    fake = FakeArm(state(USER, faults=[odd]))
    ran = check(fake, None, "--timeout", "20")
    assert ran.exit == 3
    assert live_state(tmp_path)["state"] == "unread"
    assert clock.waited <= 20
    assert len(fake.requests) <= 20


def test_large_number_of_hours_is_waited_for_by_nobody(check: Run, clock: Any) -> None:
    odd = fault(VAULT_READ, 429, "TooManyRequests", "no", headers={"Retry-After": "9" * 5000})
    fake = FakeArm(state(USER, faults=[odd]))
    assert check(fake).exit == 3
    assert clock.pauses == []


USELESS = ["0", "-5", "soon", "0.0", "", "Thu, 01 Jan 1970 00:00:00 GMT", "nan", None]


@pytest.mark.parametrize("wanted", USELESS)
def test_throttled_without_a_pause(check: Run, clock: Any, wanted: str | None) -> None:
    """The pauses are armguard's own: they grow, and there is an end to it."""
    headers = {} if wanted is None else {"Retry-After": wanted}
    slow = fault(VAULT_READ, 429, "TooManyRequests", "slow down", headers=headers)
    fake = FakeArm(state(USER, faults=[slow]))
    ran = check(fake, None, "--timeout", "100000")
    assert ran.exit == 3
    assert "throttles" in ran.stdout
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60]
    assert len(fake.requests) <= 20


@pytest.mark.parametrize("wanted", ["0", "1"])
def test_everything_is_throttled(check: Run, clock: Any, wanted: str) -> None:
    """Whom Azure throttles it throttles for all requests, so not each of them is tried anew."""
    slow = fault(".", 429, "TooManyRequests", "slow down", headers={"Retry-After": wanted})
    fake = FakeArm(state(USER, faults=[slow]))
    assert check(fake, None, "--timeout", "100000").exit == 3
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60]
    assert len(fake.requests) <= 20


def test_throttled_twice_without_a_pause(check: Run, clock: Any) -> None:
    slow = fault(VAULT_READ, 429, "TooManyRequests", "slow down", headers={"Retry-After": "0"})
    ran = check(FakeArm(state(USER, faults=[{**slow, "times": 2}])))
    assert ran.exit == 0
    assert clock.pauses == [1, 2]


SIZES = {
    "endless": {"endless": True},
    "endless-chunks": {"endless": True, "chunked": True},
    "bomb": {"inflates_to": 1000},
    "just-too-large": {"inflates_to": 65},
    "blanks-that-fit": {"inflates_to": 60},
}


@pytest.mark.parametrize("how", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("status", [200, 404, 429, 500])
def test_answer_without_measure(
    check: Run, clock: Any, tmp_path: Path, how: dict[str, Any], status: int
) -> None:
    ran = check(FakeArm(state(USER, faults=[{"match": VAULT_READ, "status": status, **how}])))
    assert ran.exit == 3
    assert live_state(tmp_path)["state"] == "unread"
    assert "is a proxy in between?" in ran.stdout
    assert clock.pauses == [], "nobody asks for that again"


@pytest.mark.parametrize("how", [{"endless": True}, {"inflates_to": 4000}], ids=["endless", "bomb"])
def test_memory_for_an_answer_without_measure(
    armguard_in_memory: Run, serving: Run, tmp_path: Path, how: dict[str, Any]
) -> None:
    """As much as a check takes anyhow, and some 100 MiB; of the address space, which is what can be
    limited, each of eight threads takes 64 MiB that it does not use."""
    (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
    place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "--live"]
    fake = FakeArm(state(USER, faults=[{"match": VAULT_READ, "status": 200, **how}]))
    with serving(fake) as url:
        ran = armguard_in_memory(1000, "check", "main.json", *place, "--arm-endpoint", url)
    assert ran.exit == 3, ran.stderr
    assert "more than 64 MiB" in ran.stdout


class Packs(FakeArm):
    """Packs what it answers, as Azure does for those who ask for it."""

    def _routed(self, request: Request) -> Answer:
        import gzip

        answer = super()._routed(request)
        assert request.headers["Accept-Encoding"] == "gzip"
        text = json.dumps(answer.body)
        middle = len(text) // 2
        # two members are one file
        packed = gzip.compress(text[:middle].encode()) + gzip.compress(text[middle:].encode())
        return Answer(answer.status, packed, {**answer.headers, "Content-Encoding": "gzip"})


def test_packed_answers(check: Run, tmp_path: Path) -> None:
    assert check(Packs(state(USER))).exit == 0
    assert live_state(tmp_path)["state"] == "exists"


def test_packed_answer_that_is_cut_off(check: Run, tmp_path: Path) -> None:
    class CutsOff(Packs):
        def _routed(self, request: Request) -> Answer:
            answer = super()._routed(request)
            return Answer(answer.status, answer.body[:-9], answer.headers)

    ran = check(CutsOff(state(USER)))
    assert ran.exit == 3
    assert live_state(tmp_path)["state"] == "unread"


@pytest.mark.parametrize("kind", ["drip", "drip_headers"])
@pytest.mark.parametrize("status", [200, 404, 503])
def test_answer_that_drips(check: Run, clock: Any, tmp_path: Path, kind: str, status: int) -> None:
    slow = {"match": VAULT_READ, "status": status, kind: 0.5}
    ran = check(FakeArm(state(USER, faults=[slow])), None, "--timeout", "30")
    assert ran.exit == 3
    assert "was not read within --timeout 30" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"
    assert clock.passed >= 25, "armguard had it until time was up"


class SlowToken:
    """Who gives it takes longer than anybody has."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def get_token(self, *scopes: str, **options: Any) -> Any:
        from threading import Event

        self._clock.pass_by(1000)
        Event().wait(1)
        raise OSError("somebody waited for it")


def test_token_that_never_comes(check: Run, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from armguard.live import connection

    monkeypatch.setattr(connection, "credential_for", lambda *_: SlowToken(clock))
    ran = check(FakeArm(state(USER)), None, "--arm-endpoint", "https://127.0.0.1:9")
    assert ran.exit == 3
    assert "a token was not read within --timeout 180" in ran.stdout


ENCRYPTED = ["--arm-endpoint", "https://127.0.0.1:9", "--credential", "azure-cli"]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("value", ["/nonexistent/ca.pem", "nonsense", __file__])
def test_certificates_are_missing(check: Run, signed_in: str, variable: str, value: str) -> None:
    variables = {variable: value, "PATH": signed_in}
    ran = check(FakeArm(state(USER)), None, *ENCRYPTED, **variables)
    assert ran.exit == 3
    assert "127.0.0.1:9 can't be reached" in ran.stdout
    assert "live state not checked" in ran.stdout


PROXIES = {
    "port": "http://mira:hazelHeron2024@127.0.0.1:99999",
    "port-word": "http://mira:hazelHeron2024@127.0.0.1:many",
    "label": "http://mira:hazelHeron2024@" + "x" * 70 + ".example:8080",
    "dots": "http://mira:hazelHeron2024@a..b:8080",
    "idna": "http://mira:hazelHeron2024@\u00fc\u2603" + "\u00fc" * 70 + ":8080",
    "no-host": "http://mira:hazelHeron2024@:8080",
    "cut": "http://mira:hazelHeron2024@[::1",
    "scheme": "gopher://mira:hazelHeron2024@127.0.0.1:9",
    "socks": "socks5://mira:hazelHeron2024@127.0.0.1:9",
    "no-scheme": "mira:hazelHeron2024@127.0.0.1:99999",
    "quoted": "http://mira:hazelHeron2024%40%2F@127.0.0.1:9",
    "at": "http://mira:hazelHeron2024@x@127.0.0.1:9",
    "slash": "http://mira:hazelHeron2024/x@127.0.0.1:9",
    "hash": "http://mira:hazelHeron2024#x@127.0.0.1:9",
    "question": "http://mira:hazelHeron2024?x@127.0.0.1:9",
    "blank": "http://mira:hazelHeron2024 x@127.0.0.1:9",
    "break": "http://mira:hazelHeron2024\n@127.0.0.1:9",
    "other-script": "http://mira:hazelHeron2024\u2603@127.0.0.1:9",
    "refused": "http://mira:hazelHeron2024@127.0.0.1:9",
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("address", PROXIES.values(), ids=PROXIES)
def test_proxy_that_can_not_be(
    check: Run, signed_in: str, tmp_path: Path, variable: str, address: str
) -> None:
    variables = {variable: address, "NO_PROXY": "", "PATH": signed_in}
    ran = check(FakeArm(state(USER)), None, *ENCRYPTED, **variables)
    assert ran.exit == 3
    assert "127.0.0.1:9 can't be reached" in ran.stdout
    report = (tmp_path / "report.json").read_text("utf-8")
    for secret in ("hazelHeron2024", "mira", "secret-token"):
        assert secret not in ran.stdout + ran.stderr + report


def test_user_of_an_address_is_cut_wherever_it_is_quoted() -> None:
    from armguard.live.failures import ReadingError

    said = ReadingError("can't reach http://mira:pw@proxy.example:8080 (https://a:b@c/d)")
    assert str(said) == "can't reach http://***@proxy.example:8080 (https://***@c/d)"


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "-1", "0", "soon"])
@pytest.mark.parametrize("command", ["check", "snapshot"])
def test_timeout_that_bounds_nothing(armguard: Run, command: str, seconds: str) -> None:
    place = ["--subscription", "x", "--arm-endpoint", "http://127.0.0.1:9"]
    more = ["main.json", "--live"] if command == "check" else ["-o", "s.json"]
    ran = armguard(command, *more, *place, "--timeout", seconds)
    assert ran.exit == 2
    assert "--timeout" in ran.stderr


@pytest.mark.parametrize("seconds", ["1e300", "99999999999"])
def test_timeout_of_ages(check: Run, seconds: str) -> None:
    assert check(FakeArm(state(USER)), None, "--timeout", seconds).exit == 0
