"""Loss and accuracy as they develop."""

from typing import Any

from core.figures.training_curves import learning_rates_figure
from core.runs.events import epoch_table
from core.runs.training_curves import training_curves
from pages.shared.figure import show_figure


def show_curves(events: list[dict[str, Any]], epochs: int, key: str) -> None:
    """Training and validation, side by side for loss and accuracy, with the best epoch marked."""
    curves = training_curves(events, epochs)
    # What one has zoomed to stays while new epochs come.
    figure = curves.figure().update_layout(uirevision=key)
    show_figure(figure, key, curves.in_words())


def pace_in_words(events: list[dict[str, Any]]) -> str:
    """What the last epoch took: time, speed, memory, and at which learning rate; "" before the first has ended."""
    table = epoch_table(events)
    if table.empty:
        return ""
    last = table.iloc[-1].dropna()  # runs of earlier versions told less
    parts = []
    if "seconds" in last:
        seconds = last["seconds"]
        duration = f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.{int(seconds < 10)}f} s"
        parts.append(f"{duration} an epoch")
    if "images_per_second" in last:
        speed = float(f"{last['images_per_second']:.2g}")  # it varies in the second digit from epoch to epoch
        parts.append(f"{speed:,.0f} images/s")
    if "memory_mb" in last:
        parts.append(f"{last['memory_mb'] / 1000:.1f} GB")
    if "learning_rate" in last:
        parts.append(f"learning rate {last['learning_rate']:.2g}")
    return " · ".join(parts)


def show_rates(event: dict[str, Any], key: str) -> None:
    """How the loss went while the learning rate was raised, and which rate was taken.

    Parameters
    ----------
    event
        Of kind "rates": `rates` and `losses` of one length, and `chosen`.
    """
    chosen = event.get("chosen")
    words = f"The loss over {len(event['rates'])} learning rates" + (f"; {chosen:.2g} was taken" if chosen else "")
    figure = learning_rates_figure(event["rates"], event["losses"], chosen)
    show_figure(figure, key, f"{words}.")
