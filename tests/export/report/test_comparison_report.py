"""The report of several runs: what `compare` says, the images on which they differ, and what can't be compared."""

import re

import numpy as np
import pytest

from core.errors import UsageError
from core.evaluation.comparison import difference_in_words
from core.evaluation.words import percent
from core.export.report.comparison_report import comparison_report
from core.runs.comparison import compare_runs


@pytest.fixture
def two(pets, evaluated):
    """One that is often right, and one that is less so."""
    return evaluated(pets, sharpness=3.0), evaluated(pets, sharpness=0.5, seed=1, learning_rate=0.01)


def test_it_says_what_compare_says(two, read_document):
    report, found = read_document(comparison_report(two)), compare_runs(two)
    assert found.answer in report.text
    rows = {row[0]: row for row in report.table("accuracy")[1:]}
    for run in found.runs:
        low, high = (percent(end, run.n) for end in run.accuracy.interval)
        assert rows[run.letter][1:4] == [run.name, percent(run.accuracy.value, run.n), f"{low[:-2]}–{high}"]
        assert run.words in report.html
    (pair,) = found.pairs.values()
    assert report.table("is that real?")[1][2:] == [difference_in_words(pair), "yes" if pair.proven else "not proven"]
    assert report.table("setting")[1:] == [["Learning rate", "0.002", "0.01"], ["Seed", "0", "1"]]


def test_each_class_has_the_share_that_each_run_finds(two, read_document):
    report = read_document(comparison_report(two))
    rows = {row[0]: row[1:] for row in report.table("images")[1:]}
    for place, run in enumerate(two):
        for each in run.evaluate().classes:
            assert rows[each.label][0] == str(each.support)
            assert rows[each.label][1 + place] == percent(each.recall.value, each.support)


def test_the_images_on_which_they_differ(two, read_document):
    report = read_document(comparison_report(two))
    one, other = (run.predictions().of("test") for run in two)
    only_first = np.flatnonzero(one.right & ~other.right)
    assert f"Only A right: {len(only_first)} image" in report.text
    for row in only_first:
        label, given = one.class_names[one.true[row]], other.class_names[other.predicted[row]]
        words = f"{label} A: {label} {one.probabilities[row].max():.0%} B: {given} {other.probabilities[row].max():.0%}"
        assert f"{words} {one.ids[row]}" in report.text
    assert len(report.all("img")) >= len(only_first)


def test_nothing_is_fetched_and_nothing_runs(two, read_document):
    report = read_document(comparison_report(two))
    assert not report.all("script") and not report.all("link")
    assert not re.search(r"https?:|url\(|@import", report.html)
    assert all(image["src"].startswith("data:") for image in report.all("img"))


def test_what_can_not_be_compared_is_said(pets, evaluated, two, read_document):
    apart = evaluated(pets, sharpness=0.0, seed=2)
    apart.update(facts={"dataset_version": "another"})
    report = read_document(comparison_report([*two, apart], "validation"))
    assert "Comparison by validation images" in report.text
    assert "Hollow: can't be compared with the best." in report.text
    assert [row[3] for row in report.table("is that real?")[1:] if row[0] == "C"] == ["not comparable"]
    assert "Mind: Not comparable with A: C." in report.text
    assert report.table("images")[0] == ["class", "images", "A", "B"]
    alone = read_document(comparison_report([apart, two[1]]))
    assert "none of the others can be compared with it" in alone.text
    assert "None of the others can be compared with" in alone.text


def test_of_three_runs_each_is_put_beside_the_best(pets, evaluated, two, read_document):
    report = read_document(comparison_report([*two, evaluated(pets, sharpness=0.0, seed=2)]))
    assert len(report.table("is that real?")) == 3
    assert report.text.count("By luck alone") >= 3, "that of the next best is said at the head, too"


def test_without_pictures_the_figures_stand(pets, two, read_document):
    for run in two:
        run.images_path.unlink()
    report = read_document(comparison_report(two))
    assert "The images can't be shown: The list of images of the run" in report.text
    assert "is right most often" in report.text or "is better than" in report.text


def test_one_run_is_not_enough(two):
    with pytest.raises(UsageError, match="from 2 to"):
        comparison_report(two[:1])


def test_the_command_writes_it(command, two, tmp_path, read_document):
    path = tmp_path / "reports" / "pets.html"
    code, output, _ = command("compare", *(run.id for run in two), "--report", path)
    assert code == 0
    assert f"{path}: One file of " in output
    assert compare_runs(two).answer in read_document(path.read_text(encoding="utf-8")).text
    code, _, complaint = command("compare", two[0].id, two[0].id, "--report", tmp_path / "other.html")
    assert code == 2 and "compared with itself" in complaint
    assert not (tmp_path / "other.html").exists()
