"""What a process that computes does for others first of all."""

import os
from pathlib import Path

NICENESS = 5
# Of two processes the kernel should take the one that trains, not the one that serves pages, when memory runs out.
FIRST_TO_GO = "500"
# The exit code of a training that ran out of memory: BSD's EX_TEMPFAIL, "try again later".
OUT_OF_MEMORY = 75


def set_up_process() -> None:
    """Let others go first, in time and in memory, and TensorFlow be quiet and modest."""
    # Its remarks about the processor would bury what matters in the log; errors still show.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    adjustment = Path("/proc/self/oom_score_adj")
    if adjustment.exists():
        adjustment.write_text(FIRST_TO_GO)
