"""VGG16 through fc7, against Keras Applications: from the file of the whole network, real convolutions and drawn rest.

Keras's own file is half a gigabyte. This one has its layout, the real convolutions, and dense layers drawn by a seed.
"""

import json

import h5py
import keras
import numpy as np
import pytest

from core.architectures.layout import layout_path, read_layout
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import add_weights, path_at_hand
from core.architectures.weights_check import check_weights, read_weights
from core.errors import UsageError
from core.features.runtimes import runtimes
from core.images.reading import read_square
from core.networks.backbones import build_backbone
from core.runs.record import find_run

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own arrays
]

VGG16, THROUGH_FC7 = ARCHITECTURES["vgg16"], ARCHITECTURES["vgg16_fc7"]
PREDICTIONS = ("predictions", ((4096, 1000), (1000,)))


@pytest.fixture(scope="module")
def without_top(real_images):
    path = real_images / "keras" / "models" / VGG16.weights.file_name
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    return path


@pytest.fixture(scope="module")
def whole(without_top, tmp_path_factory):
    """The file of all of VGG16, as Keras 2 wrote it."""
    path = tmp_path_factory.mktemp("vgg16") / THROUGH_FC7.weights.file_name
    draws, real = np.random.default_rng(0), read_weights(VGG16, without_top)
    layers = [(layer.name, layer.shapes) for layer in read_layout(layout_path("vgg16_fc7"))] + [PREDICTIONS]
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name, _ in layers]
        for index, (name, shapes) in enumerate(layers):
            arrays = real[index] if index < len(real) else [drawn(draws, shape) for shape in shapes]
            group = file.create_group(name)
            names = [f"{name}/{kind}:0" for kind in ("kernel", "bias")]
            group.attrs["weight_names"] = [written.encode() for written in names]
            for written, array in zip(names, arrays, strict=True):
                group[written] = array
    yield path
    path.unlink()


def drawn(draws, shape):
    """He 2015: what comes out is about as large as what went in."""
    return draws.standard_normal(shape, np.float32) * np.float32(np.sqrt(2 / shape[0]))


@pytest.fixture(scope="module")
def photographs(real_images):
    paths = sorted(path for path in (real_images / "cats_dogs").rglob("*") if path.is_file())[::100][:4]
    return np.stack([read_square(path, 224) for path in paths])


@pytest.fixture(scope="module")
def backbone(whole):
    return build_backbone(THROUGH_FC7, 224, whole)


def test_its_features_are_those_of_keras_behind_its_second_dense_layer(backbone, whole, photographs):
    official = keras.applications.VGG16(weights=str(whole))
    cut = keras.Model(official.input, official.get_layer("fc2").output)
    pixels = photographs.astype("float32")
    expected = cut.predict_on_batch(keras.applications.vgg16.preprocess_input(pixels.copy()))
    features = backbone.predict_on_batch(pixels)
    assert features.shape == (4, 4096)
    assert (features == 0).mean() > 0.2, "there is a rectifier behind it"
    assert np.ptp(features, axis=0).max() > 0
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-4 * expected.max())
    assert backbone.trainable_weights == []


@pytest.mark.parametrize(
    "name", [name for name, way in runtimes().items() if name.startswith("openvino") and not way.missing]
)
def test_openvino_gives_the_same(backbone, photographs, name):
    expected = backbone.predict_on_batch(photographs.astype("float32"))
    features = runtimes()[name].make(backbone)(photographs)
    tolerance = 1e-4 if runtimes()[name].family == "float32" else 0.05
    np.testing.assert_allclose(features, expected, rtol=tolerance, atol=tolerance * expected.max())


def test_a_file_is_taken_with_its_answers_for_imagenet_and_without_the_dense_layers_refused(
    whole, without_top, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    check_weights(THROUGH_FC7, whole)
    added = add_weights(THROUGH_FC7, whole)
    assert (added.path, added.rewritten, added.is_kerass_own) == (path_at_hand(THROUGH_FC7), False, False)
    added.path.unlink()
    with pytest.raises(UsageError, match=r"it ends too early: fc1, fc2 are lacking"):
        check_weights(THROUGH_FC7, without_top)
    with pytest.raises(UsageError, match="this file has the top: fc1"):
        check_weights(VGG16, whole)


def test_a_run_as_the_course_trains_one_layer_on_it_in_fifty_batches(command, workspace, real_images, whole):
    folder = workspace.root / "photographs"
    for label in ("cats", "dogs"):
        (folder / label).mkdir(parents=True)
        for path in sorted((real_images / "cats_dogs" / label).iterdir())[:10]:
            (folder / label / path.name).symlink_to(path)
    assert command("import", folder, "--name", "photographs")[0] == 0
    code, told, _ = command(
        *("train", "photographs", "--architecture", "vgg16_fc7", "--as-course", "--set", f"weights={whole}", "--json")
    )
    document = json.loads(told)
    assert (code, document["status"], document["epochs"]) == (0, "done", 1)
    run = find_run(workspace, document["run"])
    assert run.settings.as_course
    (batches,) = [
        event["text"] for event in run.events.read() if "goes through the training images" in event.get("text", "")
    ]
    assert "so that it has 50 steps" in batches
