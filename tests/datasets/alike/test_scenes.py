"""Scenes: so many near copies that they are all there is; only what hardly differs counts as a copy in them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.datasets.alike.scenes import copies_within, scenes
from core.datasets.checkup import check
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.splits import leaks


def test_a_cluster_of_a_fifth_of_all_images_is_a_scene():
    clusters = np.array([0] * 21 + list(range(1, 80)))
    labels = np.array(["a", "b"] * 50)
    assert scenes(clusters, labels).tolist() == [True] * 21 + [False] * 79
    assert not scenes(np.array([0] * 19 + list(range(1, 82))), labels).any()


def test_a_cluster_of_more_than_half_of_a_class_is_a_scene():
    clusters, labels = np.array([0] * 20 + list(range(1, 481))), np.array(["a"] * 30 + ["b"] * 470)
    assert scenes(clusters, labels).tolist() == [True] * 20 + [False] * 480


def test_a_few_copies_are_no_scene_even_where_they_are_a_whole_class():
    assert not scenes(np.array([0] * 10 + list(range(1, 31))), np.array(["a"] * 10 + ["b"] * 30)).any()
    assert scenes(np.zeros(0, int), np.zeros(0, str)).shape == (0,)


def test_within_a_scene_what_differs_in_a_few_fields_is_no_copy():
    generator = np.random.default_rng(0)
    wall = generator.integers(40, 200, 576)
    noise = generator.integers(-2, 3, (6, 576))
    greys = np.clip(wall + noise, 0, 255)
    greys[3:, 100:102] += 50
    greys[5] = greys[5] * 9 // 10  # a cloud
    colours = np.full((6, 48), 120)
    found = copies_within(greys.astype(np.uint8), colours.astype(np.uint8))
    assert found[0] == found[1] == found[2]
    assert found[3] == found[4] == found[5] != found[0]


def test_many_pictures_are_compared_in_blocks():
    generator = np.random.default_rng(0)
    walls = generator.integers(0, 255, (3000, 576)).astype(np.uint8)
    greys, colours = np.concatenate([walls, walls]), np.full((6000, 48), 120, np.uint8)
    found = copies_within(greys, colours)
    assert (found[:3000] == found[3000:]).all()
    assert len(set(found)) == 3000


@pytest.fixture
def camera(workspace, tmp_path):
    """What a fixed camera sees: a dark thing somewhere, wide or high; each twice, some noise apart."""
    generator = np.random.default_rng(0)
    wall = Image.fromarray(generator.integers(60, 200, (6, 6, 3), dtype=np.uint8)).resize((96, 96))
    for label, width, height in (("badger", 16, 8), ("owl", 8, 16)):
        (tmp_path / "camera" / label).mkdir(parents=True)
        for number in range(24):
            picture = wall.copy()
            x, y = generator.integers(8, 72, 2)
            ImageDraw.Draw(picture).rectangle((x, y, x + width, y + height), fill=(10, 10, 10))
            for copy in "ab":
                pixels = np.asarray(picture) * generator.uniform(0.8, 1.1) + generator.normal(0, 2, (96, 96, 3))
                saved = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
                saved.save(tmp_path / "camera" / label / f"{number}{copy}.png")
    return run_import(create_from_path(workspace, tmp_path / "camera"))


def test_what_a_fixed_camera_sees_can_be_divided_and_is_called_neither_wrong_nor_a_leak(camera):
    assert camera.content.split_problem == ""
    kinds = {finding.kind: finding for finding in check(camera).findings}
    assert not kinds.keys() & {"split", "two_labels", "leak", "no_test"}
    images = camera.images
    assert images.groupby("split")["label"].nunique().tolist() == [2] * images["split"].nunique()


def test_a_scene_is_said_to_be_one(camera):
    finding = check(camera).find("one_scene")
    assert finding.severity == "warning"
    assert finding.remedy == ""
    assert "holds for pictures like these" in finding.why


def test_copies_within_a_scene_are_kept_on_one_side(camera):
    images = camera.images
    twins = images["path"].str.removesuffix("a.png").str.removesuffix("b.png").factorize()[0]
    assert not leaks(images["split"].to_numpy(dtype=str), twins).any()
    assert not leaks(images["split"].to_numpy(dtype=str), images["cluster"].to_numpy()).any()
