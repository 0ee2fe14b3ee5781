"""A run goes on after its classes were renamed, by the names that it began with; people see the names of now."""

import numpy as np
import pytest
from PIL import Image

from core.datasets.creation import create_from_path
from core.datasets.editing import order_classes, relabel, rename_class
from core.datasets.importing import run_import
from core.errors import UsageError
from core.runs import lifecycle
from core.runs.lifecycle import extend
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train

pytestmark = pytest.mark.slow

LEVELS = {"dark": 20, "grey": 120, "light": 230}


@pytest.fixture
def shades(workspace, tmp_path):
    draws = np.random.default_rng(0)
    for label, level in LEVELS.items():
        (tmp_path / "shades" / label).mkdir(parents=True)
        for index in range(12):
            pixels = np.clip(draws.normal(level, 20, (8, 8, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "shades" / label / f"{index}.png")
    dataset = create_from_path(workspace, tmp_path / "shades", "shades")
    run_import(dataset)
    return dataset


@pytest.fixture
def trained(workspace, shades, monkeypatch):
    """A run whose processes are left out: it is trained here."""
    monkeypatch.setattr(lifecycle, "_launch", lambda workspace, run: None)
    settings = {"dataset": "shades", "architecture": "perceptron", "image_size": 8, "epochs": 40, "learning_rate": 0.01}
    run = create_run(workspace, read_settings(settings))
    assert train(run.folder) == 0, run.status().error
    return run


@pytest.mark.parametrize("is_of_yesterday", [False, True], ids=["today", "yesterday"])
def test_renamed_in_a_circle_it_goes_on_and_is_still_right(workspace, shades, trained, is_of_yesterday):
    if is_of_yesterday:  # which told less of itself
        trained.update(facts={"classes": (), "entries": None, "began": 1.0})
    before = Run(trained.folder).evaluate("train").accuracy.value
    assert before > 0.9
    for old, new in (("dark", "x"), ("light", "dark"), ("x", "light")):
        rename_class(shades, old, new)
    order_classes(shades, ["light", "grey", "dark"])
    extend(workspace, trained, 2)
    assert train(trained.folder) == 0, trained.status().error
    again = Run(trained.folder)
    assert again.status().facts["epochs"] == 42
    assert again.evaluate("train").class_names == ("light", "grey", "dark")
    assert again.evaluate("train").accuracy.value > 0.9
    answers = again.predictions()
    of_dark = [path.startswith("light/") for path in answers.ids]  # which the files call "light"
    assert {answers.class_names[number] for number in answers.true[of_dark]} == {"dark"}
    images = again.images()
    assert set(images.loc[images["path"].str.startswith("light/"), "label"]) == {"dark"}


def test_with_other_labels_besides_it_does_not_go_on(workspace, shades, trained):
    rename_class(shades, "dark", "black")
    relabel(shades, ["grey/3.png"], "black")
    with pytest.raises(UsageError, match="was changed since"):
        extend(workspace, trained, 2)


def test_with_classes_put_together_it_does_not_go_on(workspace, shades, trained):
    relabel(shades, [f"dark/{number}.png" for number in range(12)], "grey")
    rename_class(shades, "grey", "dark")
    with pytest.raises(UsageError, match="was changed since"):
        extend(workspace, trained, 2)
