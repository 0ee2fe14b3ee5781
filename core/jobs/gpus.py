"""The graphics cards of this machine that may be used, and what a run may ask for."""

import os
import shutil
import subprocess
from functools import cache

# What a run may ask for in place of the name of a GPU: that of any slot, or all at once.
AUTO, ALL = "auto", "all"


def gpus() -> list[str]:
    """The GPUs that may be used, as ``CUDA_VISIBLE_DEVICES`` names them; it narrows them down where it is set."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return list(_installed_gpus())
    names = [name.strip() for name in visible.split(",")]
    # CUDA ignores all from the first that it can't find; -1 is how one usually says "none".
    return names[: names.index("-1")] if "-1" in names else [name for name in names if name]


@cache
def _installed_gpus() -> tuple[str, ...]:
    """The numbers of the GPUs that NVIDIA's driver knows; asked once, for that takes a second."""
    if shutil.which("nvidia-smi") is None:
        return ()
    command = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (subprocess.SubprocessError, OSError):  # a driver that does not answer has no GPU to offer
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip().isdecimal())
