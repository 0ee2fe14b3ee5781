"""What tests of networks share: backbones with random weights, each built once."""

from collections.abc import Callable
from functools import cache

import keras
import pytest

from core.architectures.registry import ARCHITECTURES
from core.networks.backbones import build_backbone


@pytest.fixture(scope="session")
def backbone_at() -> Callable[[str, int], keras.Model]:
    """A backbone with random weights, for images of so many pixels a side. Whoever trains one builds their own."""

    @cache
    def build(name: str, side: int) -> keras.Model:
        return build_backbone(ARCHITECTURES[name], side, None)

    return build
