"""The verdict: what an evaluation comes to in plain words, and what is to be known of its classes."""

from collections.abc import Sequence

import numpy as np

from core.evaluation.evaluation import Evaluation
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS, percent

MISSING_SHOWN = 5


def verdict(evaluation: Evaluation) -> str:
    """Say in plain words what an evaluation comes to.

    Accuracy with its interval, then the accuracy of always answering the commonest class; and, where the low end of the
    interval is not above that, that the network is not clearly better. Then the classes that could not be evaluated, as
    the split has no image of them.
    """
    n, accuracy, majority = evaluation.n, evaluation.accuracy, f"“{evaluation.majority_class}”"
    low, high = (percent(end, n) for end in accuracy.interval)
    images = f"{SPLIT_WORDS[evaluation.split]} image{'' if n == 1 else 's'}"
    text = (
        f"Right on {_share(accuracy.value, n)} {images} (95 % interval {low.removesuffix(' %')}–{high}). "
        f"Always answering {majority} would be right on {_shortest_percent(evaluation.majority_accuracy, n)}."
    )
    if accuracy.interval[0] <= evaluation.majority_accuracy:
        text += f" That is not clearly better than always answering {majority}."
    return text + _missing_words(evaluation)


def unlearned_classes(predictions: Predictions) -> list[str]:
    """Names of the classes without a training image, which the network can't have learned."""
    counts = np.bincount(predictions.of("train").true, minlength=len(predictions.class_names))
    return [name for name, count in zip(predictions.class_names, counts, strict=True) if not count]


def class_remarks(evaluation: Evaluation, unlearned: Sequence[str]) -> list[str]:
    """What is to be known of classes that nobody trained on, or that can't be evaluated; none where all is there.

    Parameters
    ----------
    evaluation : Evaluation
        Of one part of the split.
    unlearned : sequence of str
        As `unlearned_classes` gives them.
    """
    images, supports = SPLIT_WORDS[evaluation.split], {each.label: each.support for each in evaluation.classes}
    remarks = []
    for name in unlearned[:MISSING_SHOWN]:
        count = supports[name]
        mistakes = f": its {count:,} {images} image{'s' if count > 1 else ''} can only be mistaken" if count else ""
        remarks.append(f"There were no training images of “{name}”, so it can't have been learned{mistakes}.")
    untold = [name for name in evaluation.missing_classes if name not in unlearned]
    remarks += [f"No {images} images of “{name}”: nothing can be said of it." for name in untold[:MISSING_SHOWN]]
    more = len(unlearned[MISSING_SHOWN:]) + len(untold[MISSING_SHOWN:])
    return remarks + ([f"The same holds for {more:,} other class{'es' if more > 1 else ''}."] if more else [])


def weakest_class(evaluation: Evaluation) -> tuple[str, str]:
    """Which class is recognised worst, and how, in images; where none was mistaken, that, and nothing more."""
    classes, matrix = evaluation.classes, evaluation.confusion_matrix
    known = [index for index, each in enumerate(classes) if each.support]
    weakest = min(known, key=lambda index: classes[index].f1.value)
    found, taken = int(matrix[weakest, weakest]), int(matrix[:, weakest].sum())
    there = classes[weakest].support
    if found == there == taken:
        which = "Every class" if len(known) == len(classes) else "Every class that has images here"
        return f"{which} is recognised without a mistake.", ""
    how = f"of its {_images(there)} it finds {found:,}, and of {_images(taken)} that it calls so {found:,} "
    return f"The weakest class is “{classes[weakest].label}”:", how + f"{'is' if found == 1 else 'are'} right."


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _missing_words(evaluation: Evaluation) -> str:
    """Which classes the split has no images of, beginning with a space; empty where it has of all."""
    missing = evaluation.missing_classes
    if not missing:
        return ""
    shown = ", ".join(f"“{name}”" for name in missing[:MISSING_SHOWN])
    more = f" and {len(missing) - MISSING_SHOWN} more" if len(missing) > MISSING_SHOWN else ""
    images = f"{SPLIT_WORDS[evaluation.split]} image"
    return f" No {images} is of {shown}{more}: averages are over the other classes."


def _share(accuracy: float, n: int) -> str:
    """ "97.5 % of 200"; counts where rounding would hide the only errors, or the only hits, behind 100 % or 0 %."""
    hits = round(accuracy * n)
    if 0 < hits < n and percent(accuracy, n) == percent(1, n):
        return f"all but {n - hits:,} of {n:,}"
    if 0 < hits < n and percent(accuracy, n) == percent(0, n):
        return f"{hits:,} of {n:,}"
    return f"{percent(accuracy, n)} of {n:,}"


def _shortest_percent(value: float, n: int) -> str:
    """`percent` without zeros after the point: the share of a class is counted, so that 50 % says as much as 50.0 %."""
    number = percent(value, n).removesuffix(" %")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} %"
