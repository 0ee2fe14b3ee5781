"""A Keras model as a learner."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np
from scipy.special import softmax

from core.features.devices import device_count, shared_answers
from core.runs.settings import RunSettings
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner
from core.training.optimisers import build_loss, build_optimiser
from core.training.selection import Selection


class KerasLearner(Learner):
    """A model whose answers are logits, with the optimiser and the loss of a run.

    Parameters
    ----------
    model
        From (n, ...) inputs to (n, classes) logits.
    settings
        Of the run.
    """

    def __init__(self, model: keras.Model, settings: RunSettings):
        self.model, self.shares = model, device_count()
        model.compile(build_optimiser(settings), build_loss(settings), metrics=["accuracy"])
        self._answers = shared_answers(model) if self.shares > 1 else model.predict_on_batch

    @property
    def learning_rate(self) -> float:
        return float(self.model.optimizer.learning_rate.numpy())

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self.model.optimizer.learning_rate = rate

    def fit(
        self,
        batches: Batches,
        validation: tuple[np.ndarray | Selection, np.ndarray] | None,
        callbacks: Callback,
        first_epoch: int,
        epochs: int,
    ) -> None:
        by_keras: _Feed | None = None
        by_us: Callable[[], Metrics] = dict
        if validation is not None and self.shares > 1:
            by_us = partial(self.validate, *validation)
        elif validation is not None:
            by_keras = _Feed(Batches(*validation, batches.batch_size, seed=0))
        self.model.fit(
            _Feed(batches),
            initial_epoch=first_epoch,
            epochs=epochs,
            shuffle=False,  # the batches are in their order already
            validation_data=by_keras,
            callbacks=[_Relay(callbacks, by_us)],
            verbose=0,
        )

    def start_at(self, logits: np.ndarray) -> None:
        layer = self.model
        while isinstance(layer, keras.Model):
            layer = layer.layers[-1]
        layer.bias.assign(logits)

    def stop(self) -> None:
        self.model.stop_training = True

    def seed_epoch(self, seed: int, epoch: int) -> None:
        # Keras keeps the state of a random layer in a variable, which goes on from epoch to epoch.
        states = [variable for variable in self.model.variables if variable.name == "seed_generator_state"]
        for index, state in enumerate(states):
            state.assign(np.random.SeedSequence([seed, epoch, index]).generate_state(2).astype(state.dtype))

    def variables(self) -> dict[str, np.ndarray]:
        return {name: np.asarray(variable.numpy()) for name, variable in self._places().items()}

    def restore(self, variables: dict[str, np.ndarray]) -> None:
        for name, variable in self._places().items():
            variable.assign(variables[name])

    def save(self, path: Path) -> None:
        self.model.save_weights(path)

    def load(self, path: Path) -> None:
        self.model.load_weights(path)

    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        return softmax(self._logits(inputs).astype(np.float64), axis=-1)

    def _logits(self, inputs: np.ndarray | Selection) -> np.ndarray:
        count = self.rows_at_once * self.shares
        batches = (np.asarray(inputs[start : start + count]) for start in range(0, len(inputs), count))
        return np.concatenate([self._answers(batch) for batch in batches])

    def validate(self, inputs: np.ndarray | Selection, targets: np.ndarray) -> Metrics:
        """What Keras's evaluation finds, which fails where the images can't be shared out evenly."""
        logits = self._logits(inputs)
        losses = keras.ops.convert_to_numpy(self.model.loss.call(targets, logits))
        return {"val_loss": float(losses.mean()), "val_accuracy": float((logits.argmax(axis=-1) == targets).mean())}

    def _places(self) -> dict[str, keras.Variable]:
        optimiser = self.model.optimizer
        optimiser.build(self.model.trainable_variables)
        places = {f"model_{index}": variable for index, variable in enumerate(self.model.variables)}
        return places | {f"optimiser_{index}": variable for index, variable in enumerate(optimiser.variables)}


class _Feed(keras.utils.PyDataset):
    """Batches as Keras takes them."""

    def __init__(self, batches: Batches):
        super().__init__()
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        return self._batches[index]


class _Relay(keras.callbacks.Callback):
    """Calls our hooks where Keras calls its own, with what `validate` finds beyond what Keras does."""

    def __init__(self, callbacks: Callback, validate: Callable[[], Metrics]):
        super().__init__()
        self._callbacks, self._validate = callbacks, validate

    def on_train_begin(self, logs=None):
        self._callbacks.on_train_begin()

    def on_epoch_begin(self, epoch, logs=None):
        self._is_whole = False
        self._callbacks.on_epoch_begin(epoch)

    def on_train_batch_begin(self, batch, logs=None):
        self._callbacks.on_batch_begin(batch)

    def on_train_batch_end(self, batch, logs=None):
        self._is_whole = batch + 1 == self.params["steps"]
        self._callbacks.on_batch_end(batch, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        if self._is_whole:  # Keras ends one that was stopped half way, too
            self._callbacks.on_epoch_end(epoch, (logs or {}) | self._validate())

    def on_train_end(self, logs=None):
        self._callbacks.on_train_end()
