"""A predictor answers new images as its run has answered its own, whatever kind they are; and says what it can't."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from core.datasets.editing import relabel, rename_class
from core.datasets.store import open_dataset
from core.errors import WorkbenchError
from core.evaluation.calibration import tempered
from core.explain.trained_network import trained_network
from core.features.openvino_network import is_installed
from core.installation import PROJECT
from core.prediction.predictor import Predictor, predict_images, predictor_of
from core.prediction.sources import Brought, of_arrays
from core.runs.record import Run, create_run
from core.runs.settings import read_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]
# Of probabilities that were computed in batches of other sizes.
AS_GOOD_AS_THE_SAME = 1e-5


def own_images(run):
    """What the run has answered of images that did not train it, calibrated, and these images, brought anew."""
    predictions = tempered(run.predictions(), run.temperature())
    rows = np.flatnonzero(predictions.splits != "train")
    paths = tuple(run.dataset.path_of(path) for path in predictions.ids[rows])
    return predictions.probabilities[rows], Brought(tuple(predictions.ids[rows]), paths)


@pytest.fixture
def copy_of(tmp_path, kinds):
    """A run in a copy of its workspace, in which a test may change what it likes."""

    def copy(run):
        return Run(shutil.copytree(kinds.root, tmp_path / "workspace") / "runs" / run.id)

    return copy


@pytest.mark.parametrize("kind", ["frozen", "hidden_layer", "scratch", "fine_tuned"])
def test_every_kind_of_image_is_answered_as_in_the_evaluation(request, kind):
    run = request.getfixturevalue(kind)
    expected, brought = own_images(run)
    predictor = predictor_of(run)
    predictor.compare()
    answers = predictor.predict(brought)
    assert answers.names == brought.names
    assert len({name.partition("_")[2] for name in answers.names}) > 10, "of most kinds there is one"
    np.testing.assert_allclose(answers.probabilities, expected, atol=AS_GOOD_AS_THE_SAME)
    assert ((answers.farther_than >= 0) & (answers.farther_than <= 1)).all()
    alone = predictor.explain(Brought(brought.names[:1], brought.paths[:1]), neighbours=3)
    np.testing.assert_allclose(alone.answers.probabilities[0], expected[0], atol=AS_GOOD_AS_THE_SAME)
    similarities = [each.similarity for each in alone.nearest[0]]
    assert len(similarities) == 3
    assert similarities == sorted(similarities, reverse=True)
    assert "validation images" in alone.remarks[0]
    assert any("false alarms are to be expected" in remark for remark in alone.remarks)


def test_a_training_image_is_the_nearest_to_itself(frozen):
    table = frozen.images()
    path = table.loc[table["split"] == "train", "path"].iloc[0]
    predictor = predictor_of(frozen)
    predictor.compare()
    found = predictor.explain(Brought(("copy",), (frozen.dataset.path_of(path),)), neighbours=1)
    assert found.nearest[0][0].path == path
    assert found.nearest[0][0].similarity == pytest.approx(1, abs=1e-3)


def test_what_openvino_computes_is_kept_and_answers_without_keras(mobilenet, train_on_kinds):
    if not is_installed():
        pytest.skip("OpenVINO is not installed")
    run = train_on_kinds(architecture="mobilenet_075", weights=mobilenet, runtime="openvino-float32")
    expected, brought = own_images(run)
    first = Predictor(run).predict(brought)
    kept = list((run.workspace.machine / "converted").glob("*/network.xml"))
    assert len(kept) == 1
    program = (
        "import json, sys; from pathlib import Path; from core.runs.record import Run; "
        "from core.prediction.predictor import Predictor; from core.prediction.sources import Brought; "
        "predictor = Predictor(Run(Path(sys.argv[1]))); predictor.compare(); "
        "answers = predictor.predict(Brought(('one',), (Path(sys.argv[2]),))); "
        "print(json.dumps([answers.probabilities.tolist(), 'keras' in sys.modules]))"
    )
    words = [sys.executable, "-c", program, str(run.folder), str(brought.paths[0])]
    ended = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True)
    probabilities, loaded_keras = json.loads(ended.stdout)
    np.testing.assert_allclose(probabilities[0], first.probabilities[0], atol=AS_GOOD_AS_THE_SAME)
    np.testing.assert_allclose(first.probabilities, expected, atol=AS_GOOD_AS_THE_SAME)
    assert not loaded_keras
    numbers = kept[0].with_suffix(".bin")
    numbers.write_bytes(bytes(numbers.stat().st_size))
    mended = Predictor(run).predict(brought)
    np.testing.assert_allclose(mended.probabilities, expected, atol=AS_GOOD_AS_THE_SAME)


def test_one_that_cannot_be_read_is_told_among_those_that_can(scratch, tmp_path):
    _, brought = own_images(scratch)
    (tmp_path / "text.png").write_text("no image")
    paths = (*brought.paths[:3], tmp_path / "text.png", tmp_path / "gone.png", *brought.paths[3:5])
    names = ("a", "b", "c", "text", "gone", "d", "e")
    steps = []
    answers = predictor_of(scratch).predict(
        Brought(names, paths, {"film.mp4": "is a film"}), lambda *step: steps.append(step)
    )
    assert answers.names == ("a", "b", "c", "d", "e")
    assert answers.problems == {
        "film.mp4": "is a film",
        "text": "is not an image (text)",
        "gone": "no longer exists",
    }
    assert steps[-1][1:] == (7, 7)


def test_pixels_from_python_are_read_as_files_of_them_are(scratch, tmp_path):
    _, brought = own_images(scratch)
    plain = [place for place, name in enumerate(brought.names) if name.endswith(("plain.png", "alpha.png"))][:2]
    paths = [brought.paths[place] for place in plain]
    arrays = [np.array(Image.open(path)) for path in paths]
    predictor = predictor_of(scratch)
    of_files = predictor.predict(Brought(tuple(map(str, plain)), tuple(paths)))
    of_pixels = predictor.predict(of_arrays(arrays, tmp_path))
    np.testing.assert_array_equal(of_files.probabilities, of_pixels.probabilities)


def test_classes_go_by_their_names_of_now(scratch, copy_of):
    run = copy_of(scratch)
    dataset = open_dataset(run.workspace, "kinds")
    before, brought = own_images(run)
    rename_class(dataset, "red", "scarlet")
    renamed = predictor_of(run).predict(brought)
    assert renamed.class_names == ("blue", "scarlet")
    np.testing.assert_allclose(renamed.probabilities, before, atol=AS_GOOD_AS_THE_SAME)
    assert any("scarlet" in remark for remark in predictor_of(run).remarks)
    table = dataset.content.table
    relabel(dataset, table.loc[table["label"] == "scarlet", "path"].tolist(), "blue")
    together = predictor_of(run).explain(brought)
    assert together.answers.class_names == ("blue",)
    np.testing.assert_allclose(together.answers.probabilities, 1)
    assert together.outputs[:, 0].tolist() == before.argmax(axis=1).tolist(), "for Grad-CAM, the likelier of the two"


def test_a_run_whose_dataset_is_gone_answers_and_says_what_it_cannot(scratch, copy_of):
    run = copy_of(scratch)
    _, brought = own_images(run)
    expected = predictor_of(scratch).predict(brought).probabilities
    shutil.rmtree(run.workspace.datasets)
    shutil.rmtree(run.workspace.machine / "features", ignore_errors=True)  # of another test
    trained_network.cache_clear()
    predictor = Predictor(run)
    predictor.compare()
    answers = predictor.predict(brought)
    np.testing.assert_allclose(answers.probabilities, expected, atol=AS_GOOD_AS_THE_SAME)
    assert np.isnan(answers.farther_than).all()
    assert answers.table()["unlike"].isna().all()
    assert any("can't be told" in remark for remark in predictor.remarks)


def test_a_run_that_still_trains_answers_by_its_best_so_far(scratch, copy_of):
    run = copy_of(scratch)
    _, brought = own_images(run)
    run.predictions_path.unlink()
    predictor = Predictor(run)
    predictor.compare()
    answers = predictor.predict(brought)
    assert answers.temperature == 1
    assert "not calibrated" in predictor.remarks[0]
    assert answers.class_names == ("blue", "red")


def test_random_weights_are_said_to_be(train_on_kinds):
    run = train_on_kinds(architecture="mobilenet_075", weights="untrained", epochs=1)
    expected, brought = own_images(run)
    predictor = predictor_of(run)
    np.testing.assert_allclose(predictor.predict(brought).probabilities, expected, atol=AS_GOOD_AS_THE_SAME)
    assert predictor.remarks[0].startswith("Untrained weights")


def test_without_weights_it_is_said_what_is_lacking(kinds, frozen, copy_of):
    settings = {"dataset": "kinds", "architecture": "mobilenet_075", "weights": "untrained"}
    with pytest.raises(WorkbenchError, match="which classes"):
        Predictor(create_run(kinds, read_settings(settings)))
    run = copy_of(frozen)
    run.best_weights.write_bytes(b"half of it")
    with pytest.raises(WorkbenchError, match="damaged"):
        Predictor(run)
    run.best_weights.unlink()
    with pytest.raises(WorkbenchError, match="no weights"):
        Predictor(run)


def test_files_and_folders_are_predicted_in_one_call(scratch):
    folder = scratch.dataset.path_of("new")
    answers = predict_images(scratch, [folder])
    assert answers.names == ("0.png", "1.png", "2.png")
    assert set(answers.predicted) == {"red"}


def test_why_a_run_without_predictions_can_not_tell_much_is_said_once(scratch, copy_of):
    run = copy_of(scratch)
    (run.folder / "predictions.parquet").unlink()
    shutil.rmtree(run.workspace.machine / "features", ignore_errors=True)  # of another test
    predictor = Predictor(run)
    predictor.compare()
    remarks = " ".join(predictor.remarks)
    assert "is not calibrated" in remarks
    assert "can't be told" in remarks
    assert remarks.count("has no predictions") == 1
