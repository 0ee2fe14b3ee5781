"""Whether a file holds the weights of a backbone: real files, right ones and all kinds of wrong ones."""

import zipfile
from dataclasses import replace

import h5py
import numpy as np
import pytest

from core.architectures.layout import LayerWeights, layout_path, read_layout
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import add_weights, check_file
from core.architectures.weights_check import check_weights, read_weights
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


# The layouts of Keras 3 ----------------------------------------------------------------------------------------------


@pytest.fixture
def write_filed(tmp_path):
    """Writes layers as Keras 3 files them, by their places."""

    def write(layers, container="layers", name="new.weights.h5", fill=0.5):
        with h5py.File(tmp_path / name, "w") as file:
            file.create_group("optimizer/vars")["0"] = 1
            for layer in reversed(layers):  # the order in the file tells nothing
                kept = file.create_group(f"{container}/{layer.places[0]}/vars")
                kept.attrs["name"] = layer.name
                for index, shape in enumerate(layer.shapes):
                    kept[str(index)] = np.full(shape, fill, "f4")
        return tmp_path / name

    return write


@pytest.fixture
def packed(tmp_path):
    """Packs a file as the weights of a `.keras`, beside a description that nobody should read."""

    def pack(weights, compression=zipfile.ZIP_STORED):
        path = tmp_path / "mine.keras"
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("config.json", "no JSON")
            archive.write(weights, "model.weights.h5")
        return path

    return pack


@pytest.mark.parametrize("container", ["layers", "_layer_checkpoint_dependencies"])
def test_the_layout_of_keras_3_is_taken(small_backbone, layers, write_filed, container):
    path = write_filed(layers, container)
    check_weights(small_backbone, path)
    read = read_weights(small_backbone, path)
    assert [tuple(array.shape for array in arrays) for arrays in read] == [layer.shapes for layer in layers]


def test_a_keras_file_is_taken_for_its_weights_alone(small_backbone, layers, write_filed, packed):
    check_weights(small_backbone, packed(write_filed(layers)))


def test_a_layer_that_differs_in_the_layout_of_keras_3(refusal, layers, write_filed):
    words = refusal(write_filed((layers[0], replace(layers[1], shapes=((8,),) * 4), layers[2])))
    assert "layer 2 is bn (8, 8, 8, 8) where bn (4, 4, 4, 4) was expected" in words
    assert "512,128 parameters were expected in all, 512,144 were found" in words


def test_a_layer_that_is_lacking_in_the_layout_of_keras_3(refusal, layers, write_filed):
    assert "layer 2 is lacking where bn (4, 4, 4, 4) was expected" in refusal(write_filed((layers[0], layers[2])))


def test_the_top_in_the_layout_of_keras_3(refusal, layers, write_filed):
    top = LayerWeights("predictions", ((20, 1000), (1000,)), ("dense",))
    words = refusal(write_filed((*layers, top)))
    assert "this file has the top: predictions behind the backbone, 21,000 parameters more than its 512,128" in words


def test_a_backbone_within_another_model_in_the_layout_of_keras_3(refusal, layers, write_filed):
    words = refusal(write_filed(layers, "layers/functional/layers"))
    assert "layer 1 is lacking where conv1" in words


def test_numbers_that_are_none_in_the_layout_of_keras_3(refusal, layers, write_filed):
    assert "layer conv1 holds what is not a number" in refusal(write_filed(layers, fill=float("nan")))


def test_weights_brought_in_may_be_read_by_whoever_might_read_the_file(small_backbone, layers, write_filed):
    path = write_filed(layers)
    path.chmod(0o644)
    assert add_weights(small_backbone, path).path.stat().st_mode & 0o777 == 0o644


def test_a_keras_file_that_unpacks_to_far_more_than_weights(
    refusal, layers, write_filed, packed, small_backbone, tmp_path
):
    path = write_filed(layers)
    with path.open("ab") as file:
        file.truncate(40_000_000)
    words = refusal(packed(path, zipfile.ZIP_DEFLATED))
    assert "larger than 24 MB when unpacked" in words


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_files_of_keras_3_that_are_cut_off(refusal, layers, write_filed, packed, share):
    path = write_filed(layers)
    whole = packed(path)
    for file in (path, whole):
        content = file.read_bytes()
        file.write_bytes(content[: int(share * len(content))])
    assert "damaged or cut off" in refusal(path)
    with pytest.raises(UsageError, match="is not a file of Keras weights"):  # the list of a zip is at its end
        check_file(whole)


def test_a_keras_file_with_a_damaged_byte(refusal, layers, write_filed, packed):
    path = packed(write_filed(layers))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    assert "damaged or cut off" in refusal(path)


# What is no file of weights ------------------------------------------------------------------------------------------


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
