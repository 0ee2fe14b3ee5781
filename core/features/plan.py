"""The compute plan: which way to run a network is the fastest here, measured on the user's own images and kept."""

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UsageError, WorkbenchError, in_words
from core.files import read_json, write_json

if TYPE_CHECKING:  # what is remembered can be read without Keras, which takes seconds to load
    import keras

    from core.features.runtimes import Compute, Runtime

AUTO = "auto"
BATCH_SIZES = (8, 16, 32, 64)
DEFAULT_BATCH_SIZE = 32
SAMPLE_IMAGES = max(BATCH_SIZES)
COMPARED_IMAGES = 8
# No further way is begun after so many seconds in all; but one besides float32 Keras is always tried, since a network
# that takes seconds for a few images gains the most.
SECONDS_PER_WAY = 0.5
SECONDS_IN_ALL = 4.0
# Mean cosine similarity to the float32 features of the same image. MobileNet's on photographs of cats and dogs: 0.998
# in bfloat16, with which a linear head was as accurate as with float32 (98.2 and 98.4 % of 4,000, within the noise);
# 0.997 after the image's colours are rounded to 64 levels, and 0.987 after it is moved by one pixel. So what passes
# alters the features less than anything that anybody could see in the image.
LEAST_AGREEMENT = 0.995
PACKAGES = ("keras", "tensorflow", "openvino", "numpy")


@dataclass(frozen=True)
class Trial:
    """How one way to run a backbone, or to train a network, did.

    Parameters
    ----------
    name, title
        Of the runtime.
    images_per_second
        At its best batch size; None where it was not measured.
    batch_size
        At which it was the fastest.
    agreement
        Mean cosine similarity of its features to those in float32, at most 1; None where it trains a network.
    reason
        Why it can't be chosen; "" where it can.
    """

    name: str
    title: str
    images_per_second: float | None = None
    batch_size: int | None = None
    agreement: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """Which way was chosen to run a backbone, or to train a network, and what that rests on.

    Parameters
    ----------
    runtime
        The name of the way.
    family
        Of the features, see `core.features.runtimes.Runtime`; of a training, Keras's dtype policy.
    batch_size
        How many images to compute, or to train on, at a time.
    chosen_by
        "measurement", "setting", or "default" where there are too few images for a measurement to pay.
    trials
        All ways, float32 Keras first; empty where nothing was measured.
    """

    runtime: str
    family: str
    batch_size: int
    chosen_by: str
    trials: tuple[Trial, ...] = ()

    def words(self) -> str:
        """The choice with its figures in a sentence or two.

        Raises
        ------
        TypeError
            If a figure is lacking.
        """
        if not self.trials:
            reason = "as the settings ask" if self.chosen_by == "setting" else "too few images for trying others to pay"
            return f"{self.runtime}: {reason}."
        chosen = next(trial for trial in self.trials if trial.name == self.runtime)
        plain = self.trials[0]
        speed, plain_speed = chosen.images_per_second, plain.images_per_second
        text = f"{chosen.title}: {speed:,.0f} images a second"
        if self.chosen_by == "setting":
            return f"{text}, as the settings ask."
        if chosen is plain:
            return f"{text}, the fastest of the ways tried on this machine."
        if speed is None or plain_speed is None:
            raise TypeError(f"{chosen.title} and {plain.title} were chosen between without their images a second")
        text += f", {speed / plain_speed:.1f} times {plain.title}"
        if chosen.agreement is None:
            return f"{text}."
        return f"{text}; its features agree" + (f" to {chosen.agreement:.3f}." if chosen.agreement < 0.9995 else ".")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `read_plan`."""
        return asdict(self) | {"words": self.words()}


def read_plan(values: Mapping[str, Any]) -> Plan:
    """The plan that `Plan.to_dict` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        If that is not one.
    """
    trials = tuple(Trial(**trial) for trial in values["trials"])
    plan = Plan(values["runtime"], values["family"], values["batch_size"], values["chosen_by"], trials)
    plan.words()  # which needs all that a plan consists of
    return plan


def default_plan() -> Plan:
    """Keras in float32, where there are too few images for a measurement to pay."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    return Plan(f"{backend}-float32", "float32", DEFAULT_BATCH_SIZE, "default")


def plan_key(recipe: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a measurement holds for: this backbone at this size with these weights, these packages, this machine.

    Parameters
    ----------
    recipe
        As `core.features.store.cache_key` gives it.
    **more
        What else it depends on, JSON-ready.
    """
    return {
        "backbone": {key: recipe[key] for key in ("architecture", "image_size", "weights")},
        "packages": {name: _version(name) for name in PACKAGES},
        "backend": os.environ.get("KERAS_BACKEND", ""),
        "cards": os.environ.get("CUDA_VISIBLE_DEVICES", ""),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    } | more


def remembered_plan(folder: Path, key: dict[str, Any]) -> Plan | None:
    """The plan that was measured earlier; None where there is none, or what is there can't be read.

    Parameters
    ----------
    folder
        Where the plans of the machine are.
    key
        As `plan_key` gives it.
    """
    try:
        values = read_json(_path(folder, key))
        return None if values is None else read_plan(values["plan"])
    except (WorkbenchError, AttributeError, KeyError, TypeError, ValueError, StopIteration):
        return None


def remember_plan(folder: Path, key: dict[str, Any], plan: Plan) -> None:
    """Keep a plan for `remembered_plan`."""
    write_json(_path(folder, key), {"key": key, "plan": plan.to_dict()})


def choose_runtime(
    backbone: "keras.Model",
    sample: np.ndarray,
    key: dict[str, Any],
    folder: Path,
    runtime: str = AUTO,
    made: "dict[str, Compute] | None" = None,
) -> Plan:
    """The fastest way to compute features on this machine that agrees with float32, as remembered or as measured now.

    Parameters
    ----------
    sample : (n, side, side, 3) array of uint8
        Some of the images whose features will be computed, best `SAMPLE_IMAGES`. Without any, nothing is measured.
    key, folder
        See `remembered_plan`. What is measured is remembered.
    runtime
        "auto", or the name of the one to take whatever it costs.
    made
        Filled with what computes features, by the name of the way, where ways are tried: to compile takes seconds.

    Raises
    ------
    UsageError
        If the runtime asked for does not exist or can't be used here.
    """
    from core.features.runtimes import runtimes

    ways = runtimes()
    if runtime != AUTO:
        way = asked_for(ways, runtime)
        return Plan(way.name, way.family, DEFAULT_BATCH_SIZE, "setting")
    measured = (lambda: measure(backbone, sample, ways, made)) if len(sample) else None
    return remembered_or_measured(ways, key, folder, measured) or default_plan()


def remembered_or_measured(
    ways: "dict[str, Runtime]", key: dict[str, Any], folder: Path, measured: Callable[[], Plan] | None
) -> Plan | None:
    """The plan that is remembered, if its way is still there, or that is measured now and remembered.

    Parameters
    ----------
    key, folder
        See `remembered_plan`.
    measured
        Makes a plan; None where that is not to be done, and nothing may come of it.
    """
    remembered = remembered_plan(folder, key)
    if remembered is not None and remembered.runtime in ways and not ways[remembered.runtime].missing:
        return remembered
    if measured is None:
        return None
    plan = measured()
    remember_plan(folder, key, plan)
    return plan


def measure(
    backbone: "keras.Model",
    sample: np.ndarray,
    ways: "dict[str, Runtime]",
    made: "dict[str, Compute] | None" = None,
) -> Plan:
    """Try the ways to compute a backbone's features, float32 Keras first, and choose; see `choose_runtime`."""
    references: list[np.ndarray] = []
    made = {} if made is None else made

    def attempt(way: "Runtime") -> Trial:
        made[way.name] = way.make(backbone)
        features, trial = _try(way, made[way.name], sample, references[0] if references else None)
        references.append(features)
        return trial

    return fastest(ways, attempt)


def fastest(ways: "dict[str, Runtime]", attempt: "Callable[[Runtime], Trial]") -> Plan:
    """Try the ways one after the other, the plain one first, and choose the fastest that nothing speaks against."""
    end = time.monotonic() + SECONDS_IN_ALL
    plain, *others = ways.values()
    trials = [attempt(plain)]
    for way in others:
        late = time.monotonic() > end and any(trial.images_per_second for trial in trials[1:])
        late = f"not tried: the others had taken {SECONDS_IN_ALL:g} seconds" if late else ""
        if way.missing or late:
            trials.append(Trial(way.name, way.title, reason=way.missing or late))
            continue
        try:
            trials.append(attempt(way))
        except Exception as error:  # other people's compilers: whatever goes wrong, the plain way is left
            trials.append(Trial(way.name, way.title, reason=f"failed here: {in_words(error).splitlines()[0]}"))
    best = max((trial for trial in trials if not trial.reason), key=lambda trial: trial.images_per_second or 0.0)
    return Plan(best.name, ways[best.name].family, best.batch_size or DEFAULT_BATCH_SIZE, "measurement", tuple(trials))


def agreement(features: np.ndarray, reference: np.ndarray) -> float:
    """Mean cosine similarity of the rows of two (n, width) arrays; 0 where one of them holds no numbers."""
    features, reference = features.astype(np.float64), reference.astype(np.float64)
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(reference, axis=1)
    alike = (features == reference).all(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        similarities = np.where(alike, 1.0, (features * reference).sum(axis=1) / lengths)
    return float(np.nan_to_num(similarities, nan=0.0).clip(-1, 1).mean())


def _try(
    way: "Runtime", compute: "Compute", sample: np.ndarray, reference: np.ndarray | None
) -> tuple[np.ndarray, Trial]:
    """The features that a way gives of the first images, and how it did."""
    few = sample[:COMPARED_IMAGES]
    features = compute(few)  # which also compiles what there is to compile
    agrees = 1.0 if reference is None else agreement(features, reference)
    reason = f"its features agree only to {agrees:.3f}; {LEAST_AGREEMENT:g} is asked for"
    speed, batch_size = best_speed(compute, sample)
    passed = agrees >= LEAST_AGREEMENT
    return features, Trial(way.name, way.title, speed, batch_size, round(agrees, 5), "" if passed else reason)


def best_speed(
    compute: "Compute", sample: np.ndarray, sizes: Sequence[int] = BATCH_SIZES, seconds: float = SECONDS_PER_WAY
) -> tuple[float, int]:
    """Images a second and the batch size at which they were reached; slow networks get fewer sizes to try.

    Parameters
    ----------
    sizes
        Of the batches to try, in rising order.
    seconds
        After which no further one is begun.
    """
    speeds, end = {}, time.monotonic() + seconds
    for size in sizes:
        batch = sample[:size]
        if speeds and (time.monotonic() + len(batch) / max(speeds.values()) > end or len(batch) < size):
            break
        times = []
        # Twice where that is quick, since another program may have had the processor the first time, and a new size
        # may have to be compiled for.
        while not times or (len(times) < 2 and time.monotonic() + times[0] < end):
            began = time.perf_counter()
            compute(batch)
            times.append(time.perf_counter() - began)
        speeds[size] = len(batch) / max(min(times), 1e-6)
    best = max(speeds, key=speeds.__getitem__)
    return float(f"{speeds[best]:.4g}"), best


def asked_for(ways: "dict[str, Runtime]", name: str) -> "Runtime":
    """The way with this name, as `choose_runtime` refuses others."""
    if name not in ways:
        raise UsageError(f"There is no runtime {name!r}. There are: {AUTO}, {', '.join(ways)}.")
    if ways[name].missing:
        raise UsageError(f"The runtime {name} cannot be used here: {ways[name].missing}. Choose '{AUTO}'.")
    return ways[name]


def _path(folder: Path, key: dict[str, Any]) -> Path:
    digest = hashlib.blake2b(json.dumps(key, sort_keys=True).encode(), digest_size=8).hexdigest()
    return folder / f"{key['backbone']['architecture']}-{key['backbone']['image_size']}-{digest}.json"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _processor() -> str:
    """The processor's model and a hash of what it can do, which decides how fast half the bits are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    flags = facts.get("flags") or facts.get("Features") or ""
    digest = hashlib.blake2b(" ".join(sorted(flags.split())).encode(), digest_size=4).hexdigest()
    return f"{facts.get('model name', platform.machine())}, {digest}"
