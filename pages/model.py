"""The network: which, how large, and what of it is trained."""

import streamlit as st

from core.architectures.architecture import OWN, Architecture
from core.architectures.formulas import Totals, totals_of
from core.architectures.layers import LayerRow
from core.errors import UsageError
from pages.components.layer_table import show_layers
from pages.model.architecture_choice import (
    choose_group,
    choose_network,
    choose_size,
    short_count,
    show_all,
    size_in_force,
)
from pages.model.network_builder import show_builder
from pages.model.network_facts import show_facts
from pages.model.training_time import show_estimate
from pages.model.weights import show_weights
from pages.shared.advice import show_advice
from pages.shared.markdown import escape
from pages.shared.network_diagram import show_network
from pages.shared.page import Page, drawn_badge, open_page_with_dataset
from pages.shared.thumbnails import thumbnail_url

PICTURE_SIDE = 160
# So many numbers for each image that a network can tell the images apart without knowing what they show.
BY_HEART = 100


def main() -> None:
    page = open_page_with_dataset("model")
    st.title(page.step.question)
    drawn_badge(page.dataset)
    architecture = page.draft.architecture
    image_size = size_in_force(page, architecture)
    try:
        rows = table(page, architecture, image_size)
    except UsageError as error:
        rows = []
        st.error(escape(str(error)), icon=":material/error:")
    if rows:
        st.markdown(answer(page, architecture, totals_of(rows)))
    group = choose_group(page)
    if group == OWN and architecture.group != OWN:
        choose_network(page, group)
        st.caption(f"The next training takes {escape(architecture.title)} until you use a network of your own.")
        show_builder(page)
    else:
        show_chosen(page, group, architecture, rows, image_size)
    with folded(page, "All networks side by side", "compare_arrows") as part:
        if part.open:
            show_all(page)


def show_chosen(page: Page, group: str, architecture: Architecture, rows: list[LayerRow], image_size: int) -> None:
    """The network in force: the choice of another, its picture, the way on, and what is to be known of it."""
    left, right = st.columns([3, 1])
    with left:
        choose_network(page, group)
    with right:
        refused = choose_size(page, architecture)
    if refused:
        st.error(escape(refused), icon=":material/error:")
    if rows:
        show_network(rows, image_size, first_picture(page))
    with st.container(horizontal_alignment="right"):
        icon, stands = ":material/show_chart:", bool(rows) and not refused
        if st.button("Go on to training", type="primary", icon=icon, disabled=not stands):
            page.go("training", run="", new="1")
    show_weights(page, architecture)
    st.subheader("Which network fits?")
    show_advice(page)
    if rows:
        show_more(page, architecture, rows, image_size)


def table(page: Page, architecture: Architecture, image_size: int) -> list[LayerRow]:
    values = page.draft.values()
    return architecture.table(image_size, len(page.dataset.class_names), values["dropout"], values["hidden"])


def answer(page: Page, architecture: Architecture, totals: Totals) -> str:
    """What the choice means for these images, in a sentence or two."""
    classes, trained = len(page.dataset.class_names), f"{totals.trained:,}"
    images = int((page.dataset.images["split"] == "train").sum())
    title = escape(architecture.title)
    if architecture.frozen:
        words = (
            f"**{title} looks, and a small head decides.** What it learned on 1.3 million photographs stays frozen; "
            f"only **{trained} numbers** are trained for your {classes} classes, from {images:,} images."
        )
        blocks = page.draft.values()["unfreeze"]
        more = (
            f" Then its last {blocks} blocks are fine-tuned." if blocks > 1 else " Then its last block is fine-tuned."
        )
        return words + (more if blocks else "")
    words = f"**{title} learns from nothing:** all of its **{trained} numbers** from your {images:,} training images. "
    each = totals.trained / max(images, 1)
    if each < BY_HEART:
        return words + f"That is {each:,.2g} for each image."
    return words + (
        f"That is {short_count(round(each))} for each image, enough to learn them by heart: vary the images, and "
        "compare with a pretrained backbone."
    )


def first_picture(page: Page) -> str:
    """An image of the dataset, with which the drawing begins."""
    row = page.dataset.images.sort_values("pixel_hash").iloc[0]
    file, reading = str(page.dataset.path_of(row["path"])), page.dataset.content.reading
    return thumbnail_url(row["pixel_hash"], PICTURE_SIDE, file, reading)


def show_more(page: Page, architecture: Architecture, rows: list[LayerRow], image_size: int) -> None:
    """What one need not know to go on."""
    with folded(page, f"About {escape(architecture.title)}", "info") as part:
        if part.open:
            show_facts(architecture, totals_of(rows, page.draft.values()["optimiser"]))
    with folded(page, f"All {len(rows)} layers, and how their figures come about", "table_rows") as part:
        if part.open:
            show_layers(rows, image_size, f"{page.dataset.name}_{architecture.name}_{image_size}")
            page.link("concepts", "A layer's arithmetic, cell by cell", "school", chapter="layers")
    with folded(page, "What it costs on this machine", "timer") as part:
        if part.open:
            show_estimate(page)
    if architecture.group == OWN:
        with folded(page, "Change it, or compose another", "construction") as part:
            if part.open:
                show_builder(page)


def folded(page: Page, label: str, icon: str):
    """A part that is drawn once it is opened, which keeps the page quick."""
    return st.expander(label, icon=f":material/{icon}:", on_change="rerun", key=f"{icon}_{page.dataset.name}")


main()
