"""What the check-up found: each finding with the images that show it, why it matters, and what one click does."""

import streamlit as st

from core.datasets.checkup import Checkup, accept_finding, apply_remedy
from core.datasets.findings.finding import NOTES, STOPS, Finding
from core.datasets.findings.look_alikes import KIND as LOOK_ALIKES
from core.datasets.findings.pixel_depth import UNKNOWN
from core.datasets.findings.unlabelled import KIND as WITHOUT_LABEL
from core.datasets.importing import start_import
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from pages.components.gallery import Tile, show_large, show_tiles, tile_of
from pages.dataset import IMAGES
from pages.dataset.changes import remember
from pages.dataset.images import UNLABELLED
from pages.dataset.look_alikes import show_pairs
from pages.dataset.scale import place_of_scale, show_scale
from pages.shared.markdown import escape
from pages.shared.page import Page

TILES = 5
TILE_WIDTH = 74
HEIGHT = 520
FEW = 2
ICONS = {STOPS: ":red[:material/error:]", NOTES: ":material/info:"}
WARNING_ICON = ":orange[:material/warning:]"


def show_findings(page: Page, checkup: Checkup) -> None:
    """All findings, the gravest first."""
    if not checkup.findings:
        st.success(
            "No copies, no broken or odd files, no class too small: the check-up found nothing to look at.",
            icon=":material/check_circle:",
        )
        return
    with st.container(height=HEIGHT if len(checkup.findings) > FEW else "content", border=False):
        for number, finding in enumerate(checkup.findings):
            with st.container(border=True):
                show_finding(page, finding, number)
                if finding.kind == place_of_scale(checkup):
                    show_scale(page)
                elif finding.kind == UNKNOWN:
                    st.button("Read them in again", icon=":material/sync:", on_click=start_import, args=(page.dataset,))


def list_findings(checkup: Checkup) -> None:
    """All findings at a glance, a line each."""
    lines = [f"{ICONS.get(finding.severity, WARNING_ICON)} {escape(finding.title)}" for finding in checkup.findings]
    st.markdown("  \n".join(lines))


def show_finding(page: Page, finding: Finding, number: int) -> None:
    tiles = tiles_of(page.dataset, finding)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{ICONS.get(finding.severity, WARNING_ICON)} **{escape(finding.title)}**", width="stretch")
        if tiles and st.button(
            "It's all right",
            icon=":material/done:",
            key=f"accept_{finding.kind}",
            type="tertiary",
            help="Not found again for these images. It can be undone.",
        ):
            do(page, accept_finding, finding)
    if finding.why:
        st.caption(escape(finding.why))
    if finding.kind == LOOK_ALIKES:
        show_pairs(page, finding)
    elif tiles:
        opened = show_tiles(tiles, f"finding_{finding.kind}_{number}", TILE_WIDTH, clickable=True).opened
        if opened is not None:
            row = page.dataset.images.set_index("path", drop=False).loc[opened]
            show_large(page.dataset, row, note=finding.title)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if tiles:
            st.button(
                f"Look at {'it' if len(finding.paths) == 1 else f'all {len(finding.paths):,}'}",
                icon=":material/photo_library:",
                key=f"look_{finding.kind}_{number}",
                on_click=show_in_gallery,
                args=(finding,),
            )
        if finding.kind == WITHOUT_LABEL and len(page.dataset.content.unlabelled):
            st.button(
                "Look at them",
                icon=":material/photo_library:",
                key=f"look_{finding.kind}_{number}",
                on_click=show_unlabelled,
            )
        if finding.remedy and st.button(
            finding.remedy, icon=":material/build:", key=f"fix_{finding.kind}", help="It can be undone."
        ):
            do(page, apply_remedy, finding)


def show_in_gallery(finding: Finding) -> None:
    """Turn to the images, those of this finding alone."""
    st.session_state["view"] = IMAGES
    st.session_state["gallery_finding"] = finding.kind
    st.session_state["gallery_class"] = st.session_state["gallery_split"] = "all"
    st.session_state["gallery_text"] = ""


def show_unlabelled() -> None:
    """Turn to the images without a label."""
    st.session_state["view"] = IMAGES
    st.session_state["gallery_finding"] = st.session_state["gallery_class"] = "all"
    st.session_state["gallery_split"], st.session_state["gallery_text"] = UNLABELLED, ""


def tiles_of(dataset: Dataset, finding: Finding) -> list[Tile]:
    """The first images of a finding, copies side by side; none where it is about files that are no images."""
    table = dataset.images.set_index("path", drop=False)
    paths = [path for path in finding.paths[:TILES] if path in table.index]
    return [tile_of(dataset, table.loc[path], table.loc[path, "split"]) for path in paths]


def do(page: Page, action, finding: Finding) -> None:
    try:
        remember(action(page.dataset, finding.kind))
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    st.rerun()
