"""What a run answered and how it is evaluated, worked out once for as long as its predictions stay the same."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.datasets.store import written_state
from core.evaluation.calibration import fit_temperature
from core.evaluation.evaluation import Evaluation, evaluate
from core.evaluation.predictions import Predictions
from core.runs.record import Run

# Each 25,000 images of 21 classes are 2 MB of probabilities, and as much of names.
RUNS_KEPT, EVALUATIONS_KEPT = 12, 48


def predictions_of(run: Run, split: str | None = None) -> Predictions:
    """The predictions of a run, of one part of its split or of all.

    Raises
    ------
    WorkbenchError
        If it has none, or they can't be read.
    """
    known = str(run.folder), run.answers_as_of
    return _predictions(*known) if split is None else _part(*known, split)


def evaluation_of(run: Run, split: str) -> Evaluation:
    """The scores of one split with their intervals, as the command line prints them.

    Raises
    ------
    WorkbenchError
        If the run has no predictions of that split, or they can't be read.
    """
    return _evaluation(str(run.folder), run.answers_as_of, split)


def point_estimates_of(run: Run, split: str) -> Evaluation:
    """The same scores in a tenth of the time, with no interval but that of accuracy.

    Raises
    ------
    WorkbenchError
        If the run has no predictions of that split, or they can't be read.
    """
    return _point_estimates(str(run.folder), run.answers_as_of, split)


def images_of(run: Run) -> pd.DataFrame:
    """The run's own table of images, by path: the dataset may have changed since.

    Raises
    ------
    WorkbenchError
        If it is gone or can't be read.
    """
    return _images(str(run.folder), (written_state(run.images_path), *run.answers_as_of))


def temperature_of(run: Run) -> float:
    """The temperature that suits its validation images.

    Raises
    ------
    WorkbenchError
        If there are no validation images.
    """
    return _temperature(str(run.folder), run.answers_as_of)


@st.cache_resource(max_entries=RUNS_KEPT, show_spinner=False)
def _predictions(folder: str, identity: tuple) -> Predictions:
    return Run(Path(folder)).predictions()


@st.cache_resource(max_entries=RUNS_KEPT, show_spinner=False)
def _part(folder: str, identity: tuple, split: str) -> Predictions:
    return _predictions(folder, identity).of(split)


@st.cache_resource(max_entries=EVALUATIONS_KEPT, show_spinner="Drawing the images anew, for the intervals")
def _evaluation(folder: str, identity: tuple, split: str) -> Evaluation:
    return Run(Path(folder)).evaluate(split)


@st.cache_resource(max_entries=EVALUATIONS_KEPT, show_spinner=False)
def _point_estimates(folder: str, identity: tuple, split: str) -> Evaluation:
    return evaluate(_predictions(folder, identity), split, resamples=0)


@st.cache_resource(max_entries=RUNS_KEPT, show_spinner=False)
def _images(folder: str, identity: tuple) -> pd.DataFrame:
    return Run(Path(folder)).images().set_index("path", drop=False)


@st.cache_resource(max_entries=RUNS_KEPT, show_spinner=False)
def _temperature(folder: str, identity: tuple) -> float:
    return fit_temperature(_predictions(folder, identity).of("validation"))
