"""Home: the project at a glance, and the next step. Run with `streamlit run streamlit_app.py`."""

import numpy as np
import pandas as pd
import streamlit as st

from core.advice.diagnosis import diagnosis_of
from core.augmentation.recipe import in_words, read_recipe
from core.datasets.samples import SAMPLES
from core.datasets.store import Dataset
from core.evaluation.words import percent
from core.runs.events import epoch_table
from core.runs.record import Run
from pages.dataset.bring import PROJECT, UPLOAD
from pages.shared.inference import has_weights
from pages.shared.markdown import escape
from pages.shared.page import STEPS, Page, drawn_badge, open_page, step_marks
from pages.shared.progress import duration, show_progress
from pages.shared.thumbnails import pixels_url

PREVIEWS_PER_SAMPLE = 6
RECENT_RUNS = 8


def main() -> None:
    page = open_page("home")
    st.title(page.step.question)
    if page.dataset_in_view is None:
        st.markdown(
            "Nothing is here yet. Start from a sample in one click, or bring your own images. From there it is three "
            "clicks to a classifier that you can evaluate."
        )
    else:
        where_it_stands(page)
    beginnings(page)


def where_it_stands(page: Page) -> None:
    dataset = page.dataset
    drawn_badge(dataset)
    st.markdown(standing(page))
    if not dataset.ready:
        page.link("dataset", "See how the import goes")
        return
    if (best := best_run(page)) is not None and (words := diagnosis_of(best).words):
        st.caption(escape(words))
    cards(page)
    following = next((key for key, mark in step_marks(page).items() if mark != "done"), "evaluation")
    labels = {"training": "Go on to training", "evaluation": "See how good it is", "dataset": "Go on to the images"}
    if st.button(
        labels.get(following, f"Go on to {following}"), type="primary", icon=":material/arrow_forward:", key="onward"
    ):
        page.go(following)
    recent_runs(page)


def standing(page: Page) -> str:
    """One sentence with the decisive number."""
    dataset, title = page.dataset, escape(page.dataset.info.title)
    if not dataset.ready:
        if dataset.job.status().active:
            return f"**{title}** is still being read in."
        if dataset.question is not None:
            return f"**{title}** can be read in more than one way: say which is meant."
        return f"**{title}** could not be read in."
    sizes = f"**{title}**: {len(dataset.images):,} images in {len(dataset.class_names)} classes."
    if not page.runs:
        return sizes + " No network has been trained on them yet."
    best = best_run(page)
    if best is None:
        return sizes + f" {len(page.runs)} training{'s' if len(page.runs) > 1 else ''}, none evaluated yet."
    accuracy = percent(test_accuracies(page)[best.id], test_images(dataset))
    label = escape(best.settings.design.title)
    untrained = " on untrained weights" if best.settings.untrained else ""
    best_words = (
        f"The best of {len(page.runs)} so far, {label}{untrained}, is right on **{accuracy}** of the test images."
    )
    return f"{sizes} {best_words}"


def best_run(page: Page) -> Run | None:
    """The run that is right on the most test images; None where none is evaluated."""
    accuracies = test_accuracies(page)
    return max((run for run in page.runs if run.id in accuracies), key=lambda run: accuracies[run.id], default=None)


def test_accuracies(page: Page) -> dict[str, float]:
    """By the id of a run, its accuracy on the test images, of those runs that have one."""
    found = {run.id: run.test_accuracy for run in page.runs}
    return {run_id: accuracy for run_id, accuracy in found.items() if accuracy is not None}


def test_images(dataset: Dataset) -> int:
    return int((dataset.images["split"] == "test").sum())


def cards(page: Page) -> None:
    """Each step with its key number."""
    dataset, values = page.dataset, page.draft.values()
    content = dataset.content
    out = len(content.unreadable) + int(content.table["excluded"].sum())
    left_out = f", {out:,} left out" if out else ""
    architecture = page.draft.architecture
    evaluated = test_accuracies(page)
    numbers = {
        "dataset": f"{len(dataset.images):,} images{left_out}",
        "augmentation": in_words(read_recipe(values["augmentation"])),
        "model": f"{escape(architecture.title)}, {values['image_size']} px",
        "training": f"{len(page.runs)} run{'' if len(page.runs) == 1 else 's'}",
        "evaluation": f"{len(evaluated)} evaluated" if evaluated else "after the first training",
        "predict": "new images, reports, exports" if any(map(has_weights, page.runs)) else "after the first training",
    }
    active = next((status for run in page.runs if (status := run.status()).active), None)
    for column, (key, words) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        with column.container(border=True, height="stretch", gap="xsmall"):
            page.link(key, f"**{STEPS[key].label}**", None)
            if key == "training" and active:
                show_progress(active)
            else:
                st.caption(words)


def recent_runs(page: Page) -> None:
    if not page.runs:
        return
    st.subheader("Recent runs")
    count, rows = test_images(page.dataset), []
    for run in page.runs[:RECENT_RUNS]:
        summary, losses = run.summary(), epoch_table(run.events.read())["val_loss"].dropna().tolist()
        title = run.settings.design.title
        rows.append(
            {
                "open": f"evaluation?dataset={page.dataset.name}&run={run.id}",
                "network": title + (" (untrained)" if summary["untrained"] else ""),
                "status": summary["status"],
                "test accuracy": "" if summary["accuracy"] is None else percent(summary["accuracy"], count),
                "validation loss": losses,
                "took": duration(summary["seconds"] or 0),
                "run": run.id,
            }
        )
    configuration = {
        "open": st.column_config.LinkColumn("", display_text="Open", width="small"),
        "validation loss": st.column_config.LineChartColumn(width="medium"),
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=configuration, alt="The most recent runs")


def beginnings(page: Page) -> None:
    """One click to a sample, one click to one's own images."""
    st.subheader("Start from a sample" if page.dataset_in_view is None else "Start something else")
    columns = st.columns(len(SAMPLES))
    for column, (name, sample) in zip(columns, SAMPLES.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.html(preview(name))
            st.markdown(f"**{sample.title}**")
            st.caption(sample.description)
            first = page.dataset_in_view is None and name == next(iter(SAMPLES))
            if st.button(
                f"Open {sample.title.split(' (')[0].lower()}",
                key=f"open_{name}",
                type="primary" if first else "secondary",
            ):
                page.open_sample(name)
    ways = {"Bring your own images": ("add_photo_alternate", UPLOAD), "Bring a project file": ("folder_zip", PROJECT)}
    with st.container(horizontal=True):
        for label, (icon, way) in ways.items():
            if st.button(label, icon=f":material/{icon}:"):
                st.session_state.update(bring=True, bring_way=way)
                page.go("dataset")
        page.link("concepts", "How it works, in ten short chapters", "school")


@st.cache_data(show_spinner=False)
def preview(name: str) -> str:
    """A strip of drawn images, from different classes."""
    sample = SAMPLES[name]
    names = sample.class_names
    chosen = [names[index * len(names) // PREVIEWS_PER_SAMPLE % len(names)] for index in range(PREVIEWS_PER_SAMPLE)]
    pictures = "".join(
        f'<img src="{pixels_url(np.asarray(sample.draw(label, np.random.default_rng([index, 7])).convert("RGB")))}" '
        f'alt="a drawn image of the class {label}" style="width:15.8%;border-radius:6px">'
        for index, label in enumerate(chosen)
    )
    return f'<div style="display:flex;gap:1%">{pictures}</div>'


if __name__ == "__main__":
    main()
