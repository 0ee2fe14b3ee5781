"""Evaluation: how good, and where it errs."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.advice.diagnosis import diagnosis_of
from core.datasets.splits import SPLITS
from core.errors import WorkbenchError
from core.evaluation.confusion_matrix import in_words as pair_in_words
from core.evaluation.confusion_matrix import most_confused, worst_cell
from core.evaluation.evaluation import Evaluation
from core.evaluation.predictions import DamagedPredictions, Predictions
from core.evaluation.verdict import class_remarks, verdict
from core.runs.record import Run
from pages.components.gallery import show_images
from pages.components.matrix import CELL_WORDS, choose_appearance, parse_cell, show_confusion_matrix
from pages.evaluation.class_table import show_class_table, weakest_in_words
from pages.evaluation.error_lists import show_errors
from pages.evaluation.evaluation_state import offer_evaluation, show_evaluation_state
from pages.evaluation.explanation import show_explanation
from pages.evaluation.feature_map import show_feature_map
from pages.evaluation.gallery_heat import choose_heat, heat_pictures
from pages.evaluation.ranking_curves import show_ranking_curves
from pages.evaluation.relabel_and_retrain import fixed_notes, follow_retraining, show_relabelled, show_selection_bar
from pages.evaluation.reliability import show_confidence
from pages.evaluation.summary import show_summary
from pages.evaluation.threshold import show_threshold
from pages.shared.csv_button import offer_csv
from pages.shared.evaluated_run import images_of, point_estimates_of, predictions_of
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page_with_dataset, untrained_badge
from pages.shared.run_label import run_label

IMAGES_PER_PAGE = 24
FEW_CLASSES = 6
IMAGES_HEIGHT = 400
FEW_IMAGES = 8
PAIRS_SHOWN, CURVES_SHOWN = 5, 2
SUMMARY, CLASSES, THRESHOLD, CONFIDENCE = "Summary", "Each class", "Threshold", "Confidence"
ERRORS, MAP, WHY = "Errors", "Map", "Why"
SCROLL = "scroll_to_sections"
SCROLL_TO_SECTIONS = """<script>
    document.querySelector('.st-key-section')?.scrollIntoView({ behavior: "smooth", block: "start" });
</script>"""


def main() -> None:
    page = open_page_with_dataset("evaluation")
    follow_retraining(page)
    st.title(page.step.question)
    runs = [run for run in page.runs if run.predictions_path.exists()]
    offered = offer_evaluation(page, asked_for=bool(runs))
    if not runs:
        nothing_yet(page)
        return
    if page.run_in_view is None or not page.run.predictions_path.exists():
        if page.run_in_view is not None and offered is None:
            reason = page.run.status().error.partition("\n")[0]
            st.info(escape(f"The run {page.run.id} has nothing to evaluate: {reason or 'it is not finished yet'}"))
        page.run_in_view = runs[0]
    if st.query_params.get("run") != page.run.id:
        st.query_params["run"] = page.run.id
    evaluate(page, runs)
    if offered is None:
        offer_evaluation(page)


def nothing_yet(page: Page) -> None:
    active = any(run.status().active for run in page.runs)
    words = "No run has come far enough to be evaluated." if page.runs else "Nothing has been trained yet."
    words = "A run is still training; its figures will be here." if active else words
    st.markdown(f"{words} Then this page shows how good it is, and the images it gets wrong.")
    page.link("training", "Go to training", "show_chart")


def evaluate(page: Page, runs: list[Run]) -> None:
    with st.container(horizontal=True):
        drawn_badge(page.dataset)
        untrained_badge(page.run)
    head = st.empty()
    split = choose(page, runs)
    try:
        shown = predictions_of(page.run, split)
        evaluation = point_estimates_of(page.run, split)
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/error:")
        show_evaluation_state(page, page.run, damaged=isinstance(error, DamagedPredictions))
        return
    head.markdown(escape_verdict(verdict(evaluation)))
    for remark in class_remarks(evaluation, diagnosis_of(page.run).unlearned):
        st.warning(escape(remark), icon=":material/category:")
    show_evaluation_state(page, page.run)
    show_relabelled(page, page.run, split)
    view = View()
    show_matrix_and_images(page, shown, evaluation, view)
    show_sections(page, runs, split, shown, view)


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
        for name in ("cell", "image"):
            st.query_params.pop(name, None)
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
        for name in ("cell", "image"):
            st.query_params.pop(name, None)
    return split


# The matrix, and the images of a cell ---------------------------------------------------------------------------------


@dataclass
class View:
    """What stands beside the matrix, for the sections below it.

    Parameters
    ----------
    first
        The path of the image to explain: the one that is selected, else the first of the cell; None without any.
    asked
        The one in the URL, whose explanation was asked for.
    drawn
        Whether the sections have been drawn for that.
    """

    first: str | None = None
    asked: str | None = None
    drawn: bool = False


@st.fragment
def show_matrix_and_images(page: Page, shown: Predictions, evaluation: Evaluation, view: View) -> None:
    """Both, drawn anew by themselves on a click: of all the rest, only the explanation goes by what is in view."""
    matrix, images = st.columns([3, 2] if len(evaluation.class_names) > FEW_CLASSES else [2, 3], gap="large")
    with matrix:
        cell = choose_cell(evaluation)
    with images:
        first = show_cell(page, shown, evaluation, cell)
    now = View(first, st.query_params.get("image"), drawn=True)
    if view.drawn and now != view and st.session_state.get("section") == WHY:
        st.rerun()
    view.first, view.asked, view.drawn = now.first, now.asked, now.drawn


def choose_cell(evaluation: Evaluation) -> tuple[int, int]:
    """The matrix, and the cell in view: the one in the URL, else the most frequent mistake."""
    labels, matrix = evaluation.class_names, evaluation.confusion_matrix
    by, classes = choose_appearance(matrix)
    selected = parse_cell(st.query_params.get("cell"), len(labels)) or worst_cell(matrix)
    show_confusion_matrix(labels, matrix, selected, key="matrix", by=by, classes=classes, clicked=open_cell)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{CELL_WORDS[by]} Click a cell to see them.", width="content")
        counts = pd.DataFrame(matrix, columns=list(labels), index=pd.Index(labels, name="true ↓ predicted →"))
        offer_csv(counts, "confusion_matrix")
    if len(labels) > 2:
        show_pairs(evaluation)
    return selected


def open_cell(cell: tuple[int, int]) -> None:
    st.query_params["cell"] = f"{cell[0]}-{cell[1]}"
    st.query_params.pop("image", None)


def show_pairs(evaluation: Evaluation) -> None:
    """The classes that are mixed up most often, in words."""
    pairs = most_confused(evaluation.confusion_matrix, PAIRS_SHOWN)
    if not pairs:
        return
    with st.expander("Most often mixed up", icon=":material/swap_horiz:"):
        st.markdown("\n".join(f"- {escape(pair_in_words(pair, evaluation.class_names))}" for pair in pairs))


def show_cell(page: Page, predictions: Predictions, evaluation: Evaluation, cell: tuple[int, int]) -> str | None:
    """The images of a cell, with what they are and what they were taken for.

    Returns
    -------
    str or None
        The path of the image to explain: the one that is selected, else the first.
    """
    true, predicted = cell
    labels = [escape(name) for name in evaluation.class_names]
    chosen = predictions.cell(true, predicted)
    count = len(chosen.ids)
    images = "image" if count == 1 else "images"
    what = "recognised" if true == predicted else f"taken for “{labels[predicted]}”"
    with st.container(horizontal=True, vertical_alignment="center"):
        order = " The surest first." * (count > 1)
        st.markdown(f"**{count} {images} of “{labels[true]}”, {what}.**{order}", width="stretch")
        heat_asked = count > 0 and choose_heat(page.run, evaluation.class_names[predicted], key="cell_heat")
    try:
        table = rows_of(page.run, chosen)
    except WorkbenchError as error:
        st.warning(escape(str(error)))
        return None
    bar = st.container()
    shown = st.container(height=IMAGES_HEIGHT if count > FEW_IMAGES else "content", border=False)
    pages = -(-count // IMAGES_PER_PAGE)
    number = st.pagination(pages, key=f"cell_page_{page.run.id}_{true}_{predicted}") if pages > 1 else 1
    rows = table.iloc[(number - 1) * IMAGES_PER_PAGE : number * IMAGES_PER_PAGE]
    answered = dict(zip(chosen.ids, chosen.probabilities[:, predicted], strict=True))
    notes = {path: f"{answered[path]:.0%} {evaluation.class_names[predicted]}" for path in rows["path"]}
    fixed = fixed_notes(page.dataset, list(rows["path"]), dict(zip(rows["path"], rows["label"], strict=True)))
    with shown:
        pictures = heat_pictures(page.dataset, page.run, rows, predicted) if heat_asked else None
        selected = show_images(
            page.dataset,
            rows,
            key="cell_images",
            pictures=pictures,
            notes=notes | {path: f"{words} · {notes[path]}" for path, words in fixed.items()},
            wrong=true != predicted,
            selectable=True,
            details=explain_button,
        )
    with bar:
        show_selection_bar(page, selected, key="cell_images")
    return next(iter(selected), next(iter(chosen.ids), None))


def rows_of(run: Run, chosen: Predictions) -> pd.DataFrame:
    """The run's own table of images, in the order of the predictions: the dataset may have changed since."""
    table = images_of(run)
    return table.loc[[path for path in chosen.ids if path in table.index]]


def explain_button(row: pd.Series) -> None:
    """A button, in the dialog of an image, that explains the answer to it below."""

    def explain() -> None:
        st.session_state["section"] = WHY
        st.query_params["image"] = row["path"]
        st.session_state[SCROLL] = True

    if st.button("Why this answer?", icon=":material/search_insights:", on_click=explain):
        st.rerun()


# Everything else, a section at a time ---------------------------------------------------------------------------------


def show_sections(page: Page, runs: list[Run], split: str, shown: Predictions, view: View) -> None:
    """Tabs, of which only the one that is open is worked out."""
    names = [SUMMARY, CLASSES, THRESHOLD, CONFIDENCE, ERRORS, MAP, WHY]
    if len(shown.class_names) != 2:
        names.remove(THRESHOLD)
    if st.session_state.get("section", SUMMARY) not in names:
        st.session_state["section"] = SUMMARY
    tabs = dict(zip(names, st.tabs(names, key="section", bind="query-params"), strict=True))
    opened = next((name for name, tab in tabs.items() if tab.open), SUMMARY)
    with tabs[opened]:
        try:
            show_section(opened, page, runs, split, shown, view)
        except WorkbenchError as error:
            st.error(escape(str(error)), icon=":material/error:")


def show_section(name: str, page: Page, runs: list[Run], split: str, shown: Predictions, view: View) -> None:
    """The section that is open."""
    run = page.run
    if name == SUMMARY:
        show_summary(page, run, split, runs)
    elif name == CLASSES:
        show_each_class(page, split, shown)
    elif name == THRESHOLD:
        st.fragment(show_threshold)(page, shown, images_or_none(run), f"{run.id}_{split}")
    elif name == CONFIDENCE:
        st.fragment(show_confidence)(run, shown)
    elif name == ERRORS:
        show_errors(page, run, predictions_of(run), split, explain_button)
    elif name == MAP:
        show_feature_map(page, run, predictions_of(run), split, explain_button)
    elif name == WHY:
        show_why(page, predictions_of(run), view)


def show_each_class(page: Page, split: str, shown: Predictions) -> None:
    evaluation = point_estimates_of(page.run, split)
    st.markdown(weakest_in_words(evaluation))
    table, curves = st.columns([5, 4], gap="medium")
    with table:
        show_class_table(evaluation)
    with curves:
        areas = [each.average_precision.value if each.support else 2.0 for each in evaluation.classes]
        hardest = sorted(range(len(areas)), key=areas.__getitem__)[:CURVES_SHOWN]
        st.fragment(show_ranking_curves)(shown, hardest, f"{page.run.id}_{split}")


def images_or_none(run: Run) -> pd.DataFrame | None:
    try:
        return images_of(run)
    except WorkbenchError:
        return None


def show_why(page: Page, predictions: Predictions, view: View) -> None:
    """Why the image in view got its answer: the one that was asked about, of any part, else the first of the cell."""
    places = {path: row for row, path in enumerate(predictions.ids)}
    path = view.asked if view.asked in places else view.first
    if path is None or path not in places:
        st.caption("There is no image in view. Choose a cell of the matrix that holds some.")
        return
    true, predicted = (int(each[places[path]]) for each in (predictions.true, predictions.predicted))
    true_name, answer = (escape(predictions.class_names[index]) for index in (true, predicted))
    what = "recognised" if true == predicted else f"taken for “{answer}”"
    st.markdown(f"**Why was this “{true_name}” {what}?**")
    st.caption(f"{escape(path)}. To ask of another image, click it wherever it shows, then *Why this answer?*")
    show_explanation(page, page.run, path, true, predicted)
    page.link("concepts", "Every layer and kernel, on this image", "school", chapter="seeing", image=f"own:{path}")
    if st.session_state.pop(SCROLL, False):  # the matrix of many classes fills the screen
        st.html(SCROLL_TO_SECTIONS, unsafe_allow_javascript=True)


main()
