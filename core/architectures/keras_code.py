"""A network as a script in standard Keras, to read, to hand in, or to go on with elsewhere."""

import keyword
import re
from collections.abc import Mapping
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.layers import Layer, LayerRow, shape_in_words

# Of running means and variances, as networks that learn from nothing are trained here.
BATCH_NORM_MOMENTUM = 0.9
# What makes each backbone, and the module that knows how its pixels are prepared.
APPLICATIONS = {
    "mobilenet_025": ("mobilenet", "MobileNet", "alpha=0.25"),
    "mobilenet_050": ("mobilenet", "MobileNet", "alpha=0.5"),
    "mobilenet_075": ("mobilenet", "MobileNet", "alpha=0.75"),
    "mobilenet": ("mobilenet", "MobileNet", ""),
    "mobilenet_v2": ("mobilenet_v2", "MobileNetV2", ""),
    "vgg16": ("vgg16", "VGG16", ""),
    "vgg16_fc7": ("vgg16", "VGG16", ""),
    "inception_v3": ("inception_v3", "InceptionV3", ""),
    "resnet50": ("resnet", "ResNet50", ""),
    "resnet152": ("resnet", "ResNet152", ""),
    "densenet121": ("densenet", "DenseNet121", ""),
    "efficientnet_v2_b0": ("efficientnet_v2", "EfficientNetV2B0", ""),
    "convnext_tiny": ("convnext", "ConvNeXtTiny", ""),
}
# The layer of Keras's whole network that a backbone ends in, where it keeps some of the top.
LAST_OF_TOP = {"vgg16_fc7": "fc2"}
# Settings that the script has no line for, each with the value that asks for nothing.
LEFT_OUT = {
    "augmentation": [],
    "schedule": "constant",
    "warmup": 0,
    "find_learning_rate": False,
    "class_weights": "none",
    "label_smoothing": 0,
    "unfreeze": 0,
}
OPTIMISERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}


def keras_code(architecture: Architecture, class_count: int, settings: Mapping[str, Any]) -> str:
    """A script for the functional API of Keras 3, which defines `model`: from pixels, 0 to 255, to logits.

    Parameters
    ----------
    settings
        Of a run, complete, as `core.runs.settings` has them: of them the script takes the size of the images, the
        dropout, and how the network is trained.

    Raises
    ------
    UsageError
        As `Architecture.table`: if the image is too small, or there are too few or too many classes.
    """
    size = settings["image_size"]
    rows = architecture.table(size, class_count, settings["dropout"], settings["hidden"])
    total = sum(row.parameters for row in rows)
    title = re.sub(r"[\"\\]", "'", architecture.title)
    return "\n".join(
        (
            f'"""{title}: from images of {size} × {size} pixels to {class_count} classes, {total:,} parameters."""',
            "",
            "import keras",
            "from keras import layers",
            "",
            *([f"keras.utils.set_random_seed({settings['seed']})"] if settings["seed"] else []),
            f"image = keras.Input(({size}, {size}, 3))  # pixels from 0 to 255",
            *(_on_backbone(architecture, rows, size) if architecture.frozen else layer_lines(rows)),
            f'model = keras.Model(image, logits, name="{_identifier(architecture.name)}")',
            "",
            *_training(architecture, settings),
            "",
        )
    )


def layer_lines(rows: list[LayerRow], last: str = "image") -> list[str]:
    """A line a layer, the last of which defines `logits`. One that others take the output of gives it a name.

    Parameters
    ----------
    last
        The variable that the first layer takes.
    """
    lines, named, block = [], {"image": "image"}, ""
    for row in rows:
        layer = row.layer
        taken = [named[name] for name in layer.inputs] or [last]
        last = "logits" if row is rows[-1] else _identifier(layer.name) if layer.name else "x"
        if layer.name:
            named[layer.name] = last
        if layer.block != block:
            block = layer.block
            lines += ["", f"# {block}"] if block else [""]
        given = taken[0] if len(taken) == 1 else f"[{', '.join(taken)}]"
        counted = f", {row.parameters:,} parameters" if row.parameters else ""
        lines.append(f"{last} = {_call(layer)}({given})  # {shape_in_words(row.shape)}{counted}")
    return lines


def _on_backbone(architecture: Architecture, rows: list[LayerRow], size: int) -> list[str]:
    module, maker, option = APPLICATIONS[architecture.name]
    if last := LAST_OF_TOP.get(architecture.name, ""):
        made = [
            f'whole = keras.applications.{maker}(weights="imagenet")',
            f'backbone = keras.Model(whole.input, whole.get_layer("{last}").output)',
        ]
    else:
        made = [f'backbone = keras.applications.{maker}({_without_top(size, option)}, weights="imagenet")']
    head = rows[len(architecture.body) :]
    return [
        *made,
        "backbone.trainable = False",
        f"x = keras.applications.{module}.preprocess_input(image)",
        f"x = backbone(x, training=False)  # {shape_in_words(head[0].inputs[0])}",
        *layer_lines(head, "x"),
    ]


def _without_top(size: int, option: str) -> str:
    return f"input_shape=({size}, {size}, 3), include_top=False" + (f", {option}" if option else "")


def _training(architecture: Architecture, settings: Mapping[str, Any]) -> list[str]:
    """How it is trained, for those who run the script; whoever imports it has the model alone."""
    return [
        'if __name__ == "__main__":',
        "    model.compile(",
        f"        optimizer={_optimiser(settings)},",
        "        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),",
        '        metrics=["accuracy"],',
        "    )",
        "    model.summary()",
        *_first_biases(settings),
        *_ending(settings),
        *_not_said(architecture, settings),
    ]


def _first_biases(settings: Mapping[str, Any]) -> list[str]:
    if settings["bias_initialisation"] != "class_shares":
        return []
    return [
        "    # Runs start the last biases at the logarithm of a class's share of the training labels, 0, 1 and so on:",
        "    # model.layers[-1].bias.assign(keras.ops.log(keras.ops.bincount(labels) / len(labels)))",
    ]


def _ending(settings: Mapping[str, Any]) -> list[str]:
    """The fit, with the callback that ends it or keeps its best epoch."""
    stops, restores = settings["early_stopping"], settings["restore_best_weights"]
    until = "until validation stops improving" if stops else "to the last epoch"
    fit = f"    # model.fit(images, labels, {_fitting(settings)}, validation_split=0.2"
    if not stops and not restores:
        return [f"    # Runs train {until}, whose weights answer:", f"{fit})"]
    if stops:
        callback, arguments = "EarlyStopping", {"patience": settings["patience"]}
        arguments |= {"restore_best_weights": True} if restores else {}
    else:
        callback = "ModelCheckpoint"
        arguments = {"filepath": "best.weights.h5", "save_best_only": True, "save_weights_only": True}
    name = "best" if restores else "stop"
    return [
        f"    # Runs train {until}, and keep the {'best' if restores else 'last'} epoch:",
        f"    # {name} = keras.callbacks.{callback}({_keywords(arguments)})",
        f"{fit}, callbacks=[{name}])",
    ]


def optimiser_arguments(settings: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """What Keras calls the optimiser, and its arguments, as `core.training.optimisers` builds it."""
    name, arguments = settings["optimiser"], {"learning_rate": settings["learning_rate"]}
    if name in ("sgd", "rmsprop"):
        arguments["momentum"] = settings["momentum"]
    if name == "sgd":
        arguments["nesterov"] = settings["nesterov"]
    if name in ("sgd", "adamw") and settings["weight_decay"]:
        arguments["weight_decay"] = settings["weight_decay"]
    if settings["gradient_clipping"]:
        arguments["global_clipnorm"] = settings["gradient_clipping"]
    return OPTIMISERS[name], arguments


def _optimiser(settings: Mapping[str, Any]) -> str:
    name, arguments = optimiser_arguments(settings)
    return f"keras.optimizers.{name}({_keywords(arguments)})"


def _fitting(settings: Mapping[str, Any]) -> str:
    arguments = {"epochs": settings["epochs"]}
    if settings["batch_size"]:  # 0 is automatic
        arguments["batch_size"] = settings["batch_size"]
    return _keywords(arguments)


def _not_said(architecture: Architecture, settings: Mapping[str, Any]) -> list[str]:
    """What runs do besides that, where these settings ask for it."""
    lines = []
    if architecture.frozen and settings["tune_weight_decay"] and not settings["hidden"]:
        lines.append("A run computes the backbone's features once, and takes the best of several weight decays.")
    lines += [
        f"A run also has {name} = {settings[name]}." for name, usual in LEFT_OUT.items() if settings[name] != usual
    ]
    return [f"    # {line}" for line in lines]


# Layers --------------------------------------------------------------------------------------------------------------


def _call(layer: Layer) -> str:
    """The Keras layer, or the function, that does what `layer` says."""
    if layer.kind == "grey":
        return "keras.ops.image.rgb_to_grayscale"
    name, arguments = _ARGUMENTS[layer.kind](layer)
    return f"layers.{name}({arguments})"


def _keywords(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_literal(value)}" for name, value in arguments.items())


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _all(*first: Any, **changed: tuple[Any, Any]) -> str:
    """Arguments by place, then by name those that differ from Keras's default: the second of each pair."""
    by_name = {name: value for name, (value, default) in changed.items() if value != default}
    return ", ".join(filter(None, (*map(_literal, first), _keywords(by_name))))


def _window(layer: Layer) -> int | tuple[int, int]:
    height, width = layer.window
    return height if height == width else (height, width)


def _convolution(layer: Layer, *first: Any, groups: int = 1) -> str:
    return _all(
        *first,
        strides=(layer.stride, 1),
        padding=(layer.padding, "valid"),
        dilation_rate=(layer.dilation, 1),
        groups=(groups, 1),
        use_bias=(layer.bias, True),
        activation=(layer.activation, ""),
    )


def _pool(layer: Layer) -> str:
    return _all(_window(layer), strides=(layer.stride, _window(layer)), padding=(layer.padding, "valid"))


def _rescale(layer: Layer) -> str:
    over = 1 / layer.scale
    scale = f"1 / {round(over, 6):g}" if abs(over - round(over, 1)) < 1e-9 and over > 1 else repr(layer.scale)
    return ", ".join(filter(None, (scale, _all(offset=(layer.offset, 0.0)))))


_ARGUMENTS = {
    "rescale": lambda layer: ("Rescaling", _rescale(layer)),
    "conv": lambda layer: ("Conv2D", _convolution(layer, layer.units, _window(layer), groups=layer.groups)),
    "depthwise": lambda layer: ("DepthwiseConv2D", _convolution(layer, _window(layer))),
    "zero_pad": lambda layer: ("ZeroPadding2D", _literal((layer.edges, layer.edges))),
    "max_pool": lambda layer: ("MaxPooling2D", _pool(layer)),
    "average_pool": lambda layer: ("AveragePooling2D", _pool(layer)),
    "batch_norm": lambda layer: (
        "BatchNormalization",
        _all(momentum=(BATCH_NORM_MOMENTUM, 0.99), scale=(bool(layer.scale), True)),
    ),
    "activation": lambda layer: ("Activation", _literal(layer.activation)),
    "dropout": lambda layer: ("Dropout", _literal(layer.rate)),
    "flatten": lambda layer: ("Flatten", ""),
    "global_average_pool": lambda layer: ("GlobalAveragePooling2D", ""),
    "global_max_pool": lambda layer: ("GlobalMaxPooling2D", ""),
    "dense": lambda layer: (
        "Dense",
        _all(layer.units, use_bias=(layer.bias, True), activation=(layer.activation, "")),
    ),
    "add": lambda layer: ("Add", ""),
    "concatenate": lambda layer: ("Concatenate", ""),
}


def _identifier(name: str) -> str:
    """A name that Python accepts, in letters that every console has."""
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) else f"network_{plain}".rstrip("_")
