"""Runs on real photographs that are killed (signal 9) at random moments and resumed, beside runs that nothing disturbs.

MobileNet's features with a head on them, and a small CNN from scratch. The moments are drawn by a seed within each part
of a run: its start, the reading of images or computing of features, the training and the evaluation, by epochs and by
how long they took in the undisturbed run. Killed is the process that trains, or the one that watches over it as well.
After each kill: how many whole epochs the run had told of and how many it kept, and whether the features and all files
are whole. Then it is resumed; where it kept no epoch, a new one is started, which finds the features. In the end its
answers and curves are compared with the undisturbed run's. So are those of a run that was stopped, resumed and
extended. Prints tables and writes JSON.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from given_images import add_images_option, given_images
from training import choose, machine

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.importing import run_import  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.evaluation.predictions import Predictions  # noqa: E402
from core.features.store import clear  # noqa: E402
from core.jobs.job import Status  # noqa: E402
from core.runs.events import epoch_table  # noqa: E402
from core.runs.lifecycle import can_resume, extend, resume, start, wait  # noqa: E402
from core.runs.record import Run, list_runs  # noqa: E402
from core.runs.settings import RunSettings, read_settings  # noqa: E402
from core.runs.training_state import epochs_in  # noqa: E402
from core.workspace import Workspace  # noqa: E402

START, IMAGES, TRAINING, JUDGING = PHASES = ("start", "images", "training", "evaluating")
STAGES = {"Computing features": IMAGES, "Reading images": IMAGES, "Training": TRAINING, "Evaluating": JUDGING}
SECONDS_BETWEEN_LOOKS = 0.01
SECONDS_TO_END = 60
MOST_EPOCHS_LOST = 1
CURVES = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "best"]


@dataclass(frozen=True)
class Part:
    """A network to train, and in which phases one run after the other is killed.

    Parameters
    ----------
    title
        Of the table.
    epochs
        Enough to last for seconds.
    settings
        Others than the usual ones.
    moments
        The phases in which a run is killed, in this order; after the last one it is let through to its end.
    """

    title: str
    epochs: int
    settings: dict
    moments: tuple[str, ...]


PARTS = {
    "mobilenet_075": Part(
        "MobileNet α 0.75, ImageNet weights, plain and mirrored",
        150,
        {"augmentation": "flip_horizontal"},
        (START, IMAGES, IMAGES, TRAINING, TRAINING, JUDGING),
    ),
    "small_cnn": Part(
        "Small CNN from scratch, 32 px",
        20,
        {"image_size": 32, "augmentation": "flip_horizontal,rotation=10"},
        (START, IMAGES, TRAINING, TRAINING, JUDGING),
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_images_option(parser)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--count", type=int, default=1000, help="of images")
    parser.add_argument("--kills", type=int, default=20, help="in all")
    parser.add_argument("--seed", type=int, default=0, help="draws the moments")
    parser.add_argument("--stop-resume", action="store_true", help="only stop, resume and extend; kill nothing")
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks/results/kills.json")
    options = parser.parse_args()
    images = given_images(options)
    if images is None:
        return
    options.output.parent.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "seed": options.seed, "images": options.count, "parts": {}}
    shares = [len(share) for share in np.array_split(range(options.kills), len(options.only))]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        choose(images / "cats_dogs", options.count, Path(folder) / "photos")
        for name, kills in zip(options.only, shares, strict=True):
            trial = Trial(name, Path(folder), random.Random(f"{options.seed} {name}"))
            results["parts"][name] = trial.measure(0 if options.stop_resume else kills)
            # After every part: what is known is not lost if a later one fails.
            options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    tally(results["parts"])


class Trial:
    """The runs of one part, in a workspace of their own.

    Parameters
    ----------
    name
        Of the part.
    home
        A folder with the images in ``photos``.
    chance
        Draws the moments.
    """

    def __init__(self, name: str, home: Path, chance: random.Random):
        self.part, self._name, self._chance = PARTS[name], name, chance
        self._workspace = Workspace.at(home / name)
        self._dataset: Dataset = create_from_path(self._workspace, home / "photos", "photos")
        run_import(self._dataset)

    def measure(self, kills: int) -> dict:
        """Kill so many times, and stop, resume and extend once; each is compared with the undisturbed run."""
        self._begin_anew()
        self._unbroken = self._start()
        self._seconds = durations(self._unbroken)
        if self._unbroken.status().state != "done":
            sys.exit(f"{self.part.title}: the undisturbed run failed\n{self._unbroken.status().error}")
        self._features = features_in(self._workspace.features)[0]
        lengths = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in self._seconds.items())
        print(f"\n{self.part.title}, {self.part.epochs} epochs; undisturbed: {lengths}", flush=True)
        rows, ends = [], []
        while len(rows) < kills:
            new = self._kill_one_run(kills - len(rows))
            if not new["kills"]:
                sys.exit("A run ended before it could be killed even once: it is too short.")
            rows += new.pop("kills")
            ends.append(new)
        result = {"seconds": self._seconds, "kills": rows, "ends": ends, "extended": self._stop_resume_extend()}
        report(result)
        return result

    def _kill_one_run(self, most: int) -> dict:
        """Kill a run, or the one that was started in its stead, once in every phase that is listed."""
        self._begin_anew()
        run = self._start()
        runs, rows = [run], []
        for phase in self.part.moments[:most]:
            killed = kill(run, phase, *self._moment(run, phase), everything=self._chance.random() < 0.5)
            if killed is None:  # it was done before
                break
            rows.append(killed | self._found(run))
            print(f"  killed in {rows[-1]['stage'] or 'its start'}, {rows[-1]['kept']} epochs kept", flush=True)
            if can_resume(run):
                resume(self._workspace, run)
            else:
                run = self._start()
                runs.append(run)
        wait(run)
        self._end_others()
        lost = [epochs for each in runs for epochs in epochs_lost(each.events.read())]
        return {
            "kills": rows,
            "killed": len(rows),
            "epochs_lost_at_resumes": lost,
            "files": files_in(run),
        } | self._compared(run)

    def _end_others(self) -> None:
        """End the runs that were killed while they waited, which the next one in line has set going again."""
        for run in list_runs(self._workspace):
            if run.status().active:
                run.request_stop()
                wait(run)

    def _moment(self, run: Run, phase: str) -> tuple[int, float]:
        """After which epoch of a run, and how many seconds later, to kill it in a phase."""
        if phase != TRAINING:
            return 0, self._chance.random() * self._seconds[phase]
        last = self.part.epochs - 1
        epoch = self._chance.randint(min(epochs_in(run.checkpoint), last), last)
        return epoch, self._chance.random() * self._seconds[phase] / self.part.epochs

    def _stop_resume_extend(self) -> dict:
        """Stop a run after a third of the epochs, resume it to two thirds, and extend it to all of them."""
        third = self.part.epochs // 3
        run = self._start(epochs=2 * third)
        while run.status().active and run.status().facts.get("epochs", 0) < third:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        run.request_stop()
        stopped = wait(run).facts.get("epochs", 0)
        if can_resume(run):
            resume(self._workspace, run)
        resumed = wait(run).facts.get("epochs", 0)
        extend(self._workspace, run, self.part.epochs - resumed)
        wait(run)
        return {"stopped_after": stopped, "resumed_to": resumed} | self._compared(run)

    def _begin_anew(self) -> None:
        """No features at hand, as on a machine that never ran this."""
        clear(self._workspace.features)

    def _start(self, **changes) -> Run:
        return start(self._workspace, self._dataset, self._settings(**changes))

    def _settings(self, **changes) -> RunSettings:
        epochs = self.part.epochs
        values = {"dataset": "photos", "architecture": self._name, "epochs": epochs, "patience": epochs}
        return read_settings(values | {"deterministic": True} | self.part.settings | changes)

    def _found(self, run: Run) -> dict:
        """What a kill has left."""
        told = epoch_table(run.events.read())["epoch"].max()
        told, kept = 0 if pd.isna(told) else int(told), epochs_in(run.checkpoint)
        features, damaged = features_in(self._workspace.features)
        return {
            "told": told,
            "kept": kept,
            "lost": told - kept,
            "features": len(features),
            "damaged_shards": damaged,
            "damaged_files": damaged_files(self._workspace.root),
            "state": run.status().state,
        }

    def _compared(self, run: Run) -> dict:
        """How the answers and curves of a run that has ended differ from the undisturbed run's."""
        status = run.status()
        result = {"state": status.state, "error": status.error}
        if not run.predictions_path.exists():
            return result | {"same_bits": False}
        ours, theirs = (by_image(each.predictions()) for each in (run, self._unbroken))
        curves = [epoch_table(each.events.read())[CURVES].to_dict("list") for each in (run, self._unbroken)]
        features = features_in(self._workspace.features)[0]
        return result | {
            "same_bits": ours.index.equals(theirs.index) and np.array_equal(ours, theirs),
            "largest_difference": float(np.abs(ours - theirs).to_numpy().max()),
            "largest_difference_of_features": largest_difference(features, self._features),
            "same_curves": curves[0] == curves[1],
            "accuracy": run.evaluate("test").accuracy.value,
            "accuracy_undisturbed": self._unbroken.evaluate("test").accuracy.value,
        }


# Moments and kills ---------------------------------------------------------------------------------------------------


def phase_of(status: Status) -> str:
    """Which part of a run its stage belongs to; whatever comes before the images is its start."""
    return next((phase for stage, phase in STAGES.items() if status.stage.startswith(stage)), START)


def durations(run: Run) -> dict[str, float]:
    """Wait for the end of a run: the seconds that it spent in each phase."""
    seconds, last = dict.fromkeys(PHASES, 0.0), time.monotonic()
    while (status := run.status()).active:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        now = time.monotonic()
        seconds[phase_of(status)] += now - last
        last = now
    return seconds


def kill(run: Run, phase: str, epoch: int, delay: float, everything: bool) -> dict | None:
    """Wait for a phase of a run, an epoch in it and some seconds more, and kill it; None where the run ended before.

    Parameters
    ----------
    epoch
        Only in the training: how many epochs are to be behind it.
    everything
        Whether the process that watches over the training is killed too, and first, so that it can't say a word.
    """
    while (status := run.status()).active and not has_come_to(status, phase, epoch):
        time.sleep(SECONDS_BETWEEN_LOOKS)
    time.sleep(delay)
    status, (watching, training) = run.status(), processes_of(run)
    if not status.active:
        return None
    victims = watching + training if everything or not training else training
    for victim in victims:
        send_kill(victim)
    orphans = await_end(run, known=training)
    who = "trainer" if victims == training else "both" if training else "supervisor"
    return {"meant": phase, "stage": status.stage, "delay": delay, "killed": who, "orphans": orphans}


def has_come_to(status: Status, phase: str, epoch: int) -> bool:
    come_to = phase_of(status)
    return PHASES.index(come_to) > PHASES.index(phase) or (come_to == phase and status.facts.get("epochs", 0) >= epoch)


def processes_of(run: Run) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """Those that watch over the training of a run, and those that train it."""
    watching, training = [], []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if str(run.folder) in words and process.info["status"] != psutil.STATUS_ZOMBIE:
            (training if "--train" in words else watching).append(process)
    return watching, training


def send_kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def await_end(run: Run, known: list[psutil.Process]) -> int:
    """Wait until nobody works on a run that was killed; how many trainers turned up that were started just before."""
    deadline, orphans = time.monotonic() + SECONDS_TO_END, set()
    while run.status().active or any(processes_of(run)):
        for orphan in set(processes_of(run)[1]) - set(known):
            orphans.add(orphan.pid)
            send_kill(orphan)
        if time.monotonic() > deadline:
            sys.exit(f"{run.folder} still goes on {SECONDS_TO_END} s after it was killed: {run.status()}")
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return len(orphans)


def epochs_lost(events: list[dict]) -> list[int]:
    """For every time that a run went on: how many whole epochs it had told of, and trained again."""
    told, lost = 0, []
    for event in events:
        if event["kind"] == "epoch":
            told = event["epoch"]
        elif event["kind"] == "resume":
            lost.append(told - event["epochs"])
            told = event["epochs"]
    return lost


# What is on disk -----------------------------------------------------------------------------------------------------


def features_in(folder: Path) -> tuple[dict[tuple[str, str], np.ndarray], list[str]]:
    """All features by store and image, read without the program's own reader, and the shards that are not whole.

    A shard is there once its sidecar is; an array without one was being written.
    """
    features, damaged = {}, []
    for sidecar in folder.glob("*/*.json"):
        try:
            content = json.loads(sidecar.read_text(encoding="utf-8"))
            rows = np.load(sidecar.with_suffix(".npy"))
            whole = (zlib.crc32(rows), len(rows)) == (content["checksum"], len(content["identities"]))
        except (OSError, ValueError, KeyError, EOFError):
            whole = False
        if not whole:
            damaged.append(sidecar.name)
            continue
        features |= {
            (sidecar.parent.name, identity): row for identity, row in zip(content["identities"], rows, strict=True)
        }
    return features, damaged


def largest_difference(some: dict, others: dict) -> float | None:
    """Between the features of the same image; None where there are none."""
    shared = some.keys() & others.keys()
    return max((float(np.abs(some[key] - others[key]).max()) for key in shared), default=None)


def damaged_files(folder: Path) -> list[str]:
    """The files that a reader would find broken, all of a workspace looked at.

    Left out are temporary files, whose names begin with a dot, and a log's last line, which a kill may have torn.
    """
    damaged = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        try:
            read_whole(path)
        except Exception as error:  # whatever it is that a broken file makes its reader raise
            damaged.append(f"{path.relative_to(folder)}: {type(error).__name__} {error}")
    return damaged


def read_whole(path: Path) -> None:
    """Read a file to its end, by what its name says that it is."""
    if path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            json.loads(line)
    elif path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                arrays[name]
    elif path.name == "predictions.parquet":
        Predictions.load(path)
    elif path.suffix == ".parquet":
        pd.read_parquet(path)
    elif path.suffix == ".h5":
        import h5py

        with h5py.File(path) as file:
            file.visititems(lambda name, entry: entry[()] if isinstance(entry, h5py.Dataset) else None)


def files_in(run: Run) -> dict[str, int]:
    """How many files a run that was killed holds in the end, and how many temporary ones were left in its folder."""
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    return {"files": len(files), "temporary": sum(path.name.startswith(".") for path in files)}


def by_image(predictions: Predictions) -> pd.DataFrame:
    return pd.DataFrame(predictions.probabilities, index=predictions.ids).sort_index()


# What comes of it ----------------------------------------------------------------------------------------------------


def report(result: dict) -> None:
    """The table of the kills, and how the runs ended that were killed, or stopped, resumed and extended."""
    if result["kills"]:
        shown = ["meant", "stage", "killed", "told", "kept", "lost", "features", "state"]
        table = pd.DataFrame(result["kills"])
        table["damaged"] = table["damaged_shards"].str.len() + table["damaged_files"].str.len()
        print(table[[*shown, "damaged"]].to_string())
    for end in result["ends"]:
        print(f"killed {end['killed']} times, then {words(end)}")
    extended = result["extended"]
    stopped, resumed = extended["stopped_after"], extended["resumed_to"]
    print(f"stopped after epoch {stopped}, resumed to {resumed}, then extended: {words(extended)}", flush=True)


def words(end: dict) -> str:
    """How a run ended, beside the undisturbed one."""
    if "accuracy" not in end:
        return f"{end['state']}: {end['error']}"
    answers = "the same bits" if end["same_bits"] else f"answers off by at most {end['largest_difference']:.2g}"
    curves = "the same curves" if end["same_curves"] else "other curves"
    text = f"{end['state']}: {answers}, {curves}, accuracy {end['accuracy']:.4f} ({end['accuracy_undisturbed']:.4f})"
    off = end["largest_difference_of_features"]
    return text + (f"; features off by at most {off:.2g}" if off else "")


def tally(parts: dict[str, dict]) -> None:
    kills = [row for part in parts.values() for row in part["kills"]]
    if not kills:
        return
    ends = [end for part in parts.values() for end in part["ends"]]
    resumes = [lost for end in ends for lost in end["epochs_lost_at_resumes"]]
    lost = max([row["lost"] for row in kills] + resumes)
    phases = Counter(phase_of(Status(stage=row["stage"])) for row in kills)
    print(f"\n{len(kills)} kills: " + ", ".join(f"{phases[phase]} in its {phase}" for phase in PHASES))
    print(f"epochs lost: {lost} at most ({MOST_EPOCHS_LOST} asked), in {len(resumes)} resumes")
    print(f"damaged shards: {sum(len(row['damaged_shards']) for row in kills)} (0 asked)")
    print(f"damaged files: {sum(len(row['damaged_files']) for row in kills)} (0 asked)")
    print(f"trainers left behind by a supervisor's death: {sum(row['orphans'] for row in kills)}")
    same = sum(end["same_bits"] for end in ends)
    print(f"runs that ended as the undisturbed one, bit for bit: {same} of {len(ends)}")


if __name__ == "__main__":
    main()
