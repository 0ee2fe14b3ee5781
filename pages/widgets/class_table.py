"""How well each class is recognised, in a table."""

from typing import Any

import pandas as pd
import streamlit as st

HELPS = {
    "precision": "Of the images it calls so, the share that are.",
    "recall": "Of the images that are so, the share it finds.",
    "f1": "The harmonic mean of precision and recall.",
    "average precision": "The area under its curve of precision and recall, one class against the rest.",
}


def show_class_table(evaluation: dict[str, Any]) -> None:
    """Precision, recall, F1, average precision and the number of images of each class."""
    names = {"label": "class", "support": "images", "average_precision": "average precision"}
    frame = pd.DataFrame(evaluation["per_class"]).rename(columns=names)
    configuration = {
        name: st.column_config.NumberColumn(help=text, format="%.3f", width=70) for name, text in HELPS.items()
    }
    configuration["images"] = st.column_config.NumberColumn(
        help="How many of this class there are to judge by.", width=60
    )
    configuration["class"] = st.column_config.TextColumn(width=150)  # a name of 80 letters would push out the rest
    st.dataframe(
        frame[["class", "images", *HELPS]],
        hide_index=True,
        column_config=configuration,
        alt="Precision, recall, F1, average precision and number of images of each class",
    )
