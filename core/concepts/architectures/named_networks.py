"""The networks that a course names, each by the idea it brought; layers and figures are those of the registry."""

from dataclasses import dataclass
from functools import cached_property

from core.architectures.architecture import Architecture
from core.architectures.depth import depth_of
from core.architectures.layers import LayerRow
from core.architectures.registry import ARCHITECTURES


@dataclass(frozen=True)
class NamedNetwork:
    """A network and its idea.

    Parameters
    ----------
    name
        In the registry.
    idea
        What was new, in a few words.
    words
        The same in a sentence or two.
    block
        The part in which the idea shows: a block's name among its layers, or the places of its first and last layer.
    formulas
        In LaTeX, short ones.
    top_5_error
        On ImageNet, in percent, as the course's material states it; None where it states none.
    """

    name: str
    idea: str
    words: str
    block: str | tuple[int, int]
    formulas: tuple[str, ...]
    top_5_error: float | None = None

    @property
    def architecture(self) -> Architecture:
        """Its entry of the registry."""
        return ARCHITECTURES[self.name]

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """Its layers as it was published."""
        return self.architecture.original_rows

    @property
    def block_rows(self) -> tuple[LayerRow, ...]:
        """The layers of `block`."""
        if isinstance(self.block, str):
            return tuple(row for row in self.rows if row.layer.block == self.block)
        first, last = self.block
        return self.rows[first : last + 1]

    @cached_property
    def depth(self) -> int:
        """As of `depth_of`."""
        return depth_of(self.rows)

    @cached_property
    def multiplications(self) -> int:
        """How many one image takes, each with an addition."""
        return sum(row.multiplications for row in self.rows)


_NETWORKS = (
    NamedNetwork(
        "lenet_5",
        "Convolution and sub-sampling in turn",
        "The same small window everywhere, then a smaller image, twice; all of it learned from examples. It read "
        "cheques. Its sub-sampling could be trained, and its answers were distances to drawn letters.",
        (2, 5),
        (r"28 = 32 - 5 + 1", r"14 = 28 / 2", r"10 = 14 - 5 + 1", r"5 = 10 / 2"),
    ),
    NamedNetwork(
        "alexnet",
        "Large, with ReLU and dropout, on graphics cards",
        "LeNet’s plan with a thousand times the parameters, for photographs. ReLU keeps gradients from fading, pools "
        "overlap (3 × 3 windows, 2 apart), and dropout at one half keeps 4,096 units from learning images by heart.",
        (1, 4),
        (r"\mathrm{ReLU}(x) = \max(0, x)", r"\tfrac{227 - 11}{4} + 1 = 55"),
        top_5_error=15.4,
    ),
    NamedNetwork(
        "vgg16",
        "Nothing but 3 × 3",
        "Two 3 × 3 windows in a row see as much as one of 5 × 5, with fewer weights and one ReLU more. So: the same "
        "plain block again and again, twice the filters whenever the image is halved.",
        "Block 3",
        (r"2 \cdot 3^2 C^2 = 18\,C^2 \;<\; 5^2 C^2 = 25\,C^2",),
    ),
    NamedNetwork(
        "inception_v3",
        "Several windows side by side",
        "Large and small things at once: 1 × 1, 3 × 3 and 5 × 5 windows and a pool look at the same maps, and what "
        "they find is put side by side. A 1 × 1 convolution first makes the maps fewer, which saves most of the work.",
        "Module 0",
        (
            r"5^2 \cdot 192 \cdot 64 = 307{,}200 \text{ weights}",
            r"1^2 \cdot 192 \cdot 48 + 5^2 \cdot 48 \cdot 64 = 86{,}016",
        ),
    ),
    NamedNetwork(
        "resnet152",
        "A way around",
        "Each block only adds to what came in. A block that has nothing to add can be nothing at all, and gradients go "
        "back through the sum undimmed: 152 layers can be trained, where plain networks got worse beyond twenty.",
        "Stage 2, unit 2",
        (r"y = F(x) + x", r"\frac{\partial y}{\partial x} = \frac{\partial F}{\partial x} + 1"),
        top_5_error=3.6,
    ),
    NamedNetwork(
        "densenet121",
        "Keep everything",
        "Each layer looks at the maps of all layers before it in its block and adds 32 of its own. Nothing has to be "
        "learned twice, so few parameters go a long way.",
        "Dense block 1, layer 2",
        (r"x_{k} = [\,x_0, x_1, \dots, F(x_0, \dots, x_{k-1})\,]",),
    ),
    NamedNetwork(
        "mobilenet",
        "First each map by itself, then across maps",
        "A convolution looks around and mixes channels in one. Taken apart into a depthwise 3 × 3 and a 1 × 1, it "
        "costs about an eighth, and a telephone can run it.",
        "Block 1",
        (r"\frac{3^2 \cdot C + C \cdot N}{3^2 \cdot C \cdot N} = \frac{1}{N} + \frac{1}{9}",),
    ),
    NamedNetwork(
        "mobilenet_v2",
        "Narrow, wide, narrow",
        "The shortcut runs between narrow layers; in between, a 1 × 1 convolution widens six times, the depthwise one "
        "looks around, and another 1 × 1 narrows without ReLU, which would lose too much there.",
        "Block 2",
        (r"24 \xrightarrow{1 \times 1} 144 \xrightarrow{3 \times 3} 144 \xrightarrow{1 \times 1} 24",),
    ),
    NamedNetwork(
        "efficientnet_v2_b0",
        "Which map matters",
        "MobileNetV2’s block, with a small side path that looks at the mean of each map and turns some up and others "
        "down (squeeze-and-excitation). Width, depth and image size grow together.",
        "Stage 4, block 2",
        (r"y_c = x_c \cdot \sigma\bigl(W_2\, \mathrm{swish}(W_1\, \bar x)\bigr)_c",),
    ),
    NamedNetwork(
        "convnext_tiny",
        "A ResNet taught by transformers",
        "7 × 7 windows on each map by itself, layer normalisation once a block instead of batch normalisation "
        "everywhere, GELU, and wide in the middle: convolutions again as good as attention.",
        "Stage 1, block 1",
        (r"96 \xrightarrow{7 \times 7} 96 \to 384 \xrightarrow{\mathrm{GELU}} 384 \to 96, \quad + x",),
    ),
)
NAMED_NETWORKS = {network.name: network for network in _NETWORKS}
