"""The images to look at first: wrong, unsure, mislabelled, unlike the others; a list at a time, to select from."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.errors import answered_images, confidently_wrong, least_sure
from core.evaluation.predictions import Predictions
from core.runs.record import Run
from pages.components.gallery import show_images
from pages.evaluation.relabel_and_retrain import fixed_notes, show_selection_bar
from pages.shared.evaluated_run import images_of
from pages.shared.inference import survey
from pages.shared.markdown import escape
from pages.shared.page import Page

IMAGES_PER_PAGE = 24
FEW_IMAGES, HEIGHT = 12, 460
# The notes name two classes.
TILE_WIDTH = 140
# By which the selection is known to whoever clears it.
GALLERY = "errors"


@dataclass(frozen=True)
class ErrorList:
    """Images in an order, and what to read of them.

    Parameters
    ----------
    words
        What the list is, in a sentence; of an empty one, what its emptiness says.
    notes
        By path, the line under the image, in the order in which the images are shown.
    wrong
        Whether the notes say what is wrong.
    remark
        What limits it, "" where nothing does.
    """

    words: str
    notes: dict[str, str]
    wrong: bool = False
    remark: str = ""


def show_errors(
    page: Page, run: Run, predictions: Predictions, split: str, details: Callable[[pd.Series], None] | None = None
) -> None:
    """Draw the lists, one at a time, with what can be done with the images that are selected.

    Parameters
    ----------
    predictions
        Of all images of the run.
    split
        Whose images are in view. Wrong labels are looked for among all images.
    details
        As `pages.components.gallery.show_images` takes it.
    """
    shown = predictions.of(split)
    makers: dict[str, Callable[[], ErrorList]] = {
        "Confidently wrong": lambda: _wrong(shown, split),
        "Least sure": lambda: _unsure(shown, split),
        "Probably mislabelled": lambda: _mislabelled(page, run),
        "Unlike the training images": lambda: _unlike(page, run, split),
    }
    chosen = st.segmented_control(
        "Which images",
        makers,
        default=next(iter(makers)),
        required=True,
        key="error_list",
        label_visibility="collapsed",
    )
    try:
        _show(page, run, makers[chosen](), f"{run.id}_{split}_{chosen}", details)
    except WorkbenchError as error:
        st.warning(escape(str(error)), icon=":material/error:")


def _wrong(shown: Predictions, split: str) -> ErrorList:
    rows = confidently_wrong(shown)
    if not len(rows):
        return ErrorList(f"No {split} image is taken for another class.", {})
    words = (
        f"{_count(rows, split)} taken for another class, the surest mistake first. Where the label is wrong, put it "
        "right; where it is right, more training images like it help."
    )
    notes = {image.path: f"{image.probability:.0%} {image.predicted}" for image in answered_images(shown, rows)}
    return ErrorList(words, notes, wrong=True)


def _unsure(shown: Predictions, split: str) -> ErrorList:
    rows = least_sure(shown)
    if not len(rows):
        return ErrorList(f"It hesitates over no {split} image: one class is always far above the next.", {})
    words = (
        f"{_count(rows, split)} over which it hesitates between two classes, right or wrong, the closest first. More "
        "training images like these teach it the most."
    )
    notes = {
        image.path: f"{image.probability:.0%} {image.predicted}, {image.probability - image.margin:.0%} {image.next}"
        for image in answered_images(shown, rows)
    }
    return ErrorList(words, notes)


def _mislabelled(page: Page, run: Run) -> ErrorList:
    found = survey("label_issues", page.workspace, run, "Judging each image by what the others say")
    notes = {
        image.path: f"rather {image.likely}, {image.likely_probability:.0%}"
        for image in found.images
        if image.suspected
    }
    if not notes:
        words = "No label looks wrong: none is contradicted by what other images of the same label look like."
        return ErrorList(words, {}, remark=found.caution)
    words = (
        f"{_count(notes, 'training, validation or test')} whose label is probably wrong, the surest first: a "
        f"classifier that has not seen the image is sure of another class. By {found.origin}."
    )
    return ErrorList(words, notes, wrong=True, remark=found.caution)


def _unlike(page: Page, run: Run, split: str) -> ErrorList:
    found = survey("out_of_distribution", page.workspace, run, "Comparing each image with the training images")
    notes = {
        image.path: f"farther than {_share(image.farther_than)} of them"
        for image in found.images
        if image.unlike and image.split == split
    }
    if not notes:
        return ErrorList(f"No {split} image is farther from the training images than these are from each other.", {})
    words = (
        f"{_count(notes, split)} farther from the training images than 99 % of those are from each other, the farthest "
        f"first. What it says of these is a guess: train on more like them, or exclude what does not belong here. "
        f"By {found.origin}."
    )
    return ErrorList(words, notes)


def _show(page: Page, run: Run, listed: ErrorList, key: str, details: Callable[[pd.Series], None] | None) -> None:
    st.markdown(escape(listed.words))
    if listed.remark:
        st.caption(escape(listed.remark))
    if not listed.notes:
        return
    table = images_of(run)
    # What is shown is what the run saw; an image that it has no row of can't be.
    table = table.loc[[path for path in listed.notes if path in table.index]]
    bar = st.container()
    pages = -(-len(table) // IMAGES_PER_PAGE)
    shown = st.container(height=HEIGHT if len(table) > FEW_IMAGES else "content", border=False)
    number = st.pagination(pages, key=f"error_page_{key}") if pages > 1 else 1
    rows = table.iloc[(number - 1) * IMAGES_PER_PAGE : number * IMAGES_PER_PAGE]
    fixed = fixed_notes(page.dataset, list(rows["path"]), dict(zip(rows["path"], rows["label"], strict=True)))
    notes = listed.notes | {path: f"{words} · {listed.notes[path]}" for path, words in fixed.items()}
    with shown:
        selected = show_images(
            page.dataset,
            rows,
            GALLERY,
            notes,
            listed.wrong,
            selectable=True,
            details=details,
            tile_width=TILE_WIDTH,
        )
    with bar:
        show_selection_bar(page, selected, GALLERY)


def _count(listed, kind: str) -> str:
    count = len(listed)
    return f"{count:,} {kind} image{'' if count == 1 else 's'}"


def _share(share: float) -> str:
    """A share near one, as many digits as it takes to tell it from one."""
    return "all" if share >= 1 else f"{share:.1%}"
