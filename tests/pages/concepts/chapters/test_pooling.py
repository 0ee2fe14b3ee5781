"""The chapter on pooling: what it says is what is set, small pictures too, and a run is asked about shifted images."""

import threading

import numpy as np
import pytest

from core.errors import WorkbenchError
from core.evaluation.shift_robustness import ShiftRobustness, moves
from core.jobs.inference_client import InferenceClient
from pages.shared import inference


@pytest.fixture
def chapter(visit):
    """Opens the chapter: `chapter(view="shift", right="3")`."""
    return lambda **query: visit("concepts", chapter="pooling", **query)


@pytest.fixture
def run(pets, trained):
    """A run that seems to have weights."""
    found = trained(pets)
    found.best_weights.touch()
    return found


def test_the_size_and_what_is_kept_are_said(chapter):
    page = chapter()
    assert "(512 − 4) / 4 + 1 = 128. 6.25 % of the numbers are left" in page.words.replace("**", "")
    assert "Of the 16 numbers in rows 256–259, columns 256–259, the largest is kept: **46**, from row 259" in page.words
    page.set("Pooling", "average")
    assert "the mean is kept" in page.words
    assert page.query["kind"] == "average"


@pytest.mark.parametrize(
    ("size", "stride", "words"),
    [
        ("3", "2", "(512 − 3) / 2 + 1 = 255.50, rounded down to 255"),
        ("3", "2", "At the end, a row or column fills no window."),
        ("5", "5", "At the end, 2 rows or columns fill no window."),
        ("3", "2", "The windows overlap."),
        ("2", "5", "3 of every 5 cells are never looked at"),
    ],
)
def test_a_stride_that_leaves_something_out_is_told_of(chapter, size, stride, words):
    assert words in chapter(size=size, stride=stride).words


def test_two_arrays_pool_to_the_same_by_the_maximum_alone(chapter):
    page = chapter(view="alike", cell="5")
    assert "33 of the 36 numbers differ between the arrays, and all 9 pooled numbers are the same." in page.words
    grids = "".join(part.proto.body for part in page.at.main.get("html"))
    assert grids.count('<td class="answer">150</td>') == 4, "the winner and the answer, of both arrays"
    page.set("Pooling", "average")
    assert "and 0 of the 9 means are the same" in page.words


def test_the_map_follows_a_shift_and_the_pooled_one_in_whole_steps(chapter):
    page = chapter(view="shift", right="2")
    assert "the largest difference of both orders is 0. A convolution is equivariant." in page.words
    assert "follows exactly only shifts by multiples of 4 pixels" in page.words
    assert "of the largest values of 4×4 windows" in page.chart_texts()[0]
    page.set("Stride", 1)
    assert "With stride 1 the pooled map follows every shift." in page.words
    page.set("What comes in at the edge", "wrap")
    assert "The map follows:** everywhere" in page.words


@pytest.mark.parametrize("side", [1, 2, 9])
@pytest.mark.parametrize("view", ["picture", "shift"])
def test_a_tiny_picture_is_pooled_as_far_as_it_goes(chapter, view, side):
    page = chapter(view=view)
    pixels = np.arange(side * side * 3, dtype=np.uint8).reshape(side, side, 3)
    page.at.session_state["concepts_upload"] = ("dot.png", pixels)
    page.open("concepts", chapter="pooling", view=view, image="upload:dot.png", size="32", stride="32", right="1")
    assert page.errors == []
    assert page.query["size"] == str(side) if side > 1 else True
    assert "Another one is shown" not in page.words


def test_a_row_of_pixels_is_shifted(chapter):
    page = chapter(view="shift")
    page.at.session_state["concepts_upload"] = ("row.png", np.zeros((1, 512, 3), np.uint8))
    assert page.open("concepts", chapter="pooling", view="shift", image="upload:row.png").errors == []


def test_a_forged_link_opens_the_nearest_with_a_word(chapter):
    page = chapter(size="999", kind="<b>median</b>", filter="sobell_x", row="-5")
    assert (page.query["size"], page.query["row"]) == ("32", "0")
    assert len(page.at.warning) == 4


def test_what_makes_the_maps_of_the_network_smaller_is_listed(chapter, run):
    page = chapter()
    assert "Small CNN pools 5 times, without a parameter." in page.words
    assert "| Max pooling 2×2 |" in page.words
    assert "are 16 pixels of the image apart: only shifts by multiples of that can they follow exactly" in page.words


def test_strides_that_do_the_work_of_pooling_are_told_of(chapter, pets):
    page = chapter()  # of the network that is chosen
    assert (
        "MobileNet α 0.75 pools once, without a parameter. Besides, 5 convolutions with a stride above 1" in page.words
    )


def test_without_a_trained_network_it_says_what_would_be_measured(chapter, pets, trained):
    assert "There is no trained network yet." in chapter(view="run").words
    unfinished = trained(pets, evaluated=False)
    assert "There is no trained network yet." in chapter(view="run").words
    unfinished.best_weights.touch()
    page = chapter(view="run")
    assert "The run in view has none yet." in page.words
    assert "Measure it" not in page.buttons


@pytest.mark.parametrize("view", ["picture", "alike", "shift", "run"])
def test_it_opens_for_strangers(chapter, hosted, view):
    assert chapter(view=view).errors == []


@pytest.fixture
def go_on(monkeypatch):
    """Lets the process that has Keras answer, which is not started: a shift by 4 or more pixels costs it half."""
    told = threading.Event()

    def answer(client, task, on_progress, **arguments):
        assert task == "accuracy_by_shift"
        on_progress("Shifting them, and asking the network", 5, 200)
        assert told.wait(60)
        wanted = moves(32)
        right = np.stack([np.arange(40) < (20 if sum(map(abs, move)) >= 4 else 38) for move in wanted])
        return ShiftRobustness("validation", 32, wanted, right)

    monkeypatch.setattr(InferenceClient, "ask", answer)
    monkeypatch.setattr(inference, "SECONDS_AT_ONCE", 0.0)
    inference.task_scheduler.clear()
    yield told
    told.set()
    inference.task_scheduler().close()
    inference.task_scheduler.clear()


def test_a_run_is_asked_about_shifted_images_once_one_wants_it(chapter, run, go_on, eventually):
    page = chapter(view="run")
    assert "Small CNN is asked about up to 200 of its validation images" in page.words
    page.press("Measure it")
    eventually(lambda: "Shifting them, and asking the network" in page.run().words)
    assert "Stop" in page.buttons
    assert any(heading.value == "Try yourself" for heading in page.at.subheader), "the rest stands there meanwhile"
    go_on.set()
    eventually(lambda: page.run().chart_texts())
    assert "It is right on 95 % of 40 validation images as they are." in page.words
    assert "A shift by up to 2 pixels costs it nothing that so many images could show." in page.words
    assert "A shift by 8 pixels costs it 45.0 points (95 % interval" in page.chart_texts()[0]
    assert "Vary the training images" in page.links


def test_what_keeps_it_from_being_measured_is_said(chapter, run, monkeypatch, go_on, eventually):
    def fail(client, task, **arguments):
        raise WorkbenchError("None of the images can be read. *a*.png is gone.")

    monkeypatch.setattr(InferenceClient, "ask", fail)
    page = chapter(view="run").press("Measure it")
    eventually(lambda: "None of the images can be read. *a*.png is gone." in page.run().words)
