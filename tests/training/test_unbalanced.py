"""Few images, of one class far more than of the others: no run answers its own training images worse than a constant.

Nothing tells the classes apart here, so that all a run can learn is how common they are.
"""

import numpy as np
import pytest
from PIL import Image

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.evaluation.predictions import Predictions
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

pytestmark = pytest.mark.slow

COUNTS = {"many": 40, "some": 10, "one": 1}
BLOCKS = (usual_block("convolution", filters=4), usual_block("batch_norm"), usual_block("global_average_pool"))
FROZEN = {"architecture": "mobilenet_075", "weights": "untrained", "image_size": 32}
RUNS = {
    "small CNN": {"architecture": "small_cnn", "image_size": 32},
    "small CNN, mixed images": {"architecture": "small_cnn", "image_size": 32, "augmentation": "mixup,cutmix"},
    "own network": {"network": CustomNetwork("own", "Own", 32, 3, BLOCKS).to_dict(), "image_size": 32},
    "head": FROZEN,
    "head, smoothed labels": FROZEN | {"label_smoothing": 0.2},
    "head, one epoch": FROZEN | {"epochs": 1},
    "hidden layer": FROZEN | {"hidden": 8},
    "decay as it is set": FROZEN | {"tune_weight_decay": False},
    "fine-tuned": FROZEN | {"unfreeze": 1, "fine_tune_epochs": 2},
}


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """A workspace with the dataset "noise"."""
    folder, draws = tmp_path_factory.mktemp("noise"), np.random.default_rng(0)
    for label, count in COUNTS.items():
        (folder / "images" / label).mkdir(parents=True)
        for index in range(count):
            pixels = draws.integers(0, 256, (32, 32, 3), np.uint8)
            Image.fromarray(pixels).save(folder / "images" / label / f"{index}.png")
    workspace = Workspace.at(folder / "workspace")
    run_import(create_from_path(workspace, folder / "images", "noise"))
    return workspace


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_no_run_ends_below_the_commonest_class_on_its_own_training_images(noise, changes):
    run = create_run(noise, read_settings({"dataset": "noise", "epochs": 5} | changes))
    assert train(run.folder) == 0, run.status().error
    found = Predictions.load(run.predictions_path).of("train")
    constant = np.bincount(found.true).max() / len(found.true)
    assert (found.predicted == found.true).mean() >= constant


def test_an_epoch_that_has_given_a_class_up_is_not_the_best(noise, tmp_path):
    """Of the rare class there is no validation image, and the rate is so large that the first epochs are sure of all.

    What such an epoch answers of its own training images is worse than what a constant would, in log loss.
    """
    draws = np.random.default_rng(0)
    for part, label, count in (("train", "a", 36), ("train", "b", 1), ("validation", "a", 12), ("test", "a", 3)):
        (tmp_path / part / label).mkdir(parents=True)
        for index in range(count):
            pixels = draws.integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / part / label / f"{index}.png")
    run_import(create_from_path(noise, tmp_path, "given_up"))
    changes = {"dataset": "given_up", "architecture": "cervix_cnn", "image_size": 16, "epochs": 12, "seed": 1}
    run = create_run(noise, read_settings(changes))
    assert train(run.folder) == 0, run.status().error
    found = Predictions.load(run.predictions_path).of("train")
    assert any("1 training image of classes that validation lacks" in str(event) for event in run.events.read())
    shares = np.bincount(found.true) / len(found.true)
    constant = -(shares * np.log(shares)).sum()
    own = found.probabilities[np.arange(len(found.true)), found.true]
    assert -np.log(np.maximum(own, 1e-15)).mean() <= 1.1 * constant
