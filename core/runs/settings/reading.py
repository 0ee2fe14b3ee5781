"""Settings as they are typed, chosen or were written down → complete and checked: the one check that all share."""

from collections.abc import Mapping
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.custom import find_available, read_network
from core.augmentation.library import find_recipe
from core.augmentation.recipe import Step, parse_recipe, read_recipe
from core.errors import UsageError
from core.jobs.gpus import ALL, AUTO
from core.runs.settings.former import UNSAID, with_current_names
from core.runs.settings.run_settings import PARAMETERS, RunSettings, default_settings
from core.workspace import Workspace


def read_settings(values: Mapping[str, Any], workspace: Workspace | None = None) -> RunSettings:
    """Fill in the defaults and check everything: the one check that pages, command line and Python share.

    Parameters
    ----------
    values
        At least "dataset" and "architecture". Numbers may be text, as they are typed; the recipe may be JSON or text.
        Names of earlier builds are understood.
    workspace
        Whose own networks and saved recipes may be named too.

    Raises
    ------
    UsageError
        Naming the setting, what is accepted, and what was given.
    """
    values = with_current_names(values)
    for name in values:
        if name not in PARAMETERS:
            raise UsageError(
                f"There is no setting {name!r}. There are: {', '.join(sorted({*PARAMETERS} - {'dataset'}))}."
            )
    if not values.get("dataset"):
        raise UsageError("Name the dataset to train on.")
    own = values.get("network")
    architecture = read_network(own).architecture if own else find_available(values.get("architecture", ""), workspace)
    as_course = PARAMETERS["as_course"].check(values.get("as_course", False))
    settings = default_settings(architecture, as_course) | values
    settings = {name: declared.check(settings[name]) for name, declared in PARAMETERS.items()}
    settings |= {"architecture": architecture.name, "network": architecture.network}
    settings |= {"runtime": _check_runtime(settings["runtime"]), "gpu": _check_gpu(settings["gpu"])}
    settings["augmentation"] = _check_recipe(settings["augmentation"], workspace)
    checked = RunSettings(**settings)
    _check_together(architecture, checked)
    return checked


def read_stored_settings(values: Mapping[str, Any]) -> RunSettings:
    """Settings that were written down, by this build or an earlier one: what that one could not say is filled in.

    Raises
    ------
    UsageError
        As `read_settings`.
    """
    return read_settings(UNSAID | with_current_names(values))


def check_image_size(architecture: Architecture, value: Any) -> int:
    """The input size as a number that the architecture accepts.

    Raises
    ------
    UsageError
        If it is too small for the network, too large for anybody, or no number.
    """
    size = PARAMETERS["image_size"].check(value)
    architecture.check_size(size)
    return size


def _check_runtime(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"The setting 'runtime' must be 'auto' or a name. Got {value!r}.")
    return value


def _check_gpu(value: Any) -> str:
    name = str(value).strip().lower()
    if name not in (AUTO, ALL) and not (name.isascii() and name.isdecimal()):
        raise UsageError(f"The setting 'gpu' must be '{AUTO}', '{ALL}', or the number of a GPU, from 0. Got {value!r}.")
    return name


def _check_recipe(recipe: Any, workspace: Workspace | None) -> tuple[Step, ...]:
    if not isinstance(recipe, str):
        return read_recipe(recipe)
    return parse_recipe(recipe) if workspace is None else find_recipe(recipe, workspace)


def _check_together(architecture: Architecture, settings: RunSettings) -> None:
    """Refuse settings each of which is fine, but not with the others or with this network."""
    architecture.check_size(settings.image_size)
    if settings.gpu == ALL and settings.gradient_clipping:
        # Keras clips what each GPU finds by itself, before they are added up: at the same length to no effect.
        raise UsageError("Gradients can't be clipped on all GPUs at once. Choose one GPU, or no 'gradient_clipping'.")
    mixing = [step.name for step in settings.augmentation if step.mixes]
    if architecture.frozen and mixing:
        raise UsageError(
            f"{' and '.join(mixing)} cannot be used with {architecture.title}: a frozen backbone computes the features "
            "of each image once, and a mix of two images would be another one every time. Take it out of "
            "'augmentation', or choose a network that is trained from scratch."
        )
    if not architecture.frozen and settings.weights:
        raise UsageError(f"{architecture.title} is trained from scratch and takes no weights. Leave 'weights' out.")
    architecture.check_unfreeze(settings.unfreeze)
    if architecture.frozen and not settings.weights:
        raise UsageError("The setting 'weights' must be 'imagenet', 'untrained', or the path of a file.")
