"""Runs with their answers, made ready to be compared."""

import numpy as np
import pandas as pd
import pytest

from core.errors import WorkbenchError
from core.runs.comparison import compare_runs
from core.runs.evaluated_runs import what_keeps_out


def test_what_keeps_a_run_out_is_said_with_its_name(finished, workspace):
    run = finished()
    assert what_keeps_out(run, "test") == ""
    assert "no validation images" in what_keeps_out(run, "validation")
    table = pd.read_parquet(run.predictions_path)
    names = table.attrs
    table.loc[3, "p0"] = np.nan
    table.attrs = names
    table.to_parquet(run.predictions_path)
    words = what_keeps_out(run, "test")
    assert run.id in words
    assert "are not numbers" in words
    with pytest.raises(WorkbenchError, match=run.id):
        compare_runs([finished(), run])
