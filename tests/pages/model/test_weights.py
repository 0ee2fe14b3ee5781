"""The section of the Model page about weights: what is here, the download and its course, files, deletion."""

import json

import pytest

from core.architectures.layout import layout_path, read_layout
from core.architectures.weights import add_weights, come_so_far, path_at_hand
from core.architectures.weights_download import WeightsDownload
from core.hosting import new_visitor, visitor_workspace
from core.jobs.job import identity

WEIGHTS = "Weights of the backbone"
OWN = ("Delete the weights", "Take this file", "Download 2.1 MB now")


@pytest.fixture
def model(visit, pets, small_backbone):
    """Opens the Model page at the backbone whose weights lie on the server of this machine."""
    (pets.folder / "draft.json").write_text(json.dumps({"architecture": small_backbone.name}))
    return lambda: visit("model")


@pytest.fixture
def fitting(small_backbone, write_weights, tmp_path):
    return write_weights(tmp_path / "mine.h5", tuple(read_layout(layout_path(small_backbone.name))), fill=0.25)


@pytest.fixture
def bring():
    """Puts a file into the page's uploader."""

    def put(page, name, content):
        page.at.get("file_uploader")[0].set_value((name, content, "application/octet-stream"))
        return page.run()

    return put


def test_a_download_is_started_followed_and_cancelled(model, small_backbone, workspace, launched):
    page = model()
    assert "not on this machine yet. Training downloads 2.1 MB first." in page.words
    page.press("Download 2.1 MB now")
    assert launched == [("core.architectures.weights_download", small_backbone.name)]
    download = WeightsDownload.of(workspace, small_backbone)
    download.update(state="running", stage="Downloading", done=1_049_000, total=2_098_000, eta_seconds=75)
    # In another tab, as after a refresh.
    page = model()
    assert "Downloading · 1.0 of 2.1 MB · about 1 min 15 s left" in page.words
    assert not any(button in page.buttons for button in OWN)
    page.press("Cancel the download")
    assert download.stop_requested
    assert page.button("Cancel the download").disabled


@pytest.mark.slow
def test_a_download_brings_them(model, small_backbone, workspace, weights_server, eventually):
    weights_server.may_finish.clear()
    page = model().press("Download 2.1 MB now")
    eventually(lambda: come_so_far(small_backbone))
    page.press("Cancel the download")
    weights_server.may_finish.set()
    download = WeightsDownload.of(workspace, small_backbone)
    eventually(lambda: not download.status().active)
    page = model()
    kept = f"{come_so_far(small_backbone) / 1e6:.1f} of 2.1 MB have come; training downloads the rest first."
    assert kept in page.words
    page.press("Go on with the download")
    eventually(lambda: not download.status().active)
    assert path_at_hand(small_backbone).read_bytes() == weights_server.content
    assert "Its ImageNet weights are on this machine: 2.1 MB." in model().words


def test_a_download_that_failed_says_why(model, small_backbone, workspace):
    WeightsDownload.of(workspace, small_backbone).folder.mkdir(parents=True)
    WeightsDownload.of(workspace, small_backbone).update(state="failed", error="No *connection*.\nLast lines")
    page = model()
    assert page.errors == ["No *connection*."]
    assert "Download 2.1 MB now" in page.buttons


def test_a_file_is_brought_and_replaced(model, small_backbone, fitting, bring):
    page = model()
    assert "Take this file" not in page.buttons
    bring(page, "mine.h5", fitting.read_bytes()).press("Take this file")
    assert page.errors == []
    assert path_at_hand(small_backbone).read_bytes() == fitting.read_bytes()
    assert "fit, layer by layer" in page.words
    assert "not the file that Keras offers" in page.words
    assert "Replace the present file" not in page.buttons
    path_at_hand(small_backbone).write_bytes(b"older")
    bring(page, "mine.h5", fitting.read_bytes()).press("Replace the present file")
    assert path_at_hand(small_backbone).read_bytes() == fitting.read_bytes()


def test_a_wrong_file_is_refused_with_what_was_expected(model, small_backbone, write_weights, bring, tmp_path):
    layers = tuple(read_layout(layout_path(small_backbone.name)))
    wrong = write_weights(tmp_path / "wrong.h5", layers[1:]).read_bytes()
    page = bring(model(), "<b>wrong_*.h5", wrong).press("Take this file")
    assert page.errors[0].startswith("<b>wrong_*.h5 does not hold the weights of")
    assert "layer 1 is bn (4, 4, 4, 4) where conv1 (3×3×3×4, 4) was expected" in page.errors[0]
    assert path_at_hand(small_backbone) is None


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_hdf5_is_refused(model, small_backbone, bring, content):
    page = bring(model(), "wrong.h5", content).press("Take this file")
    assert page.errors[0].startswith("wrong.h5 is ")
    assert path_at_hand(small_backbone) is None


def test_they_are_deleted_once_that_is_confirmed(model, small_backbone, fitting):
    add_weights(small_backbone, fitting)
    page = model()
    assert "Its ImageNet weights are on this machine: 2.1 MB." in page.words
    page.press("Delete the weights", "Delete them")
    assert path_at_hand(small_backbone) is None
    assert "Training downloads 2.1 MB first." in page.words
    assert "Delete the weights" not in page.buttons


def test_strangers_neither_bring_nor_delete_nor_download(model, hosted, workspace, small_backbone, fitting):
    hosted["workbench_visitor"] = new_visitor()
    mine = visitor_workspace(workspace, hosted["workbench_visitor"])
    (workspace.root / "datasets").rename(mine.root / "datasets")
    page = model()
    assert page.setting(WEIGHTS).options == ["ImageNet", "Untrained (random numbers)"]
    assert "Training downloads 2.1 MB first." in page.words
    assert "bring the file" not in page.words
    assert not any(button in page.buttons for button in OWN)
    add_weights(small_backbone, fitting)
    page = model()
    assert not any(button in page.buttons for button in OWN)
    assert len(page.at.get("file_uploader")) == 0
    assert str(path_at_hand(small_backbone).parent) not in page.words, "where things lie is nobody's business"
    path_at_hand(small_backbone).unlink()
    WeightsDownload.of(workspace, small_backbone).folder.mkdir(parents=True)
    WeightsDownload.of(workspace, small_backbone).update(state="running", processes=[identity()])
    assert "Cancel the download" not in model().buttons


def test_a_network_from_scratch_has_none(visit, pets):
    (pets.folder / "draft.json").write_text(json.dumps({"architecture": "small_cnn"}))
    page = visit("model")
    assert not any("weights" in button.lower() for button in page.buttons)
