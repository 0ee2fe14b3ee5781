"""What an epoch took, in the metrics of those behind it and, of the last few, in the state."""

import time

from core.training.callbacks.base import Callback
from core.training.callbacks.resource_usage import EPOCHS_FOR_ETA, ResourceUsage
from tests.training.callbacks.small_training import COUNT


class Slow(Callback):
    """Takes its time for every batch, and more behind the last."""

    def on_batch_begin(self, batch):
        time.sleep(0.01)

    def on_epoch_end(self, epoch, metrics):
        time.sleep(0.05)


def test_an_epoch_has_its_seconds_throughput_and_memory(training, recorder):
    made = training()
    began = time.monotonic()
    made.fit(Slow(), ResourceUsage(made.batches, made.state), recorder, epochs=1)
    took = time.monotonic() - began
    (metrics,) = recorder.metrics
    assert 0.1 <= metrics["seconds"] <= took
    # Five batches of 10 ms, without the 50 ms behind them.
    assert COUNT / (took - 0.05) <= metrics["images_per_second"] <= COUNT / 0.05
    assert 10 < metrics["memory_mb"] < 100_000


def test_the_last_durations_are_kept_for_the_time_that_is_left(training, recorder):
    made = training()
    made.fit(ResourceUsage(made.batches, made.state), recorder, epochs=EPOCHS_FOR_ETA + 2)
    assert made.state.durations == [metrics["seconds"] for metrics in recorder.metrics][-EPOCHS_FOR_ETA:]
