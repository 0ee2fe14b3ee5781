"""The layers that networks are written down with, each as people call it."""

from core.architectures.layers import TO_SIGNED, TO_UNIT, VALID, Layer

# What networks do to pixels from 0 to 255 first.
UNIT = Layer("rescale", scale=TO_UNIT[0], offset=TO_UNIT[1])
SIGNED = Layer("rescale", scale=TO_SIGNED[0], offset=TO_SIGNED[1])
STANDARDISED = (UNIT, Layer("standardise"))
CAFFE = Layer("caffe")


def conv(units: int, size: int | tuple[int, int] = 3, activation: str = "relu", **more) -> Layer:
    """A convolution, by default of 3 × 3 pixels and with a rectifier behind it."""
    return Layer("conv", units, size, activation=activation, **more)


def max_pool(size: int = 2, stride: int = 0, padding: str = VALID, **more) -> Layer:
    """Max pooling whose windows lie side by side, unless a `stride` is given."""
    return Layer("max_pool", size=size, stride=stride or size, padding=padding, **more)


def average_pool(size: int = 2, stride: int = 0, padding: str = VALID, **more) -> Layer:
    """Average pooling whose windows lie side by side, unless a `stride` is given."""
    return Layer("average_pool", size=size, stride=stride or size, padding=padding, **more)


def dense(units: int, activation: str = "relu", **more) -> Layer:
    """A dense layer, by default with a rectifier behind it."""
    return Layer("dense", units, activation=activation, **more)


def dropout(rate: float | None = None) -> Layer:
    """Dropout at a rate, by default at the one that the run's settings give."""
    return Layer("dropout", rate=rate)


def normalised_conv(
    units: int,
    size: int | tuple[int, int] = 3,
    activation: str = "relu",
    *,
    bias: bool = False,
    scale: bool = True,
    name: str = "",
    **more,
) -> tuple[Layer, ...]:
    """A convolution, batch normalisation, and an activation unless that is "".

    Parameters
    ----------
    bias
        Of the convolution, which needs none: the batch normalisation has one.
    scale
        Whether the batch normalisation learns a scale besides its shift.
    name
        Of what comes out at the end.
    """
    behind = normalised(activation, scale, name, more.get("block", ""))
    return (Layer("conv", units, size, bias=bias, **more), *behind)


def normalised(activation: str = "relu", scale: bool = True, name: str = "", block: str = "") -> tuple[Layer, ...]:
    """Batch normalisation, and an activation unless that is ""; `name` is that of what comes out at the end."""
    if not activation:
        return (Layer("batch_norm", scale=float(scale), name=name, block=block),)
    return (
        Layer("batch_norm", scale=float(scale), block=block),
        Layer("activation", activation=activation, name=name, block=block),
    )
