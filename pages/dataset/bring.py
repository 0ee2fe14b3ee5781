"""Every way to bring images."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.datasets.cards import Card, load_cards
from core.datasets.creation import create_from_card, create_from_path, create_from_upload
from core.datasets.importing import start_import
from core.datasets.samples import SAMPLES
from core.datasets.store import Dataset
from core.errors import WorkbenchError, in_words
from core.installation import shipped
from pages.dataset.project import project_form
from pages.shared.markdown import escape
from pages.shared.page import Page

UPLOAD, PATH = "A file from this computer", "A folder or file by its path"
PUBLIC, SAMPLE, PROJECT = "A public dataset", "A drawn sample", "A project file"
UPLOADED = (
    *("zip", "7z", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst"),
    *("npz", "mat", "h5", "hdf5", "bin", "parquet", "arrow", "tm"),
)
"""Endings of what can be uploaded: archives, and files that hold the images themselves."""
LAYOUTS = shipped("docs") / "layouts.md"
LAYOUT_HELP = (
    "Images in a folder for each class (photos/cats/…, photos/dogs/…), also within train, validation and test; images "
    "with a table of their labels, or with what a labelling tool wrote beside them; an archive of any of these; or a "
    "file that holds the pixels, such as .npz. Where it can't be told what is meant, you are asked."
)


def bring(page: Page) -> None:
    """Every way to bring images."""
    ways = {UPLOAD: upload_form, PATH: path_form, PUBLIC: public_datasets, SAMPLE: samples, PROJECT: project_form}
    names = [name for name in ways if name != PATH or not page.hosting.hosted]
    # With its state here, so that another page can lead to one of them.
    for name, tab in zip(names, st.tabs(names, key="bring_way", on_change="rerun"), strict=True):
        with tab:
            ways[name](page)


def samples(page: Page) -> None:
    for name, sample in SAMPLES.items():
        st.markdown(f"**{sample.title}.** {sample.description}")
        if st.button(f"Open {sample.title}", key=f"bring_{name}"):
            page.open_sample(name)


def public_datasets(page: Page) -> None:
    """What is known of public datasets, and how to get them."""
    cards = load_cards()
    name = st.selectbox("Dataset", cards, format_func=lambda name: cards[name].title, key="public_dataset")
    card = cards[name]
    sizes = ", ".join(f"{escape(label)} {count:,}" for label, count in card.classes.items())
    st.markdown(f"{escape(card.summary)}  \n**{sum(card.classes.values()):,} images:** {sizes}.")
    facts(card)
    if card.files and not page.hosting.hosted:
        megabytes = sum(file.remote.size_bytes for file in card.files) / 1e6
        if st.button(f"Download {megabytes:,.0f} MB", icon=":material/download:", key="download_card"):
            begin(page, lambda: create_from_card(page.workspace, name))
        st.caption("It can be stopped, and goes on where it broke off.")
    st.markdown("**By hand**  \n" + "  \n".join(f"{n}. {escape(step)}" for n, step in enumerate(card.by_hand, 1)))
    if not page.hosting.hosted:
        with st.form("card_path", border=False):
            path = st.text_input("I have it at", placeholder="/home/me/downloads/archive.zip")
            if st.form_submit_button("Import from there"):
                begin_from_path(page, path, card=name)


def facts(card: Card) -> None:
    lines = [f"**Without changing its label** an image may {card.label_preserving.in_words()}."]
    lines += [f"**Known fault:** {escape(fault)}" for fault in card.faults]
    for result in card.results:
        value = f"{result.value:.1%}" if result.metric == "accuracy" else f"log loss {result.value:.3f}"
        lines.append(f"**Reference:** {value}, {escape(result.setting)} ({escape(result.source)})")
    lines.append(f"**Terms:** {escape(card.terms)}  \n{escape(card.homepage)}")
    with st.expander("What is known of it", icon=":material/info:"):
        st.markdown("\n\n".join(lines))


def layouts(key: str) -> None:
    """The way to the table of all layouts that are known."""
    if LAYOUTS.is_file() and st.button("All layouts that are read", icon=":material/list:", type="tertiary", key=key):
        show_layouts()


@st.dialog("Layouts that are read", width="large")
def show_layouts() -> None:
    st.markdown(LAYOUTS.read_text(encoding="utf-8").partition("\n")[2])


def upload_form(page: Page) -> None:
    with st.form("upload", clear_on_submit=True, border=False):
        st.caption(LAYOUT_HELP)
        upload = st.file_uploader("An archive of images, or a file that holds them", type=UPLOADED)
        name = st.text_input("Name (optional)", key="upload_name", max_chars=60)
        submitted = st.form_submit_button("Import the file", type="primary")
    layouts("layouts_upload")
    if not submitted:
        return
    if upload is None:
        st.error("Choose a file first.")
        return
    begin(page, lambda: _uploaded(page, upload, name))


def _uploaded(page: Page, upload, name: str) -> Dataset:
    page.hosting.check_room(page.workspace)
    return create_from_upload(page.workspace, upload, upload.name, name)


def path_form(page: Page) -> None:
    with st.form("path", border=False):
        st.caption(LAYOUT_HELP + " The files stay where they are and are never changed.")
        path = st.text_input("Path of a folder or file on this computer", placeholder="/home/me/photos")
        name = st.text_input("Name (optional)", key="path_name", max_chars=60)
        submitted = st.form_submit_button("Import from this path", type="primary")
    layouts("layouts_path")
    if not submitted:
        return
    begin_from_path(page, path, name)


def begin_from_path(page: Page, path: str, name: str = "", card: str = "") -> None:
    if not path.strip():
        st.error("Type the path of a folder or a file first.")
        return
    begin(page, lambda: create_from_path(page.workspace, Path(path.strip()), name, card))


def begin(page: Page, create: Callable[[], Dataset]) -> None:
    """Lay the dataset out, set its import going, and turn to it; or say here why it can't be."""
    try:
        dataset = create()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    start_import(dataset)
    page.go("dataset", dataset=dataset.name, run="")
