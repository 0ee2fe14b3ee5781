"""The settings that a network comes with, where they differ from what others start with."""

from core.architectures.architecture import Architecture
from core.runs.settings import PARAMETERS

# As people write them; the others stay as they are set.
WRITTEN = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


def usual_settings(architecture: Architecture) -> list[tuple[str, str]]:
    """Title and value of each setting that is usual for the network and not the default of its kind."""
    return [(PARAMETERS[name].title, _value(value)) for name, value in architecture.settings.items()]


def usual_settings_in_words(architecture: Architecture) -> str:
    """The same in a line, such as "Optimiser SGD, Learning rate 0.01"; "" where there are none."""
    return ", ".join(f"{title.lower()} {value}" for title, value in usual_settings(architecture))


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return WRITTEN.get(value, value) if isinstance(value, str) else f"{value:g}"
