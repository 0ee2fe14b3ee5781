"""A dataset of every odd kind of image, and a run of each kind of network on it."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tifffile
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

SIDE, OF_EACH_KIND = 40, 3
COLOURS = {"blue": (50, 60, 200), "red": (200, 60, 50)}


def _turned(path: Path, pixels: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels[: SIDE // 2]).save(path, exif=exif, quality=95)


def _alpha(path: Path, pixels: np.ndarray) -> None:
    opacity = np.zeros((SIDE, SIDE), np.uint8)
    opacity[8:, 8:] = 255
    Image.fromarray(np.dstack([pixels, opacity])).save(path)


# How pixels of 8 bits are written as each kind, by the ending that its files have.
KINDS: dict[str, Callable[[Path, np.ndarray], object]] = {
    "plain.png": lambda path, pixels: Image.fromarray(pixels).save(path),
    "plain.jpg": lambda path, pixels: Image.fromarray(pixels).save(path),
    "turned.jpg": _turned,
    "cmyk.jpg": lambda path, pixels: Image.fromarray(pixels).convert("CMYK").save(path),
    "cmyk.tif": lambda path, pixels: Image.fromarray(pixels).convert("CMYK").save(path),
    "palette.png": lambda path, pixels: Image.fromarray(pixels).quantize(16).save(path),
    "palette.gif": lambda path, pixels: Image.fromarray(pixels).quantize(16).save(path),
    "alpha.png": _alpha,
    "one_bit.png": lambda path, pixels: Image.fromarray(pixels).convert("1").save(path),
    "grey.bmp": lambda path, pixels: Image.fromarray(pixels).convert("L").save(path),
    "sixteen.tif": lambda path, pixels: tifffile.imwrite(path, pixels.astype(np.uint16) * 199, photometric="rgb"),
    "grey_sixteen.png": lambda path, pixels: Image.fromarray(pixels[..., 0].astype(np.uint16) * 199).save(path),
    "float.tif": lambda path, pixels: tifffile.imwrite(path, pixels.astype(np.float32) / 300, photometric="rgb"),
    "bands.tif": lambda path, pixels: tifffile.imwrite(
        path, np.dstack([pixels, pixels[..., :2]]), photometric="minisblack", planarconfig="contig"
    ),
    "turned.tif": lambda path, pixels: tifffile.imwrite(
        path, pixels, photometric="rgb", extratags=[(274, 3, 1, 8, True)]
    ),
    "photo.webp": lambda path, pixels: Image.fromarray(pixels).save(path),
}


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the dataset "kinds": every kind in blue and in red, the images of ``new`` without a label."""
    folder, rng = tmp_path_factory.mktemp("kinds"), np.random.default_rng(0)
    lines = ["path,label"]
    for label, colour in COLOURS.items():
        (folder / "images" / label).mkdir(parents=True)
        for number in range(OF_EACH_KIND):
            for name, write in KINDS.items():
                path = folder / "images" / label / f"{number}_{name}"
                write(path, np.clip(rng.normal(colour, 45, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8))
                lines.append(f"{label}/{path.name},{label}")
    (folder / "images" / "new").mkdir()
    for number in range(3):
        pixels = np.clip(rng.normal(COLOURS["red"], 45, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "images" / "new" / f"{number}.png")
        lines.append(f"new/{number}.png,")
    (folder / "images" / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images" / "table.csv", "kinds"))
    return workspace


@pytest.fixture(scope="session")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of weights whose batch normalisation knows images: untrained, all of them would look alike."""
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNet(alpha=0.75, include_top=False, weights=None, input_shape=(32, 32, 3))
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    network(np.random.default_rng(0).uniform(-1, 1, (64, 32, 32, 3)), training=True)
    path = tmp_path_factory.mktemp("weights") / "mobilenet.h5"
    network.save(path)
    return str(path)


@pytest.fixture(scope="session")
def train_on_kinds(kinds: Workspace) -> Callable[..., Run]:
    """Trains on the dataset of all kinds: `train_on_kinds(architecture="small_cnn")`."""
    fixed = {"dataset": "kinds", "image_size": 32, "epochs": 3, "patience": 100, "augmentation": "flip_horizontal"}

    def make(**settings) -> Run:
        run = create_run(kinds, read_settings(fixed | settings))
        assert train(run.folder) == 0, run.status().error
        return run

    return make


@pytest.fixture(scope="session")
def frozen(train_on_kinds, mobilenet) -> Run:
    return train_on_kinds(architecture="mobilenet_075", weights=mobilenet)


@pytest.fixture(scope="session")
def hidden_layer(train_on_kinds, mobilenet) -> Run:
    return train_on_kinds(architecture="mobilenet_075", weights=mobilenet, hidden=8)


@pytest.fixture(scope="session")
def scratch(train_on_kinds) -> Run:
    return train_on_kinds(architecture="small_cnn", batch_size=8)


@pytest.fixture(scope="session")
def fine_tuned(train_on_kinds, mobilenet) -> Run:
    options = {"unfreeze": 2, "fine_tune_epochs": 3, "fine_tune_rate": 1e-3, "deterministic": True}
    run = train_on_kinds(architecture="mobilenet_075", weights=mobilenet, **options)
    assert run.fine_tuned_weights.exists()
    return run
