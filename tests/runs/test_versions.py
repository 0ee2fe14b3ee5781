"""What a training was made with."""

import platform

import numpy as np

from core.runs.versions import PACKAGES, versions_in_use


def test_every_package_has_its_version_or_none():
    versions = versions_in_use()
    assert versions.keys() == {"python", "system", *PACKAGES}
    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == np.__version__


def test_a_package_that_is_not_installed_has_none(monkeypatch):
    monkeypatch.setattr("core.runs.versions.PACKAGES", ("numpy", "no-such-package-at-all"))
    assert versions_in_use()["no-such-package-at-all"] is None
