"""The answers to many images: counted, filtered and sorted as a gallery, taken along, and corrected."""

from collections import Counter
from pathlib import Path

import numpy as np
import streamlit as st

from core.datasets.store import written_state
from core.errors import UsageError, WorkbenchError
from core.figures.colours import class_colours
from core.prediction.answers import Answers
from core.prediction.job import Prediction
from core.prediction.sources import problems_in_words
from core.runs.record import Run
from pages.components.gallery import Tile, clear_selection, show_tiles
from pages.predict.answer_card import AnsweredImage, show_card
from pages.predict.downloads import show_downloads
from pages.predict.retraining import add_labelled, label_own
from pages.predict.several_runs import AVERAGE, show_side_by_side
from pages.shared.answer_in_words import percent
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.run_label import run_label
from pages.shared.thumbnails import SIDE, thumbnail_urls

IMAGES_PER_PAGE, HEIGHT, FEW_IMAGES, TILE_WIDTH = 48, 560, 12, 120
CLASSES_NAMED = 8
KEPT = 6
GALLERY = "answers"
ALL, SIDE_BY_SIDE = "all", "side by side"
ORDERS = {
    "least sure first": lambda answers: answers.confidence,
    "surest first": lambda answers: -answers.confidence,
    "by answer": lambda answers: answers.order[:, 0],
    "least usual first": lambda answers: -np.nan_to_num(answers.farther_than),
    "as they came": lambda answers: np.arange(len(answers)),
}


def show_results(page: Page, prediction: Prediction) -> None:
    """All answers that there are so far."""
    try:
        which, answers = choose_answers(prediction)
    except UsageError as error:
        st.info(escape(str(error)))
        return
    except WorkbenchError:
        st.caption("There are no answers yet.")  # why, is said above
        return
    if answers is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(counts_in_words(answers), width="stretch")
        show_downloads(prediction, which)
    if problems := problems_in_words(answers.problems):
        st.warning(escape(problems), icon=":material/broken_image:")
    run = prediction.runs[which or 0]
    if not run.readable:
        st.info("The run that was asked has been deleted. Its answers can still be taken along.")
    elif len(answers):
        show_gallery(page, prediction, run, answers)
        remarks = prediction.status().facts.get("remarks", {})
        st.caption(escape(" ".join(remarks.get(run.id, []))))


def choose_answers(prediction: Prediction) -> tuple[int | None, Answers | None]:
    """Whose answers are in view: the number of a run, or None for the average; no answers where it is all at once."""
    runs = prediction.runs
    if len(runs) == 1:
        return 0, answers_of(prediction, 0)
    labels = [run_label(run) if run.readable else run.id for run in runs]
    options = [*range(len(runs)), AVERAGE, SIDE_BY_SIDE]
    chosen = st.selectbox(
        "Answers of",
        options,
        index=options.index(AVERAGE),
        format_func=lambda option: labels[option] if isinstance(option, int) else option,
        key=f"answers_of_{prediction.id}",
    )
    if chosen == SIDE_BY_SIDE:
        show_side_by_side({labels[number]: answers_of(prediction, number) for number in range(len(runs))})
        return None, None
    which = chosen if isinstance(chosen, int) else None
    return which, answers_of(prediction, which)


def answers_of(prediction: Prediction, which: int | None) -> Answers:
    """Read once for as long as no more are there."""
    parts = sorted(prediction.part_path(0, 0).parent.glob("*.parquet"))
    return _answers(str(prediction.folder), which, tuple(map(written_state, parts)))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _answers(folder: str, which: int | None, written: tuple) -> Answers:
    return Prediction(Path(folder)).answers(which)


def counts_in_words(answers: Answers) -> str:
    """How many images there are, of which classes, and how many are unlike the training images."""
    counts = Counter(answers.predicted)
    count = f"{len(answers):,} image{'' if len(answers) == 1 else 's'}"
    shown = ", ".join(f"{escape(f'“{name}”')} {number:,}" for name, number in counts.most_common(CLASSES_NAMED))
    more = f" and {len(counts) - CLASSES_NAMED:,} more classes" if len(counts) > CLASSES_NAMED else ""
    words = f"**{count}:** {shown}{more}." if counts else f"**{count}.**"
    unlike = int(answers.unlike.sum())
    return words + (f" {unlike:,} unlike anything that it was trained on." if unlike else "")


# The gallery ----------------------------------------------------------------------------------------------------------


def show_gallery(page: Page, prediction: Prediction, run: Run, answers: Answers) -> None:
    """The images as tiles, to filter, to open and to label."""
    rows = choose_rows(answers)
    if not len(rows):
        st.info("No image is like that. Choose otherwise above.")
        return
    actions = st.container(horizontal=True, vertical_alignment="center", gap="small")
    shown = st.container(height=HEIGHT if len(rows) > FEW_IMAGES else "content", border=False)
    pages = -(-len(rows) // IMAGES_PER_PAGE)
    number = st.pagination(pages, key=f"answers_page_{prediction.id}_{len(rows)}") if pages > 1 else 1
    part = rows[(number - 1) * IMAGES_PER_PAGE : number * IMAGES_PER_PAGE]
    files = files_of(prediction)
    labels = own_labels(page) if is_of_own(page, prediction) else {}
    with shown:
        tiles = tiles_of(answers, part, files, run, labels)
        done = show_tiles(tiles, GALLERY, TILE_WIDTH, clickable=True, selectable=True)
    if done.opened in answers.names:
        row = answers.names.index(done.opened)
        show_large(page, AnsweredImage(run, answers, row, files[done.opened], output_of(run, answers, row)))
    with actions:
        if done.selected:
            label_selected(page, prediction, done.selected, files)
        else:
            st.markdown(
                f"**{len(rows):,}** image{'' if len(rows) == 1 else 's'}. :gray[Select those that are answered wrongly "
                "by the mark in a corner, to label them; a click opens one.]"
            )


def choose_rows(answers: Answers) -> np.ndarray:
    """Which answers are shown, in the order that was chosen."""
    counts = Counter(answers.predicted)
    classes, sure, order, odd = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    named = [ALL, *(name for name in answers.class_names if counts[name])]
    answer = classes.selectbox(
        "Answer",
        range(len(named)),
        format_func=lambda place: f"{named[place]} ({counts[named[place]]:,})" if place else ALL,
        key="answer_filter",
    )
    low, high = sure.slider("How sure it is, %", 0, 100, (0, 100), key="sure_filter")
    by = order.selectbox("Order", list(ORDERS), key="answer_order")
    only_unlike = odd.toggle("Unlike only", key="unlike_filter", help="Unlike anything that the run was trained on.")
    shares = answers.confidence * 100
    chosen = (shares >= low) & (shares <= high)
    if answer:
        chosen &= answers.order[:, 0] == answers.class_names.index(named[answer])
    if only_unlike:
        chosen &= answers.unlike
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(ORDERS[by](answers)[rows], kind="stable")]


def files_of(prediction: Prediction) -> dict[str, Path]:
    """By name, where each image lies."""
    return _files(str(prediction.folder), written_state(prediction.folder / "brought.parquet"))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _files(folder: str, written: tuple | None) -> dict[str, Path]:
    brought = Prediction(Path(folder)).brought()
    return {} if brought is None else dict(zip(brought.names, brought.paths, strict=True))


def tiles_of(
    answers: Answers, rows: np.ndarray, files: dict[str, Path], run: Run, labels: dict[str, str]
) -> list[Tile]:
    """A tile for each of these answers.

    Parameters
    ----------
    labels
        By name, what an image was labelled since.
    """
    names = [answers.names[row] for row in rows]
    paths = [files[name] for name in names]
    identities = [(str(written_state(path)), str(path)) for path in paths]
    sources = thumbnail_urls(identities, SIDE, run.reading)
    colours, predicted, shares = class_colours(answers.class_names), answers.order[:, 0], answers.confidence
    tiles = []
    for row, name, source in zip(rows.tolist(), names, sources, strict=True):
        answer, sure = answers.class_names[predicted[row]], percent(float(shares[row]))
        second = f"now “{labels[name]}”" if labels.get(name) else f"{sure}, unlike" if answers.unlike[row] else sure
        tiles.append(Tile(name, source, f"{name} · {answer} {sure}", answer, second, colours.get(answer, "")))
    return tiles


@st.dialog("Image", width="medium")
def show_large(page: Page, image: AnsweredImage) -> None:
    """One image, large, with its answer."""
    show_card(page, image)


def output_of(run: Run, answers: Answers, row: int) -> int | None:
    """Where the network answers the likeliest class; None where that is several places, or not known."""
    try:
        columns = run.naming().columns[int(answers.order[row, 0])]
    except (WorkbenchError, IndexError):
        return None
    return columns[0] if len(columns) == 1 else None


# Labels ---------------------------------------------------------------------------------------------------------------


def is_of_own(page: Page, prediction: Prediction) -> bool:
    """Whether the images are the dataset's own that came without a label."""
    return prediction.request.get("dataset") == page.dataset.name


def own_labels(page: Page) -> dict[str, str]:
    """By path, the labels that were given to images that came without one."""
    table = page.dataset.content.table
    given = table[table["original_label"] == ""]
    return dict(zip(given["path"], given["label"], strict=True))


def label_selected(page: Page, prediction: Prediction, names: tuple[str, ...], files: dict[str, Path]) -> None:
    """What can be done with the images that are selected."""
    count = f"{len(names):,} image{'' if len(names) == 1 else 's'}"
    st.markdown(f"**{count} selected**")
    label = st.selectbox(
        "Label",
        page.dataset.class_names,
        index=None,
        placeholder="What they are… (or type a new class)",
        accept_new_options=True,
        label_visibility="collapsed",
        key="label_answers",
        width=260,
    )
    own = is_of_own(page, prediction)
    words = "Label" if own else "Add to the dataset"
    if st.button(words, icon=":material/label:", type="primary", disabled=not label, key="label_selected") and label:
        done = label_own(page, names, label) if own else add_labelled(page, {files[name]: label for name in names})
        if done:
            clear_selection(GALLERY)
            st.session_state.pop("label_answers", None)
            st.rerun()
