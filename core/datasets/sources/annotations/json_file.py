"""Reads JSON from files value by value, so that memory holds the text and one entry of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from core.errors import UsageError

MOST_VALUES = 10_000_000
"""How many values a file may hold: about a gigabyte, were all of them in one entry."""

_BLANK = re.compile(r"[ \t\n\r]+")
_DECODER = json.JSONDecoder()
_TO_LOOK_AT, _MEMBERS_TO_LOOK_AT = 3, 20
_KEYS_TO_LOOK_AT = 100


class JsonFile:
    """A file of JSON: one value, or one after another as in JSON Lines.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    sample
        Its beginning, of whatever size the file is: the first entries of a list or of JSON Lines, or an object whose
        lists and objects are cut to their first entries.

    Raises
    ------
    UsageError
        If it holds too many values, is nested too deeply, damaged, or no JSON.
    """

    def __init__(self, path: Path):
        self.path = path
        self._text = _text_of(path)
        with reading(path.name):
            cursor = _Cursor(self._text)
            self.sample = _sample(cursor)
            self.holds_list = isinstance(self.sample, list)
            self._is_lines = cursor.next() != ""
            if self._is_lines:
                self.holds_list, self.sample = True, list(islice(self.entries(), _TO_LOOK_AT))
                for _ in self.entries():  # so that what is damaged is found before anything is made of it
                    pass

    def entries(self, key: str = "") -> Iterator[Any]:
        """The entries of the list, or of JSON Lines; or those of the list that the object holds under a key."""
        cursor = _Cursor(self._text)
        if key:
            if cursor.go_to(key) and cursor.next() == "[":
                yield from cursor.entries()
        elif self._is_lines:
            while cursor.next():
                yield cursor.value()
        elif cursor.next() == "[":
            yield from cursor.entries()

    def pairs(self, key: str = "") -> Iterator[tuple[str, Any]]:
        """What the object holds, or what the object in it holds under a key."""
        cursor = _Cursor(self._text)
        if (not key or cursor.go_to(key)) and cursor.next() == "{":
            for name in cursor.members():
                yield name, cursor.value()

    def whole(self) -> Any:
        """All that it holds, where that is little."""
        with reading(self.path.name):
            return _Cursor(self._text).value()

    def value(self, key: str) -> Any:
        """All that the object holds under a key; None where there is nothing."""
        cursor = _Cursor(self._text)
        return cursor.value() if cursor.go_to(key) else None


@contextmanager
def reading(called: str, first_line: int = 1) -> Iterator[None]:
    """Say in words what is wrong with JSON that is read within, and that begins at a line of the file."""
    try:
        yield
    except RecursionError:
        raise UsageError(f"{called} is nested too deeply to be a file of annotations.") from None
    except json.JSONDecodeError as error:
        line = first_line - 1 + error.lineno
        raise UsageError(f"{called} is not JSON, or is damaged, from line {line:,} on. Export it again.") from error
    except ValueError as error:  # a number of thousands of digits
        raise UsageError(f"{called} holds a number that is too long to be one. Export it again.") from error


class _Cursor:
    """A place in a text of JSON that moves on as values are taken."""

    def __init__(self, text: str):
        self._text, self._at = text, 0

    def next(self) -> str:
        """The next letter that is not blank; "" at the end."""
        if blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
        return self._text[self._at : self._at + 1]

    def value(self) -> Any:
        self.next()
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value

    def elements(self) -> Iterator[None]:
        """Once for each element of the list that begins here; whoever asks takes it, whole or in pieces."""
        yield from (None for _ in self._until("[", "]"))

    def members(self) -> Iterator[str]:
        """The key of each member of the object that begins here; whoever asks takes the value."""
        for _ in self._until("{", "}"):
            if self.next() != '"':
                raise json.JSONDecodeError("a key is missing", self._text, self._at)
            key = self.value()
            self._take(":")
            yield key

    def entries(self) -> Iterator[Any]:
        for _ in self.elements():
            yield self.value()

    def go_to(self, key: str) -> bool:
        """Move to what the object that begins here holds under a key; False where it holds nothing."""
        if self.next() != "{":
            return False
        for name in self.members():
            if name == key:
                return True
            self.skip()
        return False

    def skip(self) -> None:
        """Pass a value, of which no more than an entry is held."""
        letter = self.next()
        if letter == "[":
            for _ in self.entries():
                pass
        elif letter == "{":
            for _ in self.members():
                self.value()
        else:
            self.value()

    def _until(self, first: str, last: str) -> Iterator[None]:
        self._take(first)
        if self.next() == last:
            self._at += 1
            return
        while True:
            yield
            if self._take("," + last) == last:
                return

    def _take(self, letters: str) -> str:
        letter = self.next()
        if not letter or letter not in letters:
            raise json.JSONDecodeError(f"{' or '.join(letters)} is missing", self._text, self._at)
        self._at += 1
        return letter


def _sample(cursor: _Cursor) -> Any:
    """The beginning of a value, all of which is passed."""
    if cursor.next() == "[":
        return _first_entries(cursor)
    if cursor.next() != "{":
        return cursor.value()
    sample = {}
    for key in cursor.members():
        if len(sample) >= _KEYS_TO_LOOK_AT:
            cursor.skip()
        elif cursor.next() == "[":
            sample[key] = _first_entries(cursor)
        elif cursor.next() == "{":
            sample[key] = _first_members(cursor)
        else:
            sample[key] = cursor.value()
    return sample


def _first_entries(cursor: _Cursor) -> list:
    entries = cursor.entries()
    first = list(islice(entries, _TO_LOOK_AT))
    for _ in entries:
        pass
    return first


def _first_members(cursor: _Cursor) -> dict:
    first = {}
    for key in cursor.members():
        value = cursor.value()
        if len(first) < _MEMBERS_TO_LOOK_AT:
            first[key] = value
    return first


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise UsageError(f"{path.name} holds more than {MOST_VALUES:,} values. Export fewer images at a time.")
    try:
        return content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} is not text, or is damaged. Export it again.") from error
