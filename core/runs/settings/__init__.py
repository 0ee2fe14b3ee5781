"""The settings of a run: declared in `run_settings`, read and checked in `reading`."""

from core.runs.settings.former import FORMER_NAMES, as_written_before, current_name, with_current_names
from core.runs.settings.parameters import BOTH, FROZEN, SCRATCH, Boolean, Choice, Number, Parameter
from core.runs.settings.reading import check_image_size, read_settings, read_stored_settings
from core.runs.settings.run_settings import (
    BASICS,
    GROUPS,
    PARAMETERS,
    SUBJECT,
    RunSettings,
    course_settings,
    default_settings,
    parameters_in,
)

__all__ = [
    "BASICS",
    "BOTH",
    "FORMER_NAMES",
    "FROZEN",
    "GROUPS",
    "PARAMETERS",
    "SCRATCH",
    "SUBJECT",
    "Boolean",
    "Choice",
    "Number",
    "Parameter",
    "RunSettings",
    "as_written_before",
    "check_image_size",
    "course_settings",
    "current_name",
    "default_settings",
    "parameters_in",
    "read_settings",
    "read_stored_settings",
    "with_current_names",
]
