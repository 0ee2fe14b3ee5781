"""Grad-CAM: which places of an image raise the score of a class, by the last maps that tell places apart.

Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization": the maps are
added up, each by how much the score rises with it on average, and what lowers the score is left out. Where a linear
layer follows the average of the maps, that is the class activation map of Zhou et al. 2016.
"""

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import keras
import numpy as np
from PIL import Image

from core.errors import UsageError
from core.explain.trained_network import TrainedNetwork

Gradient = Callable[[np.ndarray, np.ndarray], np.ndarray]


def grad_cam(network: TrainedNetwork, pixels: np.ndarray, classes: Sequence[int]) -> np.ndarray:
    """Where an image speaks for a class.

    Parameters
    ----------
    network
        Of a run.
    pixels : (n, side, side, 3) array of uint8
        As `TrainedNetwork.read` gives them.
    classes : (n,) ints
        The class that each image is asked about. The same image may be asked about several.

    Returns
    -------
    (n, side, side) array of float32
        From 0 to 1, which is the strongest place of the image; 0 all over where no place speaks for the class.

    Raises
    ------
    UsageError
        If there is no such class, the network has no maps that tell places apart, or Keras does not run on TensorFlow.
    """
    chosen = network.check_classes(classes)
    # The maps of an image are computed once, however many classes it is asked about.
    contents = [image.tobytes() for image in pixels]
    first = {content: row for row, content in reversed(list(enumerate(contents)))}
    different = list(first.values())
    places = [different.index(first[content]) for content in contents]
    maps = network.maps(pixels[different])[places]
    gradient = _gradient_of(network)
    parts = [gradient(maps[rows], chosen[rows]) for rows in network.batches(np.arange(len(maps)))]
    weights = np.concatenate(parts).astype(np.float32).mean(axis=(1, 2))
    heat = np.maximum(np.einsum("nhwc,nc->nhw", maps.astype(np.float32), weights), 0)
    strongest = heat.max(axis=(1, 2), keepdims=True)
    heat = np.divide(heat, strongest, out=np.zeros_like(heat), where=strongest > 0)
    return np.stack([enlarged(each, network.image_size) for each in heat])


def enlarged(values: np.ndarray, side: int) -> np.ndarray:
    """Values of a coarse grid, (height, width), between whose places is drawn smoothly: (side, side) float32."""
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR))


def _gradient_of(network: TrainedNetwork) -> Gradient:
    """From maps and classes to how the class's score, before softmax, changes with each number of the maps."""
    if network not in _gradients:
        _gradients[network] = _build_gradient(network.rest)
    return _gradients[network]


_gradients: WeakKeyDictionary[TrainedNetwork, Gradient] = WeakKeyDictionary()


def _build_gradient(rest: keras.Model) -> Gradient:
    # Keras has no gradients of its own: each of its backends has another way.
    if keras.config.backend() != "tensorflow":
        raise UsageError(
            f"Keras runs on {keras.config.backend()} here, and Grad-CAM needs TensorFlow. Cover parts of the image "
            "instead: that works everywhere."
        )
    import tensorflow as tf

    maps = tf.TensorSpec([None, *rest.input_shape[1:]], keras.backend.standardize_dtype(rest.input.dtype))

    @tf.function(input_signature=[maps, tf.TensorSpec([None], tf.int32)])
    def gradient(maps, classes):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            # Of all images at once: none has anything to do with another one's maps.
            scores = tf.gather(rest(maps, training=False), classes, batch_dims=1)
        return tape.gradient(scores, maps)

    return lambda maps, classes: gradient(tf.constant(maps), tf.constant(classes)).numpy()
