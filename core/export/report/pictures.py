"""Small pictures of a run's images, as the run reads them; where one can't be shown, why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.evaluation.errors import answered_images
from core.evaluation.predictions import Predictions
from core.export.report.data_used import dataset_of
from core.images.data_url import data_url
from core.images.reading import UnreadableImage, thumbnail
from core.jobs.progress import Report
from core.runs.record import Run

SIDE = 144
GONE, CHANGED = "The file can't be read any more.", "The file holds another picture by now."


@dataclass(frozen=True)
class Picture:
    """An image, and what is to be read below it.

    Parameters
    ----------
    path, label
        Which image, and its class.
    url
        Of the small picture, which lies within the URL; "" where there is none.
    missing
        Why there is none; "" where there is.
    answers
        What was answered, each as the name of a class and how probable it was, in [0, 1].
    by
        Whose answers they are, where there are several runs.
    """

    path: str
    label: str
    url: str
    missing: str
    answers: tuple[tuple[str, float], ...] = ()
    by: tuple[str, ...] = ()


class Pictures:
    """Makes the small pictures of a run's images.

    Parameters
    ----------
    report
        Hears how many are done.
    """

    def __init__(self, run: Run, report: Report):
        self._run, self._report, self._made = run, report, 0

    def answered(self, predictions: Predictions, rows: np.ndarray, second: bool = False) -> list[Picture]:
        """Images, by their rows, with the class that they were taken for, and the `second` most probable as well."""
        made = []
        for image in answered_images(predictions, rows):
            answers = ((image.predicted, image.probability),)
            if second:
                answers += ((image.next, image.probability - image.margin),)
            made.append(Picture(image.path, image.true, *self.of(image.path), answers))
        return made

    def of(self, path: str, side: int = SIDE) -> tuple[str, str]:
        """The URL of an image's small picture, its longest side of so many pixels, and why there is none."""
        self._made += 1
        self._report("Making small pictures", self._made, 0)
        if self.missing or path not in self._table.index:
            return "", self.missing or "The run's list of images does not hold it."
        row = self._table.loc[[path]]
        try:
            if self._dataset.changed(row)[0]:
                return "", CHANGED
            return data_url(thumbnail(self._dataset.path_of(path), side, self._run.reading)), ""
        except (UnreadableImage, OSError):
            return "", GONE

    @cached_property
    def missing(self) -> str:
        """Why no image of the run can be shown; "" where nothing keeps them from it."""
        try:
            return "" if self._dataset.info.root and len(self._table) else "The run's list of images is empty."
        except WorkbenchError as error:
            return str(error)

    @cached_property
    def _dataset(self) -> Dataset:
        return dataset_of(self._run)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._run.images().drop_duplicates("path").set_index("path", drop=False)


def first_of_each(predictions: Predictions, classes: Iterable[int]) -> dict[int, str]:
    """By class, the path of the image that it was recognised in most surely; of one that never was, of any of it."""
    found = {}
    for index in classes:
        rows = (predictions.true == index).nonzero()[0]
        if len(rows):
            found[index] = str(predictions.ids[rows[predictions.probabilities[rows, index].argmax()]])
    return found
