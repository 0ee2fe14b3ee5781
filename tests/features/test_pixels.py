"""Reading the images that a network is fed: order, gaps, and memory."""

import shutil

import numpy as np
import psutil
import pytest

from core.errors import WorkbenchError
from core.features.pixels import load_pixels, pixel_batches
from core.images.reading import read_square

SIDE = 16


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, draw_folder):
    return draw_folder(tmp_path_factory.mktemp("images") / "all", count=40)


@pytest.fixture
def paths(drawn, tmp_path):
    """Copies that a test may damage."""
    return [shutil.copy(path, tmp_path / path.name) for path in drawn]


@pytest.mark.parametrize("batch_size", [1, 7, 32, 80, 1000])
def test_batches_hold_every_image_once_in_order(paths, batch_size):
    batches = list(pixel_batches(paths, SIDE, batch_size))
    assert np.concatenate([rows for rows, _, _ in batches]).tolist() == list(range(len(paths)))
    assert max(len(rows) for rows, _, _ in batches) == min(batch_size, len(paths))
    pixels = np.concatenate([pixels for _, pixels, _ in batches])
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, [read_square(path, SIDE) for path in paths])
    assert [problem for _, _, problems in batches for problem in problems] == []


def test_unreadable_images_are_left_out_and_named(paths):
    gone, empty, text = paths[3], paths[10], paths[79]
    gone.unlink()
    empty.write_bytes(b"")
    text.write_text("no image at all")
    rows, pixels, problems = load_pixels(paths, SIDE, lambda done: None)
    assert rows.tolist() == [row for row in range(80) if row not in (3, 10, 79)]
    np.testing.assert_array_equal(pixels, [read_square(paths[row], SIDE) for row in rows])
    assert len(problems) == 3
    for path, problem in zip((gone, empty, text), problems, strict=True):
        assert problem.startswith(f"{path.name} ")
        assert len(problem) > len(path.name) + 5


def test_a_batch_of_which_nothing_is_left_is_empty(paths):
    for path in paths[10:20]:
        path.unlink()
    rows, pixels, problems = list(pixel_batches(paths, SIDE, 10))[1]
    assert len(rows) == len(pixels) == 0
    assert len(problems) == 10


def test_when_everything_is_gone_there_is_an_empty_answer_and_a_reason_for_each(paths):
    for path in paths:
        path.unlink()
    rows, pixels, problems = load_pixels(paths, SIDE, lambda done: None)
    assert rows.shape == (0,)
    assert pixels.shape == (0, SIDE, SIDE, 3)
    assert len(problems) == len(paths)


def test_no_images_give_no_pixels():
    rows, pixels, problems = load_pixels([], SIDE, lambda done: None)
    assert rows.shape == (0,)
    assert pixels.shape == (0, SIDE, SIDE, 3)
    assert problems == []


def test_progress_grows_to_the_number_of_images(paths):
    heard = []
    load_pixels(paths, SIDE, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(paths)


def test_a_report_may_end_the_reading(paths):
    class Enough(Exception):
        pass

    def stop(done):
        raise Enough

    with pytest.raises(Enough):
        load_pixels(paths, SIDE, stop)


def test_more_pixels_than_memory_are_refused_with_the_figures_before_anything_is_read(tmp_path):
    """The paths lead nowhere: the refusal comes from the numbers alone."""
    side = 1024
    count = psutil.virtual_memory().total // (side * side * 3) + 1
    with pytest.raises(WorkbenchError) as refusal:
        load_pixels([tmp_path / "none.png"] * count, side, lambda done: None)
    words = str(refusal.value)
    assert f"{count:,} images of 1024 × 1024 pixels" in words
    assert "Choose a smaller input size, or a frozen backbone" in words
