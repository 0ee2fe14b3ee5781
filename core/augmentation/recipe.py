"""The augmentation recipe: an ordered list of named transforms with ranges, and what each does to an image's label."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError


@dataclass(frozen=True)
class Transform:
    """One kind of variation.

    Parameters
    ----------
    name, title
        What recipes and people call it.
    explanation
        What it does, and when it keeps the label true.
    unit
        Of the amount; "" where the transform has none (a flip happens or not, half of the time each).
    maximum, default
        Of the amount, in `unit`. The drawn value lies between minus and plus the amount, unless it mixes images.
    mixes
        Whether it mixes images of a batch, and their labels with them: the amount is then the share of batches.
    """

    name: str
    title: str
    explanation: str
    unit: str = ""
    maximum: int = 0
    default: int = 0
    mixes: bool = False

    @property
    def sign(self) -> str:
        """What stands before an amount that goes either way."""
        return "±" if self.unit and not self.mixes else ""


TRANSFORMS = {
    transform.name: transform
    for transform in (
        Transform(
            "flip_horizontal",
            "Flip left–right",
            "Mirrors half of the images. Safe wherever left and right mean nothing; not for text or digits.",
        ),
        Transform(
            "flip_vertical",
            "Flip top–bottom",
            "Turns half of the images upside down. Safe seen from above or through a lens; odd for animals.",
        ),
        Transform(
            "rotation",
            "Rotation",
            "Turns by up to this angle either way. Small angles imitate a tilted camera; a 6 turned half way is a 9.",
            "°",
            180,
            15,
        ),
        Transform(
            "zoom",
            "Zoom",
            "Brings closer or farther by up to this much. What decides must stay in the picture.",
            "%",
            50,
            15,
        ),
        Transform(
            "shift",
            "Shift",
            "Moves sideways and up or down by up to this share of the image. Teaches that position does not matter.",
            "%",
            50,
            10,
        ),
        Transform(
            "contrast",
            "Contrast",
            "Weakens or strengthens contrast by up to this much, as other cameras or weather would.",
            "%",
            90,
            20,
        ),
        Transform(
            "brightness",
            "Brightness",
            "Darkens or brightens by up to this much, as other light would. Not where brightness is what decides.",
            "%",
            90,
            20,
        ),
        # Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
        Transform(
            "mixup",
            "MixUp",
            "Lays two training images over each other, and mixes their labels in the same shares, in this many of 100 "
            "batches. Makes for less sure answers. Only where the whole network is trained.",
            "% of batches",
            100,
            50,
            mixes=True,
        ),
        # Yun et al. 2019, "CutMix: Regularization Strategy to Train Strong Classifiers", arXiv:1905.04899.
        Transform(
            "cutmix",
            "CutMix",
            "Pastes a rectangle of another training image, and mixes their labels by area, in this many of 100 "
            "batches. What decides may be anywhere in the image. Only where the whole network is trained.",
            "% of batches",
            100,
            50,
            mixes=True,
        ),
    )
}


@dataclass(frozen=True)
class Step:
    """A transform in a recipe, with its amount (0 where the transform has none)."""

    name: str
    amount: int = 0

    @property
    def mixes(self) -> bool:
        """Whether it makes one image of two."""
        return TRANSFORMS[self.name].mixes


def read_recipe(steps: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Check a recipe that was written as JSON.

    Parameters
    ----------
    steps
        In the order in which they are applied, each ``{"name": …, "amount": …}``.

    Raises
    ------
    UsageError
        If a transform is unknown or stands twice, or an amount is out of range.
    """
    recipe = []
    for entry in steps:
        name = entry.get("name") if isinstance(entry, Mapping) else None
        transform = TRANSFORMS.get(name)
        if transform is None:
            raise UsageError(f"The augmentation {name!r} is unknown. There are: {', '.join(TRANSFORMS)}.")
        if any(step.name == name for step in recipe):
            raise UsageError(f"The augmentation {name!r} stands in the recipe twice.")
        amount = entry.get("amount", transform.default)
        is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
        if not is_number or not 0 <= amount <= transform.maximum or amount % 1:
            wanted = f"be a whole number from 0 to {transform.maximum} {transform.unit}"
            wanted = wanted if transform.maximum else "be left out, as it has none"
            raise UsageError(f"The amount of {name!r} must {wanted}. Got {amount!r}.")
        recipe.append(Step(name, int(amount)))
    return tuple(recipe)


def parse_recipe(text: str) -> tuple[Step, ...]:
    """Read a recipe as one types it: ``flip_horizontal,rotation=15``; ``none`` or nothing is the empty recipe."""
    steps = []
    for part in text.replace(" ", "").split(","):
        name, _, amount = part.partition("=")
        if name in ("", "none"):
            continue
        try:
            steps.append({"name": name} | ({"amount": int(amount)} if amount else {}))
        except ValueError:
            raise UsageError(f"The amount of {name!r} must be a whole number. Got {amount!r}.") from None
    return read_recipe(steps)


def write_recipe(recipe: Iterable[Step]) -> list[dict[str, Any]]:
    """The recipe as JSON; the inverse of `read_recipe`."""
    return [{"name": step.name, "amount": step.amount} for step in recipe]


def in_words(recipe: Iterable[Step]) -> str:
    """The recipe in a line."""
    parts = []
    for step in recipe:
        transform = TRANSFORMS[step.name]
        amount = f" {transform.sign}{step.amount} {transform.unit}" if transform.unit else ""
        parts.append(transform.title.lower() + amount)
    return ", ".join(parts) or "none"
