"""Files of weights: found, downloaded from a real server on this machine, or refused in words."""

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.architectures.layout import layout_path, read_layout
from core.architectures.registry import ARCHITECTURES
from core.architectures.weights import (
    HDF5_SIGNATURE,
    add_weights,
    check_file,
    come_so_far,
    delete_weights,
    describe_weights,
    fetch_weights,
    file_hash,
    models_folder,
    path_at_hand,
    target_path,
)
from core.errors import UsageError, WorkbenchError

CONTENT = HDF5_SIGNATURE + bytes(range(256)) * 4000  # a megabyte, so that it comes in several pieces


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        if self.path == "/missing":
            self.send_error(404)
            return
        if self.path == "/nonsense":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            return
        body = {"/login": b"<html>Please log in</html>", "/other": b"PK\3\4 a zip"}.get(self.path, CONTENT)
        self.send_response(200)
        if self.path != "/unknown_length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/broken_off" else body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.asked = 0
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Keras's folder of models, which does not exist yet. No proxy may stand between the test and its server."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "keras" / "models"


@pytest.fixture
def architecture(server):
    """A backbone whose weights lie on the server, at a path that can be chosen."""

    def make(path="/weights.h5", md5=""):
        known = ARCHITECTURES["mobilenet_075"]
        url = f"http://127.0.0.1:{server.server_port}{path}"
        return replace(known, weights=replace(known.weights, url=url, md5=md5, megabytes=1.0))

    return make


def silent(come, expected):
    pass


def refusal(architecture, models):
    """The words of a failed download, once it is certain that nothing is there that passes for weights."""
    with pytest.raises(WorkbenchError) as caught:
        fetch_weights(architecture, "imagenet", silent)
    assert not list(models.glob("*.h5"))
    assert path_at_hand(architecture) is None
    words = str(caught.value)
    assert architecture.weights.url in words
    # What can be done instead: put it there by hand, another network, or knowingly without.
    assert str(models / architecture.weights.file_name) in words
    assert "small_cnn" in words
    assert "weights=untrained" in words
    return words


def test_keras_says_where_its_models_lie(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "models"
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    assert models_folder() == tmp_path / "me" / ".keras" / "models"


@pytest.mark.parametrize("md5", ["", hashlib.md5(CONTENT).hexdigest(), hashlib.sha256(CONTENT).hexdigest()])
def test_a_download_arrives_whole_and_shows_its_progress(architecture, models, md5):
    steps = []
    wanted = architecture(md5=md5)
    path = fetch_weights(wanted, "imagenet", lambda come, expected: steps.append((come, expected)))
    assert path == models / wanted.weights.file_name
    assert path.read_bytes() == CONTENT
    assert [file.name for file in models.iterdir()] == [path.name]
    assert len(steps) > 1
    assert [come for come, _ in steps] == sorted(come for come, _ in steps)
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert path_at_hand(wanted) == path


def test_a_server_that_does_not_say_how_long_it_takes_is_believed(architecture, models):
    steps = []
    path = fetch_weights(architecture("/unknown_length"), "imagenet", lambda *step: steps.append(step))
    assert path.read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), 1_000_000), "the registry's figure stands in"


def test_what_is_at_hand_is_not_downloaded_again(architecture, models, server):
    first = fetch_weights(architecture(), "imagenet", silent)
    assert fetch_weights(architecture(), "imagenet", silent) == first
    assert server.asked == 1


def test_a_file_with_another_md5_is_refused(architecture, models):
    words = refusal(architecture(md5="0" * 32), models)
    assert "damaged" in words
    assert hashlib.md5(CONTENT).hexdigest() in words


def test_a_file_with_another_sha_256_is_refused(architecture, models):
    assert hashlib.sha256(CONTENT).hexdigest() in refusal(architecture(md5="0" * 64), models)


def test_a_download_that_breaks_off_is_refused(architecture, models):
    # Keras states no MD5 for MobileNet: the length alone tells.
    assert f"ended after {len(CONTENT) // 2:,} of {len(CONTENT):,} bytes" in refusal(
        architecture("/broken_off"), models
    )


def test_a_page_instead_of_weights_is_refused(architecture, models):
    assert "a web page came" in refusal(architecture("/login"), models)


def test_a_file_of_another_kind_is_refused(architecture, models):
    # Keras states no MD5 for MobileNet: the first bytes tell.
    assert "does not begin as files of its kind do" in refusal(architecture("/other"), models)


def test_a_file_that_the_server_does_not_have(architecture, models):
    assert "Not Found" in refusal(architecture("/missing"), models)


def test_an_answer_that_is_no_http(architecture, models):
    refusal(architecture("/nonsense"), models)


def test_a_server_that_is_gone(architecture, models, server):
    server.shutdown()
    server.server_close()
    assert "refused" in refusal(architecture(), models).lower()


def test_an_interrupted_download_is_not_at_hand_and_can_be_finished(architecture, models):
    def interrupt(come, expected):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_weights(architecture(), "imagenet", interrupt)
    assert path_at_hand(architecture()) is None
    assert fetch_weights(architecture(), "imagenet", silent).read_bytes() == CONTENT


def test_untrained_needs_no_file(architecture, models, server):
    assert fetch_weights(architecture(), "untrained", silent) is None
    assert server.asked == 0


def test_a_network_from_scratch_has_no_weights_at_hand(models):
    assert path_at_hand(ARCHITECTURES["small_cnn"]) is None


def test_a_file_that_is_given_is_taken(architecture, models, server, tmp_path):
    (tmp_path / "mine.h5").write_bytes(CONTENT)
    assert fetch_weights(architecture(), str(tmp_path / "mine.h5"), silent) == tmp_path / "mine.h5"
    assert server.asked == 0


def test_a_tilde_is_the_home_folder(architecture, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "mine.h5").write_bytes(CONTENT)
    assert fetch_weights(architecture(), "~/mine.h5", silent) == tmp_path / "mine.h5"


@pytest.mark.parametrize("content", [b"", b"\x89HDF", b"PK\3\4 a .keras file is a zip", b"hello"])
def test_a_file_that_is_not_hdf5_is_refused(tmp_path, content):
    (tmp_path / "mine.h5").write_bytes(content)
    with pytest.raises(UsageError, match=r"mine\.h5 is not a file of Keras weights"):
        check_file(tmp_path / "mine.h5")


@pytest.mark.parametrize("choice", ["missing.h5", ".", "~no such user~/mine.h5", "ImageNet"])
def test_a_file_that_is_not_there_is_refused(architecture, tmp_path, monkeypatch, choice):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no file of weights at"):
        fetch_weights(architecture(), choice, silent)


def test_a_hash_tells_files_apart(tmp_path):
    for name, content in {"a": b"1", "b": b"1", "c": b"2"}.items():
        (tmp_path / name).write_bytes(content)
    assert file_hash(tmp_path / "a") == file_hash(tmp_path / "b") != file_hash(tmp_path / "c")


# Bring, delete -------------------------------------------------------------------------------------------------------


@pytest.fixture
def fitting(small_backbone, write_weights, tmp_path):
    """A file of weights that fit the small backbone, but are not the ones that its source offers."""
    return write_weights(tmp_path / "mine.h5", tuple(read_layout(layout_path(small_backbone.name))), fill=0.25)


def test_a_file_that_fits_is_put_in_its_place(small_backbone, fitting):
    added = add_weights(small_backbone, fitting)
    assert added.path == path_at_hand(small_backbone) == target_path(small_backbone)
    assert added.path.read_bytes() == fitting.read_bytes()
    assert [file.name for file in models_folder().iterdir()] == [added.path.name]
    assert added.is_kerass_own is False
    assert "not the file that Keras offers" in added.words()


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_keras_s_own_file_is_known_by_its_hash(small_backbone, fitting, algorithm):
    stated = hashlib.new(algorithm, fitting.read_bytes()).hexdigest()
    architecture = replace(small_backbone, weights=replace(small_backbone.weights, md5=stated))
    added = add_weights(architecture, fitting)
    assert added.is_kerass_own is True
    assert "Keras offers" not in added.words()


def test_where_no_hash_is_stated_nothing_is_said_of_it(small_backbone, fitting):
    architecture = replace(small_backbone, weights=replace(small_backbone.weights, md5=""))
    added = add_weights(architecture, fitting)
    assert added.is_kerass_own is None
    assert "Keras offers" not in added.words()


def test_what_is_there_is_replaced_only_when_that_is_said(small_backbone, fitting):
    kept = fetch_weights(small_backbone, "imagenet", silent).read_bytes()
    with pytest.raises(UsageError, match=r"weights of .* already, at .*--replace"):
        add_weights(small_backbone, fitting)
    assert path_at_hand(small_backbone).read_bytes() == kept
    add_weights(small_backbone, fitting, replace=True)
    assert path_at_hand(small_backbone).read_bytes() == fitting.read_bytes()


def test_a_file_that_does_not_fit_leaves_what_is_there(small_backbone, fitting, write_weights, tmp_path):
    add_weights(small_backbone, fitting)
    wrong = write_weights(tmp_path / "wrong.h5", tuple(read_layout(layout_path(small_backbone.name)))[:2])
    with pytest.raises(UsageError, match="ends too early"):
        add_weights(small_backbone, wrong, replace=True)
    assert path_at_hand(small_backbone).read_bytes() == fitting.read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.h5", "no file of weights"), (".", "is a folder"), ("text.h5", "is not a file of Keras")],
)
def test_what_is_no_file_of_weights_is_not_brought(small_backbone, tmp_path, name, words):
    (tmp_path / "text.h5").write_text("hello")
    with pytest.raises(UsageError, match=words):
        add_weights(small_backbone, tmp_path / name)
    assert path_at_hand(small_backbone) is None


def test_weights_are_deleted_and_can_come_again(small_backbone, fitting):
    size = add_weights(small_backbone, fitting).size_bytes
    assert delete_weights(small_backbone) == size
    assert path_at_hand(small_backbone) is None
    with pytest.raises(UsageError, match="nothing lies at"):
        delete_weights(small_backbone)
    assert fetch_weights(small_backbone, "imagenet", silent) == path_at_hand(small_backbone)


def test_half_a_download_is_known_and_deleted(small_backbone, weights_server):
    def interrupt(come, expected):
        if come:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_weights(small_backbone, "imagenet", interrupt)
    come = come_so_far(small_backbone)
    assert 0 < come < len(weights_server.content)
    assert describe_weights(small_backbone)["bytes"] == come
    assert not describe_weights(small_backbone)["at_hand"]
    assert delete_weights(small_backbone) == come
    assert come_so_far(small_backbone) == 0


def test_what_is_being_downloaded_is_not_deleted(small_backbone):
    def delete(come, expected):
        if come:
            delete_weights(small_backbone)

    with pytest.raises(UsageError, match="is being downloaded at this moment"):
        fetch_weights(small_backbone, "imagenet", delete)
    assert fetch_weights(small_backbone, "imagenet", silent)


def test_what_is_trained_from_scratch_has_nothing_to_bring_or_delete(fitting):
    for do in (
        lambda: add_weights(ARCHITECTURES["small_cnn"], fitting),
        lambda: delete_weights(ARCHITECTURES["small_cnn"]),
    ):
        with pytest.raises(UsageError, match="trained from scratch"):
            do()
