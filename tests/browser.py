"""A real Chromium for tests, watched: a CSP violation, a script error or a missing file fails the test it happened in.

``page`` is one person's tab on the live server; ``new_context`` opens further people. ``axe`` checks accessibility.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_REPORT_CSP = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}`));"""
# The browser logs every answer of 4xx; which answers are right is for the test to say.
_EXPECTED = re.compile(
    r"^Failed to load resource: the server responded with a status of 4|^Response Status Error Code 4"
)
_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], selectors: false})).violations.map(
  (found) => `${found.id}: ${found.help}\\n    ` + found.nodes.map((node) => node.html).join("\\n    "))"""

NewContext = Callable[..., BrowserContext]
Axe = Callable[[Page], None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``CHROMIUM`` names."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.fail(
            "Browser tests need Chromium. Install it (apt-get install chromium) or name one in CHROMIUM."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_problems() -> Iterator[list[str]]:
    """What went wrong in any tab of this test; the test fails on what is still in the list at its end."""
    problems: list[str] = []
    yield problems
    assert not problems, "The browser reported:\n" + "\n".join(problems)


@pytest.fixture
def new_context(
    transactional_db: None, live_server: LiveServer, browser: Browser, browser_problems: list[str]
) -> Iterator[NewContext]:
    """Opens a browser context (cookies of its own) on the live server; options as in Playwright's ``new_context``."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        settings = {
            "base_url": live_server.url,
            "viewport": {"width": 1280, "height": 900},
            "timezone_id": "UTC",
        }
        context = browser.new_context(**{**settings, **options})
        context.set_default_timeout(30_000)
        context.add_init_script(_REPORT_CSP)
        context.on("page", lambda page: _watch(page, browser_problems))
        opened.append(context)
        return context

    with _Answering() as answering:
        yield open_context
        for context in opened:
            context.close()
        answering.wait()


class _Answering:
    """Counts the requests that the live server is answering.

    A page that is closed sends what was typed in it as its last act. The tables are emptied after the test, and must
    not be while a request still writes into them.
    """

    def __init__(self) -> None:
        self.now = 0
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        request_started.connect(self._begun)
        request_finished.connect(self._ended)
        return self

    def __exit__(self, *_: object) -> None:
        request_started.disconnect(self._begun)
        request_finished.disconnect(self._ended)

    def wait(self, quiet: float = 0.15, longest: float = 10.0) -> None:
        """Until nothing was answered for ``quiet`` seconds."""
        end, since = time.monotonic() + longest, time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(0.02)
            if self.now:
                since = time.monotonic()

    def _begun(self, **_: object) -> None:
        with self.lock:
            self.now += 1

    def _ended(self, **_: object) -> None:
        with self.lock:
            self.now -= 1


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """One person's tab."""
    return new_context().new_page()


@pytest.fixture
def axe() -> Axe:
    """Fails when axe-core finds anything on the page as it stands."""
    scripts = sorted(Path(__file__).parent.glob("vendor/axe-core-*/axe.min.js"))
    assert scripts, "tests/vendor/axe-core-*/axe.min.js is missing. Put it back from version control."
    source = scripts[-1].read_text(encoding="utf-8")

    def check(page: Page) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        found: list[str] = page.evaluate(_AXE)
        assert not found, f"axe found on {page.url}:\n" + "\n".join(found)

    return check


def _watch(page: Page, problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.match(message.text):
            problems.append(f"console: {message.text} ({page.url})")

    def on_response(response: Response) -> None:
        if response.status >= 400 and "/static/" in response.url:
            problems.append(f"{response.status} for {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"script: {error} ({page.url})"))
    page.on("response", on_response)
