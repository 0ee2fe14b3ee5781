"""In which ways a network, or a run of it, departs from where the network comes from, as far as that is known."""

from collections.abc import Mapping
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.facts import TRAINED_FROM_NOTHING, TRAINED_ON_FEATURES
from core.runs.setting_words import setting_title, setting_value
from core.runs.settings import PARAMETERS, RunSettings, course_settings, default_settings

ADAPTIVE = ("adam", "rmsprop")


def departures_in_words(architecture: Architecture) -> str:
    """In which ways it departs from where it comes from: its own, then those of how it is trained unless set otherwise.

    "" where it was made here.
    """
    if not architecture.published:
        return ""
    usual = TRAINED_ON_FEATURES if architecture.frozen else TRAINED_FROM_NOTHING
    usual = usual.format(dropout=100 * architecture.usual_dropout)
    if architecture.course is not None:
        differing = _otherwise(course_settings(architecture), default_settings(architecture))
        by_default = f"Unless 'as_course' is on, it is trained otherwise than in the course: {differing}."
        usual = f"{usual} {by_default}" if architecture.frozen else by_default
    return " ".join(filter(None, (architecture.departs, usual)))


def course_in_words(architecture: Architecture) -> str:
    """How course material trains it, and what is taken where that is silent; "" where none trains it."""
    course = architecture.course
    if course is None:
        return ""
    stated = f"The material states {_values(course.stated)}." if course.stated else ""
    assumed = f"Not stated, and taken {course.because}: {_values(course.assumed)}." if course.assumed else ""
    of_keras = f"{_values(course.defaults)}, and " if course.defaults else ""
    silent = f"Silent on the rest, it is taken to have Keras's own: {of_keras}first weights Glorot uniform, biases 0."
    restores = course.complete(architecture.frozen)["restore_best_weights"]
    which = "epoch with the least validation loss" if restores else "last epoch"
    ending = f"All epochs are trained, and the weights of the {which} answer."
    return " ".join(filter(None, (stated, assumed, silent, ending, course.remark)))


def departures_of_run(settings: RunSettings) -> str:
    """What of a run that is to do as the course does is set otherwise; "" where nothing is, or it is not to."""
    if not settings.as_course:
        return ""
    differing = _otherwise(course_settings(settings.design), settings.to_dict())
    return f"Not as in the course, since it was set otherwise: {differing}." if differing else ""


def unlearned_rate_in_words(settings: RunSettings) -> str:
    """That the network was seen to learn nothing at such a learning rate, and what to do; "" where it was not."""
    seen = settings.design.unlearned_rate
    if seen is None or settings.optimiser != seen.optimiser:
        return ""
    if settings.learning_rate < seen.learning_rate and not settings.find_learning_rate:
        return ""
    return (
        f"At a learning rate of {seen.learning_rate:g}, {settings.design.title} was seen to learn nothing: on "
        f"{seen.images}, {seen.constant} of {seen.runs} runs ended with one answer for every image (log loss "
        f"{seen.log_loss:.2f}). What the learning rate finder took there, {seen.found_rate:.1g}, was too large as "
        f"well. At {seen.learned_rate:g} all of them learned (log loss {seen.learned_log_loss:.2f}): set the learning "
        "rate to that."
    )


def _otherwise(course: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The settings that are others than in the course, such as "epochs 25 (course: 3)"; those without effect aside."""
    idle = _without_effect(settings) & _without_effect(course)
    differing = [name for name in _in_order(course) if name not in idle and settings[name] != course[name]]
    return ", ".join(f"{_value(name, settings)} (course: {setting_value(name, course[name])})" for name in differing)


def _without_effect(settings: Mapping[str, Any]) -> set[str]:
    """The settings that change nothing beside the others."""
    idle = {"as_course"}
    if settings["optimiser"] in ADAPTIVE:
        idle |= {"weight_decay"}
    if settings["optimiser"] not in ("sgd", "rmsprop"):
        idle |= {"momentum"}
    if settings["optimiser"] != "sgd":
        idle |= {"nesterov"}
    if settings["schedule"] != "inverse_time":
        idle |= {"decay_rate"}
    if not settings["augmentation"]:
        idle |= {"test_time_augmentation"}
    return idle


def _values(settings: Mapping[str, Any]) -> str:
    return ", ".join(_value(name, settings) for name in _in_order(settings))


def _value(name: str, settings: Mapping[str, Any]) -> str:
    return f"{setting_title(name).lower()} {setting_value(name, settings[name])}"


def _in_order(settings: Mapping[str, Any]) -> list[str]:
    return [name for name in PARAMETERS if name in settings]
