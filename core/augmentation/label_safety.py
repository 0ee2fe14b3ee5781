"""What in a recipe would change the label of an image, or take away what decides it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.augmentation.label_preserving import LabelPreserving
from core.augmentation.recipe import Step

# Where what decides begins to be at risk in any dataset; rules of thumb, in the units of the transforms.
LEAST_AREA = 30
MOST_ZOOM = 40
MOST_SHIFT = 35
MOST_SHEAR = 30
MOST_ERASED = 35
MOST_BRIGHTNESS = 60
MOST_CONTRAST = 75
MOST_COLOUR = 50
MOST_NOISE = 50
MOST_BLUR = 5
# Of RandAugment at full strength, as its authors have it.
RANDAUGMENT_ROTATION = 30


@dataclass(frozen=True)
class Danger:
    """A step of a recipe that may change the label, and why in words."""

    step_name: str
    words: str


def dangers(recipe: Iterable[Step], allowed: LabelPreserving | None) -> list[Danger]:
    """What would change the label of an image, or hide what decides it.

    Parameters
    ----------
    allowed
        What leaves an image of the dataset in its class; None where that is not known, and flips and turns can't be
        evaluated.

    Returns
    -------
    list of Danger
        In the recipe's order; at most one a step, and none of steps that never happen.
    """
    found = []
    for step in recipe:
        if not step.probability:
            continue
        words = _against(step, allowed) if allowed is not None else ""
        if words := words or _in_any_dataset(step):
            found.append(Danger(step.name, f"{step.transform.title}: {words}"))
    return found


def _against(step: Step, allowed: LabelPreserving) -> str:
    """What a step does that the dataset does not allow; "" where it keeps to it."""
    turned = f"only up to {allowed.rotation}° an image of this dataset keeps its class"
    farthest = max(abs(step.low), abs(step.high))
    if step.name == "flip_horizontal" and not allowed.flip_horizontal:
        return "an image of this dataset mirrored left to right is not of the same class, or of none. Take it out."
    if step.name == "flip_vertical" and not allowed.flip_vertical:
        return "an image of this dataset upside down is not of the same class, or of none. Take it out."
    if step.name == "quarter_turns" and allowed.rotation < 180:
        return f"it turns by up to 180°, and {turned}. Take it out."
    if step.name == "rotation" and farthest > allowed.rotation:
        return f"it turns by up to {farthest}°, and {turned}. Narrow its range."
    if step.name == "randaugment" and step.high * RANDAUGMENT_ROTATION > 100 * allowed.rotation:
        degrees = step.high * RANDAUGMENT_ROTATION / 100
        return f"it turns by up to {degrees:.0f}° among other things, and {turned}. Weaken it."
    return ""


def _in_any_dataset(step: Step) -> str:
    """What a step does that puts the label of any image at risk; "" where it is moderate."""
    if step.name not in _AT_MOST:
        return _too_dark_or_light(step) if step.name == "brightness" else ""
    measure, most, words = _AT_MOST[step.name]
    value = measure(step)
    return words.format(abs(value)) if value > most else ""


def _too_dark_or_light(step: Step) -> str:
    ends = ["black"] * (step.low < -MOST_BRIGHTNESS) + ["white"] * (step.high > MOST_BRIGHTNESS)
    if not ends:
        return ""
    return f"at its ends an image is all but {' or '.join(ends)}, and shows little of its class. Narrow its range."


def _farthest(step: Step) -> int:
    return max(abs(step.low), abs(step.high))


# What is measured of a step, how far it may go, and what is wrong with what goes farther.
_AT_MOST: dict[str, tuple[Callable[[Step], int], int, str]] = {
    "zoom": (
        lambda step: step.high,
        MOST_ZOOM,
        "brought closer by {} %, what decides may be outside. Lower its upper end.",
    ),
    "shift": (_farthest, MOST_SHIFT, "moved by {} % of the side, what decides may be outside. Narrow its range."),
    "shear": (_farthest, MOST_SHEAR, "slanted by {}°, shapes are hard to tell. Narrow its range."),
    "crop": (
        lambda step: -step.low,
        -LEAST_AREA,
        "of some images only {} % of the area is left, and what decides may be cut off. Raise its lower end.",
    ),
    "contrast": (
        lambda step: -step.low,
        MOST_CONTRAST,
        "with {} % less contrast an image is all but flat grey. Raise its lower end.",
    ),
    "colour_jitter": (
        _farthest,
        MOST_COLOUR,
        "colours change by up to {} %. Where colour decides, narrow its range.",
    ),
    "noise": (
        lambda step: step.high,
        MOST_NOISE,
        "grain of {} grey levels hides all but large shapes. Lower its upper end.",
    ),
    "blur": (
        lambda step: step.high,
        MOST_BLUR,
        "blurred by {} px, nothing is left of texture and small shapes. Lower its upper end.",
    ),
    "erasing": (
        lambda step: step.high,
        MOST_ERASED,
        "up to {} % of the area is covered, and what decides may be under it. Lower its upper end.",
    ),
}
