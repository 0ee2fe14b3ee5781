"""Tables with lines above their rows, or without column names."""

import pytest

from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.reading import read_table
from tests.datasets.sources.tables.conftest import labels, refusal

NO_NAMES = "labels.csv has no line of column names"


@pytest.fixture
def opened(tmp_path):
    def open_text(content, name="labels.csv"):
        (tmp_path / name).write_bytes(content.encode())
        return open_table(tmp_path / name)

    return open_text


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\npath;label\r\n1.jpg;cat\r\n",
        '"sep=;"\npath;label\n1.jpg;cat\n',
        "\ufeffsep=;\npath;label\n1.jpg;cat\n",
        "SEP=,\npath,label\n1.jpg,cat\n",
        "sep=\t\npath\tlabel\n1.jpg\tcat\n",
        "sep=^\npath^label\n1.jpg^cat\n",
        "# from May\n# 2024\npath,label\n1.jpg,cat\n",
        "#path,label\n1.jpg,cat\n",
        "# made by x\n\n# path, label\n1.jpg, cat\n",
        'path, label\n"1.jpg", "cat"\n',
        "\n\npath,label\n1.jpg,cat\n",
    ],
)
def test_lines_above_the_rows(opened, text):
    table = opened(text)
    assert (table.names, list(table.rows([0, 1])), table.warnings) == (["path", "label"], [["1.jpg", "cat"]], [])


def test_separate_is_a_column(opened):
    assert opened("separation,label\n1,cat\n").names == ["separation", "label"]


@pytest.mark.parametrize("text", ["a/1.jpg,cat\na/2.jpg,dog\n", "cat;C:\\a\\1.JPG\ndog;2.jpg\n"])
def test_a_table_without_column_names_is_read_and_told(opened, text):
    table = opened(text)
    assert table.names == ["column 1", "column 2"]
    assert len(list(table.rows([0]))) == 2
    assert NO_NAMES in table.warnings[0]


def test_rows_of_different_lengths_without_column_names(opened):
    assert list(opened("1.jpg,cat\n2.jpg,dog,striped\n").rows([2])) == [[""], ["striped"]]


def test_columns_without_names_are_told_by_what_they_hold(written):
    layout = read_table(written("", lambda n, path, kind: f"{n},{kind},{path},{('train', 'test')[n % 2]}"))
    assert layout.labels_from == "the column “column 2” of labels.csv"
    assert layout.split_from == "the column “column 4” of labels.csv"
    assert len(layout.images) == 12


def test_one_column_of_paths(written):
    assert "has one column only" in refusal(written("", lambda n, path, kind: path))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#\n" * 1000, "is empty"),
        ("sep=;\n", "is empty"),
        ("sep=;", "no rows"),
        ("# only this", "has one column only"),
        ("#" * 5_000_000, "it has a line of 5,000,000 letters"),
    ],
)
def test_tables_of_nothing_but_such_lines(tmp_path, text, says):
    (tmp_path / "labels.csv").write_text(text)
    assert says in refusal(tmp_path / "labels.csv")


def test_one_endless_line_is_refused(written, tmp_path):
    (tmp_path / "labels.csv").write_text("path,label\n" + "," * 3_000_000)
    assert "it has a line of 3,000,000 letters" in refusal(tmp_path / "labels.csv")


# Vertex AI -----------------------------------------------------------------------------------------------------------

USES = ("TRAINING", "VALIDATION", "TEST", "UNASSIGNED")


def test_vertex_with_parts(written):
    layout = read_table(written("", lambda n, path, kind: f"{USES[n % 4]},gs://bucket/set/{path},{kind}"))
    assert [image.split for image in layout.images] == ["train", "validation", "test", ""] * 3
    assert layout.labels_from == "the column “label” of labels.csv"
    assert not any(NO_NAMES in warning for warning in layout.warnings)


def test_vertex_without_parts_and_without_a_label(written):
    path = written("", lambda n, path, kind: f"gs://bucket/{path},{kind}" if n % 2 else f"gs://bucket/{path}")
    layout = read_table(path)
    assert (len(layout.images), len(layout.unlabelled), layout.split_from) == (6, 6, "")
    assert labels(layout)["img/01.jpg"] == "dog"


def test_vertex_with_boxes_is_refused(written):
    path = written("", lambda n, path, kind: f"TRAIN,gs://bucket/{path},{kind},0.1,0.1,,,0.3,0.3,,")
    assert "holds boxes" in refusal(path)
