"""Downloads from a real server on this machine, which cuts, changes its file, or answers nonsense when told to."""

import hashlib
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.download import DownloadError, RemoteFile, download
from core.errors import UsageError, WorkbenchError

CONTENT = hashlib.shake_256(b"an archive").digest(1_000_000)  # comes in several pieces
OTHER = hashlib.shake_256(b"another one").digest(1_000_000)
HALF = len(CONTENT) // 2


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and server.ranges else 0
        if start >= len(server.content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        if server.says_length:
            self.send_header("Content-Length", str(len(server.content) - start))
        self.send_header("Content-Type", server.content_type)
        self.send_header("ETag", f'"{hashlib.md5(server.content).hexdigest()}"')
        self.end_headers()
        cut = server.cuts.pop(0) if server.cuts else len(server.content)
        self.wfile.write(server.content[start : start + cut])
        server.may_finish.wait(timeout=60)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server of one file. `cuts` is after how many bytes each answer breaks off, as long as there are any."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.content, running.content_type, running.status = CONTENT, "application/zip", 200
        running.ranges, running.says_length = True, True
        running.cuts, running.asked = [], []
        running.may_finish = threading.Event()
        running.may_finish.set()
        running.url = f"http://127.0.0.1:{running.server_port}/images.zip"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.may_finish.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "downloads" / "images.zip"


def silent(come, expected):
    pass


def exact(url, content=CONTENT):
    """What a card states of a file."""
    return RemoteFile(url, len(content), hashlib.sha256(content).hexdigest(), hashlib.md5(content).hexdigest())


def part_of(target):
    return target.with_name(target.name + ".part")


def refusal(file, target):
    with pytest.raises(DownloadError) as caught:
        download(file, target, silent)
    assert not target.exists()
    words = str(caught.value)
    assert file.url in words
    assert str(target) in words, "where to put it by hand"
    return words


class Cancelled(Exception):
    """What a page raises when the user has had enough."""


def cancelling(at):
    def progress(come, expected):
        if come >= at:
            raise Cancelled

    return progress


def cancelled_half_way(server, target):
    """Leaves the half of a download, as a user who cancels does."""
    with pytest.raises(Cancelled):
        download(RemoteFile(server.url), target, cancelling(HALF))
    server.asked.clear()
    return part_of(target).stat().st_size


def test_a_file_arrives_whole_and_nothing_else_is_left(server, target):
    steps = []
    assert download(exact(server.url), target, lambda *step: steps.append(step)) == target
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert steps == sorted(steps)
    assert len(steps) > 2
    assert steps[-1] == (len(CONTENT), len(CONTENT))


def test_what_is_there_is_not_downloaded_again(server, target):
    download(exact(server.url), target, silent)
    download(exact(server.url), target, silent)
    assert server.asked == [None]


def test_a_connection_that_is_cut_is_resumed_at_once(server, target):
    server.cuts = [HALF]
    download(exact(server.url), target, silent)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={HALF}-"]


def test_a_connection_that_keeps_breaking_leaves_what_came_for_the_next_time(server, target):
    server.cuts = [HALF, 0]
    words = refusal(exact(server.url), target)
    assert f"ended after {HALF:,} of {len(CONTENT):,} bytes" in words
    assert part_of(target).read_bytes() == CONTENT[:HALF]
    download(exact(server.url), target, silent)
    assert target.read_bytes() == CONTENT
    assert server.asked[-1] == f"bytes={HALF}-"


def test_a_connection_that_brings_little_is_not_tried_for_ever(server, target):
    server.cuts = [1000] * 100
    refusal(exact(server.url), target)
    assert 1 < len(server.asked) < 10


def test_a_server_that_cannot_resume_begins_anew(server, target):
    server.cuts, server.ranges = [HALF], False
    download(exact(server.url), target, silent)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [OTHER, OTHER[:HALF], OTHER + OTHER, OTHER[:1000]])
def test_a_file_that_changed_meanwhile_is_downloaded_anew(server, target, content):
    cancelled_half_way(server, target)
    server.content = content
    download(RemoteFile(server.url), target, silent)
    assert target.read_bytes() == content


def test_a_part_of_another_address_is_not_gone_on_with(server, target):
    cancelled_half_way(server, target)
    download(RemoteFile(server.url + "?v=2"), target, silent)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None]


@pytest.mark.parametrize("record", [None, b"", b"\xff{", b"[1]"])
def test_a_part_of_unknown_origin_is_not_gone_on_with(server, target, record):
    target.parent.mkdir()
    part_of(target).write_bytes(OTHER[:HALF])
    if record is not None:
        Path(f"{part_of(target)}.json").write_bytes(record)
    download(RemoteFile(server.url), target, silent)
    assert target.read_bytes() == CONTENT


def test_a_download_that_is_cancelled_can_be_resumed(server, target):
    kept = cancelled_half_way(server, target)
    assert not target.exists()
    steps = []
    download(exact(server.url), target, lambda *step: steps.append(step))
    assert target.read_bytes() == CONTENT
    assert server.asked == [f"bytes={kept}-"]
    assert steps[0] == (kept, len(CONTENT)), "it shows at once that it goes on"


def test_a_download_that_was_cancelled_at_its_very_end_needs_no_server(server, target):
    with pytest.raises(Cancelled):
        download(exact(server.url), target, cancelling(len(CONTENT)))
    server.asked.clear()
    download(exact(server.url), target, silent)
    assert target.read_bytes() == CONTENT
    assert server.asked == []


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"md5": "0" * 32}])
def test_a_file_of_another_hash_is_refused_and_removed(server, target, wrong):
    words = refusal(RemoteFile(server.url, **wrong), target)
    assert "damaged" in words
    assert next(iter(wrong.values())) in words
    assert not part_of(target).exists()


def test_a_hash_may_be_written_in_capitals(server, target):
    download(RemoteFile(server.url, sha256=hashlib.sha256(CONTENT).hexdigest().upper()), target, silent)
    assert target.exists()


def test_a_file_of_another_size_is_refused_before_it_comes(server, target):
    words = refusal(RemoteFile(server.url, size_bytes=999), target)
    assert f"{len(CONTENT):,} bytes where 999 were expected" in words
    assert not part_of(target).exists()


def test_a_file_of_another_size_is_refused_where_the_server_says_none(server, target):
    server.says_length = False
    words = refusal(RemoteFile(server.url, size_bytes=999), target)
    assert f"it has {len(CONTENT):,} bytes, not 999" in words
    assert not part_of(target).exists()


def test_a_server_that_says_no_length_shows_the_size_expected(server, target):
    server.says_length = False
    steps = []
    download(exact(server.url), target, lambda *step: steps.append(step))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    target.unlink()
    download(RemoteFile(server.url), target, lambda *step: steps.append(step))
    assert steps[-1] == (len(CONTENT), 0)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<p>Please log in</p>", "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Log in</title>", "application/zip"),
        (b"<HTML>Log in</HTML>", "application/octet-stream"),
    ],
)
def test_a_web_page_instead_of_the_file_is_refused_and_what_had_come_stays(server, target, content, content_type):
    kept = cancelled_half_way(server, target)
    server.content, server.content_type, server.ranges = content, content_type, False
    assert "a web page came instead of the file" in refusal(RemoteFile(server.url), target)
    server.content, server.content_type, server.ranges = CONTENT, "application/zip", True
    download(exact(server.url), target, silent)
    assert server.asked[-1] == f"bytes={kept}-"
    assert target.read_bytes() == CONTENT


def test_a_file_of_another_kind_is_refused(server, target):
    words = refusal(RemoteFile(server.url, signature=b"PK\3\4"), target)
    assert "does not begin as files of its kind do" in words
    assert not part_of(target).exists()


@pytest.mark.parametrize(("status", "words"), [(404, "404 Not Found"), (403, "403 Forbidden"), (503, "503")])
def test_a_server_that_does_not_give_the_file_is_asked_once(server, target, status, words):
    server.status = status
    assert f"the server answers {words}" in refusal(exact(server.url), target)
    assert len(server.asked) == 1


def test_a_machine_that_is_offline_is_told_so(server, target):
    kept = cancelled_half_way(server, target)
    server.shutdown()
    server.server_close()
    words = refusal(exact(server.url), target)
    assert "the connection was refused" in words
    assert part_of(target).stat().st_size == kept


def test_a_server_whose_name_cannot_be_found_is_told(server, target):
    # An address on a network card that does not exist fails as a name without name server does, and at once.
    words = refusal(RemoteFile("http://[::1%25no-such-card]/images.zip"), target)
    assert "the name of the server cannot be found" in words


@pytest.mark.parametrize("url", ["ftp://example.org/a.zip", "file:///etc/passwd", "a.zip", "https://", "", "http://[1"])
def test_only_addresses_of_the_web_are_taken(url):
    with pytest.raises(UsageError, match="http"):
        RemoteFile(url)


def test_a_disk_with_too_little_space_is_not_begun_to_be_filled(server, target):
    server.says_length = False
    free = shutil.disk_usage(target.parents[1]).free
    words = refusal(RemoteFile(server.url, size_bytes=2 * free), target)
    assert "MB left" in words
    assert not part_of(target).exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_a_disk_that_fills_up_is_told_in_words(server, target):
    target.parent.mkdir()
    part_of(target).symlink_to("/dev/full")
    assert "the disk is full" in refusal(exact(server.url), target)


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "taken").write_text("a file")
    assert "cannot be written" in refusal(exact(server.url), tmp_path / "taken" / "images.zip")


def test_of_two_at_once_one_downloads_and_the_other_finds_it_done(server, target):
    server.may_finish.clear()
    server.says_length = False  # so that the first is not done before it is let go
    second_waits, steps = threading.Event(), []

    def watched(come, expected):
        steps.append((come, expected))
        if len(steps) == 2:
            second_waits.set()

    with ThreadPoolExecutor(2) as both:
        started = threading.Event()
        first = both.submit(download, exact(server.url), target, lambda *step: started.set())
        assert started.wait(60)
        second = both.submit(download, exact(server.url), target, watched)
        assert second_waits.wait(60)
        server.may_finish.set()
        assert first.result(60) == second.result(60) == target
    assert target.read_bytes() == CONTENT
    assert len(server.asked) == 1
    assert all(come <= expected == len(CONTENT) for come, expected in steps), "it shows what the other one does"


def test_who_waits_for_another_download_may_give_up(server, target):
    server.may_finish.clear()
    server.says_length = False
    with ThreadPoolExecutor(1) as other:
        started = threading.Event()
        first = other.submit(download, exact(server.url), target, lambda *step: started.set())
        assert started.wait(60)
        with pytest.raises(Cancelled):
            download(exact(server.url), target, cancelling(0))
        server.may_finish.set()
        assert first.result(60).read_bytes() == CONTENT


def test_a_failed_download_is_an_error_in_words():
    error = DownloadError("https://example.org/a.zip", Path("a.zip"), "the server answers 404 Not Found")
    assert isinstance(error, WorkbenchError)
    assert error.reason == "the server answers 404 Not Found"
