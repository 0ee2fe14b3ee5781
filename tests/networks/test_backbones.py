"""Backbones: layers, preprocessing and weights, against Keras Applications itself."""

import re
from collections import Counter
from dataclasses import dataclass, replace

import h5py
import keras
import numpy as np
import pytest

from core.architectures.layers import VALID, WINDOWS, Layer, tabulate
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError
from core.networks.backbones import MAKERS, build_backbone

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

FROZEN = [architecture for architecture in ARCHITECTURES.values() if architecture.frozen]
NO_TOP = ARCHITECTURES["mobilenet_075"].weights.file_name
# Hundreds of layers, or hundreds of millions of numbers, which take Keras seconds to build and to run first.
DEEP = ("vgg16_fc7", "inception_v3", "resnet50", "resnet152", "densenet121", "efficientnet_v2_b0", "convnext_tiny")
QUICK = ("mobilenet_075", "vgg16")  # to build, at least
OFFICIAL = {
    "mobilenet_025": keras.applications.mobilenet,
    "mobilenet_050": keras.applications.mobilenet,
    "mobilenet_075": keras.applications.mobilenet,
    "mobilenet": keras.applications.mobilenet,
    "mobilenet_v2": keras.applications.mobilenet_v2,
    "vgg16": keras.applications.vgg16,
    "vgg16_fc7": keras.applications.vgg16,
    "inception_v3": keras.applications.inception_v3,
    "resnet50": keras.applications.resnet50,
    "resnet152": keras.applications.resnet,
    "densenet121": keras.applications.densenet,
    "efficientnet_v2_b0": keras.applications.efficientnet_v2,
    "convnext_tiny": keras.applications.convnext,
}


def slow_if(condition):
    return pytest.mark.slow if condition else ()


each_and_the_deep_ones_slowly = pytest.mark.parametrize(
    "architecture", [pytest.param(each, id=each.name, marks=slow_if(each.name in DEEP)) for each in FROZEN]
)


def inner(model):
    """The network of Keras Applications within a frozen backbone."""
    (found,) = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return found


def noise(image_size, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, image_size, image_size, 3)).astype("float32")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def assert_close(found, expected):
    """The same but for rounding. Features of random weights may all be as small as 1e-20: so by their own measure."""
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def test_every_frozen_architecture_of_the_registry_can_be_built():
    assert list(MAKERS) == [architecture.name for architecture in FROZEN]


# Layer by layer -------------------------------------------------------------------------------------------------------

# Of Keras's layers and operations: what they are called here, or None for those without weights that change no shape
# and, in a frozen network, nothing else than the scale of the pixels.
KERAS_KINDS = {
    "Conv2D": "conv",
    "DepthwiseConv2D": "depthwise",
    "ZeroPadding2D": "zero_pad",
    "MaxPooling2D": "max_pool",
    "AveragePooling2D": "average_pool",
    "BatchNormalization": "batch_norm",
    "LayerNormalization": "layer_norm",
    "LayerScale": "layer_scale",
    "Activation": "activation",
    "ReLU": "activation",
    "GlobalAveragePooling2D": "global_average_pool",
    "Reshape": "to_map",
    "Dense": "pointwise",  # on maps; else it is called as in Keras
    "Flatten": "flatten",
    "Add": "add",
    "Multiply": "multiply",
    "Concatenate": "concatenate",
    "Rescaling": None,
    "Normalization": None,
    "Dropout": None,
}
UNWEIGHTED = ("rescale", "standardise", "caffe", "dropout")


@dataclass(frozen=True)
class Value:
    """What leaves a layer: a number that stands for all that was done to the image, and the zeros put around it."""

    number: int
    shape: tuple
    zeros: tuple[int, int] = (0, 0)


class Graph:
    """A network, whether from our table or from Keras, in terms that can be compared.

    Two networks that have the same `end` have the same layers in the same places, with the same shapes, parameters,
    windows, activations, and padding pixel for pixel, whatever the order they are listed in.
    """

    known: dict = {}  # noqa: RUF012 - one for all, so that equal things get equal numbers

    def __init__(self, side):
        self.layers, self.image = [], Value(self._number("image"), (side, side, 3))

    def add(self, layer: Layer, taken: list[Value], shape: tuple, parameters: int) -> Value:
        """The value behind a layer."""
        if layer.kind == "zero_pad":
            return replace(taken[0], zeros=layer.edges, shape=shape)
        facts = (layer.kind, function_of(layer.activation), shape, parameters, self._window(layer, taken[0]))
        self.layers.append(facts)
        before = [value.number for value in taken]
        return Value(self._number(facts, *(sorted(before) if layer.kind in ("add", "multiply") else before)), shape)

    def _number(self, *facts) -> int:
        return self.known.setdefault(facts, len(self.known))

    def _window(self, layer: Layer, value: Value):
        """Size and steps, and how many zeros it meets above and below, from itself or from a layer before."""
        if layer.kind not in WINDOWS:
            return None
        own = [(0, 0) if layer.padding == VALID else same(value.shape[0], reach, layer.stride) for reach in layer.reach]
        zeros = [tuple(map(sum, zip(value.zeros, each, strict=True))) for each in own]
        return layer.window, layer.stride, layer.dilation, layer.groups, *zeros


def same(side, reach, stride):
    """The zeros that TensorFlow's "same" puts before and behind: an odd one comes behind."""
    zeros = max((-(-side // stride) - 1) * stride + reach - side, 0)
    return zeros // 2, zeros - zeros // 2


def function_of(activation: str) -> str:
    return keras.activations.get(activation).__name__ if activation else ""


def graph_of_table(architecture, side):
    layers = architecture.body
    if len(tabulate(layers, (side, side, 3))[-1].shape) == 3:
        layers = (*layers, Layer("global_average_pool"))
    graph = Graph(side)
    last, named = graph.image, {"image": graph.image}
    for row in tabulate(layers, (side, side, 3)):
        taken = [named[name] for name in row.layer.inputs] or [last]
        if row.layer.kind not in UNWEIGHTED:
            last = graph.add(row.layer, taken, row.shape, row.parameters)
        if row.layer.name:
            named[row.layer.name] = last
    return graph, last, named


def graph_of_keras(model, side):
    graph = Graph(side)
    values, named = {id(model.input): graph.image}, {}
    for operation in model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        inputs = operation.input if isinstance(operation.input, list) else [operation.input]
        taken = [values[id(tensor)] for tensor in inputs]
        for part in operation.layers if isinstance(operation, keras.Sequential) else [operation]:
            taken = [behind(graph, part, taken)]
        values[id(operation.output)] = named[operation.name] = taken[0]
    return graph, values[id(model.output)], named


def behind(graph, operation, taken):
    layer = as_ours(operation)
    if layer is None:
        return taken[0]
    count = operation.count_params() if isinstance(operation, keras.layers.Layer) else 0
    return graph.add(layer, taken, tuple(operation.output.shape[1:]), count)


def as_ours(operation) -> Layer | None:
    """What a layer or an operation of Keras does, in our words; None where that is nothing."""
    kind = KERAS_KINDS[type(operation).__name__]
    activation = getattr(getattr(operation, "activation", None), "__name__", "linear").replace("linear", "")
    if kind is None or (kind == "activation" and not activation and not isinstance(operation, keras.layers.ReLU)):
        return None
    if kind == "zero_pad":
        assert operation.padding[0] == operation.padding[1]
        return Layer(kind, edges=operation.padding[0])
    if isinstance(operation, keras.layers.ReLU):
        return Layer(kind, activation={6: "relu6", None: "relu"}[operation.max_value])
    if kind not in WINDOWS:
        on_maps = kind != "pointwise" or len(operation.input.shape) == 4
        return Layer(kind if on_maps else "dense", activation=activation)
    (stride,), (dilation,) = set(operation.strides), set(getattr(operation, "dilation_rate", (1, 1)))
    size = getattr(operation, "kernel_size", None) or operation.pool_size
    groups = getattr(operation, "groups", None) or 1
    padding = operation.padding
    return Layer(
        kind, size=size, stride=stride, dilation=dilation, groups=groups, padding=padding, activation=activation
    )


def sides_of(architecture):
    """Those at which it is built: its least and its usual one, and where that is quick odd ones too."""
    odd = (97, 131) if architecture.name in QUICK else ()
    return tuple(dict.fromkeys((architecture.minimum_size, *odd, architecture.input_size)))


def quick_sides(architecture):
    """Those of them in every run of the tests."""
    if architecture.name in QUICK:
        return sides_of(architecture)
    return [] if architecture.name in DEEP else [architecture.minimum_size]


CASES = [
    pytest.param(
        architecture, side, id=f"{architecture.name}-{side}", marks=slow_if(side not in quick_sides(architecture))
    )
    for architecture in FROZEN
    for side in sides_of(architecture)
]


@pytest.mark.parametrize(("architecture", "side"), CASES)
def test_the_table_is_layer_by_layer_what_keras_builds(architecture, side, backbone_at):
    model = backbone_at(architecture.name, side)
    theirs, their_end, their_names = graph_of_keras(inner(model), side)
    ours, our_end, our_names = graph_of_table(architecture, side)
    assert Counter(ours.layers) == Counter(theirs.layers)
    assert our_end == their_end
    # Where a backbone is cut, the table has the very same value under the very same name.
    assert {cut: our_names[cut] for cut in architecture.cuts} == {cut: their_names[cut] for cut in architecture.cuts}
    assert sum(parameters for _, _, _, parameters, _ in ours.layers) == model.count_params()
    assert model.output_shape[1:] == our_end.shape
    assert model.input_shape == (None, side, side, 3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layer: replace(layer, activation="swish") if layer.activation else layer,
        lambda layer: replace(layer, edges=(1, 1)) if layer.kind == "zero_pad" else layer,
        lambda layer: replace(layer, size=5) if layer.kind == "max_pool" else layer,
        lambda layer: replace(layer, inputs=layer.inputs[::-1]) if layer.kind == "concatenate" else layer,
    ],
    ids=["activation", "zeros", "window", "order"],
)
def test_the_comparison_notices_what_differs(spoil, backbone_at):
    """So that it says something when it finds nothing."""
    architecture = ARCHITECTURES["densenet121"]
    spoilt = replace(architecture, body=tuple(spoil(layer) for layer in architecture.body))
    theirs = graph_of_keras(inner(backbone_at("densenet121", 64)), 64)[1]
    assert graph_of_table(architecture, 64)[1] == theirs
    assert graph_of_table(spoilt, 64)[1] != theirs


@each_and_the_deep_ones_slowly
def test_one_pixel_less_than_the_minimum_is_refused_by_keras_too(architecture):
    """So the minimum of the registry is the real one, not a guess on the safe side."""
    if architecture.fixed_size:
        pytest.skip("Keras refuses another size only once it reads the weights")
    with pytest.raises(ValueError, match=f"at least {architecture.minimum_size}"):
        build_backbone(architecture, architecture.minimum_size - 1, None)


# What it computes -----------------------------------------------------------------------------------------------------


@each_and_the_deep_ones_slowly
def test_preprocessing_is_that_of_keras_applications(architecture, backbone_at):
    model = backbone_at(architecture.name, architecture.minimum_size)
    before = keras.Model(model.input, model.operations[-2].output)  # what the network of Keras Applications is fed
    pixels = noise(architecture.minimum_size)
    expected = OFFICIAL[architecture.name].preprocess_input(pixels.copy())
    np.testing.assert_allclose(numbers(before(pixels)), expected, atol=1e-4)
    assert_close(numbers(model(pixels)), numbers(inner(model)(expected, training=False)))


@each_and_the_deep_ones_slowly
def test_a_frozen_backbone_learns_nothing_and_answers_the_same_in_training(architecture, backbone_at):
    model = backbone_at(architecture.name, architecture.minimum_size)
    assert model.trainable_weights == []
    pixels, before = noise(architecture.minimum_size), [value.copy() for value in model.get_weights()]
    features = numbers(model(pixels))
    assert features.shape == (2, *architecture.table(architecture.minimum_size, 2)[-1].inputs[0])
    assert np.isfinite(features).all()
    assert_close(numbers(model(pixels, training=True)), features)
    for left, right in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


@each_and_the_deep_ones_slowly
@pytest.mark.filterwarnings("ignore")  # Keras's remarks about the old format
def test_a_backbone_that_was_saved_gives_the_same_features_when_its_file_is_read(architecture, tmp_path, backbone_at):
    source, pixels = backbone_at(architecture.name, architecture.minimum_size), noise(architecture.minimum_size)
    inner(source).save(tmp_path / "weights.h5")
    model = build_backbone(architecture, architecture.minimum_size, tmp_path / "weights.h5")
    for left, right in zip(source.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    assert_close(numbers(model(pixels)), numbers(source(pixels)))


# Files of weights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            lambda: keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3)),
            r"layer 1 is block1_conv1 \(3×3×3×64.* where conv1 \(3×3×3×24",
        ),
        (
            lambda: keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3)),
            r"layer 1 is conv1 \(3×3×3×32.* where conv1 \(3×3×3×24",
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
    with pytest.raises(UsageError, match=r"own\.weights\.h5 does not hold the weights of MobileNet α 0\.75"):
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
    with pytest.raises(
        UsageError, match=r"damaged\.h5 (is damaged or cut off|does not hold the weights of MobileNet α 0\.75)"
    ):
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
    with pytest.raises(UsageError, match="does not hold the weights of MobileNet"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, path)


@pytest.fixture
def keras_files(real_images):
    """The folder of the ImageNet weights of MobileNet α 0.75."""
    folder = real_images / "keras" / "models"
    if not (folder / NO_TOP).is_file():
        pytest.skip(f"there is no {NO_TOP} in {folder}")
    return folder


@pytest.mark.real
def test_real_mobilenet_weights_give_the_features_that_keras_applications_gives(keras_files):
    image_size = 97
    model = build_backbone(ARCHITECTURES["mobilenet_075"], image_size, keras_files / NO_TOP)
    shape = (image_size, image_size, 3)
    official = keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=shape)
    official.load_weights(keras_files / NO_TOP)
    pixels = noise(image_size)
    maps = numbers(official(keras.applications.mobilenet.preprocess_input(pixels.copy())))
    np.testing.assert_allclose(numbers(model(pixels)), maps.mean(axis=(1, 2)), rtol=1e-3, atol=1e-4)


@pytest.mark.real
def test_real_weights_with_the_top_are_refused_in_words(keras_files):
    with pytest.raises(UsageError, match=r"mobilenet_7_5_224_tf\.h5 does not hold .* without its top"):
        build_backbone(ARCHITECTURES["mobilenet_075"], 32, keras_files / "mobilenet_7_5_224_tf.h5")
