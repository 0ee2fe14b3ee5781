"""What a network costs: the time to train it, its parameters, and the room its weights take."""

from dataclasses import dataclass

from core.errors import WorkbenchError
from core.runs.record import Run

BYTES_PER_PARAMETER = 4  # weights are kept in single precision


@dataclass(frozen=True)
class Cost:
    """What a run's network costs.

    Parameters
    ----------
    seconds
        How long it took to train, the features of its backbone included where they were not at hand; None before it
        began.
    parameters
        How many numbers the whole network holds, a frozen backbone's included; None where that can't be told.
    bytes_on_disk
        What the weights take that it needs to answer: its own, and its backbone's.
    """

    seconds: float | None
    parameters: int | None
    bytes_on_disk: int


def cost_of(run: Run, class_count: int) -> Cost:
    """What the network of a run costs that was trained to tell `class_count` classes apart."""
    settings = run.settings
    design = settings.design
    try:
        rows = design.table(settings.image_size, class_count, settings.dropout, settings.hidden)
        parameters = sum(row.parameters for row in rows)
    except WorkbenchError:
        parameters = None
    own = sum(path.stat().st_size for path in (run.best_weights, run.fine_tuned_weights) if path.exists())
    backbone = design.backbone_parameters * BYTES_PER_PARAMETER if design.frozen else 0
    return Cost(run.status().seconds, parameters, own + backbone)
