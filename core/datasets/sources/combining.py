"""Puts together what folders and tables say of images: labels, parts of a split, groups, and what has no label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.datasets.sources.agreement import explains_another, is_container, kind_of
from core.datasets.sources.found import FoundImage, Layout
from core.datasets.sources.listing import subfolders, text_only
from core.datasets.sources.split_names import split_in_names
from core.datasets.sources.tables.families import TableLabels
from core.datasets.sources.words import in_a_row, listed

_KEPT = "kept, but not trained on"
_HELD_BACK = ("", "train", "validation", "test")  # the later, the further from training


def with_table(
    layout: Layout, table: TableLabels, names: Mapping[str, str] | None, root: Path, paths: Sequence[str]
) -> Layout:
    """The images as folders label them, with the split, the groups and further images that a table tells.

    Parameters
    ----------
    layout
        What the folders say.
    table
        What the table says.
    names
        What the folders call the table's classes; None where the two differ, and the table adds no images.
    root
        The folder.
    paths
        The images in it.
    """
    told = {image.path: image for image in (*table.layout.images, *table.layout.unlabelled)}
    labelled = {image.path: image for image in layout.images}
    added = {}
    if names is not None:
        added = {image.path: replace(image, label=names.get(image.label, image.label)) for image in table.layout.images}
    images, splits = [], _Splits(root, table)
    for path in paths:
        known, says = labelled.get(path), told.get(path)
        if known is not None:
            group = known.group or (says.group if says else "")
            images.append(replace(known, split=splits.of(path, says, known.split), group=group))
        elif path in added:
            image = added[path]
            images.append(replace(image, split=splits.of(path, image)))
    extra = [path for path in added if path not in labelled]
    of_split = [words for words in table.layout.warnings if "was ignored" in words or "was taken for train" in words]
    result = replace(
        layout,
        images=images,
        left_out=[one for one in layout.left_out if one[0] not in added] + (table.layout.left_out if extra else []),
        unlabelled=[image for image in layout.unlabelled if image.path not in added],
        warnings=[*layout.warnings, *(table.layout.warnings if extra else of_split), *splits.warnings()],
        split_from=splits.told_from(layout.split_from),
        groups_from=table.layout.groups_from if any(image.group for image in images) else "",
    )
    if len(result.unlabelled) < len(layout.unlabelled):
        result.warnings = [words for words in result.warnings if _KEPT not in words]
        _say_what_is_kept(result)
    keep_split(result)
    if extra:
        result.labels_from = f"{layout.labels_from} and, of {len(extra):,} images, {table.layout.labels_from}"
    elif renamed := [label for label, name in (names or {}).items() if label != name]:
        result.warnings.append(
            f"{table.called} calls the classes otherwise ({listed(renamed)}) and divides the images as the folders "
            f"do, whose names were taken. For those of the table choose {table.choice.to_options()}."
        )
    return result


def labelled_by_table(table: TableLabels, root: Path, paths: Sequence[str]) -> Layout:
    """The images as a table labels them; others are kept without a label, or left out if they are of another kind."""
    told = {image.path: image for image in (*table.layout.images, *table.layout.unlabelled)}
    refused, splits = {path for path, _ in table.layout.left_out}, _Splits(root, table)
    layout = replace(table.layout, images=[], unlabelled=[], left_out=list(table.layout.left_out))
    unnamed = []
    for path in text_only(list(paths), layout):
        image = told.get(path)
        if image is not None and image.label:
            layout.images.append(replace(image, split=splits.of(path, image)))
        elif image is not None:
            layout.unlabelled.append(image)
        elif path not in refused:
            unnamed.append(path)
    layout.split_from = splits.told_from("")
    layout.warnings = [*layout.warnings, *splits.warnings()]
    _place_unnamed(layout, unnamed, table)
    _say_what_is_kept(layout)
    keep_split(layout)
    return layout


def with_parts_of(other: TableLabels, best: TableLabels) -> TableLabels:
    """Tables with the split and the groups that another one tells, as far as they tell none themselves."""
    told = {image.path: image for image in other.layout.images}
    layout = replace(best.layout)
    if not layout.split_from and other.layout.split_from:
        layout.images = [
            replace(image, split=told[image.path].split) if image.path in told else image for image in layout.images
        ]
        layout.split_from = other.layout.split_from
    if not layout.groups_from and other.layout.groups_from:
        layout.images = [
            replace(image, group=told[image.path].group) if image.path in told else image for image in layout.images
        ]
        layout.groups_from = other.layout.groups_from
    return replace(best, layout=layout)


def told_from_the_folder_of(
    table: TableLabels, layout: Layout, folder: Path, root: Path, paths: Sequence[str]
) -> Layout:
    """The same with paths told from a table's folder above the images, as in datasets of earlier versions."""
    place = (folder / table.names[0]).parent
    if place == root or not root.is_relative_to(place):
        return layout
    start, known = root.relative_to(place).as_posix() + "/", frozenset(paths)
    layout.images, layout.unlabelled = (
        [replace(image, path=start + image.path) for image in images] for images in (layout.images, layout.unlabelled)
    )
    layout.left_out = [(start + path if path in known else path, reason) for path, reason in layout.left_out]
    return replace(layout, root=place)


def _place_unnamed(layout: Layout, unnamed: Sequence[str], table: TableLabels) -> None:
    """An image beside those that are named is kept without a label; one elsewhere is something else."""
    places = {image.path.rpartition("/")[0] for image in (*layout.images, *layout.unlabelled)}
    kinds = {kind_of(place.partition("/")[0]) for place in places if place}
    elsewhere: Counter[str] = Counter()
    for path in unnamed:
        place = path.rpartition("/")[0]
        # ISIC_2019_Test_Input beside ISIC_2019_Training_Input holds images of the same kind.
        is_alike = bool(place) and kind_of(place.partition("/")[0]) in kinds
        holds_images = place in places or is_alike or any(map(is_container, place.split("/")))
        if holds_images and not explains_another(path):
            layout.unlabelled.append(FoundImage(path, ""))
        elif holds_images:
            layout.left_out.append((path, f"explains another image, and is not named in {table.called}"))
        else:
            elsewhere[place.partition("/")[0]] += 1
            layout.left_out.append((path, f"is not named in {table.called}, nor is anything else in {place}"))
    if elsewhere:
        names = in_a_row(f"{name} ({count:,})" for name, count in elsewhere.items())
        layout.warnings.append(f"Of the images in {names}, {table.called} names none: they were left out.")


def keep_split(layout: Layout) -> None:
    """Take no split where one side of it has no labelled image: what is there is then divided anew."""
    parts = {image.split for image in layout.images}
    if not (parts & {"", "train"} and parts & {"validation", "test"}):
        layout.images = [replace(image, split="") for image in layout.images]
        layout.split_from = ""


def _say_what_is_kept(layout: Layout) -> None:
    number, folders = len(layout.unlabelled), {image.path.rpartition("/")[0] for image in layout.unlabelled} - {""}
    if number:
        where = f" in {listed(sorted(folders))}" if folders else ""
        has = "images{} have no label: they are" if number > 1 else "image{} has no label: it is"
        layout.warnings.append(f"{number:,} {has.format(where)} {_KEPT}.")


class _Splits:
    """The part of a split of each image, by a table and by the folders, whichever holds it further from training."""

    def __init__(self, root: Path, table: TableLabels):
        parts = split_in_names(subfolders(root))
        # A folder train alone only wraps; a test beside class folders is none of them.
        self._parts = parts if len(set(parts.values())) > 1 or set(parts.values()) == {"test"} else {}
        self._table = table
        self._by_folder: set[str] = set()
        self._differing = 0
        self.used_table = False

    def of(self, path: str, told: FoundImage | None, by_folder: str = "") -> str:
        first = path.partition("/")[0] if "/" in path else ""
        in_folder = by_folder or self._parts.get(first, "")
        by_table = told.split if told else ""
        if by_table:
            self.used_table = True
        if in_folder and not by_table:
            self._by_folder.add(first)
        # A table may well cut a validation part from the folder train; the other way round something is wrong.
        self._differing += bool(by_table) and in_folder in ("validation", "test") and in_folder != by_table
        return max(in_folder, by_table, key=_HELD_BACK.index)

    def told_from(self, folders: str) -> str:
        sources = [self._table.layout.split_from] if self.used_table and self._table.layout.split_from else []
        if self._by_folder:
            sources.append(folders or f"the folder{'s' * (len(self._parts) > 1)} {', '.join(sorted(self._parts))}")
        return " and ".join(sources)

    def warnings(self) -> list[str]:
        if not self._differing:
            return []
        return [
            f"The folders put {self._differing:,} images in another part of the split than {self._table.called} does. "
            "Each was put in the one that is further from training, so that nothing is tested on what was trained on."
        ]
