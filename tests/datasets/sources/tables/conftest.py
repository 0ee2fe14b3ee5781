"""Tables beside files that are called images; what these hold does not matter here."""

import pytest

from core.datasets.sources.choices import AS_FOUND, Undecided
from core.datasets.sources.tables.reading import read_table
from core.errors import UsageError

KINDS = ("cat", "dog", "owl")


@pytest.fixture
def written(tmp_path):
    """Writes a table of twelve images, ``img/00.jpg`` to ``img/11.jpg``, of a header and what a line says of each."""

    def write(header, line, name="labels.csv", count=12):
        for number in range(count):
            path = tmp_path / "img" / f"{number:02}.jpg"
            path.parent.mkdir(exist_ok=True)
            path.touch()
        rows = [line(number, f"img/{number:02}.jpg", KINDS[number * 7 % 3]) for number in range(count)]
        (tmp_path / name).write_text("\n".join([*filter(None, [header]), *rows]) + "\n", encoding="utf-8")
        return tmp_path / name

    return write


def labels(layout):
    return {image.path: image.label for image in layout.images}


def question(path, choices=AS_FOUND, **options):
    """What is asked of a table."""
    with pytest.raises(Undecided) as caught:
        read_table(path, choices=choices, **options)
    return caught.value


def refusal(path, choices=AS_FOUND, **options):
    """Why a table is not read."""
    with pytest.raises(UsageError) as caught:
        read_table(path, choices=choices, **options)
    assert not isinstance(caught.value, Undecided)
    return str(caught.value)
