"""A table that the page draws itself, saved as CSV; those that Streamlit draws have a button of their own for that."""

import pandas as pd
import streamlit as st

from core.spreadsheet import safe_table


def offer_csv(table: pd.DataFrame, name: str) -> None:
    """A button that saves a table, its index first, in a file of this name."""
    st.download_button(
        "CSV",
        lambda: csv_of(table),
        f"{name}.csv",
        "text/csv",
        key=f"csv_{name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def csv_of(table: pd.DataFrame) -> str:
    """The table as text, in which no name is a formula."""
    return safe_table(table.reset_index()).to_csv(index=False, lineterminator="\n")
