"""A learning rate at which a network was seen to learn nothing, to be told before somebody waits for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UnlearnedRate:
    """What `benchmarks/unlearned_rate.py` has measured.

    Parameters
    ----------
    optimiser, learning_rate
        What the runs were trained by.
    runs, constant
        How many there were, and how many of these gave every image the same answer in the end.
    images
        What they were trained on, in words.
    log_loss
        Of these on validation images, on average.
    found_rate
        What the learning rate finder took there, on average.
    found_log_loss
        Of runs that trained by what it took, as long.
    """

    optimiser: str
    learning_rate: float
    runs: int
    constant: int
    images: str
    log_loss: float
    found_rate: float
    found_log_loss: float
