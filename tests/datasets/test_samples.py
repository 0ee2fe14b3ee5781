"""The drawn samples: what is written, that it is the same each time, and that it behaves like data."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from core.datasets.samples import SAMPLES, write_sample
from core.errors import WorkbenchError

UC_MERCED = [
    "agricultural",
    "airplane",
    "baseballdiamond",
    "beach",
    "buildings",
    "chaparral",
    "denseresidential",
    "forest",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mediumresidential",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "sparseresidential",
    "storagetanks",
    "tenniscourt",
]
FOLDERS = {
    "cats_vs_dogs_sample": {"cats": 300, "dogs": 300},
    "aerial_scenes_sample": dict.fromkeys(UC_MERCED, 40),
    "cervix_types_sample": {"train/Type_1": 150, "train/Type_2": 150, "train/Type_3": 150, "test": 30},
}
FORMATS = {"cats_vs_dogs_sample": "JPEG", "aerial_scenes_sample": "TIFF", "cervix_types_sample": "JPEG"}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three samples, written once."""
    folder = tmp_path_factory.mktemp("samples")
    for name in SAMPLES:
        write_sample(name, folder / name)
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_the_samples_come_in_a_fixed_order() -> None:
    assert list(SAMPLES) == list(FOLDERS)
    assert all(key == sample.name for key, sample in SAMPLES.items())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_description_says_that_they_are_drawn(name: str) -> None:
    assert "drawn by this program" in SAMPLES[name].description
    assert "not photographs" in SAMPLES[name].description


@pytest.mark.parametrize("name", SAMPLES)
def test_each_class_has_its_folder_and_its_number_of_images(drawn: Path, name: str) -> None:
    files = _files(drawn / name)
    assert Counter(path.parent.relative_to(drawn / name).as_posix() for path in files) == FOLDERS[name]
    assert SAMPLES[name].image_count == len(files)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_file_is_a_colour_image_of_96_pixels_in_its_format(drawn: Path, name: str) -> None:
    for path in _files(drawn / name):
        with Image.open(path) as image:
            assert (image.format, image.size, image.mode) == (FORMATS[name], (96, 96), "RGB"), path
        assert path.suffix == SAMPLES[name].suffix


def test_the_files_are_named_as_in_the_real_datasets(drawn: Path) -> None:
    assert (drawn / "aerial_scenes_sample" / "harbor" / "harbor00.tif").exists()
    assert (drawn / "aerial_scenes_sample" / "harbor" / "harbor39.tif").exists()
    cervix = drawn / "cervix_types_sample"
    assert {path.name for path in _files(cervix / "train")} == {f"{number}.jpg" for number in range(450)}
    assert {path.name for path in _files(cervix / "test")} == {f"{number}.jpg" for number in range(30)}


@pytest.mark.parametrize("name", SAMPLES)
def test_no_two_images_are_alike(drawn: Path, name: str) -> None:
    contents = [_pixels(path).tobytes() for path in _files(drawn / name)]
    assert len(set(contents)) == len(contents)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_image_is_nearly_empty(drawn: Path, name: str) -> None:
    for path in _files(drawn / name):
        assert _pixels(path).std() > 5, path


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files(drawn: Path, tmp_path: Path) -> None:
    write_sample("cervix_types_sample", tmp_path / "again")
    first = drawn / "cervix_types_sample"
    for path in _files(first):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(first)).read_bytes()


def test_another_process_draws_the_same_pixels() -> None:
    """Python's hash of a text differs between processes; nothing may depend on it."""
    code = (
        "import zlib, numpy as np; from core.datasets.samples import SAMPLES\n"
        "for sample in SAMPLES.values():\n"
        "    image = sample.draw(sample.class_names[-1], np.random.default_rng(7))\n"
        "    print(zlib.crc32(image.tobytes()))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0].split()) == len(SAMPLES)


@pytest.mark.slow
def test_another_seed_gives_other_images(drawn: Path, tmp_path: Path) -> None:
    write_sample("cervix_types_sample", tmp_path / "other", seed=1)
    first = drawn / "cervix_types_sample"
    same = [
        path
        for path in _files(first)
        if path.read_bytes() == (tmp_path / "other" / path.relative_to(first)).read_bytes()
    ]
    assert not same


@pytest.mark.slow
def test_progress_is_reported_after_each_image(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    write_sample("cervix_types_sample", tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(done, 480) for done in range(1, 481)]


def test_an_unknown_sample_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"horses.*cats_vs_dogs_sample.*aerial_scenes_sample.*cervix_types_sample"):
        write_sample("horses", tmp_path / "horses")
    assert not (tmp_path / "horses").exists()


def test_files_which_are_already_there_are_not_overwritten(tmp_path: Path) -> None:
    existing = tmp_path / "cats" / "cats_299.jpg"
    existing.parent.mkdir()
    existing.write_bytes(b"mine")
    with pytest.raises(WorkbenchError, match=r"cats_299\.jpg exists already"):
        write_sample("cats_vs_dogs_sample", tmp_path)
    assert _files(tmp_path) == [existing]
    assert existing.read_bytes() == b"mine"


@pytest.mark.slow
def test_averaged_colours_do_not_tell_cats_from_dogs(drawn: Path) -> None:
    """A linear model on the raw pixels must fail where a convolutional network succeeds."""
    files = _files(drawn / "cats_vs_dogs_sample")
    pixels = np.stack([_pixels(path).ravel() for path in files]).astype(np.float32) / 255
    labels = np.array([path.parent.name for path in files])
    train, rest, train_labels, rest_labels = train_test_split(
        pixels, labels, train_size=0.6, stratify=labels, random_state=0
    )
    model = LogisticRegression(max_iter=100).fit(train, train_labels)
    assert model.score(rest, rest_labels) < 0.85
