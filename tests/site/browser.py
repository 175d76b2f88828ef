"""A headless Chromium that opens pages of the site and tells what they ask for.

It is spoken to in the DevTools protocol, over a socket of this machine.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from tornado.websocket import WebSocketClientConnection, websocket_connect

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
DRAWN = """(async () => {
  await window.MathJax?.startup?.promise;
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  while (!(%s)) await new Promise(requestAnimationFrame);
})()"""
PATIENCE = 60  # seconds for one page, on a busy machine
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]


@dataclass
class Visit:
    """What happened when a page was opened."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)
    picture: bytes = b""

    @property
    def external(self) -> list[str]:
        """Requests for anything but a file or data in the page itself."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Run a browser with an empty profile; it ends with the block."""
    command = [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with asyncio.Runner() as runner:
                session = runner.run(_connect(_port(profile / "DevToolsActivePort")))
                yield Browser(runner, session)
                runner.run(session.end())
        finally:
            process.terminate()


class Browser:
    """A running browser with one tab."""

    def __init__(self, runner: asyncio.Runner, session: _Session) -> None:
        self.runner = runner
        self.session = session

    def visit(self, url: str, **options: object) -> Visit:
        """Open `url` and wait until it is drawn; `ask` holds JavaScript questions to answer then.

        width: of the screen in pixels, dark: what the reader prefers, scripts: whether they run,
        settle: JavaScript that turns true when there is nothing more to wait for.
        """
        return self.runner.run(asyncio.wait_for(self._visit(url, **options), PATIENCE))

    async def _visit(
        self,
        url: str,
        width: int = 1200,
        dark: bool = False,
        scripts: bool = True,
        ask: tuple[str, ...] = (),
        settle: str = "true",
        picture: bool = False,
    ) -> Visit:
        session = self.session
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        await session.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await session.send("Emulation.setEmulatedMedia", features=[scheme])
        await session.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        session.visit = Visit()
        await session.send("Page.navigate", url=url)
        await session.until("Page.loadEventFired")
        if scripts:
            await session.ask(DRAWN % settle)
        for question in ask:
            session.visit.answers[question] = await session.ask(question)
        if picture:
            shot = await session.send("Page.captureScreenshot", captureBeyondViewport=True)
            session.visit.picture = base64.b64decode(shot["data"])
        return session.visit


class _Session:
    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self.visit = Visit()
        self.count = itertools.count(1)

    async def send(self, method: str, **parameters: object) -> dict:
        number = next(self.count)
        message = {"id": number, "method": method, "params": parameters}
        await self.connection.write_message(json.dumps(message))
        answer = await self._wait(lambda event: event.get("id") == number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    async def ask(self, question: str) -> object:
        how = {"returnByValue": True, "awaitPromise": True}
        answer = await self.send("Runtime.evaluate", expression=question, **how)
        return answer["result"].get("value")

    async def until(self, event_name: str) -> None:
        await self._wait(lambda event: event.get("method") == event_name)

    async def end(self) -> None:
        await self.connection.write_message(json.dumps({"id": 0, "method": "Browser.close"}))
        while await self.connection.read_message() is not None:
            pass
        self.connection.close()

    async def _wait(self, fits) -> dict:
        while True:
            event = json.loads(await self.connection.read_message())
            self._note(event.get("method"), event.get("params", {}))
            if fits(event):
                return event

    def _note(self, method: str | None, parameters: dict) -> None:
        if method == "Network.requestWillBeSent":
            self.visit.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.visit.errors.append(details.get("exception", details).get("description", ""))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            self.visit.errors.append(str([one.get("value") for one in parameters["args"]]))


async def _connect(port: int) -> _Session:
    with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
        tab = next(target for target in json.load(answer) if target["type"] == "page")
    address = tab["webSocketDebuggerUrl"]
    session = _Session(await websocket_connect(address, max_message_size=2**28))
    for domain in ("Page", "Network", "Runtime"):
        await session.send(f"{domain}.enable")
    await session.send("Emulation.setFocusEmulationEnabled", enabled=True)  # as in a window in front
    return session


def _port(path: Path) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and (lines := path.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise TimeoutError(f"the browser did not write {path} within a minute")
