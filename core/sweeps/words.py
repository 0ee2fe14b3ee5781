"""What a sweep found, in words: the same on the page and the command line."""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

from core.evaluation.words import percent
from core.runs.setting_words import setting_title
from core.sweeps.sweep import runs_for_importances


def accuracy_in_words(trial: Mapping[str, Any]) -> str:
    """How often an evaluated run is right on the validation images, with the 95 % interval."""
    count = trial["images"]
    low, high = (percent(end, count) for end in trial["accuracy_ci95"])
    accuracy = percent(trial["accuracy"], count)
    return f"right on {accuracy} of {count:,} validation images (95 % interval {low} to {high})"


def optimism_in_words(trials: Sequence[Mapping[str, Any]]) -> str:
    """That the best of many on the same images looks better than it is, and by how much; "" for fewer than two."""
    evaluated = [trial for trial in trials if trial["log_loss"] is not None]
    if len(evaluated) < 2:
        return ""
    best = min(evaluated, key=lambda trial: trial["log_loss"])
    points = 100 * luck_of_the_best(best["accuracy"], best["images"], len(evaluated))
    lift = f"{points:.1f} points" if points < 0.95 else "1 point" if points < 1.5 else f"{points:.0f} points"
    return (
        f"The best of {len(evaluated)} on the same validation images looks better than it is: if the settings made no "
        f"difference, luck alone could lift it by about {lift}. Choose by these images, and open the test images once, "
        "for the winner."
    )


def luck_of_the_best(accuracy: float, images: int, runs: int) -> float:
    """How far the best of several accuracies lies above their mean where nothing but luck tells them apart.

    Parameters
    ----------
    accuracy
        Of the best, 0 to 1.
    images
        How many it was measured on.
    runs
        How many there were, 2 or more. They are taken for independent: that they are evaluated by the same images makes
        it less.

    Returns
    -------
    float
        A share, 0 to 1: the standard error of the accuracy times the expected largest of so many standard normals.

    References
    ----------
    Blom, G. (1958). Statistical Estimates and Transformed Beta-Variables. Wiley: the expected largest of k standard
    normals is about the quantile (k - 0.375) / (k + 0.25).
    """
    share = (accuracy * images + 2) / (images + 4)  # else it would be nothing where all are right
    largest = NormalDist().inv_cdf((runs - 0.375) / (runs + 0.25))
    return largest * sqrt(share * (1 - share) / images)


def importances_in_words(importances: Mapping[str, float], evaluated: int, varied: int) -> str:
    """Which settings mattered, or how many more runs it takes to tell; "" where only one varies.

    Parameters
    ----------
    importances
        As `core.sweeps.proposals.importances` gives them.
    evaluated, varied
        How many runs were evaluated, and how many settings vary.
    """
    if varied < 2:
        return ""
    if not importances:
        least = runs_for_importances(varied)
        if evaluated >= least:
            return "All runs came out the same, so none of these settings mattered."
        return (
            f"Which of the {varied} settings mattered can be told from {least} evaluated runs on; here are {evaluated}."
        )
    (first, share), *others = importances.items()
    words = f"{setting_title(first)} mattered most: {share:.0%} of the differences in log loss go with it"
    rest = ", ".join(f"{setting_title(name).lower()} {other:.0%}" for name, other in others)
    return f"{words}; {rest}.".replace("%", " %")
