"""Opens annotation files of other tools as tables; which tool's they are is told from what they hold."""

from pathlib import Path

from core.datasets.sources.annotations import (
    coco,
    create_ml,
    cvat,
    datumaro,
    fiftyone,
    ground_truth,
    label_studio,
    lists,
    other_tools,
    plain_json,
    stylegan,
    vertex,
    vgg,
)
from core.datasets.sources.annotations.annotated import AnnotatedImages
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile, reading
from core.datasets.sources.tables.encoding import decoded
from core.errors import UsageError

ANNOTATION_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".manifest", ".txt", ".xml"})
"""Endings of files that may be annotations, in lower case."""

_JSON_READERS = (label_studio, datumaro, fiftyone, stylegan, ground_truth, vertex, coco, vgg, create_ml, plain_json)


class NoAnnotations(UsageError):
    """A file is nothing that is known to label images, such as a file that tells people what to read first."""


def open_annotations(path: Path) -> AnnotatedImages:
    """Open a file of annotations.

    Parameters
    ----------
    path
        A file no larger than tables may be, of JSON, JSON Lines, XML or text: one of Label Studio, Datumaro, CVAT,
        FiftyOne, Ground Truth, Vertex AI, VGG Image Annotator, Create ML, StyleGAN, COCO with labels of whole images, a
        script's list of records, or a list of images and labels.

    Raises
    ------
    NoAnnotations
        If it is nothing that is known.
    UsageError
        If it is too large, damaged, or holds no labels of whole images, in words that say what it holds.
    """
    try:
        return _BY_ENDING.get(path.suffix.lower(), _of_json)(path)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be opened: {error.strerror or error}.") from error


def open_known_csv(path: Path) -> AnnotatedImages | None:
    """Open a CSV that only one tool writes, and that holds more than columns; None for any other.

    Raises
    ------
    UsageError
        If it is damaged, or holds no labels of whole images.
    """
    return vgg.read_csv(path) if vgg.is_csv(path) else None


def _of_json(path: Path) -> AnnotatedImages:
    file = JsonFile(path)
    with reading(path.name):
        for reader in _JSON_READERS:
            if reader.fits(file.sample):
                return reader.read(file)
    other_tools.refuse_known(file.sample, path.name)
    raise NoAnnotations(f"{path.name} holds no labels of images that are known here.")


def _of_text(path: Path) -> AnnotatedImages:
    text, _ = decoded(path.read_bytes(), path.name)
    if lists.is_list(text, path):
        return lists.read(text, path)
    lists.refuse_known(text, path.name)
    raise NoAnnotations(f"{path.name} is no list of images and their labels.")


def _of_xml(path: Path) -> AnnotatedImages:
    root = cvat.root_of(path)
    if root == "annotations":
        return cvat.read(path)
    if root == "annotation":
        raise no_classes(path.name, "a file of Pascal VOC")
    raise NoAnnotations(f"{path.name} holds no labels of images that are known here.")


_BY_ENDING = {".txt": _of_text, ".xml": _of_xml}
