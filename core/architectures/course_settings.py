"""How course material trains its networks: what it states, and what is taken where it is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a script of the time does, where its author asks for nothing else: all epochs are trained, the weights of the
# last one answer, and layers begin as Keras begins them.
PLAIN = {
    "augmentation": [],
    "schedule": "constant",
    "warmup": 0.0,
    "find_learning_rate": False,
    "gradient_clipping": 0.0,
    "bias_initialisation": "zeros",
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "class_weights": "none",
    "early_stopping": False,
    "restore_best_weights": False,
    "min_steps_per_epoch": 1,
    "test_time_augmentation": False,
    "runtime": "tensorflow-float32",
}
ON_A_BACKBONE = {"hidden": 0, "tune_weight_decay": False, "unfreeze": 0}
# The defaults of Keras when the material was written.
KERAS_DEFAULTS = {"optimiser": "adam", "learning_rate": 1e-3, "batch_size": 32}


@dataclass(frozen=True)
class CourseSettings:
    """The settings of a run that does what the material does.

    Parameters
    ----------
    stated
        Settings that the material states.
    assumed
        Settings on which it is silent and for which there is something better to go by than Keras's defaults.
    because
        What that is, in words; "" where nothing is assumed.
    remark
        What no setting can say, in a sentence; "" where there is nothing.
    """

    stated: Mapping[str, Any]
    assumed: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    remark: str = ""

    @property
    def defaults(self) -> dict[str, Any]:
        """What is taken from Keras, for the material says nothing of it."""
        return {name: value for name, value in KERAS_DEFAULTS.items() if name not in {**self.stated, **self.assumed}}

    def complete(self, frozen: bool) -> dict[str, Any]:
        """Every setting that the material, or the way of its time, decides.

        Parameters
        ----------
        frozen
            Whether it is for a head on a frozen backbone.
        """
        plain = PLAIN | (ON_A_BACKBONE if frozen else {})
        return {**plain, **self.defaults, **self.assumed, **self.stated, "as_course": True}
