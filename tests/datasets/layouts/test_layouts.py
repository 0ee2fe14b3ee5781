"""Every layout in the documentation's table, imported and held against what the pixels say."""

import pytest

from tests.datasets.layouts.case import check
from tests.datasets.layouts.documentation import DOCUMENT, cases_by_kind

CASES = [case for cases in cases_by_kind().values() for case in cases]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.layout} ({case.writer})" for case in CASES])
def test_what_is_taken_is_what_the_pixels_say(case, tmp_path, workspace):
    check(case, tmp_path / "source", workspace)


def test_the_documentation_names_every_layout():
    rows = DOCUMENT.read_text(encoding="utf-8").splitlines()
    lacking = [case.layout for case in CASES if not any(row.startswith(f"| {case.layout} |") for row in rows)]
    assert lacking == [], "write it anew: python -m tests.datasets.layouts"
