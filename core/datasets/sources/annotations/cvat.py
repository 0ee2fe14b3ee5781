"""CVAT for images: ``annotations.xml`` with tags of images.

See https://docs.cvat.ai/docs/manual/advanced/xml_format/.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text
from core.datasets.sources.annotations.boxes import no_classes
from core.errors import UsageError

_AT_ONCE = 2**16
_TAGS_AND_MORE = frozenset({"tag", "attribute"})


def root_of(path: Path) -> str:
    """The name of a file's outermost element, "" where it is no XML."""
    names: list[str] = []
    parser = _parser(path)
    parser.StartElementHandler = lambda name, attributes: names.append(name)
    try:
        with path.open("rb") as file:
            parser.Parse(file.read(_AT_ONCE))
    except expat.ExpatError:
        pass
    return names[0] if names else ""


def read(path: Path) -> AnnotatedImages:
    """The tags of each image.

    Raises
    ------
    UsageError
        If it is damaged, or holds boxes or outlines only.
    """
    return AnnotatedImages(path, _images(path))


def _images(path: Path) -> Iterator[Annotated]:
    state = _Images()
    parser = _parser(path)
    parser.StartElementHandler, parser.EndElementHandler = state.start, state.end
    try:
        with path.open("rb") as file:
            while piece := file.read(_AT_ONCE):
                parser.Parse(piece)
                yield from state.taken()
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UsageError(f"{path.name} is damaged, from line {error.lineno:,} on. Export it again.") from error
    yield from state.taken()
    if state.others and not state.has_labels:
        raise no_classes(path.name, f"a file of CVAT with {', '.join(sorted(state.others)[:5])} and no tags")


class _Images:
    """The images that have been read, and the one that is being read."""

    def __init__(self) -> None:
        self.has_labels, self.others = False, set()
        self._open: dict[str, str] | None = None
        self._labels: list[str] = []
        self._images: list[Annotated] = []

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        if name == "image":
            self._open, self._labels = attributes, []
        elif name == "track":
            self.others.add(name)
        elif self._open is not None and name == "tag":
            self._labels.append(as_text(attributes.get("label")))
        elif self._open is not None and name not in _TAGS_AND_MORE:
            self.others.add(name)

    def end(self, name: str) -> None:
        if name == "image" and self._open is not None:
            labels = list(dict.fromkeys(filter(None, self._labels)))
            self.has_labels = self.has_labels or bool(labels)
            split = as_text(self._open.get("subset"))
            self._images.append(
                Annotated(
                    as_text(self._open.get("name")), {"tag": labels}, "" if split.casefold() == "default" else split
                )
            )
            self._open = None

    def taken(self) -> list[Annotated]:
        images, self._images = self._images, []
        return images


def _parser(path: Path) -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise UsageError(f"{path.name} defines entities, which annotations don't, and is not read.")

    parser.EntityDeclHandler = refuse
    return parser
