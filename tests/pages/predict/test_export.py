"""Predict, "Take it along": every format as a card that makes it, shows how far it is, and hands it out."""

import time

import pytest

from core.export.formats import FORMATS
from core.export.job import ExportJob, state_of
from core.jobs.job import identity

VIEW = "Take it along"


@pytest.fixture
def run(pets, trained):
    """A run that has weights."""
    run = trained(pets)
    run.best_weights.write_bytes(b"weights")
    return run


@pytest.fixture
def tab(visit, run):
    """The page, at the view of exports."""
    page = visit("predict", dataset="pets", run=run.id)
    page.setting("View").set_value(VIEW)
    return page.run()


def job_of(run, name="onnx"):
    job = ExportJob.of(run, FORMATS[name])
    job.folder.mkdir(parents=True)
    return job


def make(job):
    """As if it had been made."""
    job.path.write_bytes(b"12345")
    job.save_result(state_of(job.run), ["It differs by *1e-06*."])
    job.update(state="done")


def test_every_format_has_a_card(tab):
    for format in FORMATS.values():
        assert f"**{format.title}**" in tab.words
        assert format.sentence in tab.words
        assert [button.key for button in tab.at.button if button.key == f"make_{format.name}"]
    assert "Use it elsewhere" in tab.words


def test_a_press_starts_one_in_a_process_of_its_own(tab, launched):
    tab.at.button(key="make_onnx").click()
    tab.run()
    assert launched == [("core.export.worker", "onnx")]
    assert tab.buttons.count("Stop") == 1
    assert tab.buttons.count("Make it") == len(FORMATS) - 1


def test_one_that_goes_on_shows_how_far_it_is_and_can_be_stopped(tab, run):
    job = job_of(run)
    job.update(state="running", stage="Writing ONNX", processes=[identity()], started=time.time())
    tab.run()
    assert "Writing ONNX" in tab.words
    tab.press("Stop")
    assert job.stop_requested


def test_what_was_made_is_handed_out_with_what_its_check_found(tab, run):
    make(job_of(run))
    tab.run()
    downloads = tab.at.main.get("download_button")
    assert [download.proto.label for download in downloads] == ["Download (5 bytes)"]
    assert "It differs by *1e-06*." in tab.words
    assert tab.buttons.count("Make it") == len(FORMATS) - 1


def test_what_was_made_of_earlier_weights_is_made_anew(tab, run, launched):
    make(job_of(run))
    run.best_weights.write_bytes(b"better weights")
    tab.run()
    assert "of the run as it was then" in tab.words
    assert tab.at.main.get("download_button") == []
    tab.press("Make it anew")
    assert launched == [("core.export.worker", "onnx")]


def test_a_refusal_is_shown_in_its_card(tab, run):
    job_of(run).update(state="failed", error="This export was refused: <b>0.2</b>\nits log")
    tab.run()
    assert tab.errors == ["This export was refused: <b>0.2</b>"]
    assert tab.buttons.count("Try again") == 1


def test_a_press_just_as_another_ends_is_heard(tab, run, launched, monkeypatch):
    job, status = job_of(run), ExportJob.status
    job.update(state="running", processes=[identity()], started=time.time())
    tab.run()

    def ended_once_looked_at(self):
        found = status(self)
        if found.active:
            self.update(state="done")
        return found

    monkeypatch.setattr(ExportJob, "status", ended_once_looked_at)
    tab.at.button(key="make_script").click()
    tab.run()
    assert launched == [("core.export.worker", "script")]
