"""Folders of empty files: what they hold does not matter to those who look at names."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.folders.class_folders import by_folders
from core.datasets.sources.found import Layout
from core.datasets.sources.listing import list_images


@pytest.fixture
def folders(tmp_path) -> Callable[..., Path]:
    """Makes folders of three images each, or of as many as a name ends in: "cats" or "cats*2"; and links."""

    def make(*names: str, links: Mapping[str, str] | None = None) -> Path:
        for name in names:
            path, _, many = name.partition("*")
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            for number in range(int(many or 3)):
                (tmp_path / path / f"{number}.jpg").touch()
        for name, target in (links or {}).items():
            (tmp_path / name).symlink_to(target)
        return tmp_path

    return make


@pytest.fixture
def found(folders) -> Callable[..., Layout]:
    """What is found in such folders."""

    def find(*names: str, links: Mapping[str, str] | None = None, choices: Choices = AS_FOUND) -> Layout:
        root = folders(*names, links=links)
        return by_folders(root, list_images(root).images, choices)

    return find
