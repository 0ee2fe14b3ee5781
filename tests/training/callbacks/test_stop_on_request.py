"""A training that is asked to stop does so behind the batch in hand."""

from core.training.callbacks.stop_on_request import StopOnRequest


def test_it_ends_behind_the_batch_in_hand(training, recorder):
    made = training()
    made.run.request_stop()
    made.fit(recorder, StopOnRequest(made.learner, made.run))
    assert recorder.hooks[-2:] == [("batch end", 0), ("train end",)]


def test_nobody_asks_and_it_goes_on(training, recorder):
    made = training()
    made.fit(recorder, StopOnRequest(made.learner, made.run), epochs=2)
    assert [hook for hook in recorder.hooks if hook[0] == "epoch end"] == [("epoch end", 0), ("epoch end", 1)]
