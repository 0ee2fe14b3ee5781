"""Tables of answers as files: read back by other programs, and harmless in a spreadsheet."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from core.errors import UsageError
from core.prediction.answers import Answers, no_answers
from core.prediction.table_files import write_tables

NAMES = ("=cmd|'/c calc'!A0.png", "a, b.png", 'quoted "c".png', "two\nlines.png", "@sum.png", "-1.png", "plain.png")
CLASSES = ("=1+1", "with, comma", 'with "quotes"', "two\nlines", "a/b")


@pytest.fixture
def answers() -> Answers:
    rows = np.random.default_rng(0).dirichlet(np.ones(len(CLASSES)), len(NAMES))
    unlike = np.arange(len(NAMES)) == 2
    return Answers(NAMES, rows, CLASSES, 1.0, np.where(np.arange(len(NAMES)) == 3, np.nan, 0.5), unlike)


def test_csv_survives_any_name_and_holds_no_formula(answers, tmp_path):
    assert write_tables([answers, no_answers(CLASSES), answers], {"csv": tmp_path / "a.csv"}) == 2 * len(NAMES)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[-len(CLASSES) :] == [f"probability_{name}" for name in CLASSES]
    assert len(rows) == 2 * len(NAMES)
    for row, name, expected in zip(rows, NAMES * 2, answers.predicted * 2, strict=True):
        assert row[0].removeprefix("'") == name
        assert row[1].removeprefix("'") == expected
    texts = [cell for row in [header, *rows] for cell in row]
    assert not [cell for cell in texts if cell.startswith(("=", "+", "-", "@"))]
    numbers = np.array([[float(cell) for cell in row[-len(CLASSES) :]] for row in rows[: len(NAMES)]])
    np.testing.assert_allclose(numbers, answers.probabilities, rtol=1e-5)
    assert [row[header.index("unlike")] for row in rows[:4]] == ["False", "False", "True", ""]


def test_parquet_and_json_lines_hold_the_very_same_values(answers, tmp_path):
    write_tables([no_answers(CLASSES), answers], {"parquet": tmp_path / "a.parquet", "jsonl": tmp_path / "a.jsonl"})
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), answers.table())
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["file"] for line in lines] == list(NAMES)
    assert [line["unlike"] for line in lines[:4]] == [False, False, True, None]
    assert lines[0]["probability_=1+1"] == answers.probabilities[0, 0]


def test_what_breaks_off_leaves_the_file_as_it_was(answers, tmp_path):
    (tmp_path / "a.csv").write_text("before")

    def parts():
        yield answers
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_tables(parts(), {form: tmp_path / f"a.{form}" for form in ("csv", "parquet", "jsonl")})
    assert (tmp_path / "a.csv").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_other_formats_are_refused(answers, tmp_path):
    with pytest.raises(UsageError, match="no table format 'xls'"):
        write_tables([answers], {"xls": tmp_path / "a.xls"})
