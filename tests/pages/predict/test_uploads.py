"""Files that visitors bring, kept by their content for as long as there is room."""

import io

import pytest

from core.errors import UsageError
from pages.predict import uploads
from pages.predict.uploads import keep


class Upload(io.BytesIO):
    """As Streamlit hands it over."""

    def __init__(self, name, content):
        super().__init__(content)
        self.name, self.size, self.file_id = name, len(content), f"{name} {content!r}"


@pytest.fixture
def kept(workspace, monkeypatch):
    """Keeps files, in a session of its own."""
    monkeypatch.setattr(uploads.st, "session_state", {})
    return lambda *files: keep(workspace, files)


def test_each_lies_under_its_name_and_the_same_content_once(kept, workspace):
    found = kept(Upload("a b.png", b"one"), Upload("a b.png", b"two"), Upload("a b.png", b"one"))
    assert {name: path.read_bytes() for name, path in found.items()} == {"a b.png": b"one", "a b.png (2)": b"two"}
    assert {path.name for path in found.values()} == {"a_b.png"}
    assert all(path.is_relative_to(workspace.root / "shown") for path in found.values())


def test_a_name_leads_nowhere(kept, workspace):
    (path,) = kept(Upload("../../evil.png", b"pixels")).values()
    assert path.is_relative_to(workspace.root / "shown")


def test_the_oldest_make_room(kept, workspace, monkeypatch):
    monkeypatch.setattr(uploads, "KEPT_BYTES", 10)
    (first,) = kept(Upload("a.png", b"12345")).values()
    (second,) = kept(Upload("b.png", b"67890")).values()
    assert first.exists()
    kept(Upload("c.png", b"abc"))
    assert (first.exists(), second.exists()) == (False, True)


def test_more_than_is_kept_is_refused_before_any_of_it_is_written(kept, workspace, monkeypatch):
    monkeypatch.setattr(uploads, "KEPT_BYTES", 10)
    with pytest.raises(UsageError, match="Many images"):
        kept(Upload("a.png", b"123456"), Upload("b.png", b"123456"))
    assert not (workspace.root / "shown").exists()
