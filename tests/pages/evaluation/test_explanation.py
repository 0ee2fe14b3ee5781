"""Why this answer: what a visitor sees of it and is told, with a helper that answers at once."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import WorkbenchError
from core.hosting import Hosting
from core.jobs.inference_client import InferenceClient
from pages.evaluation.explanation import COVERED, KERNELS, LAYERS, NEAREST
from pages.shared.page import STEPS, Page

SIDE = 16


def answer(task, **arguments):
    """What the process that has Keras gives, of the shapes that it has."""
    image = np.full((SIDE, SIDE, 3), 90, np.uint8)
    if task == "grad_cam":
        count = len(arguments["paths"])
        heat = np.zeros((count, SIDE, SIDE), np.float32)
        heat[0, :4, -4:] = 1
        return heat, np.repeat(image[None], count, axis=0)
    if task == "occlusion":
        drops = np.zeros((len(arguments["classes"]), SIDE, SIDE), np.float32)
        drops[0, :4, :4] = 0.5
        probabilities = np.linspace(0.8, 0.2, len(drops))
        return {"image": image, "probabilities": probabilities, "drops": drops, "square": 4, "grid": 7}
    if task == "activations":
        maps = np.full((3, 8, 8), 200, np.uint8)
        layer = {"count": 9, "shape": (8, 8, 32), "channels": np.array([5, 0, 31]), "maps": maps}
        return [layer | {"number": number} for number in (1, 5, 9)]
    if task == "nearest":
        found = (("cats/0.png", "cats"), ("cats/1.png", "cats"), ("dogs/0.png", "dogs"))
        return [{"path": path, "label": label, "similarity": 0.9} for path, label in found]
    return {"kind": "convolution", "count": 100, "pictures": np.full((96, 3, 3, 3), 128, np.uint8)}


@pytest.fixture
def asked(monkeypatch) -> list[dict]:
    requests = []

    def ask(helper, task, **arguments):
        requests.append({"task": task} | arguments)
        return answer(task, **arguments)

    monkeypatch.setattr(InferenceClient, "ask", ask)
    return requests


@pytest.fixture
def shown(workspace, pets, trained, asked):
    """Draws the explanation of an image that was taken for the other class: `shown(kept=True, view=COVERED)`."""

    def draw(path=None, kept=True, gone=False, **changes):
        run = trained(pets, **changes)
        if kept:
            run.best_weights.write_bytes(b"weights")
        predictions = run.predictions()
        wrong = np.flatnonzero(predictions.true != predictions.predicted)[0]
        path = path or str(predictions.ids[wrong])
        if gone:
            pets.path_of(path).unlink()
        page = Page(STEPS["evaluation"], workspace, Hosting(), pets, run)

        def script(page, path, true, predicted):
            from pages.evaluation.explanation import show_explanation

            show_explanation(page, page.run, path, true, predicted)

        arguments = (page, path, int(predictions.true[wrong]), int(predictions.predicted[wrong]))
        at = AppTest.from_function(script, args=arguments, default_timeout=60).run(timeout=60)
        assert not at.exception
        return at

    return draw


def choose(at: AppTest, view: str) -> AppTest:
    at.get("button_group")[0].set_value(view)
    at.run()
    assert not at.exception
    return at


def tiles(at: AppTest) -> list[dict]:
    return [tile for part in at.get("bidi_component") for tile in json.loads(part.proto.json)["items"]]


def words(at: AppTest) -> str:
    texts = [element.value for kind in ("caption", "info", "markdown") for element in at.get(kind)]
    return re.sub(r"\\(.)", r"\1", "\n".join(texts + [bar.proto.text for bar in at.get("progress")]))


def test_both_classes_have_their_heat_beside_the_image_and_their_bars(shown, asked):
    at = shown()
    assert [request["task"] for request in asked] == ["grad_cam"]
    assert asked[0]["classes"] == [1, 0] or asked[0]["classes"] == [0, 1]
    assert len(set(asked[0]["paths"])) == 1
    captions = [(tile["caption"], tile["second"]) for tile in tiles(at)]
    assert captions[0] == ("the image", "")
    assert {caption for caption, _ in captions[1:]} == {"for cats", "for dogs"}
    assert [second for _, second in captions[1:]] == ["its answer", "nothing"]
    assert "the most at the top right" in tiles(at)[1]["title"]
    assert all(tile["source"].startswith("data:image/jpeg") for tile in tiles(at))
    assert "80 %** · its answer" in words(at)
    assert "20 %** · true" in words(at)
    assert "Nothing in the image speaks for" in words(at)


def test_another_strength_asks_for_nothing_anew(shown, asked):
    at = shown()
    before = tiles(at)[1]["source"]
    at.slider(key="why_strength").set_value(0).run()
    assert tiles(at)[1]["source"] != before
    assert len(asked) == 1


def test_covering_layers_and_kernels(shown, asked):
    at = choose(shown(), COVERED)
    assert "4 px was put on 7 × 7 places" in words(at)
    assert tiles(at)[1]["caption"].endswith("80 %")
    assert tiles(at)[1]["second"] == "covered, 30 % to 80 %"
    choose(at, LAYERS)
    assert [tile["caption"] for tile in tiles(at)] == ["map 6", "map 1", "map 32"]
    assert "The 3 strongest of 32 maps of 8 × 8" in words(at)
    choose(at, KERNELS)
    assert len(tiles(at)) == 96
    assert "96 of 100 kernels of the first convolution, 3 × 3" in words(at)
    assert [request["task"] for request in asked] == ["grad_cam", "occlusion", "activations", "kernels"]


def test_without_weights_there_are_bars_and_the_reason(shown, asked):
    at = shown(kept=False)
    assert "This run has kept no weights" in words(at)
    assert "· its answer" in words(at)
    assert asked == []


def test_an_image_that_is_gone_leaves_the_kernels(shown, asked):
    at = shown(gone=True)
    assert "is gone: its file was moved or deleted" in words(at)
    assert asked == []
    choose(at, KERNELS)
    assert [request["task"] for request in asked] == ["kernels"]


def test_what_the_helper_refuses_is_told(shown, monkeypatch):
    def refuse(helper, task, **arguments):
        raise WorkbenchError("The weights of the run are damaged *here*.")

    monkeypatch.setattr(InferenceClient, "ask", refuse)
    assert "The weights of the run are damaged *here*." in words(shown())


def test_the_training_images_most_like_it(shown, asked):
    at = shown()
    choose(at, NEAREST)
    assert asked[-1]["task"] == "nearest"
    assert [(tile["caption"], tile["second"]) for tile in tiles(at)] == [
        ("cats", "0.90 alike"),
        ("cats", "0.90 alike"),
        ("dogs", "0.90 alike"),
    ]
    assert "Of the 3 training images most like it" in words(at)


def test_an_image_that_was_not_evaluated(shown, asked):
    assert "has not evaluated birds/1.png" in words(shown(path="birds/1.png"))
    assert asked == []


def test_an_untrained_backbone_is_labelled(shown):
    at = shown(settings={"architecture": "mobilenet_075", "weights": "untrained"})
    assert "Untrained weights" in words(at)
