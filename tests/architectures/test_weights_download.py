"""Downloads in processes of their own: followed, cancelled in the middle, gone on with, failed."""

import subprocess
import sys
from dataclasses import replace

import pytest

from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import come_so_far, fetch_weights, path_at_hand
from core.architectures.weights_download import WeightsDownload, start_download
from core.errors import UsageError


@pytest.fixture
def ended(eventually):
    """Waits until a download has ended; gives its status."""

    def wait(download):
        eventually(lambda: not download.status().active)
        return download.status()

    return wait


@pytest.mark.slow
def test_a_download_goes_on_by_itself(workspace, small_backbone, weights_server, ended):
    status = ended(start_download(workspace, small_backbone))
    assert (status.state, status.error) == ("done", "")
    assert status.done == status.total == len(weights_server.content)
    assert path_at_hand(small_backbone).read_bytes() == weights_server.content
    with pytest.raises(UsageError, match="has its weights here already"):
        start_download(workspace, small_backbone)


@pytest.mark.slow
def test_one_that_is_cancelled_keeps_what_has_come_and_goes_on_from_there(
    workspace, small_backbone, weights_server, ended, eventually
):
    weights_server.may_finish.clear()
    download = start_download(workspace, small_backbone)
    eventually(lambda: come_so_far(small_backbone))
    assert start_download(workspace, small_backbone).status().processes == download.status().processes, "one is enough"
    download.request_stop()
    weights_server.may_finish.set()
    assert ended(download).state == "stopped"
    assert path_at_hand(small_backbone) is None
    kept = come_so_far(small_backbone)
    assert 0 < kept < len(weights_server.content)
    assert ended(start_download(workspace, small_backbone)).state == "done"
    assert weights_server.asked == [0, kept]
    assert path_at_hand(small_backbone).read_bytes() == weights_server.content


@pytest.mark.slow
def test_one_that_fails_says_why_and_can_be_tried_again(workspace, small_backbone, ended):
    weights = replace(small_backbone.weights, md5="0" * 32)
    status = ended(start_download(workspace, replace(small_backbone, weights=weights)))
    assert status.state == "failed"
    assert "damaged, or another one than it was" in status.error
    assert "Traceback" not in status.error
    assert path_at_hand(small_backbone) is None
    assert ended(start_download(workspace, small_backbone)).state == "done"


def test_there_is_nothing_to_download_of_a_network_from_scratch(workspace):
    with pytest.raises(UsageError, match="is trained from scratch"):
        start_download(workspace, ARCHITECTURES["small_cnn"])


def test_all_workspaces_of_a_machine_share_a_download(workspace, small_backbone):
    visitor = replace(workspace, root=workspace.root / "visitors" / "one")
    assert WeightsDownload.of(visitor, small_backbone).folder == WeightsDownload.of(workspace, small_backbone).folder


def test_a_folder_that_asks_for_nothing_is_refused(tmp_path):
    command = [sys.executable, "-m", "core.architectures.weights_download", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "is not the folder of a download" in ended.stderr


def test_what_is_at_hand_is_not_downloaded_again(workspace, small_backbone, weights_server):
    fetch_weights(small_backbone, "imagenet", lambda come, expected: None)
    with pytest.raises(UsageError, match="nothing to download"):
        start_download(workspace, small_backbone)
    assert len(weights_server.asked) == 1
