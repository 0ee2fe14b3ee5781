"""Every format of a network: written from a real run, reloaded in a process without the workbench, and as it says."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.datasets.editing import rename_class
from core.errors import WorkbenchError
from core.export.formats import FORMATS
from core.export.network import litert_int8, network_format, onnx_file
from core.export.network.network_format import Sources

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
    pytest.mark.filterwarnings("ignore:In the future `np.object`"),
]

NETWORKS = [name for name, each in FORMATS.items() if each.module.startswith("core.export.network")]
BOUNDS = {"keras": 1e-5, "savedmodel": 1e-5, "onnx": 1e-4, "litert": 1e-4, "openvino": 1e-4, "teachable-machine": 1e-4}
BOUNDS |= {"litert-float16": 2e-3, "litert-int8": 0.2, "openvino-int8": 0.2}
FILES = {
    "keras": {"model.keras"},
    "onnx": {"model.onnx", "example.html", "example.js"},
    "openvino": {"model.xml", "model.bin"},
    "openvino-int8": {"model.xml", "model.bin"},
    "teachable-machine": {"keras_model.h5"},
}
BESIDE = {"README.md", "check.json", "example.py", "labels.json", "labels.txt"}
# As Teachable Machine gives it to those who export a model, without its comments.
TEACHABLE_MACHINE = """
from keras.models import load_model
from PIL import Image, ImageOps
import numpy as np
np.set_printoptions(suppress=True)
model = load_model("keras_model.h5", compile=False)
class_names = open("labels.txt", "r").readlines()
data = np.ndarray(shape=(1, 224, 224, 3), dtype=np.float32)
image = Image.open("picture.png").convert("RGB")
size = (224, 224)
image = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
image_array = np.asarray(image)
normalized_image_array = (image_array.astype(np.float32) / 127.5) - 1
data[0] = normalized_image_array
prediction = model.predict(data)
index = np.argmax(prediction)
class_name = class_names[index]
confidence_score = prediction[0][index]
print("Class:", class_name[2:], end="")
print("Confidence Score:", confidence_score)
"""


@pytest.fixture(scope="module")
def written(from_scratch, tmp_path_factory):
    """Writes a format once: gives the folder it is unpacked into, and what was said of it."""
    kept = {}

    def write(name):
        if name not in kept:
            folder = tmp_path_factory.mktemp(name)
            told = FORMATS[name].write(from_scratch, folder / "export.zip")
            with zipfile.ZipFile(folder / "export.zip") as archive:
                archive.extractall(folder / "unpacked")
            kept[name] = folder / "unpacked", told
        return kept[name]

    return write


def run_in(folder, *arguments):
    ended = subprocess.run([sys.executable, "-I", *arguments], cwd=folder, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("name", NETWORKS)
def test_each_is_checked_and_tells_how_far_it_is_off(written, name):
    folder, told = written(name)
    there = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
    assert there == BESIDE | FILES.get(name, {"saved_model"} if name == "savedmodel" else {"model.tflite"})
    check = json.loads((folder / "check.json").read_text())
    assert check["images"]["images"] == 12
    assert check["odd_images"]["images"] == 8
    assert check["images"]["largest"] <= BOUNDS[name]
    assert check["images"]["same_answers"] >= 11
    assert "12 test images" in told[0]
    card = (folder / "README.md").read_text(encoding="utf-8")
    for words in ("of 12 test images", "95 % interval", "temperature", "## Licences", "## Limits", "keras 3."):
        assert words in card
    assert json.loads((folder / "labels.json").read_text()) == ["blue", "red"]


@pytest.mark.parametrize("name", ["onnx", "litert-int8", "openvino"])
def test_the_example_answers_a_picture_on_its_own(written, tmp_path, name):
    folder, _ = written(name)
    Image.new("RGB", (50, 40), (200, 60, 50)).save(tmp_path / "picture.png")
    lines = run_in(folder, "example.py", str(tmp_path / "picture.png")).splitlines()
    assert [line.split()[1] for line in lines] == ["red", "blue"]


def test_teachable_machines_own_example_opens_it(written):
    folder, told = written("teachable-machine")
    Image.new("RGB", (300, 200), (50, 60, 200)).save(folder / "picture.png")
    (folder / "theirs.py").write_text(TEACHABLE_MACHINE)
    assert "Class: blue\n" in run_in(folder, "theirs.py")
    assert "no model.json" in " ".join(told)


def test_a_file_that_answers_otherwise_is_refused_and_leaves_nothing(from_scratch, tmp_path):
    def spoilt(model, folder, sources):
        model.set_weights([weights + 0.1 for weights in model.get_weights()])
        onnx_file.save(model, folder, sources)

    made = replace(onnx_file.write.__self__, save=spoilt)
    with pytest.raises(WorkbenchError, match="refused, as it does not answer as the run does"):
        made.write(from_scratch, tmp_path / "export.zip")
    assert list(tmp_path.iterdir()) == []


def test_int8_by_images_in_a_wrong_range_is_refused(from_scratch, tmp_path, monkeypatch):
    dark = np.random.default_rng(0).integers(0, 4, (20, 32, 32, 3), dtype=np.uint8)
    monkeypatch.setattr(Sources, "training_images", lambda sources: dark)
    with pytest.raises(WorkbenchError, match="refused"):
        litert_int8.write(from_scratch, tmp_path / "export.zip")


def test_without_its_dataset_it_is_checked_by_odd_images_and_int8_is_refused(own_run, tmp_path):
    (own_run.dataset.folder / "dataset.json").unlink()
    told = FORMATS["onnx"].write(own_run, tmp_path / "export.zip")
    assert "no image of the dataset, as none is here" in told[0]
    assert "Its dataset is gone from this workspace." in told
    with pytest.raises(WorkbenchError, match="none is here any more"):
        FORMATS["litert-int8"].write(own_run, tmp_path / "export.zip")


def test_names_of_classes_may_hold_anything(own_run, tmp_path):
    rename_class(own_run.dataset, "blue", '=1+1, "a"|`b`/c')
    FORMATS["onnx"].write(own_run, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert '=1+1, "a"|`b`/c' in json.loads(archive.read("labels.json"))
        card = archive.read("README.md").decode()
    assert "\\|\\`b\\`/c" in card


def test_a_run_without_weights_says_so(own_run, tmp_path):
    own_run.best_weights.unlink()
    with pytest.raises(WorkbenchError, match="has no weights"):
        FORMATS["keras"].write(own_run, tmp_path / "export.zip")


def test_a_full_disk_is_told_of_and_leaves_nothing(from_scratch, tmp_path, monkeypatch):
    usage = network_format.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(network_format.shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(WorkbenchError, match="The disk is full"):
        FORMATS["keras"].write(from_scratch, tmp_path / "export.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_network_too_large_for_the_converter_to_onnx_is_refused_before_it_takes_all_memory(
    from_scratch, tmp_path, monkeypatch
):
    monkeypatch.setattr(onnx_file, "MOST_PARAMETERS", 1000)
    with pytest.raises(WorkbenchError, match=r"tens of gigabytes .* beyond 1,000\. Take OpenVINO, Keras or LiteRT\."):
        FORMATS["onnx"].write(from_scratch, tmp_path / "export.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_lacking_is_named(from_scratch, tmp_path):
    made = replace(litert_int8.write.__self__, packages=("no-such-package",))
    with pytest.raises(WorkbenchError, match="pip install no-such-package"):
        made.write(from_scratch, tmp_path / "export.zip")
