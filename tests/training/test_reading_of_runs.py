"""Deep pixels are the same at the import, in training, in an answer; and a run keeps the scale that it began with."""

from collections import defaultdict

import numpy as np
import pytest
import tifffile

from core.datasets.creation import create_from_path
from core.datasets.editing import set_scale
from core.datasets.importing import read_by_another_scale, run_import
from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.explain.run_features import features_of
from core.explain.trained_network import TrainedNetwork, trained_network
from core.features.pixels import load_pixels
from core.features.store import FeatureStore, cache_key
from core.images.description import describe_many
from core.images.reading_settings import AS_USUAL, Reading
from core.runs import lifecycle
from core.runs.evaluated_runs import evaluated_runs, trained_on
from core.runs.lifecycle import evaluate, extend
from core.runs.lineage import has_changed
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace
from tests.images.pixel_kinds import plainly_laid_kinds, quarters

SIDE, COUNT = 32, 30
TWELVE_BITS, OTHER = Reading((("uint16", 0, 4095),)), Reading((("uint16", 0, 20000),))
# JPEG is not exact, nor is what a picture of 4 × 4 makes of the edges between its quarters.
RESIZED, REDUCED = 3, 6


def test_every_kind_of_pixels_is_the_same_at_the_import_in_training_and_in_an_answer(tmp_path):
    by_reading = defaultdict(list)
    for number, kind in enumerate(plainly_laid_kinds()):
        by_reading[kind.reading].append((kind, kind.write(tmp_path, str(number))))
    wrong = []
    for reading, kinds in by_reading.items():
        paths = [path for _, path in kinds]
        facts = describe_many(str(tmp_path), [path.name for path in paths], reading)
        _, trained, problems = load_pixels(paths, SIDE, lambda done: None, reading)
        assert not problems
        network = TrainedNetwork("any", SIDE, 2, None, None, reading=reading)
        answered = np.concatenate([network.read(paths[start : start + 32]) for start in range(0, len(paths), 32)])
        np.testing.assert_array_equal(trained, answered)
        for (kind, _), fact, pixels in zip(kinds, facts, trained, strict=True):
            corners = np.frombuffer(fact["colours"], np.uint8).reshape(4, 4, 3)[::3, ::3].reshape(4, 3)
            off = max(
                np.abs(quarters(pixels) - kind.expected).max() - RESIZED,
                np.abs(corners.astype(int) - kind.expected).max() - REDUCED,
            )
            wrong += [kind.name] if off > kind.within else []
    assert sum(map(len, by_reading.values())) > 100
    assert wrong == []


# Runs ----------------------------------------------------------------------------------------------------------------


def stripes(label: str, number: int) -> np.ndarray:
    """A faint grating in noise, lying or standing, 8 bits."""
    rng = np.random.default_rng([ord(label[0]), number])
    wave = 18 * np.sin(np.arange(SIDE) * rng.uniform(0.9, 1.4) + rng.uniform(0, 6))
    values = rng.normal(128, 14, (SIDE, SIDE)) + (wave[:, None] if label == "lying" else wave[None])
    values[0, :4] = 0, 255, 0, 255
    return np.clip(values, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def workspace_of_twins(tmp_path_factory) -> Workspace:
    """ "eight" and "twelve": the same pictures of 8 bits and of 12 in 16."""
    folder = tmp_path_factory.mktemp("twins")
    for name, change in (("eight", lambda v: v), ("twelve", lambda v: v.astype(np.uint16) * 16)):
        for label in ("lying", "standing"):
            (folder / name / label).mkdir(parents=True)
            for number in range(COUNT):
                tifffile.imwrite(folder / name / label / f"{number:02}.tif", change(stripes(label, number)))
        run_import(create_from_path(Workspace.at(folder / "workspace"), folder / name, name))
    return Workspace.at(folder / "workspace")


@pytest.fixture
def twelve(workspace_of_twins):
    """The dataset of 12 bits, by the scale that was chosen for it; changes are undone afterwards."""
    dataset = open_dataset(workspace_of_twins, "twelve")
    yield dataset
    while dataset.edits.standing():
        dataset.edits.undo()
    if dataset.is_read_otherwise:
        read_by_another_scale(dataset)


def rescale(dataset):
    set_scale(dataset, {"uint16": [0, 20000]})
    read_by_another_scale(dataset)


def train_on(workspace, name, **settings) -> Run:
    fixed = {"dataset": name, "architecture": "small_cnn", "image_size": SIDE, "epochs": 6, "batch_size": 8}
    run = create_run(workspace, read_settings(fixed | {"patience": 100} | settings))
    assert train(run.folder) == 0, run.status().error
    return run


def test_a_run_of_an_earlier_version_reads_as_is_usual(workspace):
    assert create_run(workspace, read_settings({"dataset": "any", "architecture": "small_cnn"})).reading == AS_USUAL


@pytest.mark.slow
def test_twelve_bits_teach_what_their_eight_bit_twins_teach(workspace_of_twins):
    runs = [train_on(workspace_of_twins, name, epochs=15) for name in ("eight", "twelve")]
    pixels = [trained_network(run).read(_some_paths(run)) for run in runs]
    assert np.abs(pixels[0].astype(int) - pixels[1]).max() <= 1
    eight, twelve = (run.record.test_accuracy for run in runs)
    assert eight > 0.9
    assert twelve >= eight - 0.05
    assert [run.reading for run in runs] == [AS_USUAL, TWELVE_BITS]


def _some_paths(run):
    dataset = open_dataset(run.workspace, run.settings.dataset)
    return [dataset.path_of(f"{label}/{number:02}.tif") for label in ("lying", "standing") for number in range(4)]


@pytest.mark.slow
def test_a_scale_that_is_changed_later_is_for_the_next_run(workspace_of_twins, twelve, monkeypatch):
    run = train_on(workspace_of_twins, "twelve")
    before, paths = trained_network(run).read(_some_paths(run)), _some_paths(run)
    answers = run.predictions().probabilities
    rescale(twelve)
    np.testing.assert_array_equal(trained_network(run).read(paths), before)
    assert features_of(run).vectors.shape[0] == 2 * COUNT
    assert has_changed(twelve, run), "to train again is worth while"
    monkeypatch.setattr(lifecycle, "_launch", lambda workspace, run: None)
    extend(workspace_of_twins, run, 2)
    assert train(run.folder) == 0
    assert run.reading == TWELVE_BITS
    version = run.record.dataset_version
    assert version == twelve.content.version_read_by(TWELVE_BITS) != twelve.content.version
    assert np.abs(run.predictions().probabilities - answers).max() < 0.9, "two epochs more do not turn answers round"
    new = train_on(workspace_of_twins, "twelve", epochs=1)
    assert new.reading == OTHER
    assert trained_network(new).read(paths).mean() < before.mean() / 2
    assert trained_on(new) == trained_on(run), "the same images: which scale is better can be asked"
    assert evaluated_runs([run, new])[0][0].version == evaluated_runs([run, new])[0][1].version


@pytest.mark.slow
def test_a_run_of_an_earlier_version_goes_on_as_it_began(workspace_of_twins, twelve):
    run = train_on(workspace_of_twins, "twelve", epochs=1)
    run.update(facts={"reading": None})
    run.save_settings(read_settings(run.settings.to_dict() | {"epochs": 2}))
    run.forget()
    assert train(run.folder) == 0
    assert run.reading == AS_USUAL
    assert "-" not in run.record.dataset_version


def test_other_images_are_not_gone_on_with_whatever_the_scale(workspace_of_twins, twelve):
    run = create_run(workspace_of_twins, read_settings({"dataset": "twelve", "architecture": "small_cnn"}))
    run.update(facts={"dataset_version": "0123456789ab-" + twelve.content.version.partition("-")[2]})
    run.best_weights.touch()
    with pytest.raises(UsageError, match="was changed since"):
        evaluate(workspace_of_twins, run)


def test_features_are_known_by_the_scale_unless_it_is_the_usual_one(tmp_path):
    plain = cache_key("mobilenet_075", 224, None, 0)
    assert plain == cache_key("mobilenet_075", 224, None, 0, reading=AS_USUAL)
    assert "reading" not in plain
    folders = {
        FeatureStore(tmp_path, cache_key("mobilenet_075", 224, None, 0, reading=reading)).folder
        for reading in (AS_USUAL, TWELVE_BITS, OTHER, Reading((), (4, 3, 2)))
    }
    assert len(folders) == 4


@pytest.mark.parametrize("content", [{"ranges": {"uint16": [9, 3]}}, [], {"ranges": {"uint16": 4}}])
def test_a_reading_that_was_damaged_is_said_in_words(workspace, content):
    run = create_run(workspace, read_settings({"dataset": "any", "architecture": "small_cnn"}))
    run.update(facts={"reading": TWELVE_BITS.to_dict()})
    assert run.reading == TWELVE_BITS
    run.update(facts={"reading": content})
    with pytest.raises(WorkbenchError, match="does not say under “reading” how pixels are read"):
        assert run.reading
