"""Heads: as good as logistic regression with a chosen penalty, and the same again from their weights."""

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.runs.settings import read_settings
from core.training.heads import PENALTIES, RidgeHead, build_head

CLASSES, WIDTH = 3, 20


def settings(**changes):
    return read_settings({"dataset": "any", "architecture": "mobilenet_075"} | changes)


def clouds(count, seed):
    """Points around three centres, far from 0 and of a size that no head expects, which overlap."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, CLASSES, count)
    centres = np.random.default_rng(0).normal(0, 0.7, (CLASSES, WIDTH))
    return (50 + 40 * (centres[labels] + draw.normal(0, 1, (count, WIDTH)))).astype("float32"), labels


def trained(head, epochs=30, training=None, validation=None):
    keras.utils.set_random_seed(0)
    head.compile(
        keras.optimizers.AdamW(1e-2, weight_decay=0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    inputs, labels = training or clouds(150, 1)
    validation = validation or clouds(300, 2)
    return head.fit(inputs, labels, validation_data=validation, epochs=epochs, verbose=0).history


def cross_entropy(logits, labels):
    logits = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels])


@pytest.fixture(scope="module")
def ridge():
    """A head that was trained on the clouds, and the history of its epochs."""
    head = build_head(settings(dropout=0), clouds(150, 1)[0], CLASSES)
    return head, trained(head)


def test_the_default_head_chooses_its_penalty_and_others_are_built_as_asked():
    features = clouds(10, 1)[0]
    assert isinstance(build_head(settings(), features, CLASSES), RidgeHead)
    linear = build_head(settings(choose_decay=0), features, CLASSES)
    assert linear.count_params() == (WIDTH + 1) * CLASSES
    deep = build_head(settings(hidden=7), features, CLASSES)
    assert deep.count_params() == (WIDTH + 1) * 7 + (7 + 1) * CLASSES
    for head in (linear, deep, build_head(settings(), features, CLASSES)):
        assert head.predict(features, verbose=0).shape == (10, CLASSES)


def test_a_chosen_penalty_tests_as_well_as_that_of_logistic_regression(ridge):
    head, _ = ridge
    (inputs, labels), (validation, validation_labels), (test, test_labels) = (
        clouds(*x) for x in ((150, 1), (300, 2), (3000, 3))
    )
    size = np.sqrt(inputs.var(axis=0).mean())
    models = [
        LogisticRegression(C=1 / (penalty * len(inputs)), max_iter=1000).fit(inputs / size, labels)
        for penalty in PENALTIES
    ]
    best = min(models, key=lambda model: cross_entropy(model.decision_function(validation / size), validation_labels))
    accuracy = np.mean(head.predict(test, verbose=0).argmax(axis=1) == test_labels)
    assert accuracy >= best.score(test / size, test_labels) - 0.003


def test_the_figures_of_an_epoch_are_those_of_the_chosen_penalty(ridge):
    head, history = ridge
    inputs, labels = clouds(300, 2)
    logits = head.predict(inputs, verbose=0)
    assert history["val_loss"][-1] == pytest.approx(cross_entropy(logits, labels), abs=1e-4)
    assert history["val_accuracy"][-1] == pytest.approx(np.mean(logits.argmax(axis=1) == labels), abs=1e-6)
    assert head.penalty in PENALTIES
    assert history["loss"][-1] < history["loss"][0]


def test_saved_weights_hold_everything_that_the_answers_depend_on(ridge, tmp_path):
    head, _ = ridge
    head.save_weights(tmp_path / "best.weights.h5")
    again = RidgeHead(WIDTH, CLASSES, dropout=0)
    again.load_weights(tmp_path / "best.weights.h5")
    inputs = clouds(50, 4)[0]
    np.testing.assert_allclose(again.predict(inputs, verbose=0), head.predict(inputs, verbose=0), rtol=1e-5)
    assert again.penalty == head.penalty


def test_features_that_are_all_the_same_do_no_harm():
    features, labels = np.full((8, WIDTH), 3, "float32"), np.arange(8) % 2
    head = build_head(settings(), features, 2)
    history = trained(head, 2, (features, labels), (features, labels))
    assert np.isfinite(history["val_loss"]).all()


def test_a_learning_rate_that_is_far_too_high_shows_in_the_loss():
    head = build_head(settings(), clouds(150, 1)[0], CLASSES)
    head.compile(keras.optimizers.AdamW(1e30), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = head.fit(*clouds(150, 1), validation_data=clouds(300, 2), epochs=2, verbose=0).history
    assert not np.isfinite([history["loss"][-1], history["val_loss"][-1]]).all()
