"""Settings as people read them: what they are called, their values, and which differ between runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.architectures.registry import ARCHITECTURES
from core.augmentation.recipe import in_words as recipe_in_words
from core.augmentation.recipe import read_recipe
from core.datasets.pixel_scale import reading_in_words
from core.runs.record import Run
from core.runs.settings import PARAMETERS, Choice, current_name

# Of what is no setting, but chosen as well.
TITLES = {"reading": "Pixels"}


def told_of(run: Run) -> dict[str, Any]:
    """The settings of a run, and the scale of deep pixels that it was trained by, as something people chose as well."""
    return run.settings.to_dict() | {"reading": reading_in_words(run.reading) or None}


def setting_title(name: str) -> str:
    """What people call a setting."""
    name = current_name(name)
    return PARAMETERS[name].title if name in PARAMETERS else TITLES.get(name, name)


def setting_value(name: str, value: Any) -> str:
    """A setting's value as people read it; "" where there is none."""
    if value is None:
        return "the dataset's own" if name in ("split_seed", "fold") else ""
    if name == "augmentation":
        return recipe_in_words(read_recipe(value))
    if name == "architecture" and value in ARCHITECTURES:
        return ARCHITECTURES[value].title
    if name == "network":
        return f"{len(value.get('blocks', ()))} blocks of one's own"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(PARAMETERS.get(name), Choice):
        return str(value).replace("_", " ")
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def values_in_words(values: Mapping[str, Any]) -> str:
    """Several settings in a line, such as "learning rate 0.01, dropout 0.2"."""
    return ", ".join(f"{setting_title(name).lower()} {setting_value(name, value)}" for name, value in values.items())


def settings_that_differ(settings: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs.

    Parameters
    ----------
    settings
        Of each run, as `RunSettings.to_dict` gives them.

    Returns
    -------
    dict
        By the setting's name, its value in each run; None where a run has no such setting.
    """
    names = list(dict.fromkeys(name for values in settings for name in values))
    columns = {name: [values.get(name) for values in settings] for name in names}
    return {name: values for name, values in columns.items() if any(value != values[0] for value in values[1:])}
