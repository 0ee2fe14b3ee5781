"""Baselines: what a result on a dataset is held against: guessing, the commonest class, and what others reached."""

from dataclasses import asdict, dataclass
from math import log
from typing import Any

from core.datasets.cards import ReferenceResult
from core.datasets.known import known_card
from core.datasets.store import Dataset
from core.evaluation.intervals import wilson
from core.evaluation.words import percent


@dataclass(frozen=True)
class Published:
    """What others reached on a public dataset.

    Parameters
    ----------
    result
        As its card has it.
    """

    result: ReferenceResult

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of an accuracy; None where it is not known on how many images that was."""
        result = self.result
        if result.metric != "accuracy" or not result.images:
            return None
        return wilson(round(result.value * result.images), result.images)

    def words(self) -> str:
        """The figure, with its interval where that is known."""
        result = self.result
        if result.metric == "log_loss":
            of_images = f" on {result.images:,} images" if result.images else ""
            return f"log loss {result.value:.3g}{of_images}"
        # As many digits as were published, where it is not known how many they deserve.
        value = f"{100 * result.value:.4g} %"
        if self.interval is None:
            return f"{value}, of how many images is not said"
        low, high = (percent(end, result.images) for end in self.interval)
        return f"{value} of {result.images:,} images (95 % interval {low.removesuffix(' %')} to {high})"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self.result) | {"interval": self.interval}


@dataclass(frozen=True)
class Baselines:
    """What a result on a dataset is held against.

    Parameters
    ----------
    classes
        How many.
    commonest
        The class with the most images, the first of equals.
    commonest_share
        Its share of the images, 0 to 1.
    images
        How many take part.
    public, public_images
        What the dataset is published as, and with how many images; "" and 0 where it is not known to be.
    published
        What others reached.
    """

    classes: int
    commonest: str
    commonest_share: float
    images: int
    public: str
    public_images: int
    published: tuple[Published, ...]

    @property
    def chance(self) -> float:
        """The accuracy of guessing, 0 to 1."""
        return 1 / self.classes

    @property
    def chance_log_loss(self) -> float:
        """The log loss of giving every class the same probability, in nats."""
        return log(self.classes)

    def words(self) -> str:
        """What is to be beaten, in a sentence or two."""
        # Both are counted, not sampled: as many digits as say something.
        chance, share = _percent(self.chance), _percent(self.commonest_share)
        if share == chance:
            text = f"To beat: guessing, or always the same answer, is right on {chance}."
        else:
            text = f"To beat: guessing is right on {chance}, always answering “{self.commonest}” on {share}."
        return f"{text} {self._published_words()}".strip()

    def _published_words(self) -> str:
        accuracies = sorted(entry.result.value for entry in self.published if entry.result.metric == "accuracy")
        losses = sorted(entry.result.value for entry in self.published if entry.result.metric == "log_loss")
        parts = [f"{_range([f'{100 * value:.4g}' for value in accuracies])} %"] if accuracies else []
        if losses:
            values = _range([f"{value:.3g}" for value in losses])
            parts.append(f"log loss {values}, where guessing has {self.chance_log_loss:.3g}")
        if not parts:
            return ""
        # Classes of the same names may be all that a part of it, or another set, has in common with it.
        other = "" if self.images == self.public_images else f", of which {self.public_images:,} images are published"
        return f"Others reached on {self.public}{other}: {'; '.join(parts)}."

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        own = {key: value for key, value in asdict(self).items() if key != "published"}
        figures = {"chance": self.chance, "chance_log_loss": self.chance_log_loss, "words": self.words()}
        return own | figures | {"published": [entry.to_dict() for entry in self.published]}


def baselines(dataset: Dataset) -> Baselines:
    """What a result on a dataset is held against."""
    counts = dataset.content.counts.sum(axis=1)
    card = known_card(dataset)
    return Baselines(
        classes=len(counts),
        commonest=str(counts.idxmax()),
        commonest_share=float(counts.max() / counts.sum()),
        images=int(counts.sum()),
        public=card.title if card else "",
        public_images=sum(card.classes.values()) if card else 0,
        published=tuple(map(Published, card.results)) if card else (),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _range(values: list[str]) -> str:
    return values[0] if values[0] == values[-1] else f"{values[0]} to {values[-1]}"
