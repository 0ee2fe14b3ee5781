"""Old answers under the names that classes have now: a rename is no mistake of the network."""

import json
import time

import numpy as np
import pandas as pd
import pytest

from core.datasets.editing import exclude, include, order_classes, relabel, rename_class
from core.evaluation.comparison import in_words
from core.evaluation.predictions import Predictions
from core.runs.comparison import compare_runs
from core.runs.lineage import retrain
from core.runs.record import Run, create_run
from core.runs.settings import read_settings

SIZES = {"cats": 20, "dogs": 20, "owls": 20}


@pytest.fixture
def pets(imported):
    return imported("pets", SIZES)


@pytest.fixture
def answered(workspace, pets):
    """Makes a run that is right by the labels of now but for some; one of `yesterday` tells less of itself."""

    def make(yesterday=False, wrong=0, **changes):
        run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes))
        run.update(facts={"began": time.time()})
        content = pets.content
        images, names = content.images, content.network_classes
        images.assign(group=np.arange(len(images))).to_parquet(run.folder / "images.parquet")
        true = pets.label_indices(images["label"], names)
        given = true.copy()
        tested = np.flatnonzero(images["split"] == "test")[:wrong]
        given[tested] = (given[tested] + 1) % len(names)
        ids, splits = (images[column].to_numpy(dtype=str) for column in ("path", "split"))
        probabilities = np.eye(len(names))[given] * 0.7 + 0.3 / len(names)
        Predictions(ids, splits, true, probabilities, names).save(run.predictions_path)
        if not yesterday:
            run.update(facts={"classes": names, "entries": content.edits.entries})
        run.update(state="done", started=time.time(), facts={"dataset_version": content.version})
        return run

    return make


def rename(*pairs):
    def change(pets):
        for old, new in pairs:
            rename_class(pets, old, new)

    return change


def merged_by_an_undo(pets):
    first = rename_class(pets, "cats", "felines")
    rename_class(pets, "dogs", "cats")
    pets.edits.undo(first.id)


def merged_and_renamed(pets):
    merged_by_an_undo(pets)
    rename_class(pets, "cats", "mammals")


def renamed_and_undone(pets):
    rename_class(pets, "cats", "zebras")
    pets.edits.undo()


def every_image_relabelled(pets):
    relabel(pets, [f"dogs/{number}.png" for number in range(20)], "cats")


def class_left_out_and_back(pets):
    exclude(pets, [f"dogs/{number}.png" for number in range(20)])
    rename_class(pets, "cats", "zebras")
    include(pets, [f"dogs/{number}.png" for number in range(20)])


CHANGES = {
    "renamed": rename(("cats", "zebras")),
    "chain": rename(("cats", "felines"), ("felines", "Felidae")),
    "circle": rename(("cats", "for now"), ("dogs", "cats"), ("for now", "dogs")),
    "circle of three": rename(("cats", "x"), ("dogs", "cats"), ("owls", "dogs"), ("x", "owls")),
    "name of another": rename(("cats", "felines"), ("dogs", "cats")),
    "and back": rename(("cats", "felines"), ("felines", "cats")),
    "reordered": lambda pets: order_classes(pets, ["owls", "dogs"]),
    "reordered and renamed": lambda pets: (order_classes(pets, ["owls"]), rename_class(pets, "owls", "birds")),
    "renamed and undone": renamed_and_undone,
    "two to one name by an undo": merged_by_an_undo,
    "two to one name, renamed": merged_and_renamed,
    "every image relabelled": every_image_relabelled,
    "left out and back": class_left_out_and_back,
}


@pytest.mark.parametrize("yesterday", [False, True])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_called_otherwise_is_answered_as_before(pets, answered, change, yesterday):
    old = answered(yesterday, wrong=2)
    before = old.evaluate("test")
    change(pets)
    after = Run(old.folder).evaluate("test")
    assert after.class_names == tuple(pets.class_names)
    assert after.accuracy == before.accuracy or len(pets.class_names) < 3, "together, fewer answers are wrong"
    new = answered(wrong=2)
    found = compare_runs([old, new])
    (pair,) = found.pairs.values()
    assert not pair.why_not
    assert not pair.proven
    if len(pets.class_names) == 3:
        assert in_words(pair) == "A and B are right on the same of 12 images: nothing tells them apart."
    labels = Run(old.folder).images().set_index("path")["label"]
    now = pets.images.set_index("path")["label"]
    assert labels.to_dict() == now.to_dict()


def test_undoing_a_rename_of_before_the_run(pets, answered):
    first = rename_class(pets, "cats", "felines")
    relabel(pets, ["dogs/3.png"], "felines")
    run = answered()
    pets.edits.undo(first.id)
    assert Run(run.folder).evaluate("test").accuracy.value == 1
    assert set(Run(run.folder).predictions().class_names) == {"cats", "dogs", "owls"}
    assert "“felines” is “cats” now" in run.naming().words()


def test_a_class_that_is_two_by_now_is_not_compared(pets, answered):
    first = rename_class(pets, "cats", "felines")
    second = rename_class(pets, "dogs", "cats")
    pets.edits.undo(first.id)  # cats and dogs are one class
    old = answered()
    pets.edits.undo(second.id)
    assert old.evaluate("test").class_names == ("owls", "cats or dogs")
    assert old.evaluate("test").accuracy.value == 1
    assert "is “cats” and “dogs” now, and which of them it would answer can't be known" in old.naming().words()
    new = answered()
    for after in (False, True):
        if after:
            new.update(facts={"parent_run": old.id, "edits_since_parent": []})
        (pair,) = compare_runs([old, new]).pairs.values()
        assert "only" in pair.why_not
        assert "“cats or dogs”" in pair.why_not


def test_a_class_whose_images_were_left_out_is_not_taken_for_the_one_that_got_its_name(pets, answered):
    old = answered()
    exclude(pets, [f"dogs/{number}.png" for number in range(20)])
    rename_class(pets, "cats", "dogs")
    found = Run(old.folder).evaluate("test")
    assert found.class_names == ("dogs", "owls", "dogs (left out)")
    assert found.confusion_matrix.tolist() == [[4, 0, 0], [0, 4, 0], [0, 0, 4]]


def test_labels_that_were_corrected_are_still_corrections(pets, answered, monkeypatch):
    old = answered()
    rename_class(pets, "cats", "zebras")
    tested = pets.images[(pets.images["split"] == "test") & (pets.images["label"] == "zebras")]["path"].tolist()
    relabel(pets, tested[:2], "dogs")
    new = answered()
    (pair,) = compare_runs([old, new]).pairs.values()
    assert pair.why_not, "the two did not learn from the same"
    new.update(facts={"parent_run": old.id, "edits_since_parent": [2]})
    found = compare_runs([old, new])
    assert found.remark.startswith("B is A trained again, on images that were corrected in between.")
    assert [row.accuracy.value for row in found.runs] == [pytest.approx(10 / 12), 1.0]


def test_a_run_of_yesterday_whose_clock_was_wrong_is_placed_by_its_labels(pets, answered):
    rename_class(pets, "cats", "zebras")
    old = answered(yesterday=True)
    old.update(started=5.0, facts={"began": 5.0})
    rename_class(pets, "dogs", "cats")
    assert Run(old.folder).evaluate("test").class_names == ("cats", "owls", "zebras")
    assert Run(old.folder).evaluate("test").accuracy.value == 1


def test_what_can_not_be_read_leaves_the_names_as_they_were(pets, answered):
    old = answered()
    rename_class(pets, "cats", "zebras")
    (old.folder / "images.parquet").unlink()
    assert Run(old.folder).evaluate("test").class_names == ("dogs", "owls", "zebras"), "the log alone tells"
    pets.manifest_path.unlink()
    assert Run(old.folder).evaluate("test").class_names == ("cats", "dogs", "owls")


def test_what_is_damaged_is_placed_as_a_run_of_yesterday(pets, answered):
    old = answered()
    rename_class(pets, "cats", "zebras")
    (old.folder / "events.jsonl").write_text('{"time": 1')
    assert Run(old.folder).evaluate("test").class_names == ("dogs", "owls", "zebras")
    old.update(facts={"classes": (), "entries": None, "began": None})
    assert Run(old.folder).evaluate("test").class_names == ("dogs", "owls", "zebras")


def test_the_accuracy_that_is_told_everywhere_is_that_of_the_classes_of_now(pets, answered):
    run = answered(wrong=2)
    told = run.evaluate("test").accuracy.value
    run.update(facts={"test_accuracy": told})
    rename_class(pets, "cats", "zebras")
    assert run.test_accuracy == told
    every_image_relabelled_to(pets, "zebras")
    assert run.test_accuracy == run.evaluate("test").accuracy.value > told
    assert run.summary()["accuracy"] == run.test_accuracy


def every_image_relabelled_to(pets, name):
    """Of dogs, for which cats were taken."""
    relabel(pets, [f"dogs/{number}.png" for number in range(20)], name)


def test_where_it_looks_is_asked_by_the_place_in_the_network(pets, answered):
    run = answered()
    paths = pets.images["path"].tolist()[:25]
    rename_class(pets, "cats", "zebras")
    names = run.predictions().class_names
    assert names == ("dogs", "owls", "zebras")
    assert run.answered_as(paths, names.index("zebras")) == [0] * 25
    relabel(pets, [f"dogs/{number}.png" for number in range(20)], "zebras")
    assert run.predictions().class_names == ("owls", "zebras")
    assert run.answered_as(["cats/0.png", "dogs/0.png"], 1) == [0, 1], "of two the likelier"


def test_the_split_stays_where_a_class_is_renamed(pets):
    settings = read_settings({"dataset": "pets", "architecture": "small_cnn", "split_seed": 7})
    own = settings.split_settings(pets.split_settings)
    pets.set_split(pets.split_settings.__class__(test=7, validation=5))
    counted = settings.split_settings(pets.split_settings)
    before = [pets.content.divided(each)["split"].tolist() for each in (own, counted)]
    order = pets.content.network_classes
    for old, new in (("cats", "zebras"), ("owls", "ants")):
        rename_class(pets, old, new)
    assert [pets.content.divided(each)["split"].tolist() for each in (own, counted)] == before
    assert pets.class_names == ("ants", "dogs", "zebras")
    assert pets.content.network_classes == ("zebras", "dogs", "ants")
    assert order == ("cats", "dogs", "owls")


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [{"architecture": "small_cnn", "image_size": 32}])
@pytest.mark.usefixtures("warm_starts")
def test_training_again_after_nothing_but_names_was_changed_gives_the_same_figures(workspace, pets, command, chosen):
    options = ["--seed", 3, "--epochs", 2, "--set", "deterministic=on", "--set", f"image_size={chosen['image_size']}"]
    code, _, _ = command("train", "pets", "--architecture", chosen["architecture"], *options)
    assert code == 0
    (old,) = workspace.runs.iterdir()
    before = Run(old).evaluate("test")
    for first, then in (("cats", "zebras"), ("owls", "cats")):
        rename_class(pets, first, then)
    order_classes(pets, ["zebras"])
    code, out, _ = command("retrain", old.name, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["compared"]["pairs"][0]["words"].endswith("nothing tells them apart.")
    after = Run(old).evaluate("test")
    assert list(after.class_names) == list(pets.class_names) == found["test"]["labels"]
    assert after.confusion_matrix.tolist() == found["test"]["confusion_matrix"]
    assert after.log_loss.value == pytest.approx(before.log_loss.value, rel=1e-6)
    assert found["test"]["log_loss"] == pytest.approx(before.log_loss.value, rel=1e-4)


def test_retrain_is_offered_after_a_rename(workspace, pets, answered, monkeypatch):
    run = answered()
    rename_class(pets, "cats", "zebras")
    started = []
    monkeypatch.setattr(Run, "launch", lambda job, module, **environment: started.append(job.folder.name))
    assert retrain(workspace, pets, run).id in started


def test_images_of_the_run_without_labels_of_now_are_passed_over(pets, answered):
    run = answered()
    table = pd.read_parquet(run.folder / "images.parquet")
    table.drop(columns="split").to_parquet(run.folder / "images.parquet")
    rename_class(pets, "cats", "zebras")
    assert run.learned_from() is None
    assert run.evaluate("test").accuracy.value == 1
