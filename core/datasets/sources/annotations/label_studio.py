"""Label Studio: its JSON of tasks, and JSON-MIN.

See https://labelstud.io/guide/export and https://labelstud.io/guide/task_format.
"""

from collections.abc import Iterator
from typing import Any

from core.datasets.sources.annotations.annotated import Annotated, AnnotatedImages, as_path, as_text, part, texts
from core.datasets.sources.annotations.json_file import JsonFile
from core.datasets.sources.listing import is_image
from core.errors import UsageError

# What JSON-MIN says of a task besides its data and the choices.
_ABOUT_A_TASK = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"}
    | {"agreement", "comments", "completed_by"}
)


def fits(sample: Any) -> bool:
    first = sample[0] if isinstance(sample, list) and sample else None
    return _is_task(first) or (isinstance(first, dict) and {"annotation_id", "lead_time"} <= first.keys())


def read(file: JsonFile) -> AnnotatedImages:
    """The choices of each task's image; annotations that were cancelled and predictions are no labels."""
    if not _is_task(file.sample[0]):
        return AnnotatedImages(file.path, _of_flat_tasks(file))
    warnings: list[str] = []
    return AnnotatedImages(file.path, _of_tasks(file, warnings), warnings=warnings)


def _is_task(entry: Any) -> bool:
    return bool(part(entry, "data", dict)) and isinstance(entry.get("annotations", entry.get("completions")), list)


def _of_tasks(file: JsonFile, warnings: list[str]) -> Iterator[Annotated]:
    disagreeing = predicted = 0
    others: set[str] = set()
    any_label = False
    for task in file.entries():
        image = _image_in(part(task, "data", dict))
        if not image:
            continue
        labels, agrees = _labels(task, others)
        any_label = any_label or bool(labels)
        disagreeing += not agrees
        predicted += not labels and bool(part(task, "predictions", list))
        yield Annotated(image, labels)
    if others and not any_label:
        raise UsageError(
            f"{file.path.name} is an export of Label Studio with {', '.join(sorted(others)[:5])} and no choices: "
            "it does not say of which class each image is. Label them with Choices and export again."
        )
    if disagreeing:
        warnings.append(
            f"The annotators of {file.path.name} disagree on {disagreeing:,} images, which have all the labels that "
            "they gave. Choose one as ground truth in Label Studio and export it again to keep that one."
        )
    if predicted:
        warnings.append(
            f"{predicted:,} images of {file.path.name} have a model's predictions only, which are no labels."
        )


def _labels(task: Any, others: set[str]) -> tuple[dict[str, list[str]], bool]:
    """By the name of the choices, the labels of a task, and whether all who annotated it agree."""
    annotations = part(task, "annotations", list) or part(task, "completions", list)
    annotations = [one for one in annotations if isinstance(one, dict) and not one.get("was_cancelled")]
    annotations = [one for one in annotations if one.get("ground_truth")] or annotations
    given: dict[str, list[list[str]]] = {}
    for annotation in annotations:
        for result in part(annotation, "result", list):
            value = part(result, "value", dict)
            if "choices" not in value:
                others.add(as_text(part(result, "type", str)) or "regions")
            elif "x" not in value and (labels := texts(value)):  # else it is said of a region
                given.setdefault(as_text(result.get("from_name")) or "choice", []).append(labels)
    agrees = all(set(labels) == set(answers[0]) for answers in given.values() for labels in answers)
    return {field: texts(answers) for field, answers in given.items()}, agrees


def _of_flat_tasks(file: JsonFile) -> Iterator[Annotated]:
    for task in file.entries():
        values = task if isinstance(task, dict) else {}
        image = _image_in(values)
        fields = {as_text(name): texts(value) for name, value in values.items() if name not in _ABOUT_A_TASK}
        if image:
            yield Annotated(image, {name: labels for name, labels in fields.items() if labels and labels != [image]})


def _image_in(data: dict[str, Any]) -> str:
    """The path or address among a task's data, "" where none is of an image."""
    found = [as_text(value) for value in data.values() if isinstance(value, str)]
    return next((text for text in found if is_image(as_path(text).rpartition("/")[2])), "")
