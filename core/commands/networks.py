"""Commands about networks that people compose: list, show, add, delete, and any network as Keras code."""

import argparse
from pathlib import Path
from typing import Any

from core.architectures.architecture import FEWEST_CLASSES
from core.architectures.block_check import Followed
from core.architectures.custom import CustomNetwork, CustomNetworks, check, find_available, read_network
from core.architectures.keras_code import keras_code
from core.architectures.layers import shape_in_words
from core.commands.adder import adder
from core.commands.output import DONE, Result, table
from core.commands.settings import add_assignments, assignments
from core.datasets.store import open_dataset
from core.errors import UsageError
from core.files import read_json
from core.runs.settings import as_written_before, read_settings
from core.workspace import Workspace

MOST_BYTES = 1_000_000


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    networks = add(
        "networks", _list, "Networks of your own, composed of blocks: list, show, add, delete, as Keras code."
    )
    action = adder(networks, "ACTION")
    action("list", _list, "The networks of your own.")
    showing = action("show", _show, "The blocks of one, with what leaves each.")
    adding = action("add", _add, "Keep a network that a file describes, as 'show NAME --json' prints it.")
    adding.add_argument("file", metavar="FILE.json", type=Path)
    adding.add_argument("--replace", action="store_true", help="put it in the place of one with the same name")
    deleting = action("delete", _delete, "Delete one. Runs that were trained with it keep what they need.")
    code = action("code", _code, "Any network, also one that comes with the program, as a script in Keras.")
    for each in (showing, deleting, code):
        each.add_argument("name", metavar="NAME")
    showing.add_argument("--classes", type=int, default=FEWEST_CLASSES, help=f"default {FEWEST_CLASSES}")
    code.add_argument("--classes", type=int, help="by default those of the dataset, else as the network was published")
    code.add_argument("--dataset", metavar="DATASET", help="whose classes it tells apart")
    code.add_argument("--size", help="side of the images in pixels, by default the network's usual one")
    code.add_argument("--epochs", metavar="N", help="by default the network's usual ones")
    add_assignments(code, "any setting of `train`")


def _list(workspace: Workspace, options: argparse.Namespace) -> Result:
    networks = CustomNetworks(workspace).all()
    document: list[dict[str, Any]] = [
        network.to_dict() | {"parameters": check(network).parameters} for network in networks
    ]
    if not networks:
        return document, "No networks of your own yet. Compose one on the Model page, or add a file.", DONE
    rows = [
        [
            entry["name"],
            entry["title"],
            f"{entry['image_size']} × {entry['image_size']} × {entry['channels']}",
            f"{len(entry['blocks'])}",
            f"{entry['parameters']:,}",
        ]
        for entry in document
    ]
    return document, table(["name", "title", "image", "blocks", "parameters"], rows), DONE


def _show(workspace: Workspace, options: argparse.Namespace) -> Result:
    network = CustomNetworks(workspace).find(options.name)
    followed = check(network, _class_count(network, options.classes))
    rows = [{"shape": list(row.shape), "parameters": row.parameters, "remark": row.remark} for row in followed.rows]
    lines = [
        [str(number), row.block.title, _values(row.block.values), shape_in_words(row.shape), f"{row.parameters:,}"]
        for number, row in enumerate(followed.rows, 1)
    ]
    if followed.answer is not None:
        classes, parameters = options.classes, followed.answer.parameters
        lines.append(["", "Answer", f"{classes} classes", f"{classes} numbers", f"{parameters:,}"])
    document = network.to_dict() | {"rows": rows, "parameters": followed.parameters}
    title = f"{network.title}: {followed.parameters:,} parameters for {options.classes} classes"
    rows_in_words = table(["row", "block", "set to", "output", "parameters"], lines)
    return document, "\n".join([title, rows_in_words, *_remarks(followed)]), DONE


def _class_count(network: CustomNetwork, classes: int) -> int:
    """The number of classes, where a classifier can have so many."""
    network.architecture.table(network.image_size, classes)
    return classes


def _remarks(followed: Followed) -> list[str]:
    """What is to be known of rows though they can stand, a line each."""
    rows = [(f"Row {number} ({row.block.title})", row.remark) for number, row in enumerate(followed.rows, 1)]
    return [f"{where}: {remark}" for where, remark in rows if remark]


def _values(values) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _add(workspace: Workspace, options: argparse.Namespace) -> Result:
    path = options.file.expanduser()
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{path} is far larger than a network's description, of which the largest has some kilobytes.")
    values = read_json(path)
    if isinstance(values, dict):  # what 'show' adds to it
        values = {key: value for key, value in values.items() if key not in ("rows", "parameters")}
    network = read_network(values)
    CustomNetworks(workspace).save(network, options.replace)
    followed = check(network)
    parameters = followed.parameters
    text = f"{network.title} is kept as {network.name!r}: {len(network.blocks)} blocks, {parameters:,} parameters."
    return network.to_dict() | {"parameters": parameters}, "\n".join([text, *_remarks(followed)]), DONE


def _delete(workspace: Workspace, options: argparse.Namespace) -> Result:
    CustomNetworks(workspace).delete(options.name)
    return {"deleted": options.name}, f"The network {options.name!r} is deleted.", DONE


def _code(workspace: Workspace, options: argparse.Namespace) -> Result:
    architecture = find_available(options.name, workspace)
    settings = _code_settings(workspace, options)
    classes = options.classes
    if classes is None:
        dataset = open_dataset(workspace, options.dataset) if options.dataset else None
        classes = len(dataset.class_names) if dataset else architecture.usual_classes
    code = keras_code(architecture, classes, settings)
    document = {"architecture": architecture.name, "classes": classes, "code": code}
    document["settings"] = as_written_before(settings)
    return document, code.rstrip("\n"), DONE


def _code_settings(workspace: Workspace, options: argparse.Namespace) -> dict[str, Any]:
    """The settings of a run as they were typed, but for the dataset, which need not be there."""
    values = {"dataset": options.dataset or "images", "architecture": options.name}
    values |= {"image_size": options.size} if options.size is not None else {}
    values |= {"epochs": options.epochs} if options.epochs is not None else {}
    settings = read_settings(values | assignments(options.set), workspace).to_dict()
    return {key: value for key, value in settings.items() if key not in ("dataset", "network")}
