"""Names of runs in a list: a letter for short, and a name that no other of them has."""

from collections import Counter
from collections.abc import Sequence
from string import ascii_uppercase

from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.setting_words import setting_title, setting_value, settings_that_differ, told_of

# A name is not to become a list of settings.
SETTINGS_IN_NAME = 2


def names_of(runs: Sequence[Run]) -> list[str]:
    """A name for each run that no other of them has: its own, else its network and what sets it apart.

    Where settings do not tell two runs apart, the time they were started does.
    """
    own = [read_labels(run).name for run in runs]
    names = [name or run.settings.design.title for name, run in zip(own, runs, strict=True)]
    for title in [name for name, count in Counter(names).items() if count > 1]:
        alike = [index for index, name in enumerate(names) if name == title]
        differing = settings_that_differ([told_of(runs[index]) for index in alike])
        differing = {name: values for name, values in differing.items() if name != "network"}
        for place, index in enumerate(alike):
            parts = [
                f"{setting_title(name).lower()} {setting_value(name, values[place])}"
                for name, values in list(differing.items())[:SETTINGS_IN_NAME]
                if values[place] not in (None, "", [])
            ]
            names[index] = ", ".join([title, *parts])
    repeated = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}, {_clock(run)}" if name in repeated else name for name, run in zip(names, runs, strict=True)]


def letter(index: int) -> str:
    """What the run of this place in a list is called for short: A, B and so on."""
    return ascii_uppercase[index]


def _clock(run: Run) -> str:
    """When a run was started, by its id, with the number of those that were started in the same second."""
    number = run.id.rpartition(run.settings.architecture)[2]
    return f"{run.id[9:11]}:{run.id[11:13]}:{run.id[13:15]}{number}"
