"""The commands that look into a network: what its layers make of images, and its kernels."""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.architectures.map_layer import MapLayer
from core.commands.output import DONE, Result, progress_line, table
from core.concepts.number_list import ALL, read_numbers
from core.errors import UsageError
from core.figures.map_pictures import contact_sheet, enlarged, kernels_as_pictures, maps_as_pictures, own_scales
from core.files import replacing, safe_file_name
from core.jobs.inference_client import InferenceClient
from core.runs.record import Run, find_run
from core.workspace import Workspace

COUNT, MOST_IMAGES = 4, 16
KERNEL_PIXELS = 36
# What a JSON document may hold of weights; more is for a file.
MOST_NUMBERS = 100_000
SHOWN = 12


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of each."""
    activations = add(
        "activations",
        _activations,
        "List the layers of a run's network that give maps; with images, what the layers make of them.",
    )
    kernels = add("kernels", _kernels, "List the convolutions of a run's network; with a layer, its kernels.")
    for parser in (activations, kernels):
        parser.add_argument("run", metavar="RUN", help="a run's id, how it begins, or its name")
        parser.add_argument("--layer", metavar="L", help="the number of a layer, as it is listed")
        parser.add_argument("--filters", default=ALL, metavar="LIST", help='such as 1,5,7-9; default "all"')
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="write pictures (PNG) and numbers (NPZ) there")
    which = activations.add_mutually_exclusive_group()
    which.add_argument("--image", action="append", type=Path, metavar="FILE", help="may be given several times")
    which.add_argument("--class", dest="class_name", metavar="NAME", help="images of this class of the run's dataset")
    activations.add_argument(
        "--count",
        default=COUNT,
        metavar="K",
        help=f"how many images of the class, up to {MOST_IMAGES}; default {COUNT}",
    )


def _activations(workspace: Workspace, options: argparse.Namespace) -> Result:
    run, filters, layer = find_run(workspace, options.run), read_numbers(options.filters), _number(options.layer)
    images = _images(run, options)
    if not images and (layer or options.out):
        raise UsageError("Say with --image or --class which images the layers are to be shown.")
    _check_folder(options.out)
    with _network(run) as (ask, layers):
        chosen = [layer] if layer else [each.number for each in layers if each.window]  # convolutions and pools
        maps = _shown(ask, images, chosen, filters, options.out) if images else []
    document = _document(run, layers) | {"images": list(images), "maps": maps}
    document["files"] = [path for entry in maps for path in entry.pop("files")]
    lines = [_maps_in_words(maps[0], layers[layer - 1]) if layer else _layers_in_words(layers)]
    lines += [f"Written: {path}" for path in document["files"]]
    return document, "\n".join(lines), DONE


def _kernels(workspace: Workspace, options: argparse.Namespace) -> Result:
    run, filters, layer = find_run(workspace, options.run), read_numbers(options.filters), _number(options.layer)
    _check_folder(options.out)
    with _network(run) as (ask, layers):
        convolutions = [each for each in layers if each.channels]
        found = []
        for number in [layer] if layer else [each.number for each in convolutions if options.out]:
            kernels = ask("layer_kernels", layer=number, filters=filters)
            files = _write_kernels(kernels, options.out) if options.out else []
            found.append(_described(kernels) | {"files": files})
    document = _document(run, convolutions) | {"kernels": found}
    document["files"] = [path for entry in found for path in entry.pop("files")]
    lines = [_kernels_in_words(found[0]) if layer else _layers_in_words(convolutions)]
    lines += [f"Written: {path}" for path in document["files"]]
    return document, "\n".join(lines), DONE


# What is asked for ---------------------------------------------------------------------------------------------------


@contextmanager
def _network(run: Run) -> Iterator[tuple[Any, list[MapLayer]]]:
    """What asks about a run's network, and the layers of it that give maps."""
    client = InferenceClient()
    try:

        def ask(task: str, **arguments: Any) -> Any:
            return client.ask(task, run=str(run.folder), **arguments)

        yield ask, ask("map_layers")
    finally:
        client.close()


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise UsageError(f"--layer must be the number of a layer, from 1. Got {text!r}.")
    return int(text)


def _images(run: Run, options: argparse.Namespace) -> dict[str, Path]:
    """The files of the images, by what they are called."""
    if options.image:
        if len(options.image) > MOST_IMAGES:
            raise UsageError(f"Up to {MOST_IMAGES} images are shown at a time. Got {len(options.image)}.")
        return {str(path): path for path in options.image}
    if options.class_name is None:
        return {}
    count = str(options.count)
    if not (count.isascii() and count.isdecimal() and 1 <= int(count) <= MOST_IMAGES):
        raise UsageError(f"--count must be a whole number from 1 to {MOST_IMAGES}. Got {options.count!r}.")
    images, dataset = run.images(), run.dataset
    paths = images.loc[images["label"] == options.class_name, "path"].head(int(count))
    if paths.empty:
        there = ", ".join(sorted(images["label"].unique()))
        raise UsageError(f"There is no class {options.class_name!r} in the run. There are: {there}.")
    return {path: dataset.path_of(path) for path in paths}


def _check_folder(folder: Path | None) -> None:
    """Before anything is worked out, and not after it."""
    if folder is None:
        return
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file. Say with --out which folder is to be written to.")
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise UsageError(f"Nothing can be written to {folder}: its owner does not allow it.")


# What is found -------------------------------------------------------------------------------------------------------


def _shown(
    ask: Any, images: dict[str, Path], layers: list[int], filters: list[int] | None, out: Path | None
) -> list[dict[str, Any]]:
    """What each of the layers makes of the images, in figures; with `out`, in files as well."""
    pictures, found = [str(path) for path in images.values()], []
    for done, layer in enumerate(layers):
        progress_line("Showing images to the layers", done, len(layers))
        maps = ask("feature_maps", pictures=pictures, layer=layer, filters=filters, as_numbers=True)
        entry = {"layer": layer, "filters": maps["filters"].tolist(), "low": maps["low"], "high": maps["high"]}
        entry |= {"mean": maps["maps"].mean(axis=(2, 3)).tolist(), "largest": maps["maps"].max(axis=(2, 3)).tolist()}
        entry |= {"silent": list(maps["silent"]), "files": _write_maps(maps, list(images), out) if out else []}
        found.append(entry)
    return found


def _write_maps(found: dict[str, Any], names: list[str], folder: Path) -> list[str]:
    """The maps as numbers, and a sheet of pictures of each image."""
    stem = f"layer_{found['layer'].number:03}"
    numbers = {"maps": found["maps"], "filters": found["filters"], "images": np.array(names)}
    files = [_save_numbers(folder / f"{stem}_maps.npz", numbers)]
    for place, (name, maps) in enumerate(zip(names, found["maps"], strict=True), start=1):
        # Each on its own scale, so that weak maps are seen too: how strong they are, the numbers say.
        own = own_scales(maps, max(abs(found["low"]), abs(found["high"])))
        sheet = contact_sheet(maps_as_pictures(maps, own, found["signed"]))
        files.append(_save_picture(folder / f"{stem}_{place:02}_{Path(safe_file_name(name)).stem}.png", sheet))
    return files


def _write_kernels(found: dict[str, Any], folder: Path) -> list[str]:
    stem = f"layer_{found['layer'].number:03}"
    numbers = {name: found[name] for name in ("values", "filters", "biases") if found[name] is not None}
    pictures = np.stack([enlarged(each, KERNEL_PIXELS) for each in kernels_as_pictures(found["values"])])
    sheet = contact_sheet(pictures)
    files = [_save_numbers(folder / f"{stem}_kernels.npz", numbers)]
    return [*files, _save_picture(folder / f"{stem}_kernels.png", sheet)]


def _save_numbers(path: Path, arrays: Mapping[str, Any]) -> str:
    with replacing(path, suffix=".npz") as temporary:
        np.savez_compressed(temporary, **arrays)
    return str(path)


def _save_picture(path: Path, pixels: np.ndarray) -> str:
    with replacing(path) as temporary:
        Image.fromarray(pixels).save(temporary, "PNG")
    return str(path)


# In words ------------------------------------------------------------------------------------------------------------


def _document(run: Run, layers: Sequence[MapLayer]) -> dict[str, Any]:
    return {"run": run.id, "untrained": run.settings.untrained, "layers": [asdict(layer) for layer in layers]}


def _described(found: dict[str, Any]) -> dict[str, Any]:
    values, biases = found["values"], found["biases"]
    whole = values.size <= MOST_NUMBERS
    document = {"layer": found["layer"].number, "filters": found["filters"].tolist(), "shape": list(values.shape)}
    document |= {"values": values.tolist() if whole else None, "biases": None if biases is None else biases.tolist()}
    document |= {"least": values.min(axis=(1, 2, 3)).tolist(), "largest": values.max(axis=(1, 2, 3)).tolist()}
    return document if whole else document | {"remark": f"{values.size:,} weights: --out writes them to a file."}


def _layers_in_words(layers: Sequence[MapLayer]) -> str:
    if not layers:
        return "The network has no convolutions: it looks at all pixels at once."
    rows = [
        [str(layer.number), layer.words, "unknown" if layer.field is None else f"{layer.field[0]} × {layer.field[1]}"]
        for layer in layers
    ]
    return table(["layer", "what it is", "sees pixels"], rows)


def _maps_in_words(entry: dict[str, Any], layer: MapLayer) -> str:
    """The filters that answer the strongest on average."""
    mean, largest = np.array(entry["mean"]).mean(axis=0), np.array(entry["largest"]).max(axis=0)
    order = np.argsort(-mean, kind="stable")[:SHOWN]
    rows = [[str(entry["filters"][place]), f"{mean[place]:.4g}", f"{largest[place]:.4g}"] for place in order]
    silent, count = len(entry["silent"]), layer.shape[2]
    lines = [f"Layer {layer.number}: {layer.words}", table(["filter", "mean", "largest"], rows)]
    lines += [f"… and {len(mean) - SHOWN:,} more filters."] if len(mean) > SHOWN else []
    return "\n".join(lines + ([f"Filters that answer nowhere: {silent:,} of {count:,}."] if silent else []))


def _kernels_in_words(entry: dict[str, Any]) -> str:
    biases = entry["biases"] or [0.0] * len(entry["filters"])
    columns = zip(entry["filters"], entry["least"], entry["largest"], biases, strict=True)
    rows = [[str(number), *(f"{value:.4g}" for value in values)] for number, *values in columns]
    count, height, width, channels = entry["shape"]
    kernels, maps = f"{count:,} kernel{'s' * (count != 1)}", f"{channels:,} channel{'s' * (channels != 1)}"
    lines = [f"Layer {entry['layer']}: {kernels} of {height} × {width} on {maps}"]
    lines.append(table(["filter", "least", "largest", "bias"], rows[:SHOWN]))
    return "\n".join(lines + ([f"… and {count - SHOWN:,} more."] if count > SHOWN else []))
