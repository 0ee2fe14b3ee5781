"""What many tests need: a workspace of their own, small real image files, and the optional folder of real images."""

import gc
import hashlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.architectures import layout
from core.architectures.architecture import Architecture
from core.architectures.layout import LayerWeights, layout_path, write_layout
from core.architectures.registry import ARCHITECTURES
from core.cli import main
from core.datasets.creation import create_from_path
from core.datasets.importing import run_import
from core.datasets.store import Dataset
from core.evaluation.predictions import Predictions
from core.export.formats import find_format
from core.features.store import FeatureStore, cache_key
from core.files import read_json, write_json
from core.installation import PROJECT
from core.runs.record import Run, create_run, find_run
from core.runs.settings import read_settings
from core.workspace import Workspace
from tests.processes import preloaded, warm_starts  # noqa: F401 (fixtures for all tests)
from tests.workspaces.archive import BEFORE_RUN_JSON, unpack

SIDE = 8
# Two megabytes, so that a download comes in several pieces.
SMALL_BACKBONE = (LayerWeights("conv1", ((3, 3, 3, 4), (4,)), ("conv2d",)),)
SMALL_BACKBONE += (LayerWeights("bn", ((4,),) * 4, ("batch_normalization",)),)
SMALL_BACKBONE += (LayerWeights("conv2", ((1, 1, 4, 128_000),), ("conv2d_1",)),)

# Two classes that any network tells apart.
COLOURS = {"blue": (50, 60, 200), "red": (200, 60, 50)}


def pytest_collection_finish() -> None:
    """Leave the tests themselves, which stay until the end, out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, which `Workspace.from_environment` finds as well, on a machine that is not hosted.

    No pretrained weights are at hand, whatever this machine has.
    """
    for name in ("WORKBENCH_HOSTED", "WORKBENCH_QUOTA_GB", "WORKBENCH_RUN_MINUTES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return Workspace.from_environment()


def _write_picture(path: Path, format: str | None = None) -> Path:
    """A picture of noise that depends on nothing but the last two parts of its path: no two are alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = os.fsencode("/".join(path.parts[-2:]))
    pixels = hashlib.shake_256(key).digest(SIDE * SIDE * 3)
    Image.frombytes("RGB", (SIDE, SIDE), pixels).save(path, format)
    return path


@pytest.fixture(scope="session")
def write_picture() -> Callable[..., Path]:
    """Writes one small real image; its format follows its ending unless one is given."""
    return _write_picture


@pytest.fixture(scope="session")
def class_folders() -> Callable[..., Path]:
    """Writes class folders of small real images: `class_folders(folder, {"cats": 3, "dogs": 4})`."""

    def write(folder: Path, classes: Mapping[str, int], suffix: str = ".png") -> Path:
        for name, count in classes.items():
            (folder / name).mkdir(parents=True)
            for index in range(count):
                _write_picture(folder / name / f"{index}{suffix}")
        return folder

    return write


@pytest.fixture(scope="session")
def import_kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, Dataset]]:
    """Imports what is brought the same way again and again only once: `import_kept(key, write, card="cervix")`.

    `write` writes what is brought into a folder and returns the path to bring. Gives that folder and the dataset, to be
    copied: no test may change them.
    """
    kept = {}

    def bring(key: Hashable, write: Callable[[Path], Path], **options: str) -> tuple[Path, Dataset]:
        if key not in kept:
            place = tmp_path_factory.mktemp("kept")
            laid_out = create_from_path(Workspace.at(place / "home"), write(place / "sources"), **options)
            kept[key] = place / "sources", run_import(laid_out)
        return kept[key]

    return bring


@pytest.fixture
def import_copy(workspace: Workspace, tmp_path: Path, import_kept) -> Callable[..., Dataset]:
    """The same, as a copy that is the test's own: the files in ``sources`` and the dataset in its workspace."""

    def bring(key: Hashable, write: Callable[[Path], Path], **options: str) -> Dataset:
        sources, dataset = import_kept(key, write, **options)
        shutil.copytree(sources, tmp_path / "sources", dirs_exist_ok=True)
        copy = Dataset(shutil.copytree(dataset.folder, workspace.datasets / dataset.name))
        for file, entry in (("request.json", "source"), ("dataset.json", "root")):
            facts = read_json(copy.folder / file)
            facts[entry] = facts[entry].replace(str(sources), str(tmp_path / "sources"))
            write_json(copy.folder / file, facts)
        return copy

    return bring


@pytest.fixture
def imported(import_copy: Callable[..., Dataset], class_folders: Callable[..., Path]) -> Callable[..., Dataset]:
    """Makes a dataset of class folders that is ready to use: `imported("pets", {"cats": 10, "dogs": 10})`."""

    def make(name: str, classes: Mapping[str, int]) -> Dataset:
        key = (name, tuple(classes.items()))
        return import_copy(key, lambda sources: class_folders(sources / name, classes), name=name)

    return make


@pytest.fixture
def half_labelled(import_copy: Callable[..., Dataset], class_folders: Callable[..., Path]) -> Dataset:
    """A dataset "study" of a table: ten images of cats, ten of dogs, and four in ``new`` of which it gives no label."""

    def write(sources: Path) -> Path:
        folder = class_folders(sources / "study", {"cats": 10, "dogs": 10, "new": 4})
        rows = [f"{path.relative_to(folder).as_posix()},{path.parent.name}" for path in sorted(folder.rglob("*.png"))]
        lines = ["path,label", *(row.replace(",new", ",") for row in rows)]
        (folder / "study.csv").write_text("\n".join(lines), encoding="utf-8")
        return folder / "study.csv"

    return import_copy("half labelled", write)


@pytest.fixture
def asked_for(import_copy: Callable[..., Dataset], class_folders: Callable[..., Path]) -> Callable[..., Dataset]:
    """Makes a dataset of which somebody said that it is a public one: `asked_for("cervix", {"Type_1": 5, …})`."""

    def make(card: str, classes: Mapping[str, int]) -> Dataset:
        key = (card, tuple(classes.items()), "asked for")
        return import_copy(key, lambda sources: class_folders(sources / card, classes), card=card)

    return make


@pytest.fixture
def command(workspace: Workspace, capsys: pytest.CaptureFixture) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process; gives its exit code, its output and its complaints."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def featured_run(workspace: Workspace) -> Callable[..., Run]:
    """Makes a run on a frozen backbone whose features are these vectors, and which is right about every image.

    The images ``0.png``, ``1.png`` and so on are nowhere.
    """

    def make(vectors: np.ndarray, labels: np.ndarray, splits: np.ndarray, weights: str = "untrained") -> Run:
        chosen = {"dataset": "pets", "architecture": "mobilenet_075", "weights": weights}
        run = create_run(workspace, read_settings(chosen))
        names, count = ("cats", "dogs"), len(labels)
        identities, paths = ([f"{start}{row}{end}" for row in range(count)] for start, end in (("h", ""), ("", ".png")))
        table = pd.DataFrame({"path": paths, "pixel_hash": identities, "label": np.array(names)[labels]})
        table.assign(split=splits.astype(object), group=np.arange(count)).to_parquet(run.folder / "images.parquet")
        Predictions(np.array(paths), splits, labels, np.eye(2)[labels] * 0.8 + 0.1, names).save(run.predictions_path)
        settings = run.settings
        recipe = cache_key(settings.architecture, settings.image_size, None, settings.seed)
        FeatureStore(workspace.features, recipe).add(identities, vectors)
        run.update(state="done")
        return run

    return make


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be made here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A real workspace to take a project from: by an earlier build, with trained runs and edits. Nobody changes it."""
    return Workspace.at(unpack(BEFORE_RUN_JSON, tmp_path_factory.mktemp("there")))


@pytest.fixture(scope="session")
def project_file(there: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in there, exported with its images."""
    path = tmp_path_factory.mktemp("exported") / "shapes.zip"
    find_format("project").write(find_run(there, "the first"), path)
    return path


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    """Waits until a condition holds, and fails where it does not come true within a generous time."""

    def wait(condition: Callable[[], object], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not come true within {seconds} seconds"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of real images, which is no part of the project."""
    folder = Path(os.environ.get("WORKBENCH_TEST_DATA") or PROJECT / ".." / "shared" / "real").resolve()
    if not folder.is_dir():
        pytest.skip(f"there are no real images at {folder}; WORKBENCH_TEST_DATA can name another folder")
    return folder


@pytest.fixture
def real_weights(real_images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Has the ImageNet weights of these backbones at hand, and of no others: `real_weights("mobilenet_075")`.

    Gives the `KERAS_HOME` where they are, for processes that have an environment of their own.
    """

    def bring(*names: str) -> Path:
        home = tmp_path / "keras_with_weights"
        (home / "models").mkdir(parents=True, exist_ok=True)
        for name in names:
            file = ARCHITECTURES[name].weights.file_name
            if not (real_images / "keras" / "models" / file).is_file():
                pytest.skip(f"there is no {file} in {real_images / 'keras' / 'models'}")
            (home / "models" / file).symlink_to(real_images / "keras" / "models" / file)
        monkeypatch.setenv("KERAS_HOME", str(home))
        return home

    return bring


@pytest.fixture(scope="session")
def write_weights() -> Callable[..., Path]:
    """Writes layers as Keras does: `write_weights(path, layers, fill=0.5)`; within a group, as in a saved model."""

    def write(path: Path, layers: tuple[LayerWeights, ...], fill: float = 0.5, group: str = "/", dtype="f4") -> Path:
        with h5py.File(path, "w") as file:
            root = file.require_group(group)
            root.attrs["layer_names"] = [b"input", *(layer.name.encode() for layer in layers)]
            root.create_group("input").attrs["weight_names"] = []
            for layer in layers:
                names = [f"{layer.name}/array_{index}" for index in range(len(layer.shapes))]
                held = root.create_group(layer.name)
                held.attrs["weight_names"] = names
                for name, shape in zip(names, layer.shapes, strict=True):
                    held.create_dataset(name, data=np.full(shape, fill, dtype))
        return path

    return write


class _WeightsHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range", "bytes=0-")
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        server.asked.append(start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        self.send_header("Content-Length", str(len(server.content) - start))
        self.end_headers()
        half = len(server.content) // 2
        self.wfile.write(server.content[start:half])
        self.wfile.flush()
        server.may_finish.wait(timeout=60)
        try:
            self.wfile.write(server.content[max(start, half) :])
        except OSError:
            return  # whoever asked is gone

    def log_message(self, *arguments):
        pass


@pytest.fixture
def weights_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_weights) -> Iterator[ThreadingHTTPServer]:
    """A server of a file of weights. While `may_finish` is not set, each answer halts in the middle of the file."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), _WeightsHandler) as running:
        running.content = write_weights(tmp_path / "on_the_server.h5", SMALL_BACKBONE).read_bytes()
        running.asked, running.may_finish = [], threading.Event()
        running.may_finish.set()
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.may_finish.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def small_backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights_server) -> Architecture:
    """A backbone of the registry whose weights are few and lie on the server of this machine; none are at hand."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(layout, "LAYOUTS", tmp_path / "layouts")
    known = ARCHITECTURES["mobilenet_075"]
    write_layout(layout_path(known.name), list(SMALL_BACKBONE))
    url = f"http://127.0.0.1:{weights_server.server_port}/weights.h5"
    md5 = hashlib.md5(weights_server.content).hexdigest()
    backbone = replace(known, weights=replace(known.weights, url=url, md5=md5, megabytes=2.1))
    monkeypatch.setitem(ARCHITECTURES, known.name, backbone)
    return backbone


@pytest.fixture(scope="session")
def draw_folder():
    """A function that fills a folder with `count` images of `side` pixels a class, and returns their paths."""

    def draw(folder: Path, count: int = 30, side: int = 40) -> list[Path]:
        rng, paths = np.random.default_rng(0), []
        for label, colour in COLOURS.items():
            (folder / label).mkdir(parents=True)
            for index in range(count):
                pixels = np.clip(rng.normal(colour, 30, (side, side, 3)), 0, 255).astype(np.uint8)
                paths.append(folder / label / f"{label}_{index:03}.png")
                Image.fromarray(pixels).save(paths[-1])
        return paths

    return draw
