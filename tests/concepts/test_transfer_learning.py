"""Which numbers of a backbone are trained in each of the four cases: what is counted here is what Keras would train."""

import pytest

from core.architectures.backbones import BACKBONES
from core.architectures.formulas import totals_of
from core.architectures.registry import ARCHITECTURES
from core.concepts.transfer_learning import never_trained, rows_as_trained, rows_from_scratch
from core.errors import UsageError

VGG16 = ARCHITECTURES["vgg16"]
ROWS = VGG16.table(224, 2)
BODY, HEAD = 14_714_688, 512 * 2 + 2


def test_frozen_only_the_head_learns():
    totals = totals_of(rows_as_trained(VGG16, ROWS, 0))
    assert (totals.trained, totals.frozen) == (HEAD, BODY)


@pytest.mark.parametrize(
    ("blocks", "trained"),
    [(1, 3 * 2_359_808), (2, 3 * 2_359_808 + 1_180_160 + 2 * 2_359_808), (4, BODY - 38_720)],
)
def test_the_last_blocks_learn_and_what_lies_before_them_does_not(blocks, trained):
    rows = rows_as_trained(VGG16, ROWS, blocks)
    assert totals_of(rows).trained == trained + HEAD
    learning = {row.layer.block for row in rows if row.parameters and not row.frozen} - {""}
    assert learning == {f"Block {number}" for number in range(6 - blocks, 6)}


def test_from_scratch_all_of_it_learns():
    assert totals_of(rows_from_scratch(ROWS)).frozen == 0
    assert totals_of(rows_from_scratch(ROWS)).trained == BODY + HEAD


@pytest.mark.parametrize("architecture", BACKBONES, ids=lambda each: each.name)
def test_of_every_backbone_more_blocks_are_more_numbers_and_batch_normalisation_stays(architecture):
    table, count, trained = architecture.table(architecture.input_size, 3), len(architecture.cuts), []
    for blocks in (0, 1, count // 2, count):
        rows = rows_as_trained(architecture, table, blocks)
        trained.append(totals_of(rows).trained)
        assert all(row.frozen for row in rows if row.layer.kind == "batch_norm")
    assert trained == sorted(set(trained))
    assert 0 < never_trained(architecture, table) < architecture.backbone_parameters / 4


def test_more_blocks_than_there_are_are_refused_in_words():
    with pytest.raises(UsageError, match="from 0 to 4"):
        rows_as_trained(VGG16, ROWS, 5)
