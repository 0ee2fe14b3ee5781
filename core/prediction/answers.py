"""Answers: what a run says of images that nobody has labelled yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from core.errors import UsageError
from core.evaluation.errors import Neighbour

# What the columns of the likeliest classes are called, the likeliest first.
PLACES = ("answer", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
CONFIDENCES = {place: "confidence" if place == PLACES[0] else f"{place}_confidence" for place in PLACES}
"""By the column of a likely class, the one that says how probable it is."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a run says of images.

    Parameters
    ----------
    names
        How each image is called: its path below what was brought, or the name of its file.
    probabilities : (n, classes) array of float64
        Of each class, calibrated where the run can be.
    class_names
        Of the columns of `probabilities`, as the classes are called now.
    temperature
        By which the run is calibrated; 1.0 where it isn't.
    farther_than : (n,) array of float
        The share of the training images that are nearer to theirs, 0 to 1; NaN where that is not known.
    unlike : (n,) array of bool
        Out of distribution: whether an image is unlike anything that the run was trained on.
    problems
        By the image, why it could not be read; these images are not among `names`.
    """

    names: tuple[str, ...]
    probabilities: np.ndarray
    class_names: tuple[str, ...]
    temperature: float
    farther_than: np.ndarray
    unlike: np.ndarray
    problems: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def order(self) -> np.ndarray:
        """(n, classes) array of int: each image's classes, the likeliest first; among equals, the first."""
        return np.argsort(-self.probabilities, axis=1, kind="stable")

    @cached_property
    def predicted(self) -> tuple[str, ...]:
        """The likeliest class of each image."""
        return tuple(self.class_names[index] for index in self.order[:, 0])

    @property
    def confidence(self) -> np.ndarray:
        """(n,) array of float: how probable the likeliest class of each image is."""
        return self.probabilities.max(axis=1, initial=0)

    def table(self, top: int = 2) -> pd.DataFrame:
        """A row an image: file, answer, confidence, second, second_confidence, …, unlike, and a column a class.

        The column of a class is called ``probability_`` and its name, since a class may be called "file". `unlike` is
        missing where it is not known.

        Parameters
        ----------
        top
            How many of the likeliest classes have columns of their own, 1 to 10; at most as many as there are classes.

        Raises
        ------
        UsageError
            If it is not in that range.
        """
        if not 1 <= top <= len(PLACES):
            raise UsageError(f"From 1 to {len(PLACES)} of the likeliest classes can be listed. Got {top}.")
        columns: dict[str, object] = {"file": pd.array(self.names, dtype="str")}
        class_names, rows = np.array(self.class_names, dtype=object), np.arange(len(self))
        for place, title in enumerate(PLACES[: min(top, len(self.class_names))]):
            likely = self.order[:, place]
            columns[title] = pd.array(class_names[likely], dtype="str")
            columns[CONFIDENCES[title]] = self.probabilities[rows, likely]
        columns["unlike"] = pd.arrays.BooleanArray(self.unlike.astype(bool), np.isnan(self.farther_than))
        columns |= {f"probability_{name}": self.probabilities[:, k] for k, name in enumerate(self.class_names)}
        return pd.DataFrame(columns)


@dataclass(frozen=True, eq=False)
class ExplainedAnswers:
    """Answers to a few images, with what they rest on.

    Parameters
    ----------
    answers
        To the images.
    outputs : (n, classes) array of int
        Where the network answers each class of `answers`: what Grad-CAM is asked for. Of classes that were put together
        since it was trained, the one that is likeliest in that image.
    nearest
        Of each image, the training images most like it, the nearest first; none where that is not known.
    remarks
        What one should know to trust them, in sentences: on calibration, false alarms, weights, names.
    """

    answers: Answers
    outputs: np.ndarray
    nearest: tuple[tuple[Neighbour, ...], ...]
    remarks: tuple[str, ...]


def no_answers(
    class_names: Sequence[str], temperature: float = 1.0, problems: Mapping[str, str] | None = None
) -> Answers:
    """To no images, but for the problems of those that can't be read."""
    nothing = np.empty(0)
    probabilities = np.empty((0, len(class_names)))
    return Answers((), probabilities, tuple(class_names), temperature, nothing, nothing.astype(bool), problems or {})


def joined(parts: Sequence[Answers]) -> Answers:
    """The answers of one run to several parts of the images, one behind the other; of one part or more."""
    return Answers(
        tuple(name for part in parts for name in part.names),
        np.concatenate([part.probabilities for part in parts]),
        parts[0].class_names,
        parts[0].temperature,
        np.concatenate([part.farther_than for part in parts]),
        np.concatenate([part.unlike for part in parts]),
        {image: problem for part in parts for image, problem in part.problems.items()},
    )


def averaged(runs: Sequence[Answers]) -> Answers:
    """The mean of what several runs say of the same images; out of distribution is what most that can tell find so.

    Images that one of them could not read are left out. Classes are matched by their names.

    Raises
    ------
    UsageError
        If the runs don't tell the same classes apart.
    """
    first = runs[0]
    for other in runs[1:]:
        if set(other.class_names) != set(first.class_names):
            differing = sorted(set(other.class_names) ^ set(first.class_names))
            raise UsageError(
                "Answers can be averaged over runs that tell the same classes apart. These differ in "
                f"{', '.join(differing[:5])}. Ask them one by one."
            )
    by_name = [{name: row for row, name in enumerate(answers.names)} for answers in runs]
    names = tuple(name for name in first.names if all(name in rows for rows in by_name))
    rows = [[found[name] for name in names] for found in by_name]
    columns = [[answers.class_names.index(name) for name in first.class_names] for answers in runs]
    each = [answers.probabilities[chosen][:, order] for answers, chosen, order in zip(runs, rows, columns, strict=True)]
    farther = np.array([answers.farther_than[chosen] for answers, chosen in zip(runs, rows, strict=True)])
    unlike = np.array([answers.unlike[chosen] for answers, chosen in zip(runs, rows, strict=True)])
    known = ~np.isnan(farther)
    number = known.sum(axis=0)
    mean_farther = np.where(number > 0, np.nansum(farther, axis=0) / np.maximum(number, 1), np.nan)
    return Answers(
        names,
        np.mean(each, axis=0),
        first.class_names,
        1.0,
        mean_farther,
        (unlike & known).sum(axis=0) > number / 2,
        {image: problem for answers in runs for image, problem in answers.problems.items()},
    )
