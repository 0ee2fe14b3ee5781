"""The card of an exported network: what it answers, how good it is and how that is known, and what it is not for.

After Mitchell et al. 2019, "Model Cards for Model Reporting".
"""

import json
import platform
import re
import time
from collections.abc import Mapping, Sequence

from core.architectures.weights import IMAGENET
from core.datasets.pixel_scale import reading_in_words
from core.datasets.splits import SPLITS
from core.datasets.store import DatasetInfo
from core.errors import WorkbenchError
from core.evaluation.evaluation import Evaluation
from core.evaluation.verdict import verdict
from core.evaluation.words import SPLIT_WORDS, percent
from core.prediction.calibration import calibration_of
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.setting_words import setting_title, setting_value

SHARES = {"accuracy": "Accuracy", "balanced_accuracy": "Balanced accuracy", "macro_f1": "Macro F1"}
NUMBERS = {"log_loss": "Log loss", "brier": "Brier score", "ece": "Calibration error (ECE)"}
LIMITS = (
    "It answers one of its classes to every image, also to one that shows none of them.",
    "Its figures hold for images that were taken as those of the dataset were: by the same people, cameras and places, "
    "and in the same shares of classes. Evaluate it on your own before anything depends on it.",
    "It is not made for decisions about people, their health or their safety.",
)
WEIGHTS = (
    "The backbone’s weights were learned on ImageNet and come from Keras Applications "
    "(https://keras.io/api/applications/), which has them from their authors under the licences that they chose: "
    "VGG16’s under Creative Commons Attribution, ResNet’s under MIT, and others. Look there before you pass them on. "
    "ImageNet’s photographs belong to many people, and its terms allow research and teaching."
)


def remarks(run: Run) -> list[str]:
    """What has to be known of every export of a run, the gravest first, in sentences."""
    told, info = [], _info(run)
    if run.settings.untrained:
        told.append(
            "UNTRAINED WEIGHTS: its backbone is random numbers, so its answers are of no use but to try things out."
        )
    if info is None:
        told.append("Its dataset is gone from this workspace.")
    elif info.drawn:
        told.append("SYNTHETIC IMAGES: it learned from pictures drawn by a program, not from photographs.")
    if run.status().active:
        told.append("The run still trains: this is its best so far.")
    told.append(calibration_of(run)[1])
    if not run.reading.is_default:
        told.append(
            f"The run reads deep pixels by a scale of its own ({reading_in_words(run.reading)}); the example reads "
            "images of 8 bits. Bring others to 8 bits by that scale first."
        )
    try:
        renamed = run.naming().words()
    except WorkbenchError:
        renamed = ""
    return told + ([renamed] if renamed else [])


def model_card(
    run: Run,
    format: str,
    names: Sequence[str],
    side: int,
    told: Sequence[str],
    versions: Mapping[str, str | None],
    install: str,
) -> str:
    """The card, in Markdown.

    Parameters
    ----------
    format
        What people call the format.
    names
        The classes, in the order in which they are answered.
    side
        Of the images that it takes, in pixels.
    told
        What its check has found, and `remarks`.
    versions
        By package, what it was written and checked with.
    install
        What the example needs, as pip takes it.
    """
    info, title = _info(run), run.settings.design.title
    dataset = info.title if info is not None else run.settings.dataset
    warnings = [f"> **{line}**\n" for line in told if line.partition(":")[0].isupper()]
    parts = [
        f"# {_escaped(read_labels(run).name or title)}: {_escaped(dataset)}",
        f"{_escaped(title)} with the weights of the run `{run.id}`, as {format}, written by the Image Classification "
        f"Workbench on {time.strftime('%Y-%m-%d')}.",
        *warnings,
        "## What it does",
        f"It takes images of {side} × {side} pixels, red, green and blue from 0 to 255, as (images, {side}, {side}, 3) "
        f"bytes, and gives the probability of each of its {len(names)} classes. Preprocessing and calibration are "
        "inside; reading, turning upright and resizing are not: `example.py` does them as the run did.",
        f"```sh\npip install {install}\npython example.py picture.jpg\n```",
        "Its classes in order, as in `labels.json`:",
        "\n".join(f"    {json.dumps(name, ensure_ascii=False)}" for name in names),
        "## How good it is",
        *_figures(run),
        "## What it learned from",
        *_origin(run, info),
        "## This file",
        "\n".join(f"- {_escaped(line)}" for line in told),
        "## Limits",
        "\n".join(f"- {line}" for line in LIMITS),
        "## Licences",
        _licences(run),
        "## Versions",
        "\n".join(f"- {name} {version}" for name, version in {"python": platform.python_version(), **versions}.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _figures(run: Run) -> list[str]:
    for calibrate in (True, False):
        try:
            evaluation = run.evaluate("test", calibrate=calibrate)
        except WorkbenchError:
            continue
        return [_escaped(verdict(evaluation)), _table(evaluation)]
    return ["It was not evaluated: nobody knows."]


def _table(evaluation: Evaluation) -> str:
    lines = ["| on test images | | 95 % interval |", "|---|---|---|"]
    for name, title in (SHARES | NUMBERS).items():
        score = evaluation.scores[name]
        if not score.defined:
            continue
        told = [
            percent(value, evaluation.n) if name in SHARES else f"{value:.3f}"
            for value in (score.value, *(score.interval if score.low is not None else ()))
        ]
        lines.append(f"| {title} | {told[0]} | {' to '.join(told[1:])} |")
    return "\n".join(lines)


def _origin(run: Run, info: DatasetInfo | None) -> list[str]:
    """The dataset, the split, and the settings."""
    record, settings = run.record, run.settings.to_dict()
    version = f", version {record.dataset_version}" if record.dataset_version else ""
    lines = [f"The dataset “{_escaped(info.title if info else run.settings.dataset)}”{version}."]
    if info is not None and info.description:
        lines.append(_escaped(info.description))
    try:
        counts = run.images()["split"].value_counts()
        lines.append("Images: " + ", ".join(f"{counts.get(part, 0):,} {SPLIT_WORDS[part]}" for part in SPLITS) + ".")
    except WorkbenchError:
        pass  # the table is gone; the figures stand
    told = {name: setting_value(name, value) for name, value in settings.items()}
    lines.append("\n".join(f"- {setting_title(name)}: {_escaped(value)}" for name, value in told.items() if value))
    return lines


def _licences(run: Run) -> str:
    if not run.settings.design.frozen:
        return "The network was trained from random numbers: whatever its images’ licences ask is all there is to know."
    if run.settings.untrained:
        return "The backbone’s weights are random numbers, which nobody has a right to."
    if run.settings.weights == IMAGENET:
        return WEIGHTS
    return f"The backbone’s weights came as a file ({_escaped(run.settings.weights)}), under its own licence."


def _info(run: Run) -> DatasetInfo | None:
    try:
        return run.dataset.info
    except WorkbenchError:
        return None


def _escaped(text: str) -> str:
    """Text of people in a line of Markdown, shown as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", " ".join(str(text).split()))
