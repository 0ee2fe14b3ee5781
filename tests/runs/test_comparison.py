"""Runs side by side: their names, what differs, what they reached and cost."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import UsageError, WorkbenchError
from core.evaluation.by_groups import SignFlips
from core.evaluation.comparison import in_words
from core.runs.comparison import MOST_RUNS, compare_runs
from core.runs.record import create_run
from core.runs.settings import read_settings


def test_the_best_is_put_beside_each_other_one(finished):
    runs = [finished(10, learning_rate=0.01), finished(2), finished(2, version="2"), finished(4, first=7)]
    found = compare_runs(runs)
    assert found.best == runs[1].id
    assert [row.letter for row in found.runs] == ["A", "B", "C", "D"]
    first = found.runs[0]
    assert (first.accuracy.value, first.n, first.seconds, first.bytes_on_disk) == (0.75, 40, 60, 1000)
    assert [first.accuracy.low, first.accuracy.high] == pytest.approx([0.598, 0.858], abs=1e-3)
    assert first.parameters > 1000
    assert found.settings == {"learning_rate": [0.01, 0.002, 0.002, 0.002]}
    assert [not pair.why_not for pair in found.pairs.values()] == [True, False, False]
    assert list(found.pairs) == [runs[0].id, runs[2].id, runs[3].id]
    assert list(found.not_comparable) == [runs[2].id, runs[3].id]
    pair = found.pairs[runs[0].id]
    assert (pair.first, pair.second) == ("B", "A")
    assert pair.difference.value == pytest.approx(-0.2)
    assert (pair.mcnemar.only_first, pair.mcnemar.only_second) == (8, 0)
    assert pair.mcnemar.p_value == pytest.approx(2 / 2**8)
    assert in_words(pair).startswith("A is right on 0 images that B gets wrong, and wrong on 8 that B gets right.")
    written = found.to_dict()["pairs"][0]
    assert (written["first_run"], written["second_run"]) == (runs[1].id, runs[0].id)
    assert written["comparable"]


def test_the_answer_is_a_sentence_with_the_chance_in_it(finished):
    good, second, bad, worst = finished(0, seed=1), finished(3, seed=2), finished(15, seed=3), finished(20, seed=4)

    def told(*runs):
        found = compare_runs(runs)
        return found.answer, found.others

    assert told(good, second) == (
        "A (Small CNN, seed 1) is right most often, on 100 % of 40 test images, but its lead over "
        "B (Small CNN, seed 2), which is right on 92 %, could be chance.",
        "",
    )
    assert told(bad, good)[0] == (
        "B (Small CNN, seed 1) is better than A (Small CNN, seed 3), by more than chance: it is right on 100 % of "
        "40 test images, A on 62 %."
    )
    assert told(second, finished(3, seed=9))[0].endswith("each on 92 % of 40 test images: neither is better.")
    assert told(good, finished(3, first=9))[0].endswith("but none of the others can be compared with it.")
    assert told(good, second, bad)[1] == "A is also better than C, by more than chance."
    assert told(good, second, finished(4))[1] == "C could be as good, too."
    assert (
        told(good, second, finished(4), bad, worst)[1]
        == "Of the other 3, A is better than D and E by more than chance."
    )


def test_groups_of_the_run_are_respected(finished):
    runs = [finished(0), finished(10)]
    for run in runs:
        table = pd.DataFrame({"path": [f"{index}.png" for index in range(40)], "group": np.arange(40) // 10})
        table.to_parquet(run.folder / "images.parquet")
    (pair,) = compare_runs(runs).pairs.values()
    assert pair.mcnemar.p_value < 0.01
    assert pair.by_groups == SignFlips(groups=4, ahead_first=1, ahead_second=0, p_value=1.0)
    assert not pair.proven


def test_a_run_is_compared_with_what_became_of_it_once_labels_were_corrected(finished):
    old, between, new = finished(10), finished(8, version="2"), finished(2, version="3", first=4)
    for later, earlier in ((between, old), (new, between)):
        later.update(facts={"parent_run": earlier.id, "edits_since_parent": [1]})
    found = compare_runs([new, old])
    assert found.remark.startswith("A is B trained again, on images that were corrected in between.")
    assert [row.n for row in found.runs] == [36, 36]
    assert not found.not_comparable
    third = compare_runs([new, old, finished(3)])
    assert third.remark == ""
    assert set(third.not_comparable) == set(third.pairs), "with others they are as far apart as they were"


def test_a_run_is_not_compared_with_one_of_other_classes_altogether(finished):
    """The images were read in by another column in between: of patients, not of cats and dogs."""
    old, new = finished(10), finished(2, version="2")
    new.update(facts={"parent_run": old.id})
    answers = new.predictions()
    replace(answers, class_names=("p1", "p2")).save(new.predictions_path)
    found = compare_runs([new, old])
    assert found.remark == ""
    assert list(found.not_comparable) == list(found.pairs)
    assert "none of the others can be compared with it" in found.answer


def test_a_backbone_counts_among_parameters_and_size(finished):
    found = compare_runs([finished(1), finished(1, architecture="mobilenet_075", weights="untrained")])
    own, backbone = found.runs
    assert backbone.parameters > 1_800_000
    assert backbone.bytes_on_disk > 4 * 1_800_000
    assert (own.untrained, backbone.untrained) == (False, True)


def test_what_can_not_be_compared_is_refused(finished, workspace):
    run = finished()
    for runs in ([], [run], [run, run], [finished() for _ in range(2)] * (MOST_RUNS // 2 + 1)):
        with pytest.raises(UsageError):
            compare_runs(runs)
    with pytest.raises(UsageError, match="no validation images"):
        compare_runs([run, finished()], "validation")
    unfinished = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    with pytest.raises(WorkbenchError, match="no predictions yet"):
        compare_runs([run, unfinished])


def test_the_accuracies_are_drawn_the_best_on_top_and_said_in_words(finished):
    runs = [finished(10), finished(2), finished(4, version="2")]
    found = compare_runs(runs)
    figure = found.figure()
    assert [trace.x[0] for trace in figure.data] == [0.75, 0.9, 0.95]
    assert [trace.marker.symbol for trace in figure.data] == ["circle", "circle-open", "circle"], "hollow: other images"
    assert [label[:8] for label in figure.layout.yaxis.ticktext] == ["<b>A</b>", "<b>C</b>", "<b>B</b>"]
    assert "right, of the test images" in figure.layout.xaxis.title.text
    first, *_, last = found.in_words().split("; ")
    assert first == f"{found.runs[1].name}: 95 % of 40 (95 % interval 83–99 %)"
    assert last == f"{found.runs[0].name}: 75 % of 40 (95 % interval 60–86 %)."
