"""The images that excite a filter most: they are the ones, and the part that is framed is what did it."""

import numpy as np
import pytest

from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.explain import strongest_images as module
from core.explain.feature_maps import feature_maps
from core.explain.map_layers import map_layers
from core.explain.strongest_images import FILE, strongest_images
from core.explain.trained_network import trained_network
from core.jobs.job import Stopped

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")]


@pytest.fixture
def run(from_scratch):
    (from_scratch.folder / FILE).unlink(missing_ok=True)
    return from_scratch


def peaks(run, number, paths):
    """The largest value of every map of a layer, for each of some images."""
    network, dataset = trained_network(run), open_dataset(run.workspace, run.settings.dataset)
    rows = [feature_maps(network, network.read([dataset.path_of(path)]), number).maps[0] for path in paths]
    return np.stack(rows).max(axis=(2, 3)).T


def test_they_are_the_training_and_validation_images_with_the_highest_values(run):
    table = run.images()
    learned = table[table["split"].isin(["train", "validation"])]
    for number in (1, len(map_layers(trained_network(run)))):
        found = strongest_images(run, number)
        assert sorted(found.paths) == sorted(learned["path"])
        expected = peaks(run, number, found.paths)
        assert np.allclose(found.values, -np.sort(-expected, axis=1)[:, :9], atol=1e-4)
        named = np.take_along_axis(expected, found.images, axis=1)
        assert np.allclose(named, found.values, atol=1e-4)


def test_the_place_is_where_the_map_is_highest_and_the_part_around_it_is_enough(run):
    network, dataset = trained_network(run), open_dataset(run.workspace, run.settings.dataset)
    number = next(layer.number for layer in map_layers(network) if layer.kind == "max pooling")
    found = strongest_images(run, number)
    filter = int(found.values[:, 0].argmax())
    image = network.read([dataset.path_of(found.paths[found.images[filter, 0]])])
    maps = feature_maps(network, image, number, [filter + 1]).maps[0, 0]
    assert maps[tuple(found.places[filter, 0])] == pytest.approx(maps.max(), abs=1e-5)
    top, left, bottom, right = found.parts[filter, 0]
    alone = np.random.default_rng(0).integers(0, 256, image.shape, dtype=np.uint8)
    alone[:, top:bottom, left:right] = image[:, top:bottom, left:right]
    kept = feature_maps(network, alone, number, [filter + 1]).maps[0, 0]
    assert kept[tuple(found.places[filter, 0])] == pytest.approx(maps.max(), abs=1e-5)
    row, column = found.centres[filter, 0]
    assert top <= row <= bottom
    assert left <= column <= right


def test_one_pass_serves_all_layers_and_is_kept(run, monkeypatch):
    first = strongest_images(run, 1)
    monkeypatch.setattr(module, "_rank", lambda *arguments: pytest.fail("looked for once more"))
    again = strongest_images(run, 1)
    assert np.array_equal(first.images, again.images)
    assert strongest_images(run, 2).values.shape[1] == 9


def test_a_damaged_file_is_made_anew(run):
    first = strongest_images(run, 1)
    (run.folder / FILE).write_bytes(b"PK no archive")
    assert np.array_equal(strongest_images(run, 1).images, first.images)


def test_no_more_than_the_bound_are_looked_at_and_all_classes_are_among_them(run, monkeypatch):
    monkeypatch.setattr(module, "MOST_IMAGES", 6)
    found = strongest_images(run, 1)
    assert len(found.paths) == 6
    assert found.images.shape[1] == 6, "fewer than nine"
    labels = run.images().set_index("path").loc[list(found.paths), "label"]
    assert labels.value_counts().tolist() == [3, 3]


def test_stopping_leaves_nothing_behind(run):
    def stop(stage, done, total):
        if done:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        strongest_images(run, 1, stop)
    assert not list(run.folder.glob(f"*{FILE}*"))


def test_images_that_are_gone_are_passed_over(run, monkeypatch):
    dataset = open_dataset(run.workspace, run.settings.dataset)
    everything = strongest_images(run, 1)
    gone = {str(dataset.path_of(path)) for path in everything.paths[::2]}
    read = module.TrainedNetwork.read

    def read_what_is_there(network, paths):
        if gone & set(map(str, paths)):
            raise WorkbenchError("it is gone")
        return read(network, paths)

    monkeypatch.setattr(module.TrainedNetwork, "read", read_what_is_there)
    (run.folder / FILE).unlink()
    found = strongest_images(run, 1)
    assert set(np.unique(found.images)) <= set(range(1, len(found.paths), 2))
    gone |= {str(dataset.path_of(path)) for path in everything.paths}
    (run.folder / FILE).unlink()
    with pytest.raises(WorkbenchError, match="None of the images of this run can be read"):
        strongest_images(run, 1)


def test_a_layer_that_there_is_not_costs_no_look(run):
    with pytest.raises(UsageError, match="no layer 99"):
        strongest_images(run, 99)
    assert not (run.folder / FILE).exists()
