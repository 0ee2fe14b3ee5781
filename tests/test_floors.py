"""The floors of the house: no arrow runs up, and none in a circle."""

from tests import floors


def test_every_module_lies_in_a_room():
    graph = floors.import_graph()
    assert len(graph) > 300
    assert set(map(floors.room_of, graph)) <= {room for floor in floors.FLOORS for room in floor}
    assert floors.room_of("core/augmentation/recipe") == "core.augmentation"
    assert floors.room_of("core/augmentation/layers/geometry") == "core.augmentation.layers"
    assert (floors.room_of("pages/dataset"), floors.room_of("pages/dataset/bring")) == ("pages", "pages.dataset")


def test_no_module_imports_itself_by_way_of_others():
    assert floors.circle(floors.import_graph()) == []


def test_no_arrow_runs_up():
    assert floors.arrows_up(floors.import_graph()) == []


def test_a_circle_and_an_arrow_up_are_found():
    assert floors.circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) in (list("abca"), list("bcab"), list("cabc"))
    assert floors.circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    up = ("core/jobs/job", "core/runs/record")
    beside = ("core/sweeps/sweep", "core/advice/diagnosis")
    down = ("pages/model", "pages/model/weights")
    graph = {module: {other} for module, other in (up, beside, down)}
    assert floors.arrows_up(graph) == [up, beside]


def test_imports_within_functions_and_for_type_checkers_count(tmp_path):
    for name in ("core/__init__", "core/errors", "core/files", "core/jobs/__init__", "core/jobs/job"):
        (tmp_path / f"{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "core/files.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from core.jobs import job\n"
        "def function():\n    import core.errors\n    from core.jobs.job import Job\n"
    )
    assert floors.import_graph(tmp_path)["core/files"] == {"core/errors", "core/jobs/job"}


def test_the_drawing_that_is_documented_is_the_one_of_now():
    assert floors.documented() in (None, floors.drawing()), "run `python -m tests.floors --write`"


def test_the_drawing_is_written_between_its_marks(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "DOCUMENT", tmp_path / "architecture.md")
    assert floors.documented() is None
    floors.DOCUMENT.write_text(f"# The house\n\n{floors.BEGIN}old\n{floors.END}\nMore.\n", encoding="utf-8")
    floors.write()
    assert floors.documented() == floors.drawing()
    text = floors.DOCUMENT.read_text(encoding="utf-8")
    assert text.startswith("# The house\n") and text.endswith("\nMore.\n") and "old" not in text
