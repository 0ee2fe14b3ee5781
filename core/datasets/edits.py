"""What people change about a dataset: labels, which images take part, names of classes. A log, so all can be undone."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.datasets.pixel_scale import scale_in_words
from core.errors import UsageError
from core.files import append_json, read_json_lines

RELABEL, EXCLUDE, INCLUDE, ACCEPT = "relabel", "exclude", "include", "accept"
RENAME, ORDER, GROUP, READING, UNDO = "rename", "order", "group", "reading", "undo"
LABEL_LENGTH = 100


@dataclass(frozen=True)
class Edit:
    """One entry of the log.

    Parameters
    ----------
    id
        1, 2, … in the order in which they were made.
    time
        Seconds since 1970.
    action
        "relabel" to `label`; "exclude"; "include", that is put back; "accept": what the check-up's `finding` says of
        these images is all right; "rename" the class `old_label`, which the files call `classes`, to `label`; "order"
        the `classes`; "group", that is divide anew so that what belongs together by `group_by` is on one side;
        "reading": deep pixels are shown by these `ranges`, or these `bands` of them; "undo" the edit `target`.
    images
        By path, the hash of the pixels: an edit is of a picture, and not of another that took its place.
    why
        In words.
    """

    id: int
    time: float
    action: str
    images: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    old_label: str = ""
    finding: str = ""
    target: int = 0
    classes: Sequence[str] = ()
    group_by: str = ""
    ranges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    bands: Sequence[int] = ()
    why: str = ""

    def in_words(self) -> str:
        """What was done, for people."""
        count = f"{len(self.images):,} image{'' if len(self.images) == 1 else 's'}"
        words = {
            RELABEL: f"{count} relabelled “{self.label}”",
            EXCLUDE: f"{count} excluded",
            INCLUDE: f"{count} put back",
            ACCEPT: f"{count} found to be all right",
            RENAME: f"Class “{self.old_label}” renamed “{self.label}”",
            ORDER: "Classes put in order",
            GROUP: f"Images divided by groups ({self.group_by})",
            READING: f"Pixels shown by another scale, {scale_in_words(self.ranges, self.bands)}",
        }[self.action]
        return f"{words}: {self.why}" if self.why else words


@dataclass
class State:
    """What all edits together come to.

    Parameters
    ----------
    labels
        By path and hash, the label that was given.
    excluded
        By path and hash, why; "" where nobody said.
    accepted
        By finding, the images of which it is all right.
    names
        By the label in the files, the name that the class was given.
    order
        The classes that were put in order; others follow in natural order.
    ranges
        By kind of deep sample, the values shown black and white, where they were set by hand.
    bands
        Which are shown, where that was set by hand.
    entries
        How many entries of the log that is, undone ones and undos included.
    """

    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    excluded: dict[tuple[str, str], str] = field(default_factory=dict)
    accepted: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    ranges: dict[str, Sequence[float]] = field(default_factory=dict)
    bands: Sequence[int] = ()
    entries: int = field(default=0, compare=False)


class EditLog:
    """The file ``edits.jsonl`` beside a dataset. Nothing in it is ever changed; an undo is an entry of its own."""

    def __init__(self, path: Path):
        self.path = path

    def standing(self, entries: int | None = None) -> list[Edit]:
        """The edits that were not undone, oldest first; as they stood after so many entries of the log, or now."""
        return _standing(self.entries(), entries)

    def entries(self) -> list[Edit]:
        """All that was ever written, undone edits and undos included, oldest first."""
        known = set(Edit.__dataclass_fields__)
        entries = [entry for entry in read_json_lines(self.path) if isinstance(entry, dict) and "action" in entry]
        return [Edit(**{key: value for key, value in entry.items() if key in known}) for entry in entries]

    def add(self, action: str, **values: Any) -> Edit:
        """Write an edit down."""
        with FileLock(f"{self.path}.lock"):
            last = max((edit.id for edit in self.entries()), default=0)
            edit = Edit(id=last + 1, time=time.time(), action=action, **values)
            entry = {key: value for key, value in edit.__dict__.items() if value not in ("", 0, (), {})}
            append_json(self.path, entry)
        return edit

    def undo(self, target: int | None = None) -> Edit:
        """Take an edit back, by default the last that stands.

        Returns
        -------
        Edit
            The edit that was taken back.

        Raises
        ------
        UsageError
            If there is no such edit, or it was taken back already.
        """
        standing = self.standing()
        if not standing:
            raise UsageError("There is nothing to undo: no edit stands.")
        chosen = standing[-1] if target is None else next((edit for edit in standing if edit.id == target), None)
        if chosen is None:
            known = ", ".join(str(edit.id) for edit in standing[-5:])
            raise UsageError(f"There is no edit {target} that stands. The last ones are {known}.")
        self.add(UNDO, target=chosen.id)
        return chosen

    def state(self) -> State:
        """What all edits that stand come to."""
        return state_after(self.entries())


def state_after(written: Sequence[Edit], entries: int | None = None) -> State:
    """What the edits come to that stood after so many entries of a log, or after all.

    Parameters
    ----------
    written
        As `EditLog.entries` gives them.
    """
    state = come_to(_standing(written, entries))
    state.entries = len(written[:entries])
    return state


def state_by_names_of_now(written: Sequence[Edit], entries: int) -> State:
    """What was said of single images after so many entries of a log, with the classes called as they are now."""
    labelled = [edit for edit in _standing(written, entries) if edit.action not in (RENAME, ORDER)]
    named = [edit for edit in _standing(written) if edit.action in (RENAME, ORDER)]
    return come_to(sorted([*labelled, *named], key=lambda edit: edit.id))


def come_to(edits: Sequence[Edit]) -> State:
    """What these edits come to, one after the other."""
    state = State()
    for edit in edits:
        _APPLY[edit.action](state, edit)
    return state


def _standing(written: Sequence[Edit], entries: int | None = None) -> list[Edit]:
    edits = written[:entries]
    undone = {edit.target for edit in edits if edit.action == UNDO}
    return [edit for edit in edits if edit.action != UNDO and edit.id not in undone]


def check_label(label: str, taken: Collection[str] = ()) -> str:
    """A label as it can be used.

    Raises
    ------
    UsageError
        If it is empty, too long, holds control characters, or is among those taken.
    """
    label = label.strip()
    if not label or len(label) > LABEL_LENGTH or not label.isprintable():
        raise UsageError(f"A class needs a name of 1 to {LABEL_LENGTH} letters. Got {label[:LABEL_LENGTH]!r}.")
    if label in taken:
        raise UsageError(f"There is a class “{label}” already. Relabel the images to join the two.")
    return label


def _relabel(state: State, edit: Edit) -> None:
    state.labels |= dict.fromkeys(edit.images.items(), edit.label)


def _exclude(state: State, edit: Edit) -> None:
    state.excluded |= dict.fromkeys(edit.images.items(), edit.why)


def _include(state: State, edit: Edit) -> None:
    for image in edit.images.items():
        state.excluded.pop(image, None)


def _accept(state: State, edit: Edit) -> None:
    state.accepted.setdefault(edit.finding, set()).update(edit.images.items())


def _rename(state: State, edit: Edit) -> None:
    """The class that is called `old_label` by now, and the labels that were given by hand, get the new name."""
    # Two labels of files that have come to one name are one class, whose name goes with both.
    of_class = [label for label in edit.classes if state.names.get(label, label) == edit.old_label]
    if edit.old_label not in state.names.values():
        state.names.setdefault(edit.old_label, edit.label)
    state.names |= dict.fromkeys(of_class, edit.old_label)
    state.names = {label: edit.label if name == edit.old_label else name for label, name in state.names.items()}
    state.labels = {key: edit.label if label == edit.old_label else label for key, label in state.labels.items()}
    state.order = [edit.label if label == edit.old_label else label for label in state.order]


def _order(state: State, edit: Edit) -> None:
    state.order = list(edit.classes)


def _read_otherwise(state: State, edit: Edit) -> None:
    state.ranges |= edit.ranges
    state.bands = edit.bands or state.bands


def _group(state: State, edit: Edit) -> None:
    """Nothing here: the split itself knows which edit drew it."""


_APPLY = {
    RELABEL: _relabel,
    EXCLUDE: _exclude,
    INCLUDE: _include,
    ACCEPT: _accept,
    RENAME: _rename,
    ORDER: _order,
    GROUP: _group,
    READING: _read_otherwise,
}
