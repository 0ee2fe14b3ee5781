"""How well each class is recognised, in a table."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.components.gallery import escape

# By their keys, what people call them, what they say, and how many pixels they take.
FIGURES = {
    "precision": ("precision", "Of the images it calls so, the share that are.", 76),
    "recall": ("recall", "Of the images that are so, the share it finds.", 64),
    "f1": ("F1", "The harmonic mean of precision and recall: high only where both are.", 58),
    "average precision": (
        "avg. precision",
        "Average precision: the area under its curve of precision and recall, one class against the rest.",
        102,
    ),
}


def weakest_in_words(evaluation: dict[str, Any]) -> str:
    """Which class is recognised worst, in images; Markdown."""
    rows, matrix = evaluation["per_class"], np.asarray(evaluation["confusion_matrix"])
    known = [index for index, row in enumerate(rows) if row["support"]]
    weakest = min(known, key=lambda index: rows[index]["f1"])
    found, taken = int(matrix[weakest, weakest]), int(matrix[:, weakest].sum())
    there = rows[weakest]["support"]
    if found == there == taken:
        which = "Every class" if len(known) == len(rows) else "Every class that has images here"
        return f"**{which} is recognised without a mistake.**"
    words = f"**The weakest class is “{escape(rows[weakest]['label'])}”:** of its {_images(there)} it finds {found:,}"
    return f"{words}, and of {_images(taken)} that it calls so {found:,} {'is' if found == 1 else 'are'} right."


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def show_class_table(evaluation: dict[str, Any]) -> None:
    """Precision, recall, F1, average precision and the number of images of each class, the weakest class first."""
    names = {"label": "class", "support": "images", "average_precision": "average precision"}
    rows = [row | dict.fromkeys(row["undefined"]) for row in evaluation["per_class"]]
    frame = pd.DataFrame(rows).rename(columns=names).astype(dict.fromkeys(FIGURES, float))
    frame = frame.sort_values("f1", kind="stable", na_position="last")
    configuration = {
        name: st.column_config.NumberColumn(title, help=text, format="%.3f", width=width)
        for name, (title, text, width) in FIGURES.items()
    }
    configuration["images"] = st.column_config.NumberColumn(
        help="How many of this class there are to evaluate by.", width=60
    )
    configuration["class"] = st.column_config.TextColumn(width=118)  # a name of 80 letters would push out the rest
    st.dataframe(
        frame[["class", "images", *FIGURES]],
        hide_index=True,
        column_config=configuration,
        placeholder="–",
        alt="Precision, recall, F1, average precision and number of images of each class, the weakest first",
    )
    words = "Sorted by F1, the weakest class first; click a heading to sort by it."
    if any(row["undefined"] for row in evaluation["per_class"]):
        words += " A dash where it can't be told: no image is of the class, or none is taken for it."
    st.caption(words)
