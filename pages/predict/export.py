"""The run in the formats of others, as code, as a report and as a project."""

from collections.abc import Iterator

import streamlit as st

from core.datasets.sources.words import in_bytes
from core.errors import WorkbenchError, in_words
from core.export.formats import FORMATS, ExportFormat
from core.export.job import Exported, ExportJob, start_export
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.progress import show_progress

# By the room of the module that writes a format; in this order.
ELSEWHERE, CODE, REPORT, PROJECT = "Use it elsewhere", "Code", "Report", "Project"
ROOMS = {"core.export.network": ELSEWHERE, "core.export.report": REPORT, "core.export.project": PROJECT}
COLUMNS = 3


def show_export(page: Page) -> None:
    """Offer all formats, make the one that is asked for, and hand it out."""
    active = any(_job(page, format).status().active for format in FORMATS.values())
    st.fragment(_cards, run_every=1 if active else None)(page, active)


def groups() -> dict[str, list[ExportFormat]]:
    """The formats that there are, by what they are for."""
    found: dict[str, list[ExportFormat]] = {ELSEWHERE: [], CODE: [], REPORT: [], PROJECT: []}
    for format in FORMATS.values():
        group = next((title for room, title in ROOMS.items() if format.module.startswith(room)), CODE)
        found[group].append(format)
    return {title: formats for title, formats in found.items() if formats}


def _cards(page: Page, was_active: bool) -> None:
    jobs = {name: _job(page, format) for name, format in FORMATS.items()}
    for title, formats in groups().items():
        st.subheader(title)
        if title == ELSEWHERE:
            st.caption(
                "The network from pixels to probabilities, with preprocessing and calibration inside, and an example "
                "that reads images as the run does. Each is opened by a process without the workbench and compared "
                "with the run before it is offered."
            )
        for row in _rows(formats):
            for column, format in zip(st.columns(COLUMNS), row, strict=False):
                with column, st.container(border=True, key=f"export_{format.name}"):
                    _card(page, format, jobs[format.name])
    # Behind all buttons, so that one that is pressed just as the last job ends is heard.
    if was_active and not any(job.status().active for job in jobs.values()):
        st.rerun(scope="app")  # nothing is left to look at again and again


def _rows(formats: list[ExportFormat]) -> Iterator[list[ExportFormat]]:
    return (formats[start : start + COLUMNS] for start in range(0, len(formats), COLUMNS))


def _card(page: Page, format: ExportFormat, job: ExportJob) -> None:
    """What a format is good for, how far it is, what was made of it, and the button that makes it."""
    st.markdown(f"**{escape(format.title)}**  \n{escape(format.sentence)}")
    status, made = job.status(), job.made()
    if status.active:
        show_progress(status)
        label, key = "Stop", f"stop_{format.name}"
        st.button(label, icon=":material/stop:", key=key, disabled=job.stop_requested, on_click=job.request_stop)
        return
    if status.state == "failed":
        st.error(escape(status.error.partition("\n")[0]), icon=":material/error:")
    if made is not None and job.up_to_date:
        _hand_out(format, made)
        return
    if made is not None:
        st.caption("What was made before is of the run as it was then.")
    label = "Make it anew" if made is not None else "Try again" if status.state == "failed" else "Make it"
    if st.button(label, icon=":material/package_2:", key=f"make_{format.name}"):
        _begin(page, format)


def _hand_out(format: ExportFormat, made: Exported) -> None:
    st.download_button(
        f"Download ({in_bytes(made.size_bytes)})",
        made.path.read_bytes,  # only once it is pressed
        made.path.name,
        key=f"download_{format.name}",
        icon=":material/download:",
        on_click="ignore",
    )
    if made.told:
        with st.expander("What is to be known of it"):
            for sentence in made.told:
                st.markdown(escape(sentence))


def _begin(page: Page, format: ExportFormat) -> None:
    try:
        start_export(page.run, format.name)
    except (WorkbenchError, OSError) as error:
        st.error(escape(in_words(error)), icon=":material/error:")
        return
    st.rerun(scope="app")


def _job(page: Page, format: ExportFormat) -> ExportJob:
    return ExportJob.of(page.run, format)
