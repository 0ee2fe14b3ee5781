"""A recipe as Keras code: Keras's layers where they do the same, small layers of the script's own where none does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.augmentation.recipe import Step

# How often Keras's flips happen.
KERAS_FLIPS = 0.5


@dataclass(frozen=True)
class LayerCall:
    """A layer as it stands in a script.

    Parameters
    ----------
    code
        That makes it.
    defined
        The classes and functions that it takes, each the name of a template in ``templates/layers``, in their order.
    """

    code: str
    defined: tuple[str, ...] = ()


def augmentation_layers(recipe: Iterable[Step]) -> list[LayerCall]:
    """The layers that vary each image for itself, in the order of the recipe; those that mix images are left out."""
    return [_layer(step) for step in recipe if step.probability and not step.mixes]


def layers_to_define(calls: Iterable[LayerCall]) -> list[str]:
    """The templates that these layers need, each once and behind those that it needs itself."""
    return list(dict.fromkeys(name for call in calls for name in call.defined))


def _layer(step: Step) -> LayerCall:
    if step.name in _FLIPS and step.probability == KERAS_FLIPS:
        return LayerCall(f'layers.RandomFlip("{_FLIPS[step.name][0]}")')
    call = _CALLS[step.name](step)
    if step.probability == 1:
        return call
    return LayerCall(f"Sometimes({call.code}, {step.probability!r})", (*_own("sometimes"), *call.defined))


def _own(*names: str) -> tuple[str, ...]:
    return ("variation", *names)


def _percent(step: Step) -> str:
    return f"{step.low / 100!r}, {step.high / 100!r}"


def _rotation(step: Step) -> LayerCall:
    return LayerCall(f"layers.RandomRotation(({step.low} / 360, {step.high} / 360))")  # of a full turn, anticlockwise


def _zoom(step: Step) -> LayerCall:
    # Keras counts how much more is seen, recipes how much closer it comes.
    return LayerCall(f"layers.RandomZoom(({-step.high / 100 + 0.0!r}, {-step.low / 100 + 0.0!r}))")


def _shift(step: Step) -> LayerCall:
    return LayerCall(f"layers.RandomTranslation(({_percent(step)}), ({_percent(step)}))")


def _contrast(step: Step) -> LayerCall:
    # How far down and how far up. Keras puts both in order by their size, so that they have to be equal, and takes a
    # single number for 0 and that: see findings/contrast_only_rises.sh.
    if step.low == -step.high:
        return LayerCall(f"layers.RandomContrast(({step.high / 100!r}, {step.high / 100!r}))")
    return LayerCall(f"Contrast({_percent(step)})", _own("contrast"))


def _of_its_own(name: str, *defined: str, unit: float = 1) -> Callable[[Step], LayerCall]:
    """Calls a layer of the script's own by the ends of the step's range, in parts of `unit`."""

    def call(step: Step) -> LayerCall:
        ends = f"{step.low / unit:g}, {step.high / unit:g}" if step.transform.unit else ""
        return LayerCall(f"{name}({ends})", _own(*defined))

    return call


_FLIPS = {"flip_horizontal": ("horizontal", 2), "flip_vertical": ("vertical", 1)}
_CALLS: dict[str, Callable[[Step], LayerCall]] = {
    **{name: lambda _, axis=axis: LayerCall(f"Flip({axis})", _own("flip")) for name, (_, axis) in _FLIPS.items()},
    "quarter_turns": _of_its_own("QuarterTurns", "quarter_turns"),
    "rotation": _rotation,
    "zoom": _zoom,
    "shift": _shift,
    "shear": _of_its_own("Shear", "move", "shear"),
    "crop": _of_its_own("Crop", "sides", "move", "crop", unit=100),
    "brightness": lambda step: LayerCall(f"layers.RandomBrightness(({_percent(step)}))"),
    "contrast": _contrast,
    "colour_jitter": _of_its_own("ColourJitter", "colour_jitter", unit=100),
    "noise": _of_its_own("Noise", "noise"),
    "blur": _of_its_own("Blur", "blur"),
    "erasing": _of_its_own("Erasing", "sides", "erasing", unit=100),
    "randaugment": _of_its_own("RandAugment", "move", "randaugment", unit=100),
}
