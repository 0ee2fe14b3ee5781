"""How far the answers of every export are from the run's, for four networks that learned from real photographs.

A small network with batch normalisation, MobileNet and VGG16 with ImageNet's weights, and one composed by hand, each
trained for a few epochs and written in every format. Prints a table of the largest difference of a probability on test
photographs, the size of the file and the seconds it took, and writes JSON.
"""

import argparse
import json
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from given_images import PROJECT, add_images_option, given_images

sys.path.insert(0, str(PROJECT))

import pandas as pd

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.errors import WorkbenchError
from core.export.formats import FORMATS
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.training.trainer import train
from core.workspace import Workspace

FORMATS_OF_NETWORKS = [name for name, each in FORMATS.items() if each.module.startswith("core.export.network")]
BLOCKS = (
    usual_block("convolution", filters=16),
    usual_block("max_pool"),
    usual_block("convolution", filters=32),
    usual_block("global_average_pool"),
)
NETWORKS = {
    "small_cnn": {"epochs": 6, "augmentation": "flip_horizontal"},
    "mobilenet_075": {"epochs": 5},
    "vgg16": {"epochs": 4},
    "by_hand": {"epochs": 4, "image_size": 64},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--networks", nargs="+", choices=list(NETWORKS), default=list(NETWORKS))
    parser.add_argument("--formats", nargs="+", choices=FORMATS_OF_NETWORKS, default=FORMATS_OF_NETWORKS)
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/exports.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.at(Path(folder))
        run_import(create_from_path(workspace, images / "cats_dogs", "photographs"))
        CustomNetworks(workspace).save(CustomNetwork("by_hand", "Composed by hand", 64, 3, BLOCKS))
        rows = []
        for name in options.networks:
            run = trained(workspace, name)
            rows += [exported(run, name, format) for format in options.formats]
    table = pd.DataFrame(rows)
    for column in ("largest", "same", "megabytes", "seconds"):
        print(f"\n{column}\n{table.pivot(index='format', columns='network', values=column).to_string()}")
    print(*(f"\n{row['network']}, {row['format']}: {row['refused']}" for row in rows if row["refused"]))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(rows, indent=1))


def trained(workspace: Workspace, name: str) -> Run:
    chosen = {"dataset": "photographs", "architecture": name} | NETWORKS[name]
    run = create_run(workspace, read_settings(chosen, workspace))
    if train(run.folder):
        raise SystemExit(run.status().error)
    return run


def exported(run: Run, name: str, format: str) -> dict:
    """A row of the table: what the check has found, or why it was refused."""
    path, began = run.folder / f"{format}.zip", time.monotonic()
    row = {"network": name, "format": format, "largest": None, "same": "", "megabytes": None, "refused": ""}
    try:
        FORMATS[format].write(run, path)
    except WorkbenchError as error:
        row["refused"] = str(error)
    else:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read("check.json"))["images"]
        row |= {"largest": float(f"{found['largest']:.1e}"), "same": f"{found['same_answers']}/{found['images']}"}
        row |= {"mean": found["mean"], "megabytes": round(path.stat().st_size / 1e6, 1)}
    print(name, format, row["refused"] or f"{row['largest']:.1e} {row['same']}", file=sys.stderr)
    return row | {"seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    main()
