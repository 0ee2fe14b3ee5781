"""FiftyOne: ``labels.json`` beside ``data/``, as FiftyOneImageClassificationDataset, and its own ``samples.json``.

See https://docs.voxel51.com/user_guide/export_datasets.html.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_text, named, part, texts
from core.datasets.sources.annotations.boxes import no_classes
from core.datasets.sources.annotations.json_file import JsonFile
from core.datasets.sources.split_names import split_in_name
from core.datasets.sources.words import listed
from core.errors import UsageError


def fits(sample: Any) -> bool:
    first = next(iter(part(sample, "samples", list)), None)
    return bool(part(sample, "labels", dict)) or (isinstance(first, dict) and "filepath" in first)


def read(file: JsonFile) -> AnnotatedImages:
    warnings: list[str] = []
    if "samples" not in file.sample:
        return AnnotatedImages(file.path, _of_labels(file, warnings), warnings=warnings)
    return AnnotatedImages(file.path, _of_samples(file, warnings), "ground_truth", warnings=warnings)


def _of_labels(file: JsonFile, warnings: list[str]) -> Iterator[Annotated]:
    classes = file.value("classes")
    names = [as_text(name) for name in classes] if isinstance(classes, list) else []
    folder = "data/" if (file.path.parent / "data").is_dir() else ""
    confident = 0
    for key, value in file.pairs("labels"):
        said = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict) and "bounding_box" in one for one in said):
            raise no_classes(file.path.name, "a FiftyOneImageDetectionDataset")
        confident += any(part(one, "confidence", float) > 0 for one in said)
        labels = [one["label"] if isinstance(one, dict) and "label" in one else one for one in said]
        path = as_text(key)
        yield Annotated(
            path if path.startswith("/") else folder + path, {"label": named(labels, names, file.path.name)}
        )
    if confident:
        warnings.append(
            f"{confident:,} labels of {file.path.name} have a confidence, as a model's predictions do. If they are "
            "predictions, export the field that holds the true labels."
        )


def _of_samples(file: JsonFile, warnings: list[str]) -> Iterator[Annotated]:
    predictions: set[str] = set()
    others: set[str] = set()
    any_label = False
    for sample in file.entries("samples"):
        labels: dict[str, list[str]] = {}
        for field, value in sample.items() if isinstance(sample, dict) else ():
            kind = part(value, "_cls", str)
            answers = part(value, "classifications", list) if kind == "Classifications" else [value]
            if kind not in ("Classification", "Classifications"):
                others |= {as_text(kind)} - {""}
            elif field != "ground_truth" and any(part(one, "confidence", float) for one in answers):
                predictions.add(as_text(field))
            elif given := texts(answers):
                labels[as_text(field)] = given
        any_label = any_label or bool(labels)
        splits = [tag for tag in map(as_text, part(sample, "tags", list)) if split_in_name(tag)]
        yield Annotated(as_text(part(sample, "filepath", str)), labels, splits[0] if len(splits) == 1 else "")
    if predictions and not any_label:
        raise UsageError(
            f"{file.path.name} of FiftyOne holds a model's predictions only ({', '.join(sorted(predictions)[:5])}), "
            "which are no labels. Export the field that holds the true ones."
        )
    if others and not any_label:
        raise no_classes(file.path.name, f"a dataset of FiftyOne with {', '.join(sorted(others)[:5])}")
    if predictions:
        warnings.append(
            f"What {listed(sorted(predictions))} of {file.path.name} says has a "
            "confidence: it is taken as a model's predictions, and not used."
        )
