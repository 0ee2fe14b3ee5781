"""A real server and a real Chromium, of which each process that tests has its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from core.datasets.importing import ensure_dataset
from core.datasets.store import Dataset, open_dataset
from core.files import read_json, write_json
from core.installation import PROJECT
from core.jobs.job import Job, is_alive
from core.training.warm_worker_process import FORKS
from core.workspace import Workspace
from tests.processes import ForkedProcess, PreloadedProcess

SAMPLE = "cats_vs_dogs_sample"
STREAMLIT = ("streamlit.web.cli", "streamlit.web.bootstrap", "streamlit.web.server", "plotly.subplots")
# What the screens are designed for.
SCREEN = {"width": 1280, "height": 800}
SECONDS_TO_START = 120
SECONDS_TO_APPEAR = 180


@cache
def preloaded_for_servers() -> PreloadedProcess:
    """One that has loaded Streamlit, and of `core` what pages import; the pages themselves are each server's own."""
    scripts = [PROJECT / "streamlit_app.py", *sorted((PROJECT / "pages").rglob("*.py"))]
    sources = [script.read_text(encoding="utf-8") for script in scripts]
    used = {module for source in sources for module in re.findall(r"^from (core\.[\w.]+) import", source, re.MULTILINE)}
    return PreloadedProcess(*STREAMLIT, *sorted(used))


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
        self._process: subprocess.Popen | ForkedProcess | None = None

    def start(self, cold: bool = not FORKS) -> None:
        """Serve the app; `cold` from a new interpreter, or else from a process that has loaded Streamlit."""
        options = {"server.port": self.port, "server.headless": "true", "server.address": "127.0.0.1"}
        arguments = ["run", "streamlit_app.py"]
        arguments += [part for name, value in options.items() for part in (f"--{name}", str(value))]
        own = {"WORKBENCH_HOME": str(self.home), "KERAS_HOME": str(self.home / "keras")} | self._environment
        if cold:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", *arguments],
                cwd=PROJECT,
                env=os.environ | own,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        else:
            log = self.home.with_suffix(".log")
            self._process = preloaded_for_servers().start(STREAMLIT[0], *arguments, log=log, **own)
        self._wait_until_it_answers()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start(cold=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)


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
        _end_runs(server.home)


def _end_runs(home: Path) -> None:
    """End what a server has launched and a test that failed did not stop: it would train on for an hour."""
    for status in home.rglob("runs/*/status.json"):
        for pid, started in Job(status.parent).written_status().processes:
            if is_alive(pid, started):
                os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(scope="session")
def drawn_sample(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The drawn cats and dogs, read in once for all that begin with them."""
    return ensure_dataset(Workspace.at(tmp_path_factory.mktemp("sample")), SAMPLE)


@pytest.fixture
def bring_sample(drawn_sample: Dataset) -> Callable[[Server], Dataset]:
    """Puts a copy of the drawn cats and dogs into the workspace of a server, as if it had been opened there."""

    def bring(server: Server) -> Dataset:
        workspace = Workspace.at(server.home)
        folder = workspace.datasets / SAMPLE
        shutil.copytree(drawn_sample.folder, folder)
        known = read_json(folder / "dataset.json")
        root = folder / Path(known["root"]).relative_to(drawn_sample.folder)
        write_json(folder / "dataset.json", known | {"root": str(root)})
        return open_dataset(workspace, SAMPLE)

    return bring


def find_chromium() -> str | None:
    """Where this machine has a Chromium; None where it has none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch(playwright, path: str):
    """A running Chromium."""
    return playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
    )


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium: install it to run the browser tests")
    library = pytest.importorskip("playwright.sync_api")
    library.expect.set_options(timeout=SECONDS_TO_APPEAR * 1000)
    playwright = library.sync_playwright().start()
    browser = launch(playwright, path)
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture
def tab(chromium):
    """A tab of a fresh browser profile, of the size that the screens are designed for."""
    context = chromium.new_context(viewport=SCREEN)
    context.set_default_timeout(SECONDS_TO_APPEAR * 1000)
    page = context.new_page()
    yield page
    context.close()
