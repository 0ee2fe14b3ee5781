"""Durations and progress as people say them."""

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.job import Status
from pages.shared.progress import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (75, "1 min 15 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 0 min"),
        (3660, "1 h 1 min"),
        (100_000, "27 h 46 min"),
    ],
)
def test_duration(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("status", "text", "value"),
    [
        (Status(state="queued"), "Starting", 0),
        (Status(state="running", stage="Reading images", done=1500, total=6000), "Reading images · 1,500 of 6,000", 25),
        (
            Status(state="running", stage="Training", done=3, total=10, eta_seconds=75),
            "Training · 3 of 10 · about 1 min 15 s left",
            30,
        ),
        (Status(state="running", stage="Loading", started=1e12), "Loading · 0 s so far", 0),
        (Status(state="running", stage="Evaluating", done=12, total=10), "Evaluating · 12 of 10", 100),
    ],
)
def test_progress_says_what_is_done_and_how_long_still(status, text, value):
    script = (
        f"from core.jobs.job import Status\nfrom pages.shared.progress import show_progress\nshow_progress({status!r})"
    )
    at = AppTest.from_string(script, default_timeout=60).run()
    assert [trace.message for trace in at.exception] == []
    (bar,) = at.get("progress")
    assert (bar.text, bar.value) == (text, value)
