"""The output of a command whose reader may go away at any moment, as in `workbench check pets | head`."""

import io
import os
import sys
from typing import Any, TextIO

from core.commands.output import FAILED
from core.errors import in_words

# How shells tell that a program ended since nobody reads on: 128 and the number of SIGPIPE. The signal itself is left
# alone: it would also end a command that lost a server or a process of its own, which is no reason to end.
NOBODY_READS = 141
_OUTPUT, _COMPLAINTS = 1, 2


def guard_streams() -> None:
    """Let a command end quietly where its output has no reader, or had none from the beginning.

    What goes to a closed stream is dropped. Where the reader of stdout goes, the command ends by `SystemExit` with
    `NOBODY_READS`; where stdout can't be written for another reason, such as a full disk, it says so and fails. Where
    the reader of stderr goes, its lines are dropped and the work goes on, since the result may still be read; where
    both were one pipe, as of ``2>&1``, the command ends. A run that was set going is a process of its own, which trains
    on in either case.
    """
    _open_closed()
    sys.stdout = _guarded(sys.stdout, _OUTPUT)
    sys.stderr = _guarded(sys.stderr, _COMPLAINTS)


class _Guarded(io.TextIOWrapper):
    """A stream that stands the loss of its reader."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        """End where nobody gets the result; else go on without the stream."""
        place = self.fileno()
        ends = place == _OUTPUT or os.path.sameopenfile(_OUTPUT, _COMPLAINTS)
        for lost in (_OUTPUT, _COMPLAINTS) if os.path.sameopenfile(_OUTPUT, _COMPLAINTS) else (place,):
            _send_nowhere(lost)
        if ends and isinstance(error, BrokenPipeError):
            raise SystemExit(NOBODY_READS)
        if ends:
            print(f"error: The output could not be written. {in_words(error)}", file=sys.stderr)
            raise SystemExit(FAILED)


def _guarded(stream: TextIO | None, place: int) -> _Guarded:
    """The same stream, guarded; None stands for one that was closed when Python began."""
    raw: Any
    if stream is None:
        encoding, raw = "utf-8", os.fdopen(place, "wb", closefd=False)
    else:
        assert isinstance(stream, io.TextIOWrapper), "the streams are those that Python has made"
        encoding, raw = stream.encoding, stream.detach()
    if is_unbuffered := isinstance(
        raw, io.RawIOBase
    ):  # python -u, whose bare file may write a part of what it is given
        raw = io.BufferedWriter(raw)
    # A console that lacks a letter, of a class's name for example, shows its number instead.
    return _Guarded(
        raw, encoding, "backslashreplace", line_buffering=is_unbuffered or place == _COMPLAINTS or raw.isatty()
    )


def _open_closed() -> None:
    """Open what is closed of stdin, stdout and stderr: a file of the workspace would get its place, and their words."""
    while (place := os.open(os.devnull, os.O_RDWR)) <= _COMPLAINTS:
        os.set_inheritable(place, True)
    os.close(place)


def _send_nowhere(place: int) -> None:
    """What a stream still holds, which Python writes at its end, must not meet the same fault again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, place)
    os.close(nowhere)
