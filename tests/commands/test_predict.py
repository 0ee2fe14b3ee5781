"""The command that asks runs about new images."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.commands import predict
from core.runs.record import create_run
from core.runs.settings import read_settings
from core.training.trainer import train


@pytest.fixture
def run(workspace, half_labelled):
    """A run on images of noise, which has learned nothing of worth; four of them have no label."""
    fixed = {"dataset": half_labelled.name, "architecture": "small_cnn", "image_size": 32, "epochs": 1}
    run = create_run(workspace, read_settings(fixed))
    assert train(run.folder) == 0, run.status().error
    return run


@pytest.fixture
def photos(tmp_path, write_picture):
    folder = tmp_path / "new photos"
    for name in ("a.png", "deep/=b.png", "c.jpg"):
        write_picture(folder / name)
    (folder / "broken.png").write_text("no image")
    return folder


@pytest.mark.slow
def test_a_folder_is_answered_by_a_process_of_its_own(command, run, photos, tmp_path):
    table, heat = tmp_path / "answers.csv", tmp_path / "heat"
    code, output, told = command("predict", run.id, photos, "--csv", table, "--heat", heat, "--top", "1")
    assert code == 0, told
    assert "1 file was left out: broken.png is not an image (text)." in output
    assert f"Written: {table}" in output
    assert "validation images" in output
    assert "Predicting: 4 of 4" in told
    assert "TensorFlow" not in told, "what libraries print at their start is of no use to anybody"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["a.png", "c.jpg", "deep/=b.png"]
    for row in rows:
        assert row["answer"] in ("cats", "dogs")
        assert float(row["probability_cats"]) + float(row["probability_dogs"]) == pytest.approx(1, abs=1e-4)
    assert sorted(path.relative_to(heat).as_posix() for path in heat.rglob("*.png")) == [
        *("a.png.png", "c.jpg.png", "deep/=b.png.png")
    ]
    assert Image.open(heat / "a.png.png").size == (32, 32)


@pytest.mark.slow
def test_several_runs_templates_and_unlabelled_images(command, document, run, photos, tmp_path, ask_here):
    ask_here(predict)
    code, found = document("predict", run.id, photos, "--and", run.id, "--jsonl", tmp_path / "a.jsonl")
    assert code == 0
    assert (found["images"], found["problems"]) == (3, {"broken.png": "is not an image (text)"})
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert found["answers"] == lines
    assert [row["file"] for row in found["by_run"][run.id]] == [row["file"] for row in lines]
    sample = tmp_path / "sample.csv"
    sample.write_text("image,dogs,cats\n1,0.5,0.5\n0,0.5,0.5\n")
    written = tmp_path / "submission.csv"
    code, output, _ = command("predict", run.id, "--unlabelled", "--template", sample, "--csv", written)
    assert code == 0
    assert "2 images are not in the template" in output
    table = pd.read_csv(written)
    assert list(table) == ["image", "dogs", "cats"]
    assert table["image"].tolist() == [1, 0]
    np.testing.assert_allclose(table["dogs"] + table["cats"], 1, atol=1e-4)
    (photos / "a.png").rename(photos / "a\nb\x1b[2J.png")
    assert "a�b�[2J.png" in command("predict", run.id, photos)[1], "no name tells the terminal what to do"
    code, _, told = command("predict", run.id, photos / "broken.png")
    assert (code, "No image can be read" in told) == (1, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "No image was brought"),
        (["https://example.org/a.png"], "nothing is fetched"),
        (["nowhere"], "no file or folder"),
        (["a.png", "--top", "0"], "--top must be a whole number from 1 to 10"),
        (["a.png", "--top", "two"], "--top must be a whole number from 1 to 10"),
        (["a.png", "--template", "sample.csv"], "Say with --csv"),
        (["a.png", "--template", "sample.csv", "--csv", "out.csv"], "no template"),
        (["a.png", "--unlabelled"], "Leave the paths away"),
        (["--unlabelled"], "no images without a label"),
        (["a.png", "--csv", "/"], "/ is a folder. Say with --csv which file"),
        (["a.png", "--heat", __file__], "is a file. Say with --heat which folder"),
    ],
)
def test_what_can_not_be_done_is_said_before_anything_starts(command, workspace, imported, options, words):
    imported("pets", {"cats": 10, "dogs": 10})
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    code, _, told = command("predict", run.id, *options)
    assert (code, words in told) == (2, True), told


def test_heat_is_of_one_run(command, workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    code, _, told = command("predict", run.id, "a.png", "--and", run.id, "--heat", "heat")
    assert (code, "Leave --and away" in told) == (2, True)
