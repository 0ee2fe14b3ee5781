"""Predictor: a run that is asked about images that it has never seen."""

import tempfile
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from cachetools import LRUCache, cached

from core.datasets.store import written_state
from core.errors import WorkbenchError
from core.evaluation.calibration import tempered
from core.evaluation.errors import Neighbour
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.words import percent
from core.explain.neighbours import nearest_to
from core.explain.out_of_distribution import TrainingDistances, false_alarms, is_unlike
from core.explain.run_features import RunFeatures, features_of
from core.features.pixels import pixel_batches
from core.jobs.job import Stopped
from core.jobs.progress import Report, unheard
from core.prediction.answering_network import answering_network
from core.prediction.answers import Answers, ExplainedAnswers, joined, no_answers
from core.prediction.calibration import calibration_of
from core.prediction.sources import Brought, gather
from core.runs.naming import Naming
from core.runs.record import Run
from core.training.view_examples import evaluation_views

PREDICTORS_KEPT = 2
PREDICTING = "Predicting"


class Predictor:
    """A run with its best weights, which answers new images exactly as it has answered its test images.

    Of many images no more than a few batches are in memory at a time. Build it by `predictor_of`, which keeps it.

    Parameters
    ----------
    run
        Which may still train: then its best weights so far answer.
    machine
        The folder of what all workspaces of the machine share, features among it.

    Attributes
    ----------
    temperature
        By which it is calibrated; 1.0 where it isn't.
    as_of
        What tells the answers of these weights, so named and calibrated, from those of others.

    Raises
    ------
    WorkbenchError
        If the run has no weights, they or those of its backbone are gone or damaged, or its classes are not known.
    """

    def __init__(self, run: Run, machine: Path | None = None):
        self.run, self._machine = run, machine or run.workspace.machine
        classes = run.class_names.of_network
        if not classes:
            raise WorkbenchError(f"The run {run.id} does not say which classes it tells apart. Train it once more.")
        self._naming = _naming(run, classes)
        self.temperature, self._calibration = calibration_of(run)
        # Looked at before they are loaded: of a run that trains, they may be better ones a moment later.
        weights = [written_state(path) for path in (run.best_weights, run.fine_tuned_weights)]
        self.as_of = repr((*weights, self.class_names, self.temperature))
        self._network = answering_network(run, len(classes), self._machine)
        self._views = evaluation_views(run.settings)
        self._features: RunFeatures | None = None
        self._training: TrainingDistances | None = None
        self._comparison, self._is_compared = "", False

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the classes are called now, in the order in which they are shown."""
        return self._naming.order

    def compare(self, report: Report = unheard) -> None:
        """Find what images are compared with, so that those unlike the training images are told from now on.

        Features of the run's images that are not at hand are computed. Where that can't be done, nothing of the kind is
        known of new images, and `remarks` says why.

        Parameters
        ----------
        report
            Told how many features are computed. Where it raises, asking again goes on from there.
        """
        if self._is_compared:
            return
        try:
            self._features = features_of(self.run, self._machine, report)
            report("Comparing the training images with each other", 0, 0)
            training = TrainingDistances(self._features)
            self._comparison = _false_alarms_in_words(*false_alarms(self._features, training))
            self._training = training
        except Stopped:
            raise
        except WorkbenchError as error:
            reason = "" if str(error) in self._calibration else f" {error}"  # said once
            self._comparison = f"Whether an image is unlike anything that it was trained on can't be told.{reason}"
        self._is_compared = True

    @property
    def remarks(self) -> tuple[str, ...]:
        """What one should know to trust the answers, in sentences."""
        run = self.run
        untrained = "Untrained weights: the backbone is random numbers."
        going = "It still trains: these are the answers of its best so far."
        said = (untrained if run.settings.untrained else "", going if run.status().active else "")
        return tuple(filter(None, (*said, self._calibration, self._comparison, self._naming.words())))

    def batches(self, brought: Brought, report: Report = unheard) -> Iterator[Answers]:
        """The answers to images, some at a time, in their order.

        Parameters
        ----------
        brought
            The images. Why one can't be read is told among the `problems` of the answers to those beside it.
        report
            Told how many are done; may raise to stop.
        """
        for probabilities, features, names, problems in self._answered(brought, report):
            yield self._answers(probabilities, features, names, problems)

    def predict(self, brought: Brought, report: Report = unheard) -> Answers:
        """The answers to all of some images, with the problems of what was brought: see `batches`."""
        nothing = no_answers(self.class_names, self.temperature, brought.problems)
        return joined([nothing, *self.batches(brought, report)])

    def explain(self, brought: Brought, neighbours: int = 0, report: Report = unheard) -> ExplainedAnswers:
        """The answers to a few images, with what they rest on.

        Parameters
        ----------
        neighbours
            How many of the nearest training images to give of each image, 0 to 50.
        """
        parts = [no_answers(self.class_names, self.temperature, brought.problems)]
        outputs, nearest = [np.empty((0, len(self.class_names)), dtype=int)], []
        for probabilities, features, names, problems in self._answered(brought, report):
            parts.append(self._answers(probabilities, features, names, problems))
            outputs.append(self._outputs(probabilities))
            nearest += self._nearest(features, len(names), neighbours)
        return ExplainedAnswers(joined(parts), np.concatenate(outputs), tuple(nearest), self.remarks)

    def _answered(
        self, brought: Brought, report: Report
    ) -> Iterator[tuple[np.ndarray, np.ndarray | None, list[str], dict[str, str]]]:
        """Of each batch: what the network answers, features, the names of the images, and of those not read why not."""
        size, total = self._network.batch_size, len(brought)
        read = pixel_batches(brought.paths, self.run.settings.image_size, size, self.run.reading)
        for start, (rows, pixels, problems) in zip(range(0, total, size), read, strict=True):
            lacking = np.setdiff1d(np.arange(start, min(start + size, total)), rows)
            told = {
                brought.names[row]: problem.removeprefix(f"{brought.paths[row].name} ")
                for row, problem in zip(lacking, problems, strict=True)
            }
            yield *self._answer(pixels), [brought.names[row] for row in rows], told
            report(PREDICTING, min(start + size, total), total)

    def _answer(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """The mean over the views by which the run has answered its test images; features of images as they are."""
        if not len(pixels):
            return np.empty((0, len(self._naming.then))), None
        probabilities, features = self._network.answer(pixels)
        for view in self._views:
            probabilities = probabilities + self._network.answer(view.of(pixels))[0]
        return probabilities / (1 + len(self._views)), features

    def _answers(
        self, probabilities: np.ndarray, features: np.ndarray | None, names: Sequence[str], problems: dict[str, str]
    ) -> Answers:
        """By the names of now, and calibrated as the run's own answers are."""
        ids, splits = np.array(names, dtype=object), np.full(len(names), "test")
        nobody_knows = np.zeros(len(names), dtype=int)
        named = self._naming.of(Predictions(ids, splits, nobody_knows, probabilities, self._naming.then))
        calibrated = tempered(named, self.temperature).probabilities.astype(np.float64)
        farther_than = np.full(len(names), np.nan)
        if self._training is not None and features is not None:
            farther_than = self._training.of_new(features)
        unlike = is_unlike(farther_than)
        return Answers(tuple(names), calibrated, self.class_names, self.temperature, farther_than, unlike, problems)

    def _outputs(self, probabilities: np.ndarray) -> np.ndarray:
        """See `ExplainedAnswers.outputs`."""
        columns = [np.array(each) for each in self._naming.columns]
        return np.stack([each[probabilities[:, each].argmax(axis=1)] for each in columns], axis=1)

    def _nearest(self, features: np.ndarray | None, images: int, count: int) -> list[tuple[Neighbour, ...]]:
        if self._features is None or features is None or not count:
            return [()] * images
        return [tuple(of_one) for of_one in nearest_to(self._features, features, count)]


def _as_of(run: Run, machine: Path | None = None) -> Hashable:
    return run.folder, machine, *map(written_state, (run.best_weights, run.fine_tuned_weights)), run.answers_as_of


@cached(LRUCache(PREDICTORS_KEPT), key=_as_of, lock=Lock())
def predictor_of(run: Run, machine: Path | None = None) -> Predictor:
    """The predictor of a run; the `PREDICTORS_KEPT` that were used last are kept as long as their runs don't change."""
    return Predictor(run, machine)


def predict_images(run: Run, sources: Sequence[str | Path], report: Report = unheard) -> Answers:
    """What a run says of images.

    Parameters
    ----------
    sources
        Paths of files, folders and archives: see `core.prediction.sources.gather`.
    report
        Told how far it is; may raise to stop.

    Raises
    ------
    UsageError
        If there is no image in all of it.
    WorkbenchError
        If the run has no weights.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        brought = gather(sources, Path(unpacked), report=report)
        report("Loading the network", 0, 0)
        predictor = predictor_of(run)
        predictor.compare(report)
        return predictor.predict(brought, report)


def _naming(run: Run, classes: Sequence[str]) -> Naming:
    """What the network's classes are called now, also of a run that is not evaluated yet."""
    return run.naming() if run.predictions_path.exists() else run.class_names.naming_of(classes)


def _false_alarms_in_words(alarms: int, tested: int) -> str:
    """How many images will be called unlike the training images that are not."""
    if not tested:
        return "How often an image is called unlike them wrongly is not known, as there are no test images."
    low, high = (percent(share, tested) for share in wilson(alarms, tested))
    return (
        f"Of {tested:,} test images, which are like those that it was trained on, {percent(alarms / tested, tested)} "
        f"are called unlike them (95 % interval {low} to {high}): so many false alarms are to be expected."
    )
