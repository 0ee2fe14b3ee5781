"""Frozen backbones: shapes, preprocessing and weights, against Keras Applications itself."""

import re
from functools import cache

import h5py
import keras
import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError
from core.networks.backbones import MAKERS, build_backbone

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
LIGHT = [architecture for architecture in FROZEN if architecture.name.startswith("mobilenet")]
NO_TOP = ARCHITECTURES["mobilenet_075"].weights.file_name
OFFICIAL = {
    "mobilenet_075": keras.applications.mobilenet,
    "mobilenet": keras.applications.mobilenet,
    "vgg16": keras.applications.vgg16,
    "inception_v3": keras.applications.inception_v3,
}
each_frozen = pytest.mark.parametrize("architecture", FROZEN, ids=lambda architecture: architecture.name)


def inner(model):
    """The network of Keras Applications within a frozen backbone."""
    (found,) = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return found


def noise(image_size, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, image_size, image_size, 3)).astype("float32")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


@cache
def at_minimum(name):
    """A backbone with random weights at its least size, built once."""
    return build_backbone(ARCHITECTURES[name], ARCHITECTURES[name].minimum_size, None)


def sizes_of(architecture):
    return {architecture.minimum_size, 97, 131} | ({architecture.input_size} if architecture in LIGHT else set())


CASES = [
    pytest.param(architecture, size, id=f"{architecture.name}-{size}")
    for architecture in FROZEN
    for size in sorted(sizes_of(architecture))
]


def test_every_frozen_architecture_of_the_registry_can_be_built():
    assert list(MAKERS) == [architecture.name for architecture in FROZEN]


@pytest.mark.parametrize(("architecture", "image_size"), CASES)
def test_feature_maps_and_parameters_are_those_of_the_table(architecture, image_size):
    model = build_backbone(architecture, image_size, None)
    row, pooled, *_ = architecture.table(image_size, class_count=2)
    maps = inner(model).layers[-1].input  # of the global average pooling
    assert tuple(maps.shape[1:]) == row.shape
    assert model.count_params() == row.parameters
    assert model.output_shape == (None, *pooled.shape)
    assert model.input_shape == (None, image_size, image_size, 3)


@each_frozen
def test_one_pixel_less_than_the_minimum_is_refused_by_keras_too(architecture):
    """So the minimum of the registry is the real one, not a guess on the safe side."""
    if architecture.minimum_size == 32:
        side, reason = 31, "at least 32"
    else:
        side, reason = architecture.minimum_size - 1, f"at least {architecture.minimum_size}"
    with pytest.raises(ValueError, match=reason):
        build_backbone(architecture, side, None)


@pytest.mark.slow
@each_frozen
def test_preprocessing_is_that_of_keras_applications(architecture):
    image_size = architecture.minimum_size
    model = at_minimum(architecture.name)
    before = keras.Model(model.input, model.operations[-2].output)  # what the network of Keras Applications is fed
    pixels = noise(image_size)
    expected = OFFICIAL[architecture.name].preprocess_input(pixels.copy())
    np.testing.assert_allclose(numbers(before(pixels)), expected, atol=1e-4)
    np.testing.assert_allclose(
        model.predict_on_batch(pixels), inner(model).predict_on_batch(expected), rtol=1e-3, atol=1e-5
    )


@each_frozen
def test_a_frozen_backbone_learns_nothing_and_answers_the_same_in_training(architecture):
    model = at_minimum(architecture.name)
    assert model.trainable_weights == []
    pixels, before = noise(architecture.minimum_size), [value.copy() for value in model.get_weights()]
    np.testing.assert_allclose(numbers(model(pixels, training=True)), numbers(model(pixels)), rtol=1e-5, atol=1e-6)
    for left, right in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("architecture", LIGHT, ids=lambda architecture: architecture.name)
def test_the_numbers_of_a_file_are_the_ones_in_use(architecture, tmp_path):
    keras.utils.set_random_seed(1)
    shape = (64, 64, 3)
    source = MAKERS[architecture.name](include_top=False, weights=None, input_shape=shape, pooling="avg")
    source.save(tmp_path / "weights.h5")
    keras.utils.set_random_seed(2)
    model = build_backbone(architecture, 64, tmp_path / "weights.h5")
    for left, right in zip(source.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (lambda: keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3)), "54 layers.* 13"),
        (
            lambda: keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3)),
            r"3, 3, 3, 24\).* \(3, 3, 3, 32",
        ),
    ],
    ids=["vgg16", "mobilenet"],
)
@pytest.mark.filterwarnings("ignore")  # Keras's remarks about the old format
def test_weights_of_another_network_are_refused_in_words(tmp_path, other, reason):
    path = tmp_path / "other.h5"
    other().save(path)
    architecture = ARCHITECTURES["mobilenet_075"]
    with pytest.raises(UsageError) as refusal:
        build_backbone(architecture, 32, path)
    words = str(refusal.value)
    assert str(path) in words
    assert architecture.title in words
    assert architecture.weights.file_name in words
    assert re.search(reason, words)
    assert "\n" not in words


@pytest.mark.filterwarnings("ignore")
def test_weights_in_the_format_of_keras_3_of_another_network_are_refused_in_words(tmp_path):
    path = tmp_path / "own.weights.h5"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save_weights(path)
    with pytest.raises(UsageError, match=r"own\.weights\.h5 does not hold weights of MobileNet α 0\.75"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, path)


def damages():
    """Ways to damage a file; each is named and takes the good bytes."""
    return {
        "only its signature": lambda good: good[:8],
        "cut off early": lambda good: good[:2_000],
        "cut off in the middle": lambda good: good[: len(good) // 2],
        "one byte short": lambda good: good[:-1],
        "zeros behind the signature": lambda good: good[:8] + bytes(len(good) - 8),
        "no HDF5 at all": lambda good: b"<html>Not found</html>" * 100,
        "empty": lambda good: b"",
    }


@pytest.fixture(scope="module")
def good_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "good.h5"
    keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=(32, 32, 3)).save(path)
    return path.read_bytes()


@pytest.mark.parametrize("damage", damages().values(), ids=damages().keys())
def test_a_damaged_file_is_refused_in_words(tmp_path, good_bytes, damage):
    path = tmp_path / "damaged.h5"
    path.write_bytes(damage(good_bytes))
    with pytest.raises(UsageError, match=r"damaged\.h5 does not hold weights of MobileNet α 0\.75 without its top"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, path)


def test_bytes_that_were_altered_within_the_tables_of_the_file_never_show_as_a_fault_of_the_program(
    tmp_path, good_bytes
):
    """HDF5 meets them as OSError, RuntimeError, TypeError or KeyError; a user meets one kind of words, or no harm."""
    draw, path, refused = np.random.default_rng(0), tmp_path / "altered.h5", 0
    for _ in range(12):
        altered = bytearray(good_bytes)
        for position in draw.integers(0, 20_000, 40):
            altered[position] = draw.integers(0, 256)
        path.write_bytes(bytes(altered))
        try:
            build_backbone(ARCHITECTURES["mobilenet_075"], 32, path)
        except UsageError:
            refused += 1
    assert refused >= 6


def test_an_hdf5_file_without_any_weights_is_refused_in_words(tmp_path):
    path = tmp_path / "table.h5"
    with h5py.File(path, "w") as file:
        file["numbers"] = np.zeros(3)
    with pytest.raises(UsageError, match="does not hold weights of MobileNet"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, path)


@pytest.fixture
def real_weights(real_images):
    """The folder of the ImageNet weights of MobileNet α 0.75."""
    folder = real_images / "keras" / "models"
    if not (folder / NO_TOP).is_file():
        pytest.skip(f"there is no {NO_TOP} in {folder}")
    return folder


@pytest.mark.real
def test_real_mobilenet_weights_give_the_features_that_keras_applications_gives(real_weights):
    image_size = 97
    model = build_backbone(ARCHITECTURES["mobilenet_075"], image_size, real_weights / NO_TOP)
    shape = (image_size, image_size, 3)
    official = keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=shape)
    official.load_weights(real_weights / NO_TOP)
    pixels = noise(image_size)
    maps = numbers(official(keras.applications.mobilenet.preprocess_input(pixels.copy())))
    np.testing.assert_allclose(numbers(model(pixels)), maps.mean(axis=(1, 2)), rtol=1e-3, atol=1e-4)


@pytest.mark.real
def test_real_weights_with_the_top_are_refused_in_words(real_weights):
    with pytest.raises(UsageError, match=r"mobilenet_7_5_224_tf\.h5 does not hold .* without its top"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, real_weights / "mobilenet_7_5_224_tf.h5")
