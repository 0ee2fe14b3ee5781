"""Calibration of what a run says of new images: as sure as it was right about the validation images."""

from core.errors import WorkbenchError
from core.evaluation.calibration import COLDEST
from core.runs.record import Run


def calibration_of(run: Run) -> tuple[float, str]:
    """By what its logits are divided, and what that rests on, in a sentence; 1.0 where it can't be calibrated.

    See `core.evaluation.calibration.fit_temperature`.
    """
    try:
        temperature, count = run.temperature(), len(run.predictions().of("validation"))
    except WorkbenchError as error:
        return 1.0, f"How sure it is has not been calibrated. {error}"
    if temperature == COLDEST:
        return temperature, (
            f"It was right about all {count:,} validation images, which so can't tell how unsure it should be: it may "
            f"well be less sure than it says (temperature {temperature:.2f})."
        )
    return temperature, f"How sure it is was calibrated by {count:,} validation images (temperature {temperature:.2f})."
