"""Many new images: a table of answers that is worked out while one does something else."""

import time
from collections.abc import Callable

import streamlit as st

from core.errors import WorkbenchError, in_words
from core.prediction.job import (
    Prediction,
    delete_prediction,
    list_predictions,
    resume_prediction,
    start_prediction,
)
from core.prediction.sources import existing
from core.runs.record import Run
from pages.predict.results import show_results
from pages.predict.several_runs import choose_others
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

FILES, FOLDER = "Files or an archive", "A folder by its path"
LISTED = 8
SECONDS_BETWEEN_LOOKS = 0.5


def show_many_images(page: Page) -> None:
    """Take a folder, an archive or the unlabelled images of the dataset, and show what the run says of them."""
    predictions = [each for each in list_predictions(page.workspace) if is_of_dataset(page, each)]
    chosen = next((each for each in predictions if each.id == st.query_params.get("prediction")), None)
    if chosen is None:
        st.query_params.pop("prediction", None)
        begin(page)
        show_list(predictions)
    else:
        show_prediction(page, chosen)


def is_of_dataset(page: Page, prediction: Prediction) -> bool:
    """Whether runs of the dataset in view were asked, or none that is still there."""
    asked = prediction.runs
    return not {run.id for run in page.runs}.isdisjoint(run.id for run in asked) or not any(
        run.readable for run in asked
    )


# Beginning one --------------------------------------------------------------------------------------------------------


def begin(page: Page) -> None:
    """Every way to bring many images, and the button that has them predicted."""
    unlabelled = len(page.dataset.content.unlabelled)
    own = f"{unlabelled:,} images of this dataset without a label"
    ways: dict[str, Callable[[Page, list[Run]], None]] = {FILES: upload}
    if not page.hosting.hosted:
        ways[FOLDER] = folder
    if unlabelled:
        ways = {own: of_the_dataset} | ways
    way = st.segmented_control(
        "Which images", list(ways), default=next(iter(ways)), required=True, label_visibility="collapsed", key="way"
    )
    runs = [page.run, *choose_others(page, "many_others")]
    ways[way](page, runs)


def of_the_dataset(page: Page, runs: list[Run]) -> None:
    count = len(page.dataset.content.unlabelled)
    st.caption("They came without a label, so that no training has seen them.")
    if st.button(f"Predict {count:,} images", type="primary", icon=":material/play_arrow:", key="predict_own"):
        title = f"Unlabelled images of {page.dataset.info.title}"
        go(lambda: start_prediction(page.workspace, runs, dataset=page.dataset, title=title))


def upload(page: Page, runs: list[Run]) -> None:
    with st.form("many_upload", border=False, clear_on_submit=True):
        files = st.file_uploader("Images, or an archive of images (.zip, .tar, .7z)", accept_multiple_files=True)
        submitted = st.form_submit_button("Predict these images", type="primary", icon=":material/play_arrow:")
    if not submitted:
        return
    if not files:
        st.error("Choose files first.")
        return
    title = files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1:,} more"
    go(lambda: start_prediction(page.workspace, runs, uploads=files, title=title))


def folder(page: Page, runs: list[Run]) -> None:
    with st.form("many_folder", border=False):
        path = st.text_input("Path of a folder or an archive on this computer", placeholder="/home/me/new_photos")
        submitted = st.form_submit_button("Predict these images", type="primary", icon=":material/play_arrow:")
    st.caption("All images in it and in its folders. They stay where they are and are never changed.")
    if not submitted:
        return
    if not path.strip():
        st.error("Type the path of a folder first.")
        return
    go(lambda: start_prediction(page.workspace, runs, sources=[existing(path.strip())], title=path.strip()))


def go(start: Callable[[], Prediction]) -> None:
    """Start, and turn to what was started; or say here why it can't be."""
    try:
        prediction = start()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.query_params["prediction"] = prediction.id
    st.rerun()


def show_list(predictions: list[Prediction]) -> None:
    """What was predicted before, to open or delete."""
    if not predictions:
        return
    st.markdown("**Predicted before**")
    for prediction in predictions[:LISTED]:
        status = prediction.status()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{escape(prediction.title)} · :gray[{when(prediction)} · {state_in_words(prediction)}]",
                width="stretch",
            )
            if st.button("Open", key=f"open_{prediction.id}"):
                st.query_params["prediction"] = prediction.id
                st.rerun()
            if st.button("Delete", key=f"delete_{prediction.id}", icon=":material/delete:", disabled=status.active):
                delete(prediction)
    if len(predictions) > LISTED:
        st.caption(f"And {len(predictions) - LISTED:,} older ones.")


def delete(prediction: Prediction) -> None:
    try:
        delete_prediction(prediction)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    st.rerun()


def when(prediction: Prediction) -> str:
    started = prediction.status().started
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(started)) if started else ""


def state_in_words(prediction: Prediction) -> str:
    """How far it has come."""
    status = prediction.status()
    images = status.facts.get("images")
    count = f"{images:,} images" if images is not None else ""
    words = {"done": count, "stopped": "stopped", "failed": "did not come to its end"}.get(status.state, "going on")
    return words or "done"


# One that was begun ---------------------------------------------------------------------------------------------------


def show_prediction(page: Page, prediction: Prediction) -> None:
    """How far it is or how it ended, and the answers that there are."""
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = " and ".join(escape(run.settings.design.title) for run in prediction.runs if run.readable)
        st.markdown(f"**{escape(prediction.title)}** · :gray[asked: {asked}]", width="stretch")
        if st.button("Predict others", icon=":material/arrow_back:", key="predict_others"):
            st.query_params.pop("prediction", None)
            st.rerun()
    status = prediction.status()
    if status.active:
        st.fragment(course, run_every=SECONDS_BETWEEN_LOOKS)(prediction)
        return
    if status.state in ("stopped", "failed"):
        offer_to_resume(prediction)
    show_results(page, prediction)


def course(prediction: Prediction) -> None:
    """How far it is, with a stop."""
    status = prediction.status()
    if not status.active:
        st.rerun(scope="app")
    with st.container(border=True):
        show_progress(status)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Stop",
                icon=":material/stop:",
                key="stop_prediction",
                disabled=prediction.stop_requested,
                on_click=prediction.request_stop,
            )
            st.caption("It goes on when this page is closed, and is found again here.")


def offer_to_resume(prediction: Prediction) -> None:
    """Why it ended early, with the button that goes on."""
    status = prediction.status()
    reason = status.error.partition("\n")[0]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        words = "Stopped." if status.state == "stopped" else escape(reason)
        kept = " What has been predicted is kept." if next(prediction.parts(0), None) is not None else ""
        st.markdown(f"{words}{kept}", width="stretch")
        if st.button("Resume", type="primary", icon=":material/play_arrow:", key="resume_prediction"):
            try:
                resume_prediction(prediction)
            except (WorkbenchError, OSError) as error:
                st.error(escape(in_words(error)))
                return
            st.rerun()
