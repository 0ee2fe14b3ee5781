"""What settings were called by earlier builds: what these wrote, and what people are used to type, still works."""

from collections.abc import Mapping
from typing import Any

from core.errors import UsageError

FORMER_NAMES = {
    "average_views": "test_time_augmentation",
    "choose_decay": "tune_weight_decay",
    "find_rate": "find_learning_rate",
    "least_steps": "min_steps_per_epoch",
}
# What runs of earlier builds were trained with and don't say, since it could not be set.
UNSAID = {"min_steps_per_epoch": 1}


def current_name(name: str) -> str:
    """What a setting is called by now."""
    return FORMER_NAMES.get(name, name)


def with_current_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by the names they have by now.

    Raises
    ------
    UsageError
        If one is there by both its names, with different values.
    """
    for former, current in FORMER_NAMES.items():
        if former in values and current in values and values[former] != values[current]:
            raise UsageError(f"{former!r} is what the setting {current!r} was called before. Give one of them.")
    return {current_name(name): value for name, value in values.items()}


def as_written_before(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by their names of now and, beside these, by those of before: for programs that read the output."""
    return {**values, **{former: values[name] for former, name in FORMER_NAMES.items() if name in values}}
