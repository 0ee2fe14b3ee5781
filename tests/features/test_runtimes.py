"""The ways to run a backbone: whichever can be used here, the features are the same to within its precision."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.architectures.registry import ARCHITECTURES
from core.features.plan import LEAST_AGREEMENT, agreement
from core.features.runtimes import plain_name, runtimes
from core.networks.backbones import build_backbone

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own arrays

PROJECT = Path(__file__).resolve().parents[2]
USABLE = [name for name, way in runtimes().items() if not way.missing]


@pytest.fixture(scope="module", params=["mobilenet_075", "vgg16"])
def backbone(request):
    architecture = ARCHITECTURES[request.param]
    return build_backbone(architecture, architecture.minimum_size, None)


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)


def test_the_plain_way_comes_first_and_is_always_there():
    first = next(iter(runtimes().values()))
    assert (first.name, first.missing) == (plain_name(), "")


@pytest.mark.parametrize("name", USABLE)
def test_each_way_gives_the_features_of_the_backbone(backbone, pixels, name):
    expected = backbone.predict_on_batch(pixels.astype("float32"))
    compute = runtimes()[name].make(backbone)
    for count in (5, 1, 3):
        features = compute(pixels[:count])
        assert (features.dtype, features.shape) == (np.float32, expected[:count].shape)
        if runtimes()[name].family == "float32":
            np.testing.assert_allclose(features, expected[:count], rtol=1e-3, atol=1e-5)
        assert agreement(features, expected[:count]) > LEAST_AGREEMENT


@pytest.mark.parametrize("name", USABLE)
def test_features_that_were_given_stay_as_they_are(backbone, pixels, name):
    compute = runtimes()[name].make(backbone)
    first = compute(pixels)
    kept = first.copy()
    compute(pixels[::-1].copy())
    np.testing.assert_array_equal(first, kept)


def test_a_way_in_half_the_bits_leaves_the_backbone_as_it_was(pixels):
    backbone = build_backbone(ARCHITECTURES["mobilenet_075"], 32, None)
    before = backbone.predict_on_batch(pixels)
    for name in USABLE:
        runtimes()[name].make(backbone)(pixels)
    np.testing.assert_array_equal(backbone.predict_on_batch(pixels), before)


@pytest.mark.slow
def test_without_openvino_the_others_are_left():
    script = """
import sys
sys.modules["openvino"] = None
from core.features.runtimes import runtimes
print({name: way.missing for name, way in runtimes().items()})
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    missing = ast.literal_eval(ended.stdout.splitlines()[-1])
    assert missing["openvino-float32"] == missing["openvino-bfloat16"] == "the package openvino is not installed"
    assert missing["tensorflow-float32"] == missing["tensorflow-bfloat16"] == ""


def test_openvino_reports_its_use_to_nobody(pixels):
    if runtimes()["openvino-float32"].missing:
        pytest.skip(runtimes()["openvino-float32"].missing)
    runtimes()["openvino-float32"].make(build_backbone(ARCHITECTURES["mobilenet_075"], 32, None))
    assert sys.modules.get("openvino_telemetry") is None
