"""Tables that belong together, as the parts of a split do: which these are, and what they say in one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.datasets.sources.choices import Choices, Undecided
from core.datasets.sources.found import Layout
from core.datasets.sources.split_names import SPLIT_NAMES, split_in_name, split_in_names, words_of
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.words import in_a_row
from core.errors import UsageError


@dataclass
class TableLabels:
    """What one table says of the images, or several that are the parts of a split.

    Parameters
    ----------
    names
        The tables' paths, relative to the folder that was brought, with forward slashes.
    layout
        The images that they name; its root is that of the search.
    problem
        Why they must not be relied on alone: another table of the same kind asks something, or cannot be read.
    """

    names: tuple[str, ...]
    layout: Layout
    problem: UsageError | None = None

    @property
    def called(self) -> str:
        return in_a_row(self.names)

    @property
    def choice(self) -> Choices:
        return Choices(labels_from=self.names[0])


def part_of_table(stem: str) -> str:
    """The part of a split that a table is named after, whatever else its name says; "" where it is after none."""
    parts = {SPLIT_NAMES[word] for word in words_of(stem) if word in SPLIT_NAMES}
    if parts == {"train", "validation"}:  # train_val is what is not tested on
        return "train"
    return parts.pop() if len(parts) == 1 else ""


def families(names: Sequence[str]) -> list[dict[str, str]]:
    """Tables that belong together, each with what tells it from the others.

    Those in the folders of a split are told apart by the folder, as are those of one name in several folders; those
    that lie together and are named after parts of a split by the part.
    """
    families: dict[str, dict[str, str]] = {}
    times = Counter(name.rpartition("/")[2] for name in names)
    for name in names:
        folder, _, file = name.rpartition("/")
        of_split = [place for place in folder.split("/") if split_in_name(place)]
        if of_split:
            families.setdefault("folders of a split", {})[name] = of_split[-1]
        elif part := part_of_table(Path(file).stem):
            families.setdefault(folder + "/parts", {})[name] = part
        else:
            families.setdefault(file if times[file] > 1 else name, {})[name] = folder
    return list(families.values())


def largest_of_each_part(parts: Mapping[str, str], read: Mapping[str, Layout]) -> dict[str, str]:
    """Of the tables for each part the one that names the most images: HAM10000 comes with several that do."""
    largest: dict[str, str] = {}
    for name, part in parts.items():
        if part not in largest or read[name].count > read[largest[part]].count:
            largest[part] = name
    return {name: part for part, name in largest.items()}


def what_is_lacking(
    folder: Path,
    family: Mapping[str, str],
    usable: Mapping[str, str],
    questions: Mapping[str, Undecided],
    unusable: Mapping[str, str],
) -> UsageError | None:
    """Why the usable tables of a family would be only half of what there is; None where they are all."""
    columns = {tuple(open_table(folder / name).names) for name in usable}
    for name, question in questions.items():
        # Kaggle's test.csv lacks the column of labels that its train.csv has, and asks for nothing that matters.
        asks_of_all = any(option.choices.several_labels for option in question.options)
        if usable and name in family and (asks_of_all or tuple(open_table(folder / name).names) in columns):
            return question
    for name, reason in unusable.items():
        trains = split_in_name(family.get(name, "")) == "train"
        if usable and trains and "train" not in map(split_in_name, usable.values()):
            return UsageError(f"{name} can't be used: {reason}")
    return None


def joined(root: Path, layouts: Mapping[str, Layout], parts: Mapping[str, str]) -> TableLabels:
    """One layout of tables that are the parts of a split, or of one alone."""
    names, splits = tuple(layouts), split_in_names(parts.values())
    joined = Layout(root, labels_from=_told_from([(name, one.labels_from) for name, one in layouts.items()]))
    are_parts = len(names) > 1 and all(part in splits for part in parts.values())
    for name, layout in layouts.items():
        part = splits[parts[name]] if are_parts else ""
        joined.images += [replace(image, split=image.split or part) for image in layout.images]
        joined.unlabelled += layout.unlabelled
        joined.left_out += layout.left_out
        joined.warnings += layout.warnings
    by_column = [(name, one.split_from) for name, one in layouts.items() if one.split_from]
    joined.split_from = _told_from(by_column) if by_column else ""
    if are_parts:
        folders = dict.fromkeys(name.rpartition("/")[0] for name in names)
        by_name = f"the folders {', '.join(folders)}" if len(folders) > 1 else f"the names of {in_a_row(names)}"
        joined.split_from = " and ".join(filter(None, [joined.split_from, by_name]))
    by_group = [(name, one.groups_from) for name, one in layouts.items() if one.groups_from]
    joined.groups_from = _told_from(by_group) if by_group else ""
    _leave_out_what_is_named_twice(joined)
    return TableLabels(names, joined)


def with_those_that_go_on(
    folder: Path, root: Path, tables: Sequence[TableLabels], read: Mapping[str, Layout]
) -> list[TableLabels]:
    """The tables, where those that have the same columns and name other images than one before are taken with it."""
    kept: dict[tuple[str, ...], TableLabels] = {}
    others = []
    for table in tables:
        columns = tuple(open_table(folder / table.names[0]).names) if len(table.names) == 1 else ()
        first = kept.get(columns)
        if not columns or table.problem is not None or len(table.layout.class_names) < 1:
            others.append(table)
        elif first is None:
            kept[columns] = table
        elif _named_by(first.layout).isdisjoint(_named_by(table.layout)):
            names = (*first.names, *table.names)
            parts = {name: part_of_table(Path(name).stem) for name in names}
            kept[columns] = joined(root, {name: read[name] for name in names}, parts)
        else:
            others.append(table)
    return [*kept.values(), *others]


def _named_by(layout: Layout) -> set[str]:
    """The images that tables name."""
    return {image.path for image in (*layout.images, *layout.unlabelled)}


def _told_from(said: Sequence[tuple[str, str]]) -> str:
    """What several tables say their labels are from, in one: "the column “label” of train.csv and test.csv"."""
    own = [(name, words, f" of {name.rpartition('/')[2]}") for name, words in said]
    kinds = {words.replace(of, " of *", 1) for _, words, of in own}
    if len(kinds) == 1 and " of *" in (kind := kinds.pop()):
        return kind.replace(" of *", f" of {in_a_row(name for name, _ in said)}", 1)
    return " and ".join(dict.fromkeys(words.replace(of, f" of {name}", 1) for name, words, of in own))


def _leave_out_what_is_named_twice(layout: Layout) -> None:
    """An image that is both trained on and tested on would make any result too good."""
    counts = Counter(image.path for image in (*layout.images, *layout.unlabelled))
    twice = [path for path, count in counts.items() if count > 1]
    layout.images = [image for image in layout.images if counts[image.path] == 1]
    layout.unlabelled = [image for image in layout.unlabelled if counts[image.path] == 1]
    layout.left_out += [(path, "is named in more than one table") for path in twice]
