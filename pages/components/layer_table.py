"""The table of a network's layers: sections that open, and rows that write out how their figures come about."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.components.v2 import component

from core.architectures.formulas import Formula, formulas_of
from core.architectures.layers import LayerRow, shape_in_words
from core.architectures.sections import sections
from pages.shared.csv_button import offer_csv

# Longer ones are shown by sections, which one opens.
MOST_AT_ONCE = 40

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_layer_table",
    html='<div class="scroll"><table></table></div>',
    css=(_FOLDER / "layer_table.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "layer_table.js").read_text(encoding="utf-8"),
)


@st.fragment
def show_layers(rows: list[LayerRow], image_size: int, token: str) -> None:
    """Draw the table; a row that is chosen shows its sums, at first the one with the most parameters.

    Parameters
    ----------
    token
        By which the network is known: the row that was chosen in another one is not chosen in this.
    """
    key = f"layers_{token}"
    chosen = chosen_row(st.session_state.get(key), rows)
    _component(data=table_data(rows, image_size, chosen, token), key=key, on_row_change=lambda: None)
    offer_csv(figures_of(rows), key)


def figures_of(rows: list[LayerRow]) -> pd.DataFrame:
    """The table in numbers, a row a layer."""
    columns = {
        "block": [row.layer.block for row in rows],
        "output": [shape_in_words(row.shape) for row in rows],
        "parameters": [row.parameters for row in rows],
        "multiplications": [row.multiplications for row in rows],
        "frozen": [row.frozen for row in rows],
    }
    return pd.DataFrame(columns, index=pd.Index([row.name for row in rows], name="layer"))


def chosen_row(state: Any, rows: list[LayerRow]) -> int:
    """The row that the browser says was chosen, or the one with the most parameters; −1 for none."""
    row = state.get("row") if state else None
    if row is None:
        return max(range(len(rows)), key=lambda index: rows[index].parameters)
    return row if isinstance(row, int) and 0 <= row < len(rows) else -1


def table_data(rows: list[LayerRow], image_size: int, chosen: int, token: str) -> dict[str, Any]:
    """What the browser draws."""
    by_section = len(rows) > MOST_AT_ONCE
    found, first = [], 0
    for section in sections(rows):
        layers = len(section.rows)
        found.append(
            {
                "title": section.label,
                "layers": f"{layers} layer{'s' if layers > 1 else ''}",
                "cells": [
                    shape_in_words(section.shape),
                    f"{section.parameters:,}",
                    _sees(section.rows[-1], image_size),
                    f"{section.multiplications:,}",
                    "frozen" if section.frozen else "",
                ],
                "first": first,
                "end": first + layers,
            }
        )
        first += layers
    return {
        "token": token,
        "sections": found if by_section else [],
        "rows": [_row(row, image_size) for row in rows],
        "chosen": chosen,
        "sums": [_written(each) for each in formulas_of(rows[chosen], image_size)] if chosen >= 0 else [],
    }


def _row(row: LayerRow, image_size: int) -> dict[str, Any]:
    cells = [shape_in_words(row.shape), f"{row.parameters:,}", _sees(row, image_size), f"{row.multiplications:,}"]
    return {"name": row.name, "block": row.layer.block, "cells": [*cells, "frozen" if row.frozen else ""]}


def _sees(row: LayerRow, image_size: int) -> str:
    """The receptive field, as far as there is an image."""
    if row.receptive_field is None:
        return "all"
    return "{} × {}".format(*(f"{min(side, image_size):,}" for side in row.receptive_field))


def _written(each: Formula) -> dict[str, Any]:
    return {"title": each.title, "terms": [[term.text, term.meaning] for term in each.terms], "note": each.note}
