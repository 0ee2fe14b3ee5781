"""How the visitor's own network learns: loss, steps, dropout and batch normalisation, by its settings and layers."""

import math
from typing import Any

import streamlit as st

from core.architectures.dropout_check import REMARK, dropouts_before_batch_norm
from core.architectures.layers import LayerRow
from core.concepts.learning.batches import last_batch, steps_an_epoch
from core.runs.usual_settings import WRITTEN
from pages.concepts.learning.batches import training_images
from pages.concepts.network_in_view import network_in_view
from pages.shared.markdown import escape
from pages.shared.page import Page


def show_learning(page: Page) -> None:
    """A line for each of the chapter's ideas."""
    network = network_in_view(page)
    if network is None:
        st.caption("Open a dataset: then the steps, dropout and batch normalisations of your network stand here.")
        return
    settings = network.run.settings.to_dict() if network.run else page.draft.values()
    classes = len(page.dataset.class_names)
    lines = [
        f"**{escape(network.architecture.title)}** answers with {classes} logits; its loss is the categorical "
        "cross-entropy of their softmax.",
        _steps(settings, training_images(page)),
        _dropout(network.rows),
        _normalisation(network.rows),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines if line))
    if dropouts_before_batch_norm([row.layer for row in network.rows]):
        st.warning(REMARK, icon=":material/compare_arrows:")


def _steps(settings: dict[str, Any], images: int) -> str:
    optimiser = WRITTEN.get(settings["optimiser"], settings["optimiser"])
    size = settings["batch_size"]  # 0 where the quickest is still to be found
    words = f"{optimiser} with a learning rate of {settings['learning_rate']:g}, batches of "
    words += f"{size}" if size else "the quickest size"
    if not images or not size:
        return f"{words}."
    steps, rest = steps_an_epoch(images, size), last_batch(images, size)
    return (
        f"{words}: your {images:,} training images make **{steps:,} step{'s' if steps > 1 else ''} an epoch**, the "
        f"last of {rest:,}."
    )


def _dropout(rows: list[LayerRow]) -> str:
    dropped = [row for row in rows if row.layer.kind == "dropout" and row.layer.rate]
    if not dropped:
        return "It has no dropout."
    units = [math.prod(row.shape) for row in dropped]
    said = ", ".join(f"{row.layer.rate:.0%} of {count:,} numbers" for row, count in zip(dropped, units, strict=True))
    return f"Dropout hides {said}: it chooses among $2^{{{sum(units)}}}$ thinned networks."


def _normalisation(rows: list[LayerRow]) -> str:
    found = [row for row in rows if row.layer.kind == "batch_norm"]
    if not found:
        return "It has no batch normalisation."
    maps = sum(row.shape[-1] for row in found)
    plural = "s" if len(found) > 1 else ""
    return (
        f"{len(found)} batch normalisation{plural} with a γ, a β, a running mean and a running variance for each of "
        f"{maps:,} feature maps."
        if all(row.layer.scale for row in found)
        else f"{len(found)} batch normalisation{plural} with a β, a running mean and a running variance for each of "
        f"{maps:,} feature maps."
    )
