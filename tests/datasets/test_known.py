"""Which datasets a card speaks for: names, counts and the look of the images, or somebody's word."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.datasets.cards import load_cards
from core.datasets.content import Content
from core.datasets.edits import State
from core.datasets.importing import import_now
from core.datasets.known import fits, is_asked_for, known_card
from core.datasets.splits import SplitSettings
from core.datasets.store import Dataset, DatasetInfo

CARDS = load_cards()
MNIST, UC_MERCED, CATS = CARDS["mnist"], CARDS["uc_merced"], CARDS["cats_vs_dogs"]


def content(counts, width, height=None, mode="RGB", broken=0):
    """What a dataset of so many images holds; the first `broken` of them can't be read."""
    labels = [name for name, count in counts.items() for _ in range(count)]
    table = pd.DataFrame({"path": map(str, range(len(labels))), "label": labels, "mode": mode, "problem": ""})
    table = table.assign(width=width, height=height or width)
    if broken:
        table.loc[: broken - 1, ["width", "height", "problem"]] = (0, 0, "is cut off")
    return Content(table, State(), SplitSettings(), {})


def shouted(counts):
    return {name.upper(): count for name, count in counts.items()}


def scaled(counts, factor):
    return {name: round(count * factor) for name, count in counts.items()}


@pytest.mark.parametrize(
    ("card", "held"),
    [
        (MNIST, dict(counts=MNIST.classes, width=28, mode="L")),
        (MNIST, dict(counts=MNIST.splits["train"], width=28, mode="L")),
        (MNIST, dict(counts=MNIST.splits["test"], width=28, mode="L")),
        (UC_MERCED, dict(counts=shouted(UC_MERCED.classes), width=256, height=247)),
        (CATS, dict(counts=CATS.classes, width=500, height=374, broken=2)),
        (CATS, dict(counts=scaled(CATS.classes, 0.97), width=500, height=374)),
    ],
    ids=["mnist", "its training part", "its test part", "other spelling", "some broken", "some lacking"],
)
def test_the_dataset_itself_is_known(card, held):
    assert fits(card, content(**held))


@pytest.mark.parametrize(
    ("card", "held"),
    [
        (MNIST, dict(counts=MNIST.classes, width=100, mode="RGB")),
        (MNIST, dict(counts=MNIST.classes, width=28, mode="RGB")),
        (MNIST, dict(counts=MNIST.classes, width=64, mode="L")),
        (MNIST, dict(counts=dict.fromkeys(MNIST.classes, 200), width=28, mode="L")),
        (MNIST, dict(counts=dict.fromkeys(MNIST.classes, 7000), width=28, mode="L")),
        (UC_MERCED, dict(counts=dict.fromkeys(UC_MERCED.classes, 30), width=256)),
        (UC_MERCED, dict(counts=UC_MERCED.classes, width=512)),
        (CATS, dict(counts={"Cat": 500, "Dog": 500}, width=500, height=374)),
        (CATS, dict(counts=CATS.classes | {"Dog": 300}, width=500, height=374)),
    ],
    ids=[
        "hand signs",
        "colour",
        "larger",
        "fewer",
        "another set of as many",
        "a subset",
        "other scenes",
        "other pets",
        "half of it",
    ],
)
def test_what_has_but_the_names_is_not(card, held):
    assert not fits(card, content(**held))


def test_a_card_that_says_nothing_of_the_look_does_not_speak_by_itself():
    sides = np.full(3, 28)
    assert MNIST.looks_like(sides, sides, np.array(["L"] * 3))
    assert not replace(MNIST, look=None).looks_like(sides, sides, np.array(["L"] * 3))


def test_photographs_of_hand_signs_are_not_mnist(imported):
    dataset = imported("signs", {str(digit): 5 for digit in range(10)})
    assert dataset.info.card == "mnist"
    assert known_card(dataset) is None


def test_where_it_was_asked_for_a_card_speaks_of_a_part_too(asked_for):
    dataset = asked_for("uc_merced", dict.fromkeys(UC_MERCED.class_names, 3))
    assert known_card(dataset) == UC_MERCED
    assert known_card(Dataset(dataset.folder)) == UC_MERCED


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (DatasetInfo("a", "Aerial", kind="folder", card="uc_merced"), False),
        (DatasetInfo("a", UC_MERCED.title, kind="folder", card="uc_merced"), True),
        (DatasetInfo("a", "Aerial", kind="download", card="uc_merced"), True),
        (DatasetInfo("a", "Aerial", kind="folder"), False),
        (DatasetInfo("a", "Aerial", kind="folder", card="of another version", card_asked_for=True), False),
    ],
    ids=["guessed", "asked for", "downloaded", "none", "unknown"],
)
def test_of_datasets_of_an_older_version_it_is_told_by_what_they_are_called(info, expected):
    assert is_asked_for(info) is expected


def test_a_dataset_whose_classes_have_other_names_by_now_is_no_namesake_any_more(imported, tmp_path):
    dataset = imported("signs", {str(digit): 5 for digit in range(10)})
    (tmp_path / "sources" / "signs" / "9").rename(tmp_path / "sources" / "signs" / "ten")
    import_now(Dataset(dataset.folder))
    assert Dataset(dataset.folder).info.card == ""
