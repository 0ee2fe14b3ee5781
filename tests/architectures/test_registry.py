"""The list of networks: whatever stands in it can be chosen, shown and built for every size it allows."""

import pytest

from core.architectures.registry import ARCHITECTURES, find_architecture
from core.errors import UsageError

EVERY = pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=list(ARCHITECTURES))


def test_there_is_one_from_scratch_and_several_backbones():
    kinds = {name: architecture.kind for name, architecture in ARCHITECTURES.items()}
    assert kinds["small_cnn"] == "scratch"
    assert {name for name, kind in kinds.items() if kind == "frozen"} >= {"mobilenet", "vgg16", "inception_v3"}
    assert set(kinds.values()) == {"scratch", "frozen"}


@EVERY
def test_each_is_found_by_its_name_and_described(architecture):
    assert find_architecture(architecture.name) is architecture
    assert architecture.title
    assert architecture.description.endswith(".")
    assert architecture.source
    assert architecture.preprocessing in ("unit", "signed", "caffe")
    assert architecture.frozen == (architecture.weights is not None)


@pytest.mark.parametrize("name", ["", "resnet", "VGG16", "small_cnn "])
def test_an_unknown_name_is_answered_with_those_there_are(name):
    with pytest.raises(UsageError) as refusal:
        find_architecture(name)
    assert repr(name) in str(refusal.value)
    assert all(known in str(refusal.value) for known in ARCHITECTURES)


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


# For the backbones what Keras states. Of the small network by hand: 9 × (3 × 16 + 16 × 32 + 32 × 64 + 64 × 128) weights
# of convolutions and 4 × (16 + 32 + 64 + 128) numbers of batch norms.
@pytest.mark.parametrize(
    ("name", "size", "before_pooling", "parameters"),
    [
        ("small_cnn", 96, (6, 6, 128), 98_160),
        ("mobilenet_075", 224, (7, 7, 768), 1_832_976),
        ("mobilenet", 224, (7, 7, 1024), 3_228_864),
        ("vgg16", 224, (7, 7, 512), 14_714_688),
        ("inception_v3", 299, (8, 8, 2048), 21_802_784),
    ],
)
def test_known_shapes_and_sizes(name, size, before_pooling, parameters):
    rows = ARCHITECTURES[name].table(size, class_count=10)
    body, head = rows[:-3], rows[-3:]
    assert body[-1].shape == before_pooling
    assert sum(row.parameters for row in body) == parameters
    assert [row.shape for row in head] == [before_pooling[2:], before_pooling[2:], (10,)]
    assert head[-1].parameters == (before_pooling[2] + 1) * 10


@EVERY
def test_only_the_head_depends_on_the_classes_and_the_dropout(architecture):
    few, many = architecture.network(2, 0.1), architecture.network(21, 0.5)
    assert few[:-2] == many[:-2]
    assert (many[-2].rate, many[-1].units) == (0.5, 21)


def test_the_weights_are_known_by_the_names_that_keras_uses():
    files = {name: a.weights for name, a in ARCHITECTURES.items() if a.weights}
    assert len({weights.file_name for weights in files.values()}) == len(files)
    for weights in files.values():
        assert weights.url.startswith("https://")
        assert weights.url.endswith("/" + weights.file_name)
        assert "no" in weights.file_name
        assert "top" in weights.file_name
        assert weights.megabytes > 1


@pytest.mark.real
def test_the_real_weights_lie_under_that_name(real_images):
    weights = ARCHITECTURES["mobilenet_075"].weights
    path = real_images / "keras" / "models" / weights.file_name
    assert path.stat().st_size == pytest.approx(weights.megabytes * 1e6, rel=0.1)
