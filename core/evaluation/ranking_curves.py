"""Ranking curves: ROC and precision–recall of chosen classes against the rest, and of all classes together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.evaluation.predictions import Predictions
from core.evaluation.ranking import Curve, macro_precision_recall, macro_roc, micro, precision_recall, roc

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# All classes pooled, each image counting the same; and the mean of the classes' curves, each class counting the same.
MICRO, MACRO = "micro", "macro"
# Of many classes the colours are hard to tell apart.
DASHES = ("solid", "dashdot", "longdash", "dot")


@dataclass(frozen=True, eq=False)
class RankedClass:
    """The curves of one class, or of all of them together.

    Parameters
    ----------
    title : str
        The name of the class; "micro" or "macro" of all.
    roc, precision_recall : Curve
        Empty with area None where they are not defined.
    averaged : bool
        Whether it is of all classes.
    """

    title: str
    roc: Curve
    precision_recall: Curve
    averaged: bool

    @property
    def areas(self) -> tuple[float, float] | None:
        """Area under ROC, and average precision; None where the curves are not defined."""
        if self.roc.area is None or self.precision_recall.area is None:
            return None
        return self.roc.area, self.precision_recall.area


@dataclass(frozen=True, eq=False)
class RankingCurves:
    """Ranking curves of several classes.

    Parameters
    ----------
    class_names : tuple of str
        All classes, which have the same colours wherever they are drawn.
    curves : tuple of RankedClass
        Those that are defined, in the order asked for.
    undefined : tuple of str
        Titles of those that are not: no image, or every image, is of that class.
    """

    class_names: tuple[str, ...]
    curves: tuple[RankedClass, ...]
    undefined: tuple[str, ...]

    def in_words(self) -> str:
        """The areas below the curves."""
        return "; ".join(
            f"{each.title}: area under ROC {each.roc.area:.3f}, average precision {each.precision_recall.area:.3f}"
            for each in self.curves
        )

    def figure(self) -> "Figure":
        """Both panels as a Plotly figure."""
        from core.figures.colours import GREY, class_colours
        from core.figures.ranking_curves import Line, ranking_curves_figure

        colours = class_colours(self.class_names)
        return ranking_curves_figure(
            [
                Line(
                    each.title,
                    GREY if each.averaged else colours[each.title],
                    ("dash" if each.title == MICRO else "solid") if each.averaged else DASHES[place % len(DASHES)],
                    (each.roc.x, each.roc.y),
                    (each.precision_recall.x, each.precision_recall.y),
                    each.areas,
                )
                for place, each in enumerate(self.curves)
                if each.areas is not None
            ]
        )


def ranking_curves(predictions: Predictions, chosen: Sequence[int | str] | None = None) -> RankingCurves:
    """ROC and precision–recall curves.

    Parameters
    ----------
    predictions : Predictions
        Of the part of the split in question.
    chosen : sequence of int or str, optional
        Indices of classes, "micro" or "macro". By default the second class of two, else both averages.

    Raises
    ------
    ValueError
        If something else is chosen.
    """
    names = predictions.class_names
    if chosen is None:
        chosen = [1] if len(names) == 2 else [MICRO, MACRO]
    curves = [_curves_of(predictions, option) for option in chosen]
    return RankingCurves(
        names,
        tuple(each for each in curves if each.areas is not None),
        tuple(each.title for each in curves if each.areas is None),
    )


def _curves_of(predictions: Predictions, option: int | str) -> RankedClass:
    true, probabilities = predictions.true, predictions.probabilities
    if option == MACRO:
        return RankedClass(MACRO, macro_roc(true, probabilities), macro_precision_recall(true, probabilities), True)
    if option == MICRO:
        asked = micro(true, probabilities)
        return RankedClass(MICRO, roc(*asked), precision_recall(*asked), True)
    if isinstance(option, str):
        raise ValueError(f"a class is chosen by its index, all of them as {MICRO!r} or {MACRO!r}; got {option!r}")
    asked = true == option, probabilities[:, option]
    return RankedClass(predictions.class_names[option], roc(*asked), precision_recall(*asked), False)
