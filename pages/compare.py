"""Compare: which run is better, and whether the difference is real."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.evaluation.comparable import EvaluatedRun
from core.evaluation.comparison import PairedComparison, in_words
from core.evaluation.paired import Difference
from core.evaluation.words import percent
from core.export.report.comparison_report import comparison_report
from core.runs.comparison import MOST_RUNS, Comparison, compare_runs, provisional
from core.runs.evaluated_runs import evaluated_as_it_is, evaluated_runs, trained_on, what_keeps_out
from core.runs.events import epoch_table
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.run_names import letter
from core.runs.setting_words import setting_title, setting_value
from pages.compare.charts import (
    COSTS,
    show_costs,
    show_intervals,
    show_overlaid,
    show_parallel,
)
from pages.compare.pair import show_pair
from pages.compare.run_notes import show_run_notes
from pages.compare.sweep import show_sweeps, sweep_is_watched
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page_with_dataset
from pages.shared.progress import duration
from pages.shared.run_label import run_label

COMPARED_AT_FIRST = 6
ENOUGH_FOR_PARALLEL = 5
COMPARISONS_KEPT = 32
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
    say_which_are_missing(page.runs)
    if len(chosen) < 2:
        head.markdown("Choose two runs or more, and this page tells which is better.")
    else:
        side_by_side(page, chosen, split, head, pictures)
    foot(page, runs)


def foot(page: Page, runs: list[Run]) -> None:
    """What one does with runs, once looked at."""
    with st.expander("Sweep: try settings in many runs", icon=":material/tune:", expanded=sweep_is_watched(page)):
        show_sweeps(page)
    if runs:
        with st.expander("Names, notes, stars and deletion", icon=":material/edit_note:"):
            show_run_notes(runs)


def too_few(page: Page, runs: list[Run]) -> None:
    there = "One run is evaluated so far." if runs else "No run has been evaluated yet."
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
        "Evaluated by",
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


def say_which_are_missing(runs: list[Run]) -> None:
    """Runs that can't be chosen, since there is nothing to evaluate them by."""
    states = [run.status().active for run in runs if not run.predictions_path.exists()]
    training, ended = states.count(True), states.count(False)
    parts = [f"{training} still training"] if training else []
    parts += [f"{ended} that ended with nothing to evaluate"] if ended else []
    if parts:
        st.caption(f"Not to choose from: {' and '.join(parts)}.")


def newest_comparable(runs: list[Run]) -> list[Run]:
    """A few of the runs that are trained on the same images and evaluated by the same, as the newest pair of such."""
    newest_first = sorted(runs, key=lambda run: run.id, reverse=True)
    pairs = [group for group in groups_of_alike(newest_first) if len(group) > 1]
    return (pairs[0] if pairs else runs)[:COMPARED_AT_FIRST]


def groups_of_alike(runs: list[Run]) -> list[list[Run]]:
    """The runs by what they were trained on."""
    alike: dict[tuple, list[Run]] = {}
    for run in runs:
        alike.setdefault(trained_on(run), []).append(run)
    return list(alike.values())


def side_by_side(page: Page, chosen: list[Run], split: str, head: Any, pictures: Any) -> None:
    with head, st.spinner("Comparing their answers", show_time=True):
        kept_out = {run.id: reason for run in chosen if (reason := what_keeps_out(run, split, evaluated_of))}
        runs = [run for run in chosen if run.id not in kept_out]
        entries, remark = evaluated_runs(runs, evaluated_of) if len(runs) > 1 else ([], "")
        comparison = _compared(_state_of(runs), split, runs, entries, remark) if len(runs) > 1 else None
    for reason in kept_out.values():
        st.warning(f"Left out: {escape(reason)}", icon=":material/block:")
    if comparison is None:
        head.markdown("Of these runs, there are not two that can be compared.")
        return
    rows = comparison.runs
    order = sorted(range(len(rows)), key=lambda index: -rows[index].accuracy.value)
    head.markdown(answer(comparison, order))
    for words in provisional(runs):
        st.warning(escape(words), icon=":material/hourglass_top:")
    with pictures:
        show_pictures(comparison)
    say_what_is_not_comparable(runs, comparison)
    differing(page, runs, comparison)
    st.subheader("Two side by side")
    choose_pair(page, runs, entries, comparison, order)
    st.subheader("How they learned")
    curves(runs, [row.name for row in rows])
    offer_report(runs, split)
    if len(runs) >= ENOUGH_FOR_PARALLEL:
        st.subheader("From settings to accuracy")
        st.caption("A line is a run. Drag along an axis to keep only the runs that pass there.")
        show_parallel(comparison, key="parallel")


def answer(comparison: Comparison, order: list[int]) -> str:
    """The decisive sentence, and what it rests on: the best beside the next one that can be compared with it."""
    ids = [comparison.runs[index].run for index in order[1:]]
    following = next((run_id for run_id in ids if run_id not in comparison.not_comparable), None)
    evidence = in_words(comparison.pairs[following]) if following else ""
    details = escape(" ".join(filter(None, [evidence, comparison.others, comparison.remark])))
    return f"**{escape(comparison.answer)}** {details}"


def show_pictures(comparison: Comparison) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        hollow = " Hollow: can't be compared with the best." if comparison.not_comparable else ""
        st.caption(f"Accuracy with its 95 % interval.{hollow}")
        show_intervals(comparison, key="intervals")
    with right:
        # The control takes the line that the caption takes on the left.
        cost = st.segmented_control(
            "Cost", list(COSTS), default="Time", required=True, label_visibility="collapsed", key="cost"
        )
        show_costs(comparison, COSTS[cost], key=f"cost_{cost}")


def say_what_is_not_comparable(runs: list[Run], comparison: Comparison) -> None:
    letters = {row.run: row.letter for row in comparison.runs}
    reasons: dict[str, list[str]] = {}
    for run_id, reason in comparison.not_comparable.items():
        reasons.setdefault(reason, []).append(letters[run_id])
    for reason, apart in reasons.items():
        words = f"Not comparable with {letters[comparison.best]}: {', '.join(apart)}. {reason}"
        st.warning(escape(words), icon=":material/block:")
    alike = max(groups_of_alike(runs), key=len)
    if reasons and 1 < len(alike) < len(runs):
        together = f"Only the {len(alike)} that can be compared with each other"
        if st.button(together, icon=":material/filter_alt:"):
            st.session_state["compare_these"] = [run.id for run in alike]
            st.rerun()


def differing(page: Page, runs: list[Run], comparison: Comparison) -> None:
    """The table of settings that differ and of results."""
    table = []
    for index, (run, row) in enumerate(zip(runs, comparison.runs, strict=True)):
        low, high = (percent(end, row.n) for end in row.accuracy.interval)
        pair = None if row.run in comparison.not_comparable else comparison.pairs.get(row.run)
        settings = {
            setting_title(name): setting_value(name, values[index]) for name, values in comparison.settings.items()
        }
        table.append(
            {
                "": letter(index),
                "open": f"evaluation?dataset={page.dataset.name}&run={run.id}",
                "run": ("★ " if row.star else "") + row.name + (" (untrained)" if row.untrained else ""),
                "accuracy": percent(row.accuracy.value, row.n),
                "95 % interval": f"{low.removesuffix(' %')}–{high}",
                "to the best": points(pair.difference) if pair and pair.difference else "",
                "is that real?": is_real(pair) if run.id != comparison.best else "the best",
            }
            | settings
            | {
                "log loss": f"{row.log_loss:.3f}",
                "macro F1": f"{row.macro_f1:.3f}",
                "took": duration(row.seconds or 0),
                "parameters": "" if row.parameters is None else f"{row.parameters:,}",
                "on disk": f"{row.bytes_on_disk / 1e6:.1f} MB",
                "notes": row.notes,
            }
        )
    frame = pd.DataFrame(table)
    if not frame["notes"].any():
        frame = frame.drop(columns="notes")
    configuration = {
        "open": st.column_config.LinkColumn("", display_text="Open", width="small"),
        "to the best": st.column_config.TextColumn(help="Difference of accuracies, with its 95 % interval, in points."),
        "is that real?": st.column_config.TextColumn(
            help="McNemar's exact test on the images that one gets right and the other wrong, by groups where images "
            "belong together, adjusted for comparing so many runs (Holm)."
        ),
    }
    st.dataframe(
        frame, hide_index=True, column_config=configuration, alt="The runs, what differs, and what they reached"
    )


def is_real(pair: PairedComparison | None) -> str:
    if pair is None:
        return "not comparable"
    return "yes" if pair.proven else "not proven"


def points(difference: Difference) -> str:
    """A difference of accuracies with its interval, in points of a percent."""
    value, low, high = (
        f"{100 * end:+.1f}".replace("-", "−") for end in (difference.value, difference.low, difference.high)
    )
    return f"{value} ({low} … {high})"


def choose_pair(
    page: Page, runs: list[Run], entries: list[EvaluatedRun], comparison: Comparison, order: list[int]
) -> None:
    apart = comparison.not_comparable
    following = next((index for index in order[1:] if runs[index].id not in apart), order[1])
    names = [f"{row.letter} · {row.name}" for row in comparison.runs]
    key = f"{comparison.best}_{len(runs)}"
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
    show_pair(page, runs, entries, comparison.split, first, second)


def curves(runs: list[Run], names: list[str]) -> None:
    over = st.segmented_control(
        "Over", ["epochs", "seconds"], default="epochs", required=True, label_visibility="collapsed", key="over"
    )
    tables = [epoch_table(run.events.read()) for run in runs]
    show_overlaid(names, tables, over == "seconds", key=f"overlaid_{over}")


def offer_report(runs: list[Run], split: str) -> None:
    """All of it as a file, which is made once somebody asks for it."""
    st.download_button(
        "Report of this comparison",
        lambda: comparison_report(runs, split),
        "comparison.html",
        "text/html",
        icon=":material/description:",
        on_click="ignore",
        help="One HTML file with figures and images, to read without a network, to send and to print.",
    )


def evaluated_of(run: Run) -> EvaluatedRun:
    """What is to be known of a run, read once for as long as its predictions stay the same."""
    return _read(str(run.folder), run.answers_as_of) if run.predictions_path.exists() else evaluated_as_it_is(run)


@st.cache_resource(show_spinner=False, max_entries=2 * MOST_RUNS)
def _read(folder: str, state: tuple) -> EvaluatedRun:
    return evaluated_as_it_is(Run(Path(folder)))


def _state_of(runs: list[Run]) -> tuple:
    """What a comparison depends on: it is worked out anew where any of it is another."""
    return tuple((str(run.folder), run.answers_as_of, str(read_labels(run))) for run in runs)


@st.cache_data(show_spinner=False, max_entries=COMPARISONS_KEPT)
def _compared(state: tuple, split: str, _runs: list[Run], _entries: list[EvaluatedRun], remark: str) -> Comparison:
    """Worked out once for as long as neither answers nor names change: of many images it takes a second."""
    return compare_runs(_runs, split, _entries, remark)


main()
