"""Callbacks: what is told of a training while it goes on, and may steer it; and a list of them that is told as one."""

from collections.abc import Iterator
from typing import Protocol

Metrics = dict[str, float]


class CancelFit(Exception):
    """Raised by a callback where the training has to end at once, with the reason in words.

    Nothing of the epoch in hand is kept: the callbacks behind it are told of it no more. See `CallbackList`.
    """


class Callback:
    """Hooks that do nothing, of which a callback overrides those it needs.

    A learner's `fit` calls them in the order in which they stand here. Where a fit fails, `on_train_end` is left out.
    """

    def on_train_begin(self) -> None:
        """Before the first epoch of a fit."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Before an epoch, counted from 0 over all fits that a training was broken off into."""

    def on_batch_begin(self, batch: int) -> None:
        """Before a batch, counted from 0 within its epoch."""

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        """After a batch; `metrics` are the "loss" and "accuracy", on average over the epoch so far."""

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        """After a whole epoch; of one that is stopped half way it is not called.

        Where there is validation, `metrics` have "val_loss" and "val_accuracy" too. A callback may add to them what
        others behind it will find there.
        """

    def on_train_end(self) -> None:
        """After the last epoch, or when the fit was stopped."""


class Stoppable(Protocol):
    """What ends a fit behind the batch or epoch in hand, as `core.training.learner.Learner` does."""

    def stop(self) -> None: ...


class CallbackList(Callback):
    """Several callbacks as one, told in their order.

    Once one of them has raised `CancelFit`, it asks the learner to stop and tells none of anything but the end.

    Parameters
    ----------
    learner
        Which is fitted.
    """

    def __init__(self, learner: Stoppable, *callbacks: Callback):
        self._learner, self._callbacks = learner, callbacks
        self.cancelled: str = ""

    def __iter__(self) -> Iterator[Callback]:
        return iter(self._callbacks)

    def on_train_begin(self) -> None:
        self._tell("on_train_begin")

    def on_epoch_begin(self, epoch: int) -> None:
        self._tell("on_epoch_begin", epoch)

    def on_batch_begin(self, batch: int) -> None:
        self._tell("on_batch_begin", batch)

    def on_batch_end(self, batch: int, metrics: Metrics) -> None:
        self._tell("on_batch_end", batch, metrics)

    def on_epoch_end(self, epoch: int, metrics: Metrics) -> None:
        self._tell("on_epoch_end", epoch, metrics)

    def on_train_end(self) -> None:
        for callback in self:
            callback.on_train_end()

    def _tell(self, hook: str, *values: object) -> None:
        if self.cancelled:
            return
        try:
            for callback in self:
                getattr(callback, hook)(*values)
        except CancelFit as reason:
            self.cancelled = str(reason)
            self._learner.stop()
