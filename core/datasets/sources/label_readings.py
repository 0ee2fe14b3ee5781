"""One way to tell the labels of a folder's images, and how what a table says compares with what the folders say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.datasets.sources.agreement import are_no_classes, differing, is_container, is_explaining
from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.found import Layout
from core.datasets.sources.tables.families import TableLabels
from core.datasets.sources.words import listed


@dataclass
class LabelReading:
    """One way to tell labels, and what to choose for it."""

    layout: Layout
    choices: Choices

    @property
    def labels(self) -> dict[str, str]:
        return {image.path: image.label for image in self.layout.images}

    @property
    def option(self) -> Option:
        return Option(f"{self.layout.labels_from}: {listed(self.layout.class_names)}", self.choices)


@dataclass
class TableReading(LabelReading):
    """What tables tell; with the question that it is an answer to."""

    tables: TableLabels
    question: Undecided | None = None


def names_most(reading: LabelReading, paths: Sequence[str]) -> bool:
    """Whether a table names most of the images, or most of those in the folders for any images that it names."""
    named = [image.path for image in (*reading.layout.images, *reading.layout.unlabelled)]
    if 2 * len(named) >= len(paths):
        return True
    spoken_of = {path.partition("/")[0] if "/" in path else "" for path in named}
    inside = [path for path in paths if (path.partition("/")[0] if "/" in path else "") in spoken_of]
    return 2 * len(named) >= len(inside) and all(is_container(name) for name in spoken_of)


def adds_images(
    by_folder: LabelReading, by_table: LabelReading, names: Mapping[str, str], paths: Sequence[str]
) -> bool:
    """Whether a table labels images that lie in no class folder, by the names of the same classes."""
    labels, known = by_folder.labels, set(by_folder.layout.class_names)
    added = {image.label for image in by_table.layout.images if image.path not in labels}
    fitting = {label for label in added if names.get(label, label) in known}
    is_clear = 2 * len(fitting) > len(added) and not has_unknown(by_folder, by_table, names)
    return is_clear and names_most(by_table, paths)


def has_unknown(by_folder: LabelReading, by_table: LabelReading, names: Mapping[str, str]) -> bool:
    """Whether a table that calls classes otherwise than the folders has labels of which no folder's name is known."""
    labels, known = by_folder.labels, set(by_folder.layout.class_names)
    added = {image.label for image in by_table.layout.images if image.path not in labels} - set(names)
    return any(label != name for label, name in names.items()) and not added <= known


def is_rival(by_table: LabelReading, paths: Sequence[str]) -> bool:
    """Whether a table could as well be meant as the folders."""
    count, classes = len(by_table.layout.images), len(by_table.layout.class_names)
    return classes > 1 and names_most(by_table, paths) and (classes == 2 or 2 * classes <= count)


def folders_are_no_classes(by_folder: LabelReading, by_table: LabelReading) -> bool:
    """Whether the folders of the images that a table names are called after something else than classes."""
    labels = by_folder.labels
    groups = {image.path: image.group for image in by_table.layout.images if image.path in labels}
    # Beside a folder test that the table labels may lie the folders of classes.
    others = {name for name in by_folder.layout.class_names if not is_explaining(name)}
    names = {labels[path] for path in groups} | others
    return bool(groups) and are_no_classes(names, groups, labels)


def what_is_meant(folders: Sequence[LabelReading], rivals: Sequence[TableReading]) -> Undecided:
    """The question whether the folders or a table hold the labels."""
    first, rival = folders[0], rivals[0]
    labels, others = first.labels, rival.labels
    shared = sum(path in labels for path in others)
    differ = max(differing(labels, others), differing(others, labels))
    said = (
        f"they differ for {differ:,} of {shared:,} images"
        if shared
        else "it labels other images than the folders, and by other names"
    )
    return Undecided(
        f"The folders give {len(first.layout.class_names):,} classes, {listed(first.layout.class_names)}; "
        f"{rival.layout.labels_from} gives {len(rival.layout.class_names):,}, {listed(rival.layout.class_names)}; "
        f"{said}. Choose where the labels are to be read from.",
        [reading.option for reading in (*folders, *rivals)],
        rival.tables.names[0],
    )
