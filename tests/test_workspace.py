"""Where things lie, and what they may be called."""

import unicodedata

import pytest

from core.errors import UsageError
from core.installation import PROJECT
from core.workspace import NAME_LENGTH, Workspace, check_name, suggest_name


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "here"))
    assert Workspace.from_environment().root == (tmp_path / "here").resolve()


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_name_it_lies_beside_the_program(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("WORKBENCH_HOME", raising=False)
    else:
        monkeypatch.setenv("WORKBENCH_HOME", value)
    assert Workspace.from_environment().root == PROJECT / "workspace"


def test_a_relative_folder_stays_the_same_when_the_program_moves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace.at("here")
    assert workspace.root.is_absolute()
    assert workspace.runs == (tmp_path / "here" / "runs").resolve()


def test_the_home_folder_can_be_typed_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Workspace.at("~/here").root == (tmp_path / "here").resolve()


def test_the_tilde_of_an_unknown_user_is_an_ordinary_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Workspace.at("~no such user~/x").root.name == "x"


def test_nothing_is_created_before_it_is_needed(workspace):
    assert not workspace.root.exists()
    assert workspace.size_bytes() == 0


def test_the_size_counts_what_lies_below_once(workspace, tmp_path):
    (workspace.root / "a" / "b").mkdir(parents=True)
    (workspace.root / "a" / "one").write_bytes(b"x" * 1000)
    (workspace.root / "a" / "b" / "two").write_bytes(b"x" * 500)
    assert workspace.size_bytes() == 1500
    # What a link leads to lies elsewhere, and need not be there at all.
    (tmp_path / "outside").write_bytes(b"x" * 10_000)
    (workspace.root / "link").symlink_to(tmp_path / "outside")
    (workspace.root / "broken").symlink_to(tmp_path / "missing")
    assert 1500 <= workspace.size_bytes() < 2500


@pytest.mark.parametrize("name", ["a", "cats_dogs", "2024-05", "v1.2", "Zürich", "猫", "א", "x" * NAME_LENGTH])
def test_good_names_are_taken_as_they_are(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        ".hidden",
        "ends.",
        "a/b",
        "a\\b",
        "../up",
        "C:",
        "a b",
        'say "hi"',
        "🐈",
        "a\nb",
        "a\n",
        "a\0b",
        "x" * (NAME_LENGTH + 1),
        "-rf",
    ],
)
def test_names_that_could_lead_elsewhere_are_refused_with_one_that_works(name):
    with pytest.raises(UsageError, match="cannot be used") as refusal:
        check_name(name)
    suggested = suggest_name(name)
    assert check_name(suggested) == suggested
    assert repr(suggested) in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My photos (2024)", "My_photos_2024"),
        ("  spaced  ", "spaced"),
        ("🐈🐕", "dataset"),
        ("", "dataset"),
        ("../../etc/passwd", "etc_passwd"),
        ("גן חיות", "גן_חיות"),
        (unicodedata.normalize("NFD", "Zürich"), "Zürich"),
    ],
)
def test_any_text_gives_a_name(text, expected):
    assert suggest_name(text) == expected


def test_a_job_lies_in_the_workspace_two_levels_above_it(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_SLOTS", raising=False)
    workspace = Workspace.at(tmp_path)
    assert Workspace.holding(workspace.runs / "1") == workspace
    machine = Workspace.at(tmp_path / "machine")
    monkeypatch.setenv("WORKBENCH_SLOTS", str(machine.slots))
    assert Workspace.holding(workspace.runs / "1") == Workspace(workspace.root, machine.root)
