"""The feature extractor: what is at hand is found, what is lacking computed, and both are told."""

import subprocess
import sys

import numpy as np
import pytest

from core.architectures.registry import find_architecture
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.features.extraction_settings import ExtractionSettings
from core.features.feature_extractor import FeatureExtractor
from core.features.store import FeatureStore
from core.features.views import View
from core.installation import PROJECT
from core.jobs.job import Job
from core.jobs.reporter import JobReporter

SETTINGS = ExtractionSettings(find_architecture("mobilenet_075"), 32, "untrained")
WIDTH = 768


@pytest.fixture
def colours(workspace, tmp_path, draw_folder):
    draw_folder(tmp_path / "colours", count=4)
    return run_import(create_from_path(workspace, tmp_path / "colours"))


@pytest.fixture
def job(workspace):
    folder = workspace.root / "looks" / "current"
    folder.mkdir(parents=True)
    return Job(folder)


def extractor_of(workspace, dataset, job):
    return FeatureExtractor(SETTINGS, workspace, dataset, dataset.images, JobReporter(job))


def test_what_is_at_hand_is_found(workspace, colours, job):
    hashes = colours.images["pixel_hash"].tolist()
    recipe = SETTINGS.cache_key(None)
    FeatureStore(workspace.features, recipe).add(hashes, np.arange(len(hashes) * 2).reshape(-1, 2))
    extractor = extractor_of(workspace, colours, job)
    assert extractor.recipe == recipe
    store, problems = extractor.features(colours.images, View(), "Computing features")
    assert problems == []
    np.testing.assert_array_equal(store.gather(hashes[:2]), [[0, 1], [2, 3]])
    facts = job.written_status().facts
    assert facts["features"] == {"found": len(hashes), "computed": 0}
    assert facts["plan"]["runtime"] == "tensorflow-float32"


def test_nothing_of_keras_is_loaded_until_something_is_lacking():
    program = "import sys; import core.features.feature_extractor, core.features.runtimes, core.features.keras_start"
    check = "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{program}; {check}"], cwd=PROJECT, check=True)


@pytest.mark.slow
def test_what_is_lacking_is_computed_and_found_again(workspace, colours, job):
    images = colours.images
    store, problems = extractor_of(workspace, colours, job).features(images.head(5), View(), "Computing features")
    assert problems == []
    assert store.gather(images["pixel_hash"].head(5)).shape == (5, WIDTH)
    assert job.written_status().stage == "Computing features"
    assert job.written_status().facts["features"] == {"found": 0, "computed": 5}
    again = extractor_of(workspace, colours, job)
    again.features(images, View(), "Computing features")
    assert job.written_status().facts["features"] == {"found": 5, "computed": len(images) - 5}
    # The mirrored image is another, but for the network it is of the same size.
    mirrored, _ = again.features(images, View(4), "Computing features")
    assert (mirrored.gather(images["pixel_hash"]) != store.gather(images["pixel_hash"].head(5))[:1]).any()
