"""From a run to a zip with its network in a format of others: written, checked, described and packed."""

import importlib.metadata
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np

from core.errors import WorkbenchError, is_out_of_memory
from core.evaluation.calibration import tempered
from core.export.network.check import AT_ONCE, Bound, answers_of_file, compare
from core.export.network.check_images import images_of_split, odd_images
from core.export.network.example import Example
from core.export.network.inference_model import inference_model, naming_of, taking_floats
from core.export.network.model_card import model_card, remarks
from core.files import replacing, write_json
from core.jobs.progress import Report, unheard
from core.prediction.calibration import calibration_of
from core.runs.record import Run

# A share of equal answers takes more images to be told than a largest difference.
CHECK_IMAGES, SHARE_IMAGES, RANGE_IMAGES = 64, 200, 100
INT8 = Bound(mean=0.03, agreement=0.98, on_odd_images=False)
# By how much answers may differ on average from those by which the run was evaluated: half precision and features that
# were computed by other libraries account for hundredths at most, a wrong preprocessing for tenths.
LARGEST_MEAN_FROM_EVALUATION = 0.05
TIMES_THE_WEIGHTS = 6
EVERYWHERE = ("numpy", "pillow")


@dataclass(frozen=True)
class Sources:
    """What a format may need beside the model."""

    run: Run
    report: Report

    def training_images(self) -> np.ndarray:
        """Some of the images that the run was trained on, by which ranges are set: (n, side, side, 3) uint8.

        Raises
        ------
        WorkbenchError
            If there are none any more.
        """
        _, pixels = images_of_split(self.run, "train", RANGE_IMAGES, self.report)
        if not len(pixels):
            raise WorkbenchError(
                "The ranges of int8 are set by training images, and none is here any more. Take another format, or "
                "bring the dataset back."
            )
        return pixels


@dataclass(frozen=True)
class NetworkFormat:
    """A format of a network.

    Parameters
    ----------
    title
        What people call it.
    save
        Writes a model, as `core.export.network.inference_model` gives it, into a folder.
    example
        How it is opened and asked.
    packages
        What that takes, besides NumPy and Pillow, as pip calls it.
    bound
        By how much its answers may differ.
    needed_to_write
        The packages that only writing it takes.
    side
        Of the images that it takes, where that is not the run's own: 0 for the run's.
    averages
        As `core.export.network.inference_model.inference_model` has it.
    finish
        Changes the folder that is packed, once all but the card and the check is in it.
    remark
        What is to be known of every file of this format.
    """

    title: str
    save: Callable[[keras.Model, Path, Sources], None]
    example: Example
    packages: tuple[str, ...]
    bound: Bound
    needed_to_write: tuple[str, ...] = ()
    side: int = 0
    averages: bool = True
    finish: Callable[[Path], None] = lambda folder: None
    remark: str = ""

    def write(self, run: Run, path: Path, report: Report = unheard) -> list[str]:
        """Write the zip, once its file has been found to answer as the run does: see `ExportFormat.module`."""
        self._refuse_unless_installed()
        report("Rebuilding the network", 0, 0)
        model = inference_model(run, self.averages)
        _refuse_without_room(path.parent, model)
        side = self.side or run.settings.image_size
        count = SHARE_IMAGES if self.bound.agreement else CHECK_IMAGES
        ids, photographs = images_of_split(run, "test", count, report, side)
        pixels, odd = np.concatenate([photographs, odd_images(side)]), len(odd_images(side))
        expected = answers_of_model(model, pixels)
        with TemporaryDirectory(dir=path.parent, prefix=".export-") as place:
            folder = Path(place) / "export"
            folder.mkdir()
            report(f"Writing {self.title}", 0, 0)
            self._save(model, folder, Sources(run, report))
            names = naming_of(run).order
            _write_labels(folder, names)
            install = " ".join(_pinned((*self.packages, *EVERYWHERE)))
            (folder / "example.py").write_text(self.example.code(side, install), encoding="utf-8")
            self.finish(folder)
            stage = "Checking it in a process of its own"
            answers = answers_of_file(folder, pixels, lambda: report(stage, 0, 0))
            check = compare(answers, expected, odd)
            check.refuse_beyond(self.bound)
            told = [check.words(), *filter(None, [self._from_evaluation(run, ids, expected), self.remark])]
            told += remarks(run)
            versions = _versions(self.packages)
            write_json(folder / "check.json", check.to_dict() | {"format": self.title, "versions": versions})
            card = model_card(run, self.title, names, side, told, versions, install)
            (folder / "README.md").write_text(card, encoding="utf-8")
            report("Packing", 0, 0)
            _pack(folder, path)
        return told

    def _refuse_unless_installed(self) -> None:
        lacking = [name for name in (*self.packages, *self.needed_to_write) if _version(name) is None]
        if lacking:
            raise WorkbenchError(
                f"To write and check {self.title}, {' and '.join(lacking)} has to be installed here: "
                f"pip install {' '.join(lacking)}"
            )

    def _save(self, model: keras.Model, folder: Path, sources: Sources) -> None:
        try:
            self.save(model, folder, sources)
        except (WorkbenchError, OSError):
            raise
        except Exception as error:  # a converter fails in any of its library's ways
            if is_out_of_memory(error):
                raise
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise WorkbenchError(
                f"{self.title} can’t hold this network: {reason.rstrip('.')}. Take another format."
            ) from error

    def _from_evaluation(self, run: Run, ids: Sequence[str], expected: np.ndarray) -> str:
        """How the answers are to those by which the run was evaluated; "" where there are none to compare.

        Raises
        ------
        WorkbenchError
            If they are others altogether.
        """
        if not ids or self.side or not run.predictions_path.exists() or run.status().active:
            return ""
        rows = tempered(run.predictions(), calibration_of(run)[0])
        place_of = {image: place for place, image in enumerate(rows.ids)}
        known = [index for index, image in enumerate(ids) if image in place_of]
        if not known:
            return ""
        then, now = rows.probabilities[[place_of[ids[index]] for index in known]], expected[known]
        difference = float(np.abs(then - now).mean())
        if difference > LARGEST_MEAN_FROM_EVALUATION:
            raise WorkbenchError(
                "This export was refused: by its weights the run answers otherwise than when it was evaluated (by "
                f"{difference:.2g} on average). Were its images or its weights changed since? Evaluate it again."
            )
        same = int((then.argmax(axis=1) == now.argmax(axis=1)).sum())
        return (
            f"When the run was evaluated it gave the same answer to {same} of these {len(known)} images; no "
            f"probability differed by more than {np.abs(then - now).max():.1g}."
        )


def answers_of_model(model: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """The probabilities of a model, of images of another size than its own too: these are resized as a graph does."""
    side = model.input_shape[1]
    if pixels.shape[1] != side:
        model, pixels = taking_floats(model), keras.ops.convert_to_numpy(resized(pixels.astype(np.float32), side))
    parts = [pixels[start : start + AT_ONCE] for start in range(0, len(pixels), AT_ONCE)]
    return np.concatenate([model.predict_on_batch(part) for part in parts])


def resized(pixels, side: int):
    """(n, side, side, 3) float32 of images of another size, by the one way in which all libraries agree."""
    return keras.layers.Resizing(side, side, interpolation="bilinear", dtype="float32")(pixels)


def _write_labels(folder: Path, names: Sequence[str]) -> None:
    """The classes in the order of the probabilities: as JSON exactly, and a line each for people."""
    write_json(folder / "labels.json", list(names))
    lines = [" ".join(name.split()) for name in names]  # a name may have line breaks
    (folder / "labels.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _pack(folder: Path, path: Path) -> None:
    with (
        replacing(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(folder).as_posix())


def _refuse_without_room(folder: Path, model: keras.Model) -> None:
    """The libraries that write files say little of use when a disk is full."""
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = TIMES_THE_WEIGHTS * 4 * model.count_params(), shutil.disk_usage(folder).free
    if free < needed:
        raise WorkbenchError(
            f"The disk is full: this export takes {needed / 1e6:,.0f} MB for a moment, and {free / 1e6:,.0f} MB are "
            "free. Free some space, then start again."
        )


def _versions(packages: Sequence[str]) -> dict[str, str | None]:
    return {name: _version(name) for name in dict.fromkeys((*packages, "keras", "tensorflow", *EVERYWHERE))}


def _pinned(packages: Sequence[str]) -> list[str]:
    return [f"{name}=={_version(name)}" for name in packages]


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
