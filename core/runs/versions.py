"""Versions: of Python, the system and the packages that decide what a training comes to."""

import importlib.metadata
import platform

PACKAGES = ("keras", "tensorflow", "numpy", "pandas", "pillow", "scikit-learn", "streamlit", "openvino")


def versions_in_use() -> dict[str, str | None]:
    """By "python", "system" and the name of each package; None for one that is not installed."""
    machine = {"python": platform.python_version(), "system": platform.platform()}
    return machine | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # the engine does without OpenVINO
        return None
