"""Diagnosis: how a run has learned, in words, with what to do about it: one verdict for all who ask.

It rests on where the losses are going, by robust slopes beside what their wobble leaves open, and, once the run is
evaluated, on how much more accurate it is on the images that it learned from, with the interval of that.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.store import written_state
from core.errors import WorkbenchError
from core.evaluation.generalisation_gap import GeneralisationGap, generalisation_gap
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.trend import Slope, Wobble, roughness, slope, smoothed, wobble
from core.evaluation.verdict import unlearned_classes
from core.evaluation.words import SPLIT_WORDS
from core.runs.evaluation_state import evaluation_state_of
from core.runs.events import epoch_table
from core.runs.record import Run

DIVERGING, NOT_LEARNING, ONE_CLASS, OVER_FITTING = "diverging", "not learning", "one class", "over-fitting"
WORSENING, IMPROVING, CONVERGED, UNCLEAR, UNKNOWN = "worsening", "improving", "converged", "unclear", ""

FEWEST_EPOCHS = 5  # fewer say nothing of a direction
LONGEST_LOOK = 30  # epochs: what was before is of no interest
# Diverging: by how much the training loss is above its first.
DIVERGED, DIVERGED_NATS = 1.1, 0.05
# A rise or fall of a loss that matters, in shares of it and in nats: from 0.010 to 0.013 is neither here nor there.
RISE, RISE_NATS = 0.1, 0.02
FALL, FALL_NATS = 0.02, 0.002
# Over all validation images together: by e³ = 20 to 1 they then speak for the earlier weights.
EVIDENCE_NATS = 3.0
# In standard errors; many, since the epoch to compare with is the best of all and so a lucky one.
SURE_SLOPE, SURE_LEVEL, SURE_FALL = 4.0, 6.0, 3.0
# A gain that may still come, as a share of the loss; more of it, and nobody can say that it has converged.
OPEN_GAIN = 0.05
# How much more often than a constant answer it has to be right, and how much better its loss has to be.
ABOVE_MAJORITY, BELOW_UNINFORMED = 0.05, 0.9


@dataclass(frozen=True)
class Diagnosis:
    """A verdict.

    Parameters
    ----------
    kind
        "diverging", "not learning", "one class", "over-fitting", "worsening", "improving", "converged", "unclear", or
        "" where there is too little to go by.
    words
        What it is, how it shows, and what to do; "" where there is nothing to say.
    fit
        Training images beside others; None as long as it is not evaluated.
    unlearned
        The classes without a training image, once it is evaluated.
    """

    kind: str
    words: str
    fit: GeneralisationGap | None = None
    unlearned: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        facts: dict[str, Any] = {"kind": self.kind, "words": self.words, "gap": None, "gap_ci95": None, "beside": None}
        if self.fit is not None:
            facts |= {"gap": self.fit.gap, "gap_ci95": list(self.fit.interval), "beside": self.fit.images}
        return facts | {"unlearned_classes": list(self.unlearned)}


def diagnosis_of(run: Run) -> Diagnosis:
    """The verdict on a run as it stands, whether it still trains or is done."""
    files = ("events.jsonl", "images.parquet", "predictions.parquet", "status.json")
    state = (run.answers_as_of, *(written_state(run.folder / name) for name in files))
    return _diagnosis(run.folder, run.status().active, state)


@lru_cache(maxsize=64)
def _diagnosis(folder: Path, active: bool, state: tuple) -> Diagnosis:
    """Worked out once for as long as nothing of the run is another."""
    run = Run(folder)
    events, predictions = run.events.read(), _answers(run)
    fit, facts, table = _fit(predictions), _facts(run), _of_last_phase(events)
    course = _course(table, facts, active, evaluated=fit is not None)
    if facts.keeps_best and fit is not None and fit.learned_nothing and (by_heart := _by_heart(table, fit)):
        course = by_heart
    if run.record.diverged:
        course = _Course(
            DIVERGING, "Diverged: the loss stopped being a number. Train anew with a smaller learning rate."
        )
    unlearned = () if predictions is None else tuple(unlearned_classes(predictions))
    return replace(_together(course, fit, facts.keeps_best), unlearned=unlearned)


def diagnose(
    table: pd.DataFrame,
    majority: float,
    uninformed: float | None = None,
    validation_images: int | None = None,
    active: bool = False,
) -> str:
    """What the curves alone say.

    Parameters
    ----------
    table
        As `core.runs.events.epoch_table` gives it.
    majority
        The share of the most frequent class, 0 to 1: the accuracy of always answering it.
    uninformed
        The loss of always answering the classes' shares, in nats; None where they are not known.
    validation_images
        How many there are; None where that is not known.
    active
        Whether it still trains.

    Returns
    -------
    str
        One or two sentences, "" where there are too few epochs to tell.
    """
    return _course(table, _Facts(majority, uninformed, validation_images), active).words


# The curves -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    """What curves are to be seen against: see `diagnose`."""

    majority: float = 0.0
    uninformed: float | None = None
    validation_images: int | None = None
    keeps_best: bool = True

    @property
    def answering(self) -> str:
        return "The best epoch is kept." if self.keeps_best else "It answers by its last epoch all the same."


@dataclass(frozen=True)
class _Course:
    """What the curves say; `since` is the best epoch where they got worse after it."""

    kind: str
    words: str
    since: int = 0


def _of_last_phase(events: list[dict[str, Any]]) -> pd.DataFrame:
    """The epochs since the network was last cut anew: with fine-tuning, the losses jump."""
    table = epoch_table(events)
    before = [event.get("epochs", 0) for event in events if event["kind"] == "stage" and event["name"] == "fine_tune"]
    return table[table["epoch"] > before[-1]].reset_index(drop=True) if before else table


def _facts(run: Run) -> _Facts:
    """From the run's own list of images, so that what became of the dataset since does not matter."""
    keeps_best = run.settings.restore_best_weights
    try:
        images = run.images()
        shares = images.loc[images["split"] == "train", "label"].value_counts(normalize=True).to_numpy()
        validating = int((images["split"] == "validation").sum())
    except (WorkbenchError, KeyError):
        return _Facts(keeps_best=keeps_best)
    if not len(shares):
        return _Facts(validation_images=validating, keeps_best=keeps_best)
    return _Facts(float(shares.max()), float(-(shares * np.log(shares)).sum()), validating, keeps_best)


def _course(table: pd.DataFrame, facts: _Facts, active: bool, evaluated: bool = False) -> _Course:
    if len(table) < FEWEST_EPOCHS:
        return _Course(UNKNOWN, "")
    validated = bool(table["val_loss"].notna().all())
    training = table["loss"].to_numpy(dtype=np.float64)
    watched = table["val_loss"].to_numpy(dtype=np.float64) if validated else training
    first, last = training[0], float(np.median(training[-3:]))
    if last > DIVERGED * first and last > first + DIVERGED_NATS:
        return _Course(
            DIVERGING, "Diverging: the training loss is larger than at the start. Choose a smaller learning rate."
        )
    if not evaluated and not _learns(table, watched, validated, facts):
        return _Course(
            NOT_LEARNING,
            "Not learning: it is hardly right more often than always answering the most frequent class. Try another "
            "learning rate or network, and look whether the labels are right.",
        )
    if validated and (worse := _got_worse(table, training, watched, facts)):
        return worse
    return _going_on("validation" if validated else "training", training, watched, active)


def _learns(table: pd.DataFrame, watched: np.ndarray, validated: bool, facts: _Facts) -> bool:
    """Whether it is right more often, or its loss smaller, than what needs no images."""
    accuracy = table["val_accuracy" if validated else "accuracy"].max()
    room = min(ABOVE_MAJORITY, (1 - facts.majority) / 5)
    informed = facts.uninformed is not None and np.median(watched[-5:]) < BELOW_UNINFORMED * facts.uninformed
    return bool(accuracy >= facts.majority + room or informed)


def _got_worse(table: pd.DataFrame, training: np.ndarray, watched: np.ndarray, facts: _Facts) -> _Course | None:
    """That the validation loss has risen since its best by more than it wobbles, and by so much that it matters."""
    course = smoothed(watched)
    best = int(course.argmin())
    since = watched[best:]
    if len(since) < 4:
        return None
    recent = max(2, len(since) // 3)
    before, now = float(course[best]), float(np.median(since[-recent:]))
    rise, images = now - before, facts.validation_images
    matters = rise > max(RISE * before, RISE_NATS) and (images is None or rise * images > EVIDENCE_NATS)
    all_right = table["val_accuracy"].tail(recent).median() == 1
    if not matters or all_right or not _surely_rises(since, rise, recent, _wobble_after(watched, best)):
        return None
    epoch = int(table["epoch"].iloc[watched.argmin()])
    risen = f"since epoch {epoch} the validation loss has risen from {before:.3f} to {now:.3f}"
    if _fell(training, best, recent):
        return _Course(
            OVER_FITTING,
            f"Over-fitting: {risen} while the training loss went on falling, so it learns by heart. {facts.answering} "
            "More images, augmentation or dropout help; more epochs do not.",
            epoch,
        )
    return _Course(
        WORSENING,
        f"Getting worse: {risen}, and the training loss does not fall either. {facts.answering} A smaller "
        "learning rate may help.",
        epoch,
    )


def _surely_rises(since: np.ndarray, rise: float, recent: int, found: Wobble) -> bool:
    """Whether a rise since the best epoch is more than wobble, that epoch being the best by luck as well."""
    noise = found.size * found.inflation
    if not noise:
        return True
    later = since[1:]
    spread = sqrt(len(later) * (len(later) ** 2 - 1) / 12)
    by_slope = slope(later).value * spread / noise
    by_level = rise / (noise * sqrt(1 / 3 + 1 / recent))
    return by_slope > SURE_SLOPE or by_level > SURE_LEVEL


def _wobble_after(losses: np.ndarray, best: int) -> Wobble:
    """How a curve moves around its course from its best epoch on: a few points of it may look smoother than it is."""
    since = wobble(losses[best:])
    return since if since.hold else Wobble(max(since.size, roughness(losses)), 0.0)


def _fell(training: np.ndarray, best: int, recent: int) -> bool:
    """Whether the training loss has gone on falling since."""
    before, now = float(training[best : best + 3].mean()), float(np.median(training[-recent:]))
    error = roughness(training) * sqrt(1 / 3 + 1 / recent)
    return before - now > max(FALL * before / 2, SURE_FALL * error)


def _going_on(name: str, training: np.ndarray, watched: np.ndarray, active: bool) -> _Course:
    """Whether it still improves, by the watched loss first and the training loss besides."""
    if _still_falls(watched):
        if active:
            return _Course(IMPROVING, f"Improving: the {name} loss still falls.")
        return _Course(IMPROVING, f"Still improving when it ended, as the {name} loss still fell: train longer.")
    recent = watched[-_look(len(watched), 2) :]
    may_gain = -slope(recent, wobble(recent).hold).low * len(recent) > OPEN_GAIN * float(np.median(recent))
    if may_gain and name == "validation" and _still_falls(training):
        more = "More epochs will tell." if active else "Train longer to see."
        return _Course(
            UNCLEAR,
            "Whether it still improves can't be told: the training loss still falls, and the validation loss moves "
            f"more from epoch to epoch than it may fall. {more}",
        )
    both = "neither loss still falls noticeably" if name == "validation" else "the loss no longer falls noticeably"
    if name == "validation" and _still_falls(training):
        both = "the validation loss no longer falls noticeably"
    return _Course(CONVERGED, f"Converged: {both}, and more epochs would change little.")


def _still_falls(losses: np.ndarray) -> bool:
    """Whether the last third of a curve falls for sure and noticeably, or its last half does and the last third too."""
    third, half = (losses[-_look(len(losses), part) :] for part in (3, 2))
    hold = wobble(half).hold
    lately = slope(third, hold)
    if _noticeably(lately, third):
        return True
    return lately.value < 0 and _noticeably(slope(half, hold), half)


def _noticeably(found: Slope, recent: np.ndarray) -> bool:
    """Whether a curve falls, and would fall so much in as many epochs more that it matters."""
    gain = -found.value * len(recent)
    return found.falls and gain > max(FALL * float(np.median(recent[-3:])), FALL_NATS)


def _look(epochs: int, part: int) -> int:
    return min(max(FEWEST_EPOCHS, epochs // part), LONGEST_LOOK)


# With the answers -----------------------------------------------------------------------------------------------------


def _answers(run: Run) -> Predictions | None:
    """None as long as it is not evaluated, and while it still trains and has been better since."""
    state = evaluation_state_of(run)
    if not state.evaluated or (state.active and state.outdated):
        return None
    try:
        return run.predictions()
    except WorkbenchError:  # which is for others to tell
        return None


def _fit(predictions: Predictions | None) -> GeneralisationGap | None:
    """Training images beside test images, or where there are none, validation images."""
    if predictions is None:
        return None
    fits = (generalisation_gap(predictions, part, SPLIT_WORDS[part]) for part in ("test", "validation"))
    return next((fit for fit in fits if fit is not None), None)


def _together(course: _Course, fit: GeneralisationGap | None, keeps_best: bool) -> Diagnosis:
    """One verdict from the curves and from the answers of the epoch that was kept."""
    if fit is None or course.kind == DIVERGING:
        return Diagnosis(course.kind, course.words, fit)
    if fit.majority == 1:
        return Diagnosis(ONE_CLASS, fit.words(), fit)
    if fit.learned_nothing:
        by_heart = course.kind == OVER_FITTING and not course.since
        return Diagnosis(course.kind, course.words, fit) if by_heart else Diagnosis(NOT_LEARNING, fit.words(), fit)
    if course.kind == OVER_FITTING:
        shown = _of_kept_epoch(course, fit) if keeps_best else fit.words()
        return Diagnosis(OVER_FITTING, f"{course.words} {shown}", fit)
    if course.kind == IMPROVING and fit.over_fitted:
        gap = f"By now it is more accurate on training images than on {fit.images} images by {fit.gap_in_words()}"
        return Diagnosis(IMPROVING, f"{course.words} {gap}, a gap that more images or augmentation narrow.", fit)
    if course.kind == UNCLEAR and fit.over_fitted:
        gap = f"Over-fitted so far: it is more accurate on training images than on {fit.images} images by"
        words = f"{gap} {fit.gap_in_words()}. More images or augmentation narrow such a gap. {course.words}"
        return Diagnosis(OVER_FITTING, words, fit)
    if fit.over_fitted:
        return Diagnosis(OVER_FITTING, fit.words(), fit)
    return Diagnosis(course.kind, f"{course.words} {fit.words()}".strip(), fit)


def _by_heart(table: pd.DataFrame, fit: GeneralisationGap) -> _Course | None:
    """That later epochs have learned the training images, where the one that was kept, by validation, has not."""
    if len(table) < FEWEST_EPOCHS or table[["accuracy", "val_loss"]].isna().any(axis=None):
        return None
    lately = float(table["accuracy"].tail(3).median())
    if wilson(round(lately * fit.train_n), fit.train_n)[0] <= fit.majority + ABOVE_MAJORITY:
        return None
    kept = int(table["epoch"].iloc[table["val_loss"].argmin()])
    return _Course(
        OVER_FITTING,
        f"Over-fitting from the beginning: its last epochs are right on {100 * lately:.0f} % of the training images, "
        f"but the validation loss has never been lower than after epoch {kept}. So it learns by heart, and that epoch, "
        "which is kept, is hardly better than a constant answer. More images, augmentation or a pretrained backbone "
        "help; more epochs do not.",
    )


def _of_kept_epoch(course: _Course, fit: GeneralisationGap) -> str:
    """What of the over-fitting the epoch that was kept shows."""
    gap = fit.gap_in_words()
    if fit.over_fitted:
        return f"Even epoch {course.since} is more accurate on training images than on {fit.images} images by {gap}."
    return f"Epoch {course.since}, which is evaluated, does not show it yet: on training images it is ahead by {gap}."
