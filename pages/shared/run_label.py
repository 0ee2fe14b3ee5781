"""What a run is called where one chooses among runs."""

from core.runs.labels import read_labels
from core.runs.record import Run


def run_label(run: Run) -> str:
    """Its star and name where it has them, its network, when it was started, and how it did."""
    settings, status, labels = run.settings, run.status(), read_labels(run)
    words = "★ " if labels.star else ""
    words += f"{labels.name} · " if labels.name else ""
    words += f"{settings.design.title}, {settings.image_size} px"
    if settings.untrained:
        words += ", untrained weights"
    accuracy = run.test_accuracy
    outcome = status.state if accuracy is None else f"{accuracy:.1%} of the test images"
    day, clock = run.id[:8], run.id[9:15]
    # Runs that were started in the same second differ in the number at the end.
    number = run.id.rpartition(settings.architecture)[2]
    when = f"{day[:4]}-{day[4:6]}-{day[6:]} {clock[:2]}:{clock[2:4]}:{clock[4:]}{number}"
    return f"{words} · {when} · {outcome}"
