"""The images: bring them, look at them, divide them."""

import html
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from core.datasets.importing import create_from_path, create_from_upload, start_import
from core.datasets.samples import SAMPLES
from core.datasets.splits import SPLITS, SplitSettings
from core.datasets.store import Dataset, delete_dataset
from core.errors import WorkbenchError, in_words
from core.runs.record import delete_run
from pages.widgets.colours import SPLIT_COLOURS
from pages.widgets.frame import Page, drawn_badge, open_page
from pages.widgets.gallery import escape, show_images
from pages.widgets.progress import show_progress

TILES_PER_PAGE = 24
GALLERY_HEIGHT = 430
BARS_HEIGHT = 270
FEW_CLASSES = 12
FEW_IMAGES = 8


def main() -> None:
    page = open_page("dataset")
    st.title(page.step.question)
    if page.dataset is None:
        st.markdown("There are no images yet. Bring your own, or open one of the drawn samples.")
        bring(page)
        return
    if not page.dataset.ready:
        importing(page)
        return
    look(page)
    with st.expander("Bring other images", icon=":material/add_photo_alternate:", expanded=_asked_to_bring()):
        bring(page)
    with st.expander("Delete this dataset", icon=":material/delete:"):
        delete(page)


def _asked_to_bring() -> bool:
    return st.session_state.pop("bring", False)


def importing(page: Page) -> None:
    """How far the import is, or why it failed."""
    status = page.dataset.job.status()
    drawn_badge(page.dataset)
    if status.active:
        st.markdown(f"**{escape(page.dataset.info.title)}** is being read in. You may leave this page and come back.")
        st.fragment(_import_progress, run_every=0.5)(page.dataset)
        return
    reason, _, log = page.dataset.why_not_ready().partition("\n")
    st.error(escape(reason), icon=":material/error:")
    if log:
        st.code(log, language=None)
    if page.dataset.info.kind == "sample":
        if st.button("Draw it again", type="primary"):
            start_import(page.dataset)
            st.rerun()
    else:
        delete(page, "Remove this attempt")
    bring(page)


def _import_progress(dataset: Dataset) -> None:
    status = dataset.job.status()
    if not status.active:
        st.rerun(scope="app")
    show_progress(status)
    if st.button("Stop", icon=":material/stop:"):
        dataset.job.request_stop()


def look(page: Page) -> None:
    """The answer, the picture, and what to do next."""
    dataset = page.dataset
    drawn_badge(dataset)
    warnings = dataset.warnings()
    st.markdown(answer(dataset, warnings))
    for warning in warnings:
        st.warning(escape(warning), icon=":material/warning:")
    shares, gallery = st.columns([2, 3], gap="large")
    with shares:
        show_counts(dataset)
        split_controls(page)
        with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
            page.link("augmentation", "Choose augmentation")
            if st.button("Go on to training", type="primary", icon=":material/show_chart:"):
                page.go("training", run="", new="1")
    with gallery:
        show_gallery(dataset)
    if len(dataset.unreadable):
        with st.expander(f"Files that were left out ({len(dataset.unreadable):,})", icon=":material/broken_image:"):
            st.dataframe(dataset.unreadable, hide_index=True, alt="Files that were left out, and why")


def answer(dataset: Dataset, warnings: list[str]) -> str:
    """One sentence with the decisive number."""
    sizes = dataset.counts().sum(axis=1)
    spread = f"{sizes.min():,}" if sizes.min() == sizes.max() else f"{sizes.min():,} to {sizes.max():,}"
    verdict = "Ready to learn from." if not warnings else "Ready, with something to look at first."
    return (
        f"**{verdict}** {escape(dataset.info.title)} holds {sizes.sum():,} images in {len(sizes)} classes, "
        f"{spread} in each."
    )


def show_counts(dataset: Dataset) -> None:
    """Classes as bars, divided into training, validation and test."""
    counts = dataset.counts()[::-1]
    figure, labels = go.Figure(), _bar_labels(list(counts.index))
    for split in SPLITS:
        figure.add_bar(
            y=labels,
            x=counts[split],
            name=split,
            orientation="h",
            marker_color=SPLIT_COLOURS[split],
            customdata=[html.escape(name) for name in counts.index],
            hovertemplate="%{customdata}: %{x:,} images<extra>" + split + "</extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=90 + min(44 * len(counts), max(BARS_HEIGHT, 9 * len(counts))),
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal", "entrywidth": 70},
        xaxis_title="images",
        yaxis={"type": "category", "tickfont": {"size": 10 if len(counts) > FEW_CLASSES else 13}},
    )
    alternative = "; ".join(
        f"{name}: {', '.join(f'{counts.at[name, s]} {s}' for s in SPLITS)}" for name in counts.index
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, alt=f"Images per class and split. {alternative}")


def _bar_labels(names: list[str]) -> list[str]:
    """Short names, for Plotly, which reads some HTML, and would stack bars of the same name upon each other."""
    short = [_short(name) for name in names]
    return [
        html.escape(label if short.count(label) == 1 else f"{label} {number}") for number, label in enumerate(short)
    ]


def _short(name: str, length: int = 18) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


def split_controls(page: Page) -> None:
    """Another division, by shares and seed."""
    dataset = page.dataset
    if dataset.brings_split:
        given = ", ".join(sorted(set(dataset.manifest["given_split"]) - {""}))
        st.caption(f"This dataset brings its own division ({given}); it is kept. What it lacks is cut from training.")
    settings = dataset.split_settings
    with (
        st.expander("Divide the images differently", icon=":material/call_split:"),
        st.form(f"split_{dataset.name}", border=False),
    ):
        st.caption(
            "The network learns from the training images, validation decides when to stop, and only the test images, "
            "which it never saw, tell how good it is. Each class keeps its share in every part; what is left trains."
        )
        validation = st.slider(
            "Validation (%)", 0, 45, round(100 * settings.validation), step=5, key=f"validation_{dataset.name}"
        )
        test = st.slider("Test (%)", 5, 45, round(100 * settings.test), step=5, key=f"test_{dataset.name}")
        seed = st.number_input("Seed: another number draws another division", 0, 2**31 - 1, settings.seed)
        if st.form_submit_button("Divide the images"):
            shares = (100 - validation - test, validation, test)
            try:
                dataset.set_split(SplitSettings(*(share / 100 for share in shares), seed=int(seed)))
                st.toast("Divided. Runs that are there keep the division they were trained with.")
                st.rerun()
            except WorkbenchError as error:
                st.error(escape(str(error)))


def show_gallery(dataset: Dataset) -> None:
    """The images, by class and part of the split, a page at a time."""
    classes, parts = st.columns(2)
    label = classes.selectbox("Class", ["all classes", *dataset.class_names], key="gallery_class")
    split = parts.selectbox("Split", ["all", *SPLITS], key="gallery_split")
    rows = dataset.images
    if label in dataset.class_names:
        rows = rows[rows["label"] == label]
    if split in SPLITS:
        rows = rows[rows["split"] == split]
    if rows.empty:
        st.info("No image of this class is in this part of the split.")
        return
    # In the order of the pixels' hash, classes come mixed, and the first page is a fair sample.
    rows = rows.sort_values("pixel_hash")
    pages = -(-len(rows) // TILES_PER_PAGE)
    shown = st.container(height=GALLERY_HEIGHT if len(rows) > FEW_IMAGES else "content", border=False)
    number = st.pagination(pages, key=f"gallery_{label}_{split}") if pages > 1 else 1
    with shown:
        start = (number - 1) * TILES_PER_PAGE
        show_images(dataset, rows.iloc[start : start + TILES_PER_PAGE], key="gallery")


def bring(page: Page) -> None:
    """Every way to bring images."""
    names = ["A zip from this computer", "A drawn sample"]
    if not page.hosting.hosted:
        names.insert(1, "A folder or zip by its path")
    tabs = dict(zip(names, st.tabs(names), strict=True))
    with tabs["A zip from this computer"]:
        upload_form(page)
    if not page.hosting.hosted:
        with tabs["A folder or zip by its path"]:
            path_form(page)
    with tabs["A drawn sample"]:
        for name, sample in SAMPLES.items():
            st.markdown(f"**{sample.title}.** {sample.description}")
            if st.button(f"Open {sample.title}", key=f"bring_{name}"):
                page.open_sample(name)


LAYOUT_HELP = (
    "One folder for each class, named after it, with its images inside: photos/cats/…, photos/dogs/…. Or folders "
    "train, validation and test that each hold such class folders. JPEG, PNG, WebP, BMP, GIF and TIFF are read."
)


def upload_form(page: Page) -> None:
    with st.form("upload", clear_on_submit=True, border=False):
        st.caption(LAYOUT_HELP)
        upload = st.file_uploader("A zip of class folders", type="zip")
        name = st.text_input("Name (optional)", key="upload_name", max_chars=60)
        submitted = st.form_submit_button("Import the zip", type="primary")
    if not submitted:
        return
    if upload is None:
        st.error("Choose a zip first.")
        return
    try:
        page.hosting.check_room(page.workspace)
        dataset = create_from_upload(page.workspace, upload, upload.name, name)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    start_import(dataset)
    page.go("dataset", dataset=dataset.name, run="")


def path_form(page: Page) -> None:
    with st.form("path", border=False):
        st.caption(LAYOUT_HELP + " The files stay where they are and are never changed.")
        path = st.text_input("Path of a folder or zip on this computer", placeholder="/home/me/photos")
        name = st.text_input("Name (optional)", key="path_name", max_chars=60)
        submitted = st.form_submit_button("Import from this path", type="primary")
    if not submitted:
        return
    if not path.strip():
        st.error("Type the path of a folder or zip first.")
        return
    try:
        dataset = create_from_path(page.workspace, Path(path.strip()), name)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)))
        return
    start_import(dataset)
    page.go("dataset", dataset=dataset.name, run="")


def delete(page: Page, label: str = "Delete the dataset") -> None:
    """Remove the dataset from the workspace, with its runs."""
    runs = f" Its {len(page.runs)} run{'s go' if len(page.runs) > 1 else ' goes'} with it." if page.runs else ""
    st.caption(f"It goes from this workspace.{runs} Images that lie in a folder of yours stay untouched.")
    sure = not page.runs or st.checkbox("Delete the runs too: their weights, curves and figures")
    if st.button(label, icon=":material/delete:", disabled=not sure):
        try:
            for run in page.runs:
                delete_run(run)
            delete_dataset(page.dataset)
        except WorkbenchError as error:
            st.error(escape(str(error)))
            return
        page.dataset = page.run = None
        st.query_params.clear()
        page.go("home")


main()
