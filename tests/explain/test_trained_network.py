"""The network of a run, rebuilt: it answers what it answered when the run was evaluated."""

import shutil

import keras
import numpy as np
import pytest
from cachetools import LRUCache

from core.architectures.registry import ARCHITECTURES
from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.explain.trained_network import MOST_IMAGES, NETWORKS_KEPT, TrainedNetwork, trained_network
from core.networks.backbones import build_backbone
from core.runs.record import Run
from core.runs.settings import read_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),
]


def answers(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities of some images: of the network that was rebuilt, and of the run's own table."""
    predictions = run.predictions()
    rows = np.arange(0, len(predictions), 5)
    dataset = open_dataset(run.workspace, run.settings.dataset)
    network = trained_network(run)
    return (
        network.probabilities(network.read([dataset.path_of(path) for path in predictions.ids[rows]])),
        predictions.probabilities[rows],
    )


def test_a_network_from_scratch_answers_as_it_was_evaluated(from_scratch):
    np.testing.assert_allclose(*answers(from_scratch), atol=1e-5)


def test_a_linear_head_that_was_trained_without_keras_does(linear_head):
    np.testing.assert_allclose(*answers(linear_head), atol=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": 8, "tune_weight_decay": False},
        {"weights": "untrained", "seed": 5},
        # A head that has hardly begun, so that there is something left for the blocks to learn.
        {"min_steps_per_epoch": 1, "unfreeze": 2, "fine_tune_epochs": 2, "fine_tune_rate": 1e-3},
    ],
    ids=["a head with a hidden layer", "a random backbone", "fine-tuned"],
)
def test_other_heads_and_backbones_do(train_run, backbone_weights, changes):
    settings = {"architecture": "mobilenet_075", "image_size": 64, "epochs": 2, "weights": str(backbone_weights)}
    run = train_run(**settings | changes)
    if "unfreeze" in changes:
        assert run.fine_tuned_weights.exists()
    # The activations that fine-tuning learns from are kept in half precision.
    np.testing.assert_allclose(*answers(run), atol=5e-3 if "unfreeze" in changes else 1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"augmentation": "flip_horizontal,mixup", "architecture": "small_cnn", "image_size": 32},
        {"runtime": "tensorflow-bfloat16", "architecture": "small_cnn", "image_size": 32},
        {"architecture": "two_conv_pooled"},
    ],
    ids=["mixed images", "half precision", "grey images"],
)
def test_other_networks_from_scratch_do(train_run, changes):
    np.testing.assert_allclose(*answers(train_run(epochs=1, **changes)), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "maps"),
    [
        ("vgg16", (6, 6, 512)),  # before its last pooling
        ("resnet50", (3, 3, 2048)),
        ("densenet121", (3, 3, 1024)),
        ("efficientnet_v2_b0", (3, 3, 1280)),
        ("mobilenet_v2", (3, 3, 1280)),
        ("inception_v3", (4, 4, 768)),  # at this size, what follows tells no places apart
        ("convnext_tiny", (3, 3, 768)),
    ],
)
def test_each_backbone_is_cut_at_its_last_maps(name, maps):
    backbone = build_backbone(ARCHITECTURES[name], 96, None)
    front = keras.Model(backbone.input, backbone.operations[-2].output)
    network = TrainedNetwork(name, 96, 2, front, backbone.operations[-1])
    assert network.rest.input_shape[1:] == maps
    assert network.rest.output_shape == backbone.output_shape


def test_two_networks_are_kept(from_scratch, linear_head, monkeypatch):
    monkeypatch.setattr(trained_network, "cache", LRUCache(NETWORKS_KEPT))
    first, second = trained_network(from_scratch), trained_network(linear_head)
    assert trained_network(Run(from_scratch.folder)) is first
    assert trained_network(linear_head) is second
    monkeypatch.setattr(trained_network, "cache", LRUCache(1))
    first, second = trained_network(from_scratch), trained_network(linear_head)
    assert trained_network(linear_head) is second
    assert list(trained_network.cache.values()) == [second]


def copy_of(run: Run, tmp_path) -> Run:
    return Run(shutil.copytree(run.folder, tmp_path / "workspace" / "runs" / run.id))


def test_a_run_without_weights_says_so(from_scratch, tmp_path):
    run = copy_of(from_scratch, tmp_path)
    run.best_weights.unlink()
    with pytest.raises(WorkbenchError, match="has no weights"):
        trained_network(run)


def test_damaged_weights_are_told_of(from_scratch, tmp_path):
    run = copy_of(from_scratch, tmp_path)
    run.best_weights.write_bytes(b"nothing of the kind")
    with pytest.raises(WorkbenchError, match="damaged, or of another network"):
        trained_network(run)


def test_weights_of_a_backbone_that_are_gone_are_told_of(linear_head, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    run = copy_of(linear_head, tmp_path)
    run.save_settings(read_settings(run.settings.to_dict() | {"weights": "imagenet"}))
    with pytest.raises(WorkbenchError, match="are not on this machine any more"):
        trained_network(run)
    run.save_settings(read_settings(run.settings.to_dict() | {"weights": str(tmp_path / "gone.h5")}))
    with pytest.raises(WorkbenchError, match="There is no file of weights"):
        trained_network(run)


def test_images_that_are_gone_or_too_many_are_told_of(from_scratch, tmp_path):
    network = trained_network(from_scratch)
    with pytest.raises(WorkbenchError, match=r"^gone\.png no longer exists\.$"):
        network.read([tmp_path / "gone.png"])
    with pytest.raises(UsageError, match="From 1 to"):
        network.read([])
    with pytest.raises(UsageError, match=f"Got {MOST_IMAGES + 1}"):
        network.read(["gone.png"] * (MOST_IMAGES + 1))
