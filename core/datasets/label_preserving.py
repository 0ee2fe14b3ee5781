"""Which turns and mirrorings leave an image of a dataset in its class: what its card says, or its owner answers."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from core.augmentation.recipe import TRANSFORMS
from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.files import read_json, write_json

FLIPS = ("left to right", "top to bottom")


@dataclass(frozen=True)
class LabelPreserving:
    """Which turns and mirrorings leave an image in its class, by the names of augmentation.

    Parameters
    ----------
    flip_horizontal, flip_vertical
        Whether the mirror image is of the same class.
    rotation
        Degrees by which an image may be turned either way, 0 to 180.
    """

    flip_horizontal: bool
    flip_vertical: bool
    rotation: int

    def in_words(self) -> str:
        """What may be done to an image, as in "be mirrored left to right and turned by up to 20°"."""
        flips = [way for way, allowed in zip(FLIPS, (self.flip_horizontal, self.flip_vertical), strict=True) if allowed]
        ways = [f"mirrored {' and '.join(flips)}"] if flips else []
        ways += [f"turned by up to {self.rotation}°"] if self.rotation else []
        return f"be {' and '.join(ways)}" if ways else "neither be mirrored nor turned"

    def check(self) -> None:
        """Refuse what is no answer.

        Raises
        ------
        UsageError
            If a value is of another type, or the angle out of range.
        """
        for field in fields(self):
            if type(getattr(self, field.name)) is not field.type:
                wanted = "true or false" if field.type is bool else "a whole number"
                raise UsageError(f"“{field.name}” must be {wanted}. Got {getattr(self, field.name)!r}.")
        maximum = TRANSFORMS["rotation"].maximum
        if not 0 <= self.rotation <= maximum:
            raise UsageError(f"“rotation” must be 0 to {maximum} degrees. Got {self.rotation}.")


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
    from core.datasets.known import known_card  # cards are made of the above

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
