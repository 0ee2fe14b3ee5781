"""Architecture advice: the four cases of transfer learning, by the size and domain similarity of a dataset."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.advice.domain_similarity import DISSIMILAR, PARTLY, SIMILAR, DomainSimilarity, similarity
from core.advice.linear_probe import Findings
from core.architectures.architecture import Architecture
from core.architectures.registry import find_architecture
from core.architectures.weights import IMAGENET, path_at_hand
from core.datasets.store import Dataset
from core.runs.draft import DEFAULT_ARCHITECTURE
from core.runs.settings import FROZEN, PARAMETERS

# A rule of thumb: the set of ImageNet has 1,300 images a class, and networks are trained on it from scratch.
LARGE_CLASS, LARGE_SET = 1000, 5000
FROM_SCRATCH, FIRST_BACKBONE = DEFAULT_ARCHITECTURE[True], DEFAULT_ARCHITECTURE[False]
FREEZE, TRAIN_LATE, TRAIN_ALL, SCRATCH = "freeze", "train late blocks", "train all blocks", "from scratch"
# MobileNet α 0.75 at 96 pixels, 7 blocks for 10 epochs, one run each; validation loss frozen, then by the rate.
#   digits of 8 × 8 pixels   .185   5e-6: .122   1e-4: .063   1e-3: everything was forgotten
#   pets of 16 × 16 pixels   .492   5e-6: .461   1e-4: .460   1e-3: .492
#   how many dots there are  .940   5e-6: .806   1e-4: .592
RATE_FOR_UNLIKE = 1e-4
KEEPS = "A run keeps the better of both on validation."
MEASURED = {
    TRAIN_ALL: "Measured here, fine-tuning seldom gained where images are like ImageNet’s: on a few hundred photos "
    f"of pets and aerial scenes, a frozen MobileNet with a linear head did as well. {KEEPS}",
    TRAIN_LATE: "Measured here on images unlike ImageNet’s, one run each: digits of 8 × 8 pixels went from 94 to 97 % "
    f"of 238 test images, pets of 16 × 16 from 65 to 70 % of 100. {KEEPS}",
}


@dataclass(frozen=True)
class Case:
    """One of the four cases of transfer learning.

    Parameters
    ----------
    large, similar
        Whether there are many training images, and whether they are like ImageNet's.
    way
        `FREEZE`, `TRAIN_LATE`, `TRAIN_ALL` or `SCRATCH`.
    words
        What to do.
    """

    large: bool
    similar: bool
    way: str
    words: str


# As courses on transfer learning teach them, such as Stanford's CS231n; row by row of the picture.
CASES = (
    Case(True, True, TRAIN_ALL, "Start from the pretrained weights and train all blocks."),
    Case(True, False, SCRATCH, "Train from scratch."),
    Case(False, True, FREEZE, "Freeze the backbone and train the last layer."),
    Case(False, False, TRAIN_LATE, "Freeze only the early blocks and train the rest."),
)


@dataclass(frozen=True)
class Size:
    """How many images there are to learn from.

    Parameters
    ----------
    images
        In the training part.
    each
        Of a class: the median over all classes.
    even
        Whether all classes have as many.
    """

    images: int
    each: int
    even: bool

    @property
    def large(self) -> bool:
        """By a rule of thumb: at least `LARGE_CLASS` images a class and `LARGE_SET` in all."""
        return self.each >= LARGE_CLASS and self.images >= LARGE_SET

    def words(self) -> str:
        each = f"{self.each:,} a class" if self.even else f"{self.each:,} in the middle class"
        return f"{self.images:,} training images, {each}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"large": self.large, "words": self.words()}


@dataclass(frozen=True)
class Plan:
    """What to train, ready to be taken.

    Parameters
    ----------
    way
        As of `Case`.
    architecture
        The network.
    download
        Megabytes of weights to download first; 0 where none are needed or they are at hand.
    """

    way: str
    architecture: Architecture
    download: float = 0.0

    @property
    def blocks(self) -> int:
        """How many blocks of the backbone are fine-tuned: none, the later half, or all."""
        count = len(self.architecture.cuts)
        return {TRAIN_ALL: count, TRAIN_LATE: (count + 1) // 2}.get(self.way, 0)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a run that follow from it."""
        if self.way == SCRATCH:
            return {"architecture": self.architecture.name}
        chosen = {"architecture": self.architecture.name, "weights": IMAGENET, "unfreeze": self.blocks}
        if self.blocks:
            chosen |= {name: PARAMETERS[name].default[FROZEN] for name in ("fine_tune_epochs", "fine_tune_rate")}
        if self.way == TRAIN_LATE:
            chosen["fine_tune_rate"] = RATE_FOR_UNLIKE
        return chosen

    def words(self) -> str:
        """What is trained and what is not, as an order."""
        title, count = self.architecture.title, len(self.architecture.cuts)
        return {
            FREEZE: f"keep {title} frozen and train the last layer",
            TRAIN_LATE: f"keep the early blocks of {title} frozen and train its last {self.blocks} of {count}",
            TRAIN_ALL: f"start from {title}’s pretrained weights and train all {count} blocks",
            SCRATCH: f"train {title} from scratch",
        }[self.way]

    def settings_words(self) -> str:
        """What of the settings it sets."""
        parts = [f"network {self.architecture.title}"]
        numbers = {name: value for name, value in self.settings.items() if not isinstance(value, str)}
        return ", ".join([*parts, *(f"{PARAMETERS[name].title.lower()} {value:g}" for name, value in numbers.items())])

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"way": self.way, "settings": self.settings, "download_mb": self.download, "words": self.words()}


@dataclass(frozen=True)
class Advice:
    """Where a dataset lies among the four cases, and what follows.

    Parameters
    ----------
    size, similarity
        What it is evaluated by.
    cases
        Those of `CASES` that it may be: two where the similarity is between, or can't be told.
    plan
        What to do; None before a linear probe.
    """

    size: Size
    similarity: DomainSimilarity
    cases: tuple[Case, ...]
    plan: Plan | None

    def headline(self) -> str:
        """Where it lies and what to do, in a sentence."""
        size = "Many images" if self.size.large else "Few images"
        if self.plan is None:
            like, unlike = (_lowered(case.words.rstrip(".")) for case in self.cases)
            return f"{size}: {like} if they are like ImageNet’s, {unlike} if not. A linear probe tells which."
        return f"{size}, {_like(self.similarity)}: {self.plan.words()}."

    def reasons(self) -> str:
        """The figures behind it."""
        parts = [f"{self.size.words()}.", self.similarity.words()]
        if self.plan is not None and not self.similarity.known:
            parts.append(f"Whether they are like ImageNet’s can’t be told: {self.similarity.reason}. {self._instead()}")
        if self.plan is not None and self.plan.download:
            parts.append(f"Its weights are not here yet: {self.plan.download:g} MB are downloaded first.")
        return " ".join(part for part in parts if part)

    def remark(self) -> str:
        """What our own measurements say of it; "" where there are none."""
        return MEASURED.get(self.plan.way, "") if self.plan is not None else ""

    def words(self) -> str:
        """All of it."""
        return " ".join(part for part in (self.headline(), self.reasons(), self.remark()) if part)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "size": self.size.to_dict(),
            "likeness": self.similarity.to_dict(),
            "cases": [asdict(case) for case in self.cases],
            "plan": self.plan.to_dict() if self.plan else None,
            "words": self.words(),
        }

    def _instead(self) -> str:
        if self.similarity.easy:
            return "So easy a task needs no pretrained network."
        return "A frozen backbone is the cheapest to try, and its result will tell."


def advise(training_counts: Sequence[int], findings: Findings | None) -> Advice:
    """The advice for a dataset.

    Parameters
    ----------
    training_counts
        Images of each class in the training part.
    findings
        Of a linear probe; None before one.
    """
    counts = sorted(int(count) for count in training_counts)
    size = Size(sum(counts), counts[len(counts) // 2] if counts else 0, len(set(counts)) == 1)
    like = similarity(findings)
    cases = tuple(case for case in CASES if case.large == size.large and _may_be(case, like))
    return Advice(size, like, cases, None if findings is None else _plan(size, like, findings))


def advice_for(dataset: Dataset, findings: Findings | None) -> Advice:
    """As `advise`, for the training part that a dataset has now."""
    return advise(dataset.content.counts["train"].tolist(), findings)


def _may_be(case: Case, like: DomainSimilarity) -> bool:
    return like.verdict not in (SIMILAR, DISSIMILAR) or case.similar == (like.verdict == SIMILAR)


def _plan(size: Size, like: DomainSimilarity, findings: Findings) -> Plan:
    way = _way(size, like)
    return plan_for(way, find_architecture(findings.best.name if findings.best else FIRST_BACKBONE))


def plan_for(way: str, backbone: Architecture) -> Plan:
    """What one of the four ways means with a backbone; from scratch, a network that is made for that is taken."""
    if way == SCRATCH:
        return Plan(way, find_architecture(FROM_SCRATCH))
    weights = None if path_at_hand(backbone) else backbone.weights
    return Plan(way, backbone, 0.0 if weights is None else weights.megabytes)


def _way(size: Size, like: DomainSimilarity) -> str:
    if like.easy:
        return SCRATCH
    if like.verdict == PARTLY:  # the pretrained weights are worth something, and have something to learn
        return TRAIN_ALL if size.large else TRAIN_LATE
    if not like.known:
        return FREEZE
    return next(case.way for case in CASES if (case.large, case.similar) == (size.large, like.verdict == SIMILAR))


def _like(like: DomainSimilarity) -> str:
    known = {SIMILAR: "like ImageNet’s", PARTLY: "partly like ImageNet’s", DISSIMILAR: "unlike ImageNet’s"}
    return known.get(like.verdict, "how like ImageNet’s not known")


def _lowered(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"
