"""Trying settings in many runs: what to vary, how far it is, and what it found."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError, in_words
from core.runs.comparing import setting_title, setting_value, values_in_words
from core.runs.settings import CHOICES, PARAMETERS
from core.runs.sweep import (
    DEFAULT_RUNS,
    METHODS,
    MINUTES,
    MOST_AXES,
    RUNS,
    Axis,
    Sweep,
    grid_size,
    list_sweeps,
    start_sweep,
)
from pages.widgets.frame import Page
from pages.widgets.gallery import escape
from pages.widgets.progress import show_progress

SECONDS_BETWEEN_LOOKS = 2
COMPARED = 6
# These work by their ratio: from 0.001 to 0.01 is as far as from 0.01 to 0.1.
BY_RATIO = ("learning_rate", "fine_tune_rate", "weight_decay")
VARIED_AT_FIRST = ("learning_rate", "dropout")
NEVER_VARIED = ("seed", "deterministic")
METHOD_TITLES = {"tpe": "learning", "random": "random", "grid": "grid"}


def show_sweeps(page: Page) -> None:
    """The newest sweep over the dataset in view, and the form that starts another."""
    sweeps = list_sweeps(page.workspace, page.dataset.name)
    active = next((sweep for sweep in list_sweeps(page.workspace) if sweep.status().active), None)
    if active is not None and active.request["dataset"] != page.dataset.name:
        st.caption(escape(f"A sweep over {active.request['dataset']} is going on; there can be one at a time."))
    elif active is not None:
        st.fragment(_going, run_every=SECONDS_BETWEEN_LOOKS)(active)
    else:
        if sweeps:
            show_trials(sweeps[0])
        _form(page)


def _going(sweep: Sweep) -> None:
    status = sweep.status()
    if not status.active:
        st.rerun(scope="app")
    show_progress(status)
    st.button("Stop, and keep what is done", icon=":material/stop:", on_click=sweep.request_stop)
    show_trials(sweep)


def show_trials(sweep: Sweep) -> None:
    """What was tried, the best first, and the way to compare those runs."""
    status, best = sweep.status(), sweep.best()
    trials = sorted(sweep.trials(), key=lambda trial: math.inf if trial["log_loss"] is None else trial["log_loss"])
    if status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    if not trials:
        return
    names = [axis.name for axis in sweep.axes]
    if best is not None:
        chosen = escape(values_in_words(best["values"]))
        accuracy = f"right on {best['accuracy']:.1%} of the validation images, log loss {best['log_loss']:.3f}"
        so_far = " so far" if status.active else ""
        st.markdown(f"**Best of {len(trials)}{so_far}: {chosen}** – {escape(accuracy)}.")
    rows = [
        {setting_title(name): setting_value(name, trial["values"][name]) for name in names}
        | {
            "validation log loss": trial["log_loss"],
            "validation accuracy": trial["accuracy"],
            "state": trial["state"],
            "run": trial["run"],
        }
        for trial in trials
    ]
    configuration = {
        "validation log loss": st.column_config.NumberColumn(format="%.3f"),
        "validation accuracy": st.column_config.NumberColumn(format="percent"),
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=configuration, alt="The runs of the sweep")
    judged = [trial["run"] for trial in trials if trial["log_loss"] is not None]
    if len(judged) < 2 or status.active:
        return
    if st.button("Compare the best of these", icon=":material/compare_arrows:"):
        st.session_state["compare_these"] = judged[:COMPARED]
        st.rerun()


def _form(page: Page) -> None:
    """What to vary of the settings chosen on the pages before, and for how long."""
    try:
        settings = page.draft.settings()
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    design = settings.design
    st.caption(
        f"Varies {escape(design.title)} as it is set on the pages before. Runs are judged by the validation images and "
        "wait in the queue like all others."
    )
    known = PARAMETERS | CHOICES
    names = [name for name, setting in known.items() if design.kind in setting.kinds and name not in NEVER_VARIED]
    varied = st.multiselect(
        "Settings to vary",
        names,
        default=list(VARIED_AT_FIRST),
        format_func=setting_title,
        max_selections=MOST_AXES,
        key=f"sweep_over_{design.kind}",
    )
    values = settings.to_dict()
    axes = [axis for name in varied if (axis := _axis(name, values[name])) is not None]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Method",
            list(METHODS),
            default="tpe",
            required=True,
            format_func=METHOD_TITLES.__getitem__,
            key="sweep_method",
            help="  \n".join(f"{METHOD_TITLES[name]}: {meaning}" for name, meaning in METHODS.items()),
        )
        runs = st.number_input("Runs at most", RUNS.minimum, RUNS.maximum, DEFAULT_RUNS, key="sweep_runs")
        minutes = st.number_input("Minutes at most", 0, MINUTES.maximum, 0, key="sweep_minutes", help="0 is no limit.")
    count = min(runs, grid_size(axes)) if method == "grid" and axes else runs
    if st.button(f"Try {count} runs", icon=":material/play_arrow:", disabled=not axes, type="primary"):
        try:
            start_sweep(page.workspace, page.dataset, settings, axes, method, runs, minutes)
        except (WorkbenchError, OSError) as error:
            st.error(escape(in_words(error)), icon=":material/error:")
        else:
            st.rerun()


def _axis(name: str, value: Any) -> Axis | None:
    """The range or the options of a setting; None where none is chosen."""
    if name in CHOICES:
        options = list(CHOICES[name].options)
        chosen = st.multiselect(setting_title(name), options, default=options, key=f"sweep_{name}")
        return Axis(name, options=tuple(chosen)) if chosen else None
    parameter = PARAMETERS[name]
    low, high = suggested_range(name, value)
    kind = int if parameter.whole else float
    step = {"step": 1} if parameter.whole else {"format": "%.3g", "step": 10.0 ** math.floor(math.log10(high) - 1)}
    limits = {"min_value": kind(parameter.minimum), "max_value": kind(parameter.maximum)} | step
    left, right = st.columns(2)
    title = setting_title(name)
    low = left.number_input(f"{title} from", value=kind(low), key=f"sweep_{name}_from", **limits)
    high = right.number_input(f"{title} to", value=kind(high), key=f"sweep_{name}_to", **limits)
    return Axis(name, low, high, log=name in BY_RATIO and low > 0)


def suggested_range(name: str, value: float) -> tuple[float, float]:
    """A range around a setting's value in which a better one may lie, within what is accepted.

    Ten times less to ten times more for what works by its ratio, else nothing to twice as much.
    """
    parameter = PARAMETERS[name]
    if name in BY_RATIO:
        value = value or 1e-4
        low, high = value / 10, value * 10
    else:
        low, high = parameter.minimum, 2 * value or parameter.minimum + 1
    low, high = max(parameter.minimum, low), min(parameter.maximum, high)
    return (low, high) if low < high else (parameter.minimum, parameter.maximum)
