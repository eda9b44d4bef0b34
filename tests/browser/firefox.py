"""Debian's Firefox, driven by WebDriver BiDi (W3C): Playwright knows only a Firefox that it has patched."""

import contextlib
import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.stack import TIMEOUT
from tools import services

LEFT_BEFORE = "status=2152398850"  # NS_BINDING_ABORTED: the next page was asked for meanwhile
TONE = 440  # of its fake microphone, in Hz
PREFERENCES: dict[str, object] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.navigator.audio.fake_frequency": TONE,
    # Both browsers are on this machine, which has perhaps no other address and certainly no mDNS.
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "intl.accept_languages": "en",
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.normandy.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """One window. Errors of scripts and reports of the security policy are collected in `errors`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.numbers, self.errors = socket, itertools.count(1), list[str]()
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        [window] = self.ask("browsingContext.getTree")["contexts"]
        self.window = str(window["context"])

    def ask(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=TIMEOUT))
            if message["type"] == "event":
                entry = message["params"]
                if entry["level"] == "error" and LEFT_BEFORE not in str(entry.get("text")):
                    self.errors.append(str(entry.get("text")))
            elif message["id"] == number:
                assert message["type"] == "success", message
                return message["result"]

    def goto(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.window, url=url, wait="complete")

    def evaluate(self, function: str, *arguments: object) -> Any:
        """Calls the function in the page; returns what it gives, as JSON."""
        given = ", ".join(json.dumps(each) for each in arguments)
        answer = self.ask(
            "script.evaluate",
            expression=f"Promise.resolve(({function})({given})).then((found) => JSON.stringify(found ?? null))",
            target={"context": self.window},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def until(self, function: str, *arguments: object, seconds: float = TIMEOUT) -> None:
        give_up = time.monotonic() + seconds
        while not self.evaluate(function, *arguments):
            if time.monotonic() > give_up:
                shown = self.evaluate("() => document.body.innerText")
                raise AssertionError(f"waited {seconds} s for {function}; {self.errors}; {shown}")
            time.sleep(0.2)

    def until_there(self, selector: str, text: str = "") -> None:
        self.until(
            "(one, text) => [...document.querySelectorAll(one)].some((each) => each.textContent.includes(text))",
            selector,
            text,
        )

    def click(self, selector: str) -> None:
        """With a real pointer, in the middle of it."""
        self.until_there(selector)
        self.evaluate(
            "(one) => document.querySelector(one).scrollIntoView({ block: 'center', behavior: 'instant' })",
            selector,
        )
        found = self.ask(
            "browsingContext.locateNodes",
            context=self.window,
            locator={"type": "css", "value": selector},
            maxNodeCount=1,
        )
        element = {"type": "element", "element": {"sharedId": found["nodes"][0]["sharedId"]}}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": element},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.act({"type": "pointer", "id": "mouse", "actions": moves})

    def type(self, text: str) -> None:
        """By the keyboard, into what has the focus; `\\n` is the Enter key."""
        keys = [
            {"type": kind, "value": "\ue007" if sign == "\n" else sign}
            for sign in text
            for kind in ("keyDown", "keyUp")
        ]
        self.act({"type": "key", "id": "keyboard", "actions": keys})

    def act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.window, actions=[source])


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A new profile with a camera and a microphone that are not real, and are not asked for."""
    with services.firefox() as program:
        (folder / "user.js").write_text(
            "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items())
        )
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program, "--headless", "--remote-debugging-port", "0", "--profile", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            with connect(f"{address_in(log, process)}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            process.wait(TIMEOUT)


def address_in(log: Path, process: "subprocess.Popen[bytes]") -> str:
    give_up = time.monotonic() + TIMEOUT
    while time.monotonic() < give_up and process.poll() is None:
        if found := re.search(r"WebDriver BiDi listening on (\S+)", log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Firefox does not start: {log.read_text(errors='replace')[-2000:]}")
