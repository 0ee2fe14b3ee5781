"""Reads WebDataset: tar files in which a picture and its label follow one another, as 0001.jpg and 0001.cls.

The convention is documented at github.com/webdataset/webdataset (“The WebDataset Format”): files that belong together
have the same name up to its first dot.
"""

import json
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from core.datasets.sources.choices import Choices, Option, Undecided
from core.datasets.sources.listing import is_image
from core.datasets.sources.packed.packed import Picture
from core.datasets.sources.packed.shards import one_set, said_of_split, split_of
from core.datasets.sources.words import shown
from core.errors import UsageError

_KEY = re.compile(r"((?:.*/|)[^./][^.]*)\.([^/]*)", re.DOTALL)
_LABELS = ("cls", "label", "class", "target", "cls.txt", "label.txt")
_FIELD = "json."  # how a field of the JSON files is called among the labels
_FIELDS = frozenset(["label", "cls", "class", "class_name", "label_name", "category", "target"])
_NAMES = ("classnames.txt", "class_names.txt", "classes.txt")
_SAMPLES_TO_LOOK_AT = 200
_MOST_BYTES = 256 * 2**20  # of a picture
_MOST_LABEL_BYTES = 2**20
_MOST_HEADER_BYTES = 2**20
_MOST_PARTS = 100  # of a sample
# What a compressed tar may unpack to: so many bytes, or so many for each of its own, as other archives.
_MOST_UNPACKED, _RATIO = 100 * 2**20, 200
_OTHER_ARCHIVES = (b"PK\3\4", b"7z\xbc\xaf")
_DAMAGES = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError)


@dataclass
class _Sample:
    """Files that belong together, by the rest of their names."""

    key: str
    parts: dict[str, bytes]
    problem: str = ""

    def picture(self) -> bytes | None:
        """The picture, None where there is none, or one of several."""
        images = [name for name in self.parts if is_image(f"x.{name}")]
        plain = [name for name in images if "." not in name]
        chosen = images if len(images) == 1 else plain
        return self.parts[chosen[0]] if len(chosen) == 1 else None


@dataclass
class WebDataset:
    """Pictures in tar files: see `core.datasets.sources.packed.packed.Packed`."""

    files: Sequence[Path]
    splits: Sequence[str]
    label: str
    names: Sequence[str]
    split_from: str
    labels_from: str
    groups_from: str = ""
    count: int = 0
    warnings: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def pictures(self) -> Iterator[Picture]:
        for path, split in zip(self.files, self.splits, strict=True):
            for sample in _samples(path):
                name = f"{path.name}: {shown(sample.key)}"
                content = sample.picture()
                has_pictures = any(is_image(f"x.{part}") for part in sample.parts)
                if sample.problem or (content is None and has_pictures):
                    self.left_out.append((name, sample.problem or "has several pictures for one label"))
                elif content is not None:
                    label = _label(sample, self.label)
                    yield Picture(content, _named(label, self.names, name), split, name=name)


def is_tar(name: str) -> bool:
    """Whether a file is a tar by its ending."""
    return name.lower().endswith((".tar", ".tar.gz", ".tgz"))


def find_webdataset(
    files: Sequence[Path], root: Path, choices: Choices, wanted: Path | None = None
) -> WebDataset | None:
    """Read tar files as shards of a WebDataset; None where the first is no such tar.

    Parameters
    ----------
    files
        The tar files.
    root
        The folder that was brought. Names of classes are taken from a ``classnames.txt`` in it or beside the shards.
    choices
        Which label is meant: the ending "cls", or a field of the JSON files, as "json.label".
    wanted
        A shard of the dataset that is meant, where there are several.

    Raises
    ------
    Undecided
        If there are several datasets or several labels.
    UsageError
        If a shard is damaged.
    """
    files = one_set([path for path in files if _begins_so(path)], root, wanted)
    if not files:
        return None
    label = _chosen_label(files[0], choices)
    others = f" and {len(files) - 1} more" if len(files) > 1 else ""
    field_name = label.removeprefix(_FIELD)
    kind = f"the files .{label}" if field_name == label else f"the field “{field_name}” of the files .json"
    return WebDataset(
        files,
        [split_of(path, root) for path in files],
        label,
        _class_names(files[0], root),
        said_of_split(files, root),
        f"{kind} in {files[0].name}{others}",
    )


# What labels are -----------------------------------------------------------------------------------------------------


def _begins_so(path: Path) -> bool:
    """Whether a picture and a label or a text of the same name follow one another at the beginning of a tar."""
    with path.open("rb") as file:
        if file.read(4) in _OTHER_ARCHIVES:  # one that is only called a tar
            return False
    for sample in islice(_samples(path), _SAMPLES_TO_LOOK_AT):
        found = _candidates(sample) if sample.picture() is not None else []
        # Texts beside pictures within folders may be anything, and the folders may be classes.
        if found and (found != ["txt"] or "/" not in sample.key):
            return True
    return False


def _candidates(sample: _Sample) -> list[str]:
    """What may be the label of a sample, the surest first."""
    found = [name for name in _LABELS if name in sample.parts]
    found += [_FIELD + name for name in _json(sample) if name.casefold() in _FIELDS]
    return found + (["txt"] if "txt" in sample.parts else [])


def _chosen_label(path: Path, choices: Choices) -> str:
    samples = [sample for sample in islice(_samples(path), _SAMPLES_TO_LOOK_AT) if sample.picture() is not None]
    found = list(dict.fromkeys(name for sample in samples for name in _candidates(sample)))
    for chosen in choices.label_columns:
        if any(_label(sample, chosen) for sample in samples):
            return chosen
    sure = [name for name in found if name in _LABELS]
    fields = [name for name in found if name.startswith(_FIELD)]
    if len(sure) == 1 or (not sure and len(fields) == 1):
        return (sure or fields)[0]
    if sure or fields:
        options = [Option(f"“{name}”{_examples(samples, name)}", Choices(label_columns=(name,))) for name in found]
        raise Undecided(f"{path.name} holds several labels for each picture. Which is meant?", options)
    texts = {_label(sample, "txt") for sample in samples}
    if len(texts) > max(2, len(samples) // 2) or any(len(text) > 60 for text in texts):
        example = next(iter(sorted(texts, key=len, reverse=True)))
        raise UsageError(
            f"{path.name} holds a text with each picture, such as “{shown(example)}”: captions and no labels."
        )
    return "txt"


def _examples(samples: list[_Sample], name: str) -> str:
    labels = list(dict.fromkeys(filter(None, (_label(sample, name) for sample in samples))))[:3]
    return f": {', '.join(map(shown, labels))}" if labels else ""


def _label(sample: _Sample, name: str) -> str:
    """The label of a sample as text, "" where it has none."""
    if name in sample.parts:
        return sample.parts[name].decode("utf-8", "replace").strip()
    value = _json(sample).get(name.removeprefix(_FIELD)) if name.startswith(_FIELD) else None
    if value is None or isinstance(value, list | dict):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _json(sample: _Sample) -> dict[str, Any]:
    try:
        values = json.loads(sample.parts.get("json", b"{}"))
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _class_names(path: Path, root: Path) -> list[str]:
    """Names of classes by number, one a line, from a file beside the shards; [] where there is none."""
    for folder in dict.fromkeys((path.parent, root)):
        for name in _NAMES:
            if (folder / name).is_file():
                text = (folder / name).read_bytes()[:_MOST_LABEL_BYTES].decode("utf-8", "replace")
                return [line.strip() for line in text.splitlines() if line.strip()]
    return []


def _named(label: str, names: Sequence[str], called: str) -> str:
    if not names or not label.isdecimal():
        return "" if label == "-1" else label
    if int(label) >= len(names):
        raise UsageError(f"{called} has the label {label}, but there are only {len(names)} names of classes.")
    return names[int(label)]


# Tar files -----------------------------------------------------------------------------------------------------------


class _CutOff(Exception):
    """A tar that ends before its end."""


class _Bomb(Exception):
    """A compressed tar that unpacks to far more than pictures do."""


class _Member(tarfile.TarInfo):
    """An entry of a tar from anyone, whose own header cannot fill the memory, and whose end is not taken as the tar's.

    `tarfile` passes over a damaged header that is not the first, reads a header of names as long as it says it is, and
    passes over as many bytes as a header announces even where the file has long ended.
    """

    furthest, beyond = 0, _CutOff
    """Where a file may end, in bytes from the beginning of the unpacked tar, and what is wrong where it ends later."""

    @classmethod
    def of(cls, path: Path) -> type["_Member"]:
        """Members of the tar at a path."""
        size = path.stat().st_size
        if not _is_compressed(path):
            return type(cls.__name__, (cls,), {"furthest": size})
        return type(cls.__name__, (cls,), {"furthest": max(_MOST_UNPACKED, _RATIO * size), "beyond": _Bomb})

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> "_Member":
        try:
            return super().fromtarfile(tar)
        except tarfile.EOFHeaderError:  # pyright: ignore[reportAttributeAccessIssue] - the types leave it out
            raise
        except tarfile.HeaderError as error:
            raise _CutOff from error

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type not in tarfile.REGULAR_TYPES and self.size > _MOST_HEADER_BYTES:
            raise _CutOff
        if self.size < 0 or tar.offset + self.size > self.furthest:
            raise self.beyond
        return super()._proc_member(tar)  # pyright: ignore[reportAttributeAccessIssue] - the types leave it out


def _samples(path: Path) -> Iterator[_Sample]:
    """Files that follow one another and belong together, read in one go."""
    sample = None
    with _understood(path), tarfile.open(path, "r|*", tarinfo=_Member.of(path)) as tar:
        for member in tar:
            # Which `tarfile` keeps, and which would grow with the file; its types leave them out.
            tar.members = []  # pyright: ignore[reportAttributeAccessIssue]
            match = _KEY.fullmatch(member.name)
            if match is None or not member.isfile():
                continue
            key, part = match[1], match[2].lower()
            if sample is None or sample.key != key:
                if sample is not None:
                    yield sample
                sample = _Sample(key, {})
            if not (is_image(f"x.{part}") or part in (*_LABELS, "json", "txt")):
                continue
            if part in sample.parts or len(sample.parts) == _MOST_PARTS:
                sample.problem = f"holds .{shown(part)} twice"
            elif member.size > (_MOST_BYTES if is_image(f"x.{part}") else _MOST_LABEL_BYTES):
                sample.parts[part], sample.problem = b"", f"has .{shown(part)} of {member.size:,} bytes"
            elif content := tar.extractfile(member):
                sample.parts[part] = content.read()
        if sample is not None:
            yield sample


def _is_compressed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6).startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ"))


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    try:
        yield
    except (_CutOff, *_DAMAGES) as error:
        raise UsageError(f"{path.name} is damaged or cut off. Download or pack it again.") from error
    except _Bomb:
        raise UsageError(
            f"{path.name} unpacks to more than {_RATIO} times its own size, as archives do that are made to fill a "
            "disk. It is not read. Real photographs hardly shrink when packed."
        ) from None
