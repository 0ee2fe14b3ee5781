"""Trying settings in many runs: what to vary, how far it is, and what it found."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError, in_words
from core.runs.record import Run
from core.runs.setting_words import setting_title, setting_value, values_in_words
from core.runs.settings import PARAMETERS, SUBJECT, Choice, Number, Parameter
from core.sweeps.sweep import (
    DEFAULT_RUNS,
    METHODS,
    MOST_AXES,
    SWEEP_ID_START,
    Axis,
    Sweep,
    budget_limits,
    grid_size,
    is_resumable,
    larger_budget,
    list_sweeps,
    resume_sweep,
    revive_sweeps,
    start_sweep,
)
from core.sweeps.words import accuracy_in_words, importances_in_words, optimism_in_words
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

SECONDS_BETWEEN_LOOKS = 2
COMPARED = 6
# These work by their ratio: from 0.001 to 0.01 is as far as from 0.01 to 0.1.
BY_RATIO = ("learning_rate", "fine_tune_rate", "weight_decay")
VARIED_AT_FIRST = ("learning_rate", "dropout")
NEVER_VARIED = ("seed", "deterministic")
METHOD_TITLES = {"tpe": "learning", "random": "random", "grid": "grid"}


def sweep_is_watched(page: Page) -> bool:
    """Whether a sweep over the dataset in view is going on, or was when this visitor looked before."""
    if any(sweep.status().active or sweep.lost for sweep in list_sweeps(page.workspace, page.dataset.name)):
        st.session_state["sweep_watched"] = page.dataset.name
    return st.session_state.get("sweep_watched") == page.dataset.name


def show_sweeps(page: Page) -> None:
    """The sweeps over the dataset in view, and the form that starts another."""
    try:
        revive_sweeps(page.workspace)
    except (WorkbenchError, OSError) as error:
        st.warning(escape(in_words(error)), icon=":material/error:")
    active = next((sweep for sweep in list_sweeps(page.workspace) if sweep.status().active), None)
    if active is not None and active.request["dataset"] != page.dataset.name:
        st.caption(escape(f"A sweep over {active.request['dataset']} is going on; there can be one at a time."))
        page.link("compare", "Look at it", dataset=active.request["dataset"], run="")
    elif active is not None:
        st.fragment(_going, run_every=SECONDS_BETWEEN_LOOKS)(page, active)
    else:
        sweeps = list_sweeps(page.workspace, page.dataset.name)
        if sweeps:
            _ended(page, sweeps)
        _form(page)


def _going(page: Page, sweep: Sweep) -> None:
    """What is being tried, how long still, and the best so far."""
    status = sweep.status()
    if not status.active:
        st.rerun(scope="app")
    show_progress(status)
    for trial, run in sweep.going():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Trying {escape(values_in_words(trial['values']))}: {escape(_course(run))}", width="content")
            page.link("training", "Watch", "show_chart", run=run.id)
    _best(sweep)
    st.button("Stop, and keep what is done", icon=":material/stop:", on_click=sweep.request_stop)
    _table(sweep)


def _course(run: Run) -> str:
    """How far a run is."""
    status, epochs = run.status(), run.settings.epochs
    stage = (status.stage or status.state).lower()
    return f"epoch {status.facts.get('epochs', 0) + 1} of {epochs}" if stage == "training" else stage


def _ended(page: Page, sweeps: list[Sweep]) -> None:
    """What a sweep found, and what one does with that."""
    sweep = sweeps[0]
    if len(sweeps) > 1:
        sweep = st.selectbox(
            "Sweep", sweeps, format_func=_sweep_label, key=f"sweep_of_{page.dataset.name}_{len(sweeps)}"
        )
    status, trials, best = sweep.status(), sweep.trials(), sweep.best()
    if status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    _best(sweep)
    if note := status.facts.get("note"):
        st.caption(escape(note))
    evaluated = sorted(
        (trial for trial in trials if trial["log_loss"] is not None), key=lambda trial: trial["log_loss"]
    )
    importances = status.facts.get("importances", {})
    if mattered := importances_in_words(importances, len(evaluated), len(sweep.axes)):
        (st.markdown if importances else st.caption)(escape(mattered))
    if warning := optimism_in_words(trials):
        st.info(escape(warning), icon=":material/casino:")
    with st.container(horizontal=True, vertical_alignment="center"):
        _go_on(page, sweep)
        if len(evaluated) > 1 and st.button("Compare the best of these", icon=":material/compare_arrows:"):
            st.session_state["compare_these"] = [trial["run"] for trial in evaluated[:COMPARED]]
            st.rerun()
        if best is not None and sweep.run_of(best).folder.exists():
            page.link("evaluation", "Open the best on its test images", run=best["run"])
    _table(sweep)
    st.markdown("**Another sweep**")


def _go_on(page: Page, sweep: Sweep) -> None:
    """The button that lets a sweep go on: within its budget, or with a larger one."""
    if is_resumable(sweep):
        label, budget = "Go on with it", {}
    else:
        label, budget = f"Try {DEFAULT_RUNS} more", larger_budget(sweep, DEFAULT_RUNS)
    if budget is None or not st.button(label, icon=":material/resume:"):
        return
    try:
        resume_sweep(page.workspace, sweep, **budget)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
    else:
        st.rerun()


def _sweep_label(sweep: Sweep) -> str:
    stamp = sweep.id.removeprefix(SWEEP_ID_START).strip("-")
    varied = ", ".join(setting_title(axis.name).lower() for axis in sweep.axes)
    when = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}"
    network = setting_value("architecture", sweep.request["settings"]["architecture"])
    return f"{network} over {varied} · {when} · {len(sweep.trials())} runs"


def _best(sweep: Sweep) -> None:
    best, status = sweep.best(), sweep.status()
    if best is None:
        return
    count = sum(trial["log_loss"] is not None for trial in sweep.trials())
    so_far = " so far" if status.active else ""
    words = f"{accuracy_in_words(best)}, log loss {best['log_loss']:.3f}"
    st.markdown(f"**Best of {count}{so_far}: {escape(values_in_words(best['values']))}** – {escape(words)}.")


def _table(sweep: Sweep) -> None:
    """What was tried, the best first."""
    trials = sorted(sweep.trials(), key=lambda trial: math.inf if trial["log_loss"] is None else trial["log_loss"])
    if not trials:
        return
    rows = [
        {setting_title(axis.name): setting_value(axis.name, trial["values"][axis.name]) for axis in sweep.axes}
        | {
            "validation log loss": trial["log_loss"],
            "validation accuracy": None if trial["accuracy"] is None else 100 * trial["accuracy"],
            "state": f"{trial['state']}: {trial['error']}" if trial["error"] else trial["state"],
            "run": trial["run"],
        }
        for trial in trials
    ]
    configuration = {
        "validation log loss": st.column_config.NumberColumn(format="%.3f"),
        "validation accuracy": st.column_config.NumberColumn(format="%.1f %%"),
    }
    table = pd.DataFrame(rows)
    st.dataframe(table, hide_index=True, column_config=configuration, placeholder="", alt="The runs of the sweep")


def _form(page: Page) -> None:
    """What to vary of the settings chosen on the pages before, and for how long."""
    try:
        settings = page.draft.settings()
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    design = settings.design
    st.caption(
        f"Varies {escape(design.title)} as it is set on the pages before. Runs are evaluated by the validation images "
        "and wait in the queue like all others. You may close this page and come back."
    )
    names = [name for name, parameter in PARAMETERS.items() if _can_vary(parameter, design.kind)]
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
    method, runs, minutes = _budget(page)
    count = runs
    if method == "grid" and axes:
        combinations = grid_size(axes)
        count = min(runs, combinations)
        st.caption(_grid_in_words(combinations, runs))
    # A key of its own: the click that ends the typing of a number changes the label, and must still count.
    if st.button(
        f"Try {count} runs", icon=":material/play_arrow:", disabled=not axes, type="primary", key="sweep_start"
    ):
        try:
            start_sweep(page.workspace, page.dataset, settings, axes, method, runs, minutes)
        except (WorkbenchError, OSError) as error:
            st.error(escape(in_words(error)), icon=":material/error:")
        else:
            st.rerun()


def _can_vary(parameter: Parameter, kind: str) -> bool:
    """Whether the form offers to vary a parameter of a kind of network."""
    return (
        parameter.tunable
        and parameter.group != SUBJECT
        and kind in parameter.kinds
        and parameter.name not in NEVER_VARIED
    )


def _budget(page: Page) -> tuple[str, int, float]:
    """How to choose, and for how long: method, runs and minutes."""
    most_runs, most_minutes, usual_minutes = budget_limits(page.hosting)
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
        runs = st.number_input("Runs at most", most_runs.minimum, most_runs.maximum, DEFAULT_RUNS, key="sweep_runs")
        no_limit = "" if most_minutes.minimum else "0 is no limit. "
        minutes = st.number_input(
            "Minutes at most",
            most_minutes.minimum,
            most_minutes.maximum,
            usual_minutes,
            key="sweep_minutes",
            help=f"{no_limit}Time spent waiting for other runs to end does not count.",
        )
    return method, int(runs), minutes


def _grid_in_words(combinations: int, runs: int) -> str:
    if combinations == 1:
        return "That is one combination only. Give a setting two options or more, or vary another."
    if combinations > runs:
        return f"The grid has {combinations:,} combinations: {runs} of them are drawn at random."
    return f"The grid has {combinations} combinations, and all are tried."


def _axis(name: str, value: Any) -> Axis | None:
    """The range or the options of a setting; None where none is chosen."""
    parameter = PARAMETERS[name]
    if not isinstance(parameter, Number):
        options = list(parameter.options) if isinstance(parameter, Choice) else [False, True]
        chosen = st.multiselect(
            parameter.title, options, default=options, format_func=parameter.written, key=f"sweep_{name}"
        )
        return Axis(name, options=tuple(chosen)) if chosen else None
    suggested = suggested_range(parameter, value)
    kind = int if parameter.whole else float
    step, written = (1, None) if parameter.whole else (10.0 ** math.floor(math.log10(suggested[1]) - 1), "%.3g")
    low, high = (
        column.number_input(
            f"{setting_title(name)} {word}",
            kind(parameter.minimum),
            kind(parameter.maximum),
            kind(end),
            step,
            written,
            key=f"sweep_{name}_{word}",
        )
        for column, word, end in zip(st.columns(2), ("from", "to"), suggested, strict=True)
    )
    return Axis(name, low, high, log=name in BY_RATIO and low > 0)


def suggested_range(parameter: Number, value: float) -> tuple[float, float]:
    """A range around a setting's value in which a better one may lie, within what is accepted.

    Ten times less to ten times more for what works by its ratio, else nothing to twice as much.
    """
    if parameter.name in BY_RATIO:
        value = value or 1e-4
        low, high = value / 10, value * 10
    else:
        low, high = parameter.minimum, 2 * value or parameter.minimum + 1
    low, high = max(parameter.minimum, low), min(parameter.maximum, high)
    return (low, high) if low < high else (parameter.minimum, parameter.maximum)
