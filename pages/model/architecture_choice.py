"""Choosing a network and the size of its images. What is chosen is kept at once in the draft, which alone is asked."""

import pandas as pd
import streamlit as st

from core.architectures.architecture import BACKBONE, CLASSIC, COURSE, FEWEST_CLASSES, GROUPS, OWN, Architecture
from core.architectures.custom import available
from core.architectures.facts import weights_in_words
from core.architectures.layers import ImpossibleLayer, tabulate
from core.errors import UsageError
from core.runs.settings import check_image_size
from pages.shared.page import Page

NETWORK, SIZE = "Network", "Input size in pixels"
SEGMENTS = {BACKBONE: "Pretrained backbones", COURSE: "Course networks", CLASSIC: "Classics", OWN: "Your own"}


def choose_group(page: Page) -> str:
    """Which group of networks is looked at: at first, and whenever another network was chosen, the one it is in."""
    current = page.draft.architecture
    key, followed = f"group_{page.dataset.name}", f"group_follows_{page.dataset.name}"
    if st.session_state.get(followed) != current.name or key not in st.session_state:
        st.session_state[followed], st.session_state[key] = current.name, current.group
    chosen = st.segmented_control(
        "Kind of network",
        list(SEGMENTS),
        required=True,
        format_func=SEGMENTS.__getitem__,
        key=key,
        label_visibility="collapsed",
        width="stretch",
    )
    return chosen or current.group


def choose_network(page: Page, group: str) -> None:
    """A network of the group, by its name, year and what it takes to have it. Nothing where there is none yet."""
    networks = {name: each for name, each in available(page.workspace).items() if each.group == group}
    if not networks:
        return
    current = page.draft.architecture.name
    # One and the same list for all groups: another one in its place would close under the hand of whoever opens it
    # before the page has followed the choice of a group.
    key = f"network_{page.dataset.name}"
    st.session_state[key] = current if current in networks else None
    st.selectbox(
        NETWORK,
        list(networks),
        format_func=lambda name: _label(networks[name], len(page.dataset.class_names)),
        key=key,
        on_change=_choose,
        args=(page, key),
        placeholder=f"Choose one of {len(networks)}",
        help=f"{GROUPS[group]}. Type to search.",
    )


def _choose(page: Page, key: str) -> None:
    name, networks = st.session_state[key], available(page.workspace)
    if name not in networks:  # chosen from the list as it was before the page followed the choice of another group
        classes = len(page.dataset.class_names)
        name = next((known for known, each in networks.items() if _label(each, classes) == name), None)
    if name is not None and name != page.draft.architecture.name:
        page.draft.choose(architecture=name)


def _label(architecture: Architecture, class_count: int) -> str:
    """Its name, its year, and what it takes: a download, or so many numbers to learn."""
    year = [str(architecture.year)] if architecture.year else []
    takes = weights_in_words(architecture)
    if not takes:
        rows = architecture.table(architecture.input_size, max(FEWEST_CLASSES, class_count))
        takes = f"{short_count(sum(row.parameters for row in rows))} parameters"
    return " · ".join([architecture.title, *year, takes])


def short_count(number: int) -> str:
    """A large number, as far as one compares it: "15.3 billion", "8.0 million", "61,706"."""
    if number >= 1e9:
        return f"{number / 1e9:,.1f} billion"
    return f"{number / 1e6:,.1f} million" if number >= 1e6 else f"{number:,}"


def size_in_force(page: Page, architecture: Architecture) -> int:
    """The size that was chosen. One that can't be used, as of a draft that was edited by hand, is put right."""
    try:
        return check_image_size(architecture, page.draft.values()["image_size"])
    except UsageError:
        page.draft.choose(image_size=architecture.input_size)
        return architecture.input_size


def choose_size(page: Page, architecture: Architecture) -> str:
    """The input size. What is typed but can't be stays to be corrected; gives the reason, or ""."""
    key = f"image_size_{page.dataset.name}_{architecture.name}"
    refused = f"{key}_refused"
    if key not in st.session_state:
        st.session_state.pop(refused, None)
    value, reason = st.session_state.get(refused, (size_in_force(page, architecture), ""))
    st.session_state[key] = value
    st.number_input(
        SIZE,
        min_value=1,
        max_value=1024,
        step=16,
        key=key,
        on_change=_choose_size,
        args=(page, architecture, key),
        help="Every image is brought to this many pixels a side. Larger shows more detail and takes longer. "
        + size_in_words(architecture),
    )
    return reason


def size_in_words(architecture: Architecture) -> str:
    if architecture.fixed_size:
        return f"{architecture.title} takes {architecture.input_size} only."
    return f"{architecture.title} is usually fed {architecture.input_size}, and needs {architecture.minimum_size}."


def _choose_size(page: Page, architecture: Architecture, key: str) -> None:
    size, refused = st.session_state[key], f"{key}_refused"
    try:
        size = check_image_size(architecture, size)
        architecture.table(size, max(FEWEST_CLASSES, len(page.dataset.class_names)))
    except UsageError as error:
        st.session_state[refused] = (size, f"{error} {_first_fault(architecture, size)}".strip())
        return
    st.session_state.pop(refused, None)
    page.draft.choose(image_size=size)


def _first_fault(architecture: Architecture, size: int) -> str:
    """Why the first layer that can't stand on such images can't, with the formula; "" where all could."""
    try:
        tabulate(architecture.body, (size, size, 3))
    except ImpossibleLayer as fault:
        # How to repair it is for those who can change the layers.
        return str(fault) if architecture.group == OWN else str(fault).partition(" Take ")[0]
    return ""


def show_all(page: Page) -> None:
    """Every network side by side, to compare; each column sorts."""
    networks = available(page.workspace).values()
    frame = pd.DataFrame(
        {
            "network": [each.title for each in networks],
            "kind": [SEGMENTS[each.group] for each in networks],
            "year": [each.year or None for each in networks],
            "pixels": [each.input_size for each in networks],
            "parameters": [each.original_parameters for each in networks],
            "before the head": [each.backbone_parameters for each in networks],
            "weights": [weights_in_words(each) or "learned from your images" for each in networks],
        }
    )
    numbers = {name: st.column_config.NumberColumn(format="localized") for name in ("parameters", "before the head")}
    numbers["year"] = st.column_config.NumberColumn(format="%d")
    st.dataframe(frame, hide_index=True, column_config=numbers, alt="All networks with year, size and parameters")
