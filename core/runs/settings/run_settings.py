"""What to train: every setting of a run, declared once, from which page, command line, checks and documents derive."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.architectures.architecture import USUAL_DROPOUT, Architecture
from core.architectures.custom import read_network
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import IMAGENET, UNTRAINED
from core.augmentation.recipe import Step, write_recipe
from core.datasets.splits import MOST_FOLDS, SplitSettings
from core.errors import UsageError
from core.jobs.gpus import AUTO
from core.runs.settings.parameters import (
    FROZEN,
    SCRATCH,
    Parameter,
    boolean,
    choice,
    number,
    parameter,
    parameters_of,
)

SUBJECT, BASICS, OPTIMISER = "What is trained", "Basics", "Optimiser and schedule"
REGULARISATION, HEAD, FINE_TUNING = "Regularisation", "Backbone and head", "Fine-tuning"
RUN = "Run"
GROUPS = (SUBJECT, BASICS, OPTIMISER, REGULARISATION, HEAD, FINE_TUNING, RUN)
ON_FROZEN = (FROZEN,)
LARGEST_IMAGE = 1024
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class RunSettings:
    """What to train, complete and checked, as `read_settings` makes it; each field declares one of `PARAMETERS`.

    The type of a field tells how a number is read; "or None" is for what may be left to the dataset or the network.
    """

    # What is trained -------------------------------------------------------------------------------------------------

    dataset: str = parameter(
        "Dataset", "The images and their classes.", accepts="the name of a dataset", group=SUBJECT, tunable=False
    )
    architecture: str = parameter(
        "Network",
        "The network that is trained, as a whole or as a head on its frozen backbone.",
        accepts="a name that `architectures` lists",
        group=SUBJECT,
    )
    # A run does not change when the network does that somebody composed: it keeps what that is made of.
    network: Mapping[str, Any] | None = parameter(
        "Blocks",
        "What a network of one's own is made of.",
        unset="those of the network",
        accepts="what `networks show NAME --json` prints",
        group=SUBJECT,
        tunable=False,
    )
    image_size: int = number(
        "Input size",
        "Side of the square image that the network is fed, in pixels.",
        1,
        LARGEST_IMAGE,
        unset="the network's own",
        group=SUBJECT,
    )
    weights: str = parameter(
        "Weights",
        "What the frozen backbone has learned before.",
        default={SCRATCH: "", FROZEN: IMAGENET},
        accepts=f"{IMAGENET}, {UNTRAINED}, or the path of a file",
        group=SUBJECT,
        kinds=ON_FROZEN,
        tunable=False,
    )
    augmentation: tuple[Step, ...] = parameter(
        "Augmentation",
        "How the training images are varied. Of a step, one number goes that far either way, two are a range, and @ is "
        "the share of images.",
        unset="none",
        accepts="none, a name that `recipes` lists, or steps such as flip_horizontal,rotation=15,zoom=-5..20,"
        "erasing=5..20@0.3; from scratch also mixup@0.5,cutmix",
        group=SUBJECT,
    )
    split_seed: int | None = number(
        "Split",
        "Draws another split of the dataset for this run alone, as --seed does.",
        0,
        LARGEST_SEED,
        default=None,
        unset="the dataset's own",
        group=SUBJECT,
        tunable=False,
    )
    fold: int | None = number(
        "Fold",
        "Which of the folds that the dataset is divided into tests in this run.",
        1,
        MOST_FOLDS,
        default=None,
        unset="the dataset's own",
        group=SUBJECT,
        tunable=False,
    )

    as_course: bool = boolean(
        "As the course does",
        "Everything that is not set otherwise is as the course material has it: epochs, batches, learning rate, first "
        "weights, no early stopping, and which epoch's weights answer. For networks that the material trains.",
        default=False,
        group=SUBJECT,
        tunable=False,
    )

    # Basics ----------------------------------------------------------------------------------------------------------

    epochs: int = number(
        "Epochs",
        "How many times the network sees all training images, or goes through few of them several times. With early "
        "stopping it ends sooner when validation stops improving.",
        1,
        1000,
        default={SCRATCH: 25, FROZEN: 100},
        group=BASICS,
    )
    learning_rate: float = number(
        "Learning rate",
        "How far each step moves the weights. Too large and the loss jumps or explodes; too small and it crawls.",
        1e-6,
        1e6,
        # 2e-3 on features: over 12 splits of aerial scenes as accurate as 1e-3, and .1 points better than 3e-3. On
        # few images 1e-3 takes twice the steps to come as far; see benchmarks/unbalanced.py.
        default=2e-3,
        group=BASICS,
    )
    batch_size: int = number(
        "Batch size",
        "How many images are looked at before the weights move. Larger is steadier and takes more memory. 0 tries some "
        "and takes the quickest. Where memory runs out, it is halved and the training goes on.",
        0,
        1024,
        # 128 on features: as accurate on photographs and aerial scenes as 32, in two thirds of the time.
        default={SCRATCH: 32, FROZEN: 128},
        group=BASICS,
    )

    # Optimiser and schedule ------------------------------------------------------------------------------------------

    optimiser: str = choice(
        "Optimiser",
        "How the gradient moves the weights.",
        {
            "adamw": "a step size for each weight, and weight decay apart from it",
            "adam": "the same steps as AdamW; without weight decay, which is ignored",
            "sgd": "the plain gradient with momentum; wants a learning rate ten to a hundred times larger",
            "rmsprop": "steps scaled by the gradient's recent size; without weight decay, which is ignored",
        },
        default="adamw",
        group=OPTIMISER,
    )
    momentum: float = number(
        "Momentum",
        "The share of the last step that the next one keeps. Used by SGD and RMSprop only.",
        0,
        0.999,
        default=0.9,
        group=OPTIMISER,
    )
    nesterov: bool = boolean(
        "Nesterov momentum",
        "SGD looks at the gradient where its momentum is about to take it, instead of where it is.",
        default=False,
        group=OPTIMISER,
    )
    schedule: str = choice(
        "Learning rate schedule",
        "How the learning rate changes from epoch to epoch.",
        {
            "constant": "it stays as it is",
            "step": "it is multiplied by the decay factor at once, whenever the decay epochs have passed",
            "exponential": "it falls evenly, by the decay factor over the decay epochs",
            "cosine": "it falls along half a cosine to nothing at the last epoch",
            "inverse_time": "it is divided by 1 plus the decay rate for each step so far, as Keras's old `decay` does",
            "plateau": "it is multiplied by the decay factor when the loss has not improved for the decay epochs",
        },
        default="constant",
        group=OPTIMISER,
    )
    warmup: float = number(
        "Warm-up",
        "The share of all epochs over which the learning rate rises evenly from almost nothing to its value.",
        0,
        0.5,
        default=0.0,
        group=OPTIMISER,
    )
    decay_epochs: int = number(
        "Decay epochs",
        "After how many epochs a step or exponential schedule, or that many without progress a plateau one, has "
        "multiplied the learning rate by the decay factor.",
        1,
        1000,
        default=5,
        group=OPTIMISER,
    )
    decay_factor: float = number(
        "Decay factor",
        "What step, exponential and plateau schedules multiply the learning rate by.",
        0.01,
        1,
        default=0.5,
        group=OPTIMISER,
    )
    decay_rate: float = number(
        "Decay rate",
        "By how much each step raises what an inverse time schedule divides the learning rate by.",
        0,
        1,
        default=1e-6,
        group=OPTIMISER,
    )
    find_learning_rate: bool = boolean(
        "Learning rate finder",
        "Before the training, the learning rate is raised step by step on a trial, and the best one is taken.",
        default=False,
        group=OPTIMISER,
    )
    gradient_clipping: float = number(
        "Gradient clipping",
        "The greatest length of the gradient of all weights together; longer ones are shortened to it. 0 is off.",
        0,
        1000,
        default=0.0,
        group=OPTIMISER,
    )

    bias_initialisation: str = choice(
        "First biases",
        "What the biases of the last layer are before the training.",
        {
            "class_shares": "the logarithm of each class's share of the training images, which is where losses begin",
            "zeros": "0, as Keras begins all biases",
        },
        default="class_shares",
        group=OPTIMISER,
    )

    # Regularisation --------------------------------------------------------------------------------------------------

    dropout: float = number(
        "Dropout",
        "The share of features hidden at random in each step, which keeps the network from relying on a few.",
        0,
        0.9,
        # .5 on features: over 20 splits of photographs and of aerial scenes no worse than any of .2 and .8.
        default=USUAL_DROPOUT,
        group=REGULARISATION,
    )
    weight_decay: float = number(
        "Weight decay",
        "How strongly large weights are pulled back. More makes for smoother answers, too much for dull ones.",
        0,
        1,
        default={SCRATCH: 1e-4, FROZEN: 0.1},
        group=REGULARISATION,
    )
    label_smoothing: float = number(
        "Label smoothing",
        "The share of each label that is spread over all classes, which makes for less sure answers. It counts in the "
        "training and the validation loss.",
        0,
        0.5,
        default=0.0,
        group=REGULARISATION,
    )
    class_weights: str = choice(
        "Class weights",
        "How much an image of each class counts in the training loss.",
        {"none": "every image counts the same", "balanced": "every class counts the same, however few its images"},
        default="none",
        group=REGULARISATION,
    )
    early_stopping: bool = boolean(
        "Early stopping",
        "The training ends once validation has not improved for as many epochs as the patience says; else it goes on "
        "to the last epoch.",
        default=True,
        group=REGULARISATION,
    )
    restore_best_weights: bool = boolean(
        "Restore the best weights",
        "The weights of the epoch with the least validation loss answer in the end; else those of the last epoch.",
        default=True,
        group=REGULARISATION,
    )
    patience: int = number(
        "Patience",
        "After how many epochs without a better validation loss early stopping ends the training.",
        1,
        1000,
        default=10,
        group=REGULARISATION,
    )

    # Backbone and head -----------------------------------------------------------------------------------------------

    views: int = number(
        "Augmented views",
        "How many augmented versions of each training image a frozen backbone computes features of. More vary more and "
        "take longer. Unused without augmentation, and where flips and quarter turns are all there is: each of them is "
        "then a view.",
        1,
        16,
        default=2,
        group=HEAD,
        kinds=ON_FROZEN,
    )
    hidden: int = number(
        "Hidden units",
        "Units of a layer between the features and the answer of a head on a frozen backbone. 0 for none.",
        0,
        4096,
        default=0,
        group=HEAD,
        kinds=ON_FROZEN,
    )
    min_steps_per_epoch: int = number(
        "Minimum steps per epoch",
        "Where there are so few images that an epoch would have fewer steps than this, it goes through them several "
        "times: a head that has moved too little knows nothing when its epochs are over.",
        1,
        1000,
        # 40 on features: benchmarks/unbalanced.py. From scratch, where a step takes far longer, one pass an epoch.
        default={SCRATCH: 1, FROZEN: 40},
        group=HEAD,
        kinds=ON_FROZEN,
    )
    tune_weight_decay: bool = boolean(
        "Tuned weight decay",
        "The linear head of a frozen backbone is trained with several weight decays at once, and the one that "
        "validates best is kept; else the weight decay is taken as it is set.",
        default=True,
        group=HEAD,
        kinds=ON_FROZEN,
    )

    # Fine-tuning -----------------------------------------------------------------------------------------------------

    unfreeze: int = number(
        "Blocks to fine-tune",
        "How many of the backbone's last blocks learn as well, once the head has learned. 0 leaves it frozen.",
        0,
        max(len(architecture.cuts) for architecture in ARCHITECTURES.values()),
        default=0,
        group=FINE_TUNING,
        kinds=ON_FROZEN,
    )
    fine_tune_epochs: int = number(
        "Fine-tuning epochs",
        "How many times the network sees all training images while the unfrozen blocks learn as well.",
        1,
        200,
        default=10,
        group=FINE_TUNING,
        kinds=ON_FROZEN,
    )
    fine_tune_rate: float = number(
        "Fine-tuning rate",
        "The learning rate of fine-tuning: small, so that what the backbone knows is adjusted and not overwritten.",
        1e-8,
        1,
        # MobileNet on aerial scenes and photographs: from 1e-5 on, validation often got worse in the first epoch.
        default=5e-6,
        group=FINE_TUNING,
        kinds=ON_FROZEN,
    )

    # Run -------------------------------------------------------------------------------------------------------------

    seed: int = number(
        "Seed",
        "Fixes every random draw of the training: the first weights, the order of images, augmentation.",
        0,
        LARGEST_SEED,
        default=0,
        group=RUN,
    )
    test_time_augmentation: bool = boolean(
        "Test-time augmentation",
        "Validation and test images are evaluated by the average over their exact views, which are the flips and "
        "quarter turns of the augmentation; else as they are.",
        default=True,
        group=RUN,
    )
    deterministic: bool = boolean(
        "Deterministic",
        "Only operations are used that give the same bits each time. They are slower on a graphics card, and some "
        "augmentations may have none.",
        default=False,
        group=RUN,
    )
    runtime: str = parameter(
        "Way to compute",
        "The program and the precision that compute features of a frozen backbone, or train from scratch. auto tries "
        "them on the images and takes the quickest that gives the same.",
        default=AUTO,
        accepts="auto, or a name such as tensorflow-float32 (`plan` lists them)",
        group=RUN,
        tunable=False,
    )
    gpu: str = parameter(
        "Graphics card",
        "The one to train on. auto takes the one whose turn it is; all trains on all of them together.",
        default=AUTO,
        accepts="auto, all, or the number of one, from 0",
        group=RUN,
        tunable=False,
    )

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


PARAMETERS = parameters_of(RunSettings)


def parameters_in(group: str, kind: str | None = None) -> list[Parameter]:
    """The parameters of a group; where a kind of network is given, those that have an effect on it."""
    listed = [declared for declared in PARAMETERS.values() if declared.group == group]
    return [declared for declared in listed if kind is None or kind in declared.kinds]


def default_settings(architecture: Architecture, as_course: bool = False) -> dict[str, Any]:
    """The defaults of an architecture, for everything but the dataset.

    Parameters
    ----------
    as_course
        Whether to take the settings of the course material that trains it.

    Raises
    ------
    UsageError
        If there is no such material, naming the networks that it trains.
    """
    kind = architecture.kind
    usual = {name: declared.default[kind] for name, declared in PARAMETERS.items() if kind in declared.default}
    of_network = {"architecture": architecture.name, "network": architecture.network, "augmentation": []}
    usual |= of_network | {"image_size": architecture.input_size} | dict(architecture.settings)
    return usual | course_settings(architecture) if as_course else usual


def course_settings(architecture: Architecture) -> dict[str, Any]:
    """The settings that course material decides for a network.

    Raises
    ------
    UsageError
        If it trains no such network, naming those that it trains.
    """
    if architecture.course is None:
        known = ", ".join(name for name, each in ARCHITECTURES.items() if each.course is not None)
        raise UsageError(
            f"No course material that is known here trains {architecture.title}, so 'as_course' has no meaning for it. "
            f"It trains: {known}."
        )
    return architecture.course.complete(architecture.frozen)
