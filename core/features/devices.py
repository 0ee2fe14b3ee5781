"""What computes: the processor, a graphics card, or all cards of the machine with a share of every batch each."""

import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from core.errors import WorkbenchError


def device_in_words() -> str:
    """What computes: the graphics cards by name where Keras was loaded and has any, or else the processor's cores."""
    if "keras" in sys.modules and (names := cards()):
        counts = Counter(map(_name_of, names))
        return f"GPU ({', '.join(f'{count} × {name}' if count > 1 else name for name, count in counts.items())})"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU ({cores} cores)"


def cards() -> list[str]:
    """The graphics cards that this process sees, as Keras numbers them: "gpu:0" and so on."""
    import keras

    return [name for name in keras.distribution.list_devices() if not name.lower().startswith("cpu")]


def use_all(devices: Sequence[str]) -> None:
    """Let every model that is built from here on be copied to each of the devices, which share all batches.

    A single device needs no copies, and nothing changes.

    Parameters
    ----------
    devices
        As `cards` gives them.

    Raises
    ------
    WorkbenchError
        If Keras does not run on TensorFlow: nothing else here trains on several cards.
    """
    if len(devices) < 2:
        return
    import keras

    if keras.config.backend() != "tensorflow":
        raise WorkbenchError(
            f"Keras runs on {keras.config.backend()} here, and training on all GPUs at once needs TensorFlow. "
            "Choose one GPU in the setting 'gpu', or leave it at 'auto'."
        )
    import tensorflow as tf

    tf.distribute.experimental_set_strategy(tf.distribute.MirroredStrategy(list(devices)))


def device_count() -> int:
    """How many devices share a batch: 1 unless `use_all` was called with more."""
    import keras

    if keras.config.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def shared_answers(model) -> Callable[[np.ndarray], np.ndarray]:
    """What a model answers when it does not train, with an equal share of the inputs computed on each device.

    Keras's own `predict_on_batch` would compute all inputs on every device, and return all answers as often.

    Parameters
    ----------
    model : keras.Model
        Built after `use_all`.

    Returns
    -------
    callable
        From (n, ...) inputs to (n, ...) answers.
    """
    import tensorflow as tf

    strategy, count = tf.distribute.get_strategy(), device_count()

    @tf.function(reduce_retracing=True)
    def answer(inputs):
        return strategy.run(lambda share: model(share, training=False), args=(inputs,))

    def compute(inputs: np.ndarray) -> np.ndarray:
        # The last input fills up the last share: TensorFlow fails on empty ones.
        rows = np.minimum(np.arange(math.ceil(len(inputs) / count) * count), len(inputs) - 1)
        shares = np.split(np.asarray(inputs)[rows], count)
        spread = strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(shares[context.replica_id_in_sync_group])
        )
        answers = strategy.experimental_local_results(answer(spread))
        return np.concatenate([np.asarray(each) for each in answers])[: len(inputs)]

    return compute


def _name_of(card: str) -> str:
    """What the maker calls a card, where TensorFlow tells."""
    import keras

    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        device = tf.config.list_physical_devices("GPU")[int(card.rpartition(":")[2])]
        return tf.config.experimental.get_device_details(device).get("device_name", card)
    return card
