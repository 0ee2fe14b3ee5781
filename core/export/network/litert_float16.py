"""A file of LiteRT whose weights take half the room: it computes in float32 from weights of float16."""

from pathlib import Path

import keras

from core.export.network.check import Bound
from core.export.network.litert import EXAMPLE, PACKAGES, save_litert
from core.export.network.network_format import NetworkFormat, Sources


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    import tensorflow as tf

    types = {"supported_types": [tf.float16]}
    save_litert(model, folder, optimizations=[tf.lite.Optimize.DEFAULT], target_spec=types)


write = NetworkFormat("LiteRT, float16", save, EXAMPLE, PACKAGES, Bound(largest=2e-3, on_odd_images=False)).write
