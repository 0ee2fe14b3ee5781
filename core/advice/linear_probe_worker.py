"""The process of a linear probe: `python -m core.advice.linear_probe_worker FOLDER`, FOLDER being that of the probe.

Every candidate is evaluated on the same sample of training and validation images by cross-validation of a logistic
regression. Features of backbones are computed as runs compute them, and kept where runs find them again.
"""

import argparse
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from core.advice.linear_probe import (
    FOLDS,
    MAJORITY,
    PIXELS,
    Candidate,
    Findings,
    LinearProbe,
    check_enough,
    keep_findings,
)
from core.architectures.architecture import Architecture
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import IMAGENET, path_at_hand
from core.datasets.store import Dataset, open_dataset
from core.errors import WorkbenchError, in_words
from core.features.extraction_settings import ExtractionSettings
from core.features.feature_extractor import FeatureExtractor
from core.features.pixels import load_pixels
from core.features.store import FeatureStore
from core.features.views import View
from core.jobs.job import Stopped
from core.jobs.process import set_up_process
from core.jobs.progress import Progress
from core.jobs.reporter import JobReporter
from core.jobs.slot_worker import work_in_slot
from core.jobs.timed_job import TimedJob
from core.workspace import Workspace

SAMPLE_IMAGES = 300
MOST_CLASSES = 100
SEED = 0
PIXELS_SIDE = 16
# Fewer say little of the speed, which the next image that has to be decoded may halve.
IMAGES_TO_TIME = 64
# λ of λ/2 · |W|² beside the mean cross-entropy, as in `core.training.linear_head`, for features of unit size.
PENALTIES = (1e-2, 1e-1, 1.0)
NO_TIME, STOPPED = "no time left", "it was stopped"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.advice.linear_probe_worker", description=__doc__)
    parser.add_argument("probe", type=Path, help="the folder of the probe")
    folder = parser.parse_args().probe
    if not (folder / "request.json").exists():
        parser.error(f"{folder} is not the folder of a linear probe: it holds no request.json")
    set_up_process()
    return probe(folder)


def probe(folder: Path) -> int:
    """Probe what `folder` asks for, and write down what is found.

    Returns
    -------
    int
        0 where the probe is done or was stopped, 1 where it failed; the status holds the reason.
    """
    job = LinearProbe(folder)
    return work_in_slot(job, "Looking at the images", lambda: _probe(job))


def _probe(job: LinearProbe) -> None:
    timed = TimedJob(job.folder, time.monotonic() + job.request["seconds"])
    workspace = Workspace.holding(job.folder)
    dataset = open_dataset(workspace, job.request["dataset"])
    dataset.pin()
    check_enough(dataset)
    sample, findings = _prepare(job, dataset)
    stopped = False

    def tell(candidate: Candidate) -> None:
        nonlocal findings
        findings = replace(findings, candidates=(*findings.candidates, candidate))
        job.update(facts={"findings": findings.to_dict()})

    tell(sample.majority())
    tell(sample.evaluated(Candidate(PIXELS, f"Small pixels ({PIXELS_SIDE} × {PIXELS_SIDE})"), sample.pixels))
    for architecture in backbones():
        try:
            if timed.stop_requested:
                raise Stopped
            tell(evaluate_backbone(architecture, workspace, dataset, sample, JobReporter(timed)))
        except Stopped:
            stopped = job.stop_requested
            tell(Candidate(architecture.name, architecture.title, reason=STOPPED if stopped else NO_TIME))
        except WorkbenchError as error:  # such as a damaged file of weights: the others can still be tried
            tell(Candidate(architecture.name, architecture.title, reason=in_words(error)))
    keep_findings(dataset, findings)
    if stopped:
        raise Stopped


def backbones() -> list[Architecture]:
    """Those whose ImageNet weights are on this machine, the smallest first."""
    at_hand = [architecture for architecture in ARCHITECTURES.values() if path_at_hand(architecture)]
    return sorted(at_hand, key=lambda architecture: architecture.backbone_parameters)


# The sample ----------------------------------------------------------------------------------------------------------


def draw_sample(images: pd.DataFrame, count: int = SAMPLE_IMAGES) -> pd.DataFrame:
    """Some of the training and validation images, the same each time, balanced as they are.

    Of each class there are `FOLDS` where it has as many, even if that makes for more than `count` in all, and of more
    than `MOST_CLASSES` classes that many are drawn.
    """
    images = images[images["split"] != "test"]
    sizes = images["label"].value_counts().sort_index()
    if len(sizes) > MOST_CLASSES:
        sizes = sizes.sample(MOST_CLASSES, random_state=SEED)
    wanted = np.maximum(FOLDS, sizes / sizes.sum() * count).round().astype(int)
    drawn = [
        images[images["label"] == label].sample(min(wanted[label], size), random_state=SEED)
        for label, size in sizes.items()
    ]
    return pd.concat(drawn).sort_index()


class Sample:
    """Images to try candidates on, with the folds of the cross-validation.

    Parameters
    ----------
    table
        A row an image.
    pixels : (n, side, side, 3) array of uint8
        Of the images, small.
    groups : (n,) array of int
        Images of one group are never on both sides of a fold.
    """

    def __init__(self, table: pd.DataFrame, pixels: np.ndarray, groups: np.ndarray):
        self.table = table
        self.pixels = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
        _, self.targets = np.unique(table["label"].to_numpy(dtype=str), return_inverse=True)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a class has fewer images than folds; the notes say so
            self._folds = list(folds.split(self.targets, self.targets, groups))

    def majority(self) -> Candidate:
        """Always answering the commonest class."""
        right = int(np.bincount(self.targets).max())
        return Candidate(MAJORITY, "Always the commonest class", len(self.targets), right, seconds=0.0)

    def evaluated(self, candidate: Candidate, features: np.ndarray) -> Candidate:
        """The candidate with what cross-validation on its (n, width) features gives."""
        began = time.monotonic()
        right = cross_validate(features, self.targets, self._folds)
        seconds = (candidate.seconds or 0.0) + time.monotonic() - began
        return replace(candidate, images=len(self.targets), right=right, seconds=seconds)


def _prepare(job: LinearProbe, dataset: Dataset) -> tuple[Sample, Findings]:
    content = dataset.content
    images = content.images
    table = draw_sample(images.assign(group=content.groups(images, content.settings)))
    table = table[~dataset.changed(table)]
    report = Progress(job)
    rows, pixels, _ = load_pixels(
        [dataset.path_of(path) for path in table["path"]],
        PIXELS_SIDE,
        lambda done: report("Reading the sampled images", done, len(table)),
        dataset.reading,
    )
    table = table.iloc[rows].reset_index(drop=True)
    sizes = table["label"].value_counts()
    if (sizes >= FOLDS).sum() < 2:
        raise WorkbenchError(
            f"Only {len(table):,} of the sampled images of {dataset.info.title} could be read as they were imported. "
            "Were they moved, changed or deleted? Read them in again."
        )
    available = int((images["split"] != "test").sum())
    findings = Findings(dataset.name, content.version, len(table), available, (), _notes(sizes, content.class_names))
    return Sample(table, pixels, table["group"].to_numpy()), findings


def _notes(sizes: pd.Series, class_names: tuple[str, ...]) -> tuple[str, ...]:
    notes, few = [], int((sizes < FOLDS).sum())
    if len(sizes) < len(class_names):
        notes.append(f"{len(sizes):,} of the {len(class_names):,} classes were sampled.")
    if few:
        has = "1 class has" if few == 1 else f"{few:,} classes have"
        notes.append(f"{has} fewer than {FOLDS} images, which is too few to be learned from here.")
    return tuple(notes)


# Cross-validation ----------------------------------------------------------------------------------------------------


def cross_validate(features: np.ndarray, targets: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]) -> int:
    """How many images a logistic regression is right about that has not seen them, nor others of their groups.

    Of a few penalties, the one with the lowest cross-entropy on what was not seen is taken. That flatters by a choice
    among three, and every candidate alike.

    Parameters
    ----------
    features : (n, width) array
    targets : (n,) array of int
    folds
        Rows to learn from, and rows to answer.
    """
    # On a few hundred rows, threads wait for each other: one alone was ten times as fast beside a training.
    with threadpool_limits(1):
        turned = _turned(features)
        return min(_answered(turned, targets, folds, penalty) for penalty in PENALTIES)[1]


def _turned(features: np.ndarray) -> np.ndarray:
    """The same points at unit size, turned so that no more than n of their coordinates differ: (n, at most n).

    A penalty on |W|² does not see by how much they were turned, and fewer coordinates are quicker to learn from.
    """
    centred = features - features.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred / max(float(centred.std()), 1e-6), full_matrices=False)
    return left * lengths


def _answered(features: np.ndarray, targets: np.ndarray, folds, penalty: float) -> tuple[float, int]:
    """The cross-entropy, and how many answers are right."""
    loss, right = 0.0, 0
    for learned, answered in folds:
        classes, probabilities = _probabilities(features, targets, learned, answered, penalty)
        hits = classes == targets[answered, None]
        # Of a class that it has not learned, it can't say anything.
        loss -= np.log((probabilities * hits).sum(axis=1).clip(1e-6)).sum()
        right += int((classes[probabilities.argmax(axis=1)] == targets[answered]).sum())
    return float(loss), right


def _probabilities(features, targets, learned, answered, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """The classes that were learned, and how probable each is: (m,) and (n, m)."""
    classes = np.unique(targets[learned])
    if len(classes) == 1 or not len(answered):
        return classes, np.ones((len(answered), len(classes)))
    model = LogisticRegression(C=1 / (penalty * len(learned)), tol=1e-3, max_iter=200)
    model.fit(features[learned], targets[learned])
    return model.classes_, model.predict_proba(features[answered])


# Backbones -----------------------------------------------------------------------------------------------------------


def evaluate_backbone(
    architecture: Architecture, workspace: Workspace, dataset: Dataset, sample: Sample, reporter: JobReporter
) -> Candidate:
    """What the features of a backbone give on the sample.

    Raises
    ------
    Stopped
        If the job is to stop before they are computed.
    """
    began, table = time.monotonic(), sample.table
    settings = ExtractionSettings(architecture, architecture.input_size, IMAGENET, reading=dataset.reading)
    # A run chooses its way to compute by all images, so this does too; nothing is learned from them.
    extractor = FeatureExtractor(settings, workspace, dataset, dataset.images, reporter)
    title = f"Computing features with {architecture.title}"
    # What is loaded and compiled at first is not counted.
    store, _ = extractor.features(table.head(extractor.plan.batch_size), View(), title)
    computed, started = _lacking(store, table["pixel_hash"]), time.monotonic()
    store, problems = extractor.features(table, View(), title)
    speed = computed / (time.monotonic() - started) if computed >= IMAGES_TO_TIME else None
    if problems:
        raise WorkbenchError(f"Images could not be read any more: {problems[0]}.")
    lacking = _lacking(store, dataset.images["pixel_hash"])
    candidate = Candidate(
        architecture.name,
        architecture.title,
        seconds=time.monotonic() - began,
        images_per_second=speed,
        full_seconds=_seconds_for(lacking, speed),
    )
    return sample.evaluated(candidate, store.gather(table["pixel_hash"]))


def _lacking(store: FeatureStore, identities: pd.Series) -> int:
    return sum(identity not in store for identity in identities.unique())


def _seconds_for(images: int, speed: float | None) -> float | None:
    if not images:
        return 0.0
    return images / speed if speed else None


if __name__ == "__main__":
    sys.exit(main())
