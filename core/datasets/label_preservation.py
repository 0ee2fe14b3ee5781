"""The label-preserving transforms of a dataset: what its card says, or its owner answers."""

from dataclasses import asdict
from pathlib import Path

from core.augmentation.label_preserving import LabelPreserving
from core.datasets.known import known_card
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.files import read_json, write_json

# Animals stand on the ground; what is drawn from above or through a lens has no top.
_UPRIGHT, _ANY_WAY = LabelPreserving(True, False, 30), LabelPreserving(True, True, 180)
_OF_SAMPLES = {
    "cats_vs_dogs_sample": _UPRIGHT,
    "aerial_scenes_sample": _ANY_WAY,
    "cervix_types_sample": _ANY_WAY,
}


def label_preserving(dataset: Dataset) -> LabelPreserving | None:
    """What leaves the images of a dataset in their classes.

    Returns
    -------
    LabelPreserving or None
        What the card of the dataset says, what is known of a drawn sample, or else what was answered; None where
        nobody has answered yet.
    """
    card = known_card(dataset)
    if card is not None:
        return card.label_preserving
    return _OF_SAMPLES.get(dataset.name) or _answered(dataset)


def answer(dataset: Dataset, allowed: LabelPreserving) -> None:
    """Keep what a person says of a dataset that has no card.

    Raises
    ------
    UsageError
        If it is no answer.
    """
    allowed.check()
    write_json(_answer_path(dataset), asdict(allowed))


def _answered(dataset: Dataset) -> LabelPreserving | None:
    try:
        values = read_json(_answer_path(dataset))
        if values is None:
            return None
        allowed = LabelPreserving(**values)
        allowed.check()
    except (WorkbenchError, TypeError):  # damaged from outside: it can be answered again
        return None
    return allowed


def _answer_path(dataset: Dataset) -> Path:
    return dataset.folder / "label_preserving.json"
