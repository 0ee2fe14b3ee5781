"""What a run tells of its work, in its status and for good in its events."""

from core.jobs.reporter import JobReporter
from core.runs.record import Run


class RunReporter(JobReporter):
    """A reporter that writes the stages and notes of a run into its events as well."""

    def __init__(self, run: Run):
        super().__init__(run)
        self._events = run.events

    def on_counted_stage(self, stage: str) -> None:
        self._events.append("stage", name=stage)

    def note(self, text: str) -> None:
        self._events.append("note", text=text)
