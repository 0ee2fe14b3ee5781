"""Calibration of what a run says of new images: as sure as it was right about the validation images."""

from core.errors import WorkbenchError
from core.runs.record import Run


def calibration_of(run: Run) -> tuple[float, str]:
    """By what its logits are divided, and what that rests on, in a sentence; 1.0 where it can't be calibrated.

    See `core.evaluation.calibration.fit_temperature`.
    """
    try:
        temperature, count = run.temperature(), len(run.predictions().of("validation"))
    except WorkbenchError as error:
        return 1.0, f"How sure it is is not calibrated. {error}"
    return temperature, f"How sure it is is calibrated by {count:,} validation images (temperature {temperature:.2f})."
