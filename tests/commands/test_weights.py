"""The commands about weights: what is here, downloads, files that are brought, deletion."""

import pytest

from core.architectures.layout import layout_path, read_layout
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import come_so_far, models_folder, path_at_hand
from core.commands.weights import _Lines


def test_the_list_says_what_is_here(command, document, small_backbone):
    code, found = document("weights", "list")
    assert code == 0
    assert {entry["architecture"] for entry in found} == {
        name for name, architecture in ARCHITECTURES.items() if architecture.weights
    }
    assert not any(entry["at_hand"] or entry["bytes"] for entry in found)
    command("weights", "get", small_backbone.name)
    entry = next(entry for entry in document("weights", "list")[1] if entry["at_hand"])
    assert entry == {
        "architecture": small_backbone.name,
        "title": small_backbone.title,
        "file": small_backbone.weights.file_name,
        "megabytes": small_backbone.weights.megabytes,
        "at_hand": True,
        "path": str(path_at_hand(small_backbone)),
        "bytes": path_at_hand(small_backbone).stat().st_size,
        "hash": small_backbone.weights.md5,
        "url": small_backbone.weights.url,
    }
    code, output, _ = command("weights", "list")
    assert code == 0
    assert f"at hand ({entry['bytes'] / 1e6:.1f} MB)" in output
    assert "not here" in output


def test_get_shows_its_progress_and_does_not_download_twice(command, document, small_backbone, weights_server):
    code, output, progress = command("weights", "get", small_backbone.name)
    assert code == 0
    assert "are here now" in output
    size = len(weights_server.content) / 1e6
    assert f"Weights of {small_backbone.title}: {size:.1f} of {size:.1f} MB" in progress
    code, output, progress = command("weights", "get", small_backbone.name)
    assert "were here already" in output
    assert progress == ""
    assert document("weights", "get", small_backbone.name)[1]["downloaded"] is False
    assert weights_server.asked == [0]


def test_an_interruption_keeps_what_has_come(command, small_backbone, weights_server, monkeypatch):
    def interrupt(self, come, expected):
        if come:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_Lines, "__call__", interrupt)
        code, _, complaints = command("weights", "get", small_backbone.name)
    kept = come_so_far(small_backbone)
    assert code == 1
    assert f"{kept / 1e6:.1f} MB are kept. The same command goes on from there." in complaints
    assert f"{kept / 1e6:.1f} MB have come" in command("weights", "list")[1]
    assert command("weights", "get", small_backbone.name)[0] == 0
    assert weights_server.asked == [0, kept]


def test_a_file_is_added_replaced_and_deleted(document, small_backbone, write_weights, tmp_path):
    file = write_weights(tmp_path / "mine.h5", tuple(read_layout(layout_path(small_backbone.name))), fill=0.25)
    code, found = document("weights", "add", small_backbone.name, file)
    assert code == 0
    assert found["at_hand"]
    assert found["is_kerass_own"] is False
    code, found = document("weights", "add", small_backbone.name, file)
    assert code == 2
    assert "--replace" in found["error"]
    assert document("weights", "add", small_backbone.name, file, "--replace")[0] == 0
    code, found = document("weights", "delete", small_backbone.name)
    assert (code, found["freed_bytes"]) == (0, file.stat().st_size)
    code, found = document("weights", "delete", small_backbone.name)
    assert code == 2
    assert "nothing lies at" in found["error"]


def test_a_file_of_something_else_is_refused(document, small_backbone, write_weights, tmp_path):
    file = write_weights(tmp_path / "other.h5", tuple(read_layout(layout_path(small_backbone.name)))[1:])
    code, found = document("weights", "add", small_backbone.name, file)
    assert code == 2
    assert "layer 1 is bn (4, 4, 4, 4) where conv1 (3×3×3×4, 4) was expected" in found["error"]


@pytest.mark.parametrize("action", [["get"], ["delete"], ["add", "x.h5"]], ids=lambda action: action[0])
@pytest.mark.parametrize(
    ("name", "words"), [("small_cnn", "trained from scratch"), ("nothing", "no architecture 'nothing'")]
)
def test_only_backbones_have_weights(document, action, name, words):
    code, found = document("weights", action[0], name, *action[1:])
    assert code == 2
    assert words in found["error"]


def test_one_has_to_say_what_to_do(command):
    code, _, complaints = command("weights")
    assert code == 2
    assert "ACTION" in complaints


@pytest.mark.parametrize("action", ["list", "get"])
def test_looking_at_weights_leaves_nothing_in_the_folder_that_keras_has(
    command, small_backbone, weights_server, action
):
    weights_server.content = b"<html>Please log in</html>"
    command("weights", action, *([small_backbone.name] if action == "get" else []))
    command("describe", small_backbone.name)
    command("architectures")
    assert path_at_hand(small_backbone) is None
    assert [path.name for path in models_folder().glob("*.lock")] == []
