"""Several devices that share batches: two halves of the processor, each of which TensorFlow takes for a device.

In a process of its own, since what devices there are is settled when TensorFlow starts.
"""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from core.errors import WorkbenchError
from core.features.devices import device_in_words, use_all
from core.installation import PROJECT
from core.training.batches import Batches

START = """
import json, sys
from pathlib import Path
import numpy as np
import tensorflow as tf
import keras
from core.features.devices import use_all

processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
devices, folder = sys.argv[1].split(","), Path(sys.argv[2])
keras.utils.set_random_seed(0)
use_all(devices)
"""

# 64 images in batches of 16, so that they come out even; 21 validation images, which do not.
TRAIN = """
from core.networks.network import build_head
from core.runs.settings import read_settings
from core.training.batches import Batches
from core.runs.training_state import TrainingState
from core.training.callbacks.base import Callback
from core.training.checkpoint import load_checkpoint, save_checkpoint
from core.training.keras_learner import KerasLearner

class Recorder(Callback):
    def __init__(self, batches): self.batches, self.figures = batches, []
    def on_epoch_begin(self, epoch): self.batches.begin(epoch)
    def on_epoch_end(self, epoch, metrics): self.figures.append(metrics)

def learner():
    keras.utils.set_random_seed(0)
    settings = read_settings({"dataset": "d", "architecture": "mobilenet_075", "label_smoothing": 0.1})
    return KerasLearner(build_head(8, 3, dropout=0, hidden=6), settings)

draw = np.random.default_rng(0)
inputs, targets = draw.normal(size=(85, 8)).astype("float32"), draw.integers(0, 3, 85)
weights, validation = np.array([1, 2, 0.5], "float32"), (inputs[64:], targets[64:])

def fit(learner, first, epochs):
    recorder = Recorder(Batches(inputs[:64], targets[:64], 16, 0, weights, learner.shares))
    learner.fit(recorder.batches, validation, recorder, first, epochs)
    return recorder.figures

unbroken, first = learner(), learner()
figures = fit(unbroken, 0, 4)
again = fit(first, 0, 2)
save_checkpoint(folder / "checkpoint.npz", first, TrainingState(epochs=2))
resumed = learner()
load_checkpoint(folder / "checkpoint.npz", resumed)
again += fit(resumed, 2, 4)
unbroken.save(folder / "kept.weights.h5")
loaded = learner()
loaded.load(folder / "kept.weights.h5")
result = {
    "shares": unbroken.shares,
    "figures": figures,
    "again": again,
    "probabilities": loaded.probabilities(inputs).tolist(),
    "of_one": loaded.probabilities(inputs[:1]).tolist(),
}
"""

FEATURES = """
from core.architectures.registry import find_architecture
from core.networks.backbones import build_backbone
from core.features.runtimes import runtimes

backbone = build_backbone(find_architecture("mobilenet_075"), 32, None)
pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
result["features"] = runtimes()["tensorflow-float32"].make(backbone)(pixels).tolist()
print(json.dumps(result))
"""


def result_of(devices, folder):
    """What comes of the programs above where `devices` share batches."""
    done = subprocess.run(
        [sys.executable, "-c", START + TRAIN + FEATURES, devices, str(folder)],
        cwd=PROJECT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return result_of("cpu:0", tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return result_of("cpu:0,cpu:1", tmp_path_factory.mktemp("two"))


@pytest.mark.slow
def test_two_devices_learn_the_same_as_one(one, two):
    assert (one["shares"], two["shares"]) == (1, 2)
    for alone, shared in zip(one["figures"], two["figures"], strict=True):
        assert shared == pytest.approx(alone, rel=1e-5)


@pytest.mark.slow
def test_two_devices_go_on_from_a_checkpoint(two):
    for unbroken, again in zip(two["figures"], two["again"], strict=True):
        assert again == pytest.approx(unbroken, rel=1e-6)


@pytest.mark.slow
def test_two_devices_answer_for_each_image_though_they_cant_be_shared_out_evenly(one, two):
    assert len(two["probabilities"]) == len(one["probabilities"]) == 85
    for alone, shared in zip(one["probabilities"], two["probabilities"], strict=True):
        assert shared == pytest.approx(alone, abs=1e-5)
    assert two["of_one"][0] == pytest.approx(two["probabilities"][0], abs=1e-6)


@pytest.mark.slow
def test_two_devices_compute_the_same_features_as_one(one, two):
    assert len(two["features"]) == len(one["features"]) == 5
    for alone, shared in zip(one["features"], two["features"], strict=True):
        assert shared == pytest.approx(alone, abs=1e-5)


def test_every_device_gets_as_many_images_and_those_left_out_are_others_in_each_epoch():
    batches, seen = Batches(np.arange(33), np.arange(33), 9, seed=0, shares=2), []
    for epoch in range(2):
        batches.begin(epoch)
        parts = [batches[index][0].tolist() for index in range(len(batches))]
        assert [len(part) for part in parts] == [8, 8, 8, 8]
        seen.append({image for part in parts for image in part})
        assert len(seen[-1]) == batches.image_count == 32
    assert seen[0] != seen[1]


def test_training_on_all_gpus_is_refused_in_words_where_keras_does_not_run_on_tensorflow(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(WorkbenchError, match=r"Keras runs on jax here.*needs TensorFlow"):
        use_all(["gpu:0", "gpu:1"])


def test_without_graphics_cards_the_processor_is_named():
    assert device_in_words().startswith("CPU (")
