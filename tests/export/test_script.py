"""The script of a run: clean, with nothing in it that the run did not do, and as accurate as the run."""

import ast
import csv
import io
import re
import shutil
import subprocess
import sys
import zipfile
from itertools import cycle

import numpy as np
import pytest
from PIL import Image

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork
from core.architectures.registry import ARCHITECTURES
from core.augmentation.recipe import TRANSFORMS, typed, usual_step
from core.datasets.creation import create_from_path
from core.datasets.editing import relabel, rename_class
from core.datasets.importing import run_import
from core.errors import UsageError
from core.evaluation.intervals import wilson
from core.export.code.facts import gather_facts
from core.export.code.rendering import file_list, render
from core.export.code.text import literal
from core.export.formats import find_format
from core.images.reading import read_square
from core.runs.record import create_run
from core.runs.settings import PARAMETERS, read_settings
from core.workspace import Workspace
from tests.export.code_runs import accuracy_in, lay_out_run, run_code

AWKWARD = ['="1+1"', 'it\'s, "so"', "a\nb", "grün/gelb", "back\\slash", " # %% ", "日本", '"""', "{{ x }}"]
EVERY_TRANSFORM = typed(usual_step(name) for name, transform in TRANSFORMS.items() if not transform.mixes)
OPTIONS = (
    {},
    {"optimiser": "sgd", "gradient_clipping": 1, "nesterov": True, "class_weights": "balanced", "momentum": 0.95},
    {"augmentation": "flip_horizontal,rotation=15", "schedule": "cosine", "warmup": 0.1, "label_smoothing": 0.1},
    {"augmentation": "flip_horizontal@0.3,contrast=10..20,erasing", "schedule": "plateau", "early_stopping": False},
    {"augmentation": "flip_horizontal,flip_vertical,quarter_turns", "schedule": "step", "restore_best_weights": False},
    {"schedule": "inverse_time", "warmup": 0.1, "early_stopping": False, "restore_best_weights": False},
    {"schedule": "inverse_time", "bias_initialisation": "zeros"},
    {"augmentation": "flip_horizontal", "test_time_augmentation": False, "deterministic": True},
    {"augmentation": EVERY_TRANSFORM, "schedule": "exponential", "optimiser": "rmsprop"},
)
ON_SCRATCH = ({"augmentation": "mixup,cutmix@0.2", "class_weights": "balanced"}, {"augmentation": "noise,mixup"})
ON_FROZEN = (
    {"unfreeze": 1, "augmentation": "flip_horizontal"},
    {"unfreeze": 1, "restore_best_weights": False, "early_stopping": False},
    {"unfreeze": 1, "restore_best_weights": False},
    {"unfreeze": 1, "hidden": 32, "class_weights": "balanced", "early_stopping": False},
    {"tune_weight_decay": False, "schedule": "plateau", "warmup": 0.2, "weights": "untrained"},
)
OWN = CustomNetwork("own", 'Own "one"', 40, 3, (usual_block("residual"), usual_block("flatten")))


def script_of(run):
    return render(gather_facts(run))


def every_run(workspace):
    """A run of every network, each with other options than the one before, and of all options with two networks."""
    options = cycle(OPTIONS)
    for name, architecture in ARCHITECTURES.items():
        yield lay_out_run(workspace, architecture=name, image_size=architecture.minimum_size, **next(options))
    for chosen in (*OPTIONS, *ON_SCRATCH):
        yield lay_out_run(workspace, architecture="small_cnn", **chosen)
    for chosen in (*OPTIONS, *ON_FROZEN):
        yield lay_out_run(workspace, architecture="efficientnet_v2_b0", **chosen)
    yield lay_out_run(workspace, architecture="own", network=OWN.to_dict())
    yield lay_out_run(workspace, [("a.png", "a", "train"), ("b.png", "b", "train"), ("c.png", "b", "test")])


def test_every_script_is_clean(workspace, tmp_path):
    """As Ruff checks and formats it, and of lines that fit a screen."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    for number, run in enumerate(every_run(workspace)):
        text = script_of(run)
        assert not re.search(r"^\s*(from|import) core", text, re.MULTILINE)
        (folder / f"script_{number}.py").write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--select", "E,F,I,B,UP,SIM,N", "--line-length", "120", "--isolated", "--quiet"]
    checked = subprocess.run([*ruff, "check", *rules, folder], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    form = ["--line-length", "120", "--isolated", "--diff"]
    formatted = subprocess.run([*ruff, "format", *form, folder], capture_output=True, text=True)
    assert formatted.returncode == 0, formatted.stdout


def test_nothing_stands_in_it_that_the_run_did_not_do(workspace):
    plain = script_of(lay_out_run(workspace))
    for word in ("augmentation", "def turn", "Schedule", "ReduceLROnPlateau", "sample_weight", "backbone", "smoothing"):
        assert word not in plain
    frozen = script_of(lay_out_run(workspace, architecture="mobilenet_075"))
    for word in ("augmentation", "evaluation_views", "layers.Conv2D", "tuned", "sample_weight"):
        assert word not in frozen


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"class_weights": "balanced"}, "sample_weight=weights[labels[train]]"),
        ({"label_smoothing": 0.2}, "label_smoothing=0.2"),
        ({"early_stopping": False, "epochs": 7}, "patience=EPOCHS"),
        ({"optimiser": "sgd", "learning_rate": 0.1}, "keras.optimizers.SGD(LEARNING_RATE, momentum=0.9"),
        ({"seed": 5}, "set_random_seed(5)"),
        ({"restore_best_weights": False}, "stop = keras.callbacks.EarlyStopping"),
        ({"restore_best_weights": False}, "the last epoch's weights answer"),
        (
            {"architecture": "cnn_32_32_64_64", "as_course": True},
            "return LEARNING_RATE / (1 + 1e-06 * max(0, round(passed * steps) - 1))",
        ),
        ({"deterministic": True}, "tf.config.experimental.enable_op_determinism()"),
        ({"architecture": "vgg16", "weights": "untrained"}, "weights=None"),
        ({"architecture": "vgg16", "weights": "untrained"}, "The backbone has random weights, as in the run"),
        ({"architecture": "vgg16", "hidden": 9}, 'layers.Dense(9, activation="relu")'),
        ({"architecture": "vgg16", "unfreeze": 2}, 'backbone.get_layer("block3_pool")'),
    ],
)
def test_what_was_set_stands_in_it(workspace, settings, words):
    assert words in script_of(lay_out_run(workspace, **settings))


def test_every_setting_is_known_to_the_script():
    """Who adds one has the script do what it says, in `core.export.code`, and names it here."""
    of_this_machine = {"runtime", "gpu"}
    in_the_list_of_images = {"dataset", "split_seed", "fold"}
    on_the_head = {"hidden", "tune_weight_decay", "min_steps_per_epoch", "views"}
    in_fine_tuning = {"unfreeze", "fine_tune_epochs", "fine_tune_rate"}
    of_the_network = {"architecture", "network", "image_size", "weights", "dropout"}
    of_the_rate = {"learning_rate", "find_learning_rate", "schedule", "warmup", "decay_epochs", "decay_factor"}
    of_the_rate |= {"decay_rate"}
    of_the_optimiser = {"optimiser", "momentum", "nesterov", "gradient_clipping", "weight_decay"}
    of_the_loss = {"label_smoothing", "class_weights"}
    of_the_training = {"epochs", "batch_size", "early_stopping", "patience", "seed", "deterministic"}
    of_the_training |= {"bias_initialisation", "restore_best_weights"}
    not_by_itself = {"as_course"}
    of_the_views = {"augmentation", "test_time_augmentation"}
    known = of_this_machine | in_the_list_of_images | on_the_head | in_fine_tuning | of_the_network | of_the_rate
    known |= of_the_optimiser | of_the_loss | of_the_training | of_the_views
    assert set(PARAMETERS) == known | not_by_itself


def test_a_learning_rate_that_was_found_is_taken(workspace):
    run = lay_out_run(workspace, find_learning_rate=True)
    run.events.append("rates", rates=[0.1], losses=[1.0], chosen=0.0125)
    text = script_of(run)
    assert "LEARNING_RATE = 0.0125\n" in text
    assert "the one that the run has found" in text


def test_awkward_names_survive(workspace):
    images = [(f"{name}.png", name, part) for name in AWKWARD for part in ("train", "test")]
    run = lay_out_run(workspace, images)
    facts = gather_facts(run)
    rows = csv.DictReader(io.StringIO(file_list(facts), newline=""))
    assert [(row["path"], row["label"], row["split"]) for row in rows] == images
    compile(render(facts), "train.py", "exec")


@pytest.mark.parametrize("text", [*AWKWARD, "", "'", "'\"", "\r\x00\u2028", "\\n"])
def test_a_text_stands_in_code_as_it_is(text):
    assert ast.literal_eval(literal(text)) == text


def test_the_folder_and_the_title_of_the_images_may_be_called_anything(tmp_path, class_folders):
    folder = class_folders(tmp_path / 'my "pets"\n# %% \\', {"cats": 10, "dogs": 10})
    workspace = Workspace.at(tmp_path / "home")
    dataset = run_import(create_from_path(workspace, folder, "pets"))
    text = script_of(lay_out_run(workspace, dataset=dataset.name))
    (default,) = [line for line in text.splitlines() if line.strip().startswith("default=")][:1]
    assert ast.literal_eval(default.strip().removeprefix("default=").rstrip(",")) == str(folder)


def test_a_hosted_workbench_tells_nothing_of_its_folders(workspace, imported, monkeypatch):
    run = lay_out_run(workspace, dataset=imported("pets", {"cats": 10, "dogs": 10}).name)
    root = run.dataset.info.root
    assert root in script_of(run)
    monkeypatch.setenv("WORKBENCH_HOSTED", "1")
    assert root not in script_of(run)


def test_classes_are_called_as_they_are_now(workspace, imported):
    dataset = imported("pets", {"cats": 10, "dogs": 10})
    run = lay_out_run(workspace, dataset=dataset.name)
    dataset.content.divided(dataset.content.settings).to_parquet(run.images_path)
    run.update(facts={"classes": ["cats", "dogs"], "entries": 0})
    rename_class(dataset, "cats", "kittens")
    facts = gather_facts(run)
    assert set(facts.images["label"]) == {"kittens", "dogs"}
    assert not facts.notes
    relabel(dataset, [path for path in facts.images["path"] if path.startswith("cats")], "dogs")
    facts = gather_facts(run)
    assert set(facts.images["label"]) == {"cats", "dogs"}
    assert "put together" in facts.notes[0]


def test_what_the_script_reads_otherwise_is_said(workspace):
    run = lay_out_run(workspace)
    table = run.images_then().assign(format="PNG", sample_kind="")
    table.loc[3, "format"] = "JPEG2000"
    table.to_parquet(run.images_path)
    assert "1 of 20 images" in gather_facts(run).notes[0]
    run.update(facts={"reading": {"ranges": {"uint16": [0, 4095]}, "bands": []}})
    (note,) = gather_facts(run).notes
    assert "scale" in note
    assert note.split(":")[0] in script_of(run).replace("\n# ", " ")


def test_the_memory_that_fine_tuning_takes_is_said_where_it_is_much(workspace):
    parts = ["train", "train", "validation", "test"] * 6000
    images = [(f"{number}.png", f"{number % 8 // 4}", part) for number, part in enumerate(parts)]
    run = lay_out_run(workspace, images, architecture="mobilenet_075", unfreeze=1, augmentation="flip_horizontal")
    # 7 × 7 × 768 numbers of 2 bytes, of 24,000 images as they are, and 18,000 flipped.
    assert gather_facts(run).notes == ("The script holds what it fine-tunes on in memory, about 3 GB.",)
    few = lay_out_run(workspace, images[:100], architecture="mobilenet_075", unfreeze=1)
    assert gather_facts(few).notes == ()


def test_a_run_that_has_not_read_its_images_has_no_script(workspace, tmp_path):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    with pytest.raises(UsageError, match="has not read its images yet"):
        find_format("script").write(run, tmp_path / "script.zip")
    assert not (tmp_path / "script.zip").exists()


def test_a_zip_holds_the_script_its_images_and_its_packages(workspace, tmp_path):
    run = lay_out_run(workspace)
    run.update(facts={"versions": {"keras": "3.9.0", "tensorflow": "2.19.0", "openvino": None}})
    assert find_format("script").write(run, tmp_path / "script.zip") == []
    with zipfile.ZipFile(tmp_path / "script.zip") as archive:
        assert archive.namelist() == ["train.py", "images.csv", "requirements.txt"]
        assert archive.read("requirements.txt").decode() == "keras==3.9.0\ntensorflow==2.19.0\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["script.zip"]


# Reading --------------------------------------------------------------------------------------------------------------


def pictures(folder):
    """Ordinary images of many kinds, some of them far larger than what is read."""
    colours = np.random.default_rng(0).integers(0, 256, (300, 420, 3), np.uint8)
    photo = Image.fromarray(colours).resize((900, 700))
    transparent = photo.resize((120, 90)).convert("RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize((120, 90)).point(lambda value: 0 if value < 90 else 255))
    exif = Image.Exif()
    exif[0x0112] = 6
    yield photo, "photo.jpg", {}
    yield photo, "turned.jpg", {"exif": exif}
    yield photo.resize((90, 60)), "turned.png", {"exif": exif}
    yield photo.convert("CMYK"), "cmyk.jpg", {}
    yield photo.convert("L"), "grey.jpg", {}
    yield photo.convert("1"), "bilevel.png", {}
    yield photo.quantize(16), "palette.png", {}
    yield photo.quantize(16), "palette.gif", {"transparency": 3}
    yield transparent, "transparent.png", {}
    yield transparent, "transparent.webp", {"lossless": True}
    yield photo.resize((30, 20)), "small.bmp", {}
    yield photo.resize((200, 100)), "plain.tif", {}
    yield photo.resize((200, 100)), "turned.tif", {"tiffinfo": {0x0112: 6}}
    yield transparent.convert("LA"), "grey_and_transparent.png", {}
    yield (
        photo.resize((90, 60)),
        "one_colour_transparent.png",
        {"transparency": photo.resize((90, 60)).getpixel((5, 5))},
    )
    yield photo.convert("L"), "animated.gif", {"save_all": True, "append_images": [photo.rotate(90).convert("L")]}
    yield photo.resize((90, 60)), "photo.avif", {}


def test_images_are_read_as_the_run_reads_them(workspace, tmp_path):
    tree = ast.parse(script_of(lay_out_run(workspace, image_size=64)))
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "read_image"]
    names = {"DATA": tmp_path, "SIDE": 64, "np": np, "Image": Image}
    exec("from PIL import ImageOps", names)
    exec(ast.unparse(function), names)
    for picture, name, options in pictures(tmp_path):
        picture.save(tmp_path / name, **options)
        read = names["read_image"]({"path": name})
        assert (read == read_square(tmp_path / name, 64)).all(), name


# Whole scripts --------------------------------------------------------------------------------------------------------


def reproduced(run, tmp_path, *arguments, **environment):
    """What the script of a run prints that is run elsewhere, and whether it is as accurate as the run."""
    find_format("script").write(run, tmp_path / "script.zip")
    shutil.unpack_archive(tmp_path / "script.zip", tmp_path / "script")
    elsewhere = tmp_path / "elsewhere"
    printed = run_code(tmp_path / "script" / "train.py", *arguments, folder=elsewhere, environment=environment)
    predictions = run.predictions().of("test")
    right, count = int((predictions.predicted == predictions.true).sum()), len(predictions)
    # Both are drawn from the same share but for luck: one of a thousand scripts would lie outside.
    low, high = wilson(right, count, 0.999)
    assert low <= accuracy_in(printed) <= high
    assert {path.name for path in elsewhere.iterdir()} == {"model.keras", "classes.json", "confusion_matrix.csv"}
    with (elsewhere / "confusion_matrix.csv").open(newline="", encoding="utf-8") as file:
        (_, *names), *rows = csv.reader(file)
    assert tuple(names) == run.predictions().class_names
    assert sum(int(number) for row in rows for number in row[1:]) == count
    return printed


@pytest.mark.slow
def test_a_network_from_scratch_is_trained_again_by_its_script(tmp_path, draw_folder):
    from core.training.trainer import train

    draw_folder(tmp_path / "images", 30)
    workspace = Workspace.at(tmp_path / "home")
    run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
    settings = {"dataset": "tiny", "architecture": "small_cnn", "image_size": 32, "epochs": 8, "batch_size": 4}
    settings |= {"class_weights": "balanced", "label_smoothing": 0.1, "schedule": "cosine", "warmup": 0.1}
    run = create_run(workspace, read_settings(settings | {"augmentation": "flip_horizontal,rotation=10,mixup@0.3"}))
    assert train(run.folder) == 0
    assert "36 images to train, 12 to validate, 12 to test, 2 classes" in reproduced(run, tmp_path)


@pytest.mark.slow
def test_a_run_as_the_course_is_trained_again_by_its_script(tmp_path, draw_folder):
    from core.training.trainer import train

    draw_folder(tmp_path / "images", 30)
    workspace = Workspace.at(tmp_path / "home")
    run_import(create_from_path(workspace, tmp_path / "images", "tiny"))
    settings = {"dataset": "tiny", "architecture": "two_conv_pooled", "as_course": True, "epochs": 6}
    run = create_run(workspace, read_settings(settings | {"schedule": "inverse_time", "decay_rate": 0.001}))
    assert train(run.folder) == 0
    reproduced(run, tmp_path)
    text = script_of(run)
    assert "callbacks=[Schedule()]" in text
    assert "EarlyStopping" not in text
    assert "bias.assign" not in text


@pytest.mark.slow
@pytest.mark.real
def test_a_head_and_a_backbones_last_block_are_trained_again_by_their_script(tmp_path, real_images, real_weights):
    from core.training.trainer import train

    home = real_weights("mobilenet_075")
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for path in sorted((real_images / "cats_dogs" / name).iterdir())[:60]:
            (tmp_path / "pets" / name / path.name).symlink_to(path)
    workspace = Workspace.at(tmp_path / "home")
    run_import(create_from_path(workspace, tmp_path / "pets", "pets"))
    settings = {"dataset": "pets", "architecture": "mobilenet_075", "image_size": 96, "epochs": 10}
    settings |= {"augmentation": "flip_horizontal", "unfreeze": 1, "fine_tune_epochs": 1}
    run = create_run(workspace, read_settings(settings))
    assert train(run.folder) == 0
    weights = home / "models" / ARCHITECTURES["mobilenet_075"].weights.file_name
    reproduced(run, tmp_path, "--weights", weights, KERAS_HOME=str(tmp_path / "no_weights"))
