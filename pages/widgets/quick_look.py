"""A quick look at which network fits: its start, its course, and what it has found."""

import plotly.graph_objects as go
import streamlit as st

from core.architectures.registry import find_architecture
from core.errors import WorkbenchError, in_words
from core.evaluation.metrics import percent
from core.runs.quick_look import MAJORITY, Candidate, Findings, QuickLook, kept_findings, start_look
from pages.widgets.colours import SPLIT_COLOURS
from pages.widgets.frame import Page
from pages.widgets.gallery import escape
from pages.widgets.progress import duration, show_progress

PROMISE = (
    "Half a minute on a sample of your images: what each pretrained network whose weights are here would give, against "
    "plain baselines."
)
TAKEN = "quick_look_taken"
ROW_HEIGHT, FRAME_HEIGHT = 44, 74


def show_quick_look(page: Page) -> None:
    """The look at the dataset in view, live while it goes on."""
    st.subheader("Which network fits?")
    active = _is_going(QuickLook.of(page.workspace), page)
    st.fragment(_live, run_every=1 if active else None)(page, active)


def _is_going(look: QuickLook, page: Page) -> bool:
    return look.is_at(page.dataset) and look.status().active


def _live(page: Page, was_active: bool) -> None:
    if st.session_state.pop(TAKEN, False):  # the rest of the page has to follow
        st.rerun(scope="app")
    look = QuickLook.of(page.workspace)
    active = _is_going(look, page)
    if was_active and not active:
        st.rerun(scope="app")
    status = look.status()
    if active:
        show_progress(status)
    elif look.is_at(page.dataset) and status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    findings = look.findings() if active else kept_findings(page.dataset)
    if findings is not None and findings.tried:
        show_findings(findings)
    _actions(page, look, findings)


def show_findings(findings: Findings) -> None:
    """The decisive figures, the chart, and what was left out."""
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
    rows = [candidate for candidate in findings.tried if candidate.name != MAJORITY]
    accuracies = [candidate.accuracy for candidate in rows]
    figure = go.Figure(
        go.Scatter(
            x=accuracies,
            y=[candidate.title for candidate in rows],
            mode="markers",
            marker={"size": 11, "color": SPLIT_COLOURS["train"]},
            error_x={
                "array": [candidate.interval[1] - candidate.accuracy for candidate in rows],
                "arrayminus": [candidate.accuracy - candidate.interval[0] for candidate in rows],
                "color": SPLIT_COLOURS["train"],
                "thickness": 2,
            },
            customdata=[[percent(end, candidate.images) for end in candidate.interval] for candidate in rows],
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
    key = f"quick_look_{findings.dataset}"
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=findings.words())


def _cost_in_words(candidate: Candidate) -> str:
    """How long the features of a whole run will take."""
    if not candidate.is_backbone or candidate.full_seconds is None:
        return ""
    if not candidate.full_seconds:
        return f"{candidate.title}: the features of all images are at hand"
    speed = f" at {candidate.images_per_second:,.0f} images a second" if candidate.images_per_second else ""
    return f"{candidate.title}: the features of all images take about {duration(candidate.full_seconds)}{speed}"


def _actions(page: Page, look: QuickLook, findings: Findings | None) -> None:
    if _is_going(look, page):
        label = "Stop the quick look"
        st.button(label, icon=":material/stop:", disabled=look.stop_requested, on_click=look.request_stop)
        return
    if findings is None:
        st.markdown(PROMISE)
    with st.container(horizontal=True):
        label = "Quick look" if findings is None else "Look again"
        if st.button(label, icon=":material/speed:"):
            _begin(page)
        best = findings.best if findings is not None else None
        if best is not None and best.name != page.draft.values()["architecture"]:
            label = f"Take {find_architecture(best.name).title}"
            st.button(label, icon=":material/check:", on_click=_take, args=(page, best.name))


def _take(page: Page, architecture: str) -> None:
    page.draft.choose(architecture=architecture)
    # The choice above remembers what was chosen there last, and would choose it again.
    st.session_state[f"architecture_{page.dataset.name}"] = architecture
    st.session_state[TAKEN] = True


def _begin(page: Page) -> None:
    try:
        start_look(page.workspace, page.dataset)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.rerun(scope="app")
