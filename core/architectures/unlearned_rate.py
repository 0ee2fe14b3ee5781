"""A learning rate at which a network was seen to learn nothing, to be told before somebody waits for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UnlearnedRate:
    """What `benchmarks/unlearned_rate.py` has measured.

    Parameters
    ----------
    optimiser, learning_rate
        What the runs were trained by; larger rates are taken to be no better.
    images
        What they were trained on, in words.
    runs, constant
        How many there were, and how many of these gave every image the same answer in the end.
    log_loss
        Of these on validation images, on average.
    found_rate
        What the learning rate finder took there; it was too large as well.
    learned_rate, learned_log_loss
        A rate by which as many runs, on the same images, have all learned, and what they came to.
    """

    optimiser: str
    learning_rate: float
    images: str
    runs: int
    constant: int
    log_loss: float
    found_rate: float
    learned_rate: float
    learned_log_loss: float
