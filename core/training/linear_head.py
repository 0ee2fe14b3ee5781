"""Linear head: logistic regression on features in NumPy, which has learned before Keras would have been loaded."""

from pathlib import Path

import h5py
import numpy as np
from scipy.special import softmax
from threadpoolctl import threadpool_limits

from core.runs.settings import RunSettings
from core.training.batches import Batches
from core.training.callbacks.base import Callback, Metrics
from core.training.learner import Learner
from core.training.selection import Selection

# What is tried, as C of scikit-learn's LogisticRegression on features of unit size: the penalty is λ/2 · |W|² beside
# the mean cross-entropy, with λ = 1 / (C · images), so that few images are trusted less than many. Factors of √10
# apart, as the optimum is flat.
INVERSE_PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03)
MIDDLE = 2
# λ as earlier builds had it for any number of images; their runs go on with it.
PENALTIES_BEFORE = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
# Adam's, as in Keras: Kingma & Ba 2015, arXiv:1412.6980.
FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-7
DROPOUT_LEVELS = 1 << 16
LARGEST = np.iinfo(np.uint64).max
ROWS_AT_ONCE = 4096
# What Keras calls the same weights in a file of `core.networks.network.build_head`.
KERNEL, BIAS = "layers/dense/vars/0", "layers/dense/vars/1"


def usual_penalty(image_count: int) -> float:
    """The penalty that is taken where nothing is there to choose it by."""
    return 1 / (INVERSE_PENALTIES[MIDDLE] * max(1, image_count))


def saved_penalty(path: Path) -> float:
    """The penalty that the head in a file, which `LinearHead.save` wrote, was trained with."""
    with h5py.File(path) as file:
        return float(file.attrs.get("penalties", PENALTIES_BEFORE)[file.attrs["penalty"]])


class LinearHead(Learner):
    """A linear layer trained by Adam with several penalties at once, which answers with the one that validates best.

    Each penalty has its own weights. All see the same batches, and come out as if each had been trained alone, in
    little more time than one takes. After each epoch the penalty with the lowest validation loss is chosen, and without
    validation a middle one is.

    Parameters
    ----------
    features : (n, width) array
        Of the training images, from which the head learns their centre and size, so that penalties mean the same for
        every backbone. One size for all, not one for each feature: what varies little tells little.
    class_count
        How many classes there are.
    settings
        Of the run: its dropout, label smoothing and learning rate.
    """

    def __init__(self, features: np.ndarray, class_count: int, settings: RunSettings):
        self._shape = len(INVERSE_PENALTIES), class_count
        self._dropout, self._smoothing = settings.dropout, settings.label_smoothing
        self.learning_rate = settings.learning_rate
        width, columns = features.shape[1], len(INVERSE_PENALTIES) * class_count
        self._centre, self._size = np.zeros(width, np.float32), np.ones((), np.float32)
        if len(features):
            self._centre = features.mean(axis=0, dtype=np.float64).astype(np.float32)
            parts = (features[start : start + ROWS_AT_ONCE] for start in range(0, len(features), ROWS_AT_ONCE))
            squares = sum(float(np.square(part - self._centre).sum(dtype=np.float64)) for part in parts)
            self._size = np.float32(max(np.sqrt(squares / features.size), 1e-6))
        self._weights = [np.zeros((width, columns), np.float32), np.zeros(columns, np.float32)]
        self._first, self._second = ([np.zeros_like(each) for each in self._weights] for _ in range(2))
        self.penalties = 1 / (np.array(INVERSE_PENALTIES) * max(1, len(features)))
        self._steps, self._chosen, self._stopped = 0, MIDDLE, False

    @property
    def penalty(self) -> float:
        """The penalty that was chosen."""
        return float(self.penalties[self._chosen])

    def kernel_and_bias(self) -> tuple[np.ndarray, np.ndarray]:
        """What the chosen penalty came to, for features as they are: (width, classes) and (classes,) float32."""
        kernel, bias = (each.reshape(-1, *self._shape)[:, self._chosen].astype(np.float64) for each in self._weights)
        kernel = kernel / self._size
        return kernel.astype(np.float32), (bias[0] - self._centre @ kernel).astype(np.float32)

    def start_at(self, logits: np.ndarray) -> None:
        self._weights[1][:] = np.tile(logits, len(self.penalties))

    def fit(
        self,
        batches: Batches,
        validation: tuple[np.ndarray | Selection, np.ndarray] | None,
        callbacks: Callback,
        first_epoch: int,
        epochs: int,
    ) -> None:
        self._stopped = False
        callbacks.on_train_begin()
        # Products so small take longer on several processors than on one, and twice as long where others need them too.
        with threadpool_limits(1, user_api="blas"):
            for epoch in range(first_epoch, epochs):
                callbacks.on_epoch_begin(epoch)
                metrics = self._fit_epoch(batches, validation, callbacks)
                if metrics is not None:
                    callbacks.on_epoch_end(epoch, metrics)
                if self._stopped:
                    break
        callbacks.on_train_end()

    def _fit_epoch(
        self, batches: Batches, validation: tuple[np.ndarray | Selection, np.ndarray] | None, callbacks: Callback
    ) -> Metrics | None:
        """Learn from every batch and validate; None where it was stopped half way."""
        training = _Means(len(self.penalties))
        for batch in range(len(batches)):
            callbacks.on_batch_begin(batch)
            with np.errstate(all="ignore"):  # a loss that is no number is told, not warned of
                training.add(*self._learn(*batches[batch]))
            callbacks.on_batch_end(batch, training.of(self._chosen))
            if self._stopped and batch + 1 < len(batches):
                return None
        if validation is None:
            return training.of(self._chosen)
        validated = {f"val_{name}": value for name, value in self._validate(*validation).items()}
        return training.of(self._chosen) | validated

    def stop(self) -> None:
        self._stopped = True

    def seed_epoch(self, seed: int, epoch: int) -> None:
        self._draw = np.random.default_rng([seed, epoch])

    def variables(self) -> dict[str, np.ndarray]:
        named = {"centre": self._centre, "size": self._size}
        named |= {"steps": np.array(self._steps), "chosen": np.array(self._chosen), "penalties": self.penalties}
        for name, arrays in (("weights", self._weights), ("first", self._first), ("second", self._second)):
            named |= {f"{name}_kernel": arrays[0].copy(), f"{name}_bias": arrays[1].copy()}
        return named

    def restore(self, variables: dict[str, np.ndarray]) -> None:
        self._centre, self._size = variables["centre"], variables["size"]
        self._steps, self._chosen = int(variables["steps"]), int(variables["chosen"])
        self.penalties = variables["penalties"]
        self._weights, self._first, self._second = (
            [variables[f"{name}_kernel"].copy(), variables[f"{name}_bias"].copy()]
            for name in ("weights", "first", "second")
        )

    def kept_before(self) -> dict[str, np.ndarray]:
        return {"penalties": np.array(PENALTIES_BEFORE)}

    def save(self, path: Path) -> None:
        kernel, bias = self.kernel_and_bias()
        with h5py.File(path, "w") as file:
            file[KERNEL], file[BIAS] = kernel, bias
            file.attrs["penalty"], file.attrs["penalties"] = self._chosen, self.penalties

    def load(self, path: Path) -> None:
        with h5py.File(path) as file:
            kernel, bias = file[KERNEL][:], file[BIAS][:]
            self._chosen = int(file.attrs["penalty"])
            self.penalties = np.array(file.attrs.get("penalties", PENALTIES_BEFORE))
        self._centre, self._size = np.zeros_like(self._centre), np.ones((), np.float32)
        for own, loaded in zip(self._weights, (kernel, bias), strict=True):
            own.reshape(-1, *self._shape)[:, self._chosen] = loaded

    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        kernel, bias = self.kernel_and_bias()
        return softmax(inputs.astype(np.float32, copy=False) @ kernel + bias.astype(np.float64), axis=-1)

    def words(self) -> str:
        penalties = ", ".join(f"{penalty:.2g}" for penalty in self.penalties)
        return f"Of the penalties {penalties}, the head answers with what {self.penalty:.2g} came to."

    def _learn(self, inputs: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None) -> tuple:
        """One step of all penalties; the loss and accuracy of each, and of how many images."""
        hidden = inputs - self._centre
        hidden /= self._size * np.float32(1 - self._dropout)
        if self._dropout:
            hidden *= self._kept(hidden.shape)
        losses, right, slopes = self._evaluate(hidden, targets)
        weights = np.ones(len(targets), np.float32) if weights is None else weights
        slopes *= (weights / len(targets))[:, None, None]
        slopes = slopes.reshape(len(targets), -1)
        kernel, _ = self._weights
        penalties = np.repeat(self.penalties.astype(np.float32), self._shape[1])
        self._move([hidden.T @ slopes + penalties * kernel, slopes.sum(axis=0)])
        return (losses * weights[:, None]).mean(axis=0), right.mean(axis=0), len(targets)

    def _kept(self, shape: tuple[int, int]) -> np.ndarray:
        """Which numbers dropout leaves as they are."""
        count = shape[0] * shape[1]
        # Four levels from each number of 64 bits, since drawing takes longer than all else does.
        drawn = self._draw.integers(0, LARGEST, -(-count // 4), np.uint64, endpoint=True).view(np.uint16)
        return drawn[:count].reshape(shape) >= self._dropout * DROPOUT_LEVELS

    def _evaluate(self, hidden: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cross-entropies, whether right, and the slope of each logit: (n, penalties), twice, and with classes."""
        logits = (hidden @ self._weights[0] + self._weights[1]).reshape(-1, *self._shape)
        rows, classes = np.arange(len(targets)), self._shape[1]
        logits -= logits.max(axis=-1, keepdims=True)
        right = logits.argmax(axis=-1) == targets[:, None]
        logarithms = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        losses = -logarithms[rows, :, targets]
        slopes = np.exp(logarithms)
        if self._smoothing:
            losses = (1 - self._smoothing) * losses - self._smoothing * logarithms.mean(axis=-1)
            slopes -= self._smoothing / classes
        slopes[rows, :, targets] -= 1 - self._smoothing
        return losses, right, slopes

    def _move(self, gradients: list[np.ndarray]) -> None:
        """A step of Adam; see `FIRST_DECAY`."""
        self._steps += 1
        rate = self.learning_rate * np.sqrt(1 - SECOND_DECAY**self._steps) / (1 - FIRST_DECAY**self._steps)
        for own, first, second, gradient in zip(self._weights, self._first, self._second, gradients, strict=True):
            first += (gradient - first) * np.float32(1 - FIRST_DECAY)
            second += (gradient * gradient - second) * np.float32(1 - SECOND_DECAY)
            own -= np.float32(rate) * first / (np.sqrt(second) + np.float32(EPSILON))

    def _validate(self, inputs: np.ndarray | Selection, targets: np.ndarray) -> Metrics:
        """Choose the penalty with the lowest cross-entropy, and say what it has."""
        means = _Means(len(self.penalties))
        for start in range(0, len(targets), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            with np.errstate(all="ignore"):
                losses, right, _ = self._evaluate((inputs[rows] - self._centre) / self._size, targets[rows])
            means.add(losses.mean(axis=0), right.mean(axis=0), len(losses))
        # Not a number where a penalty has diverged; argmin would take it for the least.
        self._chosen = int(np.argmin(np.nan_to_num(means.losses, nan=np.inf)))
        return means.of(self._chosen)


class _Means:
    """Loss and accuracy of each penalty, on average over all images so far."""

    def __init__(self, count: int):
        self._sums, self._images = np.zeros((2, count)), 0

    def add(self, losses: np.ndarray, accuracies: np.ndarray, images: int) -> None:
        self._sums += np.stack([losses, accuracies]) * images
        self._images += images

    @property
    def losses(self) -> np.ndarray:
        return self._sums[0] / self._images

    def of(self, penalty: int) -> Metrics:
        loss, accuracy = self._sums[:, penalty] / self._images
        return {"loss": float(loss), "accuracy": float(accuracy)}
