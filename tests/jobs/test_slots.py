"""How many slots there are, and which graphics cards belong to them."""

import math
import os
import subprocess
import sys

import pytest

from core.errors import UsageError
from core.jobs.gpus import gpus
from core.jobs.slots import check_gpu, slot_count


def test_there_is_a_slot_for_each_gpu_that_may_be_used(monkeypatch):
    monkeypatch.delenv("WORKBENCH_SLOT_COUNT", raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0, 3,GPU-8932f937")
    assert gpus() == ["0", "3", "GPU-8932f937"]
    assert slot_count() == 3
    for nothing in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", nothing)
        assert gpus() == []
        assert slot_count() == max(1, math.floor((os.cpu_count() or 2) / 2))


def test_a_gpu_that_is_not_there_is_refused(monkeypatch, two_gpus):
    for gpu in ("auto", "all", "5", "7"):
        check_gpu(gpu)
    with pytest.raises(UsageError, match="'gpu' is '0', but the GPUs that may be used here are: 5, 7"):
        check_gpu("0")
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "1")
    check_gpu("5")
    with pytest.raises(UsageError, match=r"take turns in 1 of the 2 GPUs here.*WORKBENCH_SLOT_COUNT"):
        check_gpu("7")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    check_gpu("auto")
    for gpu in ("all", "0"):
        with pytest.raises(UsageError, match="no GPU may be used here"):
            check_gpu(gpu)


def test_the_driver_is_asked_where_nothing_narrows_the_gpus_down(tmp_path):
    """A stand-in for NVIDIA's tool, which this machine may not have."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\nprintf '0\\n1\\n'\n")
    tool.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if key != "WORKBENCH_SLOT_COUNT"}
    program = "from core.jobs.gpus import gpus; from core.jobs.slots import slot_count; print(gpus(), slot_count())"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == "['0', '1'] 2\n"


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_a_number_of_slots_that_makes_no_sense_is_refused(monkeypatch, text):
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", text)
    with pytest.raises(UsageError, match="WORKBENCH_SLOT_COUNT must be a whole number from 1"):
        slot_count()


def test_the_number_of_slots_is_read_by_its_old_name_where_the_new_one_says_nothing(monkeypatch):
    monkeypatch.delenv("WORKBENCH_SLOT_COUNT", raising=False)
    monkeypatch.setenv("WORKBENCH_PLACES_COUNT", "7")
    assert slot_count() == 7
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "2")
    assert slot_count() == 2
    monkeypatch.setenv("WORKBENCH_SLOT_COUNT", "")
    monkeypatch.setenv("WORKBENCH_PLACES_COUNT", "many")
    with pytest.raises(UsageError, match="WORKBENCH_PLACES_COUNT must be a whole number from 1"):
        slot_count()
