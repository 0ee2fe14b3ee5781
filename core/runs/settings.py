"""What to train: every setting with its default, its range and what it does, checked in one place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.architectures.registry import Architecture, find_architecture
from core.architectures.weights import IMAGENET, UNTRAINED
from core.augmentation.recipe import Step, parse_recipe, read_recipe, write_recipe
from core.datasets.splits import MOST_FOLDS, SplitSettings
from core.errors import UsageError

SCRATCH, FROZEN = "scratch", "frozen"


@dataclass(frozen=True)
class Parameter:
    """A number that one may set.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    explanation
        What it does to the result, in a sentence.
    minimum, maximum
        The values that are accepted, both ends included.
    default
        For networks trained from scratch and for heads on a frozen backbone.
    whole
        Whether only whole numbers are accepted.
    """

    name: str
    title: str
    explanation: str
    minimum: float
    maximum: float
    default: Mapping[str, float]
    whole: bool = True

    def check(self, value: Any) -> float:
        """The value as a number, or an error that says what would be accepted.

        Raises
        ------
        UsageError
            If it is not a number, or out of range.
        """
        kind = "a whole number" if self.whole else "a number"
        refusal = UsageError(
            f"The setting '{self.name}' must be {kind} from {self.minimum:g} to {self.maximum:g}. Got {value!r}."
        )
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise refusal from None
        if isinstance(value, bool) or not self.minimum <= number <= self.maximum or (self.whole and number % 1):
            raise refusal
        return int(number) if self.whole else number


def _both(value: float) -> dict[str, float]:
    return {SCRATCH: value, FROZEN: value}


PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "epochs",
            "Epochs",
            "How many times the network sees all training images. It ends sooner when validation stops improving.",
            1,
            1000,
            {SCRATCH: 25, FROZEN: 60},
        ),
        Parameter(
            "learning_rate",
            "Learning rate",
            "How far each step moves the weights. Too large and the loss jumps or explodes; too small and it crawls.",
            1e-6,
            1e6,
            {SCRATCH: 2e-3, FROZEN: 3e-3},
            whole=False,
        ),
        Parameter(
            "batch_size",
            "Batch size",
            "How many images are looked at before the weights move. Larger is steadier and takes more memory.",
            1,
            1024,
            _both(32),
        ),
        Parameter(
            "dropout",
            "Dropout",
            "The share of features hidden at random in each step, which keeps the network from relying on a few.",
            0,
            0.9,
            # .5 on features: over 20 splits of photographs and of aerial scenes no worse than any of .2 and .8.
            {SCRATCH: 0.3, FROZEN: 0.5},
            whole=False,
        ),
        Parameter(
            "weight_decay",
            "Weight decay",
            "How strongly large weights are pulled back. More makes for smoother answers, too much for dull ones.",
            0,
            1,
            {SCRATCH: 1e-4, FROZEN: 0.1},
            whole=False,
        ),
        Parameter(
            "patience",
            "Patience",
            "After how many epochs without a better validation loss the training ends.",
            1,
            1000,
            {SCRATCH: 10, FROZEN: 10},
        ),
        Parameter(
            "views",
            "Augmented views",
            "How many augmented versions of each training image a frozen backbone computes features of. More vary "
            "more and take longer. Unused without augmentation.",
            1,
            16,
            _both(2),
        ),
        Parameter(
            "seed",
            "Seed",
            "Fixes every random draw of the training: the first weights, the order of images, augmentation.",
            0,
            2**31 - 1,
            _both(0),
        ),
    )
}


@dataclass(frozen=True)
class RunSettings:
    """What to train, complete and checked.

    Parameters
    ----------
    dataset
        The name of a dataset.
    architecture
        The name of an architecture.
    image_size
        Side of the square image that the network is fed, in pixels.
    weights
        Of a frozen backbone: "imagenet", "untrained", or a path. "" from scratch.
    augmentation
        The recipe for training images.
    split_seed
        Draws another division of the dataset for this run alone; None keeps the dataset's own.
    fold
        Which of the dataset's folds tests in this run; None keeps the dataset's own.
    epochs, learning_rate, batch_size, dropout, weight_decay, patience, views, seed
        See `PARAMETERS`.
    """

    dataset: str
    architecture: str
    image_size: int
    weights: str
    augmentation: tuple[Step, ...]
    split_seed: int | None
    fold: int | None
    epochs: int
    learning_rate: float
    batch_size: int
    dropout: float
    weight_decay: float
    patience: int
    views: int
    seed: int

    @property
    def untrained(self) -> bool:
        """Whether the backbone runs on random weights."""
        return self.weights == UNTRAINED

    def split_settings(self, own: SplitSettings) -> SplitSettings:
        """How this run divides a dataset whose `own` settings these are.

        Raises
        ------
        UsageError
            If it asks for a fold that the dataset does not have.
        """
        if self.fold is not None and self.fold > own.folds:
            has = f"{own.folds} folds" if own.folds else "no folds: divide it into some first"
            raise UsageError(f"The setting 'fold' is {self.fold}, but the dataset has {has}.")
        seed = own.seed if self.split_seed is None else self.split_seed
        return replace(own, seed=seed, fold=own.fold if self.fold is None else self.fold)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `read_settings`."""
        return asdict(self) | {"augmentation": write_recipe(self.augmentation)}


def default_settings(architecture: Architecture) -> dict[str, Any]:
    """The defaults of an architecture, for everything but the dataset."""
    numbers = {name: parameter.default[architecture.kind] for name, parameter in PARAMETERS.items()}
    return {
        "architecture": architecture.name,
        "image_size": architecture.input_size,
        "weights": IMAGENET if architecture.frozen else "",
        "augmentation": [],
        "split_seed": None,
        "fold": None,
    } | numbers


def read_settings(values: Mapping[str, Any]) -> RunSettings:
    """Fill in the defaults and check everything: the one check that pages, command line and Python share.

    Parameters
    ----------
    values
        At least "dataset" and "architecture". Numbers may be text, as they are typed; the recipe may be JSON or text.

    Raises
    ------
    UsageError
        Naming the setting, what is accepted, and what was given.
    """
    known = {entry.name for entry in fields(RunSettings)}
    for name in values:
        if name not in known:
            raise UsageError(f"There is no setting {name!r}. There are: {', '.join(sorted(known - {'dataset'}))}.")
    if not values.get("dataset"):
        raise UsageError("Name the dataset to train on.")
    architecture = find_architecture(values.get("architecture", ""))
    settings = default_settings(architecture) | dict(values)
    settings |= {name: parameter.check(settings[name]) for name, parameter in PARAMETERS.items()}
    settings["image_size"] = check_image_size(architecture, settings["image_size"])
    settings["split_seed"] = _number_or_none("split_seed", settings["split_seed"], 0, 2**31 - 1)
    settings["fold"] = _number_or_none("fold", settings["fold"], 1, MOST_FOLDS)
    recipe = settings["augmentation"]
    settings["augmentation"] = parse_recipe(recipe) if isinstance(recipe, str) else read_recipe(recipe)
    if not architecture.frozen and settings["weights"]:
        raise UsageError(f"{architecture.title} is trained from scratch and takes no weights. Leave 'weights' out.")
    if architecture.frozen and not settings["weights"]:
        raise UsageError("The setting 'weights' must be 'imagenet', 'untrained', or the path of a file.")
    return RunSettings(**settings)


def check_image_size(architecture: Architecture, value: Any) -> int:
    """The input size as a number that the architecture accepts.

    Raises
    ------
    UsageError
        If it is too small for the network, too large for anybody, or no number.
    """
    size = Parameter("image_size", "Input size", "", 1, 1024, {}).check(value)
    architecture.check_size(size)
    return size


def _number_or_none(name: str, value: Any, minimum: int, maximum: int) -> int | None:
    if value in (None, "", "None", "none"):
        return None
    return Parameter(name, name, "", minimum, maximum, {}).check(value)
