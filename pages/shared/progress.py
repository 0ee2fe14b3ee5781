"""How far a piece of long work is: what is being done, how far, how long still."""

import streamlit as st

from core.jobs.job import Status


def duration(seconds: float) -> str:
    """A duration as people say it.

    >>> duration(75)
    '1 min 15 s'
    """
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def show_progress(status: Status) -> None:
    """A bar with what is being done, how far, and how long still."""
    parts = [status.stage or "Starting"]
    if status.total:
        parts.append(f"{status.done:,} of {status.total:,}")
    elif status.active and status.seconds is not None:
        parts.append(f"{duration(status.seconds)} so far")
    if status.eta_seconds:
        parts.append(f"about {duration(status.eta_seconds)} left")
    st.progress(status.fraction, " · ".join(parts))
