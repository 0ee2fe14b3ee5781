"""Evaluation of a run: its best weights answer every image, when the training has ended or while it goes on."""

import numpy as np

from core.datasets.store import Dataset
from core.errors import in_words, is_out_of_memory
from core.evaluation.predictions import Predictions
from core.runs.events import EVALUATED, best_epoch, seconds_in_stages
from core.runs.record import Run
from core.training.checkpoint import load_checkpoint
from core.training.examples import Examples
from core.training.learner import Learner
from core.training.prepared import Prepared
from core.training.training_batches import batch_size_of

EVALUATING_SO_FAR = "Evaluating the best so far"


def evaluate_what_is_left(run: Run, dataset: Dataset, prepared: Prepared) -> None:
    """Evaluate what an earlier attempt has left, training nothing."""
    if prepared.then is not None and run.fine_tuned_weights.exists():
        prepared = prepared.then(load_checkpoint(run.checkpoint, prepared.learner))
    size = batch_size_of(run.settings, run.record.found_batch_size)
    prepared.learner.rows_at_once = min(prepared.learner.rows_at_once, 2 * size)
    evaluate_run(run, dataset, prepared)


def evaluate_run(run: Run, dataset: Dataset, prepared: Prepared) -> None:
    """Evaluate every image by the best weights."""
    run.update(stage="Evaluating", done=0, total=0, eta_seconds=None)
    predictions, as_they_are = _answers(run, dataset, prepared)
    if words := prepared.learner.words():
        run.events.append("note", text=words)
    _keep_answers(run, prepared.examples, predictions, as_they_are)
    run.forget_evaluation_request()


def evaluate_so_far(run: Run, dataset: Dataset, prepared: Prepared, before: Prepared | None) -> None:
    """Evaluate every image by the best weights so far, and leave everything else as it was.

    Fine-tuning that has not been better yet than the head it began with has no weights of its own: the head answers.
    """
    run.forget_evaluation_request()
    answering = prepared if before is None or prepared.phase.best_weights.exists() else before
    stage, kept = run.written_status().stage, answering.learner.variables()
    run.update(stage=EVALUATING_SO_FAR)
    try:
        _keep_answers(run, answering.examples, *_answers(run, dataset, answering))
    except Exception as failure:
        if is_out_of_memory(failure):
            raise
        # Whoever asked is told; the training has nothing to do with it.
        run.events.append(EVALUATED, epoch=best_epoch(run.events.read()), error=in_words(failure))
    finally:
        answering.learner.restore(kept)
        run.update(stage=stage)


def _keep_answers(run: Run, examples: Examples, predictions: Predictions, as_they_are: np.ndarray) -> None:
    """Write down what was answered, and how much of the test images' is right."""
    predictions.save(run.predictions_path)
    tested = predictions.of("test")
    accuracy = float((tested.predicted == tested.true).mean())
    facts = {"test_accuracy": accuracy, "views_averaged": examples.views_evaluated, "views": None}
    if examples.views_evaluated > 1:
        is_test = predictions.splits == "test"
        alone = float((as_they_are.argmax(axis=1) == examples.targets)[is_test].mean())
        seconds = seconds_in_stages(run.events.read(), ", view ")
        facts["views"] = {"alone": alone, "averaged": accuracy, "seconds": seconds}
    run.update(facts=facts)
    run.events.append(EVALUATED, epoch=predictions.epoch)


def _answers(run: Run, dataset: Dataset, prepared: Prepared) -> tuple[Predictions, np.ndarray]:
    """What the best weights answer to every image; and to images as they are, where views are averaged as well."""
    prepared.learner.load(prepared.phase.best_weights)
    examples = prepared.examples
    as_they_are, averaged = _probabilities(prepared.learner, examples)
    predictions = Predictions(
        ids=examples.table["path"].to_numpy(dtype=str),
        splits=examples.table["split"].to_numpy(dtype=str),
        true=examples.targets,
        probabilities=averaged,
        class_names=dataset.network_classes,
        epoch=best_epoch(run.events.read()) or None,
    )
    return predictions, as_they_are


def _probabilities(learner: Learner, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """What the learner answers to images as they are, and on average over the views that evaluate them.

    Returns
    -------
    as_they_are, averaged : (n, classes) arrays of float64
    """
    views = examples.evaluated()
    _, inputs = next(views)
    as_they_are = learner.probabilities(inputs)
    sums, answers = as_they_are.copy(), np.ones((len(as_they_are), 1))
    for rows, inputs in views:
        sums[rows] += learner.probabilities(inputs)
        answers[rows] += 1
    return as_they_are, sums / answers
