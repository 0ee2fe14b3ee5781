"""The compute plan: the quickest way that gives the same features, remembered, and said in words with its figures."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError
from core.features.plan import (
    Plan,
    Trial,
    agreement,
    choose_runtime,
    measure,
    plan_key,
    read_plan,
    remember_plan,
    remembered_plan,
)
from core.features.runtimes import Runtime, plain_name, runtimes
from core.features.store import cache_key
from core.networks.backbones import build_backbone

PROJECT = Path(__file__).resolve().parents[2]
KEY = plan_key(cache_key("mobilenet_075", 32, None, seed=0))
SAMPLE = np.random.default_rng(0).integers(0, 256, (16, 8, 8, 3), dtype=np.uint8)


def colours(pixels):
    return pixels.mean(axis=(1, 2)).astype(np.float32)


def slowly(pixels):
    time.sleep(0.02)
    return colours(pixels)


def way(name, compute, missing=""):
    return Runtime(name, name.title(), name, missing, lambda backbone: compute)


def measured(*ways):
    return measure(None, SAMPLE, {each.name: each for each in ways})


def broken(pixels):
    raise RuntimeError("no such instruction\nand a long story")


def test_the_quickest_way_is_chosen():
    plan = measured(way("plain", slowly), way("quick", colours))
    assert (plan.runtime, plan.family, plan.chosen_by) == ("quick", "quick", "measurement")
    assert plan.words().startswith("Quick: ")
    assert "times Plain; its features agree." in plan.words()


def test_a_quick_way_that_gives_other_features_is_not_chosen():
    plan = measured(way("plain", slowly), way("wrong", lambda pixels: 255 - colours(pixels[..., ::-1]) * [1, 0, 2]))
    assert plan.runtime == "plain"
    assert "its features agree only to" in plan.trials[1].reason
    assert plan.trials[1].images_per_second > plan.trials[0].images_per_second


def test_a_way_that_gives_no_numbers_is_not_chosen():
    plan = measured(way("plain", slowly), way("void", lambda pixels: colours(pixels) * np.float32("nan")))
    assert (plan.runtime, plan.trials[1].agreement) == ("plain", 0)


def test_a_way_that_fails_or_is_missing_is_left_out_with_its_reason():
    plan = measured(way("plain", slowly), way("broken", broken), way("absent", colours, missing="not installed"))
    assert plan.runtime == "plain"
    assert [trial.reason for trial in plan.trials] == [
        "",
        "failed here: RuntimeError: no such instruction",
        "not installed",
    ]
    assert plan.words().endswith("the fastest of the ways tried on this machine.")


def test_a_plan_is_the_same_after_writing_and_reading():
    plan = measured(way("plain", slowly), way("quick", colours), way("broken", broken))
    assert read_plan(plan.to_dict()) == plan


def test_agreement_is_one_for_equal_features_and_zero_for_unrelated_ones():
    features = np.array([[1, 0], [0, 2], [0, 0]], np.float32)
    assert agreement(features, features) == 1
    assert agreement(features, 3 * features) == pytest.approx(1)
    assert agreement(features[:2], features[1::-1]) == 0


@pytest.fixture(scope="module")
def backbone():
    return build_backbone(ARCHITECTURES["mobilenet_075"], 32, None)


@pytest.fixture
def sample():
    return np.random.default_rng(1).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)


def test_what_was_measured_is_remembered_for_this_backbone_and_machine(tmp_path, backbone, sample):
    assert remembered_plan(tmp_path, KEY) is None
    plan = choose_runtime(backbone, sample, KEY, tmp_path)
    assert [trial.name for trial in plan.trials] == list(runtimes())
    assert not runtimes()[plan.runtime].missing
    assert remembered_plan(tmp_path, KEY) == plan
    assert choose_runtime(None, sample, KEY, tmp_path) == plan  # without any backbone to measure
    other = plan_key(cache_key("mobilenet_075", 64, None, seed=0))
    assert remembered_plan(tmp_path, other) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", "7", '{"plan": {}}', '{"plan": {"trials": [{"a": 1}]}}'])
def test_a_damaged_memory_is_not_taken(tmp_path, damage):
    remember_plan(tmp_path, KEY, measured(way("plain", colours)))
    assert remembered_plan(tmp_path, KEY) is not None
    (kept,) = tmp_path.iterdir()
    kept.write_text(damage)
    assert remembered_plan(tmp_path, KEY) is None


def test_a_remembered_way_that_is_gone_is_not_taken(tmp_path, backbone, sample):
    gone = Plan("abacus", "abacus", 8, "measurement", (Trial("abacus", "An abacus", 9.0, 8, 1.0),))
    remember_plan(tmp_path, KEY, gone)
    assert choose_runtime(backbone, sample, KEY, tmp_path).runtime in runtimes()


def test_without_images_to_try_on_the_plain_way_is_taken_and_nothing_remembered(tmp_path, backbone, sample):
    plan = choose_runtime(backbone, sample[:0], KEY, tmp_path)
    assert (plan.runtime, plan.family, plan.chosen_by) == (plain_name(), "float32", "default")
    assert "too few images" in plan.words()
    assert list(tmp_path.iterdir()) == []


def test_a_setting_overrules_the_measurement(tmp_path, sample):
    plan = choose_runtime(None, sample, KEY, tmp_path, plain_name())
    assert (plan.runtime, plan.chosen_by) == (plain_name(), "setting")
    assert plan.words() == f"{plain_name()}: as the settings ask."


def test_a_runtime_that_does_not_exist_or_cannot_be_used_is_refused_in_words(tmp_path, sample):
    with pytest.raises(UsageError, match="There is no runtime 'abacus'"):
        choose_runtime(None, sample, KEY, tmp_path, "abacus")
    for name, each in runtimes().items():
        if each.missing:
            with pytest.raises(UsageError, match=f"The runtime {name} cannot be used here: "):
                choose_runtime(None, sample, KEY, tmp_path, name)


def test_a_remembered_plan_is_read_without_keras():
    script = "import sys, core.features.plan; print('keras' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
