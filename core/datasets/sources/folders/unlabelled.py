"""Folders whose images have no label: named so, or handed out to be predicted."""

from core.datasets.sources.folders.places import Place, count, parted, under_first
from core.datasets.sources.found import Layout, natural_order
from core.datasets.sources.split_names import said_besides
from core.datasets.sources.words import listed

# Without blanks. "unknown", "other" and "background" are classes: somebody looked and put them there.
_WITHOUT_LABEL = frozenset(
    {"unlabelled", "unlabeled", "notlabelled", "notlabeled", "nolabel", "nolabels", "withoutlabel", "withoutlabels"}
    | {"missinglabel", "missinglabels", "unknownlabel", "unknownlabels", "unannotated", "unsup", "unsupervised"}
    | {"unsorted", "unsortiert", "tolabel", "toannotate", "toclassify", "tosort", "todo"}
)
_TO_PREDICT = frozenset({"pred", "predict", "prediction", "predictions", "topredict", "inference"})


def says_unlabelled(name: str) -> bool:
    """Whether a folder is named after its images having no label, such as ``no_label``, ``_unlabeled`` or ``unsup``."""
    return said_besides(name) in _WITHOUT_LABEL


def says_to_predict(name: str) -> bool:
    """Whether a folder is named after its images being there to be predicted, such as ``seg_pred``."""
    return said_besides(name) in _TO_PREDICT


def keep_without_label(places: list[Place], layout: Layout) -> list[Place]:
    """Keep the images of folders that say so themselves as unlabelled; returns the other places."""
    to_predict = {name for name in under_first(places) if says_to_predict(name)}
    if len(under_first(places)) - len(to_predict) < 2:
        to_predict = set()
    without, others = parted(
        places,
        lambda place: (
            any(map(says_unlabelled, place.levels)) or (len(place.levels) == 1 and place.levels[0] in to_predict)
        ),
    )
    keep(without, layout)
    return others


def keep(places: list[Place], layout: Layout, what_to_do: str = "") -> None:
    """Keep the images of places as unlabelled, and say so.

    Parameters
    ----------
    what_to_do
        A sentence that goes on after that, where it may be wrong.
    """
    layout.unlabelled += [image for place in places for image in place.images()]
    number = count(places)
    if not number:
        return
    folders = sorted({place.folder for place in places} - {""}, key=natural_order)
    outside = ["in no class folder"] if any(not place.folder for place in places) else []
    where = " and ".join([f"in {listed(folders)}", *outside] if folders else outside)
    have, are = ("images", "have no label: they are") if number > 1 else ("image", "has no label: it is")
    layout.warnings.append(f"{number:,} {have} {where} {are} kept, but not trained on. {what_to_do}".rstrip())
