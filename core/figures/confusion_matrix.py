"""The confusion matrix: right answers blue, mistakes red, the stronger the larger their share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.figures.colours import RIGHT, WRONG
from core.figures.text import plain

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# Of more classes, numbers in cells can't be read.
MOST_WITH_TEXT = 25
CELL, SMALLEST, LARGEST, FRAME = 36, 260, 900, 120  # pixels


def confusion_matrix_figure(
    counts: np.ndarray, shares: np.ndarray, class_names: Sequence[str], normalize: str | None = None
) -> "Figure":
    """Draw a finished matrix.

    Parameters
    ----------
    counts : ndarray of int, shape (k, k)
        Images in each cell; rows are true classes.
    shares : ndarray of float, shape (k, k)
        What cells are shaded by, in [0, 1].
    class_names : sequence of str
        The k classes.
    normalize : {"true", "pred", "all"}, optional
        What `shares` are of, and cells tell; without it they tell counts.
    """
    import plotly.graph_objects as go

    diagonal = np.eye(len(counts), dtype=bool)
    names = [plain(name) for name in class_names]
    texts = np.where(counts > 0, np.char.mod("%d", counts), "")
    if normalize is not None:
        texts = np.where(counts > 0, [[f"{share:.0%}" for share in row] for row in shares], "")
    figure = go.Figure(
        [
            go.Heatmap(
                x=names,
                y=names,
                z=np.where(cells & (counts > 0), shares, np.nan),
                zmin=0,
                zmax=1,
                colorscale=[[0, f"{colour}14"], [1, colour]],
                showscale=False,
                text=texts,
                texttemplate="%{text}" if len(counts) <= MOST_WITH_TEXT else None,
                customdata=np.stack([counts, shares], axis=-1),
                hovertemplate="“%{y}” taken for “%{x}”: %{customdata[0]:,} images, %{customdata[1]:.1%}<extra></extra>",
                hoverongaps=False,
                xgap=1,
                ygap=1,
            )
            for colour, cells in ((RIGHT, diagonal), (WRONG, ~diagonal))
        ]
    )
    side = min(LARGEST, max(SMALLEST, CELL * len(counts))) + FRAME
    figure.update_xaxes(title_text="taken for", type="category", constrain="domain")
    figure.update_yaxes(title_text="true class", type="category", autorange="reversed", scaleanchor="x")
    return figure.update_layout(width=side, height=side, margin={"l": 10, "r": 10, "t": 10, "b": 10})
