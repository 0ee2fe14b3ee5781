"""Slots: how many runs may train on this machine at the same time, and which graphics cards belong to each."""

import os
from collections.abc import Sequence

from core.errors import UsageError
from core.jobs.gpus import ALL, AUTO, gpus

COUNT, COUNT_BEFORE = "WORKBENCH_SLOT_COUNT", "WORKBENCH_PLACES_COUNT"


class Slot:
    """One of the machine's slots. It is taken for as long as any process holds its descriptor open.

    A process that is started with the descriptor (`subprocess.Popen(pass_fds=…)`) holds the slot as well: the
    operating system frees it when the last of them has ended, however it ended, and not before.
    """

    def __init__(self, index: int, descriptor: int):
        self.index, self.descriptor = index, descriptor

    def close(self) -> None:
        """Let go of the slot. It is not unlocked: another process may still hold it."""
        os.close(self.descriptor)


def slot_count() -> int:
    """How many runs may train at the same time on this machine.

    One for each GPU, or one for every two processors where there is none; ``WORKBENCH_SLOT_COUNT`` overrides both, and
    so does, for this release still, ``WORKBENCH_PLACES_COUNT``, as it was called before.

    Raises
    ------
    UsageError
        If ``WORKBENCH_SLOT_COUNT`` is not a whole number from 1.
    """
    name = next((name for name in (COUNT, COUNT_BEFORE) if os.environ.get(name)), None)
    if name is None:
        return len(gpus()) or max(1, (os.cpu_count() or 2) // 2)
    text = os.environ[name]
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"The environment variable {name} must be a whole number from 1. Got {text!r}.")
    return int(text)


def suitable_slots(gpu: str) -> list[tuple[int, ...]]:
    """The slots that a run could train in, by the GPU that it asks for: any entry does, each in all its slots."""
    everywhere = tuple(range(slot_count()))
    if gpu == ALL:
        return [everywhere]
    return [(slot,) for slot in everywhere if gpu in (AUTO, gpu_of_slot(slot))]


def gpu_of_slot(slot: int) -> str | None:
    """The name of the GPU that belongs to a slot; None where there are no GPUs."""
    names = gpus()
    return names[slot % len(names)] if names else None


def visible_gpus(gpu: str, slots: Sequence[Slot]) -> dict[str, str]:
    """The environment in which a run sees its GPUs and no other; nothing where there are no GPUs.

    Parameters
    ----------
    gpu
        Which it asks for.
    slots
        Those that it was given.
    """
    names = gpus() if gpu == ALL else [name for slot in slots if (name := gpu_of_slot(slot.index)) is not None]
    return {"CUDA_VISIBLE_DEVICES": ",".join(names)} if names else {}


def check_gpu(gpu: str) -> None:
    """Refuse a run that asks for a GPU which this machine does not have, and would wait for it for ever.

    Raises
    ------
    UsageError
        Saying which there are.
    """
    if gpu == AUTO:
        return
    names = gpus()
    if not names:
        raise UsageError(f"The setting 'gpu' is {gpu!r}, but no GPU may be used here. Leave it at {AUTO!r}.")
    if gpu != ALL and gpu not in names:
        raise UsageError(f"The setting 'gpu' is {gpu!r}, but the GPUs that may be used here are: {', '.join(names)}.")
    if not suitable_slots(gpu):
        raise UsageError(
            f"The setting 'gpu' is {gpu!r}, but runs take turns in {slot_count()} of the {len(names)} GPUs here, from "
            f"the first one on. Leave it at {AUTO!r}, or raise the environment variable WORKBENCH_SLOT_COUNT."
        )
