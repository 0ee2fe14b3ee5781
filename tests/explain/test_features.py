"""What features tell of the images of a run: neighbours, strangers, a map; and what is said where there are none."""

import json

import numpy as np
import pytest

from core.architectures.weights import IMAGENET
from core.errors import UsageError, WorkbenchError
from core.explain.feature_analysis import label_issues, mapped, neighbours, out_of_distribution
from core.explain.feature_map import FILE, _neighbours, feature_map
from core.explain.neighbours import kth_distances, nearest, unit_length
from core.explain.out_of_distribution import find_out_of_distribution
from core.explain.run_features import features_of
from core.jobs.job import Stopped
from core.jobs.progress import unheard


@pytest.fixture
def run(featured_run):
    """Two bundles of forty images, one label each, but for one wrong label and one test image that is like neither."""
    draw = np.random.default_rng(0)
    labels = np.repeat([0, 1], 40)
    vectors = np.eye(8)[labels] * 10 + draw.normal(size=(80, 8))
    vectors[78] = [0, 0, 0, 0, 0, -10, 10, 0]
    labels[3] = 1
    splits = np.where(np.arange(80) % 4 == 2, "test", "train")
    return featured_run(vectors, labels, splits)


def test_features_are_found_without_keras_and_in_the_order_of_the_images(run):
    features = features_of(run)
    assert features.vectors.shape == (80, 8)
    assert features.table["path"].tolist() == features.predictions.ids.tolist()
    assert features.vectors[78].tolist() == [0, 0, 0, 0, 0, -10, 10, 0]
    assert "MobileNet" in features.origin
    assert not features.learned_labels


def test_the_wrong_label_and_the_stranger_are_named(run):
    issues = label_issues(run).images
    assert (issues[0].path, issues[0].label, issues[0].likely) == ("3.png", "dogs", "cats")
    distant = out_of_distribution(run).images
    assert (distant[0].path, distant[0].split, distant[0].unlike) == ("78.png", "test", True)
    assert distant[0].farther_than == 1
    assert sorted(image.path for image in distant) == sorted(image.path for image in issues)
    assert json.loads(json.dumps(issues[0].to_dict())) == issues[0].to_dict(), "plain Python values"
    assert json.loads(json.dumps(distant[0].to_dict())) == distant[0].to_dict()


def test_nearest_are_training_images_and_never_the_image_itself(run):
    found = neighbours(run, "0.png", 5)
    assert len(found) == 5
    assert "0.png" not in {each["path"] for each in found}
    assert all(int(each["path"].removesuffix(".png")) % 4 != 2 for each in found)
    assert [each["similarity"] for each in found] == sorted((each["similarity"] for each in found), reverse=True)
    with pytest.raises(UsageError, match=r"no image .../etc"):
        neighbours(run, "../etc", 5)
    with pytest.raises(UsageError, match="From 1 to 50"):
        nearest(features_of(run), "0.png", 0)


def test_distances_are_those_of_a_plain_loop():
    draw = np.random.default_rng(1)
    directions, groups = unit_length(draw.normal(size=(60, 5))), np.arange(60) // 2
    among = np.arange(0, 60, 3)
    expected = []
    for one in range(60):
        apart = [np.linalg.norm(directions[one] - directions[other]) for other in among if groups[other] != groups[one]]
        expected.append(sorted(apart)[2])
    np.testing.assert_allclose(kth_distances(directions, groups, among, 3), expected, atol=1e-5)


def test_distances_where_there_is_little_to_compare_with():
    directions = unit_length(np.eye(3))
    np.testing.assert_allclose(kth_distances(directions, np.arange(3), np.array([0, 1]), 5), [2**0.5] * 3, atol=1e-6)
    assert np.isnan(kth_distances(directions, np.zeros(3), np.arange(3), 1)).all()
    assert np.isnan(kth_distances(directions, np.arange(3), np.array([], dtype=int), 1)).all()


def test_without_training_images_nothing_is_unlike_them(featured_run):
    run = featured_run(np.eye(4), np.array([0, 1, 0, 1]), np.full(4, "test"))
    found = find_out_of_distribution(features_of(run))
    assert not found.unlike.any()
    assert sorted(found.rows) == [0, 1, 2, 3]


def test_a_map_keeps_bundles_together_and_is_drawn_once(run):
    found = mapped(run)
    places = np.column_stack([found["x"], found["y"]])
    assert found["method"] == "t-SNE"
    assert np.abs(places).max() == pytest.approx(1)
    cats, dogs = places[:40], places[40:78]
    spread = max(np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in (cats, dogs))
    assert np.linalg.norm(cats.mean(axis=0) - dogs.mean(axis=0)) > 2 * spread
    written = (run.folder / FILE).stat().st_mtime_ns
    unknown = {"kept": None}  # of t-SNE, not a number, which equals nothing
    assert mapped(run) | unknown == found | unknown
    assert (run.folder / FILE).stat().st_mtime_ns == written


def test_a_map_of_other_features_or_a_damaged_one_is_drawn_anew(run, monkeypatch):
    monkeypatch.setattr("core.explain.feature_map.MOST_BY_TSNE", 10)
    (run.folder / FILE).write_bytes(b"PK\x03\x04 half of it")
    found = feature_map(features_of(run), run.folder)
    assert found.method == "PCA"
    assert 0 < found.kept <= 1
    assert np.isfinite(found.places).all()
    np.testing.assert_array_equal(feature_map(features_of(run), run.folder).places, found.places)


def test_a_map_of_many_images_through_the_grid_keeps_bundles_together(featured_run, monkeypatch):
    monkeypatch.setattr("core.explain.feature_map.MANY", 100)
    labels = np.arange(120) % 2
    vectors = np.eye(8)[labels] * 10 + np.random.default_rng(0).normal(size=(120, 8))
    run = featured_run(vectors, labels, np.full(120, "train"))
    places = feature_map(features_of(run), run.folder).places
    cats, dogs = places[labels == 0], places[labels == 1]
    spread = max(np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in (cats, dogs))
    assert np.linalg.norm(cats.mean(axis=0) - dogs.mean(axis=0)) > 2 * spread


def test_neighbours_are_those_of_a_plain_sort_even_among_copies():
    places = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    places[10:20] = places[0]
    rows, distances = _neighbours(places, 4, unheard)
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(distances, np.sort(apart, axis=1)[:, :4], atol=1e-3)
    np.testing.assert_allclose(np.take_along_axis(apart, rows, axis=1), distances, atol=1e-3)


@pytest.mark.parametrize("task", [label_issues, out_of_distribution, mapped])
def test_a_long_task_goes_forward_and_ends_where_it_is_stopped(run, task):
    steps = []
    task(run, report=lambda *step: steps.append(step))
    assert all(0 <= done <= total for _, done, total in steps)
    assert any(total for _, _, total in steps)

    def stop(stage, done, total):
        if total:
            raise Stopped("Stopped.")

    (run.folder / FILE).unlink(missing_ok=True)
    with pytest.raises(Stopped):
        task(run, report=stop)
    assert not (run.folder / FILE).exists()


@pytest.mark.parametrize("count", [2, 3, 4, 6, 300])
def test_a_map_of_hardly_any_different_images(featured_run, count, monkeypatch):
    monkeypatch.setattr("core.explain.feature_map.MANY", 100)
    run = featured_run(np.ones((count, 3)), np.arange(count) % 2, np.full(count, "train"))
    assert np.isfinite(feature_map(features_of(run), run.folder).places).all()


def test_what_is_said_where_weights_images_or_tables_are_gone(run, monkeypatch, tmp_path):
    (run.folder / "images.parquet").unlink()
    with pytest.raises(WorkbenchError, match=r"lost its images.parquet"):
        features_of(run)
    run.predictions_path.unlink()
    with pytest.raises(WorkbenchError, match="has no predictions yet"):
        features_of(run)


def test_weights_that_are_gone_are_not_downloaded(featured_run, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "nothing"))
    run = featured_run(np.eye(4), np.array([0, 1, 0, 1]), np.full(4, "train"), weights=IMAGENET)
    with pytest.raises(WorkbenchError, match="not on this machine any more"):
        features_of(run)


def test_features_that_are_gone_with_their_images(run):
    for shard in run.workspace.features.glob("*/*"):
        shard.unlink()
    with pytest.raises(WorkbenchError, match=r"There is no dataset"):
        features_of(run)


@pytest.mark.slow
def test_features_that_are_gone_are_computed_again(linear_head):
    before = features_of(linear_head)
    for shard in linear_head.workspace.features.glob("*/*"):
        shard.unlink()
    features_of.cache_clear()
    computed = []

    def stop(stage, done, total):
        if done:
            computed.append(done)
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        features_of(linear_head, report=stop)
    again = features_of(linear_head, report=lambda stage, done, total: computed.append(total))
    # What was computed before the stop is kept.
    assert computed[-1] == len(before.table) - computed[0]
    np.testing.assert_allclose(again.vectors, before.vectors, rtol=1e-3, atol=1e-4)
    assert "MobileNet" in again.origin


@pytest.mark.slow
def test_a_network_from_scratch_is_asked_what_it_has_learned_to_see(from_scratch, monkeypatch):
    features = features_of(from_scratch)
    assert len(features.vectors) == len(from_scratch.predictions())
    assert features.learned_labels
    assert features.origin == "what Small CNN itself has learned to see"
    # By what it has learned, an image is nearest to those of its own class.
    _, first, *_ = features.table["path"]
    own = features.table.set_index("path").loc[first, "label"]
    assert {each["label"] for each in neighbours(from_scratch, first, 3)} == {own}
    assert "from the very labels" in label_issues(from_scratch).caution
    # And it is asked once.
    features_of.cache_clear()
    monkeypatch.setattr("core.explain.trained_network.trained_network", None)
    np.testing.assert_array_equal(features_of(from_scratch).vectors, features.vectors)
