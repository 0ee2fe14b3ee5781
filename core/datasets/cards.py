"""Dataset cards: what is known of public datasets, one TOML file each in ``data``."""

import math
import tomllib
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from core.augmentation.label_preserving import LabelPreserving
from core.augmentation.recipe import TRANSFORMS
from core.datasets.grouping.groups import GROUP
from core.download import RemoteFile, is_web_address
from core.errors import UsageError
from core.installation import shipped

CARDS_FOLDER = shipped("data")
UNPACKING = {"zip": b"PK\x03\x04", "idx": b""}
"""How the files are unpacked, and the bytes that they begin with. IDX files may be packed with gzip or not."""
# Of a public dataset, some files may be lacking, or may look otherwise: of photographs a few are grey.
COUNTS_MAY_DIFFER = 0.05
MOST_LOOK_ALIKE = 0.95
# How the names begin that Pillow has for grey images, of whichever depth.
GREY_MODES = ("L", "1", "I", "F")
METRICS = ("accuracy", "log_loss")

_KEYS = {
    "title": str,
    "summary": str,
    "homepage": str,
    "terms": str,
    "unpacking": str,
    "by_hand": list,
    "faults": list,
    "classes": dict,
    "label_preserving": dict,
}
_OPTIONAL_KEYS = {"group_template": str, "splits": dict, "look": dict, "files": list, "results": list}
_IN_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number with a decimal point",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class CardFile:
    """A file to download, and the name to keep it under: the last part of its address."""

    name: str
    remote: RemoteFile


@dataclass(frozen=True)
class ReferenceResult:
    """What others reached.

    Parameters
    ----------
    setting
        The network, and how it was trained and judged.
    metric
        "accuracy" (0 to 1) or "log_loss" (natural logarithm, 0 or more).
    value
        In the unit of the metric.
    source
        Who says so.
    images
        How many images it was judged on; 0 where that is not known.
    """

    setting: str
    metric: str
    value: float
    source: str
    images: int = 0


@dataclass(frozen=True)
class Look:
    """What the images of a public dataset look like.

    Parameters
    ----------
    sides
        The least and the greatest side that an image has, in pixels.
    grey
        Whether they have grey pixels only.
    """

    sides: tuple[int, int]
    grey: bool


@dataclass(frozen=True)
class Card:
    """What is known of a public dataset.

    Parameters
    ----------
    name
        The name of its file, without ending.
    title, summary
        What people call it, and what it is.
    homepage, terms
        Where it is published, and what one may do with it.
    unpacking
        "zip" (an archive of class folders) or "idx" (the files of MNIST; label 0 is the first class, and so on).
    by_hand
        The steps to get it without this program.
    faults
        What is known to be wrong with it, a sentence each.
    classes
        Images of each class, in the dataset's own order.
    label_preserving
        Which turns and mirrorings keep its labels true.
    group_template
        How file names tell which images belong together: ``{group}`` is the part that images of one group share, ``*``
        is anything. "" where the names do not tell.
    splits
        Images of each class in each part of a split that the dataset brings along; empty where it brings none.
    look
        What its images look like; None where that is not said.
    files
        What to download; empty where its source asks for an account.
    results
        What others reached on it.
    """

    name: str
    title: str
    summary: str
    homepage: str
    terms: str
    unpacking: str
    by_hand: tuple[str, ...]
    faults: tuple[str, ...]
    classes: Mapping[str, int]
    label_preserving: LabelPreserving
    group_template: str
    splits: Mapping[str, Mapping[str, int]]
    look: Look | None
    files: tuple[CardFile, ...]
    results: tuple[ReferenceResult, ...]

    def has_counts(self, counts: Mapping[str, int]) -> bool:
        """Whether the classes of a dataset have about as many images as those of this card, or of one of its parts.

        Some may be lacking: files that can't be read, or that one description counts and another does not.
        """
        found = {_plain(name): count for name, count in counts.items()}
        wholes = [whole for whole in (self.classes, *self.splits.values()) if sum(whole.values())]
        return any(
            found.keys() == {_plain(name) for name in whole}
            and all(abs(found[_plain(name)] - count) <= COUNTS_MAY_DIFFER * count for name, count in whole.items())
            for whole in wholes
        )

    def is_part(self, counts: Mapping[str, int]) -> bool:
        """Whether a dataset could be a part of this one: no other class, and of none more images."""
        known = {_plain(name): count for name, count in self.classes.items()}
        return all(count <= known.get(_plain(name), 0) for name, count in counts.items())

    def looks_like(self, width: np.ndarray, height: np.ndarray, mode: np.ndarray) -> bool:
        """Whether images look as those of this card, by their size and by whether they are grey.

        Parameters
        ----------
        width, height : (n,) array of int
            In pixels.
        mode : (n,) array of str
            Pillow's, such as "RGB" or "L".

        Returns
        -------
        bool
            False where the card does not say what its images look like.
        """
        if self.look is None or not len(mode):
            return False
        least, most = self.look.sides
        is_grey = np.char.startswith(mode.astype(str), GREY_MODES[0])
        for begin in GREY_MODES[1:]:
            is_grey |= np.char.startswith(mode.astype(str), begin)
        alike = (np.minimum(width, height) >= least) & (np.maximum(width, height) <= most)
        return bool((alike & (is_grey == self.look.grey)).mean() >= MOST_LOOK_ALIKE)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the dataset's own order, fit to name folders."""
        return tuple(self.classes)

    def differences(self, counts: Mapping[str, int]) -> list[str]:
        """Where a dataset differs from this card, in words.

        Parameters
        ----------
        counts
            Images of each class. Names count as equal if their letters and digits are, as in `namesake`.

        Returns
        -------
        list of str
            A sentence for each class that is missing, unknown, or of another size; empty where all is as expected.
        """
        found = {_plain(name): count for name, count in counts.items()}
        known = {_plain(name) for name in self.classes}
        sentences = []
        for name, expected in self.classes.items():
            count = found.get(_plain(name))
            if count is None:
                sentences.append(f"The class “{name}” is missing: {expected:,} images are expected.")
            elif count != expected:
                difference = f"{abs(count - expected):,} too {'few' if count < expected else 'many'}"
                sentences.append(f"“{name}” has {count:,} images where {expected:,} are expected: {difference}.")
        sentences += [f"“{name}” is no class of {self.title}." for name in counts if _plain(name) not in known]
        return sentences


def load_cards(folder: Path = CARDS_FOLDER) -> dict[str, Card]:
    """Read all cards of a folder.

    Returns
    -------
    dict
        The cards by name, in alphabetical order.

    Raises
    ------
    UsageError
        If a card is not as ``data/README.md`` describes it; names the file and the key.
    """
    return {path.stem: _read_card(path, _state(path)) for path in sorted(folder.glob("*.toml"))}


def namesake(class_names: Iterable[str]) -> Card | None:
    """The card of the dataset that has classes of exactly these names, whatever their images show.

    Upper and lower case and everything but letters and digits are passed over: what one calls "T-shirt/top" is a folder
    "T-shirt_top" or "tshirt top" elsewhere.

    Returns
    -------
    Card or None
        None where no card has these classes.
    """
    wanted = {_plain(name) for name in class_names}
    return next((card for card in load_cards().values() if {_plain(name) for name in card.classes} == wanted), None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


# Reading -------------------------------------------------------------------------------------------------------------


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=256)  # pages ask for all cards, several times each time that they are drawn
def _read_card(path: Path, state: tuple[int, int, int]) -> Card:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # no TOML, or no UTF-8
        raise UsageError(f"The card {path} cannot be read: {error}. Correct it; data/README.md shows how.") from error
    _check_keys(path, "", values, _KEYS, _OPTIONAL_KEYS)
    _check_texts(path, values)
    classes = _read_counts(path, "classes", values["classes"])
    return Card(
        name=path.stem,
        **{key: values[key] for key in ("title", "summary", "homepage", "terms", "unpacking")},
        by_hand=tuple(values["by_hand"]),
        faults=tuple(values["faults"]),
        classes=classes,
        label_preserving=_read_label_preserving(path, values["label_preserving"]),
        group_template=values.get("group_template", ""),
        splits=_read_splits(path, values.get("splits", {}), classes),
        look=_read_look(path, values["look"]) if "look" in values else None,
        files=tuple(
            _read_file(path, f"files[{index}].", entry, UNPACKING[values["unpacking"]])
            for index, entry in enumerate(values.get("files", []))
        ),
        results=tuple(
            _read_result(path, f"results[{index}].", entry) for index, entry in enumerate(values.get("results", []))
        ),
    )


def _check_texts(path: Path, values: Mapping[str, Any]) -> None:
    for key in ("by_hand", "faults"):
        if not all(isinstance(sentence, str) for sentence in values[key]):
            raise _fault(path, key, "must be a list of texts")
    if not is_web_address(values["homepage"]):
        raise _fault(path, "homepage", f"must begin with https:// or http://. Got {values['homepage']!r}")
    if values["unpacking"] not in UNPACKING:
        raise _fault(path, "unpacking", f"must be one of {', '.join(UNPACKING)}. Got {values['unpacking']!r}")
    template = values.get("group_template")
    if template is not None and (template.count(GROUP) != 1 or "/" in template):
        raise _fault(path, "group_template", f"must be the template of a file name with {GROUP} in it once")


def _read_label_preserving(path: Path, values: Mapping[str, Any]) -> LabelPreserving:
    _check_keys(path, "label_preserving.", values, get_type_hints(LabelPreserving))
    maximum = TRANSFORMS["rotation"].maximum
    if not 0 <= values["rotation"] <= maximum:
        raise _fault(path, "label_preserving.rotation", f"must be 0 to {maximum} degrees. Got {values['rotation']}")
    return LabelPreserving(**values)


def _read_look(path: Path, values: Mapping[str, Any]) -> Look:
    _check_keys(path, "look.", values, {"sides": list, "grey": bool})
    sides = values["sides"]
    if len(sides) != 2 or any(type(side) is not int for side in sides) or not 1 <= sides[0] <= sides[1]:
        raise _fault(path, "look.sides", f"must be the least and the greatest side in pixels. Got {sides}")
    return Look(tuple(sides), values["grey"])


def _read_counts(path: Path, key: str, values: Mapping[str, Any]) -> dict[str, int]:
    if len(values) < 2:
        raise _fault(path, key, "must name at least two classes")
    _check_keys(path, f"{key}.", values, dict.fromkeys(values, int))
    if any("/" in name for name in values):
        raise _fault(path, key, "must not have names with “/” in them, as each class becomes a folder")
    if min(values.values()) < 0:
        raise _fault(path, key, "must hold numbers of images, 0 or more")
    return dict(values)


def _read_splits(path: Path, values: Mapping[str, Any], classes: Mapping[str, int]) -> dict[str, dict[str, int]]:
    _check_keys(path, "splits.", values, {}, {"train": dict, "validation": dict, "test": dict})
    splits = {}
    for name, counts in values.items():
        _check_keys(path, f"splits.{name}.", counts, dict.fromkeys(classes, int))
        splits[name] = dict(counts)
    for label, count in classes.items():
        together = sum(counts[label] for counts in splits.values())
        if splits and together != count:
            raise _fault(path, "splits", f"must add up to the classes. {label!r} has {together:,} there, not {count:,}")
    return splits


def _read_file(path: Path, where: str, values: Any, signature: bytes) -> CardFile:
    _check_keys(path, where, values, {"url": str}, {"size_bytes": int, "sha256": str, "md5": str})
    for key, digits in (("sha256", 64), ("md5", 32)):
        digest = values.get(key)
        if digest is not None and (len(digest) != digits or set(digest) - set("0123456789abcdef")):
            raise _fault(path, where + key, f"must be {digits} hexadecimal digits in lower case. Got {digest!r}")
    try:
        remote = RemoteFile(**values, signature=signature)
    except UsageError as error:
        raise _fault(path, f"{where}url", f"must be an address. {error}") from error
    name = urllib.parse.urlsplit(remote.url).path.rpartition("/")[2]
    if not name:
        raise _fault(path, f"{where}url", f"must end with the name of a file. Got {remote.url!r}")
    return CardFile(name, remote)


def _read_result(path: Path, where: str, values: Any) -> ReferenceResult:
    required = {"setting": str, "metric": str, "value": float, "source": str}
    _check_keys(path, where, values, required, {"images": int})
    if values["metric"] not in METRICS:
        raise _fault(path, f"{where}metric", f"must be one of {', '.join(METRICS)}. Got {values['metric']!r}")
    if not 0 <= values["value"] <= (1 if values["metric"] == "accuracy" else math.inf):
        raise _fault(path, f"{where}value", f"must be 0 or more, and an accuracy at most 1. Got {values['value']}")
    return ReferenceResult(**values)


def _check_keys(
    path: Path, where: str, values: Any, required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> None:
    """Refuse a table that lacks a key, has one too many, or holds a value of another type."""
    known = {**required, **(optional or {})}
    if not isinstance(values, dict):
        raise _fault(path, where.rstrip("."), "must be a table")
    for key in values:
        if key not in known:
            raise _fault(path, where + key, f"is unknown. There are: {', '.join(known)}")
    for key in required:
        if key not in values:
            raise _fault(path, where + key, "is missing")
    for key, value in values.items():
        if type(value) is not known[key]:
            raise _fault(path, where + key, f"must be {_IN_WORDS[known[key]]}. Got {value!r}")


def _fault(path: Path, key: str, what: str) -> UsageError:
    return UsageError(f"The card {path} is faulty: “{key}” {what}. data/README.md describes the format.")
