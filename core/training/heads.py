"""What is trained on a frozen backbone: a linear layer or two, with a weight decay that is given or chosen."""

import keras
import numpy as np
from keras import ops

from core.networks import network
from core.runs.settings import RunSettings

# Penalties λ of λ/2 · |W|² beside the mean cross-entropy, for features of unit size; in the terms of scikit-learn's
# LogisticRegression, C = 1 / (λ · images). Factors of √10 apart, as its optimum is flat; wide enough for a hundred
# images and for a hundred thousand.
PENALTIES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
MIDDLE = 2


def build_head(settings: RunSettings, features: np.ndarray, class_count: int) -> keras.Model:
    """The head that the settings ask for.

    Parameters
    ----------
    features : (n, width) array
        Of the training images as they are.

    Returns
    -------
    keras.Model
        From (n, width) features to (n, class_count) logits.
    """
    # What several penalties at once can't do: smooth labels, weigh classes, or clip each of their gradients.
    asks_for_more = settings.label_smoothing or settings.class_weights != "none" or settings.gradient_clipping
    if settings.hidden or not settings.choose_decay or asks_for_more:
        return network.build_head(features.shape[1], class_count, settings.dropout, settings.hidden)
    head = RidgeHead(features.shape[1], class_count, settings.dropout)
    if len(features):
        head.adapt(features)
    return head


class RidgeHead(keras.Model):
    """A linear layer trained with several penalties at once, which answers with the one that validates best.

    Each penalty has its own weights. All see the same batches, and come out as if each had been trained alone, in
    little more time than one takes. After each evaluation the penalty with the lowest cross-entropy is chosen, and
    without evaluation a middle one is. The choice is kept with the weights.

    Parameters
    ----------
    feature_count, class_count
        From (n, feature_count) features to (n, class_count) logits.
    dropout
        Share of the features hidden in training.
    """

    def __init__(self, feature_count: int, class_count: int, dropout: float):
        super().__init__(name="head")
        count = len(PENALTIES)
        self._dropout = keras.layers.Dropout(dropout)
        self._centre = self.add_weight(shape=(feature_count,), trainable=False, initializer="zeros", name="centre")
        self._size = self.add_weight(shape=(), trainable=False, initializer="ones", name="size")
        self._kernel = self.add_weight(shape=(feature_count, count, class_count), initializer="zeros", name="kernel")
        self._bias = self.add_weight(shape=(count, class_count), initializer="zeros", name="bias")
        self._chosen = self.add_weight(shape=(), trainable=False, initializer="zeros", dtype="int32", name="chosen")
        self._chosen.assign(MIDDLE)
        self._loss_of_each, self._accuracy_of_each = MeanOfEach("loss"), MeanOfEach("accuracy")
        self.built = True

    @property
    def penalty(self) -> float:
        """The penalty that was chosen."""
        return PENALTIES[int(self._chosen.value)]

    def adapt(self, features: np.ndarray) -> None:
        """Learn the centre and the size of features, so that penalties mean the same for every backbone.

        One size for all, not one for each feature: what varies little tells little.

        Parameters
        ----------
        features : (n, feature_count) array
        """
        self._centre.assign(features.mean(axis=0))
        self._size.assign(max(float(np.sqrt(features.var(axis=0).mean())), 1e-6))

    def compile(self, optimizer, *arguments, **options):
        """As Keras does, without the optimizer's own weight decay: each penalty is in the loss."""
        optimizer.exclude_from_weight_decay(self.trainable_variables)
        super().compile(optimizer, *arguments, **options)

    def call(self, inputs):
        kernel, bias = ops.take(self._kernel, self._chosen, axis=1), ops.take(self._bias, self._chosen, axis=0)
        return ops.matmul(self._scaled(inputs), kernel) + bias

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The sum over all penalties; the gradient of one has no part in the weights of another."""
        hidden = self._dropout(self._scaled(x), training=training)
        # One product for all; a product for each penalty takes twice the time.
        kernels = ops.reshape(self._kernel, (self._kernel.shape[0], -1))
        logits = ops.reshape(ops.matmul(hidden, kernels), (-1, *self._bias.shape)) + self._bias
        count, labels = ops.shape(logits)[0], ops.cast(ops.reshape(y, (-1, 1)), "int64")
        everyone = ops.repeat(labels, len(PENALTIES), axis=1)
        each = self.loss.call(ops.reshape(everyone, (-1,)), ops.reshape(logits, (-1, logits.shape[-1])))
        each = ops.reshape(each, (-1, len(PENALTIES)))
        if sample_weight is not None:
            each = each * ops.reshape(sample_weight, (-1, 1))
        losses = ops.mean(each, axis=0)
        is_right = ops.equal(ops.cast(ops.argmax(logits, axis=-1), "int64"), labels)
        self._loss_of_each.update_state(losses, count)
        self._accuracy_of_each.update_state(ops.mean(ops.cast(is_right, "float32"), axis=0), count)
        squares = ops.sum(ops.square(self._kernel), axis=(0, 2))
        return ops.sum(losses + ops.array(PENALTIES, "float32") * squares / 2)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return self.get_metrics_result()

    @property
    def metrics(self):
        return [self._loss_of_each, self._accuracy_of_each]

    def get_metrics_result(self):
        """Cross-entropy and accuracy of the chosen penalty."""
        return {metric.name: ops.take(metric.result(), self._chosen) for metric in self.metrics}

    def evaluate(self, *arguments, **options):
        """As Keras does, and choose the penalty with the lowest cross-entropy."""
        super().evaluate(*arguments, **options)
        losses = ops.convert_to_numpy(self._loss_of_each.result())
        # NaN where a penalty has diverged; argmin would take it for the least.
        self._chosen.assign(int(np.argmin(np.nan_to_num(losses, nan=np.inf))))
        return {name: float(value) for name, value in self.get_metrics_result().items()}

    def _scaled(self, inputs):
        return (inputs - self._centre) / self._size


class MeanOfEach(keras.metrics.Metric):
    """The mean over the images of a figure that each penalty has."""

    def __init__(self, name: str):
        super().__init__(name=name)
        self._sums = self.add_variable(shape=(len(PENALTIES),), initializer="zeros", name="sums")
        self._count = self.add_variable(shape=(), initializer="zeros", name="count")

    def update_state(self, means, count):
        """Add the (penalties,) means over a batch of `count` images."""
        count = ops.cast(count, "float32")
        self._sums.assign_add(means * count)
        self._count.assign_add(count)

    def result(self):
        return ops.divide_no_nan(self._sums, self._count)
