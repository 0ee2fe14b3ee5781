"""Building a network of one's own: blocks that one sets, the first that can't stand, and the network under a name."""

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.architectures.architecture import GROUPS
from core.architectures.block_check import Followed, follow
from core.architectures.blocks import Block, read_blocks
from core.architectures.custom import LARGEST_IMAGE, CustomNetwork, CustomNetworks, read_network
from core.architectures.keras_code import keras_code
from core.architectures.network_draft import NetworkDraft, network_draft_of, templates
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError, WorkbenchError, in_words
from core.runs.settings import default_settings
from core.workspace import NAME_LENGTH
from pages.components.block_list import Refusal, show_block_list
from pages.shared.markdown import escape
from pages.shared.page import Page

STEPS_BACK = 30
BATCH = 32
COLOURS = {3: "Colour", 1: "Grey"}
EXPLANATIONS = {
    "Parameters": "How many numbers the network holds, those of the dense layer that answers included.",
    "Memory to train": f"For weights, gradients and averages, and for what leaves each layer, {BATCH} images a step.",
    "Receptive field": "How large a part of the image one number depends on, before all of it is brought together.",
    "Layers": "Those of all blocks, and the one that answers.",
}
STYLE = """<style>
  .built { display: grid; gap: 0.2rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
  .built { margin: 0; padding: 0 !important; }
  .built div { display: grid; }
  .built dt { cursor: help; font-size: 0.78rem; opacity: 0.75; text-decoration: underline dotted; }
  .built dd { font-size: 1.15rem; font-variant-numeric: tabular-nums; font-weight: 600; margin: 0; }
</style>"""


@st.fragment
def show_builder(page: Page) -> None:
    """The builder, with what was last in hand for the dataset in view, whatever happened to the browser since."""
    building = _in_hand(page)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _show_image(page, building)
        _show_start(page, building)
    followed = follow(building.blocks, building.image_size, building.channels, len(page.dataset.class_names))
    side = building.image_size
    show_block_list(
        building.blocks,
        followed,
        f"{side} × {side} × 3" if building.channels == 3 else f"{side} × {side} × 1, grey",
        st.session_state.get(_key(page, "refusal")),
        _key(page, "blocks"),
        partial(_change_blocks, page),
    )
    st.html(STYLE + figures(followed, building.image_size))
    _show_name(page, building, followed)
    if followed.fault is None:
        _show_code(page, building)


def figures(followed: Followed, image_size: int) -> str:
    """What the network comes to, as far as it stands, in HTML."""
    field = followed.receptive_field
    seen = "–" if field is None else "all of the image" if min(field) >= image_size else f"{field[0]} × {field[1]} px"
    entries = {
        "Parameters": f"{followed.parameters:,}",
        "Memory to train": f"about {_gigabytes(followed.training_bytes(BATCH))}",
        "Receptive field": seen,
        "Layers": f"{len(followed.layers)}",
    }
    if followed.fault:
        entries = {f"{name} so far": entries[name] for name in ("Parameters", "Layers")}
    rows = "".join(
        f'<div><dt title="{EXPLANATIONS[name.removesuffix(" so far")]}">{name}</dt><dd>{value}</dd></div>'
        for name, value in entries.items()
    )
    return f'<dl class="built" aria-label="What the network comes to">{rows}</dl>'


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6)):,} MB"


# What to begin with --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _templates() -> dict[str, NetworkDraft]:
    return templates(ARCHITECTURES.values())


def _show_start(page: Page, building: NetworkDraft) -> None:
    own = CustomNetworks(page.workspace).all()
    # A popover of another key is a closed one: what was opened shows.
    with st.popover("Start from", icon=":material/folder_open:", key=_key(page, f"start_{_count(page)}")):
        if own:
            st.caption(GROUPS["own"])
            for network in own:
                _offer_own(page, network)
        st.caption("Begin anew")
        with st.container(horizontal=True, gap="xsmall"):
            _offer(page, "Empty", "empty", NetworkDraft())
            for name, template in _templates().items():
                _offer(page, ARCHITECTURES[name].title, name, template)
    if st.session_state.get(_key(page, "past")):
        st.button("Undo", icon=":material/undo:", key=_key(page, "undo"), on_click=_undo, args=(page,))


def _offer(page: Page, title: str, name: str, template: NetworkDraft) -> None:
    st.button(
        escape(title),
        help=ARCHITECTURES[name].description if name in ARCHITECTURES else "No blocks at all.",
        key=_key(page, f"template_{name}"),
        on_click=_begin,
        args=(page, template),
    )


def _offer_own(page: Page, network: CustomNetwork) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        opens, deletes = _key(page, f"open_{network.name}"), _key(page, f"delete_{network.name}")
        label = escape(network.title)
        st.button(label, key=opens, width="stretch", on_click=_begin, args=(page, network_draft_of(network)))
        st.button(
            f"Delete {label}",
            icon=":material/delete:",
            key=deletes,
            help="Runs that were trained with it stay as they are.",
            type="tertiary",
            on_click=_delete,
            args=(page, network.name),
        )


def _begin(page: Page, building: NetworkDraft) -> None:
    _keep(page, building)
    _forget_fields(page)


def _delete(page: Page, name: str) -> None:
    try:
        CustomNetworks(page.workspace).delete(name)
    except UsageError as error:
        _say(page, str(error))
    building = _in_hand(page)
    if building.saved_as == name:
        building.having(saved_as="").write(_path(page))
    st.session_state[_key(page, "changed")] = True


def _undo(page: Page) -> None:
    past = st.session_state.get(_key(page, "past"))
    if past:
        past.pop().write(_path(page))
        _forget_fields(page)


# The image -----------------------------------------------------------------------------------------------------------


def _show_image(page: Page, building: NetworkDraft) -> None:
    st.number_input(
        "Image size in pixels",
        1,
        LARGEST_IMAGE,
        building.image_size,
        key=_field_key(page, "image_size"),
        on_change=_change_field,
        args=(page, "image_size"),
        help="The side of the square images that the network is made for. Shapes and parameters follow from it.",
        width=170,
    )
    st.segmented_control(
        "Pixels",
        list(COLOURS),
        default=building.channels,
        required=True,
        format_func=COLOURS.__getitem__,
        key=_field_key(page, "channels"),
        on_change=_change_field,
        args=(page, "channels"),
        help="Grey turns colours to grey first: fewer numbers to learn where colour tells nothing.",
    )


# Its name ------------------------------------------------------------------------------------------------------------


def _show_name(page: Page, building: NetworkDraft, followed: Followed) -> None:
    fault, stands = followed.fault, followed.fault is None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Name",
            building.title,
            max_chars=NAME_LENGTH,
            placeholder="My network",
            key=_field_key(page, "title"),
            on_change=_change_field,
            args=(page, "title"),
            width=280,
        )
        st.button("Save", key=_key(page, "save"), disabled=not stands, on_click=_save, args=(page,))
        st.button(
            "Use it",
            type="primary",
            icon=":material/check:",
            key=_key(page, "use"),
            disabled=not stands,
            help="Saves it, and takes it for the next run.",
            on_click=_use,
            args=(page,),
        )
    if building.saved_as and not st.session_state.get(_key(page, "done")):
        st.caption(f"A change of **{escape(building.saved_as)}**: under the same name, *Save* replaces it.")
    if fault is not None and building.blocks:
        st.caption(f"It can be saved once row {fault.index + 1} stands. Until then it is kept as it is here.")
    if clash := st.session_state.pop(_key(page, "clash"), ""):
        st.button(f"Replace “{escape(clash)}”", key=_key(page, "replace"), on_click=_save, args=(page, True))
    if said := st.session_state.pop(_key(page, "said"), ""):
        st.error(escape(said), icon=":material/error:")
    if done := st.session_state.pop(_key(page, "done"), ""):
        st.success(escape(done), icon=":material/check:")
    if st.session_state.pop(_key(page, "changed"), False):
        st.session_state[_key(page, "done")] = done
        st.rerun()  # all of the page: the list of networks is another one, or another network is chosen


def _save(page: Page, replace: bool = False) -> None:
    _saved(page, replace)


def _saved(page: Page, replace: bool = False) -> CustomNetwork | None:
    """Save the network, which then is among those to choose; None, and said why, where it can't be saved."""
    building, networks = _in_hand(page), CustomNetworks(page.workspace)
    try:
        network = building.network()
        known = network.name in networks.names()
        if known and not replace and network.name != building.saved_as:
            st.session_state[_key(page, "clash")] = network.name
        networks.save(network, replace or network.name == building.saved_as)
    except (WorkbenchError, OSError) as error:
        _say(page, in_words(error))
        return None
    building.having(saved_as=network.name).write(_path(page))
    st.session_state[_key(page, "done")] = f"{network.title} is saved, and among the networks to choose."
    st.session_state[_key(page, "changed")] = True
    return network


def _use(page: Page) -> None:
    network = _saved(page)
    if network is not None:
        page.draft.choose(architecture=network.name, image_size=network.image_size)
        st.session_state[_key(page, "done")] = f"{network.title} is saved, and is what the next run trains."


# As code -------------------------------------------------------------------------------------------------------------


def _show_code(page: Page, building: NetworkDraft) -> None:
    network = building.having(title=building.title.strip() or "My network").network()
    architecture = network.architecture
    is_chosen = page.draft.architecture.network == architecture.network
    settings = page.draft.values() if is_chosen else default_settings(architecture)
    code = keras_code(architecture, len(page.dataset.class_names), settings)
    with st.expander("As Keras code", icon=":material/code:"):
        st.download_button(
            "Download", code, f"{network.name}.py", "text/x-python", icon=":material/download:", on_click="ignore"
        )
        st.code(code, "python")


# What changes do, before anything is drawn again ---------------------------------------------------------------------


def _change_blocks(page: Page, values: Any) -> None:
    before = _in_hand(page)
    st.session_state.pop(_key(page, "refusal"), None)
    try:
        _keep(page, before.having(blocks=read_blocks(values)))
    except UsageError as error:
        index = _row_of(values, before.blocks)
        st.session_state[_key(page, "refusal")] = Refusal(index, f"{error} It stays as it was.")


def _row_of(values: Any, before: tuple[Block, ...]) -> int:
    """The first row that is refused, by itself."""
    for index, value in enumerate(values if isinstance(values, list) else ()):
        try:
            read_blocks([value])
        except UsageError:
            return min(index, len(before) - 1)
    return len(before) - 1


def _change_field(page: Page, name: str) -> None:
    value = st.session_state[_field_key(page, name)]
    building = _in_hand(page)
    if value is not None:
        _keep(page, building.having(**{name: value}))


def _keep(page: Page, building: NetworkDraft) -> None:
    """Make this what is in hand, and remember what was for *Undo*."""
    before = _in_hand(page)
    st.session_state.pop(_key(page, "refusal"), None)
    if building == before:
        return
    past = st.session_state.get(_key(page, "past"), [])
    st.session_state[_key(page, "past")] = [*past, before][-STEPS_BACK:]
    try:
        building.write(_path(page))
    except OSError as error:
        _say(page, in_words(error))


def _say(page: Page, words: str) -> None:
    st.session_state[_key(page, "said")] = words


def _in_hand(page: Page) -> NetworkDraft:
    """What was last worked on; before that, the network in force where it is one of one's own, so as to change it."""
    path, chosen = _path(page), page.draft.architecture
    if path.exists() or chosen.network is None:
        return NetworkDraft.read(path)
    return network_draft_of(read_network(chosen.network))


def _path(page: Page) -> Path:
    return page.dataset.folder / "builder.json"


def _key(page: Page, name: str) -> str:
    return f"builder_{page.dataset.name}_{name}"


def _count(page: Page) -> int:
    return st.session_state.setdefault(_key(page, "count"), 0)


def _field_key(page: Page, name: str) -> str:
    """Another one after each change that did not come from the fields themselves, which they are to show."""
    return _key(page, f"{name}_{_count(page)}")


def _forget_fields(page: Page) -> None:
    st.session_state[_key(page, "count")] = _count(page) + 1
