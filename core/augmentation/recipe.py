"""The augmentation recipe: an ordered list of named transforms, the range of each, and how often it happens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError

NOTHING = "none"
"""How the empty recipe is typed."""


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
        Of the range that is drawn from; "" where the transform has none (a flip happens or not).
    minimum, maximum
        The farthest that a range may reach, in `unit`.
    default
        The usual range, low and high.
    probability
        How often it usually happens, 0 to 1: of images, or of batches where it mixes.
    mixes
        Whether it mixes images of a batch, and their labels with them.
    """

    name: str
    title: str
    explanation: str
    unit: str = ""
    minimum: int = 0
    maximum: int = 0
    default: tuple[int, int] = (0, 0)
    probability: float = 1.0
    mixes: bool = False


TRANSFORMS = {
    transform.name: transform
    for transform in (
        Transform(
            "flip_horizontal",
            "Flip left–right",
            "Mirrors the image. Safe wherever left and right mean nothing; not for text or digits.",
            probability=0.5,
        ),
        Transform(
            "flip_vertical",
            "Flip top–bottom",
            "Turns the image upside down. Safe seen from above or through a lens; odd for animals.",
            probability=0.5,
        ),
        Transform(
            "quarter_turns",
            "Quarter turns",
            "Turns by 90, 180 or 270°, each as often, and loses no pixel. Safe seen from above or through a lens.",
            probability=0.75,
        ),
        Transform(
            "rotation",
            "Rotation",
            "Turns by an angle, anticlockwise where it is positive. Small angles imitate a tilted camera; a 6 turned "
            "half way is a 9.",
            "°",
            -180,
            180,
            (-15, 15),
        ),
        Transform(
            "zoom",
            "Zoom",
            "Brings closer where it is positive, farther where it is negative. What decides must stay in the picture.",
            "%",
            -50,
            50,
            (-15, 15),
        ),
        Transform(
            "shift",
            "Shift",
            "Moves by a share of the side, to the right and downwards where it is positive. Teaches that position does "
            "not matter.",
            "%",
            -50,
            50,
            (-10, 10),
        ),
        Transform(
            "shear",
            "Shear",
            "Slants by an angle, the top to the right where it is positive, as another hand that writes would, or a "
            "camera held aside.",
            "°",
            -45,
            45,
            (-10, 10),
        ),
        # Szegedy et al. 2015, "Going Deeper with Convolutions", arXiv:1409.4842: training on parts of 8 to 100 %.
        Transform(
            "crop",
            "Random crop",
            "Keeps a part with this share of the area and enlarges it to the whole. What decides may be cut off where "
            "the share is small.",
            "%",
            10,
            100,
            (70, 100),
        ),
        Transform(
            "brightness",
            "Brightness",
            "Darkens or brightens by this share of the way from black to white, as other light would. Not where "
            "brightness is what decides.",
            "%",
            -100,
            100,
            (-20, 20),
        ),
        Transform(
            "contrast",
            "Contrast",
            "Weakens or strengthens contrast by this share, as other cameras or weather would.",
            "%",
            -90,
            90,
            (-20, 20),
        ),
        Transform(
            "colour_jitter",
            "Colour jitter",
            "Weakens or strengthens colours by this share, −100 being grey, and turns their hue a little along. Not "
            "where colour is what decides.",
            "%",
            -100,
            100,
            (-30, 30),
        ),
        Transform(
            "noise",
            "Noise",
            "Adds grain of this standard deviation, as a camera does in the dark. Teaches not to rely on pixels.",
            "grey levels",
            0,
            100,
            (0, 15),
        ),
        Transform(
            "blur",
            "Blur",
            "Smooths by a Gaussian of this standard deviation, as a lens out of focus does. Not where fine texture "
            "decides.",
            "px",
            0,
            10,
            (0, 2),
        ),
        # Zhong et al. 2017, "Random Erasing Data Augmentation", arXiv:1708.04896.
        Transform(
            "erasing",
            "Erasing",
            "Covers a rectangle of this share of the area with noise, so that no single part is all that is looked at.",
            "% of the area",
            1,
            50,
            (5, 20),
            0.5,
        ),
        # Cubuk et al. 2019, "RandAugment: Practical automated data augmentation with a reduced search space",
        # arXiv:1909.13719.
        Transform(
            "randaugment",
            "RandAugment",
            "Does two operations drawn anew for each image, of turning, slanting, shifting and changing light and "
            "colour, with this share of their full strength. Much variety from one number.",
            "% of full strength",
            0,
            100,
            (0, 30),
        ),
        # Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
        Transform(
            "mixup",
            "MixUp",
            "Lays two training images over each other, and mixes their labels in the same shares. Makes for less sure "
            "answers. Only where the whole network is trained.",
            probability=0.5,
            mixes=True,
        ),
        # Yun et al. 2019, "CutMix: Regularization Strategy to Train Strong Classifiers", arXiv:1905.04899.
        Transform(
            "cutmix",
            "CutMix",
            "Pastes a rectangle of another training image, and mixes their labels by area. What decides may be "
            "anywhere in the image. Only where the whole network is trained.",
            probability=0.5,
            mixes=True,
        ),
    )
}


@dataclass(frozen=True)
class Step:
    """A transform in a recipe.

    Parameters
    ----------
    name
        Of the transform.
    low, high
        What is drawn lies between these, both in the transform's unit; 0 where it has no range.
    probability
        How often it happens, 0 to 1: of images, or of batches where it mixes.
    """

    name: str
    low: int = 0
    high: int = 0
    probability: float = 1.0

    @property
    def transform(self) -> Transform:
        return TRANSFORMS[self.name]

    @property
    def mixes(self) -> bool:
        """Whether it makes one image of two."""
        return self.transform.mixes


def usual_step(name: str) -> Step:
    """A transform with its usual range and probability."""
    transform = TRANSFORMS[name]
    return Step(name, *transform.default, transform.probability)


# As JSON -------------------------------------------------------------------------------------------------------------


def read_recipe(steps: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Check a recipe that was written as JSON.

    Parameters
    ----------
    steps
        In the order in which they are applied, each ``{"name": …, "low": …, "high": …, "probability": …}``; what is
        left out is as usual. One number, ``{"name": …, "amount": …}``, as recipes had before they had ranges, is as far
        as it goes either way, or from the least on where it goes one way; where images are mixed, it is how many of 100
        batches are.

    Raises
    ------
    UsageError
        If a transform is unknown or stands twice, a number is none or out of range, or a range is the wrong way round.
    """
    if not isinstance(steps, Iterable):
        raise UsageError(f"The augmentation must be a list of steps, or a text. Got {steps!r}.")
    recipe = []
    for entry in steps:
        step = _read_step(entry)
        if any(other.name == step.name for other in recipe):
            raise UsageError(f"The augmentation {step.name!r} stands in the recipe twice.")
        recipe.append(step)
    return tuple(recipe)


def write_recipe(recipe: Iterable[Step]) -> list[dict[str, Any]]:
    """The recipe as JSON; the inverse of `read_recipe`."""
    return [{"name": step.name, "low": step.low, "high": step.high, "probability": step.probability} for step in recipe]


def _read_step(entry: Any) -> Step:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    if not isinstance(name, str) or name not in TRANSFORMS:
        raise UsageError(f"The augmentation {name!r} is unknown. There are: {', '.join(TRANSFORMS)}.")
    if odd := [key for key in entry if key not in ("name", "low", "high", "probability", "amount")]:
        raise UsageError(f"The augmentation {name!r} has no {odd[0]!r}. It has 'low', 'high' and 'probability'.")
    usual = usual_step(name) if "amount" not in entry else _with_amount(TRANSFORMS[name], entry["amount"])
    low, high = (_bound(usual.transform, end, entry.get(end, getattr(usual, end))) for end in ("low", "high"))
    if low > high:
        raise UsageError(f"The range of {name!r} must begin below its end. Got {low} to {high}.")
    probability = entry.get("probability", usual.probability)
    if not _is_number(probability) or not 0 <= probability <= 1:
        raise UsageError(f"The probability of {name!r} must be a number from 0 to 1. Got {probability!r}.")
    return Step(name, low, high, float(probability))


def _with_amount(transform: Transform, amount: Any) -> Step:
    """The step that one number makes."""
    least = 0 if transform.minimum < 0 else transform.minimum
    most = 100 if transform.mixes else transform.maximum
    if not _is_whole(amount) or not least <= amount <= most:
        wanted = f"be a whole number from {least} to {most} {'% of batches' if transform.mixes else transform.unit}"
        wanted = wanted if most else "be left out, as it has none"
        raise UsageError(f"The amount of {transform.name!r} must {wanted}. Got {amount!r}.")
    if transform.mixes:
        return Step(transform.name, probability=amount / 100)
    low = -amount if transform.minimum < 0 else transform.minimum
    return Step(transform.name, int(low), int(amount), transform.probability)


def _bound(transform: Transform, end: str, value: Any) -> int:
    """One end of a range, checked."""
    if not _is_whole(value) or not transform.minimum <= value <= transform.maximum:
        wanted = f"be a whole number from {transform.minimum} to {transform.maximum} {transform.unit}"
        wanted = wanted if transform.unit else "be left out, as it has no range"
        raise UsageError(f"The {end} end of {transform.name!r} must {wanted}. Got {value!r}.")
    return int(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and not value % 1  # which nan and infinity leave as nan


# As text -------------------------------------------------------------------------------------------------------------


def parse_recipe(text: str) -> tuple[Step, ...]:
    """Read a recipe as one types it; ``none`` or nothing is the empty recipe.

    A step is ``name=low..high@probability``. One number in place of the range goes that far either way, or from the
    least on where it goes one way. What is left out is as usual.

    >>> parse_recipe("rotation=15,erasing=5..20@0.3")
    (Step(name='rotation', low=-15, high=15, probability=1.0), Step(name='erasing', low=5, high=20, probability=0.3))

    Raises
    ------
    UsageError
        As `read_recipe`.
    """
    parts = [part for part in text.replace(" ", "").split(",") if part not in ("", NOTHING)]
    return read_recipe(_parse_step(part) for part in parts)


def _parse_step(part: str) -> dict[str, Any]:
    rest, at, probability = part.partition("@")
    name, _, span = rest.partition("=")
    entry: dict[str, Any] = {"name": name}
    try:
        if ".." in span:
            low, _, high = span.partition("..")
            entry |= {"low": int(low), "high": int(high)}
        elif span:
            entry["amount"] = int(span)
    except ValueError:
        raise UsageError(f"The range of {name!r} must be a whole number, or two as in 5..20. Got {span!r}.") from None
    try:
        return entry | ({"probability": float(probability)} if at else {})
    except ValueError:
        raise UsageError(f"The probability of {name!r} must be a number from 0 to 1. Got {probability!r}.") from None


def typed(recipe: Iterable[Step]) -> str:
    """The recipe as one types it; the inverse of `parse_recipe`."""
    return ",".join(map(_typed_step, recipe)) or NOTHING


def _typed_step(step: Step) -> str:
    transform = step.transform
    text = step.name
    if transform.unit:
        one_number = step.low == (-step.high if transform.minimum < 0 else transform.minimum)
        text += f"={step.high}" if one_number else f"={step.low}..{step.high}"
    usual = step.probability == transform.probability
    return text if usual else f"{text}@{str(step.probability).removesuffix('.0')}"


# In words ------------------------------------------------------------------------------------------------------------


def in_words(recipe: Iterable[Step]) -> str:
    """The recipe in a line."""
    return ", ".join(map(_step_in_words, recipe)) or NOTHING


def _step_in_words(step: Step) -> str:
    transform = step.transform
    words = transform.title.lower()
    if transform.unit:
        low, high = (f"{end}".replace("-", "−") for end in (step.low, step.high))
        span = high if low == high else f"±{high}" if step.low == -step.high else f"{low} to {high}"
        words += f" {span} {transform.unit}"
    if transform.mixes or step.probability != transform.probability:
        words += f" in {100 * step.probability:.3g} % of {'batches' if transform.mixes else 'images'}"
    return words
