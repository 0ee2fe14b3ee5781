"""What is known of a network that one can choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from core.architectures.course_settings import CourseSettings
from core.architectures.layers import ImpossibleLayer, Layer, LayerRow, tabulate
from core.architectures.unlearned_rate import UnlearnedRate
from core.errors import UsageError

COURSE, CLASSIC, BACKBONE, OWN = "course", "classic", "backbone", "own"
GROUPS = {
    COURSE: "Course networks, from scratch",
    CLASSIC: "Classics, from scratch",
    BACKBONE: "Backbones, pretrained on ImageNet",
    OWN: "Your own",
}
# Of the layers that have no rate of their own, by the kind of network: what runs are trained with unless set otherwise.
USUAL_DROPOUT = {"scratch": 0.3, "frozen": 0.5}
POOLED_HEAD = (Layer("global_average_pool"), Layer("dropout", rate=None))
IMAGENET_CLASSES = 1000
# Weights, gradients and the two averages that Adam keeps, in float32.
BYTES_PER_TRAINED_PARAMETER = 16
# VGG16 with its top has 138 million; what has more than so many is a slip of the pen far sooner than a plan.
MOST_PARAMETERS = 500_000_000
FEWEST_CLASSES, MOST_CLASSES = 2, 10_000


@dataclass(frozen=True)
class PretrainedWeights:
    """A file of ImageNet weights, under Keras's own name.

    Parameters
    ----------
    file_name
        In ``$KERAS_HOME/models``.
    url
        Where Keras has it from.
    megabytes
        Of the download.
    md5
        As Keras states it; "" where Keras states none. Of its newest networks it states a SHA-256 instead: 64 digits.
    with_top
        Whether it is the file of the whole network, for a backbone that keeps dense layers of it.
    """

    file_name: str
    url: str
    megabytes: float
    md5: str = ""
    with_top: bool = False


@dataclass(frozen=True)
class Architecture:
    """An entry of the registry, or a network that somebody composed.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    group
        One of `GROUPS`. A backbone learned on ImageNet and computes features, on which only a small head is trained;
        all others are trained as a whole, from random numbers.
    description
        What it is good for, in a sentence or two.
    source, year
        Who published it, and when; 0 where that is not known.
    input_size, minimum_size
        Side of the square image it is fed, in pixels: the usual one, and the least that works.
    body
        Its layers, up to where the head begins.
    head
        What stands between the body and the last dense layer.
    original_head
        The same in the publication, where a backbone's is another one than the head that is trained here.
    original_classes
        How many it was published with; 0 where it was not published, but made here.
    settings
        What of a run's settings is usual for it, where that differs from the defaults.
    course
        How course material trains it; None where none does.
    unlearned_rate
        A learning rate at which it was seen to learn nothing; None where no such is known.
    departs
        In which way it departs from its publication, in words; "" where it does not. What holds for all networks of its
        kind, and where its usual settings are others, is added by `core.runs.departures.departures_in_words`.
    preprocessing
        Of a backbone: "signed" (−1…1), "caffe" (BGR, ImageNet's mean colour subtracted), "torch" (ImageNet's mean and
        spread), or "inside" (the network does it itself).
    weights
        Of a backbone; None for what is trained from scratch.
    cuts
        Of a backbone, the names of the layers behind which its blocks begin, in their order.
    network
        Of one's own network, what it was made from, JSON-ready.
    """

    name: str
    title: str
    group: str
    description: str
    source: str
    year: int
    input_size: int
    minimum_size: int
    body: tuple[Layer, ...]
    head: tuple[Layer, ...] = ()
    original_head: tuple[Layer, ...] = ()
    original_classes: int = IMAGENET_CLASSES
    settings: Mapping[str, Any] = field(default_factory=dict)
    course: CourseSettings | None = None
    unlearned_rate: UnlearnedRate | None = None
    departs: str = ""
    preprocessing: str = ""
    weights: PretrainedWeights | None = None
    cuts: tuple[str, ...] = ()
    network: Mapping[str, Any] | None = None

    @property
    def frozen(self) -> bool:
        """Whether it is a backbone that stays as it learned on ImageNet."""
        return self.group == BACKBONE

    @property
    def kind(self) -> str:
        """Which settings apply: "frozen" for backbones, "scratch" for what is trained as a whole."""
        return "frozen" if self.frozen else "scratch"

    @property
    def published(self) -> bool:
        """Whether it comes from elsewhere, so that there is something to depart from."""
        return bool(self.original_classes)

    @property
    def pretrained_weights(self) -> PretrainedWeights:
        """`weights`, where there have to be some.

        Raises
        ------
        UsageError
            If it has none: it is trained from scratch.
        """
        if self.weights is None:
            raise UsageError(f"{self.title} is trained from scratch: there are no pretrained weights of it.")
        return self.weights

    @property
    def usual_classes(self) -> int:
        """How many classes it tells apart where nobody says: as many as it was published with."""
        return self.original_classes or FEWEST_CLASSES

    @property
    def usual_dropout(self) -> float:
        """The share that its dropout layers without a rate of their own hide, unless a run's settings say otherwise."""
        return self.settings.get("dropout", USUAL_DROPOUT[self.kind])

    @property
    def channels(self) -> int:
        """Of the image that its layers see: 3, or 1 where it turns colours to grey first."""
        return 1 if any(layer.kind == "grey" for layer in self.body) else 3

    @property
    def fixed_size(self) -> bool:
        """Whether it takes images of its usual size only, for which its dense layers were trained."""
        return self.frozen and any(layer.kind == "flatten" for layer in self.body)

    @property
    def takes_dropout(self) -> bool:
        """Whether the setting `dropout` has an effect on it."""
        return any(layer.kind == "dropout" and layer.rate is None for layer in (*self.body, *self.head))

    @cached_property
    def backbone_parameters(self) -> int:
        """How many numbers its body holds at its usual size: what is read from its file of weights."""
        return sum(row.parameters for row in tabulate(self.body, self._image(self.input_size)))

    @cached_property
    def original_rows(self) -> tuple[LayerRow, ...]:
        """A row a layer as it was published, with as many classes, at its usual size."""
        layers = (*self.body, *(self.original_head or self.head), Layer("dense", self.usual_classes))
        return tuple(tabulate(layers, self._image(self.input_size)))

    @property
    def original_parameters(self) -> int:
        """How many numbers it holds as it was published, with as many classes."""
        return sum(row.parameters for row in self.original_rows)

    def layers(self, class_count: int, dropout: float, hidden: int = 0) -> tuple[Layer, ...]:
        """All layers, with the head that `class_count` classes need and the dropout that a run's settings give.

        Parameters
        ----------
        hidden
            Units of a layer in between; 0 for none.
        """
        between = (Layer("dense", hidden, activation="relu"), Layer("dropout", rate=None)) if hidden else ()
        every = (*self.body, *self.head, *between, Layer("dense", class_count))
        return tuple(_with_rate(layer, dropout) for layer in every)

    def table(self, image_size: int, class_count: int, dropout: float | None = None, hidden: int = 0) -> list[LayerRow]:
        """A row a layer, for images of `image_size` × `image_size` pixels.

        Parameters
        ----------
        dropout
            Of the layers that have no rate of their own; None for the network's usual one.
        hidden
            As of `layers`.

        Raises
        ------
        UsageError
            If the image is smaller than the network's minimum, there are too few or too many classes, a layer can't
            stand where it does, or the network has more parameters than any machine should train.
        """
        self.check_size(image_size)
        if not FEWEST_CLASSES <= class_count <= MOST_CLASSES:
            raise UsageError(
                f"A classifier needs from {FEWEST_CLASSES} to {MOST_CLASSES:,} classes. Got {class_count:,}."
            )
        dropout = self.usual_dropout if dropout is None else dropout
        rows = tabulate(self.layers(class_count, dropout, hidden), self._image(image_size))
        check_parameters(rows)
        if not self.frozen:
            return rows
        return [_frozen(row) if index < len(self.body) else row for index, row in enumerate(rows)]

    def check_size(self, image_size: int) -> None:
        """Refuse an input size that is too small for the network, or another than the only one that it takes.

        Raises
        ------
        UsageError
            Naming the least size that works.
        """
        if image_size < self.minimum_size:
            raise UsageError(
                f"{self.title} needs images of at least {self.minimum_size} pixels a side. Got {image_size}. "
                f"Its usual size is {self.input_size}."
            )
        if self.fixed_size and image_size != self.input_size:
            raise UsageError(
                f"{self.title} takes images of {self.input_size} × {self.input_size} pixels only: its dense layers "
                f"have a weight for each place of the maps that these give. Got {image_size}."
            )

    def check_unfreeze(self, blocks: int) -> None:
        """Refuse to fine-tune more blocks than there are.

        Raises
        ------
        UsageError
            Naming how many there are.
        """
        if blocks and not self.frozen:
            raise UsageError(f"{self.title} is trained from scratch: all of it learns anyway. Leave 'unfreeze' at 0.")
        if blocks > len(self.cuts):
            raise UsageError(
                f"The setting 'unfreeze' must be from 0 to {len(self.cuts)}: {self.title} has as many blocks that can "
                f"be fine-tuned. Got {blocks}."
            )

    def _image(self, side: int) -> tuple[int, int, int]:
        return (side, side, 3)


def check_parameters(rows: list[LayerRow]) -> None:
    """Refuse a network that no machine should be asked to train.

    Raises
    ------
    ImpossibleLayer
        At the layer that has the most parameters, with the memory that the network would take.
    """
    total = sum(row.parameters for row in rows)
    if total <= MOST_PARAMETERS:
        return
    index = max(range(len(rows)), key=lambda place: rows[place].parameters)
    raise ImpossibleLayer(
        index,
        f"The network would have {total:,} parameters, {rows[index].parameters:,} of them in {rows[index].name}. To "
        f"train it would take {total * BYTES_PER_TRAINED_PARAMETER / 1e9:,.0f} GB of memory for the weights, their "
        f"gradients and the optimiser's two averages; at most {MOST_PARAMETERS:,} are accepted. Take smaller images, "
        "pool more before it, or give it fewer units.",
    )


def _with_rate(layer: Layer, dropout: float) -> Layer:
    return replace(layer, rate=dropout) if layer.kind == "dropout" and layer.rate is None else layer


def _frozen(row: LayerRow) -> LayerRow:
    return replace(row, frozen=True)
