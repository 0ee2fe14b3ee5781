"""Chapter 1: what is made of a picture, in numbers; bad input; and one-hot labels counted on a run."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.concepts.pictures import shipped_pixels
from pages.concepts.chapters.images_are_arrays import VIEWS
from tests.pages.concepts.lenses import lens_of

CAT = shipped_pixels("chelsea")


def opened(visit, **state):
    return visit("concepts", chapter="arrays", **state)


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_without_a_dataset(visit, view):
    tab = opened(visit, view=view)
    assert not tab.errors
    assert "Open a dataset" in tab.words


def test_the_picture_is_its_numbers(visit):
    tab = opened(visit)
    assert (lens_of(tab, "picture")[1] == CAT).all()
    assert "300 × 451 × 3 = 405,900 numbers" in lens_of(tab, "lens")[0]["captions"][0]
    assert "(300, 451, 3)" in tab.words


def test_a_pixel_that_there_is_not_is_told(visit):
    tab = opened(visit, row="above", column="-3")
    assert "row = “above”, which there is not: nothing is shown instead" in tab.words
    assert tab.query == {"chapter": "arrays", "column": "0"}


def test_channels_are_switched_off(visit):
    tab = opened(visit, view="channels").set("Green", False).set("Blue", False)
    answer = lens_of(tab, "lens")[1]
    assert (answer[..., 0] == CAT[..., 0]).all()
    assert not answer[..., 1:].any()
    assert "pixels[..., 1] = 0\npixels[..., 2] = 0" in tab.words
    assert (tab.query["green"], tab.query["blue"]) == ("false", "false")


def test_a_rectangle_is_painted(visit):
    tab = opened(visit, view="paint").set("First row", 290).set("Up to row", 400)
    answer = lens_of(tab, "lens")[1]
    assert (answer[290:, 150:350] == (0, 255, 0)).all()
    assert "pixels[290:400, 150:350] = (0, 255, 0)" in tab.words
    assert "No pixel" in lens_of(tab.set("First row", 512), "lens")[0]["captions"][1]


def test_grey_has_one_number_a_pixel(visit):
    tab = opened(visit, view="grey").set("Weights", "mean")
    answer = lens_of(tab, "lens")[1]
    assert (answer == np.round(CAT.mean(axis=2))).all()
    assert "pixels.mean(axis=2)" in tab.words


def test_eight_bits_become_sixteen_or_floats(visit):
    tab = opened(visit, view="depth")
    assert (lens_of(tab, "lens")[1] == 257 * CAT.astype(int)).all()
    assert "multiples of 257" in tab.words
    floats = lens_of(tab.set("Numbers", "float32"), "lens")[1]
    np.testing.assert_allclose(floats, CAT / 255, atol=1e-6)


@pytest.mark.parametrize(
    "state",
    [
        {"view": "channels", "red": "false"},
        {"view": "paint", "top": "3", "left": "440", "right": "500", "colour": "yellow"},
        {"view": "grey", "mean": "mean"},
        {"view": "grey", "mean": "luminance"},
        {"view": "grey", "mean": "luminance_709"},
        {"view": "depth", "depth": "uint16"},
        {"view": "depth", "depth": "float32"},
    ],
)
def test_the_line_of_code_does_what_is_shown(visit, state):
    tab = opened(visit, **state)
    (code,) = [element.value for element in tab.at.main.get("code")]
    assert_does(code, lens_of(tab, "lens")[1])


def assert_does(code: str, answer: np.ndarray) -> None:
    """Whether a line that changes `pixels`, or is worth something, gives this of the cat."""
    names = {"np": np, "pixels": CAT.copy()}
    if "] = " in code:
        exec(code, names)
        made = names["pixels"]
    else:
        made = eval(code, names)
    np.testing.assert_allclose(made, answer, atol=0.5 if answer.dtype.kind == "u" else 1e-6)


def test_the_pixel_that_a_link_names_is_shown_first(visit):
    tab = opened(visit, row="12", column="99999")
    assert lens_of(tab, "lens")[0]["jump"]["place"] == [12, 511]
    assert "99999" in tab.at.warning[0].value
    assert lens_of(opened(visit, row="12"), "lens")[0]["jump"]["place"] is None


def test_a_matrix_is_seen(visit):
    tab = opened(visit, view="matrix", matrix="0 1; 1 0")
    header, picture = lens_of(tab, "picture")
    assert picture.tolist() == [[0, 1], [1, 0]]
    assert (header["arrays"][0]["low"], header["arrays"][0]["high"]) == (0, 1)
    header, _ = lens_of(tab.set("Shades", "clip"), "picture")
    assert header["arrays"][0]["high"] == 255
    tab.at.text_area[0].set_value("1 2\n3")
    assert "Row 2 has 1 number" in tab.run().errors[0]
    assert lens_of(tab, "picture")[1].tolist() == [[0, 1], [1, 0]]
    assert lens_of(tab.press("3 × 3"), "picture")[1].shape == (3, 3)
    assert not tab.errors


@pytest.mark.parametrize(
    ("labels", "predicted", "words"),
    [
        ("0 1", "0 1 2", "2 true classes and 3 predictions"),
        ("0 11", "0 1", "11 is no class"),
        ("0 -1", "0 1", "-1 is no class"),
        ("0 1/2", "0 1", "0.5 is no class"),
        ("0 nought", "0 1", "“nought” is no number"),
    ],
)
def test_labels_that_are_none_are_told(visit, labels, predicted, words):
    tab = opened(visit, view="labels")
    tab.at.text_input[0].set_value(labels)
    tab.at.text_input[1].set_value(predicted)
    assert words in tab.run().errors[0]


def test_predictions_of_the_run_in_view_are_counted(visit, pets, trained):
    run = trained(pets)
    tab = opened(visit, dataset="pets", run=run.id, view="labels")
    correct, images = round(run.evaluate("test").accuracy.value * run.evaluate("test").n), run.evaluate("test").n
    assert f"Over the {images} test images" in tab.words
    assert f"is **{correct}**. Divided by {images}" in tab.words
    tab.press("Take some of your run")
    assert set(tab.at.text_input[0].value.split()) == {"0", "1"}
    assert not tab.errors


def test_a_run_without_predictions_counts_none(visit, pets, trained):
    tab = opened(visit, dataset="pets", run=trained(pets, evaluated=False).id, view="labels")
    assert "Train it" in tab.words
    assert tab.buttons == [] or "Take some of your run" not in tab.buttons


def odd_images(folder: Path) -> Path:
    pictures = {
        "dot": Image.new("L", (1, 1), 7),
        "long": Image.new("L", (10_000, 3), 90),
        "deep": Image.fromarray((np.arange(600 * 40).reshape(600, 40) * 2).astype(np.uint16)),
        "clear": Image.new("RGBA", (8, 8), (200, 100, 0, 40)),
        **{f"plain{number}": Image.new("RGB", (8, 8), (number, 0, 99)) for number in range(9)},
    }
    for number, (name, picture) in enumerate(pictures.items()):
        path = folder / "odd" / ("cats", "dogs")[number % 2] / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
    return folder / "odd"


def test_odd_images_are_shown_as_they_are(visit, import_copy):
    dataset = import_copy("odd images", odd_images, name="odd")
    own = {Path(path).stem: f"own:{path}" for path in dataset.images["path"]}

    tab = opened(visit, dataset="odd", image=own["dot"])
    assert lens_of(tab, "picture")[1].tolist() == [[7]]
    assert "its three channels are the same" in lens_of(tab, "lens")[0]["captions"][0]

    tab = opened(visit, dataset="odd", image=own["long"], view="paint")
    assert lens_of(tab, "picture")[1].shape == (1, 512)
    assert "No pixel" in lens_of(tab, "lens")[0]["captions"][1]
    assert "3 × 10,000 pixels" in lens_of(tab.set("View", "pixels"), "lens")[0]["captions"][0]

    tab = opened(visit, dataset="odd", image=own["deep"])
    assert "The file holds uint16" in lens_of(tab, "lens")[0]["captions"][0]
    tab.set("View", "depth")
    header, values = lens_of(tab, "lens")
    assert header["arrays"][0]["numbers"] == "u2"
    assert values.max() > 47_000
    assert "its own values" in tab.words

    tab = opened(visit, dataset="odd", image=own["clear"], view="depth")
    assert "only the multiples of 257 occur" in tab.words
