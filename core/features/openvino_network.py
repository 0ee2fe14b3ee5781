"""A backbone as OpenVINO computes it, and kept as a file, from which a process answers that never loads Keras."""

import hashlib
import importlib.metadata
import importlib.util
import json
import shutil
import sys
import uuid
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # take seconds to load
    import keras
    import openvino

OPENVINO = {"openvino-bfloat16": "bf16", "openvino-float32": "f32"}
"""By the name of a runtime, the precision in which OpenVINO computes."""


def is_installed() -> bool:
    """Whether OpenVINO is there, asked without loading it."""
    # A module that is blocked stands in `sys.modules` as None.
    return sys.modules.get("openvino", ...) is not None and importlib.util.find_spec("openvino") is not None


def import_openvino() -> Any:
    """The module OpenVINO, which is kept from reporting its use, and that of NNCF, to its makers."""
    # Without this module it runs the same: None there is how Python is told that a module can't be imported, of which
    # its declaration knows nothing.
    sys.modules.setdefault("openvino_telemetry", None)  # pyright: ignore[reportArgumentType]
    import openvino

    return openvino


def converted(backbone: "keras.Model") -> "openvino.Model":
    """A backbone as OpenVINO has it, from (n, side, side, 3) bytes to features."""
    openvino = import_openvino()
    with warnings.catch_warnings():
        # Keras remarks that the conversion calls the model with a list; nobody can act on that.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(backbone)
    pixels_as_bytes = openvino.preprocess.PrePostProcessor(model)
    pixels_as_bytes.input().tensor().set_element_type(openvino.Type.u8)
    return pixels_as_bytes.build()


def compiled(model: "openvino.Model", precision: str) -> Callable[[np.ndarray], np.ndarray]:
    """What computes features of (n, side, side, 3) uint8 pixels, as (n, ...) float32.

    Parameters
    ----------
    precision
        "bf16" or "f32".
    """
    # A request at a time takes all cores; with the hint for throughput it was two to three times slower.
    hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    network = import_openvino().Core().compile_model(model, "CPU", hints)
    return lambda pixels: np.array(network(np.ascontiguousarray(pixels))[0], np.float32)


def kept(folder: Path, recipe: dict[str, Any], convert: Callable[[], "openvino.Model"]) -> "openvino.Model":
    """A network from the file in which it was kept before; else converted now, and kept.

    Parameters
    ----------
    folder
        Where all that are kept lie.
    recipe
        All that it depends on besides the versions of Keras and OpenVINO, JSON-ready.
    convert
        Makes it where there is none.
    """
    versions = {package: importlib.metadata.version(package) for package in ("keras", "openvino")}
    key = hashlib.blake2b(json.dumps(recipe | versions, sort_keys=True).encode(), digest_size=8).hexdigest()
    place = folder / f"{recipe['architecture']}-{recipe['image_size']}-{key}"
    if place.exists():
        if (model := _read(place)) is not None:
            return model
        shutil.rmtree(place, ignore_errors=True)
    model, temporary = convert(), folder / f".{uuid.uuid4().hex}"
    try:
        temporary.mkdir(parents=True)
        import_openvino().save_model(model, temporary / "network.xml", compress_to_fp16=False)
        (temporary / "checksum").write_text(_checksum(temporary))
        temporary.rename(place)
    except OSError:  # the disk is full or read-only, or another process was quicker: this one has its own
        shutil.rmtree(temporary, ignore_errors=True)
    return model


def _read(place: Path) -> "openvino.Model | None":
    """What was kept; None where it was damaged from outside, of which OpenVINO itself notices but a part."""
    try:
        if (place / "checksum").read_text() == _checksum(place):
            return import_openvino().Core().read_model(place / "network.xml")
    except (OSError, ValueError, RuntimeError):
        pass
    return None


def _checksum(place: Path) -> str:
    return " ".join(str(zlib.crc32((place / f"network.{part}").read_bytes())) for part in ("xml", "bin"))
