"""Training: start it, watch it, stop it."""

from collections.abc import Callable

import streamlit as st

from core.advice.diagnosis import diagnosis_of
from core.augmentation.recipe import in_words as recipe_in_words
from core.errors import WorkbenchError, in_words
from core.jobs.job import Status
from core.jobs.queue import Queue
from core.runs.lifecycle import can_extend, can_resume, check_trainable, extend, resume, start, warnings_before
from core.runs.record import Run, delete_run
from core.runs.settings import RunSettings
from core.runs.training_curves import training_curves
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page_with_dataset, untrained_badge
from pages.shared.progress import duration, show_progress
from pages.shared.run_label import run_label
from pages.training.curves import pace_in_words, show_curves, show_rates
from pages.training.execution import show_execution
from pages.training.settings_form import basic_settings, course_switch, more_settings

MORE_EPOCHS = 10
SECONDS_OF_SILENCE = 30
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")


def main() -> None:
    page = open_page_with_dataset("training")
    st.title(page.step.question)
    try:
        Queue(page.workspace.slots).revive()
    except (WorkbenchError, OSError) as error:
        st.warning(escape(in_words(error)))
    if page.run_in_view is None and "new" not in st.query_params and page.runs:
        page.run_in_view = page.runs[0]
        st.query_params["run"] = page.run.id
    if page.run_in_view is None:
        prepare(page)
        return
    watch(page)


def prepare(page: Page) -> None:
    """The settings of the next run, and the button that starts it."""
    drawn_badge(page.dataset)
    try:
        settings = page.draft.settings()
        check_trainable(page.dataset)
    except WorkbenchError as error:
        st.error(escape(str(error)), icon=":material/error:")
        page.link("model", "Look at the model's settings")
        return
    st.markdown(plan_in_words(page, settings))
    warnings = st.container()
    course_switch(page, settings)
    basic_settings(page, settings)
    with st.expander("More settings", icon=":material/tune:"):
        more_settings(page, settings)
        page.link("concepts", "Learning rate, batches and dropout, to be tried out", "school", chapter="learning")
    try:
        settings = page.draft.settings()
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    for words in warnings_before(page.dataset, settings):
        warnings.warning(escape(words), icon=":material/warning:")
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        if page.runs:
            page.link("training", "Back to the newest run", "history", run=page.runs[0].id)
    with right.container(horizontal_alignment="right"):
        # A key of its own: the click that ends the typing of a number changes the label, and must still count.
        at_most = "up to " if settings.early_stopping else ""
        label, key = f"Train {at_most}{settings.epochs} epochs", f"train_{page.dataset.name}"
        if st.button(label, key=key, type="primary", icon=":material/play_arrow:"):
            begin(page, settings)


def plan_in_words(page: Page, settings: RunSettings) -> str:
    architecture = settings.design
    count = int((page.dataset.images["split"] == "train").sum())
    words = f"**{escape(architecture.title)}** will learn from **{count:,} images** at {settings.image_size} px"
    if settings.untrained:
        words += ", on **untrained** weights"
    if settings.augmentation:
        words += f", varied by {recipe_in_words(settings.augmentation)}"
    if architecture.frozen:
        words += ". The backbone computes each image's features once; then only the head on them is trained"
    return words + ". It runs in its own process: you may close this page and come back."


def begin(page: Page, settings: RunSettings) -> None:
    try:
        run = start(page.workspace, page.dataset, settings)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    # The draft of a dataset counts as chosen once something was trained with it.
    page.draft.choose(architecture=settings.architecture)
    st.query_params.from_dict({"dataset": page.dataset.name, "run": run.id})
    st.rerun()


def watch(page: Page) -> None:
    """A run, live or finished."""
    run = page.run
    badges = st.container(horizontal=True)
    with badges:
        drawn_badge(page.dataset)
        untrained_badge(run)
    active = run.status().active
    st.fragment(live, run_every=1 if active else None)(page, active)
    choose_run(page)
    with st.expander("Settings of this run", icon=":material/tune:"):
        show_settings(run)
    with st.expander("Log", icon=":material/terminal:"):
        notes = [event["text"] for event in run.events.read() if event["kind"] == "note"]
        for note in notes:
            st.markdown(f"- {escape(note)}")
        st.code(run.log_tail(40) or "Nothing was printed.", language=None)
        st.caption(f"Everything of this run lies in {run.folder.name} in the workspace's folder of runs.")


def live(page: Page, was_active: bool) -> None:
    """What changes while the run goes on."""
    run = page.run
    status, events = run.status(), run.events.read()
    if was_active and not status.active:
        st.rerun(scope="app")
    st.markdown(waiting_in_words(page) if status.state == "queued" else sentence(run, status, events))
    if status.active:
        show_progress(status)
        silence = run.seconds_since_heartbeat()
        if status.state == "running" and silence is not None and silence > SECONDS_OF_SILENCE:
            st.warning(f"No sign of life for {duration(silence)}. The machine may be overloaded.")
    if status.error:
        show_error(status)
    if any(event["kind"] in ("batch", "epoch") for event in events):
        show_curves(events, run.settings.epochs, f"curves_{run.id}")
        if said := diagnosis_of(run).words:
            st.markdown(escape(said))
    elif status.active:
        st.skeleton(height=300)
    verb = "trains" if status.active else "trained"
    record = run.record
    facts = [f"{verb} on {record.device}"] if record.device else []
    facts += [f"took {duration(status.seconds)}"] if status.seconds and not status.active else []
    facts += [status.facts["note"]] if "note" in status.facts else []
    facts += [pace] if (pace := pace_in_words(events)) else []
    st.caption(" · ".join(facts))
    rates = next((event for event in reversed(events) if event["kind"] == "rates"), None)
    if rates is not None:
        with st.expander("How the learning rate was found", icon=":material/search:"):
            show_rates(rates, f"rates_{run.id}")
    show_execution(page, record, status.active)
    actions(page, status)


def show_error(status: Status) -> None:
    first, _, rest = status.error.partition("\n")
    show = st.error if status.state == "failed" else st.info
    show(escape(first), icon=":material/error:" if status.state == "failed" else ":material/info:")
    if rest:
        st.code(rest, language=None)


def sentence(run: Run, status: Status, events) -> str:
    """One sentence with the decisive number."""
    epochs = status.facts.get("epochs", 0)
    words = training_curves(events, run.settings.epochs).in_words()
    if status.state == "failed":
        return f"**It failed after {epochs} of {run.settings.epochs} epochs.**"
    if status.state == "stopped":
        return f"**Stopped after {epochs} epochs.** {words if epochs else ''}"
    if status.state == "done":
        best = status.facts.get("best_epoch", epochs)
        which = "was the best, and is kept" if run.settings.restore_best_weights else "was the last, and answers"
        return f"**It has learned: epoch {best} of {epochs} {which}.** {words}"
    if run.stop_requested:
        which = "best" if run.settings.restore_best_weights else "last"
        return f"**Stopping.** The {which} weights are kept."
    if epochs:
        return f"**Epoch {epochs} of {run.settings.epochs}.** {words}"
    return f"**{status.stage or 'Starting'}.**"


def waiting_in_words(page: Page) -> str:
    """Where the run stands in line, and for how long, as far as that can be told."""
    try:
        entry = Queue(page.workspace.slots).entry(page.run)
    except WorkbenchError as error:
        return escape(str(error))
    words = "**It waits for another run to end.** "
    if entry is not None and entry.position:
        ordinal = ORDINALS[entry.position - 1] if entry.position <= len(ORDINALS) else f"Number {entry.position}"
        words += f"**{ordinal} in line.** "
    if entry is None or not entry.seconds_until_start:
        return words + "It starts by itself."
    return words + f"It starts by itself, in about {duration(entry.seconds_until_start)}."


def actions(page: Page, status: Status) -> None:
    """What to do next; the one primary button at the right."""
    left, right = st.columns([3, 2], vertical_alignment="center")
    if status.active:
        with right.container(horizontal_alignment="right"):
            st.button(
                "Leave the queue" if status.state == "queued" else "Stop and keep the best",
                icon=":material/stop:",
                disabled=page.run.stop_requested,
                on_click=page.run.request_stop,
            )
        return
    with left.container(horizontal=True):
        if status.state == "failed":
            page.link("model", "Choose another network", "account_tree")
        restartable = status.state in ("failed", "stopped")
        if restartable and st.button("Start over", icon=":material/restart_alt:", help="A new run, same settings."):
            begin(page, page.run.settings)
        if st.button("Train again", icon=":material/replay:"):
            st.query_params.from_dict({"dataset": page.dataset.name, "new": "1"})
            st.rerun(scope="app")
        if can_resume(page.run) and st.button("Resume", icon=":material/resume:"):
            go_on(page, lambda: resume(page.workspace, page.run))
        if can_extend(page.run) and st.button(f"Train {MORE_EPOCHS} more epochs", icon=":material/more_time:"):
            go_on(page, lambda: extend(page.workspace, page.run, MORE_EPOCHS))
        if st.button("Delete this run", icon=":material/delete:"):
            confirm_delete(page)
    with right.container(horizontal_alignment="right"):
        evaluated = page.run.predictions_path.exists()
        if evaluated and st.button("See how good it is", type="primary", icon=":material/grid_on:"):
            page.go("evaluation")


def go_on(page: Page, do: Callable[[], None]) -> None:
    try:
        do()
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.rerun(scope="app")


@st.dialog("Delete this run?")
def confirm_delete(page: Page) -> None:
    st.markdown("Its weights, curves and predictions go with it.")
    if st.button("Delete it", type="primary", icon=":material/delete:"):
        delete_run(page.run)
        st.query_params.from_dict({"dataset": page.dataset.name})
        st.rerun()


def choose_run(page: Page) -> None:
    """The other runs of this dataset."""
    if len(page.runs) < 2:
        return
    ids = [run.id for run in page.runs]
    labels = {run.id: run_label(run) for run in page.runs}
    # With the label in its key, since the browser goes on showing the one it had when the run was still going.
    key = f"run_{page.run.id}_{labels[page.run.id]}"
    chosen = st.selectbox("Run in view", ids, index=ids.index(page.run.id), format_func=labels.__getitem__, key=key)
    if chosen != page.run.id:
        st.query_params["run"] = chosen
        st.rerun()


def show_settings(run: Run) -> None:
    values = run.settings.to_dict() | {"augmentation": recipe_in_words(run.settings.augmentation)}
    st.dataframe(
        [{"setting": name, "value": "" if value is None else str(value)} for name, value in values.items()],
        hide_index=True,
        alt="The settings of this run",
    )


main()
