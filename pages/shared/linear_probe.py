"""The linear probe on the page of the model: its start, its course, and what it has found."""

import plotly.graph_objects as go
import streamlit as st

from core.advice.linear_probe import MAJORITY, Candidate, Findings, LinearProbe, kept_findings, start_probe
from core.errors import WorkbenchError, in_words
from core.evaluation.words import percent
from core.figures.colours import SPLIT_COLOURS
from pages.shared.figure import show_figure
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import duration, show_progress

PROMISE = (
    "Half a minute on a sample of your images: what each pretrained network whose weights are here would give, against "
    "plain baselines."
)
ROW_HEIGHT, FRAME_HEIGHT = 44, 74


def is_probing(page: Page) -> bool:
    """Whether the dataset in view is being looked at."""
    probe = LinearProbe.of(page.workspace)
    return probe.is_of(page.dataset) and probe.status().active


def findings_so_far(page: Page) -> Findings | None:
    """What the probe that is going on has found by now, or the last one of the dataset as it is; None before that."""
    return LinearProbe.of(page.workspace).findings() if is_probing(page) else kept_findings(page.dataset)


def show_course(page: Page) -> None:
    """How far the probe is, or why it failed."""
    probe = LinearProbe.of(page.workspace)
    status = probe.status()
    if is_probing(page):
        show_progress(status)
    elif probe.is_of(page.dataset) and status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")


def probe_button(page: Page, first: bool) -> None:
    """Starts a probe, or stops the one that is going on.

    Parameters
    ----------
    first
        Whether nothing was found yet.
    """
    probe = LinearProbe.of(page.workspace)
    if is_probing(page):
        label = "Stop the linear probe"
        st.button(label, icon=":material/stop:", disabled=probe.stop_requested, on_click=probe.request_stop)
    elif st.button("Linear probe" if first else "Look again", icon=":material/speed:"):
        _begin(page)


def show_findings(findings: Findings) -> None:
    """The decisive figures, the chart, what was left out, and what it costs."""
    st.markdown(escape(findings.words()))
    show_candidates(findings)
    for candidate in findings.candidates:
        if candidate.reason:
            st.caption(f"{escape(candidate.title)} was not tried: {escape(candidate.reason)}.")
    if findings.best is None and not any(candidate.reason for candidate in findings.candidates):
        st.caption("No ImageNet weights are on this machine, so there are only the baselines so far.")
    costs = [words for candidate in findings.tried if (words := _cost_in_words(candidate))]
    if costs:
        st.caption(" · ".join(costs))
    sample = f"{findings.sampled:,} of {findings.images:,} training and validation images; no test image was looked at."
    st.caption(" ".join([sample, *findings.notes]))


def show_candidates(findings: Findings) -> None:
    """A dot with its 95 % interval for each candidate, and the commonest class as a line."""
    rows = [
        (candidate, accuracy, interval)
        for candidate in findings.tried
        if candidate.name != MAJORITY
        and (accuracy := candidate.accuracy) is not None
        and (interval := candidate.interval) is not None
    ]
    figure = go.Figure(
        go.Scatter(
            x=[accuracy for _, accuracy, _ in rows],
            y=[candidate.title for candidate, _, _ in rows],
            mode="markers",
            marker={"size": 11, "color": SPLIT_COLOURS["train"]},
            error_x={
                "array": [high - accuracy for _, accuracy, (_, high) in rows],
                "arrayminus": [accuracy - low for _, accuracy, (low, _) in rows],
                "color": SPLIT_COLOURS["train"],
                "thickness": 2,
            },
            customdata=[[percent(end, candidate.images) for end in interval] for candidate, _, interval in rows],
            hovertemplate="%{y}<br>%{x:.1%} right (95 % interval %{customdata[0]} to %{customdata[1]})<extra></extra>",
            showlegend=False,
        )
    )
    majority = next((candidate.accuracy for candidate in findings.tried if candidate.name == MAJORITY), None)
    if majority is not None:
        figure.add_vline(x=majority, line={"color": "#8C8C8C", "width": 1, "dash": "dot"})
        above = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
        # Words in the middle above a line at the left end would leave the chart.
        side = "left" if majority < 0.2 else "center"
        figure.add_annotation(x=majority, text="commonest class", xanchor=side, **above)
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", title_text="right in cross-validation")
    figure.update_yaxes(autorange="reversed", automargin=True)
    height = FRAME_HEIGHT + ROW_HEIGHT * max(1, len(rows))
    figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 24, "b": 10})
    key = f"linear_probe_{findings.dataset}"
    show_figure(figure, key, findings.words())


def _cost_in_words(candidate: Candidate) -> str:
    """How long the features of a whole run will take."""
    if not candidate.is_backbone or candidate.full_seconds is None:
        return ""
    if not candidate.full_seconds:
        return f"{candidate.title}: the features of all images are at hand"
    speed = f" at {candidate.images_per_second:,.0f} images a second" if candidate.images_per_second else ""
    return f"{candidate.title}: the features of all images take about {duration(candidate.full_seconds)}{speed}"


def _begin(page: Page) -> None:
    try:
        start_probe(page.workspace, page.dataset)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.rerun(scope="app")
