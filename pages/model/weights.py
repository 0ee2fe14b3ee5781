"""The weights of a pretrained backbone: whether they are here, how to get them, and which ones a training takes."""

import math
import os
import shutil
import tempfile
from pathlib import Path

import streamlit as st

from core.architectures.architecture import Architecture
from core.architectures.weights import (
    IMAGENET,
    UNTRAINED,
    add_weights,
    check_file,
    come_so_far,
    delete_weights,
    path_at_hand,
    target_path,
)
from core.architectures.weights_check import largest_megabytes
from core.architectures.weights_download import WeightsDownload, start_download
from core.errors import UsageError, WorkbenchError, in_words
from core.jobs.job import Status
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import duration

FILE = "file"
BROUGHT, UPLOADS = "weights_brought", "weights_uploads"


def show_weights(page: Page, architecture: Architecture) -> None:
    """Where the weights of a backbone are, and which the draft takes. Nothing for networks trained from scratch."""
    if architecture.weights is None:
        return
    if page.draft.values()["weights"] == UNTRAINED:
        st.error("This draft uses untrained weights: results say nothing about the backbone.", icon=":material/casino:")
    if brought := st.session_state.pop(BROUGHT, ""):
        st.success(escape(brought), icon=":material/check:")
    download = WeightsDownload.of(page.workspace, architecture)
    active = download.status().active
    st.fragment(_state, run_every=1 if active else None)(page, architecture, active)
    with st.expander("Weights", icon=":material/database:"):
        _choose(page, architecture)
        if not page.hosting.hosted and not active:  # what lies there is the machine's, not a visitor's
            _keep(architecture)


# Whether they are here -----------------------------------------------------------------------------------------------


def _state(page: Page, architecture: Architecture, was_active: bool) -> None:
    download = WeightsDownload.of(page.workspace, architecture)
    status = download.status()
    if was_active and not status.active:  # the rest of the page has to follow
        st.rerun(scope="app")
    if status.active:
        st.progress(status.fraction, _course(status))
        if not page.hosting.hosted:
            label = "Cancel the download"
            st.button(label, icon=":material/close:", disabled=download.stop_requested, on_click=download.request_stop)
        return
    path = path_at_hand(architecture)
    if path is not None:
        st.caption(f"Its ImageNet weights are on this machine: {path.stat().st_size / 1e6:,.1f} MB.")
        return
    if status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    if page.draft.values()["weights"] == IMAGENET:
        st.info(_lacking(page, architecture), icon=":material/download:")
    if not page.hosting.hosted:
        come, label = come_so_far(architecture), f"Download {architecture.pretrained_weights.megabytes:g} MB now"
        label = "Go on with the download" if come else label
        if st.button(label, icon=":material/download:"):
            _begin(page, architecture)


def _lacking(page: Page, architecture: Architecture) -> str:
    come, size = come_so_far(architecture) / 1e6, f"{architecture.pretrained_weights.megabytes:g} MB"
    text = f"Training downloads {size} first."
    if come:
        text = f"{come:,.1f} of {size} have come; training downloads the rest first."
    offline = "" if page.hosting.hosted else " Offline, bring the file below."
    return f"Its ImageNet weights are not on this machine yet. {text}{offline}"


def _course(status: Status) -> str:
    """What is being done, how far, and how long still."""
    parts = [status.stage or "Starting"]
    if status.total:
        parts.append(f"{status.done / 1e6:,.1f} of {status.total / 1e6:,.1f} MB")
    if status.eta_seconds:
        parts.append(f"about {duration(status.eta_seconds)} left")
    return " · ".join(parts)


def _begin(page: Page, architecture: Architecture) -> None:
    try:
        start_download(page.workspace, architecture)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.rerun(scope="app")


# Which a training takes ----------------------------------------------------------------------------------------------


def _choose(page: Page, architecture: Architecture) -> None:
    """ImageNet's, random ones, which are never chosen but by name, or those of a file."""
    current = page.draft.values()["weights"]
    options = {"ImageNet": IMAGENET, "Untrained (random numbers)": UNTRAINED}
    if not page.hosting.hosted:
        options["A file"] = FILE
    values = list(options.values())
    index = values.index(current) if current in values else len(values) - 1
    key = f"weights_{page.dataset.name}_{architecture.name}"
    choice = options[st.radio("Weights of the backbone", list(options), index=index, key=key)]
    if choice == FILE:
        choice = _named_file(architecture, "" if current in (IMAGENET, UNTRAINED) else current)
    if choice and choice != current:
        page.draft.choose(weights=choice)
        st.rerun()


def _named_file(architecture: Architecture, current: str) -> str:
    path = st.text_input("Path of the file", current, placeholder=architecture.pretrained_weights.file_name)
    if not path:
        return ""
    try:
        return str(check_file(Path(path.strip()).expanduser()))
    except UsageError as error:
        st.error(escape(str(error)))
        return ""


# Bring and delete ----------------------------------------------------------------------------------------------------


def _keep(architecture: Architecture) -> None:
    """Bring a file, or delete what is here."""
    at_hand = path_at_hand(architecture) is not None
    st.caption(f"Keras keeps them at {escape(str(target_path(architecture)))}.")
    upload = st.file_uploader(
        "Bring a file of its weights",
        type=["h5", "hdf5", "keras"],
        max_upload_size=math.ceil(largest_megabytes(architecture)),
        key=f"weights_{architecture.name}_{st.session_state.get(UPLOADS, 0)}",
        help=f"Keras’s own, {architecture.pretrained_weights.file_name}, or a backbone of the same layers that you "
        "tuned elsewhere, also as .weights.h5 or .keras of Keras 3. "
        "It is compared layer by layer before it is taken.",
    )
    with st.container(horizontal=True):
        label = "Replace the present file" if at_hand else "Take this file"
        if upload is not None and st.button(label, icon=":material/upload_file:"):
            _bring(architecture, upload, at_hand)
        if (at_hand or come_so_far(architecture)) and st.button("Delete the weights", icon=":material/delete:"):
            _confirm_delete(architecture)


def _bring(architecture: Architecture, upload, replace: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(upload.name).name
        try:
            with file.open("wb") as copy:
                shutil.copyfileobj(upload, copy)
            brought = add_weights(architecture, file, replace).words()
        except (WorkbenchError, OSError) as error:
            # The visitor knows the file by its name, not by where it lies for a moment.
            st.error(escape(in_words(error).replace(f"{folder}{os.sep}", "")), icon=":material/error:")
            return
    st.session_state[BROUGHT] = brought
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1  # so that a new, empty uploader is drawn
    st.rerun()


@st.dialog("Delete these weights?")
def _confirm_delete(architecture: Architecture) -> None:
    st.markdown(
        f"{escape(architecture.title)} can then be used only once they are downloaded again "
        f"({architecture.pretrained_weights.megabytes:g} MB). Runs that are finished stay as they are."
    )
    if st.button("Delete them", type="primary", icon=":material/delete:"):
        try:
            delete_weights(architecture)
        except (WorkbenchError, OSError) as error:
            st.error(escape(in_words(error)), icon=":material/error:")
            return
        st.rerun()
