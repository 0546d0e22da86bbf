"""The HTML report in a real browser: what a reader does works, and nothing leaves the page.

Chromium is driven through its debugging pipe, two file descriptors, so no port and no driver is
needed. Where there is no Chromium these tests are skipped.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from select import select
from typing import Any

import pytest
from html_scenarios import SCENARIOS, page_of

from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity
from armguard.finding.report import (
    Access,
    Crash,
    DeploymentReport,
    Report,
    RulePage,
    Summary,
    VaultReport,
)
from armguard.reporters.html.page import render

AXE = os.environ.get("ARMGUARD_AXE_CORE")
"""Path of `axe.min.js`, which looks for what keeps people from using a page."""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
PATIENCE = 60
"""Seconds for one answer of the browser; the machine may be busy."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH")


class Browser:
    """One page of a headless browser; `events` is all that it told us without being asked."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        read, self._write = _pipe()
        self._read, write = _pipe()

        def hand_over() -> None:
            os.dup2(read, 3)
            os.dup2(write, 4)

        self._process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless",
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--window-size=1200,900",
            ],
            preexec_fn=hand_over,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self.events: list[dict[str, Any]] = []
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select([self._read], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            data = os.read(self._read, 1 << 20)
            assert data, "the browser has ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def open(self, path: Path) -> None:
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(each["method"] == "Page.loadEventFired" for each in self.events):
            self.events.append(self._next())

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        what = {"key": key, "code": "Space" if key == " " else key}
        if key == "Tab":
            what["windowsVirtualKeyCode"] = 9  # type: ignore[assignment]
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **what)
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def write(self, text: str) -> None:
        for character in text:
            self.press(character, character)

    def prefer(self, scheme: str, media: str = "") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def complaints(self) -> list[dict[str, Any]]:
        """Everything in the console, and uncaught exceptions."""
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [each for each in self.events if each["method"] in kinds]

    def requests(self) -> set[str]:
        sent = (each for each in self.events if each["method"] == "Network.requestWillBeSent")
        return {each["params"]["request"]["url"] for each in sent}

    def close(self) -> None:
        os.close(self._write)
        self._process.terminate()
        self._process.wait(PATIENCE)
        os.close(self._read)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are not 3 or 4, which are taken for the browser."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


def finding(number: int, severity: Severity, message: str) -> Finding:
    place = Location(f"t{number % 5}.json", "/resources/0", Position(2, 3), Position(2, 23))
    return Finding(
        "access-policies-emptied",
        severity,
        Certainty.DEFAULT,
        message,
        place,
        details=(Detail("because", ("the list is []",)), Detail("fix", ("pass the list in",))),
    )


def report(*findings: Finding, name: str = "kv1") -> Report:
    place = Location("t1.json", "/resources/0", Position(1, 1), Position(3, 2))
    access = Access("00000000-aaaa", "", "", (("secrets", ("get", "list")),))
    vaults = [
        VaultReport(
            f"{name}-{number}", None, place, "replaced", Certainty.CERTAIN, None, (), (access,)
        )
        for number in range(20)
    ]
    text = '{\n  "accessPolicies": []\n}\n'
    return Report(
        deployments=(DeploymentReport("t1.json", (), tuple(vaults)),),
        findings=tuple(sorted(findings, key=lambda each: each.location.path)),
        summary=Summary(templates=1, vaults=len(vaults), errors=len(findings)),
        rules=(RulePage("access-policies-emptied", Severity.ERROR, "summary", "# page\n\ntext"),),
        sources={f"t{number}.json": text for number in range(5)},
    )


THREE = report(
    finding(0, Severity.ERROR, "vault 'alpha' is emptied"),
    finding(1, Severity.WARNING, "vault 'beta' retires"),
    finding(2, Severity.NOTE, "vault 'gamma' is replaced"),
)
MANY = report(*(finding(n, list(Severity)[n % 3], f"vault 'kv{n}' is emptied") for n in range(300)))
SHOWN = "document.getElementById('shown').value"
VISIBLE = "[...document.querySelectorAll('.finding')].filter((e) => e.checkVisibility()).length"


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Browser:
    """Three findings, from disk, in a light room."""
    browser.prefer("light")
    return opened(browser, tmp_path, THREE)


def opened(browser: Browser, folder: Path, report: Report) -> Browser:
    path = folder / "report.html"
    path.write_text(render(report), encoding="utf-8")
    browser.open(path)
    return browser


def test_nothing_is_loaded_and_nobody_complains(page: Browser, tmp_path: Path) -> None:
    assert page.ask(VISIBLE) == 3
    assert page.ask(SHOWN) == "3 of 3 findings are shown"
    assert page.complaints() == []
    assert page.requests() == {(tmp_path / "report.html").as_uri()}


def test_severities_are_filtered_with_the_keyboard(page: Browser) -> None:
    page.ask("document.querySelector('input[value=warning]').focus()")
    page.press(" ", " ")
    assert page.ask(VISIBLE) == 2
    assert page.ask(SHOWN) == "2 of 3 findings are shown"
    assert "beta" not in page.ask("document.querySelector('#findings').innerText")
    page.press(" ", " ")
    assert page.ask(VISIBLE) == 3


def test_text_is_filtered_with_the_keyboard(page: Browser) -> None:
    page.press("/", "/")
    page.write("GAMMA t2.json")
    assert page.ask("document.getElementById('search').value") == "GAMMA t2.json"
    assert page.ask(SHOWN) == "1 of 3 findings are shown"
    page.press("Escape")
    assert page.ask(VISIBLE) == 3


def test_text_finds_vaults_too(page: Browser) -> None:
    page.press("/", "/")
    page.write("kv1-7")
    vaults = "[...document.querySelectorAll('.vault')].filter((e) => e.checkVisibility())"
    assert page.ask(f"{vaults}.length") == 1
    assert page.ask(SHOWN) == "1 of 3 findings are shown", "it names the vault"


def test_the_first_key_leads_past_the_header(page: Browser) -> None:
    page.press("Tab")
    assert page.ask("document.activeElement.textContent") == "Skip to the findings"
    assert page.ask("document.activeElement.getBoundingClientRect().left") >= 0


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_colours_follow_the_system_and_the_button(page: Browser) -> None:
    light = page.ask(BACKGROUND)
    page.prefer("dark")
    dark = page.ask(BACKGROUND)
    assert light != dark
    page.ask("document.getElementById('theme').click()")
    assert page.ask(BACKGROUND) == light
    page.prefer("light")
    page.ask("document.getElementById('theme').click()")
    assert page.ask(BACKGROUND) == dark
    page.prefer("light", "print")
    assert page.ask(BACKGROUND) == light


def test_paper_shows_what_is_folded_and_no_controls(page: Browser) -> None:
    table = "document.querySelector('.vault table').checkVisibility()"
    assert not page.ask(table)
    page.prefer("light", "print")
    assert page.ask(table), "by the styles alone"
    page.ask("dispatchEvent(new Event('beforeprint'))")
    assert page.ask(table)
    assert page.ask("document.getElementById('rule-1').checkVisibility()")
    assert not page.ask("document.getElementById('filter').checkVisibility()")
    assert not page.ask("document.getElementById('theme').checkVisibility()")
    page.ask("dispatchEvent(new Event('afterprint'))")
    page.prefer("light")
    assert not page.ask(table)


def test_the_name_of_a_rule_leads_to_its_page(page: Browser) -> None:
    assert not page.ask("document.getElementById('rule-1').checkVisibility()")
    page.ask("document.querySelector('.place a').click()")
    assert page.ask("document.getElementById('rule-1').checkVisibility()")


SITUATIONS = [each for each in SCENARIOS if each != "many-vaults"]


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("width", [1280, 400])
def test_no_situation_is_wider_than_the_window(
    browser: Browser, tmp_path: Path, name: str, width: int
) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    (tmp_path / "report.html").write_text(page_of(name), encoding="utf-8")
    browser.open(tmp_path / "report.html")
    browser.ask("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.complaints() == []
    browser.call("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("name", SITUATIONS)
def test_paper_shows_everything_without_the_script(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    (tmp_path / "report.html").write_text(page_of(name), encoding="utf-8")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(tmp_path / "report.html")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    browser.prefer("light", "print")
    parts = "[...document.querySelectorAll('main p, main li, main td, main pre, main dd')]"
    assert browser.ask(f"{parts}.length") > 0
    hidden = f"{parts}.filter((e) => e.textContent && !e.checkVisibility())"
    assert browser.ask(f"{hidden}.map((e) => e.outerHTML)") == []
    cut = "[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1"
    cut += " && getComputedStyle(e).overflowX !== 'visible').length"
    assert browser.ask(cut) == 0
    browser.prefer("light")


@pytest.mark.skipif(AXE is None, reason="ARMGUARD_AXE_CORE does not name axe.min.js of axe-core")
@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(
    browser: Browser, tmp_path: Path, name: str, scheme: str
) -> None:
    """By the rules of axe-core, contrast among them."""
    assert AXE is not None
    browser.prefer(scheme)
    (tmp_path / "report.html").write_text(page_of(name), encoding="utf-8")
    browser.call("Page.setBypassCSP", enabled=True)
    browser.open(tmp_path / "report.html")
    browser.call("Page.setBypassCSP", enabled=False)
    browser.ask("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    browser.ask(f"{Path(AXE).read_text('utf-8')}; 0")
    result = browser.call(
        "Runtime.evaluate",
        expression="axe.run().then((result) => [result.passes.length,"
        " result.violations.map((each) => [each.id, each.nodes[0].html])])",
        awaitPromise=True,
        returnByValue=True,
    )
    passed, violations = result["result"]["value"]
    assert passed > 10
    assert violations == []


def test_300_findings_are_filtered_at_once(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, MANY)
    assert browser.ask(SHOWN) == "300 of 300 findings are shown"
    milliseconds = browser.ask(
        "(() => { const begin = performance.now();"
        " document.getElementById('search').value = 'kv29';"
        " document.getElementById('filter').dispatchEvent(new Event('input'));"
        " document.body.getBoundingClientRect(); return performance.now() - begin; })()"
    )
    assert browser.ask(SHOWN) == "11 of 300 findings are shown"
    assert milliseconds < 500


HOSTILE = (
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    '"><svg onload="window.broken = 1">',
    "'-->]]></style><a href='javascript:window.broken=1'>x</a>",
    "&lt;b&gt; &amp; &#x202e;",
    "</pre></code><style>body{display:none}</style>",
)


@pytest.mark.usefixtures("as_written")
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(browser: Browser, tmp_path: Path, text: str) -> None:
    place = Location(text, "/x", Position(1, 1), Position(1, len(text) + 1))
    hostile = Finding(
        text, Severity.ERROR, Certainty.CERTAIN, text, place, details=(Detail(text, (text,)),)
    )
    vault = VaultReport(
        text,
        text,
        place,
        "replaced",
        None,
        text,
        (text,),
        (Access(text, text, text, ((text, (text,)),)),),
    )
    plain = Report(
        deployments=(DeploymentReport(text, (text,), (vault,)),),
        findings=(hostile,),
        rules=(RulePage(text, Severity.ERROR, text, text),),
        sources={text: text},
        notices=(text,),
        crashes=(Crash(text, "E"),),
    )
    opened(browser, tmp_path, plain)
    assert browser.ask("window.broken") is None
    assert browser.ask("document.querySelector('h3').textContent") == f"error {text}"
    assert browser.ask("document.querySelector('mark').textContent") == text
    assert browser.ask("document.querySelectorAll('script, style').length") == 2
    assert browser.ask("document.querySelectorAll('img, svg, [onerror], [onload]').length") == 0
    assert browser.complaints() == []


def test_even_an_injected_script_could_do_nothing(page: Browser) -> None:
    page.ask(
        "(() => { const script = document.createElement('script');"
        " script.textContent = 'window.broken = 1'; document.body.append(script);"
        " const image = new Image(); image.src = 'http://127.0.0.1:9/x'; })()"
    )
    assert page.ask("window.broken") is None
    refused = page.call(
        "Runtime.evaluate",
        expression="fetch('http://127.0.0.1:9/x').then(() => 'sent', () => 'refused')",
        awaitPromise=True,
    )
    assert refused["result"]["value"] == "refused"
    said = json.dumps([each["params"] for each in page.complaints()])
    assert "Content Security Policy" in said
    assert "ERR_CONNECTION" not in said
