"""What the curves of a run say, in words, with what to do about it."""

import pandas as pd

RECENT = 5  # epochs; fewer say nothing of a direction
RISE = 1.1  # of the best validation loss, beyond the wobble of a small validation part
FALL = 0.98  # of the loss RECENT epochs ago: a fall of 2 % and more is progress
ABOVE_MAJORITY = 0.05  # of accuracy


def diagnose(table: pd.DataFrame, majority: float) -> str:
    """The one thing about the curves that matters most.

    Parameters
    ----------
    table
        As `core.runs.events.epoch_table` gives it.
    majority
        The share of the most frequent class, 0 to 1: the accuracy of always answering it.

    Returns
    -------
    str
        One or two sentences, "" where there are too few epochs to tell. Rules of thumb, no tests of significance.
    """
    if len(table) < RECENT:
        return ""
    validated = bool(table["val_loss"].notna().all())
    watched, accuracy = ("val_loss", "val_accuracy") if validated else ("loss", "accuracy")
    losses, best = table[watched], table[watched].min()
    if table["loss"].iloc[-1] > RISE * table["loss"].iloc[0]:
        return "Diverging: the training loss is larger than at the start. Choose a smaller learning rate."
    if table[accuracy].max() < majority + ABOVE_MAJORITY:
        return (
            "Not learning: it is hardly right more often than always answering the most frequent class. Try another "
            "learning rate or network, and look whether the labels are right."
        )
    training_falls = table["loss"].iloc[-1] < table["loss"].loc[losses.idxmin()]
    if validated and losses.iloc[-1] > RISE * best and training_falls:
        return (
            "Over-fitting: training gets better while validation gets worse, so it learns by heart. The best epoch is "
            "kept. More images, augmentation or dropout help; more epochs do not."
        )
    if losses.idxmin() == losses.index[-1] and losses.iloc[-1] < FALL * losses.iloc[-RECENT]:
        return "Still improving in the last epoch: train longer."
    return "Converged: the loss no longer falls noticeably, and more epochs would change little."
