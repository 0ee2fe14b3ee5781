"""A file of LiteRT that computes in whole numbers of 8 bits, a quarter of the size.

By what the run's own training images come to in each layer, the converter sets the range that 256 steps divide. Images
of another kind, or in another range, give a file that opens, runs, and is wrong.
"""

from pathlib import Path

import keras

from core.export.network.litert import EXAMPLE, PACKAGES, save_litert
from core.export.network.network_format import INT8, NetworkFormat, Sources

STEPS = "Its probabilities come in 256 steps and end at 255/256, so that a row may sum to .996."


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    import tensorflow as tf

    pixels = sources.training_images()
    ranges = lambda: ([pixels[row : row + 1]] for row in range(len(pixels)))  # noqa: E731
    save_litert(model, folder, optimizations=[tf.lite.Optimize.DEFAULT], representative_dataset=ranges)


write = NetworkFormat("LiteRT, int8", save, EXAMPLE, PACKAGES, INT8, remark=STEPS).write
