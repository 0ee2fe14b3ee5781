"""Evaluation: how good, and where it errs."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.datasets.splits import SPLITS
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.evaluation.metrics import evaluate, percent, verdict
from core.evaluation.predictions import Predictions
from core.runs.record import Run
from pages.widgets.confusion_matrix import parse_cell, show_confusion_matrix
from pages.widgets.frame import Page, drawn_badge, open_page_with_dataset, untrained_badge
from pages.widgets.gallery import escape, show_images
from pages.widgets.run_label import run_label

IMAGES_PER_PAGE = 24
FEW_CLASSES = 6
IMAGES_HEIGHT = 400
FEW_IMAGES = 8


def main() -> None:
    page = open_page_with_dataset("evaluation")
    st.title(page.step.question)
    runs = [run for run in page.runs if run.predictions_path.exists()]
    if not runs:
        nothing_yet(page)
        return
    if page.run is None or not page.run.predictions_path.exists():
        if page.run is not None:
            reason = page.run.status().error.partition("\n")[0]
            st.info(escape(f"The run {page.run.id} has nothing to judge: {reason or 'it is not finished yet'}"))
        page.run = runs[0]
    if st.query_params.get("run") != page.run.id:
        st.query_params["run"] = page.run.id
    judge(page, runs)


def nothing_yet(page: Page) -> None:
    active = any(run.status().active for run in page.runs)
    words = "No run has come far enough to be judged." if page.runs else "Nothing has been trained yet."
    words = "A run is still training; its figures will be here." if active else words
    st.markdown(f"{words} Then this page shows how good it is, and the images it gets wrong.")
    page.link("training", "Go to training", "show_chart")


def judge(page: Page, runs: list[Run]) -> None:
    with st.container(horizontal=True):
        drawn_badge(page.dataset)
        untrained_badge(page.run)
    head = st.empty()
    split = choose(page, runs)
    try:
        predictions = page.run.predictions()
        evaluation = evaluate(predictions, split)
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    head.markdown(escape_verdict(verdict(evaluation)))
    say_if_changed(page)
    many = len(evaluation["labels"]) > FEW_CLASSES
    show_figures(evaluation)
    matrix, images = st.columns([3, 2] if many else [2, 3], gap="large")
    with matrix:
        cell = choose_cell(evaluation)
    with images:
        show_cell(page, predictions.of(split), evaluation, cell)
    with st.expander("Each class", icon=":material/table_rows:", expanded=not many):
        show_classes(evaluation)
    if page.run.status().state == "failed":
        reason = page.run.status().error.partition("\n")[0]
        st.warning(f"This run failed, and its best weights are judged here. {escape(reason)}")


def say_if_changed(page: Page) -> None:
    """That the images are not what this run was trained on any more."""
    version = page.run.status().facts.get("dataset_version")
    if version and version != page.dataset.content.version:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(":material/edit: The images were relabelled, excluded, added or divided anew since this run.")
            page.link("training", "Train again", "show_chart", run="", new="1")


def escape_verdict(text: str) -> str:
    """The verdict with its first sentence in bold."""
    first, dot, rest = text.partition(" (")
    return f"**{escape(first)}**{escape(dot + rest)}"


def choose(page: Page, runs: list[Run]) -> str:
    left, right = st.columns([3, 2])
    ids = [run.id for run in runs]
    with left:
        chosen = st.selectbox(
            "Run",
            ids,
            index=ids.index(page.run.id),
            format_func=lambda run_id: run_label(runs[ids.index(run_id)]),
            key=f"run_{page.run.id}",
        )
    if chosen != page.run.id:
        st.query_params["run"] = chosen
        st.query_params.pop("cell", None)
        st.rerun()
    with right:
        current = st.query_params.get("split", "test")
        split = st.segmented_control(
            "Images",
            SPLITS,
            default=current if current in SPLITS else "test",
            required=True,
            key="split",
            help="Only the test images, which the network never saw, tell how good it is.",
        )
    if split != current:
        st.query_params["split"] = split
        st.query_params.pop("cell", None)
    return split


def choose_cell(evaluation: dict[str, Any]) -> tuple[int, int] | None:
    """The matrix, and the cell in view: the one in the URL, else the most frequent mistake."""
    labels, matrix = evaluation["labels"], evaluation["confusion_matrix"]
    st.caption("Click a cell to see its images. The diagonal is right; everything beside it is a mistake.")
    selected = parse_cell(st.query_params.get("cell"), len(labels)) or worst_cell(matrix)
    clicked = show_confusion_matrix(labels, matrix, selected, key="matrix")
    if clicked is not None and clicked != parse_cell(st.query_params.get("cell"), len(labels)):
        st.query_params["cell"] = f"{clicked[0]}-{clicked[1]}"
        st.rerun()
    return selected


def worst_cell(matrix: list[list[int]]) -> tuple[int, int]:
    """The most frequent mistake; where there is none, the most frequent success."""
    counts = np.array(matrix)
    mistakes = counts - np.diag(np.diag(counts))
    best = mistakes if mistakes.any() else counts
    row, column = np.unravel_index(int(best.argmax()), best.shape)
    return int(row), int(column)


def show_cell(page: Page, predictions: Predictions, evaluation: dict[str, Any], cell: tuple[int, int]) -> None:
    """The images of a cell, with what they are and what they were taken for."""
    true, predicted = cell
    labels = [escape(name) for name in evaluation["labels"]]
    chosen = predictions.cell(true, predicted)
    count = len(chosen.ids)
    images = "image" if count == 1 else "images"
    if true == predicted:
        st.markdown(f"**{count} {images} of “{labels[true]}”, recognised.** The surest first.")
    else:
        st.markdown(f"**{count} {images} of “{labels[true]}”, taken for “{labels[predicted]}”.** The surest first.")
    table = rows_of(page.dataset, page.run, chosen)
    notes = {
        path: f"{probability:.0%} {evaluation['labels'][predicted]}"
        for path, probability in zip(chosen.ids, chosen.probabilities[:, predicted], strict=True)
    }
    shown = st.container(height=IMAGES_HEIGHT if count > FEW_IMAGES else "content", border=False)
    pages = -(-count // IMAGES_PER_PAGE)
    number = st.pagination(pages, key=f"cell_page_{page.run.id}_{true}_{predicted}") if pages > 1 else 1
    with shown:
        start = (number - 1) * IMAGES_PER_PAGE
        rows = table.iloc[start : start + IMAGES_PER_PAGE]
        show_images(page.dataset, rows, key="cell_images", notes=notes, wrong=true != predicted)


def rows_of(dataset: Dataset, run: Run, chosen: Predictions) -> pd.DataFrame:
    """The run's own table of images, in the order of the predictions: the dataset may have changed since."""
    table = pd.read_parquet(run.folder / "images.parquet").set_index("path", drop=False)
    return table.loc[list(chosen.ids)]


def show_figures(evaluation: dict[str, Any]) -> None:
    n = evaluation["n"]
    low, high = (percent(value, n) for value in evaluation["accuracy_ci95"])
    chance = np.log(len(evaluation["labels"]))
    figures = {
        "Accuracy": (
            percent(evaluation["accuracy"], n),
            f"The share of {n:,} images that it gets right. With other images of the same kind it would be between "
            f"{low} and {high} (95 % Wilson interval).",
        ),
        "95 % interval": (f"{low} – {high}", "Where the accuracy lies, as far as so many images can tell."),
        "Always the commonest": (
            percent(evaluation["majority_accuracy"], n),
            f"What always answering “{escape(evaluation['majority_class'])}” would reach without looking.",
        ),
        "Log loss": (
            f"{evaluation['log_loss']:.3f}",
            f"Punishes being sure and wrong; 0 is perfect. Guessing with equal probabilities gives {chance:.3f}.",
        ),
        "Macro F1": (
            f"{evaluation['macro_f1']:.3f}",
            "The mean over classes of how precise and how complete it is; small classes count as much as large ones.",
        ),
    }
    with st.container(horizontal=True, gap="large"):
        for name, (value, explanation) in figures.items():
            st.metric(name, value, help=explanation, width="content")


def show_classes(evaluation: dict[str, Any]) -> None:
    names = {"label": "class", "support": "images"}
    frame = pd.DataFrame(evaluation["per_class"]).rename(columns=names)
    helps = {
        "precision": "Of the images it calls so, the share that are.",
        "recall": "Of the images that are so, the share it finds.",
        "f1": "The harmonic mean of precision and recall.",
    }
    configuration = {
        name: st.column_config.ProgressColumn(name, help=text, min_value=0, max_value=1, format="%.3f")
        for name, text in helps.items()
    }
    configuration["images"] = st.column_config.NumberColumn(help="How many images of this class there are to judge by.")
    st.dataframe(frame, hide_index=True, column_config=configuration, alt="Precision, recall and F1 of each class")


main()
