"""Loading Keras, which takes seconds: only where it is needed, and always in the same state."""

from typing import Protocol

from core.features.devices import cards, use_all
from core.jobs.gpus import ALL


class KerasOptions(Protocol):
    """In which state Keras is started: the settings of a run say it, and those of an extraction."""

    @property
    def seed(self) -> int:
        """All that is drawn from here on depends on it alone."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether to compute the same to the last bit each time, more slowly."""
        ...

    @property
    def gpu(self) -> str:
        """The graphics cards to compute on, as `core.jobs.slots.check_gpu` takes them."""
        ...


def start_keras(options: KerasOptions) -> None:
    """Load Keras, and let all that it draws from here on depend on the seed alone."""
    import keras

    keras.utils.set_random_seed(options.seed)
    if options.deterministic:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    if options.gpu == ALL:
        use_all(cards())
