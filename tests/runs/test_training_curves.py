"""The curves of a training in words, and as a figure from Python."""

from core.runs.training_curves import training_curves


def epochs(losses, val_losses, val_accuracy=0.5):
    best, events = float("inf"), []
    for number, (loss, val_loss) in enumerate(zip(losses, val_losses, strict=True), start=1):
        is_best = val_loss is not None and val_loss < best
        best = val_loss if is_best else best
        figures = {"loss": loss, "accuracy": 0.5, "val_loss": val_loss, "val_accuracy": val_accuracy}
        events.append({"kind": "epoch", "epoch": number, "seconds": 1.0, "best": is_best} | figures)
    return events


def in_words(events):
    return training_curves(events, 25).in_words()


LEARNING_BY_HEART = epochs([1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05], [0.9, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])


def test_before_the_first_epoch_has_ended():
    assert in_words([]) == "No epoch has ended yet."
    assert in_words([{"kind": "stage", "name": "train"}, {"kind": "batch", "position": 0.5, "loss": 1.0}]) == (
        "No epoch has ended yet."
    )


def test_the_last_and_the_best_epoch_are_named():
    assert in_words(epochs([1.0, 0.5, 0.4], [0.9, 0.6, 0.65])) == (
        "After 3 epochs the training loss is 0.400 and the validation loss 0.650; the best was 0.600 in epoch 2."
    )


def test_one_epoch_is_not_called_several():
    assert in_words(epochs([1.0], [0.9])).startswith("After 1 epoch the training loss is 1.000")


def test_without_validation_images_it_says_so():
    words = in_words(epochs([1.0, 0.5], [None, None], None))
    assert words == "After 2 epochs the training loss is 0.500; there are no validation images."


def test_the_best_epoch_is_named():
    assert "the best was 0.700 in epoch 2." in in_words(LEARNING_BY_HEART)


def test_the_curves_can_be_had_from_python():
    told = [*LEARNING_BY_HEART, {"kind": "stage", "name": "fine_tune", "epochs": 5}]
    figure = training_curves(told, 25).figure()
    losses = next(trace for trace in figure.data if trace.name == "validation")
    assert list(losses.y) == [0.9, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2]
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts == ["Loss", "Accuracy", "best: epoch 2", "fine-tuning"]
