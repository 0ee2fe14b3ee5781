"""A real server and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SECONDS_TO_START = 60
SECONDS_TO_APPEAR = 60


class Server:
    """The app, served from a workspace of its own; it can be restarted on the same address.

    No pretrained weights are at hand, whatever this machine has, unless `KERAS_HOME` says where some are.
    """

    def __init__(self, home: Path, **environment: str):
        self.home, self._environment = home, environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        own = {"WORKBENCH_HOME": str(self.home), "KERAS_HOME": str(self.home / "keras")}
        environment = os.environ | own | self._environment
        options = {"server.port": self.port, "server.headless": "true", "server.address": "127.0.0.1"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers, each with an empty workspace, and stops them at the end."""
    servers = []

    def start(**environment: str) -> Server:
        server = Server(tmp_path / f"workspace{len(servers)}", **environment)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no Chromium: install it to run the browser tests")
    library = pytest.importorskip("playwright.sync_api")
    library.expect.set_options(timeout=SECONDS_TO_APPEAR * 1000)
    playwright = library.sync_playwright().start()
    browser = playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
    )
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture
def tab(chromium):
    """A tab of a fresh browser profile, of the size that the screens are designed for."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(SECONDS_TO_APPEAR * 1000)
    page = context.new_page()
    yield page
    context.close()
