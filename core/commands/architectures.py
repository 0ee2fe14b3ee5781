"""Commands about networks: which there are, and one of them layer by layer with every sum written out."""

import argparse
from dataclasses import asdict
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.custom import available, find_available
from core.architectures.dropout_check import REMARK, dropouts_before_batch_norm
from core.architectures.facts import (
    original_in_words,
    preprocessing_in_words,
    source_in_words,
    weights_in_words,
)
from core.architectures.formulas import Formula, Totals, formulas_of, totals_of
from core.architectures.layers import LayerRow, shape_in_words
from core.architectures.weights import path_at_hand
from core.commands.output import DONE, Result, table
from core.errors import UsageError
from core.runs.departures import course_in_words, departures_in_words
from core.runs.settings import check_image_size, course_settings, default_settings
from core.runs.usual_settings import WRITTEN, usual_settings_in_words
from core.workspace import Workspace

CHANNELS = (3, 1)


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    add("architectures", _list, "List the networks one can choose, your own among them.")
    describing = add(
        "describe",
        _describe,
        "A network layer by layer: shapes, parameters and receptive fields, each with its formula written out.",
    )
    describing.add_argument("architecture", metavar="ARCHITECTURE", help="a name that `architectures` lists")
    describing.add_argument("--size", metavar="N", help="side of the images in pixels (default: the usual one)")
    describing.add_argument(
        "--classes", metavar="K", help="how many it tells apart (default: as it was published, else 2)"
    )
    describing.add_argument("--channels", metavar="C", help="of the images: 3, or 1 where the network sees grey")


def _list(workspace: Workspace, options: argparse.Namespace) -> Result:
    found = [_entry(architecture) for architecture in available(workspace).values()]
    header = ["architecture", "", "kind", "year", "pixels", "at least", "parameters", "body", "weights"]
    rows = [
        [
            *(entry[key] for key in ("name", "title", "group")),
            str(entry["year"] or "–"),
            str(entry["input_size"]),
            str(entry["minimum_size"]),
            f"{entry['original_parameters']:,}",
            f"{entry['body_parameters']:,}",
            entry["weights"] or "–",
        ]
        for entry in found
    ]
    notes = "Parameters are those of the network as it was published; the body is what stands before its head."
    return found, f"{table(header, rows)}\n{notes}", DONE


def _entry(architecture: Architecture) -> dict[str, Any]:
    weights = architecture.weights
    return {
        "name": architecture.name,
        "title": architecture.title,
        "group": architecture.group,
        "year": architecture.year or None,
        "input_size": architecture.input_size,
        "minimum_size": architecture.minimum_size,
        "original_parameters": architecture.original_parameters,
        "original_classes": architecture.original_classes or None,
        "body_parameters": architecture.backbone_parameters,
        "weights": weights_in_words(architecture),
        "megabytes": weights.megabytes if weights else None,
        "at_hand": path_at_hand(architecture) is not None if weights else None,
    }


def _describe(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.architecture, workspace)
    image_size = check_image_size(architecture, options.size or architecture.input_size)
    class_count = _whole("classes", options.classes, architecture.usual_classes)
    channels = _whole("channels", options.channels, architecture.channels)
    _check_channels(architecture, channels)
    rows = architecture.table(image_size, class_count)
    sums = [formulas_of(row, image_size) for row in rows]
    settings = default_settings(architecture)
    totals = totals_of(rows, settings["optimiser"])
    remarks = _remarks(rows)
    document = _entry(architecture) | {
        "description": architecture.description,
        "source": architecture.source,
        "departs": departures_in_words(architecture),
        "settings": dict(architecture.settings),
        "as_course": course_settings(architecture) if architecture.course else None,
        "course": course_in_words(architecture),
        "preprocessing": preprocessing_in_words(architecture),
        "image_size": image_size,
        "class_count": class_count,
        "dropout": settings["dropout"] if architecture.takes_dropout else None,
        "channels": channels,
        "layers": [_layer(row, written) for row, written in zip(rows, sums, strict=True)],
        "totals": asdict(totals),
        "remarks": remarks,
    }
    text = "\n".join(
        [
            _facts(architecture),
            "",
            _table(rows),
            "",
            _sums(rows, sums),
            "",
            *_totals(architecture, totals, settings["optimiser"]),
            *remarks,
        ]
    )
    return document, text, DONE


def _whole(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--{name} must be a whole number. Got {text!r}.") from None


def _check_channels(architecture: Architecture, channels: int) -> None:
    """Refuse grey images where a network sees colours, and say what becomes of them instead."""
    if channels not in CHANNELS:
        raise UsageError(f"--channels must be 3 (colour) or 1 (grey). Got {channels!r}.")
    if channels == 3 or architecture.channels == 1:
        return
    why = "learned on colours" if architecture.frozen else "looks at three channels"
    raise UsageError(
        f"{architecture.title} {why}: grey images are shown to it in all three channels. Leave --channels out."
    )


def _layer(row: LayerRow, sums: list[Formula]) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.layer.kind,
        "block": row.layer.block,
        "shape": list(row.shape),
        "parameters": row.parameters,
        "receptive_field": list(row.receptive_field) if row.receptive_field else None,
        "multiplications": row.multiplications,
        "frozen": row.frozen,
        "sums": [each.to_dict() for each in sums],
    }


def _facts(architecture: Architecture) -> str:
    settings, departures = usual_settings_in_words(architecture), departures_in_words(architecture)
    course = course_in_words(architecture)
    lines = [
        f"{architecture.title}: {architecture.description}",
        f"Source: {source_in_words(architecture)}.",
        f"Departs from it: {departures}" if departures else "",
        f"Comes with: {settings}." if settings else "",
        f"As the course trains it (--as-course): {course}" if course else "",
        f"First: {preprocessing_in_words(architecture)}.",
    ]
    return "\n".join(filter(None, lines))


def _table(rows: list[LayerRow]) -> str:
    header = ["", "part", "layer", "output", "parameters", "sees", "multiply–adds", ""]
    return table(header, [_line(number, row) for number, row in enumerate(rows, 1)])


def _line(number: int, row: LayerRow) -> list[str]:
    sees = f"{row.receptive_field[0]:,} × {row.receptive_field[1]:,}" if row.receptive_field else "all"
    figures = [f"{row.parameters:,}", sees, f"{row.multiplications:,}"]
    return [
        str(number),
        row.layer.block or "–",
        row.name,
        shape_in_words(row.shape),
        *figures,
        "frozen" if row.frozen else "",
    ]


def _remarks(rows: list[LayerRow]) -> list[str]:
    """What is to be known of layers though they can stand."""
    places = dropouts_before_batch_norm([row.layer for row in rows])
    return [f"Layer {place + 1} ({rows[place].name}): {REMARK}" for place in places]


def _sums(rows: list[LayerRow], sums: list[list[Formula]]) -> str:
    """The sums of every layer that has any; the meanings of their numbers are in the JSON and on the page."""
    lines = ["How it comes about:"]
    for number, (row, written) in enumerate(zip(rows, sums, strict=True), 1):
        worked_out = [each for each in written if each.terms]
        lines += [f"{number}  {row.name}"] if worked_out else []
        lines += [f"    {each.title}: {'. '.join(filter(None, (each.text, each.note)))}" for each in worked_out]
    return "\n".join(lines)


def _totals(architecture: Architecture, totals: Totals, optimiser: str) -> list[str]:
    learned = f"{totals.trained:,} trained, {totals.frozen:,} frozen"
    return [
        f"Parameters: {totals.parameters:,} ({learned}). {original_in_words(architecture)}".rstrip(),
        f"Multiply–adds for an image: {totals.multiplications:,}",
        f"Memory to train: {totals.training_bytes / 1e6:,.1f} MB for the numbers, their gradients and what "
        f"{WRITTEN[optimiser]} keeps of these, and what the layers give for a batch of images on top",
    ]
