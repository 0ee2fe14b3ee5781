"""What to train: every setting with its default, its range and what it does, checked in one place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.architectures.architecture import USUAL_DROPOUT, Architecture
from core.architectures.custom import find_available, read_network
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import IMAGENET, UNTRAINED
from core.augmentation.library import find_recipe
from core.augmentation.recipe import Step, parse_recipe, read_recipe, write_recipe
from core.datasets.splits import MOST_FOLDS, SplitSettings
from core.errors import UsageError
from core.jobs.gpus import ALL, AUTO
from core.workspace import Workspace

SCRATCH, FROZEN = "scratch", "frozen"
BOTH = (SCRATCH, FROZEN)

BASICS, OPTIMISER, REGULARISATION = "Basics", "Optimiser and schedule", "Regularisation"
HEAD, FINE_TUNING, RUN = "Backbone and head", "Fine-tuning", "Run"
GROUPS = (BASICS, OPTIMISER, REGULARISATION, HEAD, FINE_TUNING, RUN)


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
    group
        Which of `GROUPS` it is listed in.
    kinds
        The kinds of architecture that it has an effect on.
    """

    name: str
    title: str
    explanation: str
    minimum: float
    maximum: float
    default: Mapping[str, float]
    whole: bool = True
    group: str = RUN
    kinds: tuple[str, ...] = BOTH

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


@dataclass(frozen=True)
class Choice:
    """A setting of which one picks one option by name.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    explanation
        What it decides, in a sentence.
    options
        What each option does, by its name.
    default
        The name of the option in force where none was picked.
    group, kinds
        As of `Parameter`.
    """

    name: str
    title: str
    explanation: str
    options: Mapping[str, str]
    default: str
    group: str = RUN
    kinds: tuple[str, ...] = BOTH

    def check(self, value: Any) -> str:
        """The name of an option, or an error that lists them.

        Raises
        ------
        UsageError
            If there is no such option.
        """
        name = value.strip().lower() if isinstance(value, str) else value
        if not isinstance(name, str) or name not in self.options:
            raise UsageError(f"The setting '{self.name}' must be one of {', '.join(self.options)}. Got {value!r}.")
        return name


# How people write yes and no: on the command line, and in the files of earlier builds.
YES, NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0")


@dataclass(frozen=True)
class Boolean:
    """A setting that is on or off.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    explanation
        What it does where it is on, in a sentence.
    default
        Whether it is on where nothing was said.
    group, kinds
        As of `Parameter`.
    """

    name: str
    title: str
    explanation: str
    default: bool
    group: str = RUN
    kinds: tuple[str, ...] = BOTH

    def check(self, value: Any) -> bool:
        """Whether it is on, or an error that says how that is written.

        Raises
        ------
        UsageError
            If it is neither on nor off.
        """
        word = str(value).strip().lower() if isinstance(value, (bool, int, str)) else ""
        if word not in YES + NO:
            raise UsageError(f"The setting '{self.name}' must be true or false. Got {value!r}.")
        return word in YES


def _both(value: float) -> dict[str, float]:
    return {SCRATCH: value, FROZEN: value}


PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "epochs",
            "Epochs",
            "How many times the network sees all training images, or goes through few of them several times. It ends "
            "sooner when validation stops improving.",
            1,
            1000,
            {SCRATCH: 25, FROZEN: 100},
            group=BASICS,
        ),
        Parameter(
            "learning_rate",
            "Learning rate",
            "How far each step moves the weights. Too large and the loss jumps or explodes; too small and it crawls.",
            1e-6,
            1e6,
            # 2e-3 on features: over 12 splits of aerial scenes as accurate as 1e-3, and .1 points better than 3e-3. On
            # few images 1e-3 takes twice the steps to come as far; see benchmarks/unbalanced.py.
            {SCRATCH: 2e-3, FROZEN: 2e-3},
            whole=False,
            group=BASICS,
        ),
        Parameter(
            "batch_size",
            "Batch size",
            "How many images are looked at before the weights move. Larger is steadier and takes more memory. 0 tries "
            "some and takes the quickest. Where memory runs out, it is halved and the training goes on.",
            0,
            1024,
            # 128 on features: as accurate on photographs and aerial scenes as 32, in two thirds of the time.
            {SCRATCH: 32, FROZEN: 128},
            group=BASICS,
        ),
        Parameter(
            "dropout",
            "Dropout",
            "The share of features hidden at random in each step, which keeps the network from relying on a few.",
            0,
            0.9,
            # .5 on features: over 20 splits of photographs and of aerial scenes no worse than any of .2 and .8.
            USUAL_DROPOUT,
            whole=False,
            group=REGULARISATION,
        ),
        Parameter(
            "weight_decay",
            "Weight decay",
            "How strongly large weights are pulled back. More makes for smoother answers, too much for dull ones.",
            0,
            1,
            {SCRATCH: 1e-4, FROZEN: 0.1},
            whole=False,
            group=REGULARISATION,
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
            "more and take longer. Unused without augmentation, and where flips and quarter turns are all there is: "
            "each of them is then a view.",
            1,
            16,
            _both(2),
            group=HEAD,
            kinds=(FROZEN,),
        ),
        Parameter(
            "average_views",
            "Average the views",
            "1 evaluates validation and test images by the average over their exact views, 0 by images as they are.",
            0,
            1,
            _both(1),
            group=REGULARISATION,
        ),
        Parameter(
            "hidden",
            "Hidden units",
            "Units of a layer between the features and the answer of a head on a frozen backbone. 0 for none.",
            0,
            4096,
            _both(0),
            group=HEAD,
            kinds=(FROZEN,),
        ),
        Parameter(
            "least_steps",
            "Least steps an epoch",
            "Where there are so few images that an epoch would have fewer steps than this, it goes through them "
            "several times: a head that has moved too little knows nothing when its epochs are over.",
            1,
            1000,
            # 40 on features: benchmarks/unbalanced.py. From scratch, where a step takes far longer, one pass an epoch.
            {SCRATCH: 1, FROZEN: 40},
            group=HEAD,
            kinds=(FROZEN,),
        ),
        Parameter(
            "choose_decay",
            "Choose the decay",
            "1 trains the linear head of a frozen backbone with several penalties at once and keeps the one that "
            "validates best; 0 takes the weight decay as it is set.",
            0,
            1,
            _both(1),
            group=HEAD,
            kinds=(FROZEN,),
        ),
        Parameter(
            "seed",
            "Seed",
            "Fixes every random draw of the training: the first weights, the order of images, augmentation.",
            0,
            2**31 - 1,
            _both(0),
        ),
        Parameter(
            "momentum",
            "Momentum",
            "The share of the last step that the next one keeps. Used by SGD and RMSprop only.",
            0,
            0.999,
            _both(0.9),
            whole=False,
            group=OPTIMISER,
        ),
        Parameter(
            "warmup",
            "Warm-up",
            "The share of all epochs over which the learning rate rises evenly from almost nothing to its value.",
            0,
            0.5,
            _both(0),
            whole=False,
            group=OPTIMISER,
        ),
        Parameter(
            "decay_epochs",
            "Decay epochs",
            "After how many epochs a step or exponential schedule, or that many without progress a plateau one, has "
            "multiplied the learning rate by the decay factor.",
            1,
            1000,
            _both(5),
            group=OPTIMISER,
        ),
        Parameter(
            "decay_factor",
            "Decay factor",
            "What step, exponential and plateau schedules multiply the learning rate by.",
            0.01,
            1,
            _both(0.5),
            whole=False,
            group=OPTIMISER,
        ),
        Parameter(
            "gradient_clipping",
            "Gradient clipping",
            "The greatest length of the gradient of all weights together; longer ones are shortened to it. 0 is off.",
            0,
            1000,
            _both(0),
            whole=False,
            group=OPTIMISER,
        ),
        Parameter(
            "label_smoothing",
            "Label smoothing",
            "The share of each label that is spread over all classes, which makes for less sure answers. It counts in "
            "the training and the validation loss.",
            0,
            0.5,
            _both(0),
            whole=False,
            group=REGULARISATION,
        ),
        Parameter(
            "unfreeze",
            "Blocks to fine-tune",
            "How many of the backbone's last blocks learn as well, once the head has learned. 0 leaves it frozen.",
            0,
            max(len(architecture.cuts) for architecture in ARCHITECTURES.values()),
            _both(0),
            group=FINE_TUNING,
            kinds=(FROZEN,),
        ),
        Parameter(
            "fine_tune_epochs",
            "Fine-tuning epochs",
            "How many times the network sees all training images while the unfrozen blocks learn as well.",
            1,
            200,
            _both(10),
            group=FINE_TUNING,
            kinds=(FROZEN,),
        ),
        Parameter(
            "fine_tune_rate",
            "Fine-tuning rate",
            "The learning rate of fine-tuning: small, so that what the backbone knows is adjusted and not overwritten.",
            1e-8,
            1,
            # MobileNet on aerial scenes and photographs: from 1e-5 on, validation often got worse in the first epoch.
            _both(5e-6),
            whole=False,
            group=FINE_TUNING,
            kinds=(FROZEN,),
        ),
    )
}

OFF, ON = "off", "on"
CHOICES = {
    choice.name: choice
    for choice in (
        Choice(
            "optimiser",
            "Optimiser",
            "How the gradient moves the weights.",
            {
                "adamw": "a step size for each weight, and weight decay apart from it",
                "adam": "the same steps as AdamW; without weight decay, which is ignored",
                "sgd": "the plain gradient with momentum; wants a learning rate ten to a hundred times larger",
                "rmsprop": "steps scaled by the gradient's recent size; without weight decay, which is ignored",
            },
            "adamw",
            group=OPTIMISER,
        ),
        Choice(
            "nesterov",
            "Nesterov momentum",
            "Whether SGD looks at the gradient where its momentum is about to take it.",
            {OFF: "plain momentum", ON: "Nesterov's momentum"},
            OFF,
            group=OPTIMISER,
        ),
        Choice(
            "schedule",
            "Learning rate schedule",
            "How the learning rate changes from epoch to epoch.",
            {
                "constant": "it stays as it is",
                "step": "it is multiplied by the decay factor at once, whenever the decay epochs have passed",
                "exponential": "it falls evenly, by the decay factor over the decay epochs",
                "cosine": "it falls along half a cosine to nothing at the last epoch",
                "plateau": "it is multiplied by the decay factor when the loss has not improved for the decay epochs",
            },
            "constant",
            group=OPTIMISER,
        ),
        Choice(
            "find_rate",
            "Find the learning rate",
            "Whether the learning rate is looked for before the training.",
            {OFF: "it is taken as it is set", ON: "it is raised step by step on a trial, and the best one is taken"},
            OFF,
            group=OPTIMISER,
        ),
        Choice(
            "class_weights",
            "Class weights",
            "How much an image of each class counts in the training loss.",
            {"none": "every image counts the same", "balanced": "every class counts the same, however few its images"},
            "none",
            group=REGULARISATION,
        ),
        Choice(
            "deterministic",
            "Deterministic",
            "Whether only operations are used that give the same bits each time. Slower on a graphics card.",
            {OFF: "the fastest operations", ON: "only deterministic ones; some augmentations may have none"},
            OFF,
        ),
    )
}
BOOLEANS = {
    boolean.name: boolean
    for boolean in (
        Boolean(
            "early_stopping",
            "Early stopping",
            "The training ends once validation has not improved for as many epochs as the patience says; else it goes "
            "on to the last epoch. The best weights are kept either way.",
            True,
        ),
    )
}
# What runs of earlier builds were trained with and don't say, since it could not be set.
UNSAID = {"least_steps": 1}
# What people choose among; a machine with another backend has another name for its plain one, which is accepted too.
RUNTIMES = (
    AUTO,
    "tensorflow-float32",
    "tensorflow-bfloat16",
    "tensorflow-float16",
    "openvino-bfloat16",
    "openvino-float32",
)


@dataclass(frozen=True)
class RunSettings:
    """What to train, complete and checked.

    Parameters
    ----------
    dataset
        The name of a dataset.
    architecture
        The name of an architecture.
    network
        What it is made of, where it is one that somebody composed: a run does not change when that does.
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
    epochs to fine_tune_rate
        See `PARAMETERS`.
    optimiser to deterministic
        See `CHOICES`.
    early_stopping
        See `BOOLEANS`.
    runtime
        The way to compute, such as "openvino-bfloat16": of the features of a frozen backbone, or of a training from
        scratch. "auto" measures which is the quickest.
    gpu
        "auto" for the one of the place that the run gets, the number of a GPU, or "all".
    """

    dataset: str
    architecture: str
    network: Mapping[str, Any] | None
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
    average_views: int
    hidden: int
    least_steps: int
    choose_decay: int
    seed: int
    momentum: float
    warmup: float
    decay_epochs: int
    decay_factor: float
    gradient_clipping: float
    label_smoothing: float
    unfreeze: int
    fine_tune_epochs: int
    fine_tune_rate: float
    optimiser: str
    nesterov: str
    schedule: str
    find_rate: str
    class_weights: str
    deterministic: str
    early_stopping: bool
    runtime: str
    gpu: str

    @property
    def design(self) -> Architecture:
        """The architecture that is trained."""
        return read_network(self.network).architecture if self.network else ARCHITECTURES[self.architecture]

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


def settings_in(group: str, kind: str | None = None) -> list[Parameter | Choice | Boolean]:
    """The settings of a group; where a kind of architecture is given, those that have an effect on it."""
    every = (*CHOICES.values(), *BOOLEANS.values(), *PARAMETERS.values())
    return [setting for setting in every if setting.group == group and (kind is None or kind in setting.kinds)]


def default_settings(architecture: Architecture) -> dict[str, Any]:
    """The defaults of an architecture, for everything but the dataset."""
    numbers = {name: parameter.default[architecture.kind] for name, parameter in PARAMETERS.items()}
    return (
        {
            "architecture": architecture.name,
            "network": architecture.network,
            "image_size": architecture.input_size,
            "weights": IMAGENET if architecture.frozen else "",
            "augmentation": [],
            "split_seed": None,
            "fold": None,
            "runtime": AUTO,
            "gpu": AUTO,
        }
        | numbers
        | {name: setting.default for name, setting in (CHOICES | BOOLEANS).items()}
        | dict(architecture.settings)
    )


def read_settings(values: Mapping[str, Any], workspace: Workspace | None = None) -> RunSettings:
    """Fill in the defaults and check everything: the one check that pages, command line and Python share.

    Parameters
    ----------
    values
        At least "dataset" and "architecture". Numbers may be text, as they are typed; the recipe may be JSON or text.
    workspace
        Whose own networks and saved recipes may be named too.

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
    own = values.get("network")
    architecture = read_network(own).architecture if own else find_available(values.get("architecture", ""), workspace)
    settings = default_settings(architecture) | dict(values)
    settings |= {name: parameter.check(settings[name]) for name, parameter in PARAMETERS.items()}
    settings |= {name: setting.check(settings[name]) for name, setting in (CHOICES | BOOLEANS).items()}
    settings |= {"architecture": architecture.name, "network": architecture.network}
    settings["image_size"] = check_image_size(architecture, settings["image_size"])
    settings["split_seed"] = _number_or_none("split_seed", settings["split_seed"], 0, 2**31 - 1)
    settings["fold"] = _number_or_none("fold", settings["fold"], 1, MOST_FOLDS)
    if not isinstance(settings["runtime"], str) or not settings["runtime"].strip():
        raise UsageError(f"The setting 'runtime' must be 'auto' or a name. Got {settings['runtime']!r}.")
    settings["gpu"] = _check_gpu(settings["gpu"])
    if settings["gpu"] == ALL and settings["gradient_clipping"]:
        # Keras clips what each GPU finds by itself, before they are added up: at the same length to no effect.
        raise UsageError("Gradients can't be clipped on all GPUs at once. Choose one GPU, or no 'gradient_clipping'.")
    settings["augmentation"] = _check_recipe(settings["augmentation"], workspace)
    mixing = [step.name for step in settings["augmentation"] if step.mixes]
    if architecture.frozen and mixing:
        raise UsageError(
            f"{' and '.join(mixing)} cannot be used with {architecture.title}: a frozen backbone computes the features "
            "of each image once, and a mix of two images would be another one every time. Take it out of "
            "'augmentation', or choose a network that is trained from scratch."
        )
    if not architecture.frozen and settings["weights"]:
        raise UsageError(f"{architecture.title} is trained from scratch and takes no weights. Leave 'weights' out.")
    architecture.check_unfreeze(settings["unfreeze"])
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


def _check_recipe(recipe: Any, workspace: Workspace | None) -> tuple[Step, ...]:
    if not isinstance(recipe, str):
        return read_recipe(recipe)
    return parse_recipe(recipe) if workspace is None else find_recipe(recipe, workspace)


def _check_gpu(value: Any) -> str:
    name = str(value).strip().lower()
    if name not in (AUTO, ALL) and not (name.isascii() and name.isdecimal()):
        raise UsageError(f"The setting 'gpu' must be '{AUTO}', '{ALL}', or the number of a GPU, from 0. Got {value!r}.")
    return name


def _number_or_none(name: str, value: Any, minimum: int, maximum: int) -> int | None:
    if value in (None, "", "None", "none"):
        return None
    return Parameter(name, name, "", minimum, maximum, {}).check(value)
