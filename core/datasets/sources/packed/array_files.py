"""Pictures and labels in named arrays: which belong together, told from the names of the arrays and of their files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.packed.arrays import ArraySet, Part, PictureArray, StoredArray
from core.datasets.sources.packed.hdf5 import hdf5_arrays
from core.datasets.sources.packed.labels import label_names
from core.datasets.sources.packed.mat import is_hdf5, mat_arrays
from core.datasets.sources.packed.npz import npy_arrays, npz_arrays
from core.datasets.sources.split_names import SPLIT_NAMES
from core.datasets.sources.words import in_a_row
from core.errors import UsageError

SUFFIXES = frozenset({".npz", ".npy", ".mat", ".h5", ".hdf5"})

_PICTURES = frozenset(["x", "image", "images", "img", "imgs", "data", "picture", "pictures", "pixels"])
_LABELS = frozenset(["y", "label", "labels", "target", "targets", "class", "classes", "gt"])
_NAMES = frozenset(["names", "list"])
_SAYING_NOTHING = frozenset(["set", "orig", "the", "of", "array", "arr", "k"])
_EXTRA = "extra"  # what SVHN calls its further pictures to train on
_SVHN = re.compile(r"(train|test|extra)_32x32", re.IGNORECASE)


@dataclass(frozen=True)
class _Named:
    """An array and what its name says.

    Parameters
    ----------
    kind
        "pictures", "labels", "names" of classes, or "" where that is not said.
    split
        The part of the split, "" where none is said.
    rest
        The other words of its name, by which one set of labels is told from another.
    place
        What tells one set of files from another.
    """

    array: StoredArray
    kind: str
    split: str
    rest: str
    place: str


def is_array_file(name: str) -> bool:
    """Whether a file holds arrays by its ending."""
    return Path(name).suffix.lower() in SUFFIXES


def find_arrays(files: Sequence[Path], root: Path, choices: Choices, wanted: Path | None = None) -> ArraySet:
    """Pair the pictures and the labels that files hold.

    Arrays and files are known by the words of their names: ``x_train``, ``train_images``, ``train_set_x``,
    ``camelyonpatch_level_2_split_train_x.h5``; two arrays without such names are told apart by their shapes.

    Parameters
    ----------
    files
        Files of arrays (.npz, .npy, .mat, .h5).
    root
        The folder that was brought.
    choices
        Which labels are meant where there are several, and what is done with pictures that have several.
    wanted
        A file of the set that is meant, where there are several.

    Raises
    ------
    Undecided
        If there are several sets, several labels, or pictures with several.
    UsageError
        If a file is damaged, holds no pictures, or these have no labels.
    """
    named = [_named(array, root) for path in files for array in _arrays(path)]
    named = _told_by_shape(named)
    sets: dict[str, list[_Named]] = {}
    for one in named:
        sets.setdefault(one.place, []).append(one)
    sets = {place: inside for place, inside in sets.items() if _is_complete(inside)}
    if wanted is not None:
        sets = {place: inside for place, inside in sets.items() if any(one.array.file == wanted for one in inside)}
    if not sets:
        raise UsageError(_nothing(named, files))
    if len(sets) > 1:
        firsts = [inside[0].array.file.relative_to(root).as_posix() for inside in sets.values()]
        options = [Option(f"the pictures in {name}", Choices(labels_from=name)) for name in dict.fromkeys(firsts)]
        raise Undecided(f"There are several sets of pictures, such as {in_a_row(firsts, 2)}. Which is meant?", options)
    (inside,) = sets.values()
    return _paired(inside, choices)


def _arrays(path: Path) -> list[StoredArray]:
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return npy_arrays(path)
    if suffix == ".mat":
        return hdf5_arrays(path, is_reversed=True) if is_hdf5(path) else mat_arrays(path)
    return hdf5_arrays(path) if suffix in (".h5", ".hdf5") else npz_arrays(path)


# What names say ------------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words = [word for word in re.split(r"[\W_]+", text.casefold()) if word]
    # "xtrain" and "testy" are written as one word as often as not.
    return [part for word in words for part in _parted(word)]


def _parted(word: str) -> list[str]:
    for letter in "xy":
        if word.removeprefix(letter) in SPLIT_NAMES and word != word.removeprefix(letter):
            return [letter, word[1:]]
        if word.removesuffix(letter) in SPLIT_NAMES and word != word.removesuffix(letter):
            return [word[:-1], letter]
    return [word]


def _named(array: StoredArray, root: Path) -> _Named:
    key, file = _words(array.key), _words(array.file.stem)
    kind = _kind(key) or _kind(file)
    folders = array.file.parent.relative_to(root).parts
    # Those of what lies nearest: "test/x_train.npy" trains.
    splits = [_split(word) for word in (*key, *file, *map(str.casefold, reversed(folders))) if _split(word)]
    rest = [word for word in key if not _split(word) and word not in _PICTURES | _LABELS | _SAYING_NOTHING]
    place = [word for word in file if not _split(word) and word not in _PICTURES | _LABELS]
    place = [*(folder for folder in folders if not _split(folder.casefold())), *place]
    return _Named(array, kind, splits[0] if splits else "", " ".join(rest), " ".join(place))


def _split(word: str) -> str:
    return "train" if word == _EXTRA else SPLIT_NAMES.get(word, "")


def _kind(words: Iterable[str]) -> str:
    words = set(words)
    if (words & _NAMES and words & (_LABELS | {"categories"})) or words == {"classes"}:
        return "names"
    return "pictures" if words & _PICTURES else "labels" if words & _LABELS else ""


def _told_by_shape(named: list[_Named]) -> list[_Named]:
    """Names told from shapes where no array of a file says what it is, and there are just two: `arr_0` and `arr_1`."""
    by_file: dict[Path, list[_Named]] = {}
    for one in named:
        by_file.setdefault(one.array.file, []).append(one)
    told = []
    for inside in by_file.values():
        shapes = sorted(len(one.array.shape) for one in inside)
        if len(inside) == 2 and not any(one.kind for one in inside) and shapes[0] <= 2 < shapes[1] <= 4:
            kinds = ["pictures" if len(one.array.shape) > 2 else "labels" for one in inside]
            inside = [
                _Named(one.array, kind, one.split, "", one.place) for one, kind in zip(inside, kinds, strict=True)
            ]
        told += inside
    return told


def _is_complete(inside: list[_Named]) -> bool:
    kinds = {one.kind for one in inside if one.kind != "pictures" or len(one.array.shape) > 1}
    return {"pictures", "labels"} <= kinds


def _nothing(named: list[_Named], files: Sequence[Path]) -> str:
    arrays = [f"{one.array.called} ({one.array.shown_shape})" for one in named if len(one.array.shape) > 0]
    kinds = {one.kind for one in named}
    lacking = "labels" if "pictures" in kinds else "pictures" if "labels" in kinds else "pictures and labels"
    return (
        f"{in_a_row([path.name for path in files], 2)}: no array of {lacking} was found. There is "
        f"{in_a_row(arrays, 2) or 'nothing'}. Call the arrays x_train, y_train, x_test and y_test, or images and "
        "labels."
    )


# Which belong together -----------------------------------------------------------------------------------------------


def _paired(inside: list[_Named], choices: Choices) -> ArraySet:
    pictures = [one for one in inside if one.kind == "pictures" and len(one.array.shape) > 1]
    # scikit-learn's digits are there twice, as "images" and as "data", in rows.
    shaped = {one.split for one in pictures if len(one.array.shape) > 2}
    pictures = [one for one in pictures if len(one.array.shape) > 2 or one.split not in shaped]
    names = _class_names(inside)
    labels = _chosen_labels([one for one in inside if one.kind == "labels"], choices)
    parts, used, warnings = [], [], []
    for one in sorted(pictures, key=lambda one: ("train", "validation", "test", "").index(one.split)):
        fitting = [other for other in labels if _belong_together(one, other)]
        if len(fitting) > 1:
            called = in_a_row([other.array.called for other in fitting], 2)
            raise UsageError(f"Which labels belong to {one.array.called} can't be told: {called}.")
        if fitting:
            parts.append(_part(one, fitting[0], names, choices, warnings))
            used.append(fitting[0].array)
        else:
            array = PictureArray(one.array)
            parts.append(Part(one.split, [""] * array.count, array.pictures))
            warnings.append(f"No labels were found for {one.array.called}: its pictures are kept without a label.")
    if not used:
        raise UsageError(f"No labels belong to {pictures[0].array.called} by their names.")
    files = list(dict.fromkeys(one.array.file for one in inside))
    splits = [one for one in pictures if one.split]
    split_from = ""
    if splits:
        told = [one.array.file.name for one in splits]
        if len(set(told)) < len(splits):
            told = [f"“{one.array.key}”" for one in splits]
        if len(set(told)) < len(splits):
            told = [f"{one.array.file.parent.name}/{one.array.file.name}" for one in splits]
        split_from = f"the names {in_a_row(told, 2)}"
    return ArraySet(files, parts, in_a_row([array.called for array in used], 2), split_from, warnings=warnings)


def _belong_together(pictures: _Named, labels: _Named) -> bool:
    same_file = pictures.array.file == labels.array.file
    if same_file or pictures.array.file.suffix == ".npy" or _holds_one_kind(pictures) or _holds_one_kind(labels):
        extra = [_EXTRA in one.array.file.stem.casefold() for one in (pictures, labels)]
        return pictures.split == labels.split and extra[0] == extra[1]
    return False


def _holds_one_kind(one: _Named) -> bool:
    """Whether it is the file that is called pictures or labels, as in ``train_x.h5``."""
    return _kind(_words(one.array.file.stem)) == one.kind


def _chosen_labels(labels: list[_Named], choices: Choices) -> list[_Named]:
    """The labels that are meant where there are several of each part, such as fine and coarse ones."""
    kinds = list(dict.fromkeys(one.rest for one in labels))
    by_part = {(one.array.file, one.split) for one in labels}
    if len(labels) == len(by_part):
        return labels
    for chosen in choices.label_columns:
        fitting = [one for one in labels if chosen in (one.rest, one.array.key)]
        if fitting:
            return [one for one in labels if one.rest == fitting[0].rest]
    options = [
        Option(f"the labels “{kind or 'labels'}”", Choices(label_columns=(kind or _key_of(labels, kind),)))
        for kind in kinds
    ]
    raise Undecided(f"{labels[0].array.file.name} holds several labels for each picture. Which are meant?", options)


def _key_of(labels: list[_Named], kind: str) -> str:
    return next(one.array.key for one in labels if one.rest == kind)


def _class_names(inside: list[_Named]) -> list[str]:
    """Names of the classes by number, counted from 0, where an array holds them."""
    for one in inside:
        if one.kind == "names" and one.array.dtype.kind in "SU":
            values = np.concatenate([block.ravel() for block in one.array.read()])
            names = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
            return [name.strip() for name in names]
    return []


def _part(pictures: _Named, labels: _Named, names: list[str], choices: Choices, warnings: list[str]) -> Part:
    values = _by_picture(labels.array.whole())
    array = PictureArray(pictures.array, len(values))
    texts = label_names(values, labels.array.called, choices, names)
    if array.scale != 1:
        warnings.append(f"The values of {pictures.array.called} go from 0 to 1 and were multiplied by 255.")
    if _SVHN.fullmatch(pictures.array.file.stem) and "10" in texts:
        texts = ["0" if text == "10" else text for text in texts]
        warnings.append(f"The label 10 of {labels.array.file.name} is the digit 0, as SVHN has it.")
    if texts.count("") and values.ndim > 1:
        warnings.append(f"{texts.count(''):,} pictures of {pictures.array.called} have no label, and are kept as such.")
    return Part(pictures.split, texts, array.pictures)


def _by_picture(values: np.ndarray) -> np.ndarray:
    """Labels with the pictures along the first axis; MATLAB often has them along the second."""
    if values.ndim == 0:
        return values.reshape(1)
    if values.ndim > 1 and values.shape[0] == 1:
        return values.reshape(-1)
    return values
