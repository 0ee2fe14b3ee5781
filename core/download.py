"""Downloads that go on where they broke off, and are believed only once size and hash are right."""

import errno
import hashlib
import http.client
import json
import os
import shutil
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.errors import UsageError, WorkbenchError
from core.files import write_json

BLOCK_BYTES = 1 << 18
SECONDS_WITHOUT_ANSWER = 20
SECONDS_BETWEEN_LOOKS = 0.2
ATTEMPTS = 4
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RemoteFile:
    """A file to download, and how to know that it came whole.

    Parameters
    ----------
    url
        Of http or https.
    size_bytes
        Its exact size; 0 where it is not known.
    sha256, md5
        Its hashes in hexadecimal digits; "" where the source states none.
    signature
        The bytes that every file of its kind begins with; b"" where there are none.

    Raises
    ------
    UsageError
        If the address is not one of http or https.
    """

    url: str
    size_bytes: int = 0
    sha256: str = ""
    md5: str = ""
    signature: bytes = b""

    def __post_init__(self):
        if not is_web_address(self.url):
            raise UsageError(
                f"{self.url!r} cannot be downloaded: give an address that begins with https:// or http://."
            )


class DownloadError(WorkbenchError):
    """A download that failed. `reason` is the plain cause alone, for messages that know better what to do instead."""

    def __init__(self, url: str, target: Path, reason: str):
        super().__init__(
            f"{url} could not be downloaded: {reason}. Try again later, or fetch that file with a browser and put it "
            f"at {target}."
        )
        self.reason = reason


class _Refused(Exception):
    """What the server sends cannot be taken. The message is the reason in words."""


class _NothingBehind(Exception):
    """The server has nothing from the byte on that it was asked for."""


class _BrokenOff(_Refused):
    """The connection ended too early; another attempt can go on from what has come."""


def is_web_address(text: str) -> bool:
    """Whether a text is an address of http or https, with a server's name."""
    try:
        parts = urllib.parse.urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def download(file: RemoteFile, target: Path, progress: Progress) -> Path:
    """Bring a file from the web, whole or not at all.

    What has come is kept beside the target with the ending ``.part``, and the next download goes on from there as long
    as the server still has the same file. Of several that want the same target at once, one downloads and the others
    wait for it. A target that is there already is not downloaded again.

    Parameters
    ----------
    file
        What to download, and how to know that it came whole.
    target
        The path to put it at. Its folder is created where missing.
    progress
        Called with the bytes that have come and the bytes expected, 0 where the size is not known. It may raise to
        cancel, in this thread; what has come is kept.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    DownloadError
        If it fails: no connection, no such file, a web page instead of the file, another size or hash than expected,
        a full disk.
    """
    if target.exists():
        return target
    part = _part(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target, lambda: progress(_size(part), file.size_bytes)):
            if not target.exists():  # another process may have brought it while this one waited
                _fetch(file, part, progress)
                _check(file, part)
                os.replace(part, target)
                _record(part).unlink(missing_ok=True)
    except _Refused as error:
        raise DownloadError(file.url, target, str(error)) from error
    except OSError as error:
        raise DownloadError(file.url, target, _local_reason(error)) from error
    return target


def bytes_come(target: Path) -> int:
    """How much of a file that is not there yet has come so far."""
    return _size(_part(target))


def discard_part(target: Path) -> None:
    """Remove what has come of a file that is not there yet.

    Raises
    ------
    UsageError
        If it is being downloaded at this moment.
    """

    def refuse() -> None:
        raise UsageError(f"{target.name} is being downloaded at this moment. Stop that first.")

    part = _part(target)
    if part.exists():
        with _alone(target, refuse):
            part.unlink(missing_ok=True)
            _record(part).unlink(missing_ok=True)


# Attempts ------------------------------------------------------------------------------------------------------------


def _fetch(file: RemoteFile, part: Path, progress: Progress) -> None:
    """Bring everything to `part`; where the connection breaks off but has brought something, try again at once."""
    for attempt in range(1, ATTEMPTS + 1):
        before = _size(part)
        try:
            return _attempt(file, part, progress)
        except _BrokenOff:
            if attempt == ATTEMPTS or _size(part) <= before:
                raise


def _attempt(file: RemoteFile, part: Path, progress: Progress) -> None:
    known = _read_record(part)
    if known.get("url") == file.url and 0 < known.get("total", 0) == _size(part):
        return  # it came whole, and only the check and the last name are missing
    answer, start = _ask(file.url, part, known)
    with answer:
        if answer.headers.get_content_type() == "text/html":
            raise _Refused(_web_page())
        block = _read(answer)
        if not start and _looks_like_a_page(block):
            raise _Refused(_web_page())
        identity = _identity(file.url, answer)
        total = identity["total"] or file.size_bytes
        if file.size_bytes and total != file.size_bytes:
            raise _Refused(f"the file there has {total:,} bytes where {file.size_bytes:,} were expected")
        _check_space(part, total)
        if not start:
            part.write_bytes(b"")  # first, else a crash here would leave the old beginning under the new record
        write_json(_record(part), identity)
        _receive(answer, block, part, start, total, progress)


def _receive(answer: HTTPResponse, block: bytes, part: Path, start: int, total: int, progress: Progress) -> None:
    """Write an answer, whose first block is read already, to the end of `part`."""
    come = start
    with part.open("ab") as file:
        progress(come, total)
        while block:
            file.write(block)
            come += len(block)
            progress(come, total)
            block = _read(answer)
    # To urllib a connection that breaks off is the end of the file.
    if come < total:
        raise _BrokenOff(f"the connection ended after {come:,} of {total:,} bytes")


def _check(file: RemoteFile, part: Path) -> None:
    """Refuse, and remove, a file of another size, hash or kind."""
    size, fault = _size(part), ""
    if file.size_bytes and size != file.size_bytes:
        fault = f"it has {size:,} bytes, not {file.size_bytes:,}"
    for name, expected in (("SHA-256", file.sha256), ("MD5", file.md5)):
        if expected and not fault:
            digest = _digest(part, name)
            fault = "" if digest == expected.lower() else f"its {name} is {digest}, not {expected}"
    if not fault and not _begins_with(part, file.signature):
        fault = "it does not begin as files of its kind do"
    if fault:
        part.unlink()
        _record(part).unlink(missing_ok=True)
        raise _Refused(f"the file that came is damaged, or another one than it was: {fault}")


def _begins_with(path: Path, signature: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(signature)) == signature


def _digest(path: Path, name: str) -> str:
    algorithm = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}[name]
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: algorithm(usedforsecurity=False)).hexdigest()


# The server ----------------------------------------------------------------------------------------------------------


def _ask(url: str, part: Path, known: dict[str, Any]) -> tuple[HTTPResponse, int]:
    """The server's answer, and the byte at which it starts.

    It starts behind what has come already where the server can do that and its file is still the same; else at 0.
    """
    start = _size(part) if known.get("url") == url else 0
    if not start:
        return _open(url), 0
    try:
        answer = _open(url, start)
    except _NothingBehind:
        return _open(url), 0
    if answer.status != http.client.PARTIAL_CONTENT:
        return answer, 0
    begins = answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    if begins and _identity(url, answer) == known:
        return answer, start
    answer.close()
    return _open(url), 0


def _open(url: str, start: int = 0) -> HTTPResponse:
    """Open an address from a byte on, or raise `_Refused`, or `_NothingBehind`."""
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        return urllib.request.urlopen(request, timeout=SECONDS_WITHOUT_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            if start and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise _NothingBehind from error
            raise _Refused(f"the server answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Refused(_connection_reason(error)) from error


def _read(answer: HTTPResponse) -> bytes:
    try:
        return answer.read(BLOCK_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenOff(f"the connection broke off ({_connection_reason(error)})") from error


def _identity(url: str, answer: HTTPResponse) -> dict[str, Any]:
    """By what one knows later that the server still has the same file."""
    if answer.status == http.client.PARTIAL_CONTENT:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = answer.headers.get("Content-Length", "")
    return {
        "url": url,
        "etag": answer.headers.get("ETag", ""),
        "last_modified": answer.headers.get("Last-Modified", ""),
        "total": int(total) if total.isdecimal() else 0,
    }


def _looks_like_a_page(block: bytes) -> bool:
    return block[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))


# Words ---------------------------------------------------------------------------------------------------------------


def _web_page() -> str:
    return (
        "a web page came instead of the file, as from a network that asks to log in first, or a source that moved or "
        "wants its terms accepted"
    )


def _connection_reason(error: BaseException) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, socket.gaierror):
        return "the name of the server cannot be found, as on a machine that is offline"
    if isinstance(cause, TimeoutError):
        return f"no answer within {SECONDS_WITHOUT_ANSWER} seconds"
    if isinstance(cause, ConnectionRefusedError):
        return "the connection was refused, as where the server is down or this machine is offline"
    return str(cause) or type(cause).__name__


def _local_reason(error: OSError) -> str:
    if error.errno in DISK_FULL:
        return "the disk is full; free some space first, what has come is kept"
    return f"{error.filename or 'the file'} cannot be written ({error.strerror or error})"


# The disk ------------------------------------------------------------------------------------------------------------


@contextmanager
def _alone(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Let one process at a time through. `waiting` is called again and again meanwhile, and may raise to give up."""
    lock = FileLock(target.with_name(f"{target.name}.lock"))
    while True:
        try:
            lock.acquire(timeout=SECONDS_BETWEEN_LOOKS)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        # Also after a failure, as of a machine that is offline: nothing stays in a folder that belongs to others. Who
        # waits for this lock notices that its file is gone, and takes a new one. Windows keeps a file that is open.
        with suppress(PermissionError):
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _check_space(part: Path, total: int) -> None:
    free, needed = shutil.disk_usage(part.parent).free, total - _size(part)
    if needed > free:
        raise _Refused(
            f"{needed / 1e6:,.0f} MB more are needed, but the disk of {part.parent} has {free / 1e6:,.0f} MB left; "
            "free some space first"
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _part(target: Path) -> Path:
    """Where what has come of a file lies until all of it has."""
    return target.with_name(target.name + ".part")


def _record(part: Path) -> Path:
    """Where it is written down which file of which server `part` is the beginning of."""
    return part.with_name(part.name + ".json")


def _read_record(part: Path) -> dict[str, Any]:
    """What was written down about `part`; empty where nothing usable was, so that one begins anew."""
    try:
        known = json.loads(_record(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
