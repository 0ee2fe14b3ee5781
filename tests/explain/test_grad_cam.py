"""Grad-CAM: it lies on what decides, and is the class activation map where that has a closed form."""

import keras
import numpy as np
import pytest

from core.datasets.store import open_dataset
from core.errors import UsageError
from core.explain.grad_cam import enlarged, grad_cam
from core.explain.trained_network import TrainedNetwork, trained_network

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),
]
CORNERS = {"top left": (0, 0), "top right": (0, 34), "bottom left": (34, 0), "bottom right": (34, 34)}


def some_images(run, count=3):
    dataset = open_dataset(run.workspace, run.settings.dataset)
    return trained_network(run).read([dataset.path_of(path) for path in dataset.images["path"][:count]])


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("colour", ["blue", "red"])
def test_the_heat_lies_on_the_square_that_decides(from_scratch, draw, corner, colour):
    top, left = CORNERS[corner]
    network = trained_network(from_scratch)
    image, answer = draw(colour, top, left, seed=99), ["blue", "red"].index(colour)
    assert network.probabilities(image[None])[0].argmax() == answer
    (heat,) = grad_cam(network, image[None], [answer])
    assert (heat.shape, heat.dtype) == ((48, 48), np.float32)
    assert heat.max() == pytest.approx(1, abs=0.05)
    rows, columns = (slice(None, 24) if edge == 0 else slice(24, None) for edge in (top, left))
    assert heat[rows, columns].max() == heat.max()
    # A network of two classes takes what is of neither colour for a faint sign of one of them, all over the image.
    assert heat[rows, columns].sum() > 0.45 * heat.sum()
    hot = np.where(heat > 0.5, heat, 0)
    assert hot[rows, columns].sum() > 0.85 * hot.sum()


def test_it_is_the_class_activation_map_of_a_linear_head_on_averages(linear_head):
    network, images = trained_network(linear_head), some_images(linear_head)
    kernel, _ = network.head.get_weights()
    for answer in (0, 1):
        maps = np.maximum(np.einsum("nhwc,c->nhw", network.maps(images), kernel[:, answer]), 0)
        expected = [enlarged(each / max(each.max(), 1e-12), 96) for each in maps]
        np.testing.assert_allclose(grad_cam(network, images, [answer] * 3), expected, atol=1e-4)


def test_one_image_for_several_classes_is_as_each_alone(linear_head):
    network, images = trained_network(linear_head), some_images(linear_head)
    together = grad_cam(network, images[[0, 0, 2]], [0, 1, 1])
    for place, (image, answer) in enumerate([(0, 0), (0, 1), (2, 1)]):
        np.testing.assert_allclose(together[place], grad_cam(network, images[[image]], [answer])[0], atol=1e-4)


def test_where_nothing_speaks_for_a_class_it_is_cold():
    pixels = keras.Input((8, 8, 3))
    maps = keras.layers.Conv2D(2, 3, padding="same", activation="relu", kernel_initializer="ones")(pixels)
    against = keras.layers.Dense(2, kernel_initializer=lambda shape, dtype=None: -keras.ops.ones(shape))
    body = keras.Model(pixels, against(keras.layers.GlobalAveragePooling2D()(maps)))
    network = TrainedNetwork("drawn", 8, 2, keras.Model(pixels, pixels), body)
    assert not grad_cam(network, np.full((1, 8, 8, 3), 200, np.uint8), [1]).any()


def test_what_has_no_maps_and_classes_that_are_not_there_are_told_of(train_run, from_scratch):
    network = trained_network(train_run(architecture="perceptron", epochs=1))
    images = np.zeros((1, network.image_size, network.image_size, 3), np.uint8)
    with pytest.raises(UsageError, match="Multilayer perceptron has no convolution"):
        grad_cam(network, images, [0])
    with pytest.raises(UsageError, match="no class 2 among 2"):
        grad_cam(trained_network(from_scratch), images, [2])
