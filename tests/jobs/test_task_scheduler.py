"""Long answers: in turn, in view, shared by tabs, and to be stopped; with a client that waits for its cues."""

import queue
import threading

import pytest

from core.errors import WorkbenchError
from core.jobs import task_scheduler
from core.jobs.task_scheduler import MOST_WAITING, MOST_WAITING_EACH, SECONDS_AWAY, TaskScheduler


class Cued:
    """A client that works at a task until it is told to report, to end or to fail."""

    def __init__(self):
        self.begun, self.killed, self._cues = [], threading.Event(), {}

    def ask(self, task, on_progress, name):
        self.begun.append(name)
        cues = self._cues_of(name)
        while True:
            cue = cues.get(timeout=60)
            if isinstance(cue, Exception):
                raise cue
            if not isinstance(cue, tuple):
                return cue
            on_progress(*cue)

    def tell(self, name, cue):
        self._cues_of(name).put(cue)

    def kill(self):
        self.killed.set()
        for cues in self._cues.values():
            cues.put(WorkbenchError("The inference process ended."))

    def close(self):
        pass

    def _cues_of(self, name):
        return self._cues.setdefault(name, queue.Queue())


@pytest.fixture
def client():
    return Cued()


@pytest.fixture
def answers(client):
    answers = TaskScheduler(client)
    yield answers
    answers.close()


def test_it_shows_how_far_it_is_and_what_was_found(answers, client, eventually):
    answer = answers.ask("anna", "task", name="map")
    assert answer.active
    client.tell("map", ("Drawing", 0, 10))
    eventually(lambda: answer.status.stage == "Drawing")
    assert answer.status.eta_seconds is None
    client.tell("map", ("Drawing", 4, 10))
    eventually(lambda: answer.status.done == 4)
    assert answer.status.fraction == 0.4
    assert answer.status.eta_seconds > 0
    client.tell("map", "found")
    answer.wait(60)
    assert (answer.status.state, answer.found) == ("done", "found")


def test_who_asks_the_same_finds_the_work_that_goes_on_and_what_was_found(answers, client):
    answer = answers.ask("anna", "task", 1, name="map")
    assert answers.ask("anna", "task", 1, name="map") is answer
    client.tell("map", "found")
    answer.wait(60)
    assert answers.ask("anna", "task", 1, name="map") is answer
    assert client.begun == ["map"]
    assert answers.ask("anna", "task", 2, name="map") is not answer, "what it is asked about has changed"


def test_one_at_a_time_and_visitors_in_turns(answers, client, eventually):
    first = answers.ask("anna", "task", name="a1")
    eventually(lambda: client.begun == ["a1"])
    answers.ask("anna", "task", name="a2")
    answers.ask("anna", "task", name="a3")
    last = answers.ask("ben", "task", name="b1")
    assert last.status.state == "queued"
    for name in ("a1", "b1", "a2", "a3"):
        client.tell(name, name)
    eventually(lambda: not answers.ask("anna", "task", name="a3").active)
    assert client.begun == ["a1", "b1", "a2", "a3"]
    assert (first.found, last.found) == ("a1", "b1")


def test_it_is_stopped_at_the_next_report_and_begun_anew_only_when_asked_to(answers, client, eventually):
    answer = answers.ask("anna", "task", name="map")
    eventually(lambda: client.begun == ["map"])
    answers.stop(answer)
    client.tell("map", ("Drawing", 1, 10))
    answer.wait(60)
    assert answer.status.state == "stopped"
    assert not client.killed.is_set()
    assert answers.ask("anna", "task", name="map") is answer
    answers.forget(answer)
    assert answers.ask("anna", "task", name="map").active


def test_a_process_that_does_not_hear_is_ended(answers, client, eventually, monkeypatch):
    monkeypatch.setattr(task_scheduler, "SECONDS_TO_STOP", 0.0)
    answer = answers.ask("anna", "task", name="map")
    eventually(lambda: client.begun == ["map"])
    answers.stop(answer)
    answer.wait(60)
    assert client.killed.is_set()
    assert answer.status.state == "stopped"


def test_what_waits_is_stopped_without_being_begun(answers, client, eventually):
    answers.ask("anna", "task", name="map")
    waiting = answers.ask("ben", "task", name="faults")
    answers.stop(waiting)
    assert waiting.status.state == "stopped"
    client.tell("map", "found")
    eventually(lambda: not answers.ask("anna", "task", name="map").active)
    assert client.begun == ["map"]


def test_what_goes_wrong_is_told_and_tried_again_when_forgotten(answers, client):
    answer = answers.ask("anna", "task", name="map")
    client.tell("map", WorkbenchError("The weights are gone."))
    answer.wait(60)
    assert (answer.status.state, answer.status.error) == ("failed", "The weights are gone.")
    answers.forget(answer)
    assert answers.ask("anna", "task", name="map").active


def test_what_nobody_waits_for_gives_way_to_others(answers, client, eventually):
    left, never_begun = (answers.ask("anna", "task", name=name) for name in ("a1", "a2"))
    eventually(lambda: client.begun == ["a1"])
    for answer in (left, never_begun):
        answer.seen -= SECONDS_AWAY + 1
    waited_for = answers.ask("ben", "task", name="b1")
    client.tell("a1", ("Drawing", 1, 10))
    client.tell("b1", "found")
    waited_for.wait(60)
    assert waited_for.found == "found"
    assert (left.status.state, never_begun.status.state) == ("stopped", "stopped")
    assert answers.ask("anna", "task", name="a1").active, "who comes back does not find it stopped"


def test_alone_it_is_finished_for_who_comes_back(answers, client, eventually):
    left = answers.ask("anna", "task", name="map")
    eventually(lambda: client.begun == ["map"])
    left.seen -= SECONDS_AWAY + 1
    client.tell("map", ("Drawing", 1, 10))
    client.tell("map", "found")
    left.wait(60)
    assert answers.ask("anna", "task", name="map").found == "found"


def test_nobody_fills_the_queue(answers, client, eventually):
    answers.ask("anna", "task", name="a")
    eventually(lambda: client.begun == ["a"])
    first, *_ = [answers.ask("anna", "task", name=f"a{number}") for number in range(MOST_WAITING_EACH)]
    newest = answers.ask("anna", "task", name="newest")
    assert newest.active
    assert not first.active, "of one's own, what was looked at the longest ago makes room"
    with pytest.raises(WorkbenchError, match=r"answers are waited for.* Try again in a minute"):
        for number in range(MOST_WAITING):
            answers.ask(f"visitor {number}", "task", name="b")


def test_answers_are_kept_for_a_while(answers, client, monkeypatch):
    monkeypatch.setattr(task_scheduler, "ANSWERS_KEPT", 2)
    for name in ("a", "b", "c"):
        client.tell(name, name)
        answers.ask("anna", "task", name=name).wait(60)
    answers.ask("anna", "task", name="c")
    assert client.begun == ["a", "b", "c"]
    client.tell("a", "again")
    answer = answers.ask("anna", "task", name="a")
    answer.wait(60)
    assert answer.found == "again"
