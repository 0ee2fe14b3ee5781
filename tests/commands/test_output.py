"""Tables as people read them."""

import pytest

from core.commands import output
from core.commands.output import ProgressLines, table


def test_a_table_lines_up():
    assert table(["name", "n"], [["a", "1"], ["long name", "1,000"]]).splitlines() == [
        "name           n",
        "a              1",
        "long name  1,000",
    ]
    assert table(["name", "n"], []) == "name  n"


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,000", "-0.5", "96.8 %", "0.92 to 0.98", "12 s", "1e-05", "3 of 10"], True),
        (["0.5", "–", ""], True),
        (["20261121-225219-pets-lenet_5"], False),
        (["001.png"], False),
        (["", "–"], False),
    ],
)
def test_numbers_stand_to_the_right_and_ids_and_file_names_do_not(cells, right):
    lines = table([f"{'a long header':20}"], [[cell] for cell in cells]).splitlines()[1:]
    assert all(line.startswith(" ") == right for line in lines if line)


@pytest.mark.parametrize(("seconds", "shown"), [(1e9, ["0", "10"]), (0, [str(done) for done in range(11)])])
def test_work_says_how_far_it_is_but_not_all_the_time(monkeypatch, capsys, seconds, shown):
    monkeypatch.setattr(output, "SECONDS_BETWEEN_LINES", seconds)
    tell = ProgressLines()
    tell("Opening", 0, 0)
    for done in range(11):
        tell("Reading", done, 10)
    tell("Reading", 10, 10)
    assert capsys.readouterr().err.splitlines() == ["Opening", *(f"Reading: {done} of 10" for done in shown)]
