"""Manifests of Amazon SageMaker Ground Truth and Rekognition Custom Labels: JSON Lines with ``source-ref``.

See https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html (“Augmented Manifest Image Format”) and
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-manifest-classification.html.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import MOST_IMAGES, Annotated, AnnotatedImages, as_text, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile
from core.errors import UsageError

_SOURCE, _METADATA = "source-ref", "-metadata"


def fits(sample: Any) -> bool:
    return isinstance(sample, list) and bool(sample) and isinstance(sample[0], dict) and _SOURCE in sample[0]


def read(file: JsonFile) -> AnnotatedImages:
    images, classes = [], {}
    for image in _images(file):
        images.append(image)
        for field, labels in image.labels.items():
            classes.setdefault(field, set()).update(labels)
        if len(images) > MOST_IMAGES:
            raise UsageError(f"{file.path.name} names more than {MOST_IMAGES:,} images. Split it into smaller ones.")
    if len(classes) > 1 and all(len(names) == 1 for names in classes.values()):
        # Rekognition gives each class an attribute of its own, which an image has or has not.
        images = [Annotated(image.path, {"class-name": texts(list(image.labels.values()))}) for image in images]
    return AnnotatedImages(file.path, images, is_certain=not _is_plain(file.sample))


def _is_plain(sample: list) -> bool:
    """Whether it is what a job is given to train on, without metadata: {"source-ref": "s3://…/1.jpg", "class": "0"}."""
    return not any(key.endswith(_METADATA) for entry in sample if isinstance(entry, dict) for key in entry)


def _images(file: JsonFile) -> Iterator[Annotated]:
    is_plain = _is_plain(file.sample)
    others: set[str] = set()
    any_label = False
    for entry in file.entries():
        labels = {}
        for key, metadata in entry.items() if isinstance(entry, dict) else ():
            kind = part(metadata, "type", str).removeprefix("groundtruth/")
            if not key.endswith(_METADATA) or not kind:
                continue
            given = texts(list(part(metadata, "class-map", dict).values()) or metadata.get("class-name"))
            if not kind.startswith("image-classification"):
                others.add(as_text(kind))
            elif given:
                labels[as_text(key.removesuffix(_METADATA))] = given
        if is_plain and isinstance(entry, dict):
            labels = {as_text(key): given for key in entry if key != _SOURCE and (given := texts(entry[key]))}
        any_label = any_label or bool(labels)
        yield Annotated(as_text(part(entry, _SOURCE, str)), labels)
    if others and not any_label:
        raise no_classes(file.path.name, f"a manifest of Ground Truth for {', '.join(sorted(others)[:5])}")
