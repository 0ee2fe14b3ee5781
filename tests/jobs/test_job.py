"""Work in processes of its own: what its status says while it lives, and once it is dead. All processes are real."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from core.installation import PROJECT
from core.jobs.job import Job, Status, Stopped, identity, is_alive
from core.jobs.progress import Progress

SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read()"]  # lives until its input is closed


@pytest.fixture
def job(tmp_path):
    folder = tmp_path / "job"
    folder.mkdir()
    return Job(folder)


@pytest.fixture
def launch(job, tmp_path):
    """Launches a job whose program is given as text."""

    def start(program):
        (tmp_path / "programs").mkdir(exist_ok=True)
        (tmp_path / "programs" / "work_of_a_test.py").write_text(program)
        job.launch("work_of_a_test", PYTHONPATH=os.pathsep.join([str(tmp_path / "programs"), str(PROJECT)]))

    return start


# Whether a process lives ---------------------------------------------------------------------------------------------


def test_this_process_lives():
    assert is_alive(*identity())


def test_a_process_that_ended_does_not_live():
    process = subprocess.Popen(SLEEPER, stdin=subprocess.PIPE)
    pid, started = identity(process.pid)
    assert is_alive(pid, started)
    process.communicate()
    assert not is_alive(pid, started)


def test_a_pid_that_now_belongs_to_another_process_does_not_count():
    pid, started = identity()
    assert not is_alive(pid, started - 100)
    assert not is_alive(pid, started + 100)


def test_a_zombie_does_not_live(eventually):
    process = subprocess.Popen(SLEEPER, stdin=subprocess.PIPE)
    pid, started = identity(process.pid)
    process.stdin.close()
    # Nobody has asked for its exit code yet, so that the system keeps it in its table.
    eventually(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert not is_alive(pid, started)
    process.wait()


def test_the_identity_of_no_process_is_not_alive():
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    assert not is_alive(*identity(int(process.stdout)))


# The status ----------------------------------------------------------------------------------------------------------


def test_a_job_that_nobody_started_is_new(job):
    assert job.status() == Status()
    assert not job.status().active
    assert job.status().seconds is None


def test_a_job_at_work_says_how_far_it_is(job):
    job.update(state="running", stage="Reading images", done=3, total=12, processes=[identity()])
    status = Job(job.folder).status()
    assert (status.state, status.stage, status.fraction, status.active) == ("running", "Reading images", 0.25, True)


def test_facts_are_added_to_those_already_there(job):
    job.update(facts={"device": "CPU", "epochs": 1})
    job.update(facts={"epochs": 2})
    assert job.status().facts == {"device": "CPU", "epochs": 2}


def test_a_fraction_never_leaves_0_to_1():
    assert Status(done=5, total=0).fraction == 0
    assert Status(done=7, total=5).fraction == 1


def test_the_time_taken_stands_still_once_finished():
    assert Status(started=100.0, finished=160.0).seconds == 60
    assert Status(started=time.time() - 5).seconds >= 5


def test_a_status_of_a_later_version_can_be_read(job):
    (job.folder / "status.json").write_text('{"state": "done", "mood": "good"}')
    assert job.status().state == "done"


@pytest.mark.parametrize("state", ["queued", "starting", "running"])
def test_a_job_whose_process_is_gone_has_failed_and_says_what_it_last_printed(job, state):
    pid, started = identity()
    job.update(state=state, processes=[[pid, started - 100]], eta_seconds=30)
    job.log_path.write_text("".join(f"line {number}\n" for number in range(100)) + "the last words\n")
    status = job.status()
    assert status.state == "failed"
    assert status.eta_seconds is None
    assert "process is gone" in status.error
    assert status.error.endswith("the last words")
    assert "line 95" in status.error
    assert "line 50" not in status.error, "a page has room for the last lines only"
    assert job.written_status().state == state, "looking must not write: the process may be about to"


def test_without_a_log_the_cause_is_a_sentence_alone(job):
    job.update(state="running", processes=[])
    assert job.status().error.endswith("killed from outside.")


def test_one_living_process_of_several_is_enough(job):
    pid, started = identity()
    job.update(state="running", processes=[[pid, started - 100], [pid, started]])
    assert job.status().state == "running"


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_a_job_that_ended_needs_no_process(job, state):
    job.update(state=state, error="its own words")
    assert job.status().state == state
    assert job.status().error == "its own words"


def test_the_log_is_read_from_its_end_and_need_not_be_text(job):
    assert job.log_tail() == ""
    job.log_path.write_bytes("é".encode() * 20_000 + b"\n\xff\xfe caf\xe9\nlast\n")
    assert job.log_tail(1) == "last"
    assert "caf" in job.log_tail(2)


def test_a_heartbeat_is_as_old_as_it_is(job):
    assert job.seconds_since_heartbeat() is None
    job.beat()
    os.utime(job.folder / "heartbeat", (time.time() - 50,) * 2)
    assert job.seconds_since_heartbeat() >= 50
    job.beat()
    assert job.seconds_since_heartbeat() < 50


# Real work -----------------------------------------------------------------------------------------------------------


def test_a_launched_job_is_active_at_once_and_says_how_it_ended(job, launch, eventually):
    launch(
        "import sys, pathlib; from core.jobs.job import Job, identity\n"
        "job = Job(pathlib.Path(sys.argv[1])); print('at work', flush=True)\n"
        "job.update(state='running', processes=[identity()])\n"
        "job.update(state='done', facts={'answer': 42})\n"
    )
    first = job.written_status()
    assert first.state in ("queued", "running", "done")
    assert first.started is not None or first.state != "queued"
    eventually(lambda: not job.status().active)
    status = job.status()
    assert (status.state, status.facts) == ("done", {"answer": 42})
    assert job.log_tail() == "at work"


def test_a_launched_job_that_dies_leaves_its_last_words(job, launch, eventually):
    launch("raise SystemExit('the disk of this job is on fire')")
    eventually(lambda: not job.status().active)
    status = job.status()
    assert status.state == "failed"
    assert "on fire" in status.error


def test_a_job_that_is_killed_is_seen_to_have_failed(job, launch, eventually):
    launch(
        "import sys, pathlib, time; from core.jobs.job import Job, identity\n"
        "job = Job(pathlib.Path(sys.argv[1])); job.update(state='running', processes=[identity()])\n"
        "time.sleep(300)\n"
    )
    eventually(lambda: job.status().state == "running")
    psutil.Process(int(job.status().processes[0][0])).kill()
    eventually(lambda: job.status().state == "failed")


def test_a_job_outlives_the_process_that_started_it_and_stops_when_asked(job, tmp_path, eventually):
    (tmp_path / "work_of_a_test.py").write_text(
        "import sys, pathlib, time; from core.jobs.job import Job, identity\n"
        "job = Job(pathlib.Path(sys.argv[1])); job.update(state='running', processes=[identity()])\n"
        "deadline = time.monotonic() + 120\n"
        "while not job.stop_requested and time.monotonic() < deadline: time.sleep(0.02)\n"
        "job.update(state='stopped')\n"
    )
    starter = (
        "import os, pathlib, sys; from core.jobs.job import Job\n"
        "Job(pathlib.Path(sys.argv[1])).launch('work_of_a_test', PYTHONPATH=os.pathsep.join(sys.argv[2:]))"
    )
    subprocess.run(
        [sys.executable, "-c", starter, str(job.folder), str(tmp_path), str(PROJECT)], cwd=PROJECT, check=True
    )
    eventually(lambda: job.status().state == "running")
    assert not job.stop_requested
    job.request_stop()
    eventually(lambda: not job.status().active)
    assert job.status().state == "stopped"


# Progress ------------------------------------------------------------------------------------------------------------


def test_progress_is_written_into_the_status_and_told_to_whoever_listens(job):
    stages, steps = [], []
    progress = Progress(job, lambda *step: steps.append(step), stages.append)
    progress("Reading images", 0, 2)
    progress("Reading images", 1, 2)
    progress("Reading images", 2, 2)
    progress("Comparing images", 0, 5)
    progress("Comparing images", 5, 5)
    status = job.written_status()
    assert (status.stage, status.done, status.total, status.eta_seconds) == ("Comparing images", 5, 5, 0)
    assert stages == ["Reading images", "Comparing images"]
    assert steps[0] == ("Reading images", 0, 2)
    assert len(steps) == 5


def test_progress_is_not_written_at_every_step(job):
    progress = Progress(job)
    written = set()
    for done in range(2000):
        progress("Reading images", done, 10_000)
        written.add(job.written_status().done)
    assert len(written) < 1000, "a file that is written for every image would take longer than the image"


def test_the_time_left_is_told_by_what_was_done_now_alone(job):
    progress = Progress(job)
    progress("Reading images", 9_000, 10_000)
    assert job.written_status().eta_seconds is None, "these were read by an attempt before this one"


def test_progress_hears_a_stop(job):
    progress = Progress(job)
    progress("Reading images", 0, 2)
    job.request_stop()
    with pytest.raises(Stopped):
        progress("Reading images", 1, 2)
    job.forget()
    progress("Reading images", 1, 2)


def test_what_is_forgotten_is_how_it_ended_and_that_it_was_asked_to_stop(job):
    job.update(state="failed", error="its words")
    job.request_stop()
    job.forget()
    assert job.status() == Status()
    assert not job.stop_requested
