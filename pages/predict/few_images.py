"""A few new images: each with its answer, how sure it is, and why."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import WorkbenchError, in_words
from core.prediction.answers import ExplainedAnswers
from core.runs.record import Run
from pages.components.paste import show_paste
from pages.predict.answer_card import AnsweredImage, show_card
from pages.predict.retraining import add_labelled
from pages.predict.several_runs import choose_others, show_side_by_side
from pages.predict.uploads import MOST_IMAGES, MOST_MEGABYTES, are_new, keep
from pages.shared.inference import scheduled_task, weights_written
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.run_label import run_label

NEIGHBOURS = 5
CAMERA_WIDTH = 560
FILES, CAMERA = "Files", "Camera"
UPLOADER = "few_uploader"
ADDITIONS = "few_additions"
ASKING = "Asking the network. The first time, Keras starts, which takes about ten seconds"


def show_few_images(page: Page) -> None:
    """Take images, and show what the run says of each."""
    files = bring(page)
    if not files:
        return
    explained = ask(page, page.run, files)
    show_problems(explained)
    labels = {}
    for image, nearest in zip(answered_images(page.run, explained, files), explained.nearest, strict=True):
        with st.container(border=True):
            st.fragment(show_card)(page, image, nearest)
            if label := choose_label(page, image):
                labels[image.path] = label
    if labels:
        offer_addition(page, labels)
    if len(explained.answers):
        st.caption(escape(" ".join(explained.remarks)))
        ask_others(page, files, explained)


def bring(page: Page) -> dict[str, Path]:
    """By name, the images that were brought, written to disk."""
    with st.container(horizontal=True, vertical_alignment="center"):
        way = st.segmented_control(
            "Where from", [FILES, CAMERA], default=FILES, required=True, label_visibility="collapsed", key="few_way"
        )
        if way == FILES:
            show_paste(UPLOADER, "paste")
    uploads = photograph() if way == CAMERA else choose_files()
    if len(uploads) > MOST_IMAGES:
        st.info(f"The first {MOST_IMAGES} of {len(uploads)} are shown. *Many images* takes all of them at once.")
    try:
        if are_new(uploads):
            page.hosting.check_room(page.workspace)
        return keep(page.workspace, uploads[:MOST_IMAGES])
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return {}


def choose_files() -> list[UploadedFile]:
    return st.file_uploader(
        "Images: choose them, drop them here, or paste one with Ctrl+V",
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        key=UPLOADER,
    )


def photograph() -> list[UploadedFile]:
    taken = st.camera_input("A photograph", width=CAMERA_WIDTH)
    st.caption(
        "Your browser asks whether this page may use the camera. Where that was denied, allow it by the sign beside "
        "the page's address and load the page again. A page that comes neither by https nor from this computer is "
        "never given the camera: choose files instead."
    )
    return [taken] if taken else []


def answered_images(run: Run, explained: ExplainedAnswers, files: Mapping[str, Path]) -> list[AnsweredImage]:
    answers = explained.answers
    outputs = explained.outputs[np.arange(len(answers)), answers.order[:, 0]].tolist()
    return [
        AnsweredImage(run, answers, row, files[name], output)
        for row, (name, output) in enumerate(zip(answers.names, outputs, strict=True))
    ]


def ask_others(page: Page, files: Mapping[str, Path], explained: ExplainedAnswers) -> None:
    """The answers of other runs beside those of the one in view."""
    others = choose_others(page, "few_others")
    if others:
        answers = {run_label(page.run): explained.answers}
        show_side_by_side(answers | {run_label(run): ask(page, run, files).answers for run in others})


def ask(page: Page, run: Run, files: Mapping[str, Path]) -> ExplainedAnswers:
    """What a run says of these files; where it refuses, that is said, and the script ends."""
    try:
        return scheduled_task(
            "predict",
            str(page.workspace.root),
            ASKING,
            state=(weights_written(run), run.answers_as_of, run.status().active),
            run=str(run.folder),
            paths=[str(path) for path in files.values()],
            names=list(files),
            neighbours=NEIGHBOURS,
            machine=str(page.workspace.machine),
        )
    except WorkbenchError as error:
        st.error(escape(str(error)))
        st.stop()


def show_problems(explained: ExplainedAnswers) -> None:
    """Which files could not be read, and why."""
    for name, problem in explained.answers.problems.items():
        st.warning(escape(f"{name} {problem}."), icon=":material/broken_image:")
    if explained.answers.problems:
        st.caption("Archives of images are taken under *Many images*.")


def choose_label(page: Page, image: AnsweredImage) -> str | None:
    """What the image really is, by somebody who knows; None where nobody said."""
    return st.selectbox(
        "What is it really?",
        page.dataset.class_names,
        index=None,
        placeholder="Choose, or type a new class, to add it to the dataset",
        accept_new_options=True,
        # Once images were added, all lists begin anew.
        key=f"label_{image.path.parent.name}_{st.session_state.get(ADDITIONS, 0)}",
    )


def offer_addition(page: Page, labels: dict[Path, str]) -> None:
    """The button that adds the images that were labelled to the dataset."""
    images, them = ("1 image", "it") if len(labels) == 1 else (f"{len(labels)} images", "them")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{images} labelled.** Once added, the next training learns from {them}.", width="stretch")
        clicked = st.button(f"Add {images}", type="primary", icon=":material/add_photo_alternate:", key="add_labelled")
    if clicked and add_labelled(page, labels):
        st.session_state[ADDITIONS] = st.session_state.get(ADDITIONS, 0) + 1
        st.rerun()
