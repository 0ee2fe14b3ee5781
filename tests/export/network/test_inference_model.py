"""One plain model that answers as the run does, whatever the run was trained in."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

from core.augmentation.orientations import PLAIN, turn
from core.datasets.store import open_dataset
from core.errors import WorkbenchError
from core.evaluation.calibration import tempered
from core.evaluation.predictions import Predictions
from core.explain.trained_network import TrainedNetwork
from core.export.network import onnx_file
from core.export.network.check import answers_of_file
from core.export.network.inference_model import assemble, inference_model, plain_copy
from core.export.network.network_format import Sources
from core.features.pixels import load_pixels
from core.jobs.progress import unheard
from core.networks.backbones import _preprocess
from core.runs.naming import Naming

pytestmark = pytest.mark.slow

SIDE = 8
PIXELS = np.random.default_rng(0).integers(0, 256, (5, SIDE, SIDE, 3), dtype=np.uint8)


def plain_layers(model):
    """All operations of a model, those of models in it too."""
    for layer in model.operations if isinstance(model, keras.Model) and hasattr(model, "operations") else model.layers:
        yield from plain_layers(layer) if isinstance(layer, keras.Model) else (layer,)


def small_network(preprocessing=None, sharpness=1.0):
    """A dense layer on pixels: every turn and every order of the colours gives another answer."""
    pixels = keras.Input((SIDE, SIDE, 3))
    front = keras.Model(pixels, pixels if preprocessing is None else _preprocess(pixels, preprocessing))
    keras.utils.set_random_seed(0)
    scale = sharpness / 255
    body = keras.Sequential([keras.Input((SIDE, SIDE, 3)), keras.layers.Flatten(), keras.layers.Rescaling(scale)])
    body.add(keras.layers.Dense(3))
    return TrainedNetwork("small", SIDE, 3, front, body, reads_blue_first=preprocessing == "caffe")


def expected_answers(network, orientations, naming, temperature):
    """What the functions of the workbench make of the network's logits, one after the other."""
    logits = [network._whole.predict_on_batch(turn(PIXELS, orientation)) for orientation in orientations]
    averaged = np.mean([softmax(each.astype(np.float64), axis=-1) for each in logits], axis=0)
    ids = np.arange(len(PIXELS)).astype(str)
    answers = Predictions(ids, np.full(len(PIXELS), "test"), np.zeros(len(PIXELS), int), averaged, naming.then)
    return tempered(naming.of(answers), temperature).probabilities


NAMES = ("a", "b", "c")
AS_IT_WAS = Naming(NAMES, dict(zip(NAMES, NAMES, strict=True)), {}, NAMES)
IN_OTHER_ORDER = Naming(NAMES, {"a": "a", "b": "new", "c": "c"}, {}, ("c", "new", "a"))
PUT_TOGETHER = Naming(NAMES, {"a": "both", "b": "b", "c": "both"}, {}, ("b", "both"))


@pytest.mark.parametrize("temperature", [1.0, 0.4, 1.7, 20.0])
@pytest.mark.parametrize("naming", [AS_IT_WAS, IN_OTHER_ORDER, PUT_TOGETHER], ids=["same", "order", "together"])
@pytest.mark.parametrize("orientations", [[PLAIN], [0, 4], list(range(8))], ids=["one view", "two", "eight"])
def test_views_names_and_calibration_are_those_of_the_run(orientations, naming, temperature):
    # So sure of itself that the least probability of the calibration counts.
    network = small_network(sharpness=40 if temperature == 20 else 3)
    answers = assemble(network, orientations, naming, temperature).predict_on_batch(PIXELS)
    np.testing.assert_allclose(answers, expected_answers(network, orientations, naming, temperature), atol=2e-6)


@pytest.mark.parametrize("preprocessing", ["caffe", "torch", "signed"])
def test_preprocessing_is_inside(preprocessing):
    network = small_network(preprocessing)
    answers = assemble(network, [PLAIN]).predict_on_batch(PIXELS)
    np.testing.assert_allclose(answers, expected_answers(network, [PLAIN], AS_IT_WAS, 1.0), atol=2e-6)


def test_a_run_in_half_precision_with_augmentation_is_plain_and_answers_as_it_did(from_scratch):
    model = inference_model(from_scratch)
    layers = list(plain_layers(model))
    assert {type(layer).__module__.partition(".")[0] for layer in layers} == {"keras"}
    assert not [layer for layer in layers if "Random" in type(layer).__name__ or "Dropout" in type(layer).__name__]
    assert {layer.dtype_policy.name for layer in layers if isinstance(layer, keras.layers.Layer)} <= {
        "float32",
        "uint8",
    }
    predictions = tempered(from_scratch.predictions(), from_scratch.temperature())
    dataset = open_dataset(from_scratch.workspace, "colours")
    rows = np.flatnonzero(predictions.splits == "test")
    _, pixels, _ = load_pixels([dataset.path_of(path) for path in predictions.ids[rows]], 32, lambda done: None)
    answers = model.predict_on_batch(pixels)
    np.testing.assert_allclose(answers, predictions.probabilities[rows], atol=0.03)  # it was computed in bfloat16
    # What only training does is gone, so that nobody can leave it on.
    np.testing.assert_allclose(model(pixels, training=True), answers, atol=1e-6)


@pytest.mark.parametrize("kind", ["caffe", "normalisation"])
def test_a_file_of_onnx_asks_for_the_image_alone(tmp_path, kind):
    network = small_network("caffe" if kind == "caffe" else None)
    if kind == "normalisation":
        pixels = keras.Input((SIDE, SIDE, 3))
        normalised = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0])(pixels)
        network.front = keras.Model(pixels, normalised)
    model = assemble(network, [PLAIN])
    onnx_file.save(model, tmp_path, None)
    (tmp_path / "labels.json").write_text("[]")
    folder = tmp_path / "export"
    folder.mkdir()
    (tmp_path / "model.onnx").rename(folder / "model.onnx")
    (folder / "labels.json").write_text("[]")
    (folder / "example.py").write_text(onnx_file.EXAMPLE.code(SIDE, ""))
    answers = answers_of_file(folder, PIXELS, lambda: None)
    np.testing.assert_allclose(answers[:-1], expected_answers(network, [PLAIN], AS_IT_WAS, 1.0), atol=1e-5)


def test_what_a_format_can_not_hold_is_told(tmp_path):
    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    values = keras.layers.Activation("celu")(keras.layers.Rescaling(1 / 255)(image))
    model = keras.Model(image, keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(values)))
    with pytest.raises(WorkbenchError, match=r"^ONNX can’t hold this network: .*Take another format\.$"):
        onnx_file.write.__self__._save(model, tmp_path, Sources(None, unheard))


def test_a_copy_has_the_same_weights_in_float32():
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, dtype="mixed_bfloat16")])
    copy = plain_copy(network)
    assert copy.layers[0].compute_dtype == "float32"
    np.testing.assert_array_equal(copy.get_weights()[0], network.get_weights()[0])
