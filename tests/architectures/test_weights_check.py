"""Whether a file holds the weights of a backbone: real files, right ones and all kinds of wrong ones."""

from dataclasses import replace

import h5py
import pytest

from core.architectures.registry import ARCHITECTURES
from core.architectures.weights_check import LayerWeights, check_weights, layout_path, read_layout
from core.errors import UsageError

PRETRAINED = [architecture for architecture in ARCHITECTURES.values() if architecture.weights]


@pytest.fixture
def layers(small_backbone):
    return tuple(read_layout(layout_path(small_backbone.name)))


@pytest.fixture
def refusal(small_backbone, tmp_path):
    """Why a file is refused."""

    def words(path):
        with pytest.raises(UsageError) as caught:
            check_weights(small_backbone, path)
        assert str(path) in str(caught.value)
        return str(caught.value)

    return words


@pytest.mark.parametrize("group", ["/", "model_weights"], ids=["weights", "whole saved model"])
def test_what_fits_is_taken(small_backbone, layers, write_weights, tmp_path, group):
    check_weights(small_backbone, write_weights(tmp_path / "mine.h5", layers, group=group))


def test_layers_may_have_other_names_since_keras_goes_by_their_order(small_backbone, layers, write_weights, tmp_path):
    renamed = tuple(replace(layer, name=f"my_{layer.name}") for layer in layers)
    check_weights(small_backbone, write_weights(tmp_path / "mine.h5", renamed))


def test_names_that_are_divided_among_several_attributes(small_backbone, layers, write_weights, tmp_path):
    path = write_weights(tmp_path / "mine.h5", layers)
    with h5py.File(path, "a") as file:
        names = list(file.attrs["layer_names"])
        del file.attrs["layer_names"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = names[:2], names[2:]
    check_weights(small_backbone, path)


def test_another_network_is_refused_at_the_layer_where_it_differs(refusal, layers, write_weights, tmp_path):
    others = (layers[0], replace(layers[1], shapes=((8,),) * 4), layers[2])
    words = refusal(write_weights(tmp_path / "other.h5", others))
    assert "layer 2 is bn (8, 8, 8, 8) where bn (4, 4, 4, 4) was expected" in words
    assert "512,128 parameters were expected in all, 512,144 were found" in words
    assert "mobilenet_7_5_224_tf_no_top.h5" in words


def test_a_file_with_the_top_is_refused_as_such(refusal, layers, write_weights, tmp_path):
    top = (LayerWeights("fc", ((10, 20), (20,))), LayerWeights("predictions", ((20, 1000), (1000,))))
    words = refusal(write_weights(tmp_path / "whole.h5", layers + top))
    assert "this file has the top: fc, predictions behind the backbone, 21,220 parameters more than its" in words
    assert "Take the file that Keras calls mobilenet_7_5_224_tf_no_top.h5" in words


def test_a_file_that_lacks_layers(refusal, layers, write_weights, tmp_path):
    words = refusal(write_weights(tmp_path / "half.h5", layers[:1]))
    assert "it ends too early: bn, conv2 are lacking" in words


@pytest.mark.parametrize("fill", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(refusal, layers, write_weights, tmp_path, fill):
    assert "layer conv1 holds what is not a number" in refusal(write_weights(tmp_path / "nan.h5", layers, fill))


def test_whole_numbers_are_no_weights(refusal, layers, write_weights, tmp_path):
    assert "holds what is not a number" in refusal(write_weights(tmp_path / "whole.h5", layers, 1, dtype="i4"))


def test_the_newer_format_is_refused_with_the_way_out(refusal, tmp_path):
    with h5py.File(tmp_path / "new.weights.h5", "w") as file:
        file.create_group("layers/dense/vars")
    assert "model.save('NAME.h5')" in refusal(tmp_path / "new.weights.h5")


def test_hdf5_of_something_else(refusal, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["temperatures"] = [1.0, 2.0]
    assert "no file of Keras weights: it holds temperatures" in refusal(tmp_path / "other.h5")


@pytest.mark.parametrize("share", [0.0001, 0.5, 0.99])
def test_a_file_that_is_cut_off(refusal, layers, write_weights, tmp_path, share):
    path = write_weights(tmp_path / "cut.h5", layers)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "damaged or cut off" in refusal(path)


def test_a_list_of_layers_that_are_not_there(refusal, layers, write_weights, tmp_path):
    path = write_weights(tmp_path / "lacking.h5", layers)
    with h5py.File(path, "a") as file:
        del file["conv2"]
    assert "damaged or cut off" in refusal(path)


@pytest.mark.parametrize("architecture", PRETRAINED, ids=lambda architecture: architecture.name)
def test_it_is_known_what_every_backbone_consists_of(architecture):
    # Else: python -m core.networks.weight_layouts
    layers = read_layout(layout_path(architecture.name))
    assert sum(layer.parameters for layer in layers) == architecture.backbone_parameters


@pytest.mark.real
def test_keras_own_files(real_images):
    models, architecture = real_images / "keras" / "models", ARCHITECTURES["mobilenet_075"]
    own = models / architecture.weights.file_name
    if not own.is_file():
        pytest.skip(f"there is no {own}")
    check_weights(architecture, own)
    with pytest.raises(UsageError, match="this file has the top: conv_preds behind the backbone, 769,000 parameters"):
        check_weights(architecture, models / "mobilenet_7_5_224_tf.h5")
