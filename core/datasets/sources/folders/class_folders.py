"""Class folders, alone or within the folders of a split."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.datasets.sources.choices import AS_FOUND, Choices
from core.datasets.sources.folders.levels import INNERMOST, class_level, labels_at
from core.datasets.sources.folders.places import (
    Place,
    count,
    leave_out,
    parted,
    places_of,
    unwrap,
    unwrap_copies,
)
from core.datasets.sources.folders.split_folders import MORE_OF_A_CLASS, Divided, take_split
from core.datasets.sources.folders.unlabelled import keep, keep_without_label
from core.datasets.sources.found import Layout, natural_order
from core.datasets.sources.listing import is_image, links_counted_elsewhere, text_only
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.words import listed, quoted, shown

_VOLUME = re.compile(r".*(part|batch|chunk|images?|imgs?|photos|pictures|data|dataset|folder)[\W_]*\d+", re.IGNORECASE)
_NAMES_SHOWN = 5


def by_folders(root: Path, paths: Sequence[str], choices: Choices = AS_FOUND) -> Layout:
    """The images below a folder, labelled by the folders that they lie in.

    Folders named train, validation and test (or val, seg_test, trainset, …) hold class folders, or lie in each of
    them; a folder such as ``additional_Type_1_v2`` or ``additional/Type_1`` beside them holds more images of the class
    ``Type_1`` to train on. A folder ``test`` that holds no class folders, and those called ``no_label`` and the like,
    hold images without a label.

    Parameters
    ----------
    root
        The folder.
    paths
        The images in it: see `core.datasets.sources.listing.list_images`.
    choices
        How nested folders are meant, as far as a person said.

    Returns
    -------
    Layout
        Images that lie in no class folder are unlabelled. There may be no class, or only one.

    Raises
    ------
    Undecided
        If folders lie within folders, and those on several levels may be the classes.
    UsageError
        If a level was chosen that isn't there.
    """
    layout = Layout(root)
    places = keep_without_label(places_of(text_only(paths, layout), layout), layout)
    unwrap(places)
    divided = take_split(places, layout)
    unwrap(divided.inside)
    _say_copies(unwrap_copies(divided.inside), layout)
    inside, outside = parted(divided.inside, lambda place: bool(place.levels))
    keep(outside, layout)
    level = class_level(inside, choices)
    _label(layout, inside, level, choices, bool(divided.parts))
    _add_beside(layout, divided)
    _say_what_is_not_trained_on(layout)
    _say_links(layout)
    _say_volumes(layout)
    return layout


def has_class_folders(layout: Layout) -> bool:
    """False where the folders give no two classes, or are only the volumes that a large set came in."""
    return len(layout.class_names) > 1 and not _are_volumes(layout.class_names)


def _are_volumes(names: list[str]) -> bool:
    return all(_VOLUME.fullmatch(name) for name in names)


def _say_volumes(layout: Layout) -> None:
    names = layout.class_names
    if len(names) > 1 and _are_volumes(names):
        layout.warnings.append(
            f"{listed(names)} are taken as classes, but are called like the volumes that a large set comes in. If they "
            "are, bring a table of labels too."
        )


# Labels --------------------------------------------------------------------------------------------------------------


def _label(layout: Layout, places: list[Place], level: int, choices: Choices, divided: bool) -> None:
    """Add the images in class folders."""
    labels = {place.folder: label for place, label in zip(places, labels_at(places, level), strict=True)}
    labelled, others = parted(places, lambda place: labels[place.folder] != "")
    nested = [place.folder for place in labelled if len(place.levels) > 1]
    which = {1: "the outermost", INNERMOST: "the innermost"}.get(level, f"level {level}")
    layout.labels_from = f"the names of the folders{f' ({which})' if nested else ''}"
    if divided:
        _keep_split(layout, labelled)
    layout.images += [image for place in labelled for image in place.images(labels[place.folder])]
    keep(others, layout, "The class folders lie deeper.")
    if nested and not choices.level:
        layout.warnings.append(
            f"The folders within class folders, such as {shown(nested[0])}, are not taken as classes of their own. "
            f"If they are, import with {Choices(level=INNERMOST).to_options()}."
        )


def _say_copies(names: list[str], layout: Layout) -> None:
    for name in names:
        layout.warnings.append(
            f"“{shown(name)}” holds folders that are called as those beside it, and is not taken for a class: its "
            "images are taken as more of those classes."
        )


def _add_beside(layout: Layout, divided: Divided) -> None:
    """Add the images of folders that lie beside the parts of a split, where these say which class they are of."""
    class_names, split = layout.class_names, "train" if layout.split_from else ""
    unused = []
    for place in divided.beside:
        label = _class_it_adds_to(place.folder, class_names)
        if label:
            place.split = split
            layout.images += place.images(label)
            layout.warnings.append(
                f"The images in the folder {shown(place.folder)} ({len(place.paths):,}) are taken as more of the class "
                f"“{label}”."
            )
        else:
            leave_out(place, layout, f"is not in one of the folders {', '.join(divided.parts)}")
            unused.append(place)
    if unused:
        folders = listed(sorted({place.folder for place in unused}, key=natural_order))
        layout.warnings.append(
            f"The images in {folders} ({count(unused):,}) are not used: they lie beside {listed(divided.parts)}."
        )


def _class_it_adds_to(folder: str, class_names: list[str]) -> str:
    """The class that a folder such as ``additional_Type_1_v2`` holds more images of, "" where there is none."""
    match = MORE_OF_A_CLASS.fullmatch(unicodedata.normalize("NFC", folder))
    rest = match["class"].casefold() if match else ""
    # Not within a longer word or number: additional_Type_10 adds nothing to Type_1.
    fitting = [label for label in class_names if re.match(re.escape(label.casefold()) + r"(?![^\W_])", rest)]
    return max(fitting, key=len, default="")


# Parts of a split ----------------------------------------------------------------------------------------------------


def _keep_split(layout: Layout, labelled: list[Place]) -> None:
    """Say which folders give the split; where only one part has labels, or nothing to train on, there is none."""
    splits = {place.split for place in labelled} - {""}
    folders = sorted({shown(place.part) for place in labelled if place.part})
    if "train" in splits and len(splits) > 1:
        more = f" and {len(folders) - _NAMES_SHOWN:,} more" if len(folders) > _NAMES_SHOWN else ""
        layout.split_from = f"the folder{'s' * (len(folders) > 1)} {', '.join(folders[:_NAMES_SHOWN])}{more}"
        return
    if splits and "train" not in splits:
        layout.warnings.append(
            f"Images with a label lie in {listed(folders)} alone, and none to train on: they are divided anew."
        )
    for place in labelled:
        place.split = ""


def _say_what_is_not_trained_on(layout: Layout) -> None:
    if not layout.split_from:
        return
    counts = Counter(image.label for image in layout.images)
    trained = {image.label for image in layout.images if image.split in ("train", "")}
    if lacking := [name for name in layout.class_names if name not in trained]:
        number = sum(counts[name] for name in lacking)
        layout.warnings.append(
            f"The split that comes with the images has none to train on of {listed(lacking)} ({number:,} images), so "
            "that they cannot be learned. Put some of theirs among those to train on; or bring the class folders "
            "without the folders of the split, and the images are divided anew."
        )


def _say_links(layout: Layout) -> None:
    """Warn of links to what lies here too: images that are counted once, and would else be on both sides of a split."""
    links = links_counted_elsewhere(layout.root)
    folders = [(link, same) for link, same in links if not is_image(link) and not _lies_in(link, same)]
    for link, same in folders[:_NAMES_SHOWN]:
        parts = {split_in_name(link.split("/")[0]), split_in_name(same.split("/")[0])}
        leak = " Counted twice, what is tested on would be known before." if len(parts - {""}) > 1 else ""
        layout.warnings.append(
            f"{quoted(link)} is a link to {quoted(same)}: its images count once, in {quoted(same)}.{leak}"
        )
    if files := [link for link in links if is_image(link[0])]:
        layout.warnings.append(
            f"{len(files):,} {'are links' if len(files) > 1 else 'is a link'} to images that lie here too, such as "
            f"{shown(files[0][0])} to {shown(files[0][1])}: each image counts once."
        )


def _lies_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
