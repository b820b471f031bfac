"""The app in the system's Chromium: launching it, recording what a page asks for, knowing when a page is ready."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 120.0
"""Seconds that anything on a page is waited for: a busy machine is slow, not wrong."""

REMEDY = "run `make system`, or: sudo apt-get install -y chromium fonts-noto-cjk"

FLAGS = (
    "--no-sandbox",  # tests may run as root
    "--disable-dev-shm-usage",  # containers give little shared memory
    # WebGL without a graphics card, for the map
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # only the map is drawn that way: for whole pages it costs a third of the time
    # the browser's own errands would look like requests of the page
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-sync",
    "--no-first-run",
)

READY = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app
        && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED'
        && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stAppSkeleton"], [data-stale="true"]');
}"""

DRAWN = """() => {
    const all = (outer, inner) => [...document.querySelectorAll(`[data-testid="${outer}"]`)]
        .every(element => element.querySelector(inner) || element.closest('details:not([open])'));
    return all('stDeckGlJsonChart', 'canvas') && all('stPlotlyChart', '.main-svg') && all('stDataFrame', 'canvas');
}"""

VIOLATIONS = """
window.policyViolations = [];
document.addEventListener('securitypolicyviolation', event =>
    window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

HARMLESS = (
    re.compile(r"Failed to load resource.*/_stcore/(health|host-config)"),  # Streamlit tries a deep link's folder first
)


class MissingBrowserError(RuntimeError):
    """Chromium is not on this machine."""


@dataclass
class Recorder:
    """What one page did, from its opening on."""

    origin: str
    page: Page
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    """Errors only, as `kind: text (url)`."""
    transfer: int = 0
    """Bytes over HTTP as they came through the wire, headers included."""
    websocket_received: int = 0
    """Bytes of messages from the server."""

    def foreign(self) -> list[str]:
        """Addresses asked for that are not the app's own."""
        own = (f"{self.origin}/", f"{self.origin.replace('http', 'ws', 1)}/")
        return [url for url in self.requests if not url.startswith((*own, "data:", "blob:"))]

    def errors(self) -> list[str]:
        """Console errors and uncaught exceptions, without those that mean nothing."""
        return [line for line in self.console if not any(pattern.search(line) for pattern in HARMLESS)]

    def policy_violations(self) -> list[str]:
        """What the content security policy kept the present document from doing since this was last asked."""
        return list(self.page.evaluate("window.policyViolations.splice(0)"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless. Raises MissingBrowserError."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        raise MissingBrowserError(f"Chromium is not installed; {REMEDY}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened_page(browser: Browser, *, origin: str, **settings: Any) -> Iterator[tuple[Page, Recorder]]:
    """A page of a fresh visitor (empty cache), recorded; 1920 x 1080 and Chinese unless told.

    Args:
        origin: the app's address; everything else asked for is foreign.
        settings: options of a Playwright context, e.g. locale="en-GB", color_scheme="dark".
    """
    defaults = {"viewport": {"width": 1920, "height": 1080}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(**{**defaults, **settings})
    context.set_default_timeout(1000 * PATIENCE)
    try:
        page = context.new_page()
        yield page, record(page, origin=origin)
    finally:
        context.close()


def record(page: Page, *, origin: str) -> Recorder:
    """Starts recording a page."""
    recorder = Recorder(origin=origin, page=page)
    page.add_init_script(VIOLATIONS)
    page.on("request", lambda request: recorder.requests.append(request.url))
    page.on("pageerror", lambda error: recorder.console.append(f"uncaught: {error}"))

    def on_console(message: Any) -> None:
        if message.type == "error":
            recorder.console.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_websocket(websocket: Any) -> None:
        recorder.requests.append(websocket.url)

        def on_frame(payload: str | bytes) -> None:
            recorder.websocket_received += len(payload)

        websocket.on("framereceived", on_frame)

    def on_loaded(event: dict[str, Any]) -> None:
        recorder.transfer += int(event["encodedDataLength"])

    page.on("console", on_console)
    page.on("websocket", on_websocket)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", on_loaded)
    return recorder


def wait_until_idle(page: Page) -> None:
    """Returns when the run has ended and every map, chart and table on the page is drawn."""
    for state in (READY, DRAWN):  # looked at now and then, not with every frame, which would have frames drawn for it
        page.wait_for_function(state, timeout=1000 * PATIENCE, polling=100)


def shown_errors(page: Page) -> list[str]:
    """The error notices and exceptions on the page, as a reader sees them."""
    return page.locator('[data-testid="stAlertContentError"], [data-testid="stException"]').all_inner_texts()
