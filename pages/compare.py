"""Compare: which run is better, and whether the difference is real."""

from typing import Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from core.evaluation.comparison import Judged
from core.evaluation.metrics import SPLIT_WORDS, percent
from core.evaluation.predictions import Predictions
from core.runs.comparing import MOST_RUNS, compare_runs, judged, letter, setting_title, setting_value, trained_on
from core.runs.events import epoch_table
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.sweep import list_sweeps
from pages.widgets.comparison_charts import (
    COSTS,
    not_comparable,
    show_costs,
    show_intervals,
    show_overlaid,
    show_parallel,
)
from pages.widgets.comparison_pair import show_pair
from pages.widgets.frame import Page, drawn_badge, open_page_with_dataset
from pages.widgets.gallery import escape
from pages.widgets.progress import duration
from pages.widgets.run_label import run_label
from pages.widgets.run_notes import show_run_notes
from pages.widgets.sweep import show_sweeps

COMPARED_AT_FIRST = 6
ENOUGH_FOR_PARALLEL = 5
SPLITS = ("test", "validation")


def main() -> None:
    page = open_page_with_dataset("compare")
    st.title(page.step.question)
    runs = [run for run in page.runs if run.predictions_path.exists()]
    if len(runs) < 2:
        too_few(page, runs)
        return
    runs.sort(key=lambda run: not read_labels(run).star)  # stable: the starred ones first, each part newest first
    drawn_badge(page.dataset)
    head = st.empty()
    split = st.session_state.get("compared_split") or SPLITS[0]
    pictures = st.container()
    chosen = choose(runs)
    if len(chosen) < 2:
        head.markdown("Choose two runs or more, and this page tells which is better.")
    else:
        side_by_side(page, chosen, split, head, pictures)
    foot(page, runs)


def foot(page: Page, runs: list[Run]) -> None:
    """What one does with runs, once looked at."""
    sweeping = any(sweep.status().active for sweep in list_sweeps(page.workspace, page.dataset.name))
    with st.expander("Sweep: try settings in many runs", icon=":material/tune:", expanded=sweeping):
        show_sweeps(page)
    if runs:
        with st.expander("Names, notes, stars and deletion", icon=":material/edit_note:"):
            show_run_notes(runs)


def too_few(page: Page, runs: list[Run]) -> None:
    there = "One run is judged so far." if runs else "No run has been judged yet."
    if any(run.status().active for run in page.runs):
        there += " Another is still training."
    st.markdown(f"{there} With two or more, this page tells which is better and whether that is more than luck.")
    page.link("training", "Train another" if runs else "Go to training", "show_chart", run="", new="1")
    foot(page, runs)


def choose(runs: list[Run]) -> list[Run]:
    """The runs to compare: those in the URL, else the newest that are comparable with the newest of all."""
    by_id = {run.id: run for run in runs}
    named = [run_id for run_id in st.query_params.get("runs", "").split(",") if run_id in by_id][:MOST_RUNS]
    key = f"compared_{len(runs)}"
    if these := st.session_state.pop("compare_these", None):  # a button below asked for them
        st.session_state[key] = [run_id for run_id in these if run_id in by_id]
    elif key not in st.session_state:
        st.session_state[key] = named or [run.id for run in newest_comparable(runs)]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Runs to compare",
        list(by_id),
        format_func=lambda run_id: run_label(by_id[run_id]),
        max_selections=MOST_RUNS,
        key=key,
    )
    right.segmented_control(
        "Judged by",
        SPLITS,
        default=SPLITS[0],
        required=True,
        key="compared_split",
        help="Choose by the validation images as long as you go on trying; the test images tell once, at the end.",
    )
    if ",".join(chosen) != st.query_params.get("runs", ""):
        if named:  # a cell that came with other runs is one of theirs
            st.query_params.pop("cell", None)
        st.query_params["runs"] = ",".join(chosen)
    return [by_id[run_id] for run_id in chosen]


def newest_comparable(runs: list[Run]) -> list[Run]:
    """A few of the runs that are trained on the same images and judged by the same, as the newest pair of such."""
    alike: dict[tuple, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.id, reverse=True):
        alike.setdefault(trained_on(run), []).append(run)
    pairs = [group for group in alike.values() if len(group) > 1]
    return (pairs[0] if pairs else runs)[:COMPARED_AT_FIRST]


def side_by_side(page: Page, runs: list[Run], split: str, head: Any, pictures: Any) -> None:
    try:
        comparison = compare_runs(runs, split, read=predictions_of)
    except WorkbenchError as error:
        head.error(escape(str(error)), icon=":material/error:")
        return
    rows = comparison["runs"]
    names = [row["name"] for row in rows]
    entries = [judged(run, letter(index), predictions_of(run)) for index, run in enumerate(runs)]
    order = sorted(range(len(rows)), key=lambda index: -rows[index]["accuracy"])
    head.markdown(answer(comparison, order))
    with pictures:
        show_pictures(comparison)
    say_what_is_not_comparable(comparison)
    differing(page, runs, comparison)
    st.subheader("Two side by side")
    choose_pair(page, runs, entries, comparison, order)
    st.subheader("How they learned")
    curves(runs, names)
    if len(runs) >= ENOUGH_FOR_PARALLEL:
        st.subheader("From settings to accuracy")
        st.caption("A line is a run. Drag along an axis to keep only the runs that pass there.")
        show_parallel(comparison, key="parallel")


def answer(comparison: dict[str, Any], order: list[int]) -> str:
    """The decisive sentence: the best, and whether it is better than the next one that can be compared with it."""
    rows = comparison["runs"]
    best = rows[order[0]]
    images = f"{best['n']:,} {SPLIT_WORDS[comparison['split']]} images"
    text = f"**{letter(order[0])}, {escape(best['name'])}, is right most often: on "
    text += f"{percent(best['accuracy'], best['n'])} of {images}.**"
    pairs = {pair["second_run"]: pair for pair in comparison["pairs"] if pair["comparable"]}
    following = next((rows[index]["run"] for index in order[1:] if rows[index]["run"] in pairs), None)
    if following is None:
        return text + " None of the others can be compared with it."
    return f"{text} {escape(pairs[following]['words'])}"


def show_pictures(comparison: dict[str, Any]) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.caption("Accuracy with its 95 % interval. Hollow: can't be compared with the best.")
        show_intervals(comparison, key="intervals")
    with right:
        # The control takes the line that the caption takes on the left.
        cost = st.segmented_control(
            "Cost", list(COSTS), default="Time", required=True, label_visibility="collapsed", key="cost"
        )
        show_costs(comparison, COSTS[cost], key=f"cost_{cost}")


def say_what_is_not_comparable(comparison: dict[str, Any]) -> None:
    names = {row["run"]: f"{letter(index)}, {row['name']}" for index, row in enumerate(comparison["runs"])}
    reasons: dict[str, list[str]] = {}
    for run_id, reason in not_comparable(comparison).items():
        reasons.setdefault(reason, []).append(names[run_id])
    best = names[comparison["best"]]
    for reason, runs in reasons.items():
        words = f"Not comparable with {best}: {'; '.join(runs)}. {reason}"
        st.warning(escape(words), icon=":material/block:")


def differing(page: Page, runs: list[Run], comparison: dict[str, Any]) -> None:
    """The table of settings that differ and of results."""
    differences = {pair["second_run"]: pair for pair in comparison["pairs"] if pair["comparable"]}
    table = []
    for index, (run, row) in enumerate(zip(runs, comparison["runs"], strict=True)):
        low, high = (percent(end, row["n"]) for end in row["accuracy_ci95"])
        pair = differences.get(row["run"])
        settings = {
            setting_title(name): setting_value(name, values[index]) for name, values in comparison["settings"].items()
        }
        table.append(
            {
                "": letter(index),
                "open": f"evaluation?dataset={page.dataset.name}&run={run.id}",
                "run": ("★ " if row["star"] else "") + row["name"] + (" (untrained)" if row["untrained"] else ""),
                "accuracy": percent(row["accuracy"], row["n"]),
                "95 % interval": f"{low.removesuffix(' %')}–{high}",
                "to the best": points(pair["difference"]) if pair else "",
                "is that real?": "" if pair is None else "yes" if pair["proven"] else "not proven",
            }
            | settings
            | {
                "log loss": f"{row['log_loss']:.3f}",
                "macro F1": f"{row['macro_f1']:.3f}",
                "took": duration(row["seconds"] or 0),
                "parameters": "" if row["parameters"] is None else f"{row['parameters']:,}",
                "on disk": f"{row['bytes_on_disk'] / 1e6:.1f} MB",
                "notes": row["notes"],
            }
        )
    frame = pd.DataFrame(table)
    if not frame["notes"].any():
        frame = frame.drop(columns="notes")
    configuration = {
        "open": st.column_config.LinkColumn("", display_text="Open", width="small"),
        "to the best": st.column_config.TextColumn(help="Difference of accuracies, with its 95 % interval, in points."),
        "is that real?": st.column_config.TextColumn(
            help="McNemar's exact test on the images that one gets right and the other wrong, adjusted for comparing "
            "so many runs (Holm)."
        ),
    }
    st.dataframe(
        frame, hide_index=True, column_config=configuration, alt="The runs, what differs, and what they reached"
    )


def points(difference: dict[str, float]) -> str:
    """A difference of accuracies with its interval, in points of a percent."""
    value, low, high = (f"{100 * difference[key]:+.1f}".replace("-", "−") for key in ("value", "low", "high"))
    return f"{value} ({low} … {high})"


def choose_pair(
    page: Page, runs: list[Run], entries: list[Judged], comparison: dict[str, Any], order: list[int]
) -> None:
    apart = not_comparable(comparison)
    following = next((index for index in order[1:] if runs[index].id not in apart), order[1])
    names = [f"{row['letter']} · {row['name']}" for row in comparison["runs"]]
    key = f"{comparison['best']}_{len(runs)}"
    with st.container(horizontal=True):
        first = st.selectbox(
            "First", range(len(runs)), index=following, format_func=names.__getitem__, key=f"one_{key}"
        )
        second = st.selectbox(
            "Second", range(len(runs)), index=order[0], format_func=names.__getitem__, key=f"two_{key}"
        )
    if first == second:
        st.caption("Choose two different runs.")
        return
    show_pair(page, runs, entries, comparison["split"], first, second)


def curves(runs: list[Run], names: list[str]) -> None:
    over = st.segmented_control(
        "Over", ["epochs", "seconds"], default="epochs", required=True, label_visibility="collapsed", key="over"
    )
    tables = [epoch_table(run.events.read()) for run in runs]
    show_overlaid(names, tables, over == "seconds", key=f"overlaid_{over}")


def predictions_of(run: Run) -> Predictions:
    """A run's predictions, read once for as long as their file stays the same."""
    if not run.predictions_path.exists():
        return run.predictions()  # which says why there are none
    return _read(str(run.predictions_path), run.predictions_path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=2 * MOST_RUNS)
def _read(path: str, changed: int) -> Predictions:
    return Predictions.load(path)


main()
