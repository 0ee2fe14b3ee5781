"""The log of edits: what it comes to, that every edit can be taken back, and that nothing spoils it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.datasets.edits import ACCEPT, EXCLUDE, INCLUDE, ORDER, RELABEL, RENAME, EditLog, State, check_label
from core.errors import UsageError
from core.installation import PROJECT

CAT, DOG = ("cats/1.png", "aa"), ("dogs/1.png", "bb")
EVERY = [
    (RELABEL, {"images": dict([CAT]), "label": "dogs"}),
    (EXCLUDE, {"images": dict([CAT]), "why": "blurred"}),
    (ACCEPT, {"images": dict([CAT]), "finding": "blank"}),
    (RENAME, {"old_label": "cats", "label": "felines"}),
    (ORDER, {"classes": ["dogs", "cats"]}),
]


@pytest.fixture
def log(tmp_path):
    return EditLog(tmp_path / "edits.jsonl")


# What edits come to --------------------------------------------------------------------------------------------------


def test_without_a_file_nothing_was_edited(log):
    assert log.state() == State()
    assert log.standing() == []
    assert not log.path.exists()


def test_each_kind_of_edit_shows_in_the_state(log):
    for action, values in EVERY:
        log.add(action, **values)
    state = EditLog(log.path).state()
    assert state.labels == {CAT: "dogs"}
    assert state.excluded == {CAT: "blurred"}
    assert state.accepted == {"blank": {CAT}}
    assert state.names == {"cats": "felines"}
    assert state.order == ["dogs", "cats"]


def test_the_later_edit_of_an_image_counts(log):
    log.add(RELABEL, images=dict([CAT, DOG]), label="owls")
    log.add(RELABEL, images=dict([CAT]), label="dogs")
    assert log.state().labels == {CAT: "dogs", DOG: "owls"}
    log.add(EXCLUDE, images=dict([CAT, DOG]))
    log.add(INCLUDE, images=dict([DOG]))
    assert log.state().excluded == {CAT: ""}


def test_what_is_put_back_without_having_been_excluded_changes_nothing(log):
    log.add(INCLUDE, images=dict([CAT]))
    assert log.state() == State()


def test_renaming_goes_along_with_what_was_said_of_the_class_before(log):
    log.add(RELABEL, images=dict([DOG]), label="cats")
    log.add(ORDER, classes=["dogs", "cats"])
    log.add(RENAME, old_label="cats", label="felines")
    state = log.state()
    assert (state.labels, state.order) == ({DOG: "felines"}, ["dogs", "felines"])


def test_a_class_that_is_renamed_twice_has_the_last_name(log):
    log.add(RENAME, old_label="cats", label="felines")
    log.add(RENAME, old_label="felines", label="Felidae")
    assert log.state().names == {"cats": "Felidae"}, "a folder “felines” that comes later is a class of its own"


def test_two_classes_can_swap_their_names(log):
    for old, new in (("cats", "for now"), ("dogs", "cats"), ("for now", "dogs")):
        log.add(RENAME, old_label=old, label=new)
    names = log.state().names
    assert (names["cats"], names["dogs"]) == ("dogs", "cats")


def test_a_class_can_get_its_own_name_back_by_hand(log):
    log.add(RENAME, old_label="cats", label="felines")
    log.add(RENAME, old_label="felines", label="cats")
    assert log.state().names == {"cats": "cats"}


def test_each_kind_of_edit_is_told_in_words(log):
    told = [log.add(action, **values).in_words() for action, values in EVERY]
    assert told == [
        "1 image relabelled “dogs”",
        "1 image excluded: blurred",
        "1 image found to be all right",
        "Class “cats” renamed “felines”",
        "Classes put in order",
    ]
    assert log.add(INCLUDE, images=dict([CAT, DOG])).in_words() == "2 images put back"


# Undo ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "values"), EVERY, ids=[action for action, _ in EVERY])
def test_every_kind_of_edit_can_be_undone(log, action, values):
    edit = log.add(action, **values)
    assert log.undo() == edit
    assert log.state() == State()
    assert log.standing() == []


def test_any_edit_can_be_undone_and_the_others_stay(log):
    first, middle, last = (log.add(EXCLUDE, images={f"{name}.png": name}) for name in "abc")
    assert log.undo(middle.id).id == middle.id
    assert log.state().excluded == {("a.png", "a"): "", ("c.png", "c"): ""}
    assert [edit.id for edit in log.standing()] == [first.id, last.id]


def test_without_a_number_the_last_that_stands_is_undone(log):
    edits = [log.add(EXCLUDE, images={f"{name}.png": name}) for name in "abc"]
    assert [log.undo().id for _ in edits] == [edit.id for edit in reversed(edits)]
    with pytest.raises(UsageError, match="nothing to undo"):
        log.undo()


def test_an_edit_is_undone_once(log):
    edit = log.add(EXCLUDE, images=dict([CAT]))
    other = log.add(EXCLUDE, images=dict([DOG]))
    log.undo(edit.id)
    for wrong in (edit.id, other.id + 1, 99, 0):  # undone, an undo, and none at all
        with pytest.raises(UsageError, match=rf"no edit {wrong} that stands\. The last ones are {other.id}"):
            log.undo(wrong)
    assert log.state().excluded == {DOG: ""}


def test_undoing_one_of_two_equal_edits_leaves_the_other(log):
    log.add(EXCLUDE, images=dict([CAT]), why="first")
    second = log.add(EXCLUDE, images=dict([CAT]), why="second")
    log.undo(second.id)
    assert log.state().excluded == {CAT: "first"}


def test_what_was_undone_can_be_done_again(log):
    log.add(EXCLUDE, images=dict([CAT]))
    log.undo()
    again = log.add(EXCLUDE, images=dict([CAT]))
    assert log.state().excluded == {CAT: ""}
    assert [edit.id for edit in log.standing()] == [again.id]


def test_undoing_the_first_of_two_renamings_raises_nothing(log):
    first = log.add(RENAME, old_label="cats", label="felines")
    log.add(RENAME, old_label="felines", label="Felidae")
    log.undo(first.id)
    assert "cats" not in log.state().names


# The file ------------------------------------------------------------------------------------------------------------


def test_names_of_every_kind_come_back(log):
    path = "שלום/“x” 'y' \"z\"\\n, 🐈.png"
    log.add(RELABEL, images={path: "aa"}, label="кошки 🐈", why="line one\nline two")
    (edit,) = EditLog(log.path).standing()
    assert (dict(edit.images), edit.label, edit.why) == ({path: "aa"}, "кошки 🐈", "line one\nline two")


def test_a_torn_last_line_spoils_nothing_but_itself(log):
    log.add(EXCLUDE, images=dict([CAT]))
    log.add(EXCLUDE, images=dict([DOG]))
    log.path.write_bytes(log.path.read_bytes()[:-20])
    assert log.state().excluded == {CAT: ""}
    added = log.add(EXCLUDE, images={"owls/1.png": "cc"})
    assert log.state().excluded == {CAT: "", ("owls/1.png", "cc"): ""}
    log.undo(added.id)
    assert log.state().excluded == {CAT: ""}


def test_lines_that_are_no_edits_are_passed_over(log):
    log.path.write_text('[]\n"text"\n{}\n\n\0\0\0\n')
    log.add(EXCLUDE, images=dict([CAT]))
    assert log.state().excluded == {CAT: ""}


def test_an_undo_never_erases_what_was_written(log):
    log.add(EXCLUDE, images=dict([CAT]))
    before = log.path.read_bytes()
    log.undo()
    assert log.path.read_bytes().startswith(before)


def test_threads_that_write_at_once_lose_nothing(log):

    def write(number):
        return EditLog(log.path).add(EXCLUDE, images={f"{number}.png": "aa"}).id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(write, range(40)))
    assert sorted(ids) == list(range(1, 41)), "each has a number of its own, by which it can be undone"
    assert len(log.state().excluded) == 40


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(log):
    program = (
        "import pathlib, sys; from core.datasets.edits import EditLog\n"
        "log = EditLog(pathlib.Path(sys.argv[1]))\n"
        "for number in range(30): log.add('exclude', images={f'{sys.argv[2]}/{number}.png': 'aa'})"
    )
    command = [sys.executable, "-c", program, str(log.path)]
    processes = [subprocess.Popen([*command, name], cwd=PROJECT) for name in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    assert sorted(edit.id for edit in log.standing()) == list(range(1, 61))
    assert len(log.state().excluded) == 60


# Labels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "label"), [(" cats ", "cats"), ("кошки 🐈", "кошки 🐈"), ("x" * 100, "x" * 100), ("0", "0")]
)
def test_a_label_is_taken_without_the_blanks_around_it(given, label):
    assert check_label(given) == label


@pytest.mark.parametrize("label", ["", "   ", "x" * 101, "a\nb", "a\0b", "a\tb"])
def test_a_label_that_nobody_could_read_is_refused(label):
    with pytest.raises(UsageError, match="A class needs a name of 1 to 100 letters"):
        check_label(label)


def test_a_label_that_is_taken_is_refused_with_the_way_to_join_two_classes(log):
    with pytest.raises(UsageError, match="Relabel the images to join the two"):
        check_label(" dogs", ("cats", "dogs"))
