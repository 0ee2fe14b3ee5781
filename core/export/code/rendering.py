"""The script of a run, made of templates: what stands in it is what this run did."""

import ast
import base64
import csv
import gzip
import io
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from core.architectures.keras_code import APPLICATIONS, LAST_OF_TOP, layer_lines, optimiser_arguments
from core.augmentation.recipe import in_words
from core.evaluation.intervals import wilson
from core.export.code.augmentation import augmentation_layers, layers_to_define
from core.export.code.facts import LISTED, Facts
from core.export.code.text import WIDTH, in_one_line, literal, spaced, wrapped
from core.runs.settings import RunSettings

TEMPLATES = Path(__file__).parent / "templates"
# As `core.augmentation.layers.mixing` makes them.
MIXERS = {"mixup": "layers.MixUp(0.2)", "cutmix": "layers.CutMix((1.0, 1.0))"}


def render(facts: Facts, notebook: bool = False) -> str:
    """The script, in cells that begin with ``# %%``, as Jupytext, Spyder and VS Code know them.

    Parameters
    ----------
    notebook
        Whether it is to be the cells of a notebook, which has neither arguments nor a file beside it.
    """
    template, values = _environment().get_template("train.jinja"), _values(facts) | {"notebook": notebook}
    values |= {"file_list": _packed(file_list(facts))} if notebook else {}
    text = template.render(values, imports=_imports(template.render(values, imports="")))
    return spaced(wrapped(text))


def file_list(facts: Facts) -> str:
    """The images, as a table of paths, labels and parts of the split."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LISTED)
    writer.writerows(facts.images[LISTED].itertuples(index=False))
    return text.getvalue()


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# What the templates are given -----------------------------------------------------------------------------------------


def _values(facts: Facts) -> dict[str, Any]:
    settings, design = facts.settings, facts.settings.design
    return {
        "title": in_one_line(design.title),
        "architecture": in_one_line(design.title),
        "dataset": in_one_line(facts.dataset_title),
        "run": facts.run.id,
        "accuracy": _accuracy(facts),
        "notes": [in_one_line(note) for note in facts.notes],
        "settings": settings,
        "data": literal(facts.data),
        "batch_size": facts.batch_size,
        "passes": facts.passes,
        "rows": "repeated" if design.frozen or facts.passes > 1 else "train",
        "validated": facts.count("validation") > 0,
        "balanced": settings.class_weights == "balanced",
        "starts_at_shares": settings.bias_initialisation == "class_shares" and settings.class_weights != "balanced",
        # A penalty that was chosen is all that decays the weights.
        "optimiser": _optimiser(replace(settings, optimiser="adam") if facts.penalty else settings, "LEARNING_RATE"),
        "orientations": facts.evaluation_orientations,
        **_augmentation(facts),
        **_schedule(settings),
        **_callbacks(settings),
        **_network(facts),
        **_monitor(facts),
    }


def _accuracy(facts: Facts) -> str:
    if facts.test_images_right is None:
        return ""
    right, count = facts.test_images_right
    low, high = (f"{100 * end:.1f}" for end in wilson(right, count))
    return f"{right:,} of {count:,} test images, {100 * right / count:.1f} % (95 % interval {low} to {high} %)"


def _augmentation(facts: Facts) -> dict[str, Any]:
    settings = facts.settings
    views = facts.training_views if settings.design.frozen else ()
    if settings.design.frozen:
        drawn, mixing = views[0].drawn if views else (), []
    else:
        drawn, mixing = settings.augmentation, [step for step in settings.augmentation if step.mixes]
    layers = augmentation_layers(drawn)
    orientations = tuple(view.orientation for view in views)
    smoothing = settings.label_smoothing
    return {
        "recipe": in_one_line(f"Training images are varied: {in_words(settings.augmentation)}"),
        "layers": [call.code for call in layers],
        "defined": layers_to_define(layers),
        "drawn": bool(layers),
        "mixing": [f"({MIXERS[step.name]}, {step.probability!r})" for step in mixing],
        "shares": bool(smoothing or mixing),
        "smoothed_shares": f"{1 - smoothing:g} * shares + {smoothing} / len(CLASSES)" if smoothing else "shares",
        "training_views": len(views),
        "training_orientations": orientations if any(orientations) else (),
        "turned": any(orientations) or bool(facts.evaluation_orientations),
        "trained_in": "training_views" if views else "as_they_are",
        "evaluated_in": "evaluation_views" if facts.evaluation_orientations else "as_they_are",
    }


def _schedule(settings: RunSettings) -> dict[str, Any]:
    """The learning rate of a step, as `core.training.schedules` has it."""
    warm = f"{settings.warmup * settings.epochs:g}"
    passed, last = (f"(passed - {warm})", f"(EPOCHS - {warm})") if settings.warmup else ("passed", "EPOCHS")
    factor, span = settings.decay_factor, settings.decay_epochs
    rates = {
        "step": f"LEARNING_RATE * {factor} ** ({passed} // {span})",
        "exponential": f"LEARNING_RATE * {factor} ** ({passed} / {span})",
        "inverse_time": f"LEARNING_RATE / (1 + {settings.decay_rate} * max(0, round({passed} * steps) - 1))",
        "cosine": f"LEARNING_RATE * (1 + math.cos(math.pi * {passed} / {last})) / 2",
    }
    scheduled = settings.schedule in rates or bool(settings.warmup)
    rate, counts_steps = rates.get(settings.schedule, "LEARNING_RATE"), settings.schedule == "inverse_time"
    return {"warm": warm, "rate": rate, "scheduled": scheduled, "counts_steps": counts_steps}


def _callbacks(settings: RunSettings) -> dict[str, str]:
    """By which name the script calls what is told of its epochs and steps, in both of its trainings."""
    ending = ["best"] if settings.restore_best_weights else ["stop"] if settings.early_stopping else []
    plateau = ["plateau"] if settings.schedule == "plateau" else []
    schedule = ["Schedule()"] if _schedule(settings)["scheduled"] else []
    return {"callbacks": ", ".join(ending + plateau + schedule), "fine_tuning_callbacks": ", ".join(ending)}


def _network(facts: Facts) -> dict[str, Any]:
    settings, design = facts.settings, facts.settings.design
    rows = design.table(settings.image_size, facts.class_count, settings.dropout, settings.hidden)
    if not design.frozen:
        return {"backbone": False, "penalty": None, "blocks": 0, "network": "\n".join(layer_lines(rows)), "weights": ""}
    module, maker, option = APPLICATIONS[design.name]
    own = [row for row in rows[len(design.body) :] if row.layer.kind != "global_average_pool"]
    blocks = settings.unfreeze
    return {
        "backbone": True,
        "module": module,
        "maker": maker,
        "option": option,
        "last_of_top": LAST_OF_TOP.get(design.name, ""),
        "top": "" if design.pretrained_weights.with_top else " without its top",
        "weights": literal(facts.weights) if facts.weights else "",
        "penalty": f"{facts.penalty:.4g}" if facts.penalty else None,
        "network": "\n".join(layer_lines(own, "features")),
        "blocks": blocks,
        "cut": literal(design.cuts[-blocks]) if blocks else "",
        "has_dropout": maker.startswith("EfficientNet"),  # alone of Keras's backbones
        "second_phase": facts.second_phase,
        "second_optimiser": _optimiser(facts.second_phase, repr(facts.second_phase.learning_rate)),
    }


def _monitor(facts: Facts) -> dict[str, str]:
    name = "loss" if facts.penalty is None else "crossentropy"
    return {"monitor": f"val_{name}" if facts.count("validation") else name}


def _optimiser(settings: RunSettings, rate: str) -> str:
    """The statement that makes it, in a line or, where that is too long, an argument a line."""
    name, arguments = optimiser_arguments(settings.to_dict())
    written = [rate, *(f"{name}={value!r}" for name, value in arguments.items() if name != "learning_rate")]
    line = f"optimizer = keras.optimizers.{name}({', '.join(written)})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"optimizer = keras.optimizers.{name}(", *(f"    {each}," for each in written), ")"])


def _packed(text: str) -> str:
    """A file as a notebook carries it: compressed, in lines of letters."""
    return "\n".join(textwrap.wrap(base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(), 100))


def _imports(text: str) -> str:
    """What a script imports: what it uses."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    plain = ("argparse", "base64", "csv", "gzip", "io", "json", "math")
    return "\n".join(
        [
            *(f"import {name}" for name in plain if name in used),
            "from concurrent.futures import ThreadPoolExecutor",
            "from pathlib import Path",
            "",
            "import keras",
            "import numpy as np",
            *(["import tensorflow as tf"] if "tf" in used else []),
            f"from keras import {', '.join(name for name in ('layers', 'ops') if name in used)}",
            "from PIL import Image, ImageOps",
        ]
    )
