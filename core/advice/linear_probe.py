"""Linear probe: what a linear classifier on frozen features gives on a sample, against baselines, before a long run."""

from dataclasses import asdict, dataclass
from typing import Any

from filelock import FileLock

from core.datasets.store import Dataset
from core.errors import UsageError, WorkbenchError
from core.evaluation.intervals import wilson
from core.evaluation.words import percent
from core.files import read_json, write_json
from core.hosting import Hosting
from core.jobs.job import Job
from core.runs.settings import Number
from core.workspace import Workspace

WORKER = "core.advice.linear_probe_worker"
FINDINGS = "linear_probe.json"
# Where earlier builds kept them.
FINDINGS_BEFORE = "quick_look.json"
FOLDS = 5
MAJORITY, PIXELS = "majority", "pixels"
SECONDS = Number("seconds", "Seconds", "How long a linear probe may take.", 5, 300, whole=False)
DEFAULT_SECONDS = 30.0


@dataclass(frozen=True)
class Candidate:
    """What one way to see an image gave in cross-validation.

    Parameters
    ----------
    name
        `MAJORITY`, `PIXELS`, or the name of an architecture.
    title
        What people call it.
    images
        How many images it was asked about.
    right
        How many of them it was right about; None where it was not tried.
    seconds
        How long that took: loading, computing and cross-validation.
    images_per_second
        At which its features were computed, decoding included; None where there were too few to compute.
    full_seconds
        About how long the features that the dataset still lacks will take a run; None where that can't be told.
    reason
        Why it was not tried; "" where it was.
    """

    name: str
    title: str
    images: int = 0
    right: int | None = None
    seconds: float | None = None
    images_per_second: float | None = None
    full_seconds: float | None = None
    reason: str = ""

    @property
    def is_backbone(self) -> bool:
        return self.name not in (MAJORITY, PIXELS)

    @property
    def wrong(self) -> int:
        """How many of them it was wrong about; 0 where it was not tried."""
        return 0 if self.right is None else self.images - self.right

    @property
    def accuracy(self) -> float | None:
        """The share it was right about, 0 to 1."""
        return self.right / self.images if self.right is not None and self.images else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the accuracy."""
        return wilson(self.right, self.images) if self.right is not None and self.images else None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"accuracy": self.accuracy, "interval": self.interval}


@dataclass(frozen=True)
class Findings:
    """What a linear probe of a dataset has found.

    Parameters
    ----------
    dataset, version
        Which dataset, and which state of it.
    sampled, images
        How many images were sampled, of how many for training and validation.
    candidates
        The baselines, then the backbones by their size.
    notes
        What a reader should know of the sample, in words.
    """

    dataset: str
    version: str
    sampled: int
    images: int
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()

    @property
    def tried(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.accuracy is not None)

    @property
    def best(self) -> Candidate | None:
        """The backbone that was right most often, the smallest of equals; None where none was tried."""
        backbones = [candidate for candidate in self.tried if candidate.is_backbone]
        return max(backbones, key=lambda candidate: candidate.right or 0, default=None)

    def words(self) -> str:
        """The decisive figures in a sentence."""
        baselines = {candidate.name: _share(candidate) for candidate in self.tried if not candidate.is_backbone}
        plain = {PIXELS: "colours and shapes of small pixels alone", MAJORITY: "always the commonest class"}
        parts = [f"{plain[name]}: {baselines[name]}" for name in plain if name in baselines]
        if self.best is not None:
            images = f"of {self.best.images:,} sampled images right in cross-validation"
            parts.insert(0, f"{self.best.title}’s features: {_share(self.best)} {images}")
        text = "; ".join(parts)
        return f"{text[:1].upper()}{text[1:]}." if text else ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `read_findings`."""
        return asdict(self) | {
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "best": self.best.name if self.best else None,
            "words": self.words(),
        }


def read_findings(values: dict[str, Any]) -> Findings:
    """The findings that `Findings.to_dict` wrote.

    Raises
    ------
    KeyError, TypeError
        If that is not what they are.
    """
    known = Candidate.__dataclass_fields__
    candidates = (
        Candidate(**{key: value for key, value in entry.items() if key in known}) for entry in values["candidates"]
    )
    plain = {name: values[name] for name in ("dataset", "version", "sampled", "images")}
    return Findings(**plain, candidates=tuple(candidates), notes=tuple(values["notes"]))


class LinearProbe(Job):
    """The folder of the one probe that a workspace may have going: ``request.json`` says of what, and for how long."""

    @classmethod
    def of(cls, workspace: Workspace) -> "LinearProbe":
        # As it was called by the first builds.
        return cls(workspace.root / "looks" / "current")

    @property
    def request(self) -> dict[str, Any]:
        """The `dataset` and the `seconds` of the last probe; {} before the first."""
        return read_json(self.folder / "request.json") or {}

    def is_of(self, dataset: Dataset) -> bool:
        """Whether this dataset is, or was the last that was, probed."""
        return self.request.get("dataset") == dataset.name

    def findings(self) -> Findings | None:
        """What has been found so far; None before that."""
        values = self.written_status().facts.get("findings")
        return None if values is None else read_findings(values)


def start_probe(workspace: Workspace, dataset: Dataset, seconds: float = DEFAULT_SECONDS) -> LinearProbe:
    """Set a linear probe of a dataset going in a process of its own.

    Parameters
    ----------
    seconds
        After which no further backbone is begun, and the one in hand is left.

    Raises
    ------
    UsageError
        If there are too few images, another probe is going on in the workspace, or a visitor's space is full.
    """
    request = {"dataset": dataset.name, "seconds": SECONDS.check(seconds)}
    Hosting.from_environment().check_room(workspace)
    check_enough(dataset)
    probe = LinearProbe.of(workspace)
    probe.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(probe.folder / "start.lock"):
        if probe.status().active:
            raise UsageError(
                f"A linear probe of {probe.request.get('dataset')} is going on, and there can be one at a time. Wait "
                "for its end, or stop it."
            )
        probe.forget()
        probe.log_path.unlink(missing_ok=True)
        write_json(probe.folder / "request.json", request)
        probe.launch(WORKER, WORKBENCH_SLOTS=str(workspace.slots))
    return probe


def check_enough(dataset: Dataset) -> None:
    """Refuse datasets that are too small to be cross-validated.

    Raises
    ------
    UsageError
        If fewer than two classes have an image for each fold, or all images are of fewer groups than there are folds.
    """
    content = dataset.content
    enough = (content.counts[["train", "validation"]].sum(axis=1) >= FOLDS).sum()
    if enough < 2:
        raise UsageError(
            f"A linear probe trains and evaluates {FOLDS} times, so at least two classes need {FOLDS} training or "
            f"validation images each. Of {dataset.info.title}, {enough or 'no'} class has. Bring more images."
        )
    groups = len(set(content.groups(content.images[content.images["split"] != "test"], content.settings).tolist()))
    if groups < FOLDS:
        raise UsageError(
            f"A linear probe evaluates by images of other groups than it learns from, {FOLDS} times over. The training "
            f"and validation images of {dataset.info.title} are of {groups} groups."
        )


def keep_findings(dataset: Dataset, findings: Findings) -> None:
    """Keep what was found beside the dataset, unless that was deleted meanwhile."""
    if dataset.folder.is_dir():
        write_json(dataset.folder / FINDINGS, findings.to_dict())
        (dataset.folder / FINDINGS_BEFORE).unlink(missing_ok=True)


def kept_findings(dataset: Dataset) -> Findings | None:
    """What the last probe of the dataset as it is now has found; None where there was none."""
    try:
        values = read_json(dataset.folder / FINDINGS) or read_json(dataset.folder / FINDINGS_BEFORE)
        findings = read_findings(values or {})
    except (WorkbenchError, KeyError, TypeError, AttributeError):
        return None
    return findings if findings.version == dataset.content.version else None


def _share(candidate: Candidate) -> str:
    return "not tried" if candidate.accuracy is None else percent(candidate.accuracy, candidate.images)
