"""The form that sets what is trained: a control for each parameter, made from its declaration."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from core.architectures.architecture import Architecture
from core.jobs.gpus import ALL, AUTO, gpus
from core.runs.departures import course_in_words
from core.runs.settings import (
    BASICS,
    GROUPS,
    PARAMETERS,
    SUBJECT,
    Boolean,
    Choice,
    Number,
    Parameter,
    RunSettings,
    default_settings,
    parameters_in,
)
from pages.shared.markdown import escape
from pages.shared.page import Page

IN_A_ROW = 5
# What people choose among; a machine with another backend has another name for its plain one, which is accepted too.
RUNTIMES = (
    AUTO,
    "tensorflow-float32",
    "tensorflow-bfloat16",
    "tensorflow-float16",
    "openvino-bfloat16",
    "openvino-float32",
)


def course_switch(page: Page, settings: RunSettings) -> None:
    """Whether to train as the course does, for the networks that it trains; the whole form shows what that comes to."""
    if settings.design.course is None:
        return
    parameter = PARAMETERS["as_course"]
    key = f"as_course_{settings.dataset}_{settings.architecture}"
    if st.toggle(parameter.title, settings.as_course, key=key, help=parameter.explanation) != settings.as_course:
        page.draft.choose(as_course=not settings.as_course)
        st.rerun()
    if settings.as_course:
        st.caption(escape(course_in_words(settings.design)))


def basic_settings(page: Page, settings: RunSettings) -> None:
    """What everybody looks at."""
    _row(page, settings, parameters_in(BASICS), len(parameters_in(BASICS)))


def more_settings(page: Page, settings: RunSettings) -> None:
    """What has an effect on this kind of network, by group; pages before this one ask for what is trained."""
    for group in GROUPS:
        if group in (SUBJECT, BASICS):
            continue
        shown = [parameter for parameter in parameters_in(group) if _has_effect(parameter, settings.design)]
        if shown:
            st.markdown(f"**{group}**")
        for start in range(0, len(shown), IN_A_ROW):
            _row(page, settings, shown[start : start + IN_A_ROW], IN_A_ROW)


def _has_effect(parameter: Parameter, architecture: Architecture) -> bool:
    """Whether there is something to choose; some networks have no dropout, or only such as they were published with."""
    if parameter.name == "dropout":
        return architecture.takes_dropout
    return architecture.kind in parameter.kinds and (parameter.name != "gpu" or bool(gpus()))


def _row(page: Page, settings: RunSettings, parameters: Sequence[Parameter], width: int) -> None:
    """Controls side by side, as wide as if there were `width` of them; what is chosen is kept as soon as it changes."""
    for column, parameter in zip(st.columns(width, vertical_alignment="bottom"), parameters, strict=False):
        value = getattr(settings, parameter.name)
        with column:
            chosen = _control(parameter, value, settings)
        if chosen != value:
            page.draft.choose(**{parameter.name: chosen})


def _control(parameter: Parameter, value: Any, settings: RunSettings) -> Any:
    """The control of one parameter; gives what is chosen."""
    # A key of its own, since a control goes on showing what it had before the switch.
    as_course = "_as_course" if settings.as_course else ""
    key = f"setting_{settings.dataset}_{settings.architecture}_{parameter.name}{as_course}"
    if isinstance(parameter, Number):
        return _number(parameter, value, key, settings.design, settings.as_course)
    if isinstance(parameter, Boolean):
        return st.toggle(parameter.title, value, key=key, help=parameter.explanation)
    if isinstance(parameter, Choice):
        meanings = "; ".join(f"**{option}**: {meaning}" for option, meaning in parameter.options.items())
        return _name(parameter.title, parameter.options, value, key, f"{parameter.explanation} {meanings}.")
    options = RUNTIMES if parameter.name == "runtime" else (AUTO, *gpus(), ALL)
    return _name(parameter.title, options, value, key, parameter.explanation)


def _number(parameter: Number, value: float, key: str, architecture: Architecture, as_course: bool) -> float:
    """A number with its default, its range, and what it does."""
    default = default_settings(architecture, as_course)[parameter.name]
    maximum = len(architecture.cuts) if parameter.name == "unfreeze" else parameter.maximum
    kind = int if parameter.whole else float
    step, written = (1, None) if parameter.whole else (10.0**-4, "%g")
    return st.number_input(
        parameter.title,
        kind(parameter.minimum),
        kind(maximum),
        kind(value),
        step,
        written,
        key=key,
        help=f"{parameter.explanation} From {parameter.written(parameter.minimum)} to {parameter.written(maximum)}; "
        f"{parameter.written(default)} by default.",
    )


def _name(title: str, options: Iterable[str], value: str, key: str, explanation: str) -> str:
    """One of a few names. What was chosen elsewhere stays chosen, even where this machine would not offer it."""
    names = list(dict.fromkeys([*options, value]))
    return st.selectbox(title, names, index=names.index(value), key=key, help=explanation)
