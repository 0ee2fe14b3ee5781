"""Loading Keras, which takes seconds: only where a run needs it, and always in the same state."""

from core.features.devices import cards, use_all
from core.jobs.gpus import ALL
from core.runs.settings import RunSettings


def start_keras(settings: RunSettings) -> None:
    """Load Keras, and let all that it draws from here on depend on the run's seed alone."""
    import keras

    keras.utils.set_random_seed(settings.seed)
    if settings.deterministic:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    if settings.gpu == ALL:
        use_all(cards())
