"""What a run tells of its work: in its status, and for good in its events."""

from core.runs.record import create_run
from core.runs.reporter import RunReporter
from core.runs.settings import read_settings


def test_stages_and_notes_are_among_the_events(workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    reporter = RunReporter(run)
    report = reporter.counted("Reading images")
    report(1, 2)
    report(2, 2)
    reporter.begin("Building")
    reporter.note("The quickest way is the only one.")
    told = [{name: value for name, value in event.items() if name != "time"} for event in run.events.read()]
    assert told == [
        {"kind": "stage", "name": "Reading images"},
        {"kind": "note", "text": "The quickest way is the only one."},
    ]
    assert run.written_status().stage == "Building"
