"""Finds the tables that label the images of a folder: beside and above them, in folders of tables and of a split."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from core.datasets.sources.agreement import explains_another
from core.datasets.sources.annotations.opening import NoAnnotations
from core.datasets.sources.choices import AS_FOUND, FILE_NAMES, FOLDERS, Choices, Undecided
from core.datasets.sources.found import FoundImage, Layout, natural_order
from core.datasets.sources.listing import files, is_text, subfolders
from core.datasets.sources.split_names import SPLIT_NAMES, split_in_name, split_in_names, words_of
from core.datasets.sources.tables.files import TABLE_SUFFIXES, open_table
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError

# What folders are called that hold tables and no images, in whole words.
_FOR_TABLES = frozenset(
    {"annotation", "annotations", "csv", "gt", "groundtruth", "ground", "truth", "label", "labels", "list", "lists"}
    | {"info", "meta", "metadata", "split", "splits", "table", "tables"}
)
_MOST_OF_A_KIND = 20  # more files of one ending in a folder are one for each image, as YOLO writes them, and no tables
_MOST_FOLDERS = 200
_PASSED_OVER = "is a link to what is here under another path, or lies in a folder that is passed over"
PLAIN_TABLES = frozenset({".csv", ".tsv", ".parquet", ".xlsx", ".jsonl"})
"""Endings of files that are tables and seldom anything else."""
CALLED_LABELS = frozenset(
    {"breed", "category", "choice", "class", "condition", "diagnosis", "disease", "dx", "kind", "label", "labels"}
    | {"species", "tag", "target", "type", "y"}
)
"""Words in names of columns of labels."""
_ROWS_TO_LOOK_AT = 10_000
_LOOKED_AT = TABLE_SUFFIXES | {".txt", ".lst"}


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


@dataclass
class TablesBeside:
    """The tables that lie beside the images.

    Parameters
    ----------
    labels
        What those say that can be used, the most images first.
    questions
        By the table's path, what has to be chosen before it can be used.
    unusable
        By the table's path, why it cannot be used, in words.
    unknown
        Those of the unusable that are no table, and nothing that a known tool writes.
    """

    labels: list[TableLabels] = field(default_factory=list)
    questions: dict[str, Undecided] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Place:
    """A folder in which tables may lie.

    Parameters
    ----------
    folder
        Where it is.
    names
        The files in it that may be tables or lists, in natural order.
    is_class
        Whether it may well be the folder of a class, among whose images notes of many kinds lie.
    """

    folder: Path
    names: tuple[str, ...]
    is_class: bool


def find_tables(
    folder: Path, root: Path, paths: Sequence[str], places: Sequence[Place], choices: Choices = AS_FOUND
) -> TablesBeside:
    """Read every table that may label the images below a folder.

    Parameters
    ----------
    folder
        What the user gave.
    root
        `folder`, or the folder in it that is reached through folders that only wrap.
    paths
        The images below `root`.
    places
        Where tables may lie: see `look_around`.
    choices
        What a person said of the columns, and the table that they chose, which may lie anywhere below `folder`.
    """
    found, read, known = TablesBeside(), {}, frozenset(paths)
    for table in _candidates(folder, places, choices.labels_from):
        name = os.path.relpath(table, folder).replace(os.sep, "/")
        try:
            read[name] = moved(read_below(table, choices, folder, root), root, known)
        except Undecided as question:
            found.questions[name] = _asked_of(question, name)
        except UsageError as error:
            found.unusable[name] = str(error)
            if isinstance(error, NoAnnotations):
                found.unknown.add(name)
    for family in _families([*read, *found.questions, *found.unusable]):
        parts = {name: part for name, part in family.items() if name in read}
        problem = _what_is_lacking(folder, family, parts, found)
        while parts:
            used = _largest_of_each_part(parts, read)
            found.labels.append(_joined(root, {name: read[name] for name in used}, used))
            found.labels[-1].problem, problem = problem, None
            parts = {name: part for name, part in parts.items() if name not in used}
    found.labels.sort(key=lambda one: -len(one.layout.images))
    return found


def labels_folders(table: Path, names: Collection[str]) -> bool:
    """Whether a table names the folders and, in a column called after labels, has few values for many folders."""
    try:
        opened = open_table(table)
        readable = [column for column in range(len(opened.names)) if opened.holds_text(column)]
        rows = [row for row in islice(opened.rows(readable), _ROWS_TO_LOOK_AT) if row is not None]
    except UsageError:
        return False
    named = [opened.names[column] for column in readable]
    columns = dict(zip(named, map(set, zip(*rows, strict=True)), strict=True)) if rows else {}
    speaks_of_them = any(2 * len(values & set(names)) >= len(names) for values in columns.values())
    labels = [values for name, values in columns.items() if set(words_of(name)) & CALLED_LABELS]
    return speaks_of_them and any(1 < len(values) <= len(names) / 2 for values in labels)


def in_a_row(names: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


# Where tables are ----------------------------------------------------------------------------------------------------


def look_around(folder: Path, root: Path, paths: Sequence[str]) -> list[Place]:
    """The folders in which tables may lie, each once.

    These are the folder of the images and those above it that were brought with it, and in each the folders that hold
    no images, or are named after tables (``annotations``, ``GroundTruth``) or a part of a split (``train``), or are
    those of the classes.
    """
    with_images = {path.split("/", 1)[0] for path in paths if "/" in path}
    is_alone, place, found = len(with_images) == 1, root, []

    def look_into(inner: Path, is_class: bool = False) -> None:
        names = [name for name in files(inner) if os.path.splitext(name)[1].lower() in _LOOKED_AT and is_text(name)]
        found.append(Place(inner, tuple(sorted(names, key=natural_order)), is_class))

    while True:
        look_into(place)
        inside = [name for name in _readable(place) if place == root or name not in with_images]
        for name in sorted(inside, key=lambda name: (not _is_told_by_name(name), natural_order(name)))[:_MOST_FOLDERS]:
            look_into(place / name, name in with_images and not is_alone and not _is_told_by_name(name))
            if _is_told_by_name(name):
                for inner in sorted(filter(_is_told_by_name, _readable(place / name)), key=natural_order):
                    look_into(place / name / inner)
        if place == folder:
            return found
        with_images, place = {place.name}, place.parent


def _readable(folder: Path) -> list[str]:
    """The folders in a folder that may be looked into and whose names can be shown."""
    return [name for name in subfolders(folder) if is_text(name) and os.access(folder / name, os.R_OK | os.X_OK)]


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder also after every link is followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _candidates(folder: Path, places: Sequence[Place], chosen: str) -> Iterator[Path]:
    seen = set()
    for place in places:
        # In the folder of a class only what is a table for certain is one.
        endings = TABLE_SUFFIXES & PLAIN_TABLES if place.is_class else TABLE_SUFFIXES
        # A sample submission names the unlabelled test images, with made-up labels.
        names = [name for name in place.names if "submission" not in name.casefold()]
        kinds = Counter(Path(name).suffix.lower() for name in names)
        for name in names:
            if Path(name).suffix.lower() in endings and kinds[Path(name).suffix.lower()] <= _MOST_OF_A_KIND:
                seen.add(place.folder / name)
                yield place.folder / name
    is_table = chosen not in ("", FOLDERS, FILE_NAMES) and folder / chosen not in seen
    # Of what lies outside not even that it is there is told.
    if is_table and is_inside(folder / chosen, folder) and (folder / chosen).is_file():
        yield folder / chosen


def _is_told_by_name(name: str) -> bool:
    """Whether a folder is named after tables or a part of a split."""
    words = set(words_of(name))
    return bool(split_in_name(name)) or (bool(words) and words <= _FOR_TABLES)


# Reading -------------------------------------------------------------------------------------------------------------


def read_below(table: Path, choices: Choices, folder: Path, root: Path) -> Layout:
    """What a table says, its paths told from that folder by which it names the most images."""
    best, most, refusal = None, 0, None
    for base in bases_of(table, folder, root):
        try:
            layout = read_table(table, choices=choices, base=base, inside=folder, needs_two=False)
        except Undecided:
            raise
        except UsageError as error:
            refusal = refusal or error
            continue
        # A mask may be called as its image is, and lie nearer to the table.
        fitting = sum(not explains_another(path) for path in _paths_from(root, layout))
        if best is None or fitting > most:
            best, most = layout, fitting
        if not layout.left_out and fitting == _count(layout):
            break
    if best is None:
        raise refusal
    return best


def _paths_from(root: Path, layout: Layout) -> Iterator[str]:
    start, place = os.path.join(os.path.abspath(root), ""), os.path.join(os.path.abspath(layout.root), "")
    return ((place + image.path).removeprefix(start) for image in (*layout.images, *layout.unlabelled))


def bases_of(table: Path, folder: Path, root: Path) -> list[Path]:
    """The folders that a table's paths may be told from, the likeliest first."""
    own, part = table.parent, split_in_name(table.parent.name) or part_of_table(table.stem)
    bases = [own, *([own.parent] if own != folder and own.is_relative_to(folder) else []), root]
    # Names such as 0001.jpg come again in each part.
    beside = [base / name for base in bases for name in subfolders(base) if part and split_in_name(name) == part]
    return list(dict.fromkeys([*bases, *sorted(beside)]))


def _count(layout: Layout) -> int:
    return len(layout.images) + len(layout.unlabelled)


def _asked_of(question: Undecided, table: str) -> Undecided:
    """The same question, of a table that lies in the folder that was brought."""
    options = [replace(one, choices=replace(one.choices, labels_from=table)) for one in question.options]
    return Undecided(question.question, options, table)


def moved(layout: Layout, root: Path, known: Collection[str]) -> Layout:
    """The same with paths told from `root`; what is none of the images that were found there is left out."""
    before, after = (os.path.join(os.path.abspath(place), "") for place in (layout.root, root))

    def told(path: str) -> str:
        full = before + path
        return full[len(after) :] if full.startswith(after) else ""

    def here(images: list[FoundImage]) -> list[FoundImage]:
        places = [(image, told(image.path)) for image in images]
        left_out.extend((image.path, _PASSED_OVER) for image, path in places if path not in known)
        return [replace(image, path=path) for image, path in places if path in known]

    left_out = [(there if (there := told(path)) in known else path, reason) for path, reason in layout.left_out]
    images, unlabelled = here(layout.images), here(layout.unlabelled)
    return replace(layout, root=root, images=images, unlabelled=unlabelled, left_out=left_out)


# Several tables ------------------------------------------------------------------------------------------------------


def part_of_table(stem: str) -> str:
    """The part of a split that a table is named after, whatever else its name says; "" where it is after none."""
    parts = {SPLIT_NAMES[word] for word in words_of(stem) if word in SPLIT_NAMES}
    if parts == {"train", "validation"}:  # train_val is what is not tested on
        return "train"
    return parts.pop() if len(parts) == 1 else ""


def _families(names: Sequence[str]) -> list[dict[str, str]]:
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


def _largest_of_each_part(parts: Mapping[str, str], read: Mapping[str, Layout]) -> dict[str, str]:
    largest: dict[str, str] = {}
    for name, part in parts.items():
        if part not in largest or _count(read[name]) > _count(read[largest[part]]):
            largest[part] = name
    return {name: part for part, name in largest.items()}


def _what_is_lacking(
    folder: Path, family: Mapping[str, str], usable: Mapping[str, str], found: TablesBeside
) -> UsageError | None:
    """Why the usable tables of a family would be only half of what there is; None where they are all."""
    columns = {tuple(open_table(folder / name).names) for name in usable}
    for name, question in found.questions.items():
        # Kaggle's test.csv lacks the column of labels that its train.csv has, and asks for nothing that matters.
        asks_of_all = any(option.choices.several_labels for option in question.options)
        if usable and name in family and (asks_of_all or tuple(open_table(folder / name).names) in columns):
            return question
    for name, reason in found.unusable.items():
        trains = split_in_name(family.get(name, "")) == "train"
        if usable and trains and "train" not in map(split_in_name, usable.values()):
            return UsageError(f"{name} can't be used: {reason}")
    return None


def _joined(root: Path, layouts: Mapping[str, Layout], parts: Mapping[str, str]) -> TableLabels:
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
