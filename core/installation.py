"""Where the program lies: in its sources, or installed by pip."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
"""The folder that holds `core` and `pages`."""
IS_CHECKOUT = (PROJECT / "pyproject.toml").exists()


def shipped(name: str) -> Path:
    """A folder that comes with the program: ``data``, ``docs`` or ``streamlit``.

    In the sources it lies beside `core`, installed within it (see ``setup.py``).
    """
    beside = {"streamlit": ".streamlit"}.get(name, name)
    return PROJECT / beside if IS_CHECKOUT else PROJECT / "core" / "shipped" / name


def default_home() -> Path:
    """Where datasets and runs are kept unless somebody says otherwise: beside the sources, or in one's home folder."""
    return PROJECT / "workspace" if IS_CHECKOUT else Path.home() / "workbench"


def child_environment() -> dict[str, str]:
    """The environment of a process that shall import the same `core`, whatever folder it is started in."""
    if not IS_CHECKOUT:  # it is found as this process has found it
        return dict(os.environ)
    return os.environ | {"PYTHONPATH": str(PROJECT)}
