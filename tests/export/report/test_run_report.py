"""The report of a run: the figures of `evaluate`, escaped names, missing parts said, and nothing that is fetched."""

import re
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from core.datasets.store import delete_dataset
from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions
from core.evaluation.verdict import verdict
from core.evaluation.words import percent
from core.export.report.run_report import write
from core.runs.labels import write_labels
from core.runs.record import create_run
from core.runs.settings import read_settings

AWKWARD = ("=1+1", "<script>alert(1)</script>", "“quo'te\" & co", "two\nlines", "x" * 300, "🐱 кошка", "כלב {{ 7*7 }}")


def test_the_figures_are_those_of_evaluate(pets, evaluated, report_of):
    run = evaluated(pets)
    report, evaluation = report_of(run), run.evaluate()
    assert " ".join(verdict(evaluation).split()) in report.text
    figures = {row[0]: row[1:] for row in report.table("95 % interval")}
    low, high = (percent(end, evaluation.n) for end in evaluation.accuracy.interval)
    assert figures["Accuracy"][2:4] == [percent(evaluation.accuracy.value, evaluation.n), f"{low[:-2]} – {high}"]
    assert figures["Log loss"][2] == f"{evaluation.log_loss.value:.3f}"
    assert figures["Brier score"][3] == "{:.3f} – {:.3f}".format(*evaluation.brier.interval)
    assert figures["Accuracy"][0] == percent(run.evaluate("train").accuracy.value, run.evaluate("train").n)
    classes = {row[1]: row[2:] for row in report.table("average precision")[1:]}
    for each in evaluation.classes:
        assert classes[each.label] == [str(each.support), *(f"{score.value:.3f}" for score in each.scores.values())]
    matrix = [row[1:] for row in report.table("cats")[1:]]
    assert matrix == [[str(count or "") for count in row] for row in evaluation.confusion_matrix]


def test_the_errors_are_shown_with_what_they_were_taken_for(pets, evaluated, report_of):
    run = evaluated(pets, sharpness=0.5)
    report, test = report_of(run), run.predictions().of("test")
    wrong = np.flatnonzero(~test.right)
    assert len(wrong) > 2
    assert f"{len(wrong)} of {len(test)} test images are taken for another class" in report.text
    for row in wrong:
        given = test.predicted[row]
        label, answer = test.class_names[test.true[row]], test.class_names[given]
        assert f"{label} → {answer} {test.probabilities[row, given]:.0%} {test.ids[row]}" in report.text
    assert "can't be read" not in report.text


def test_nothing_is_fetched_and_nothing_runs(pets, evaluated, report_of):
    report = report_of(evaluated(pets))
    assert not report.all("script") and not report.all("link") and not report.all("iframe")
    assert not re.search(r"https?:|url\(|@import|srcset", report.html)
    assert all(image["src"].startswith("data:image/jpeg;base64,") for image in report.all("img"))
    assert all(link["href"].startswith("#") for link in report.all("a"))
    assert not [name for _, attributes in report.elements for name in attributes if name.startswith("on")]


def test_it_can_be_read_without_eyes(pets, evaluated, report_of):
    report = report_of(evaluated(pets))
    assert report.all("html") == [{"lang": "en"}]
    assert all("alt" in image for image in report.all("img"))
    assert all(drawing["role"] == "img" and len(drawing["aria-label"]) > 20 for drawing in report.all("svg"))
    assert all("scope" in head for head in report.all("th"))
    assert len(report.all("caption")) == len(report.all("table"))
    levels = [int(tag[1]) for tag, _ in report.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert max(after - before for before, after in pairwise(levels)) <= 1, "no level is left out"
    names = [attributes["id"] for _, attributes in report.elements if "id" in attributes]
    assert len(names) == len(set(names))
    assert {link["href"][1:] for link in report.all("a")} <= set(names)
    assert {section["aria-labelledby"] for section in report.all("section") if section} <= set(names)


def test_classes_of_any_name(imported, evaluated, report_of):
    dataset = imported("many", {f"class {number}": 6 for number in range(len(AWKWARD))})
    run = evaluated(dataset, names=AWKWARD)
    write_labels(run, name="<i>the & one</i>", notes="</style><script>")
    report = report_of(run)
    assert not report.all("script") and not report.all("i")
    assert {row[1] for row in report.table("average precision")[1:]} == {" ".join(name.split()) for name in AWKWARD}
    assert "<i>the & one</i> on many" in report.text
    assert "</style><script>" in report.text


def test_of_many_classes_the_matrix_shows_those_that_are_mistaken(imported, evaluated, report_of):
    dataset = imported("many", {f"class {number:02}": 5 for number in range(45)})
    report = report_of(evaluated(dataset, sharpness=1.0))
    assert "Of 45 classes, the 40 that are mistaken most often are shown" in report.text
    matrix = next(rows for rows in report.tables if rows[0][0].startswith("true ↓"))
    assert {len(matrix), *map(len, matrix)} == {41}
    assert len(report.table("average precision")) == 46
    assert len(report.html) < 3_000_000


# What is missing ------------------------------------------------------------------------------------------------------


def test_images_that_are_gone_or_others_are_said(pets, evaluated, report_of):
    run = evaluated(pets, sharpness=0.5)
    test = run.predictions().of("test")
    gone, other = (pets.path_of(path) for path in test.ids[~test.right][:2])
    gone.unlink()
    Image.new("RGB", (8, 8), "red").save(other)
    report = report_of(run)
    assert "The file can't be read any more." in report.text
    assert "The file holds another picture by now." in report.text
    assert len(report.all("img")) > 2, "the others are shown"


def test_of_a_run_whose_dataset_is_gone_the_figures_stand(pets, evaluated, report_of):
    run = evaluated(pets)
    before = report_of(run)
    delete_dataset(pets)
    report = report_of(run)
    assert report.table("95 % interval") == before.table("95 % interval")
    assert "The images can't be shown: The dataset “pets” is not here any more." in report.text
    assert "The images can't be checked: The dataset “pets” is not here any more." in report.text
    assert not report.all("img")


def test_without_its_list_of_images_the_figures_stand(pets, evaluated, report_of):
    run = evaluated(pets)
    run.images_path.unlink()
    report = report_of(run)
    assert "The images can't be shown: The list of images of the run" in report.text
    assert "Right on" in report.text


def test_a_dataset_that_was_changed_is_said(pets, evaluated, report_of):
    run = evaluated(pets)
    assert "was changed since" not in report_of(run).text
    run.update(facts={"dataset_version": "another"})
    assert "The dataset was changed since this run began" in report_of(run).text


@pytest.mark.parametrize("kept", [("train", "test"), ("train", "validation"), ("train",)])
def test_parts_without_images_are_said(pets, evaluated, report_of, kept):
    run = evaluated(pets)
    known = run.predictions()
    rows = np.isin(known.splits.astype(str), kept)
    Predictions(
        known.ids[rows], known.splits[rows], known.true[rows], known.probabilities[rows], known.class_names
    ).save(run.predictions_path)
    report = report_of(run)
    assert ("There are no test images. The figures are of" in report.text) == ("test" not in kept)
    assert ("not calibrated" in report.text) == ("validation" not in kept)


def test_drawn_images_untrained_weights_and_unfinished_runs_are_labelled(pets, evaluated, report_of):
    run = evaluated(pets, architecture="mobilenet_025", weights="untrained")
    info = pets.info
    pets.save(type(info)(**info.__dict__ | {"drawn": True}))
    run.update(state="stopped")
    words = report_of(run).text
    assert "Mind: The images are drawn by the program, not photographs" in words
    assert "Mind: Untrained weights: the backbone is random numbers" in words
    assert "Mind: The run stopped after 2 of" in words


def test_what_can_not_be_written_leaves_nothing(workspace, pets, evaluated, tmp_path):
    empty = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    with pytest.raises(WorkbenchError, match="no predictions yet"):
        write(empty, tmp_path / "report.html")

    def stop(stage, done, total):
        raise WorkbenchError("Stopped.")

    with pytest.raises(WorkbenchError, match="Stopped"):
        write(evaluated(pets), tmp_path / "report.html", stop)
    assert not list(tmp_path.glob("*report*"))


def test_it_is_written_over_an_earlier_one(pets, evaluated, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("an earlier one")
    words = write(evaluated(pets), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert re.match(r"One file of [\d.]+ kB\.", words[0])


@pytest.mark.slow
def test_a_trained_run_of_real_files(workspace, draw_folder, tmp_path, report_of):
    from core.datasets.creation import create_from_path
    from core.datasets.importing import run_import
    from core.training.trainer import train

    draw_folder(tmp_path / "tiny", 20)
    run_import(create_from_path(workspace, tmp_path / "tiny"))
    run = create_run(workspace, read_settings({"dataset": "tiny", "architecture": "small_cnn", "epochs": 2}))
    train(run.folder)
    report = report_of(run)
    assert " ".join(verdict(run.evaluate()).split()) in report.text
    assert run.record.versions["keras"] in report.text
    assert "workbench train tiny --architecture small_cnn --set epochs=2" in report.text
    assert report.all("polyline"), "its curves are drawn"
