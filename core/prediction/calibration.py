"""Calibration of what a run says of new images: as sure as it was right about the validation images."""

from core.errors import WorkbenchError
from core.evaluation.calibration import fit_temperature
from core.runs.record import Run


def calibration_of(run: Run) -> tuple[float, str]:
    """By what its logits are divided, and what that rests on, in a sentence; 1.0 where it can't be calibrated.

    See `core.evaluation.calibration.fit_temperature`.
    """
    try:
        validation = run.predictions().of("validation")
        temperature = fit_temperature(validation)
    except WorkbenchError as error:
        return 1.0, f"Its confidence is not calibrated. {error}"
    count = f"{len(validation):,} validation images"
    if (validation.predicted == validation.true).all():
        return temperature, (
            f"It was right about all {count}, which so can't tell how unsure it should be: its confidence is not "
            "calibrated, and may be too high."
        )
    return temperature, f"Its confidence is calibrated by {count} (temperature {temperature:.2f})."
