"""Trained runs to explain: images of grey noise in which a small coloured square, anywhere, decides the class."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

SIDE, PATCH, COUNT = 48, 14, 40
COLOURS = {"blue": (30, 50, 230), "red": (230, 50, 30)}


def draw_patch(colour: str, top: int, left: int, seed: int = 0) -> np.ndarray:
    """Grey noise of (SIDE, SIDE, 3) uint8 with a square of a colour in it."""
    pixels = np.repeat(np.random.default_rng(seed).normal(128, 20, (SIDE, SIDE, 1)), 3, axis=-1)
    pixels[top : top + PATCH, left : left + PATCH] = COLOURS[colour]
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def draw() -> Callable[..., np.ndarray]:
    return draw_patch


@pytest.fixture(scope="session")
def patches(tmp_path_factory) -> Workspace:
    """A workspace with the dataset "patches"."""
    folder, rng = tmp_path_factory.mktemp("patches"), np.random.default_rng(0)
    for colour in COLOURS:
        (folder / "images" / colour).mkdir(parents=True)
        for index in range(COUNT):
            top, left = rng.integers(0, SIDE - PATCH, 2)
            picture = Image.fromarray(draw_patch(colour, top, left, seed=index))
            picture.save(folder / "images" / colour / f"{colour}_{index:02}.png")
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "patches"))
    return workspace


@pytest.fixture(scope="session")
def backbone_weights(tmp_path_factory) -> Path:
    """A file of a MobileNet whose batch normalisation knows images: untrained, all images would look alike to it."""
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=(96, 96, 3))
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    network(np.random.default_rng(0).uniform(-1, 1, (32, 96, 96, 3)), training=True)
    path = tmp_path_factory.mktemp("weights") / "mobilenet.h5"
    network.save(path)
    return path


@pytest.fixture(scope="session")
def train_run(patches: Workspace) -> Callable[..., Run]:
    """Trains on the patches: `train_run(architecture="small_cnn", epochs=8)`."""

    # What is averaged over views is not the answer to one image.
    fixed = {"dataset": "patches", "patience": 100, "test_time_augmentation": False}

    def make(**settings) -> Run:
        run = create_run(patches, read_settings(fixed | settings))
        assert train(run.folder) == 0, run.status().error
        return run

    return make


@pytest.fixture(scope="session")
def from_scratch(train_run) -> Run:
    """A small CNN that tells the colours apart."""
    run = train_run(architecture="small_cnn", image_size=SIDE, epochs=12, batch_size=8, augmentation="flip_horizontal")
    assert run.record.test_accuracy > 0.9
    return run


@pytest.fixture(scope="session")
def linear_head(train_run, backbone_weights) -> Run:
    """A linear head on a frozen MobileNet, trained without Keras."""
    return train_run(architecture="mobilenet_075", image_size=96, epochs=5, weights=str(backbone_weights))
