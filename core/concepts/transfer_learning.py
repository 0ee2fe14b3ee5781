"""Transfer learning: which layers of a pretrained network stay as they are, and how many numbers are trained."""

from dataclasses import replace

from core.architectures.architecture import Architecture
from core.architectures.layers import LayerRow


def rows_as_trained(architecture: Architecture, class_count: int, blocks: int) -> list[LayerRow]:
    """The layers of a backbone with a head, each marked as frozen or not, at the backbone's usual size.

    Batch normalisation stays frozen in blocks that learn too: the few images of a batch would spoil the means and
    variances that it has from ImageNet.

    Parameters
    ----------
    class_count
        How many classes the head tells apart.
    blocks
        How many of the last blocks learn besides the head, from 0 to the number of the architecture's cuts.

    Raises
    ------
    UsageError
        If there are not so many blocks, or there are too few or too many classes.
    """
    architecture.check_unfreeze(blocks)
    rows = architecture.table(architecture.input_size, class_count)
    cut = _place_of(architecture.cuts[-blocks], rows) if blocks else len(architecture.body)
    return [
        replace(row, frozen=row.frozen and (place <= cut or row.layer.kind == "batch_norm"))
        for place, row in enumerate(rows)
    ]


def rows_from_scratch(architecture: Architecture, class_count: int) -> list[LayerRow]:
    """The same layers where all begin with random numbers and learn.

    Raises
    ------
    UsageError
        If there are too few or too many classes.
    """
    return [replace(row, frozen=False) for row in architecture.table(architecture.input_size, class_count)]


def never_trained(architecture: Architecture) -> int:
    """How many numbers of a backbone lie before its first cut: they stay even where all its blocks are fine-tuned."""
    rows = rows_as_trained(architecture, architecture.usual_classes, len(architecture.cuts))
    cut = _place_of(architecture.cuts[0], rows)
    return sum(row.parameters for row in rows[: cut + 1])


def _place_of(name: str, rows: list[LayerRow]) -> int:
    return next(place for place, row in enumerate(rows) if row.layer.name == name)
