"""The check of an export: what it accepts, what it refuses, and that it runs without the workbench."""

import subprocess

import numpy as np
import pytest

from core.errors import WorkbenchError
from core.export.network.check import Bound, answers_of_file, compare

SURE = np.tile([0.9, 0.1], (101, 1))
PIXELS = np.zeros((9, 4, 4, 3), np.uint8)


def checked(changes, odd=1):
    """The check of answers that differ from 100 images and one odd one by these changes; the last row is alone."""
    answers = np.concatenate([SURE, SURE[-1:]]).astype(np.float32)
    for row, change in changes.items():
        answers[row] += [-change, change]
    return compare(answers, SURE, odd)


def test_equal_answers_are_accepted_and_told():
    check = checked({})
    check.refuse_beyond(Bound(largest=1e-5))
    assert "100 test images" in check.words()
    assert "same on 100 of 100" in check.words()
    assert "1 odd ones" in check.words()


@pytest.mark.parametrize("row", [3, 100, 101], ids=["an image", "an odd one", "one that is given alone"])
def test_one_probability_beyond_the_bound_is_refused(row):
    check = checked({row: 0.001})
    check.refuse_beyond(Bound(largest=0.01))
    with pytest.raises(WorkbenchError, match=r"refused.*differs by 0\.001.*at most 1e-04"):
        check.refuse_beyond(Bound(largest=1e-4))


def test_fewer_bits_are_not_held_to_odd_images():
    checked({100: 0.5}).refuse_beyond(Bound(largest=1e-4, on_odd_images=False))


def test_without_images_of_the_dataset_the_odd_ones_count():
    check = compare(np.tile([0.8, 0.2], (9, 1)), np.tile([0.9, 0.1], (8, 1)), odd=8)
    assert "no image of the dataset" in check.words()
    with pytest.raises(WorkbenchError, match="refused"):
        check.refuse_beyond(Bound(largest=1e-4, on_odd_images=False))


def test_int8_may_differ_on_two_of_a_hundred_and_no_more():
    bound = Bound(mean=0.03, agreement=0.98)
    checked({0: 0.5, 1: 0.5}).refuse_beyond(bound)
    with pytest.raises(WorkbenchError, match="another one to 3 of 100"):
        checked({0: 0.5, 1: 0.5, 2: 0.5}).refuse_beyond(bound)
    with pytest.raises(WorkbenchError, match="on average"):
        checked(dict.fromkeys(range(100), 0.05)).refuse_beyond(bound)


@pytest.mark.parametrize("answers", [np.full((102, 2), np.nan), SURE, np.zeros((102, 3))], ids=["nan", "few", "wide"])
def test_what_is_no_answer_is_refused(answers):
    with pytest.raises(WorkbenchError, match="refused"):
        compare(answers, SURE, odd=1)


# In a process of its own ----------------------------------------------------------------------------------------------


@pytest.fixture
def example(tmp_path):
    """Writes an example whose `probabilities` has this body."""

    def write(body):
        folder = tmp_path / "export"
        folder.mkdir()
        (folder / "example.py").write_text(f"import numpy as np\ndef probabilities(pixels):\n    {body}\n")
        return folder

    return write


def test_takes_batches_a_rest_and_a_single_image(example):
    found = answers_of_file(example("return np.full((len(pixels), 2), len(pixels))"), PIXELS, lambda: None)
    assert found[:, 0].tolist() == [8] * 8 + [1, 1]


def test_the_workbench_is_not_there(example):
    with pytest.raises(WorkbenchError, match=r"ModuleNotFoundError.*core"):
        answers_of_file(example("import core.errors"), PIXELS, lambda: None)


def test_what_fails_is_told_with_its_last_words(example):
    with pytest.raises(WorkbenchError, match=r"refused.*FlexConv2D is not there"):
        answers_of_file(example("raise RuntimeError('FlexConv2D is not there')"), PIXELS, lambda: None)


def test_a_stop_ends_the_process(example, monkeypatch):
    started = []

    class Noted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", Noted)
    folder = example("import time; time.sleep(600)")
    with pytest.raises(KeyboardInterrupt):
        answers_of_file(folder, PIXELS, stop)
    assert [process.returncode is not None for process in started] == [True]
    assert [path.name for path in folder.parent.iterdir()] == ["export"]
