"""The dashboard, from the command line."""

import argparse
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from core.commands.output import DONE, FAILED, Result
from core.installation import IS_CHECKOUT, PROJECT, child_environment, shipped
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    app = add("app", _app, "Open the dashboard in the browser. Ctrl-C ends it.")
    app.add_argument("--port", type=int, default=8501, help="where it listens (default: %(default)s)")
    app.add_argument("--headless", action="store_true", help="open no browser")


def _app(workspace: Workspace, options: argparse.Namespace) -> Result:
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "streamlit_app.py")]
    command += ["--server.port", str(options.port), "--server.headless", str(options.headless).lower()]
    command += _configuration()
    environment = child_environment() | {"WORKBENCH_HOME": str(workspace.root)}
    if os.name != "nt":  # in place of this process, so that whoever ends it ends the server
        os.execve(sys.executable, command, environment)
    try:
        ended = subprocess.run(command, env=environment, check=False)
    except KeyboardInterrupt:
        return {}, "", DONE
    return {}, "", FAILED if ended.returncode else DONE


def _configuration() -> list[str]:
    """The options of Streamlit that it finds by itself where they lie beside the script, as in the sources."""
    if IS_CHECKOUT:
        return []
    with (shipped("streamlit") / "config.toml").open("rb") as file:
        values = tomllib.load(file)
    return [f"--{name}={value}" for name, value in _options(values)]


def _options(values: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _options(value, f"{section}{name}.")
        elif isinstance(value, list):
            yield from ((f"{section}{name}", str(each)) for each in value)
        else:
            yield f"{section}{name}", str(value).lower() if isinstance(value, bool) else str(value)
