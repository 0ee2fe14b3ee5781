"""The numbers that the chapter on transfer learning says are trained are those that Keras trains."""

import math

import pytest

from core.architectures.formulas import totals_of
from core.architectures.registry import ARCHITECTURES
from core.concepts.transfer_learning import rows_as_trained
from core.networks.backbones import build_backbone
from core.networks.fine_tuning import build_fine_tuned, cut_backbone
from core.networks.network import build_head

CLASSES = 3


@pytest.mark.parametrize(("name", "blocks"), [("vgg16", 2), ("mobilenet_025", 7), ("densenet121", 2)])
def test_keras_trains_as_many_numbers(name, blocks):
    architecture = ARCHITECTURES[name]
    backbone = build_backbone(architecture, architecture.minimum_size, None)
    _, tail = cut_backbone(backbone, architecture, blocks)
    network = build_fine_tuned(tail, build_head(backbone.output_shape[-1], CLASSES, 0.5, 0))
    trained = sum(math.prod(weight.shape) for weight in network.trainable_weights)
    rows = architecture.table(architecture.input_size, CLASSES)
    assert totals_of(rows_as_trained(architecture, rows, blocks)).trained == trained
