"""What is set in a chapter, kept in the URL so that it can be linked to."""

import difflib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import UsageError
from core.runs.settings.parameters import Boolean, Choice, Number, Parameter
from pages.shared.markdown import escape

TOUCHED = "concepts_touched"
LONGEST_SHOWN = 40


def default_of(parameter: Parameter) -> Any:
    """What holds where a link says nothing."""
    return next(iter(parameter.default.values()))


def nearest(parameter: Parameter, text: str) -> Any:
    """The value that a text stands for; where it stands for none, the nearest that is accepted, else the default."""
    try:
        return parameter.check(text)
    except UsageError:
        pass
    if isinstance(parameter, Choice):
        alike = difflib.get_close_matches(text.strip().lower(), parameter.options, 1)
        return alike[0] if alike else default_of(parameter)
    if isinstance(parameter, Number):
        return _nearest_number(parameter, text)
    return default_of(parameter)


def _nearest_number(parameter: Number, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return default_of(parameter)
    if number != number:
        return default_of(parameter)
    number = min(max(number, parameter.minimum), parameter.maximum)
    return round(number) if parameter.whole else number


class State:
    """The values of a chapter's parameters, and the widgets that change them.

    Parameters
    ----------
    chapter
        Its key.
    parameters
        What can be set in it. The name of each is the key of its value in the URL; one at its default is left out
        there, unless a link said it.
    """

    def __init__(self, chapter: str, parameters: tuple[Parameter, ...]):
        self.chapter = chapter
        self.parameters: Mapping[str, Parameter] = {parameter.name: parameter for parameter in parameters}
        self.mended: list[str] = []
        # Where a widget was changed in this very run, the URL that came with it may be the one before.
        touched = st.session_state.pop(TOUCHED, False)
        for name in self.parameters:
            self._read(name, touched)

    def __getitem__(self, name: str) -> Any:
        return st.session_state[self.key(name)]

    def key(self, name: str) -> str:
        """The key of a parameter's widget."""
        return f"concepts_{self.chapter}_{name}"

    def set(self, **values: Any) -> None:
        """Set parameters from a callback, such as the click on a button: what follows it draws shows them."""
        for name, value in values.items():
            st.session_state[self.key(name)] = self.parameters[name].check(value)
            self._write(name)
        touch()

    # Widgets ---------------------------------------------------------------------------------------------------------

    def slider(self, name: str, label: str = "", **options: Any) -> Any:
        """A slider over all that a number may be; `minimum`, `maximum` and `step` narrow it."""
        number = self._number(name)
        low, high = options.pop("minimum", number.minimum), options.pop("maximum", number.maximum)
        self._clamp(name, low, high)
        if low >= high:  # where there is nothing to choose, Streamlit has no slider
            return self[name]
        kind = int if number.whole else float
        step = kind(options.pop("step", 1 if number.whole else (high - low) / 100))
        return self._widget(st.slider, name, label, min_value=kind(low), max_value=kind(high), step=step, **options)

    def number(self, name: str, label: str = "", **options: Any) -> Any:
        """A field for a number."""
        number = self._number(name)
        kind = int if number.whole else float
        limits = {"min_value": kind(number.minimum), "max_value": kind(number.maximum)}
        return self._widget(st.number_input, name, label, **limits, **options)

    def select(self, name: str, label: str = "", **options: Any) -> str:
        """A list of what may be chosen, each by what `labels` calls it, else by its description."""
        return self._of_options(st.selectbox, name, label, options)

    def buttons(self, name: str, label: str = "", **options: Any) -> str:
        """A row of buttons, one for each option; for few options with short labels."""
        return self._of_options(st.segmented_control, name, label, options | {"required": True})

    def toggle(self, name: str, label: str = "", **options: Any) -> bool:
        """A switch."""
        assert isinstance(self.parameters[name], Boolean)
        return self._widget(st.toggle, name, label, **options)

    def text(self, name: str, label: str = "", area: bool = False, **options: Any) -> str:
        """A field for text: a line, or with `area` several."""
        return self._widget(st.text_area if area else st.text_input, name, label, **options)

    # Parts -----------------------------------------------------------------------------------------------------------

    def _of_options(self, widget: Any, name: str, label: str, options: dict[str, Any]) -> str:
        parameter = self.parameters[name]
        assert isinstance(parameter, Choice)
        labels = options.pop("labels", parameter.options)
        return self._widget(widget, name, label, options=list(labels), format_func=lambda key: labels[key], **options)

    def _widget(self, widget: Any, name: str, label: str, **options: Any) -> Any:
        parameter = self.parameters[name]
        options = {"help": parameter.explanation or None} | options
        value = widget(label or parameter.title, key=self.key(name), on_change=touch, **options)
        self._write(name)
        return value

    def _number(self, name: str) -> Number:
        parameter = self.parameters[name]
        assert isinstance(parameter, Number)
        return parameter

    def _clamp(self, name: str, low: float, high: float) -> None:
        """Keep a number within what another setting leaves of its range."""
        key = self.key(name)
        # With another range, Streamlit takes a slider for a new one, which would begin anew.
        if st.session_state.get(f"{key}_range") != (low, high) or not low <= self[name] <= high:
            st.session_state[key] = max(low, min(high, self[name]))
            st.session_state[f"{key}_range"] = (low, high)
            self._write(name)

    def _read(self, name: str, touched: bool) -> None:
        """Take what the URL says, unless that is what was last written there."""
        key, text = self.key(name), st.query_params.get(name)
        if key not in st.session_state or (not touched and text != st.session_state.get(f"{key}_url")):
            parameter = self.parameters[name]
            value = default_of(parameter) if text is None else nearest(parameter, text)
            if text is not None and not _stands_for(parameter, text, value):
                self.mended.append(_mended_in_words(parameter, text, value))
            st.session_state[key] = value
        self._write(name)

    def _write(self, name: str) -> None:
        parameter, value = self.parameters[name], self[name]
        text = None if value == default_of(parameter) else parameter.written(value)
        said = st.query_params.get(name)
        if said is not None and _stands_for(parameter, said, value):
            text = said  # left as it is: a URL that is changed is one more step for the browser's "back"
        elif text is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = text
        st.session_state[f"{self.key(name)}_url"] = text


def touch() -> None:
    """Note, from a callback, that what the visitor set counts more than the URL that came with it."""
    st.session_state[TOUCHED] = True


def _stands_for(parameter: Parameter, text: str, value: Any) -> bool:
    try:
        return parameter.check(text) == value
    except UsageError:
        return False


def _mended_in_words(parameter: Parameter, text: str, value: Any) -> str:
    said = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    shown = "" if value is None else escape(parameter.written(value))
    return (
        f"The link says {escape(parameter.name)} = “{escape(said)}”, which there is not: "
        f"{shown or 'nothing'} is shown instead."
    )
