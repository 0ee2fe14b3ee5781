"""What a visitor sees while an answer takes long: how far it is, a stop, and how to start again."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import WorkbenchError
from core.jobs.inference_client import InferenceClient
from core.jobs.task_scheduler import WAITING
from pages.shared import inference as widget

SHOWN = ("progress", "markdown", "button", "warning")


class Cue:
    """Lets the task go on when it is set; what it says meanwhile, and how it ends."""

    def __init__(self):
        self.asked, self.go_on, self.error = [], threading.Event(), None

    def ask(self, inference_client, task, on_progress, **arguments):
        self.asked.append(task)
        on_progress("Drawing the map", 0, 500)
        on_progress("Drawing the map", 100, 500)
        assert self.go_on.wait(60)
        on_progress("Drawing the map", 500, 500)
        if self.error:
            raise self.error
        return {"task": task}


@pytest.fixture
def cue(monkeypatch):
    cue = Cue()
    monkeypatch.setattr(InferenceClient, "ask", lambda helper, task, **arguments: cue.ask(helper, task, **arguments))
    monkeypatch.setattr(widget, "SECONDS_AT_ONCE", 0.0)
    widget.task_scheduler.clear()
    yield cue
    cue.go_on.set()
    widget.task_scheduler().close()
    widget.task_scheduler.clear()


@pytest.fixture
def tab(cue, tmp_path):
    """Opens a page that needs an answer: `tab("feature_map")`."""

    def script(task, owner):
        import streamlit as st

        from core.errors import WorkbenchError
        from pages.shared.inference import scheduled_task

        try:
            found = scheduled_task(task, owner, "Drawing the map, once for this run", run="run")
            st.markdown(f"found by {found['task']}")
        except WorkbenchError as error:
            st.warning(str(error))

    def open_tab(task="feature_map", owner=str(tmp_path)):
        return run(AppTest.from_function(script, args=(task, owner), default_timeout=60))

    return open_tab


def run(at):
    at.run()
    assert not at.exception
    return at


def words(at):
    texts = [element.value for kind in ("markdown", "warning") for element in at.get(kind)]
    return texts + [bar.proto.text for bar in at.get("progress")]


def buttons(at):
    return {button.label: button for button in at.button}


def shows(at, text):
    return any(text in each for each in words(run(at)))


def test_how_far_it_is_until_it_is_there(tab, cue, eventually):
    at = tab()
    eventually(lambda: shows(at, "Drawing the map · 100 of 500 · about"))
    assert at.get("progress")[0].proto.value == 20
    assert words(at)[0] == "Drawing the map, once for this run."
    assert list(buttons(at)) == ["Stop"]
    cue.go_on.set()
    eventually(lambda: shows(at, "found by feature_map"))
    assert not at.button


def test_another_tab_and_a_reload_find_the_same_work(tab, cue, eventually):
    first = tab()
    eventually(lambda: shows(first, "100 of 500"))
    second = tab()
    assert shows(second, "100 of 500")
    cue.go_on.set()
    for at in (first, second, tab()):
        eventually(lambda at=at: shows(at, "found by feature_map"))
    assert cue.asked == ["feature_map"]


def test_another_visitor_is_told_that_he_waits(tab, cue, eventually):
    first = tab()
    eventually(lambda: shows(first, "100 of 500"))
    second = tab("label_issues", owner="another visitor")
    assert shows(second, WAITING)
    cue.go_on.set()
    eventually(lambda: shows(second, "found by label_issues"))


def test_a_stop_leaves_a_sentence_and_the_way_to_start_again(tab, cue, eventually):
    at = tab()
    eventually(lambda: shows(at, "100 of 500"))
    buttons(at)["Stop"].click()
    assert shows(at, "Stopping")
    assert buttons(at)["Stop"].disabled
    cue.go_on.set()
    eventually(lambda: shows(at, "Stopped before it was done: drawing the map, once for this run."))
    assert list(buttons(at)) == ["Start again"]
    assert list(buttons(tab())) == ["Start again"], "nor does a reload start it again"
    buttons(at)["Start again"].click()
    eventually(lambda: shows(at, "found by feature_map"))
    assert cue.asked == ["feature_map"] * 2


def test_what_goes_wrong_is_told_in_its_place_and_tried_again_by_the_next_look(tab, cue, eventually):
    cue.error = WorkbenchError("The weights are gone.")
    cue.go_on.set()
    at = tab()
    eventually(lambda: shows(at, "The weights are gone."))
    cue.error = None
    eventually(lambda: shows(at, "found by feature_map"))
