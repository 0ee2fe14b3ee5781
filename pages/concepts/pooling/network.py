"""Where the visitor's own network pools."""

import streamlit as st

from core.architectures.layers import WINDOWS, LayerRow, shape_in_words
from pages.concepts.network_in_view import network_in_view
from pages.shared.markdown import escape
from pages.shared.page import Page

POOLING = ("max_pool", "average_pool", "global_average_pool", "global_max_pool")


def in_your_network(page: Page) -> None:
    """Its pooling layers, and the convolutions with a stride that do their work."""
    network = network_in_view(page)
    if network is None:
        st.caption("Once there are images, the pooling layers of your network stand here.")
        return
    pooling = [row for row in network.rows if row.layer.kind in POOLING]
    strided = [row for row in network.rows if row.layer.kind in WINDOWS and row not in pooling and row.layer.stride > 1]
    st.markdown(escape(in_words(network.architecture.title, pooling, strided)))
    if pooling:
        lines = [
            f"| {escape(row.name)} | {shape_in_words(row.inputs[0])} | {shape_in_words(row.shape)} |" for row in pooling
        ]
        st.markdown("\n".join(["| Layer | comes in | goes out |", "|---|---|---|", *lines]))
    if network.run is not None:
        query = page.query(chapter="pooling", view="run", run=network.run.id)
        label = "Shift your images, and ask it"
        st.page_link(page.step.path, label=label, icon=":material/open_in_new:", query_params=query)


def in_words(title: str, pooling: list[LayerRow], strided: list[LayerRow]) -> str:
    """How it makes its maps smaller, and which shifts these can follow."""
    if not pooling and not strided:
        return f"{title} neither pools nor has a stride."
    parts = []
    if pooling:
        parts.append(f"{title} pools {_times(len(pooling))}, without a parameter.")
    if strided:
        start = "Besides, " if pooling else f"{title} does not pool: "
        one = "1 convolution with a stride above 1 makes its maps smaller, by weights that it learns."
        many = f"{len(strided)} convolutions with a stride above 1 make its maps smaller, by weights that they learn."
        parts.append(start + (one if len(strided) == 1 else many))
    steps = [row.jump * row.layer.stride for row in (*pooling, *strided) if row.layer.kind in WINDOWS]
    if steps:
        parts.append(
            f"Neighbouring cells of its last maps are {max(steps)} pixels of the image apart: only shifts by multiples "
            "of that can they follow exactly."
        )
    return " ".join(parts)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
