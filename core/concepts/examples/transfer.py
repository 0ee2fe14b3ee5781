"""Transfer learning: what the course's material states in numbers."""

from core.architectures.formulas import totals_of
from core.architectures.registry import find_architecture
from core.concepts.transfer_learning import rows_as_trained
from core.concepts.worked_example import WorkedExample

CLASSES = 2


def _trained(blocks: int) -> int:
    vgg16 = find_architecture("vgg16")
    return totals_of(rows_as_trained(vgg16, vgg16.table(vgg16.input_size, CLASSES), blocks)).trained


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "transfer-frozen",
        "transfer",
        "Few images, alike: of a frozen VGG16 and two classes, only 512 · 2 + 2 = 1,026 numbers are trained.",
        512 * 2 + 2,
        lambda: _trained(0),
        {"case": "few-alike", "backbone": "vgg16"},
        "The four cases",
    ),
    WorkedExample(
        "transfer-late",
        "transfer",
        "Few images, unlike: with its last two blocks, six convolutions of 512 filters, it is 12,980,226.",
        512 * (9 * 256 + 1) + 5 * 512 * (9 * 512 + 1) + 512 * 2 + 2,
        lambda: _trained(2),
        {"case": "few-unlike", "backbone": "vgg16"},
        "The four cases",
    ),
    WorkedExample(
        "transfer-all",
        "transfer",
        "Many images, alike: all but the first block's two convolutions of 64 filters, 14,676,994.",
        14_714_688 - 64 * (9 * 3 + 1) - 64 * (9 * 64 + 1) + 512 * 2 + 2,
        lambda: _trained(4),
        {"case": "many-alike", "backbone": "vgg16"},
        "The four cases",
    ),
)
