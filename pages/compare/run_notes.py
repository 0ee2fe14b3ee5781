"""A run's name, notes and star, and the way to delete it."""

import streamlit as st

from core.errors import UsageError
from core.runs.labels import LONGEST_NAME, LONGEST_NOTES, read_labels, write_labels
from core.runs.record import Run, delete_run
from pages.shared.markdown import escape
from pages.shared.run_label import run_label


def show_run_notes(runs: list[Run]) -> None:
    """Choose one of the runs, and name, note, star or delete it."""
    ids = [run.id for run in runs]
    chosen = st.selectbox("Run to name", ids, format_func=lambda run_id: run_label(runs[ids.index(run_id)]))
    run = runs[ids.index(chosen)]
    labels = read_labels(run)
    with st.form(f"labels_{run.id}", border=False):
        left, right = st.columns([2, 3])
        name = left.text_input("Name", labels.name, max_chars=LONGEST_NAME, placeholder="Its network, until it has one")
        star = left.checkbox("Star", labels.star, help="Starred runs come first where runs are chosen here.")
        notes = right.text_area("Notes", labels.notes, max_chars=LONGEST_NOTES, height=110)
        kept = st.form_submit_button("Keep", icon=":material/check:")
    if kept:
        try:
            write_labels(run, name=name, notes=notes, star=star)
        except UsageError as error:
            st.error(escape(str(error)), icon=":material/error:")
        else:
            st.rerun()
    if st.button("Delete this run", icon=":material/delete:", key=f"delete_{run.id}", disabled=run.status().active):
        _confirm(run)


@st.dialog("Delete this run?")
def _confirm(run: Run) -> None:
    st.markdown(f"**{escape(run_label(run))}**")
    st.markdown("Its weights, curves and predictions are removed for good. The images stay.")
    if st.button("Delete for good", type="primary", icon=":material/delete:"):
        try:
            delete_run(run)
        except UsageError as error:
            st.error(escape(str(error)), icon=":material/error:")
            return
        if st.query_params.get("run") == run.id:
            del st.query_params["run"]
        st.rerun()
