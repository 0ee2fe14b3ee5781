"""Transfer learning: which layers of a pretrained network stay as they are, and how many numbers are trained."""

from collections.abc import Sequence
from dataclasses import replace

from core.architectures.architecture import Architecture
from core.architectures.layers import LayerRow


def rows_as_trained(architecture: Architecture, rows: Sequence[LayerRow], blocks: int) -> list[LayerRow]:
    """The layers of a backbone and its head, each marked as frozen or not.

    Batch normalisation stays frozen in blocks that learn too: the few images of a batch would spoil the means and
    variances that it has from ImageNet.

    Parameters
    ----------
    rows
        As `Architecture.table` gives them, with all of the backbone frozen.
    blocks
        How many of the last blocks learn besides the head, from 0 to the number of the architecture's cuts.

    Raises
    ------
    UsageError
        If there are not so many blocks.
    """
    architecture.check_unfreeze(blocks)
    if not blocks:
        return list(rows)
    cut = _place_of(architecture.cuts[-blocks], rows)
    return [
        replace(row, frozen=row.frozen and (place <= cut or row.layer.kind == "batch_norm"))
        for place, row in enumerate(rows)
    ]


def rows_from_scratch(rows: Sequence[LayerRow]) -> list[LayerRow]:
    """The same layers where all begin at random and learn."""
    return [replace(row, frozen=False) for row in rows]


def never_trained(architecture: Architecture, rows: Sequence[LayerRow]) -> int:
    """How many numbers of a backbone lie before its first cut: they stay even where all its blocks are fine-tuned."""
    return sum(row.parameters for row in rows[: _place_of(architecture.cuts[0], rows) + 1])


def _place_of(name: str, rows: Sequence[LayerRow]) -> int:
    return next(place for place, row in enumerate(rows) if row.layer.name == name)
