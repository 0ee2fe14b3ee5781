"""The list of networks: whatever stands in it can be chosen and shown at every size that it allows."""

import pytest

from core.architectures.architecture import GROUPS, MOST_CLASSES, MOST_PARAMETERS
from core.architectures.layers import tabulate
from core.architectures.registry import ARCHITECTURES, find_architecture
from core.errors import UsageError

EVERY = pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=list(ARCHITECTURES))
BACKBONES = {name: architecture for name, architecture in ARCHITECTURES.items() if architecture.frozen}
EACH_BACKBONE = pytest.mark.parametrize("architecture", BACKBONES.values(), ids=list(BACKBONES))


def test_there_are_networks_of_the_course_classics_and_backbones():
    groups = {name: architecture.group for name, architecture in ARCHITECTURES.items()}
    assert groups["small_cnn"] == "course"
    assert groups["lenet_5"] == groups["alexnet"] == "classic"
    assert groups["vgg16"] == groups["inception_v3"] == groups["resnet152"] == "backbone"
    assert set(groups.values()) == set(GROUPS) - {"own"}
    assert {architecture.kind for architecture in ARCHITECTURES.values()} == {"scratch", "frozen"}


@EVERY
def test_each_is_found_by_its_name_and_described(architecture):
    assert find_architecture(architecture.name) is architecture
    assert architecture.title
    assert architecture.description.endswith(".")
    assert architecture.source
    assert architecture.year == 0 or 1980 < architecture.year < 2030
    assert architecture.published or not architecture.year
    assert not architecture.departs or architecture.departs.endswith(".")
    if architecture.frozen:
        assert architecture.preprocessing in ("signed", "caffe", "torch", "inside")
        assert architecture.weights
        assert architecture.cuts
        assert not architecture.settings
    else:
        assert (architecture.preprocessing, architecture.weights, architecture.cuts) == ("", None, ())


def test_titles_tell_networks_apart():
    assert len({architecture.title for architecture in ARCHITECTURES.values()}) == len(ARCHITECTURES)


@pytest.mark.parametrize("name", ["", "resnet", "VGG16", "small_cnn "])
def test_an_unknown_name_is_answered_with_those_there_are(name):
    with pytest.raises(UsageError) as refusal:
        find_architecture(name)
    assert repr(name) in str(refusal.value)
    assert all(known in str(refusal.value) for known in ARCHITECTURES)


# Sizes ----------------------------------------------------------------------------------------------------------------


@EVERY
def test_each_works_from_its_least_size_to_its_usual_one(architecture):
    for size in (architecture.minimum_size, architecture.input_size):
        rows = architecture.table(size, class_count=5)
        assert rows[-1].shape == (5,)
        assert all(min(row.shape) >= 1 for row in rows)


@EVERY
def test_a_smaller_image_is_refused_with_the_least_size(architecture):
    with pytest.raises(UsageError) as refusal:
        architecture.table(architecture.minimum_size - 1, class_count=5)
    assert f"at least {architecture.minimum_size} pixels" in str(refusal.value)
    assert str(architecture.input_size) in str(refusal.value)


@pytest.mark.parametrize("class_count", [0, 1, MOST_CLASSES + 1])
def test_too_few_and_too_many_classes_are_refused(class_count):
    with pytest.raises(UsageError, match=f"Got {class_count:,}"):
        ARCHITECTURES["lenet_5"].table(32, class_count)


def test_a_network_that_no_machine_should_train_is_refused_with_the_memory_it_would_take():
    with pytest.raises(UsageError, match=r"parameters, .* in Dense, 1,024 units.* GB of memory"):
        ARCHITECTURES["mnist_cnn"].table(400, class_count=10)
    rows = ARCHITECTURES["alexnet"].table(227, class_count=1000)
    assert sum(row.parameters for row in rows) < MOST_PARAMETERS


# Parameters and receptive fields --------------------------------------------------------------------------------------

# As the courses, the papers and Keras Applications state them, with their own top and classes.
STATED_PARAMETERS = {
    "perceptron": 7_993,
    "dense_20": 15_910,
    "two_conv": 24_533,
    "two_conv_pooled": 2_483,
    "cnn_64_64": 69_798,
    "cnn_32_64": 1_199_882,
    "cnn_32_32_64_64": 7_998_250,
    "mnist_cnn": 6_640_394,
    "cervix_cnn": 9_024_131,
    # With 1,000 classes: 9 · (3·16 + 16·32 + 32·64 + 64·128) weights, 4 · (16 + 32 + 64 + 128) of batch norms, and
    # (128 + 1) · 1000 at the end.
    "small_cnn": 97_200 + 960 + 258,
    # 6·(25 + 1), 16·(150 + 1), 120·(400 + 1), 84·(120 + 1), 10·(84 + 1).
    "lenet_5": 156 + 2_416 + 48_120 + 10_164 + 850,
    "alexnet": 62_378_344,
    "mobilenet_025": 475_544,
    "mobilenet_050": 1_342_536,
    "mobilenet_075": 2_601_976,
    "mobilenet": 4_253_864,
    "mobilenet_v2": 3_538_984,
    "vgg16": 138_357_544,
    "vgg16_fc7": 138_357_544,
    "inception_v3": 23_851_784,
    "resnet50": 25_636_712,
    "resnet152": 60_419_944,
    "densenet121": 8_062_504,
    "efficientnet_v2_b0": 7_200_312,
    "convnext_tiny": 28_589_128,
}


@EVERY
def test_as_published_each_has_exactly_the_parameters_that_are_stated(architecture):
    assert architecture.original_parameters == STATED_PARAMETERS[architecture.name]


# Without the top, at the usual size: what comes out before the pooling, and the parameters.
@pytest.mark.parametrize(
    ("name", "before_pooling", "parameters"),
    [
        ("small_cnn", (6, 6, 128), 98_160),
        ("mobilenet_025", (7, 7, 256), 218_544),
        ("mobilenet_050", (7, 7, 512), 829_536),
        ("mobilenet_075", (7, 7, 768), 1_832_976),
        ("mobilenet", (7, 7, 1024), 3_228_864),
        ("mobilenet_v2", (7, 7, 1280), 2_257_984),
        ("vgg16", (7, 7, 512), 14_714_688),
        ("inception_v3", (8, 8, 2048), 21_802_784),
        ("resnet50", (7, 7, 2048), 23_587_712),
        ("resnet152", (7, 7, 2048), 58_370_944),
        ("densenet121", (7, 7, 1024), 7_037_504),
        ("efficientnet_v2_b0", (7, 7, 1280), 5_919_312),
        ("convnext_tiny", (7, 7, 768), 27_820_128),
    ],
)
def test_known_shapes_and_sizes(name, before_pooling, parameters):
    architecture = ARCHITECTURES[name]
    rows = architecture.table(architecture.input_size, class_count=10)
    (pooling,) = [
        row for row in rows if row.layer.kind == "global_average_pool" and not row.layer.block.startswith("Stage")
    ]
    assert pooling.inputs == (before_pooling,)
    assert pooling.shape == before_pooling[2:]
    assert sum(row.parameters for row in rows[:-1]) == parameters == architecture.backbone_parameters
    assert rows[-1].parameters == (before_pooling[2] + 1) * 10


def test_a_network_that_keeps_its_dense_layers_takes_one_size():
    through_fc7 = ARCHITECTURES["vgg16_fc7"]
    *_, first, second, _, _ = through_fc7.table(224, class_count=2)
    assert (first.inputs, first.parameters) == (((25_088,),), 25_088 * 4096 + 4096)
    assert (second.shape, second.parameters, second.frozen) == ((4096,), 4096 * 4096 + 4096, True)
    with pytest.raises(UsageError, match=r"224 × 224 pixels only.* Got 256"):
        through_fc7.table(256, class_count=2)
    assert [name for name, each in ARCHITECTURES.items() if each.fixed_size] == ["vgg16_fc7"]


def field(name, where):
    """The receptive field behind the layer of this name, or behind the last that sees a part of the image only."""
    rows = tabulate(ARCHITECTURES[name].body, (224, 224, 3))
    if where:
        return next(row.receptive_field for row in rows if row.layer.name == where)
    return next(row.receptive_field for row in reversed(rows) if row.receptive_field)


# r + (K − 1) · j, layer by layer, where j is the product of the strides so far.
@pytest.mark.parametrize(
    ("name", "where", "expected"),
    [
        # 1 + 2·2·1 + 1, then in steps of 2, 4, 8 and 16: 6 + 8 + 2, 16 + 24 + 4, 44 + 48 + 8, 100 + 96 + 16.
        ("vgg16", "block1_pool", 6),
        ("vgg16", "block3_pool", 44),
        ("vgg16", "block5_pool", 212),
        # 7 × 7 in steps of 2 and 3 × 3 pooling see 11 in steps of 4; each unit adds 2·j in one 3 × 3 convolution:
        # three in steps of 4, four of 8, six of 16 and three of 32.
        ("resnet50", "pool1_pool", 11),
        ("resnet50", "conv2_block3_out", 11 + 3 * 8),
        ("resnet50", "conv3_block4_out", 35 + 4 * 16),
        ("resnet50", "conv4_block6_out", 99 + 6 * 32),
        ("resnet50", "conv5_block3_out", 291 + 3 * 64),
        ("resnet152", "conv5_block3_out", 11 + 3 * 8 + 8 * 16 + 36 * 32 + 3 * 64),
        # Dense layers add 2·j each, and each 2 × 2 pooling between them j.
        ("densenet121", "", 11 + 6 * 8 + 4 + 12 * 16 + 8 + 24 * 32 + 16 + 16 * 64),
        # 4 × 4 patches; each block adds 6·j, and each halving j.
        ("convnext_tiny", "", 4 + 3 * 24 + 4 + 3 * 48 + 8 + 9 * 96 + 16 + 3 * 192),
        # 3, then one 3 × 3 a block: one in steps of 2, and those of stride 2 in the steps before them.
        ("mobilenet", "conv1_relu", 3),
        ("mobilenet", "conv_pw_13_relu", 3 + 4 + 4 + 8 + 8 + 16 + 16 + 5 * 32 + 32 + 64),
        # 11 × 11 in steps of 4, 3 × 3 pooling to 8, 5 × 5, pooling to 16, three of 3 × 3, pooling.
        ("alexnet", "", 11 + 8 + 4 * 8 + 16 + 3 * 32 + 32),
        # 5 × 5, 2 × 2, 5 × 5 in steps of 2, 2 × 2, 5 × 5 in steps of 4: all of the 32 pixels.
        ("lenet_5", "", 5 + 1 + 8 + 2 + 16),
        # 3 in steps of 2, two of 3 × 3, pooling to steps of 4, 3 × 3, pooling to steps of 8.
        ("inception_v3", "start", 3 + 4 + 4 + 4 + 8 + 8),
        # Three modules of 5 × 5; two 3 × 3; four modules of twice 7 in either direction; 7 and 3; two modules of 5.
        ("inception_v3", "mixed10", 31 + 3 * 32 + 32 + 4 * 12 * 16 + 8 * 16 + 2 * 4 * 32),
    ],
)
def test_receptive_fields_of_known_networks(name, where, expected):
    assert field(name, where) == (expected, expected)


def test_squeeze_and_excitation_sees_all_of_the_image():
    rows = tabulate(ARCHITECTURES["efficientnet_v2_b0"].body, (224, 224, 3))
    first = next(index for index, row in enumerate(rows) if row.receptive_field is None)
    assert rows[first].layer.kind == "global_average_pool"
    assert rows[first].layer.block == "Stage 4, block 1"
    assert rows[-1].receptive_field is None


@pytest.mark.parametrize(("name", "multiplications"), [("vgg16", 15.35e9), ("resnet50", 3.86e9), ("mobilenet", 569e6)])
def test_the_work_of_known_networks(name, multiplications):
    """As their papers state it, in multiply-adds."""
    rows = ARCHITECTURES[name].table(224, class_count=1000)
    assert sum(row.multiplications for row in rows) == pytest.approx(multiplications, rel=0.01)


# Heads and blocks -----------------------------------------------------------------------------------------------------


@EVERY
def test_only_the_end_depends_on_the_classes_and_the_dropout(architecture):
    few, many = architecture.layers(2, 0.1), architecture.layers(21, 0.5)
    changed = [(left, right) for left, right in zip(few, many, strict=True) if left != right]
    *dropouts, (_, last) = changed
    assert last is many[-1]
    assert last.units == 21
    assert all((left.kind, left.rate, right.rate) == ("dropout", 0.1, 0.5) for left, right in dropouts)
    assert bool(dropouts) == architecture.takes_dropout


@EVERY
def test_a_hidden_layer_stands_before_the_last_one(architecture):
    plain, hidden = architecture.layers(5, 0.2), architecture.layers(5, 0.2, hidden=64)
    assert hidden[: len(plain) - 1] == plain[:-1]
    assert [(layer.kind, layer.units) for layer in hidden[len(plain) - 1 :]] == [
        ("dense", 64),
        ("dropout", 0),
        ("dense", 5),
    ]


@EVERY
def test_frozen_is_the_body_of_a_backbone_and_nothing_else(architecture):
    rows = architecture.table(architecture.minimum_size, class_count=5)
    frozen = len(architecture.body) if architecture.frozen else 0
    assert [row.frozen for row in rows] == [True] * frozen + [False] * (len(rows) - frozen)


@EACH_BACKBONE
def test_layers_are_grouped_for_pictures_and_each_group_stands_together(architecture):
    blocks = [layer.block for layer in architecture.body]
    named = [block for block in blocks if block]
    assert len(set(named)) >= 4
    # Pixels come to the network's own scale outside of any block.
    assert blocks == [""] * (len(blocks) - len(named)) + named
    begins = [block for before, block in zip(["", *named], named, strict=False) if block != before]
    assert len(begins) == len(set(named))


@EACH_BACKBONE
def test_everything_goes_through_each_cut(architecture):
    """Behind a cut, no layer takes what came before it: so a backbone can be parted there."""
    names = [layer.name for layer in architecture.body]
    cuts = [names.index(cut) for cut in architecture.cuts]
    assert cuts == sorted(set(cuts))
    for cut in cuts:
        behind = architecture.body[cut + 1 :]
        known = set(names[cut:])
        assert all(set(layer.inputs) <= known for layer in behind)


@EACH_BACKBONE
def test_names_are_given_once(architecture):
    names = [layer.name for layer in architecture.body if layer.name]
    assert len(names) == len(set(names))


@EACH_BACKBONE
def test_more_blocks_than_there_are_cannot_be_unfrozen(architecture):
    architecture.check_unfreeze(len(architecture.cuts))
    with pytest.raises(UsageError, match=f"from 0 to {len(architecture.cuts)}"):
        architecture.check_unfreeze(len(architecture.cuts) + 1)


# Weights --------------------------------------------------------------------------------------------------------------


def test_the_weights_are_known_by_the_names_that_keras_uses():
    files = {name: architecture.weights for name, architecture in BACKBONES.items()}
    assert len({weights.file_name for weights in files.values()}) == len(files)
    for weights in files.values():
        assert weights.url.startswith("https://storage.googleapis.com/tensorflow/keras-applications/")
        assert weights.url.endswith("/" + weights.file_name)
        assert weights.file_name.endswith(("notop.h5", "no_top.h5")) is not weights.with_top
        assert len(weights.md5) in (0, 32, 64)


@EACH_BACKBONE
def test_a_file_of_weights_is_as_large_as_the_parameters_are(architecture):
    """Four bytes each, and a few per cent for the names."""
    assert architecture.weights.megabytes * 1e6 == pytest.approx(4 * architecture.backbone_parameters, rel=0.05)


@pytest.mark.real
def test_the_real_weights_lie_under_that_name(real_images):
    weights = ARCHITECTURES["mobilenet_075"].weights
    path = real_images / "keras" / "models" / weights.file_name
    assert path.stat().st_size == pytest.approx(weights.megabytes * 1e6, rel=0.1)
