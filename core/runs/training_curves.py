"""Training curves of a run: loss and accuracy epoch by epoch, in words and as a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.runs.events import batch_table, epoch_table

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False)
class TrainingCurves:
    """Loss and accuracy as they develop.

    Parameters
    ----------
    table : DataFrame
        A row an epoch: see `core.runs.events.epoch_table`.
    batches : DataFrame
        Points within epochs: see `core.runs.events.batch_table`.
    epochs : int
        How many were asked for.
    fine_tuned_from : int or None
        How many epochs lie before fine-tuning began; None where there was none.
    """

    table: "pd.DataFrame"
    batches: "pd.DataFrame"
    epochs: int
    fine_tuned_from: int | None

    def figure(self) -> "Figure":
        """Both curves side by side, with the best epoch marked, as a Plotly figure."""
        from core.figures.training_curves import training_curves_figure

        return training_curves_figure(self.table, self.batches, self.epochs, self.fine_tuned_from)

    def in_words(self) -> str:
        """What the curves say, for eyes that can't see them and for the sentence above them."""
        if self.table.empty:
            return "No epoch has ended yet."
        last = self.table.iloc[-1]
        ended = f"After {last['epoch']:.0f} epoch{'' if last['epoch'] == 1 else 's'}"
        text = f"{ended} the training loss is {last['loss']:.3f}"
        if self.table["val_loss"].isna().all():
            return text + "; there are no validation images."
        best = self.table.loc[self.table["val_loss"].idxmin()]
        text += f" and the validation loss {last['val_loss']:.3f}; the best was {best['val_loss']:.3f} in epoch "
        return text + f"{best['epoch']:.0f}."


def training_curves(events: Sequence[Mapping[str, Any]], epochs: int) -> TrainingCurves:
    """The curves that a run's events tell.

    Parameters
    ----------
    events
        As `core.runs.events.EventLog.read` gives them: ``run.events.read()``.
    epochs
        How many were asked for: ``run.settings.epochs``.
    """
    begun = [event["epochs"] for event in events if event["kind"] == "stage" and event["name"] == "fine_tune"]
    return TrainingCurves(epoch_table(events), batch_table(events), epochs, begun[-1] if begun else None)
