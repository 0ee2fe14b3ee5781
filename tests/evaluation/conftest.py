"""What several tests of evaluating need: who is right on what."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def hits():
    """Says of so many images of each kind who gets them right: `hits(only_first, only_second, both, neither)`."""

    def make(only_first, only_second, both=30, neither=5):
        counts = [only_first, only_second, both, neither]
        first, second = np.repeat([1, 0, 1, 0], counts), np.repeat([0, 1, 1, 0], counts)
        return first.astype(bool), second.astype(bool)

    return make
