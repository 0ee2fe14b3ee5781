"""What the classes that a run answers are called by now: people rename them, and old answers are to stay true.

A run knows after how many entries of its dataset's log of edits it was trained (by its record). From there on the
log tells what became of each name: renamed, once or in a circle, undone, or come to one name with another class. Of a
run of an earlier version, which did not write that down, the time at which it began tells the place in the log, and the
labels of its images (``images.parquet``) whether that is right; where it is not, that place is taken at which they fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.datasets.content import Content
from core.datasets.edits import ORDER, RELABEL, RENAME, UNDO, Edit, State, state_after, state_by_names_of_now
from core.evaluation.predictions import Predictions

SHOWN = 5
# An image that is called by two names at once is called so.
EITHER = " or "


@dataclass(frozen=True)
class Naming:
    """The classes that a network answers, and what they are called by now.

    Parameters
    ----------
    then
        What they were called when it was trained, in the order in which it answers them.
    now
        By each of these names, the one that the class has now. Several have one where classes were put together.
    parted
        By the name then, the names of those that were one class then, and are several now: which of them the network
        would answer can't be known, so the class goes by all of their names.
    order
        The names of now in the order in which they are shown.
    """

    then: tuple[str, ...]
    now: Mapping[str, str]
    parted: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether all is called, and in the order, as it was."""
        return self.order == self.then and not self.renamed

    @property
    def renamed(self) -> dict[str, str]:
        """By the name then, the name now, of those that have another one."""
        return {then: now for then, now in self.now.items() if then != now}

    @cached_property
    def then_by_now(self) -> dict[str, str] | None:
        """By the name now, the name then; None where classes were put together or parted, so that it can't be told."""
        names = {now: then for then, now in self.now.items()}
        return None if self.parted or len(names) < len(self.then) else names

    @cached_property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """For each name of now, in order, the places at which the network answers what it stands for."""
        return tuple(
            tuple(place for place, then in enumerate(self.then) if self.now[then] == name) for name in self.order
        )

    def of(self, predictions: Predictions) -> Predictions:
        """The same answers by the names of now: the probabilities of classes that were put together are added up."""
        if self.changes_nothing:
            return predictions
        place_of = np.empty(len(self.then), dtype=np.int64)
        probabilities = np.empty((len(predictions), len(self.order)), predictions.probabilities.dtype)
        for place, columns in enumerate(self.columns):
            place_of[list(columns)] = place
            probabilities[:, place] = predictions.probabilities[:, list(columns)].sum(axis=1)
        # A sum of shares may come out a hair above 1.
        np.minimum(probabilities, 1, out=probabilities)
        true = place_of[predictions.true]
        return Predictions(predictions.ids, predictions.splits, true, probabilities, self.order, predictions.epoch)

    def of_labels(self, labels: pd.Series) -> pd.Series:
        """The labels that images had then, by the names of now."""
        return labels.map(lambda label: self.now.get(label, label)).astype(labels.dtype)

    def words(self) -> str:
        """What is called otherwise, in a sentence or two; "" where nothing is."""
        told = [f"“{then}” is “{now}” now" for then, now in self.renamed.items() if then not in self.parted]
        text = ""
        if told:
            more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            text = f"Classes were renamed or put together since it was trained: {', '.join(told[:SHOWN])}{more}."
        for then, names in self.parted.items():
            listed = " and ".join(f"“{name}”" for name in names)
            text += f" What was “{then}” to it is {listed} now, and which of them it would answer can't be known."
        return text.strip()


def unchanged(classes: Sequence[str]) -> Naming:
    """That all classes are called as they were."""
    return Naming(tuple(classes), {name: name for name in classes}, {}, tuple(classes))


def naming(
    classes: Sequence[str],
    written: Sequence[Edit],
    content: Content,
    images: pd.DataFrame | None,
    entries: int | None,
    began: float,
) -> Naming:
    """What the classes of a run are called by now.

    Parameters
    ----------
    classes
        As the network answers them.
    written
        All entries of the dataset's log of edits.
    content
        What the dataset holds now.
    images
        Those of the run, with `path`, `pixel_hash` and `label` as it was then; None where they are not known.
    entries
        After how many entries of the log it was trained; None where that was not written down.
    began
        When it began, in seconds since 1970, for those of which it was not.
    """
    if not any(edit.action in (RENAME, ORDER, RELABEL) for edit in written):
        return unchanged(classes)
    if entries is None:
        entries = _entries_by_then(written, content, images, began)
    before, now = state_after(written, entries), state_by_names_of_now(written, entries)
    members = _Members(content)
    names, parted, left_out = {}, {}, []
    for name in classes:
        found, takes_part = members.names_now(name, before, now)
        names[name] = found[0] if len(found) == 1 else EITHER.join(found)
        parted |= {name: found} if len(found) > 1 else {}
        left_out += [] if takes_part else [name]
    names |= _put_together(names, content, images)
    names |= _apart(names, left_out)
    return Naming(tuple(classes), names, parted, _in_order(list(names.values()), content))


class _Members:
    """Which images a class has, by what the files call it, or where it was made by hand, by what was said of them."""

    def __init__(self, content: Content):
        self._in_files: frozenset[str] = frozenset(content.manifest["label"].unique()) - {""}
        taking_part = content.table[~content.table["excluded"]]
        self._labels = frozenset(taking_part["original_label"].unique())
        self._images = frozenset(zip(taking_part["path"], taking_part["pixel_hash"], strict=True))

    def names_now(self, name: str, before: State, now: State) -> tuple[tuple[str, ...], bool]:
        """What a class is called now, and whether any of its images takes part."""
        called = [label for label in self._in_files if before.names.get(label, label) == name]
        if called:
            found = {now.names.get(label, label) for label in called}
            return tuple(sorted(found)), not self._labels.isdisjoint(called)
        by_hand = [image for image, label in before.labels.items() if label == name and image in now.labels]
        if by_hand:
            return tuple(sorted({now.labels[image] for image in by_hand})), not self._images.isdisjoint(by_hand)
        # Its files are gone by now.
        gone = [label for label, then in before.names.items() if then == name] or [name]
        return tuple(sorted({now.names.get(label, label) for label in gone})), False


def _apart(names: Mapping[str, str], left_out: Sequence[str]) -> dict[str, str]:
    """Other names for classes that take part no more, where their own was given to one that does."""
    taken = {now for then, now in names.items() if then not in left_out}
    return {then: f"{names[then]} (left out)" for then in left_out if names[then] in taken}


def _put_together(names: Mapping[str, str], content: Content, images: pd.DataFrame | None) -> dict[str, str]:
    """The classes that are no more, as each of their images was given the label of one and the same other class."""
    known = frozenset(content.table["label"].unique())
    lost = [then for then, now in names.items() if now not in known]
    if not lost or images is None or images.empty:
        return {}
    labels = content.table.set_index(["path", "pixel_hash"])["label"]
    labels = labels[~labels.index.duplicated()]
    found = labels.reindex(pd.MultiIndex.from_frame(images[["path", "pixel_hash"]]))
    by_class = pd.Series(found.to_numpy(), index=images["label"].to_numpy()).dropna()
    together = {}
    for then in lost:
        its = by_class[by_class.index == then].unique()
        if len(its) == 1:
            together[then] = str(its[0])
    return together


def _in_order(names: Sequence[str], content: Content) -> tuple[str, ...]:
    """As they are shown; what is shown no more comes last."""
    mine = list(dict.fromkeys(names))
    shown = [name for name in content.class_names if name in mine]
    return (*shown, *(name for name in mine if name not in shown))


def _entries_by_then(written: Sequence[Edit], content: Content, images: pd.DataFrame | None, began: float) -> int:
    """After how many entries of the log a run was trained that did not write it down."""
    by_time = sum(edit.time < began for edit in written)
    if images is None or images.empty:
        return by_time
    fits = _Fit(content, images)
    telling = [index + 1 for index, edit in enumerate(written) if edit.action in (RENAME, RELABEL, UNDO)]
    others = sorted({0, by_time, *telling}, key=lambda entries: abs(entries - by_time))
    counted = {}
    for entries in others:
        counted[entries] = fits.mistakes(state_after(written, entries))
        if not counted[entries]:
            break
    return min(others, key=lambda entries: counted.get(entries, len(images)))


class _Fit:
    """How well the labels of a run's images agree with a state of the edits."""

    def __init__(self, content: Content, images: pd.DataFrame):
        keys = ["path", "pixel_hash"]
        known = content.manifest[[*keys, "label"]].drop_duplicates(keys)
        both = images[[*keys, "label"]].merge(known, on=keys, suffixes=("_then", ""))
        self._images = list(zip(both["path"], both["pixel_hash"], strict=True))
        self._then, self._in_files = both["label_then"].tolist(), both["label"].tolist()

    def mistakes(self, state: State) -> int:
        rows = zip(self._images, self._in_files, self._then, strict=True)
        return sum((state.labels.get(image) or state.names.get(label, label)) != then for image, label, then in rows)
