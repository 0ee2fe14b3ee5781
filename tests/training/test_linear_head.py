"""The linear head: as good as logistic regression, stepping as Keras does, and the same again from its variables."""

import json

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.networks.network import build_head as build_keras_head
from core.runs.settings import read_settings
from core.training.batches import Batches, passes_for
from core.training.callbacks.base import Callback
from core.training.checkpoint import load_checkpoint
from core.training.class_weights import class_weights
from core.training.linear_head import MIDDLE, PENALTIES_BEFORE, LinearHead
from core.training.starting_logits import starting_logits

CLASSES, WIDTH = 3, 20


class Recorder(Callback):
    """Keeps what it is told of the epochs, and seeds them as a run does."""

    def __init__(self, head, batches, seed=0, stop_at=None):
        self.head, self.batches, self.seed, self.stop_at = head, batches, seed, stop_at
        self.epochs, self.told = [], []

    def on_epoch_begin(self, epoch):
        self.batches.begin(epoch)
        self.head.seed_epoch(self.seed, epoch)

    def on_batch_end(self, batch, metrics):
        self.told.append(metrics)
        if self.stop_at == len(self.told):
            self.head.stop()

    def on_epoch_end(self, epoch, metrics):
        self.epochs.append(metrics)


def settings(**changes):
    return read_settings({"dataset": "any", "architecture": "mobilenet_075", "learning_rate": 1e-2} | changes)


def clouds(count, seed):
    """Points around three centres, far from 0 and of a size that no head expects, which overlap."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, CLASSES, count)
    centres = np.random.default_rng(0).normal(0, 0.7, (CLASSES, WIDTH))
    return (50 + 40 * (centres[labels] + draw.normal(0, 1, (count, WIDTH)))).astype("float32"), labels


def trained(epochs=30, training=None, validation=None, first_epoch=0, head=None, weights=None, **changes):
    inputs, labels = training or clouds(150, 1)
    head = head or LinearHead(inputs, CLASSES, settings(**changes))
    recorder = Recorder(head, Batches(inputs, labels, 32, 0, weights))
    head.fit(recorder.batches, validation or clouds(300, 2), recorder, first_epoch, epochs)
    return head, recorder


def cross_entropy(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


@pytest.fixture(scope="module")
def plain():
    """A head without dropout that was trained on the clouds, and what it told."""
    return trained(dropout=0)


def test_a_chosen_penalty_tests_as_well_as_that_of_logistic_regression(plain):
    (inputs, labels), (validation, validation_labels), (test, test_labels) = (
        clouds(*each) for each in ((150, 1), (300, 2), (3000, 3))
    )
    size = np.sqrt(inputs.var(axis=0).mean())
    models = [
        LogisticRegression(C=1 / (penalty * len(inputs)), max_iter=1000).fit(inputs / size, labels)
        for penalty in plain[0].penalties
    ]
    best = min(models, key=lambda model: cross_entropy(model.predict_proba(validation / size), validation_labels))
    accuracy = np.mean(plain[0].probabilities(test).argmax(axis=1) == test_labels)
    assert accuracy >= best.score(test / size, test_labels) - 0.003


def test_with_one_batch_an_epoch_it_comes_to_the_weights_of_logistic_regression():
    inputs, labels = clouds(150, 1)
    head = LinearHead(inputs, CLASSES, settings(dropout=0, learning_rate=0.05))
    recorder = Recorder(head, Batches(inputs, labels, len(labels), 0))
    head.fit(recorder.batches, clouds(300, 2), recorder, 0, 1500)
    regression = LogisticRegression(C=1 / (head.penalty * len(inputs)), max_iter=10_000, tol=1e-8)
    size = np.sqrt(inputs.var(axis=0).mean())
    theirs = regression.fit(inputs / size, labels).predict_proba(clouds(50, 4)[0] / size)
    np.testing.assert_allclose(head.probabilities(clouds(50, 4)[0]), theirs, atol=2e-3)


def test_its_steps_are_those_of_keras():
    inputs, labels = clouds(96, 1)
    # Features that are centred and of size 1 already, so that both heads see the same.
    inputs = (inputs - inputs.mean(axis=0)) / np.sqrt(inputs.var(axis=0).mean())
    head, recorder = trained(1, (inputs, labels), (inputs, labels), dropout=0, label_smoothing=0.1)
    model = build_keras_head(WIDTH, CLASSES, 0)
    model.layers[-1].set_weights([np.zeros((WIDTH, CLASSES)), np.zeros(CLASSES)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    penalised = lambda true, answered: loss(true, answered) + head.penalty / 2 * keras.ops.sum(model.weights[0] ** 2)  # noqa: E731
    model.compile(keras.optimizers.Adam(1e-2), penalised)
    order = np.concatenate([recorder.batches[index][0] for index in range(3)])
    targets = np.concatenate([recorder.batches[index][1] for index in range(3)])
    model.fit(order, np.eye(CLASSES)[targets], batch_size=32, shuffle=False, verbose=0)
    for own, theirs in zip(head.kernel_and_bias(), model.get_weights(), strict=True):
        np.testing.assert_allclose(own, theirs, atol=1e-5)


def test_the_figures_of_an_epoch_are_those_of_the_chosen_penalty(plain):
    head, recorder = plain
    inputs, labels = clouds(300, 2)
    probabilities = head.probabilities(inputs)
    last = recorder.epochs[-1]
    assert last["val_loss"] == pytest.approx(cross_entropy(probabilities, labels), abs=1e-4)
    assert last["val_accuracy"] == pytest.approx(np.mean(probabilities.argmax(axis=1) == labels), abs=1e-6)
    assert head.penalty in head.penalties
    assert last["loss"] < recorder.epochs[0]["loss"]


def test_without_validation_a_middle_penalty_answers():
    inputs, labels = clouds(150, 1)
    head = LinearHead(inputs, CLASSES, settings())
    recorder = Recorder(head, Batches(inputs, labels, 32, 0))
    head.fit(recorder.batches, None, recorder, 0, 2)
    assert head.penalty == head.penalties[MIDDLE]
    assert set(recorder.epochs[-1]) == {"loss", "accuracy"}


def test_saved_weights_answer_the_same_here_and_in_keras(plain, tmp_path):
    head, _ = plain
    head.save(tmp_path / "best.weights.h5")
    inputs = clouds(50, 4)[0]
    again = LinearHead(inputs, CLASSES, settings())
    again.load(tmp_path / "best.weights.h5")
    np.testing.assert_allclose(again.probabilities(inputs), head.probabilities(inputs), atol=1e-5)
    assert again.words() == head.words()
    assert again.words().endswith(f"the head answers with what {head.penalty:.2g} came to.")
    model = build_keras_head(WIDTH, CLASSES, dropout=0.5)
    model.load_weights(tmp_path / "best.weights.h5")
    answers = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(inputs, verbose=0)))
    np.testing.assert_allclose(answers, head.probabilities(inputs), atol=1e-5)


def test_going_on_from_its_variables_comes_to_the_same_bits():
    unbroken, _ = trained(6)
    first, _ = trained(3)
    second = LinearHead(clouds(10, 9)[0], CLASSES, settings())
    second.restore(first.variables())
    trained(6, first_epoch=3, head=second)
    ours, theirs = second.variables(), unbroken.variables()
    for name in theirs:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


def test_a_stop_ends_it_behind_the_batch_in_hand():
    inputs, labels = clouds(150, 1)
    head = LinearHead(inputs, CLASSES, settings())
    recorder = Recorder(head, Batches(inputs, labels, 32, 0), stop_at=7)
    head.fit(recorder.batches, clouds(300, 2), recorder, 0, 30)
    assert len(recorder.told) == 7


def test_a_class_that_weighs_more_is_answered_more_often():
    inputs, labels = clouds(300, 1)
    answered = [
        (trained(10, (inputs, labels), weights=weights)[0].probabilities(inputs).argmax(axis=1) == 2).sum()
        for weights in (None, np.array([0.5, 0.5, 2], np.float32))
    ]
    assert answered[1] > answered[0]


def test_features_that_are_all_the_same_do_no_harm():
    alike = np.full((8, WIDTH), 3, "float32"), np.arange(8) % 2
    _, recorder = trained(2, alike, alike)
    assert np.isfinite([epoch["val_loss"] for epoch in recorder.epochs]).all()


def test_a_learning_rate_that_is_far_too_high_shows_in_the_loss():
    _, recorder = trained(2, learning_rate=1e6, dropout=0)
    assert recorder.epochs[-1]["val_loss"] > 100 or not np.isfinite(recorder.epochs[-1]["val_loss"])


# Unbalanced and small ------------------------------------------------------------------------------------------------

# Images of each class, and whether there is anything to tell them apart by.
SHAPES = {
    "100:1": ([100, 1], 1),
    "1000:1": ([1000, 1], 1),
    "180:4": ([180, 4], 1),
    "180:4, nothing to learn": ([180, 4], 0),
    "one image": ([1], 1),
    "one image in each of two": ([1, 1], 0),
    "a class that is validated only": ([30, 0, 3], 1),
    "twenty-one, falling": ([round(20 * 0.9**place) for place in range(21)], 1),
    "two hundred of three": ([3] * 200, 1),
    "two hundred of three, nothing to learn": ([3] * 200, 0),
    "equal, nothing to learn": ([20, 20, 20], 0),
}


def drawn(counts, learnable, seed=1, spread=2.0):
    """Points of so many of each class, around a centre each or around one for all."""
    draws, labels = np.random.default_rng(seed), np.repeat(np.arange(len(counts)), counts)
    centres = learnable * np.random.default_rng(0).normal(0, 1, (len(counts), WIDTH))
    return (5 + centres[labels] + draws.normal(0, spread, (len(labels), WIDTH))).astype("float32"), labels


def as_a_run(training, class_count, validation=None, **changes):
    """What answers after a training as a run does it: its start, passes and patience, and the best epoch's weights."""
    chosen = read_settings({"dataset": "any", "architecture": "mobilenet_075"} | changes)
    head = LinearHead(training[0], class_count, chosen)
    head.start_at(starting_logits(chosen, training[1], class_count))
    passes = passes_for(chosen.min_steps_per_epoch, len(training[1]), chosen.batch_size)
    weights = class_weights(chosen, training[1])
    recorder = Patient(head, Batches(*training, chosen.batch_size, 0, weights, passes=passes), chosen.patience)
    head.fit(recorder.batches, validation, recorder, 0, chosen.epochs)
    head.restore(recorder.best)
    return head, recorder


class Patient(Recorder):
    """Keeps the best epoch, and ends when no other is better for some."""

    def __init__(self, head, batches, patience):
        super().__init__(head, batches)
        self.patience, self.least, self.best = patience, np.inf, None

    def on_epoch_end(self, epoch, metrics):
        super().on_epoch_end(epoch, metrics)
        value = metrics.get("val_loss", metrics["loss"])
        if value < self.least:
            self.least, self.best, self.best_epoch = value, self.head.variables(), epoch
        if epoch - self.best_epoch >= self.patience:
            self.head.stop()


@pytest.mark.parametrize("changes", [{}, {"label_smoothing": 0.1}, {"dropout": 0, "epochs": 1}], ids=str)
@pytest.mark.parametrize("name", SHAPES)
def test_no_head_ends_below_always_answering_the_commonest_class(name, changes):
    counts, learnable = SHAPES[name]
    training = drawn(counts, learnable)
    head, _ = as_a_run(training, len(counts) + 1, **{"epochs": 3} | changes)
    right = (head.probabilities(training[0]).argmax(axis=1) == training[1]).mean()
    assert right >= max(counts) / sum(counts)


@pytest.mark.parametrize("counts", [[180, 4], [1000, 1], [30, 0, 3], [3] * 50], ids=str)
def test_where_every_class_counts_the_same_none_is_answered_worse_than_by_chance(counts):
    training = drawn(counts, 1)
    head, _ = as_a_run(training, len(counts), class_weights="balanced", epochs=5)
    right = head.probabilities(training[0]).argmax(axis=1) == training[1]
    seen = [right[training[1] == label].mean() for label in range(len(counts)) if counts[label]]
    assert np.mean(seen) >= 1 / len(seen)


@pytest.mark.parametrize(
    "counts",
    [[100, 1], [180, 4], [150, 50], [90, 30, 3], [20, 12, 7, 4]],
    ids=lambda counts: ":".join(map(str, counts)),
)
def test_on_unbalanced_classes_it_is_as_good_as_logistic_regression(counts):
    training, validation, test = (
        drawn(np.array(counts) * times, 1, seed, spread=1.2) for seed, times in ((1, 1), (2, 1), (3, 10))
    )
    head, _ = as_a_run(training, len(counts), validation)
    with threadpool_limits(1):  # products so small wait for one another on several processors
        models = [LogisticRegression(C=c, max_iter=1000).fit(*training) for c in (0.01, 0.1, 1, 10)]
    best = min(models, key=lambda model: cross_entropy(model.predict_proba(validation[0]), validation[1]))
    ours, theirs = head.probabilities(test[0]), best.predict_proba(test[0])
    assert (ours.argmax(axis=1) == test[1]).mean() >= (theirs.argmax(axis=1) == test[1]).mean() - 0.01
    assert cross_entropy(ours, test[1]) <= cross_entropy(theirs, test[1]) + 0.02


def test_it_starts_at_the_answer_it_is_given():
    inputs, _ = clouds(20, 1)
    head = LinearHead(inputs, CLASSES, settings())
    head.start_at(np.log([0.7, 0.2, 0.1]).astype("float32"))
    np.testing.assert_allclose(head.probabilities(inputs), [[0.7, 0.2, 0.1]] * 20, atol=1e-6)


def test_what_an_earlier_build_kept_goes_on_with_the_penalties_it_had(tmp_path):
    first, _ = trained(3)
    first.penalties = np.array(PENALTIES_BEFORE)
    kept = {name: array for name, array in first.variables().items() if name != "penalties"}
    second = LinearHead(clouds(10, 9)[0], CLASSES, settings())
    np.savez(tmp_path / "checkpoint.npz", state=json.dumps({"epochs": 3}), **kept)
    assert load_checkpoint(tmp_path / "checkpoint.npz", second).epochs == 3
    trained(6, head=first, first_epoch=3)
    trained(6, head=second, first_epoch=3)
    np.testing.assert_array_equal(second.penalties, PENALTIES_BEFORE)
    for own, theirs in zip(second.kernel_and_bias(), first.kernel_and_bias(), strict=True):
        np.testing.assert_array_equal(own, theirs)
