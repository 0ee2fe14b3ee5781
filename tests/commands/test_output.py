"""Tables as people read them."""

from core.commands.output import table


def test_a_table_lines_up():
    assert table(["name", "n"], [["a", "1"], ["long name", "1,000"]]).splitlines() == [
        "name           n",
        "a              1",
        "long name  1,000",
    ]
    assert table(["name", "n"], []) == "name  n"
