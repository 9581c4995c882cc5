"""A headless Chromium that a test asks about a page, through the DevTools protocol over pipes."""

import base64
import fcntl
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from patience import PATIENCE

# Debian's. It may not use its sandbox as root, and loads nothing but what a test made itself.
CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]

# It reads from descriptor 3 and writes to 4.
STARTER = 'exec "${@:3}" 3<&"$1" 4>&"$2" >/dev/null 2>&1 </dev/null'


class Browser:
    """A context manager: one page of a browser of its own.

    `errors` is what the page's console and its policy have complained about, `requests` the URLs
    that were asked for.
    """

    def __enter__(self):
        assert Path(CHROMIUM).exists(), "chromium is missing (Debian package: chromium)"
        self._home = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        from_us, self._to_it = pipe()
        self._from_it, to_us = pipe()
        command = ["bash", "-c", STARTER, "browser", str(from_us), str(to_us), CHROMIUM, *OPTIONS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={self._home.name}"],
            env=os.environ | {"HOME": self._home.name},
            pass_fds=[from_us, to_us],
            start_new_session=True,
        )
        os.close(from_us)
        os.close(to_us)
        self._unread = b""
        self._asked = 0
        self._events = []
        self.errors = []
        self.requests = []
        self._session = None  # so far it is the browser that is asked
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._to_it)
        os.close(self._from_it)
        self._home.cleanup()

    def ask(self, method, **parameters):
        """Send a command of the protocol, and give its result."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to_it, data) :]
        while True:
            answer = self._next_message()
            if answer.get("id") == self._asked:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer)

    def open(self, path, width=1280, height=900, dark=False):
        """Load a file at that width of the window, and wait until its own script has run."""
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self._go_to(Path(path).resolve().as_uri())

    def leave(self):
        """Load nothing more of the page that is open."""
        self._go_to("about:blank")

    def _go_to(self, url):
        self._events.clear()
        self.ask("Page.navigate", url=url)
        while "Page.loadEventFired" not in self._events:
            self._note(self._next_message())

    def resize(self, width, height=900):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)

    def value(self, expression):
        """What a JavaScript expression comes to; a promise is waited for."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True)
        assert "exceptionDetails" not in result, (expression, result["exceptionDetails"])
        return result["result"].get("value")

    def run_scripts(self, allowed):
        """Whether pages may run their scripts from now on."""
        self.ask("Emulation.setScriptExecutionDisabled", value=not allowed)

    def press(self, key, code=0, text=""):
        """Press and release a key, as a user does."""
        for kind in "keyDown", "keyUp":
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text,
                     windowsVirtualKeyCode=code)

    def screenshot(self, path, whole=True):
        data = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def _note(self, event):
        method, parameters = event.get("method"), event.get("params", {})
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self.errors.append(parameters["exceptionDetails"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.errors.append(parameters["args"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.errors.append(parameters["entry"])

    def _next_message(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._unread:
            left = max(deadline - time.monotonic(), 0)
            ready, _, _ = select.select([self._from_it], [], [], left)
            assert ready, f"the browser says nothing for {PATIENCE} s"
            data = os.read(self._from_it, 1 << 20)
            assert data, "the browser has ended"
            self._unread += data
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)


def pipe():
    """A pipe whose ends have numbers beyond those that the browser uses."""
    ends = os.pipe()
    higher = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return higher
