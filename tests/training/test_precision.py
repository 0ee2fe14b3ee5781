"""The precision of a training: measured, remembered, said in words, or chosen by hand."""

import keras
import numpy as np
import pytest

from core.errors import UsageError
from core.features.plan import plan_key, read_plan, remembered_plan
from core.features.runtimes import plain_name
from core.training.precision import batch_sizes, choose_precision, precisions

KEY = plan_key({"architecture": "small_cnn", "image_size": 8, "weights": ""}, training={"batch_sizes": [32]})
SAMPLE = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)


def build(policy):
    layers = [keras.layers.Flatten(dtype=policy), keras.layers.Dense(2, dtype="float32")]
    return keras.Sequential([keras.Input((8, 8, 3)), *layers])


def never(policy):
    raise AssertionError("nothing was to be built")


def test_automatic_batches_leave_an_epoch_ten_steps_and_a_given_size_is_kept():
    assert batch_sizes(0, 5000) == (16, 32, 64, 128)
    assert batch_sizes(0, 639) == (16, 32)
    assert batch_sizes(0, 20) == (16,)
    assert batch_sizes(48, 20) == (48,)


def test_the_quickest_is_measured_remembered_and_said(tmp_path):
    plan = choose_precision(build, SAMPLE, (32,), KEY, tmp_path)
    trials = {trial.name: trial for trial in plan.trials}
    assert list(trials) == list(precisions())
    usable = [trial for trial in plan.trials if not trial.reason]
    assert trials[plan.runtime].images_per_second == max(trial.images_per_second for trial in usable)
    assert (plan.batch_size, plan.chosen_by) == (32, "measurement")
    assert plan.family == precisions()[plan.runtime].family
    assert "images a second" in plan.words()
    assert "agree" not in plan.words()
    assert read_plan(plan.to_dict()) == plan
    assert remembered_plan(tmp_path, KEY) == plan
    assert choose_precision(never, SAMPLE, (32,), KEY, tmp_path) == plan


def test_the_batch_size_is_chosen_among_those_there_are_images_for(tmp_path):
    assert choose_precision(build, SAMPLE, (16, 32, 64), KEY, tmp_path).batch_size in (16, 32)


def test_a_batch_size_larger_than_the_sample_is_kept(tmp_path):
    assert choose_precision(build, SAMPLE, (512,), KEY, tmp_path).batch_size == 512


def test_without_images_to_try_on_float32_and_the_usual_batch_are_taken(tmp_path):
    plan = choose_precision(never, SAMPLE[:0], (16, 32, 64), KEY, tmp_path)
    assert (plan.runtime, plan.family, plan.batch_size, plan.chosen_by) == (plain_name(), "float32", 32, "default")
    assert list(tmp_path.iterdir()) == []


def test_a_setting_overrules_the_measurement(tmp_path):
    plan = choose_precision(never, SAMPLE, (24,), KEY, tmp_path, plain_name())
    assert (plan.runtime, plan.batch_size, plan.chosen_by) == (plain_name(), 24, "setting")
    plan = choose_precision(build, SAMPLE, (16, 32), KEY, tmp_path, plain_name())
    assert (plan.runtime, plan.chosen_by, len(plan.trials)) == (plain_name(), "setting", 1)
    assert plan.words().endswith("as the settings ask.")
    assert list(tmp_path.iterdir()) == []


def test_a_precision_that_does_not_exist_or_cannot_be_used_is_refused_in_words(tmp_path):
    for name in ("abacus", "openvino-bfloat16"):
        with pytest.raises(UsageError, match=f"There is no runtime '{name}'. There are: auto, {plain_name()}"):
            choose_precision(never, SAMPLE, (32,), KEY, tmp_path, name)
    for name, way in precisions().items():
        if way.missing:
            with pytest.raises(UsageError, match=f"The runtime {name} cannot be used here: "):
                choose_precision(never, SAMPLE, (32,), KEY, tmp_path, name)
