"""The commands that train the network of a run anew."""

import shlex

from core.augmentation.recipe import typed
from core.datasets.samples import SAMPLES
from core.datasets.store import DatasetInfo
from core.runs.record import Run
from core.runs.settings import PARAMETERS
from core.runs.settings.run_settings import default_settings

# Said by the command itself, or no setting that is typed.
NOT_TYPED = ("dataset", "architecture", "network")


def commands(run: Run, info: DatasetInfo | None) -> list[str]:
    """What one types, a line a command, after which the run's settings are trained anew.

    Parameters
    ----------
    info
        Of the dataset; None where it is gone.
    """
    return [*_bringing(run, info), training_command(run), "workbench evaluate RUN"]


def training_command(run: Run) -> str:
    """The command that trains with the settings of a run: it names those that are not as they are by default."""
    settings = run.settings
    values, usual = settings.to_dict(), default_settings(settings.design)
    parts = ["workbench", "train", settings.dataset, "--architecture", settings.architecture]
    for name, declared in PARAMETERS.items():
        if name in NOT_TYPED or values[name] is None or values[name] == usual.get(name):
            continue
        value = typed(settings.augmentation) if name == "augmentation" else declared.written(values[name])
        parts += ["--set", f"{name}={value}"]
    return shlex.join(parts)


def _bringing(run: Run, info: DatasetInfo | None) -> list[str]:
    """What brings the images, where training does not by itself."""
    name = run.settings.dataset
    if name in SAMPLES:
        return []
    if info is not None and info.kind == "download":
        return [shlex.join(["workbench", "download", info.card])]
    return [f"workbench import PATH --name {shlex.quote(name)}"]
