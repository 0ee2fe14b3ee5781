"""Pages as they are drawn, without a browser: what a visitor reads and presses, on real datasets and runs on disk."""

import json
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.augmentation.recipe import read_recipe
from core.datasets.samples.faults import KINDS, plant_faults
from core.datasets.store import Dataset
from core.evaluation.errors import DistantImage, DistantImageList, LabelIssue, LabelIssueList, Neighbour
from core.evaluation.predictions import Predictions
from core.images.description import describe_many
from core.installation import PROJECT
from core.jobs.inference_client import InferenceClient
from core.jobs.job import Job, identity
from core.jobs.warm_worker import WarmWorker
from core.prediction.answers import Answers, ExplainedAnswers
from core.runs.record import Run, create_run
from core.runs.settings import read_settings
from core.workspace import Workspace
from pages.shared.page import STEPS

SECONDS_TO_DRAW = 60
TEXTS = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "success", "code", "metric")
# As many as colours are told apart by, each with its own catch; the long ones differ in their last letter only.
AWKWARD_NAMES = ("<b>x<b>", "*a*", "$x$", "🐱 кошка", ":red[x] &amp; y", "[a](b) # c", "x" * 79 + "1", "x" * 79 + "2")


def as_read(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@[-`{-~])", r"\1", markdown)


class Visit:
    """One visitor's tab. Whatever is done in it, no page may ever show a traceback."""

    def __init__(self):
        self.at = AppTest.from_file(PROJECT / "streamlit_app.py", default_timeout=SECONDS_TO_DRAW)

    def open(self, page: str, **query: str) -> "Visit":
        """Open a page ("home", "dataset" and so on) with these parameters in the URL."""
        self.at.query_params = query
        self.at.switch_page(STEPS[page].path)
        return self.run()

    def run(self) -> "Visit":
        """Have the page drawn once more, with what was changed in it."""
        self.at.run()
        assert [trace.message for trace in self.at.exception] == []
        # Where a page led on to another one, the next run is to stay there.
        self.at.switch_page(next(step.path for step in STEPS.values() if step.question == self.question))
        return self

    def press(self, *labels: str) -> "Visit":
        """Press the button of this name; several names at once where a dialog lies between them."""
        for label in labels:
            self.button(label).click()
            if label != labels[-1]:
                self.run()
                self.button(label).click()
        return self.run()

    def button(self, label: str):
        found = [button for button in self.at.button if button.label == label]
        assert len(found) == 1, f"{label!r} is not one of {self.buttons}"
        return found[0]

    @property
    def buttons(self) -> list[str]:
        return [button.label for button in self.at.main.button]

    @property
    def primary(self) -> list[str]:
        """The names of the buttons that stand out, those of closed forms aside."""
        buttons = self.at.main.button
        return [button.label for button in buttons if button.proto.type == "primary" and not button.proto.form_id]

    @property
    def links(self) -> list[str]:
        return [link.label for link in self.at.main.get("page_link")]

    @property
    def steps(self) -> dict[str, str]:
        """The sidebar's steps, each with its icon."""
        links = self.at.sidebar.get("page_link")
        return {link.label.replace("*", ""): link.icon.removeprefix(":material/").removesuffix(":") for link in links}

    @property
    def question(self) -> str:
        assert len(self.at.title) == 1
        return self.at.title[0].value

    @property
    def source(self) -> str:
        """All that stands on the page as Markdown, the sidebar aside."""
        texts = [str(element.value) for kind in TEXTS for element in self.at.main.get(kind)]
        return "\n".join(texts + [bar.text for bar in self.at.main.get("progress")])

    @property
    def words(self) -> str:
        """The same as it is read: without the backslashes that keep names from being taken for Markdown."""
        return as_read(self.source)

    @property
    def errors(self) -> list[str]:
        return [as_read(error.value) for error in self.at.error]

    @property
    def query(self) -> dict[str, str]:
        return self.at.query_params

    def chart_texts(self) -> list[str]:
        """What the charts say to those who can't see them."""
        return [chart.proto.alt for chart in self.at.main.get("plotly_chart")]

    @property
    def tiles(self) -> list[dict]:
        """The tiles of all galleries, as the browser gets them."""
        # Other components get bytes, and no JSON.
        galleries = [json.loads(part.proto.json or "{}") for part in self.at.main.get("bidi_component")]
        return [tile for gallery in galleries for tile in gallery.get("items", [])]

    def setting(self, label: str):
        """The control of this name."""
        kinds = ("number_input", "slider", "toggle", "checkbox", "radio", "selectbox", "text_input", "button_group")
        found = [widget for kind in kinds for widget in self.at.get(kind) if widget.label == label]
        assert len(found) == 1, f"{label!r} was found {len(found)} times"
        return found[0]

    def set(self, label: str, value) -> "Visit":
        """Change the control of this name, and see what the page makes of it."""
        self.setting(label).set_value(value)
        return self.run()


@pytest.fixture(scope="session", autouse=True)
def packages_scanned_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components each time that a tab is opened: 0.2 s of CPU.

    It finds the same each time, for nothing is installed meanwhile.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def no_spare_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is kept ready: tests note what would be launched, and it would take that on instead."""
    monkeypatch.setattr(WarmWorker, "keep_ready", lambda self, after=0.0: None)


def surveyed(task: str, run: Run) -> LabelIssueList | DistantImageList | dict:
    """What features would tell of a run: the first two images are mislabelled and unlike the others."""
    known, origin = run.predictions(), "the features of a network"
    names, count = known.class_names, len(known)
    first_two, share = [True, True] + [False] * (count - 2), [0.9] * count
    places = list(known.ids), list(known.splits)
    if task == "label_issues":
        labels = [names[label] for label in known.true]
        issues = map(LabelIssue, *places, labels, [names[0]] * count, share, share, first_two)
        return LabelIssueList(tuple(issues), origin)
    if task == "out_of_distribution":
        distant = map(DistantImage, *places, share, [1.0, 0.995, *share[2:]], first_two)
        return DistantImageList(tuple(distant), origin)
    drawn = {"x": np.linspace(-1, 1, count).tolist(), "y": share, "method": "t-SNE"}
    return {"paths": places[0], "splits": places[1], "origin": origin} | drawn


def predicted(run: Run, paths: list[str], names: list[str]) -> ExplainedAnswers:
    """What a run would say of new images: of each another class, and that the second is unlike the training images."""
    classes, table = run.predictions().class_names, run.images()
    problems = {name: describe_many("/", [path])[0].get("problem", "") for name, path in zip(names, paths, strict=True)}
    good = [name for name in names if not problems[name]]
    rows = np.arange(len(good))
    probabilities = np.full((len(good), len(classes)), 0.1 / (len(classes) - 1))
    probabilities[rows, rows % len(classes)] = 0.9
    farther_than = np.where(rows == 1, 0.995, 0.2)
    problems = {name: problem for name, problem in problems.items() if problem}
    found = Answers(tuple(good), probabilities, classes, 1.0, farther_than, farther_than > 0.99, problems)
    outputs = np.tile(np.arange(len(classes)), (len(good), 1))
    nearest = tuple(Neighbour(row.path, row.label, 0.75) for row in table[table["split"] == "train"][:2].itertuples())
    return ExplainedAnswers(found, outputs, (nearest,) * len(good), ("Of 8 test images, 0 % are called unlike them.",))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What pages ask of the process that has Keras, which is not started: pictures from dark to light answer."""
    requests = []

    def answer(client: InferenceClient, task: str, **arguments):
        requests.append({"task": task} | arguments)
        if task == "grad_cam":
            count, image = len(arguments["paths"]), np.full((16, 16, 3), 90, np.uint8)
            return np.eye(16, dtype=np.float32)[None].repeat(count, axis=0), image[None].repeat(count, axis=0)
        if task == "predict":
            return predicted(Run(Path(arguments["run"])), arguments["paths"], arguments["names"])
        if task in ("label_issues", "out_of_distribution", "feature_map"):
            return surveyed(task, Run(Path(arguments["run"])))
        side = arguments["image_size"]
        slope = np.broadcast_to(np.linspace(0, 255, side).astype(np.uint8)[:, None], (side, side, 3))
        if task == "extremes":
            steps = read_recipe(arguments["recipe"])
            counts = [0 if step.mixes else 2 if step.transform.unit else 1 for step in steps]
            return [np.repeat(slope[None], count, axis=0) for count in counts]
        if task == "training_batch":
            own = np.eye(arguments["class_count"], dtype=np.float32)[arguments["labels"]]
            mixes = any(step.mixes for step in read_recipe(arguments["recipe"]))
            return np.repeat(slope[None], len(own), axis=0), 0.7 * own + 0.3 * own[:1] if mixes else own
        return np.repeat(slope[None], arguments["count"], axis=0)

    monkeypatch.setattr(InferenceClient, "ask", answer)
    return requests


@pytest.fixture
def visit(workspace: Workspace, asked: list, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Visit]:
    """Opens a page in a new tab: `visit("model", dataset="pets")`. No pretrained weights are at hand."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return lambda page, **query: Visit().open(page, **query)


@pytest.fixture
def hosted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Strangers use the app from now on; gives the cookies that their browsers send."""
    cookies: dict[str, str] = {}
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    monkeypatch.setattr(ContextProxy, "cookies", cookies)
    return cookies


@pytest.fixture
def full(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[[Visit], None]:
    """Fills the space of the visitor of a tab."""

    def fill(tab: Visit) -> None:
        (workspace.root / "visitors" / tab.at.session_state["visitor"] / "file").write_bytes(b"12345")
        monkeypatch.setenv("WORKBENCH_QUOTA_GB", "1e-9")

    return fill


@pytest.fixture
def pets(imported: Callable[..., Dataset]) -> Dataset:
    """A dataset that is ready."""
    return imported("pets", {"cats": 20, "dogs": 20})


@pytest.fixture
def faulty(import_copy: Callable[..., Dataset], tmp_path: Path, class_folders: Callable[..., Path]) -> Dataset:
    """A dataset with a picture that is there twice, one that has two labels, and a file that is cut off."""

    def write(sources: Path) -> Path:
        faultless = class_folders(tmp_path / "faultless", {"cats": 10, "dogs": 10})
        wanted = {"exact_duplicate": 1, "two_labels": 1, "truncated": 1}
        plant_faults(faultless, sources / "faulty", counts=dict.fromkeys(KINDS, 0) | wanted)
        return sources / "faulty"

    return import_copy("faulty", write)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Instead of starting processes, notes which would be started for which folder, and says that they are alive."""
    started = []

    def launch(job: Job, module: str, **environment: str) -> None:
        started.append((module, job.folder.name))
        job.update(state="queued", started=time.time(), processes=[identity()])

    monkeypatch.setattr(Job, "launch", launch)
    return started


@pytest.fixture
def is_importing(workspace: Workspace) -> Callable[..., Dataset]:
    """Says of a dataset that was laid out that this very process imports it just now."""

    def mark(dataset: Dataset) -> Dataset:
        dataset.job.update(state="running", stage="Reading images", done=30, total=120, processes=[identity()])
        return dataset

    return mark


def answers(dataset: Dataset, wrong_every: int) -> Predictions:
    """A prediction for every image: every so manieth of the test images is taken for the next class."""
    names, images = dataset.class_names, dataset.images
    true = dataset.label_indices(images["label"])
    given, test = true.copy(), np.flatnonzero(images["split"] == "test")
    if wrong_every:
        given[test[::wrong_every]] = (given[test[::wrong_every]] + 1) % len(names)
    probabilities = np.full((len(true), len(names)), 0.2 / (len(names) - 1))
    probabilities[np.arange(len(true)), given] = 0.8
    return Predictions(
        images["path"].to_numpy(dtype=str), images["split"].to_numpy(dtype=str), true, probabilities, names
    )


@pytest.fixture
def trained(workspace: Workspace) -> Callable[..., Run]:
    """Makes a run that is done, or whose status is changed: files such as a training leaves, without the training."""

    def make(dataset: Dataset, epochs: int = 3, evaluated: bool = True, wrong_every: int = 4, **changes) -> Run:
        chosen = {"dataset": dataset.name, "architecture": "small_cnn", "epochs": 25} | changes.pop("settings", {})
        run = create_run(workspace, read_settings(chosen))
        for epoch in range(1, epochs + 1):
            run.events.append("batch", position=epoch - 0.5, loss=1 / epoch, accuracy=0.5)
            figures = {"loss": 1 / epoch, "accuracy": 0.6, "val_loss": 1.1 / epoch, "val_accuracy": 0.55}
            run.events.append("epoch", epoch=epoch, seconds=1.0, best=True, **figures)
        facts = {"device": "CPU (2 cores)"} | ({"epochs": epochs, "best_epoch": epochs} if epochs else {})
        if evaluated:
            dataset.images.to_parquet(run.folder / "images.parquet", index=False)
            answers(dataset, wrong_every).save(run.predictions_path)
            facts["test_accuracy"] = run.evaluate("test").accuracy.value
        facts |= changes.pop("facts", {})
        run.update(**{"state": "done", "started": 1000.0, "finished": 1075.0, "facts": facts} | changes)
        return run

    return make


@pytest.fixture
def training(trained: Callable[..., Run]) -> Callable[..., Run]:
    """Makes a run that is going on: its process is this one."""

    def make(dataset: Dataset, epochs: int = 3, **changes) -> Run:
        now = {"state": "running", "stage": "Training", "done": epochs, "total": 25, "processes": [identity()]}
        now |= {"started": time.time(), "finished": None}
        run = trained(dataset, epochs, evaluated=False, **now | changes)
        run.beat()
        return run

    return make


@pytest.fixture
def awkward(imported: Callable[..., Dataset]) -> Dataset:
    """A dataset whose classes are called what Markdown, HTML and formulas are made of."""
    return imported("awkward", dict.fromkeys(AWKWARD_NAMES, 5))


@pytest.fixture
def many(imported: Callable[..., Dataset]) -> Dataset:
    """A dataset of 21 classes."""
    return imported("many", {f"class {number}": 5 for number in range(1, 22)})
