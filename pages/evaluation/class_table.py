"""How well each class is recognised, in a table."""

import pandas as pd
import streamlit as st

from core.evaluation.evaluation import Evaluation
from core.evaluation.verdict import weakest_class
from pages.shared.markdown import escape

# By their keys, what people call them, what they say, and how many pixels they take.
SCORES = {
    "precision": ("precision", "Of the images it calls so, the share that are.", 76),
    "recall": ("recall", "Of the images that are so, the share it finds.", 64),
    "f1": ("F1", "The harmonic mean of precision and recall: high only where both are.", 58),
    "average_precision": (
        "avg. precision",
        "Average precision: the area under its curve of precision and recall, one class against the rest.",
        102,
    ),
}


def weakest_in_words(evaluation: Evaluation) -> str:
    """Which class is recognised worst, in images; Markdown."""
    which, how = weakest_class(evaluation)
    return f"**{escape(which)}** {escape(how)}".strip()


def show_class_table(evaluation: Evaluation) -> None:
    """Precision, recall, F1, average precision and the number of images of each class, the weakest class first."""
    rows = [
        {"class": each.label, "images": each.support}
        | {name: score.value if score.defined else None for name, score in each.scores.items()}
        for each in evaluation.classes
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(SCORES, float))
    frame = frame.sort_values("f1", kind="stable", na_position="last")
    configuration = {
        name: st.column_config.NumberColumn(title, help=text, format="%.3f", width=width)
        for name, (title, text, width) in SCORES.items()
    }
    configuration["images"] = st.column_config.NumberColumn(
        help="How many of this class there are to evaluate by.", width=60
    )
    configuration["class"] = st.column_config.TextColumn(width=118)  # a name of 80 letters would push out the rest
    st.dataframe(
        frame[["class", "images", *SCORES]],
        hide_index=True,
        column_config=configuration,
        placeholder="–",
        alt="Precision, recall, F1, average precision and number of images of each class, the weakest first",
    )
    words = "Sorted by F1, the weakest class first; click a heading to sort by it."
    if not all(score.defined for each in evaluation.classes for score in each.scores.values()):
        words += " A dash where it can't be told: no image is of the class, or none is taken for it."
    st.caption(words)
