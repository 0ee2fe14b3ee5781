"""MixUp and CutMix: training images that are made of two, with labels that are made of two in the same shares."""

from collections.abc import Iterable

import keras

from core.augmentation.recipe import Step
from core.errors import UsageError

# Beta(α, α) is what MixUp draws an image's share from. The authors had .1 to .4 on ImageNet; Keras has .2.
MIXUP_ALPHA = 0.2
# Of CutMix, whose authors drew the area evenly from nothing to all.
CUTMIX_ALPHA = (1.0, 1.0)


def mixing_steps(recipe: Iterable[Step]) -> tuple[Step, ...]:
    """The steps of a recipe that mix images."""
    return tuple(step for step in recipe if step.mixes)


class Mixing(keras.layers.Layer):
    """Mixes the images of a batch with one another, and their labels and weights in the same shares.

    Parameters
    ----------
    steps
        That mix, one after the other, each in the share of batches that is its probability.
    classes
        How many there are.
    seed
        Of the draws.
    """

    def __init__(self, steps: Iterable[Step], classes: int, seed: int):
        super().__init__(name="mixing", dtype="float32")
        self._classes, self._steps = classes, tuple(steps)
        makers = {
            "mixup": lambda seed: keras.layers.MixUp(MIXUP_ALPHA, seed=seed),
            "cutmix": lambda seed: keras.layers.CutMix(CUTMIX_ALPHA, seed=seed),
        }
        self._mixers = [makers[step.name](seed + index) for index, step in enumerate(self._steps)]
        self._draws = keras.random.SeedGenerator(seed + len(self._steps))

    def call(self, images, targets, weights=None):
        """Mix a batch.

        Parameters
        ----------
        images : (n, side, side, channels) tensor
        targets : (n,) tensor of int
        weights : (n,) tensor, optional
            How much each image counts.

        Returns
        -------
        images, labels, weights
            As they came, but the labels are shares of the classes, of shape (n, classes).
        """
        images = keras.ops.cast(images, "float32")
        labels = keras.ops.one_hot(keras.ops.cast(targets, "int32"), self._classes)
        if weights is not None:  # mixed as a further column of the labels
            labels = keras.ops.concatenate([labels, keras.ops.cast(weights, "float32")[:, None]], axis=1)
        for step, mixer in zip(self._steps, self._mixers, strict=True):
            mixed = mixer({"images": images, "labels": labels}, training=True)
            mixes = keras.random.uniform((), seed=self._draws) < step.probability
            images = keras.ops.where(mixes, mixed["images"], images)
            labels = keras.ops.where(mixes, mixed["labels"], labels)
        if weights is None:
            return images, labels, None
        return images, labels[:, :-1], labels[:, -1]


class MixingNetwork(keras.Model):
    """A network that learns from mixes of augmented images, and answers to images as they are.

    Parameters
    ----------
    augmentation
        What varies each image for itself, before they are mixed.
    mixing
        What mixes them.
    network
        From (n, side, side, 3) pixels to (n, classes) logits.

    Raises
    ------
    UsageError
        If Keras does not run on TensorFlow, the only one whose training step is written here.
    """

    def __init__(self, augmentation: keras.Model, mixing: Mixing, network: keras.Model):
        super().__init__(name="mixing_network")
        if keras.config.backend() != "tensorflow":
            raise UsageError(
                f"Keras runs on {keras.config.backend()} here, and mixing images needs TensorFlow. Take mixup and "
                "cutmix out of the augmentation."
            )
        self.augmentation, self.mixing, self.network = augmentation, mixing, network
        self.built = True  # as its parts are

    def call(self, images, training=False):
        return self.network(images, training=training)

    def train_step(self, data):
        images, targets, weights = keras.utils.unpack_x_y_sample_weight(data)
        varied = self.augmentation(keras.ops.cast(images, "float32"), training=True)
        return super().train_step(self.mixing(varied, targets, weights))

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        # Right is the class that a mix has the most of, so that one measure serves mixes and images as they are.
        classes = keras.ops.argmax(y, axis=-1) if len(y.shape) == 2 else y
        return super().compute_metrics(x, classes, y_pred, sample_weight)
