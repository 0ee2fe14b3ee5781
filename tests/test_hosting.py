"""What holds where strangers use the app."""

import os
import time

import pytest

from core.errors import UsageError
from core.hosting import DAYS_KEPT_UNUSED, Hosting, new_visitor, visitor_workspace


@pytest.mark.parametrize("value", [None, "", "0", "no", "false"])
def test_on_ones_own_machine_there_are_no_limits(workspace, monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("WORKBENCH_HOSTED", value)
    hosting = Hosting.from_environment()
    assert hosting == Hosting(hosted=False, quota_bytes=0, run_minutes=0)
    (workspace.root / "datasets").mkdir(parents=True)
    (workspace.root / "datasets" / "big").write_bytes(b"x" * 100_000)
    hosting.check_room(workspace)


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_hosted_has_limits_by_default(workspace, monkeypatch, value):
    monkeypatch.setenv("WORKBENCH_HOSTED", value)
    assert Hosting.from_environment() == Hosting(hosted=True, quota_bytes=2 * 2**30, run_minutes=30)


def test_the_host_can_set_the_limits(workspace, monkeypatch):
    for name, value in {"HOSTED": "1", "QUOTA_GB": "0.5", "RUN_MINUTES": "2.5"}.items():
        monkeypatch.setenv(f"WORKBENCH_{name}", value)
    assert Hosting.from_environment() == Hosting(hosted=True, quota_bytes=2**29, run_minutes=2.5)


def test_a_full_workspace_takes_no_more(workspace):
    hosting = Hosting(hosted=True, quota_bytes=1000)
    hosting.check_room(workspace)
    workspace.root.mkdir()
    (workspace.root / "file").write_bytes(b"x" * 999)
    hosting.check_room(workspace)
    (workspace.root / "another").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"full .* Delete a dataset, a run or a prediction first"):
        hosting.check_room(workspace)


def test_visitors_do_not_see_each_other(workspace):
    first, second = (visitor_workspace(workspace, new_visitor()) for _ in range(2))
    assert first.root.is_dir()
    assert second.root.is_dir()
    assert first.root != second.root
    assert first.root.is_relative_to(workspace.root)
    # They do share the places in which runs wait: the machine's processors are everybody's.
    assert first.slots == second.slots == workspace.slots


def test_a_visitor_who_returns_finds_what_was_left(workspace):
    visitor = new_visitor()
    (visitor_workspace(workspace, visitor).root / "mine").touch()
    assert (visitor_workspace(workspace, visitor).root / "mine").exists()


@pytest.mark.parametrize(
    "visitor", ["", "..", "../..", "a" * 31, "A" * 32, "a" * 32 + "\n", "../" + "a" * 29, "g" * 32]
)
def test_made_up_visitors_are_refused(workspace, visitor):
    with pytest.raises(UsageError, match="not one that was given out"):
        visitor_workspace(workspace, visitor)
    assert not workspace.root.exists()


def test_what_nobody_used_for_a_week_is_removed(workspace):
    now, day = time.time(), 24 * 3600
    ages = {new_visitor(): age for age in (DAYS_KEPT_UNUSED - 1, DAYS_KEPT_UNUSED + 1)}
    for visitor, age in ages.items():
        root = visitor_workspace(workspace, visitor).root
        (root / "datasets").mkdir()
        os.utime(root, (now - age * day, now - age * day))
    newest = new_visitor()
    visitor_workspace(workspace, newest)
    kept = {path.name for path in (workspace.root / "visitors").iterdir()}
    assert kept == {newest} | {visitor for visitor, age in ages.items() if age < DAYS_KEPT_UNUSED}


def test_a_late_visitor_finds_everything_and_starts_a_new_week(workspace):
    visitor = new_visitor()
    root = visitor_workspace(workspace, visitor).root
    (root / "mine").touch()
    os.utime(root, (0, 0))
    visitor_workspace(workspace, visitor)
    visitor_workspace(workspace, new_visitor())
    assert (root / "mine").exists()
