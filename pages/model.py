"""The network: which, how large, and what of it is trained."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.architectures.layers import LayerRow
from core.architectures.registry import ARCHITECTURES, Architecture, find_architecture
from core.architectures.weights import IMAGENET, UNTRAINED, check_file, models_folder, path_at_hand
from core.errors import UsageError
from core.runs.settings import check_image_size
from pages.widgets.frame import Page, drawn_badge, open_page_with_dataset
from pages.widgets.gallery import escape
from pages.widgets.network_diagram import show_network
from pages.widgets.quick_look import show_quick_look


def main() -> None:
    page = open_page_with_dataset("model")
    st.title(page.step.question)
    drawn_badge(page.dataset)
    sentence = st.empty()
    choice, picture = st.columns([2, 3], gap="large")
    with choice:
        architecture = choose_architecture(page)
        image_size, accepted = choose_size(page, architecture)
        choose_weights(page, architecture)
        with st.container(horizontal_alignment="right"):
            if st.button("Go on to training", type="primary", icon=":material/show_chart:", disabled=not accepted):
                page.go("training", run="", new="1")
    class_count = len(page.dataset.class_names)
    rows = architecture.table(image_size, class_count, page.draft.values()["dropout"])
    sentence.markdown(answer(architecture, rows, class_count))
    with picture:
        st.markdown(architecture.description)
        st.caption(f"Source: {architecture.source}.")
        show_network(rows, image_size)
        show_figures(architecture, rows)
    show_layers(rows)
    show_quick_look(page)


def answer(architecture: Architecture, rows: list[LayerRow], class_count: int) -> str:
    """What the choice means, in a sentence."""
    trained = sum(row.parameters for row in rows if not row.frozen)
    if architecture.frozen:
        return (
            f"**{architecture.title} looks, and a small head decides.** What the backbone learned on 1.3 million "
            f"photographs stays frozen; only {trained:,} numbers are trained for your {class_count} classes."
        )
    return f"**{architecture.title}: all of its {trained:,} numbers are learned from your images alone.**"


def choose_architecture(page: Page) -> Architecture:
    names = list(ARCHITECTURES)
    current = page.draft.values()["architecture"]
    chosen = st.radio(
        "Architecture",
        names,
        index=names.index(current),
        format_func=lambda name: ARCHITECTURES[name].title,
        captions=[_caption(ARCHITECTURES[name]) for name in names],
        key=f"architecture_{page.dataset.name}",
    )
    if chosen != current:
        page.draft.choose(architecture=chosen)
    return find_architecture(chosen)


def _caption(architecture: Architecture) -> str:
    if not architecture.frozen:
        return "trained from scratch"
    at_hand = path_at_hand(architecture) is not None
    return "pretrained, at hand" if at_hand else f"pretrained, {architecture.weights.megabytes:g} MB to download"


def choose_size(page: Page, architecture: Architecture) -> tuple[int, bool]:
    """The input size in force, and whether what was typed was accepted."""
    kept = page.draft.values()["image_size"]
    try:
        current = check_image_size(architecture, kept)
    except UsageError:
        current = architecture.input_size
    size = st.number_input(
        "Input size in pixels",
        min_value=1,
        max_value=1024,
        value=current,
        step=16,
        key=f"image_size_{page.dataset.name}_{architecture.name}",
        help="Every image is brought to this many pixels a side. Larger shows more detail and takes longer.",
    )
    try:
        check_image_size(architecture, size)
    except UsageError as error:
        st.error(escape(str(error)))
        return current, False
    if size != kept:
        page.draft.choose(image_size=int(size))
    return int(size), True


def choose_weights(page: Page, architecture: Architecture) -> None:
    """Where a backbone's weights come from. Random ones are never chosen but by name."""
    if not architecture.frozen:
        return
    current = page.draft.values()["weights"]
    if current == UNTRAINED:
        st.error("This draft uses untrained weights: results say nothing about the backbone.", icon=":material/casino:")
    at_hand = path_at_hand(architecture)
    if at_hand is None and current == IMAGENET:
        st.info(
            f"Its ImageNet weights are not on this machine yet. Training downloads {architecture.weights.megabytes:g} "
            "MB first. Without a network, choose the small CNN, or bring the file below.",
            icon=":material/download:",
        )
    with st.expander("Weights", icon=":material/database:"):
        options = {"ImageNet": IMAGENET, "Untrained (random numbers)": UNTRAINED}
        if not page.hosting.hosted:
            options["A file"] = "file"
        values = list(options.values())
        index = values.index(current) if current in values else len(values) - 1
        choice = options[
            st.radio(
                "Weights of the backbone",
                list(options),
                index=index,
                key=f"weights_{page.dataset.name}_{architecture.name}",
            )
        ]
        if choice == "file":
            choice = _weights_file(architecture, "" if current in (IMAGENET, UNTRAINED) else current)
        st.caption(f"Keras keeps downloaded weights in {models_folder()} as {architecture.weights.file_name}.")
        if choice and choice != current:
            page.draft.choose(weights=choice)
            st.rerun()


def _weights_file(architecture: Architecture, current: str) -> str:
    path = st.text_input("Path of the file", current, placeholder=architecture.weights.file_name)
    if not path:
        return ""
    try:
        return str(check_file(Path(path.strip()).expanduser()))
    except UsageError as error:
        st.error(escape(str(error)))
        return ""


def show_figures(architecture: Architecture, rows: list[LayerRow]) -> None:
    frozen = sum(row.parameters for row in rows if row.frozen)
    total = sum(row.parameters for row in rows)
    columns = st.columns(3)
    columns[0].metric("Parameters", f"{total:,}", help="How many numbers the network holds.")
    columns[1].metric("Trained on your images", f"{total - frozen:,}")
    columns[2].metric("Frozen", f"{frozen:,}", help="Kept as they were learned on ImageNet.")


def show_layers(rows: list[LayerRow]) -> None:
    with st.expander("All layers", icon=":material/table_rows:"):
        frame = pd.DataFrame(
            {
                "layer": [row.name for row in rows],
                "output": [" × ".join(map(str, row.shape)) for row in rows],
                "parameters": [row.parameters for row in rows],
                "": ["frozen" if row.frozen else "" for row in rows],
            }
        )
        configuration = {"parameters": st.column_config.NumberColumn(format="localized")}
        st.dataframe(frame, hide_index=True, column_config=configuration, alt="Layers with output shape and parameters")


main()
