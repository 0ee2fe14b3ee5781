"""The scripts that networks are exported as: run, they build the very networks that are trained here."""

import keras
import numpy as np
import pytest

from core.architectures.architecture import BACKBONE
from core.architectures.blocks import BLOCKS, usual_block
from core.architectures.custom import CustomNetwork
from core.architectures.keras_code import APPLICATIONS, keras_code
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError
from core.networks.backbones import build_backbone
from core.networks.network import build_head, build_scratch
from core.runs.settings import default_settings, read_settings
from core.training.optimisers import build_optimiser

ENDS = ("flatten", "global_average_pool", "global_max_pool", "dense")
EVERY_BLOCK = (
    *(usual_block(kind) for kind in BLOCKS if kind not in ENDS),
    usual_block("residual", filters=32),
    usual_block("convolution", filters=6, kernel=2, activation="none", dilation=2, padding="valid"),
    usual_block("batch_norm"),
    usual_block("activation", activation="gelu"),
    usual_block("residual", filters=8, stride=2),
    usual_block("average_pool", size=3, stride=2, padding="same"),
    usual_block("flatten"),
    usual_block("dense", activation="none"),
    usual_block("dense", units=5, activation="tanh"),
)
OWN = {
    "every_block": CustomNetwork("every_block", 'Every "block"', 40, 3, EVERY_BLOCK),
    "grey": CustomNetwork("grey", "Grey\\", 20, 1, (usual_block("residual"), usual_block("global_max_pool"))),
    "class": CustomNetwork("class", "class", 9, 3, (usual_block("global_average_pool"),)),
}
SCRATCH = {name: entry for name, entry in ARCHITECTURES.items() if not entry.frozen} | {
    name: network.architecture for name, network in OWN.items()
}


def code_of(architecture, class_count, **changes):
    """The script of a network with its usual settings, but for some."""
    return keras_code(architecture, class_count, default_settings(architecture) | changes)


def run(code):
    """The model that a script defines; the script must not be one of the program's own modules."""
    assert "core" not in code
    names = {"__name__": "exported"}
    exec(compile(code, "exported.py", "exec"), names)
    return names["model"]


def random_weights(model):
    """Weights of the shapes that the model has; none is negative, as variances must not be."""
    draw = np.random.default_rng(0)
    return [draw.uniform(0.01, 0.2, weight.shape).astype("float32") for weight in model.get_weights()]


@pytest.mark.parametrize("name", SCRATCH)
def test_a_script_builds_the_network_that_is_trained(name):
    architecture = SCRATCH[name]
    side = architecture.minimum_size + 1
    ours = build_scratch(architecture, side, 3, architecture.usual_dropout)
    theirs = run(code_of(architecture, 3, image_size=side))
    assert all(type(layer).__module__.startswith("keras.") for layer in theirs.layers)
    assert [layer.output.shape for layer in theirs.layers] == [layer.output.shape for layer in ours.layers]
    assert theirs.count_params() == ours.count_params()
    rates = [[layer.rate for layer in model.layers if hasattr(layer, "rate")] for model in (ours, theirs)]
    assert rates[0] == rates[1]
    weights = random_weights(ours)
    ours.set_weights(weights)
    theirs.set_weights(weights)
    pixels = np.random.default_rng(1).integers(0, 256, (2, side, side, 3)).astype("float32")
    expected, given = (keras.ops.convert_to_numpy(model(pixels)) for model in (ours, theirs))
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OWN)
def test_an_own_network_is_built_as_its_table_says(name):
    architecture = SCRATCH[name]
    model, table = build_scratch(architecture, architecture.input_size, 3, 0.3), architecture.table(40, 3)
    assert model.count_params() == sum(row.parameters for row in architecture.table(architecture.input_size, 3))
    assert model.output_shape == (None, 3)
    if name == "every_block":
        built = sorted(tuple(layer.output.shape[1:]) for layer in model.layers[1:])
        assert built == sorted(row.shape for row in table)


@pytest.mark.parametrize("name", ["small_cnn", "lenet_5", "cnn_32_32_64_64", "grey"])
def test_a_script_says_its_shapes_its_parameters_and_how_it_is_trained(name):
    code = code_of(SCRATCH[name], 4)
    total = sum(row.parameters for row in SCRATCH[name].table(SCRATCH[name].input_size, 4))
    assert f"to 4 classes, {total:,} parameters" in code.split("\n")[0]
    assert "SparseCategoricalCrossentropy(from_logits=True)" in code
    assert compiled(code).optimizer


@pytest.mark.parametrize(
    ("early_stopping", "callback"),
    [(True, keras.callbacks.EarlyStopping), (False, keras.callbacks.ModelCheckpoint)],
    ids=["until it stops improving", "to the last epoch"],
)
def test_a_script_keeps_the_best_epoch_however_long_it_trains(early_stopping, callback):
    code = code_of(SCRATCH["small_cnn"], 3, early_stopping=early_stopping)
    (line,) = [line.strip("# ") for line in code.splitlines() if line.startswith("    # best = ")]
    names = {"keras": keras}
    exec(line, names)
    assert isinstance(names["best"], callback)
    assert f"callbacks=[{line.partition(' ')[0]}]" in code


@pytest.mark.parametrize(
    ("early_stopping", "callback"), [(True, "keras.callbacks.EarlyStopping(patience=10)"), (False, "")]
)
def test_a_script_whose_last_epoch_answers_restores_nothing(early_stopping, callback):
    code = code_of(SCRATCH["small_cnn"], 3, early_stopping=early_stopping, restore_best_weights=False)
    assert "restore_best_weights" not in code
    assert "ModelCheckpoint" not in code
    assert callback in code
    assert ("callbacks=[stop]" in code) is early_stopping
    assert "bias.assign" not in code_of(SCRATCH["small_cnn"], 3, bias_initialisation="zeros")


def compiled(code):
    """The model of a script that was run, not imported."""
    return run(code.replace('if __name__ == "__main__":', "if True:").replace("model.summary()", "pass"))


@pytest.mark.parametrize("name", ["small_cnn", "cnn_32_32_64_64", "mnist_cnn", "alexnet", "mobilenet_025"])
def test_a_script_trains_as_a_run_of_the_network_does(name):
    settings = read_settings({"dataset": "pets", "architecture": name})
    code = code_of(ARCHITECTURES[name], 3, image_size=ARCHITECTURES[name].minimum_size)
    theirs, ours = compiled(code.replace('weights="imagenet"', "weights=None")).optimizer, build_optimiser(settings)
    assert type(theirs) is type(ours)
    for key in ("learning_rate", "momentum", "nesterov", "weight_decay", "global_clipnorm"):
        assert theirs.get_config().get(key) == pytest.approx(ours.get_config().get(key))
    assert f"epochs={settings.epochs}, batch_size={settings.batch_size}," in code
    assert f"patience={settings.patience}," in code


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 3, "batch_size": 7}, "epochs=3, batch_size=7, "),
        ({"batch_size": 0}, "epochs=20, validation_split"),
        ({"dropout": 0.1}, "layers.Dropout(0.1)"),
        ({"seed": 5}, "keras.utils.set_random_seed(5)"),
        (
            {"optimiser": "sgd", "gradient_clipping": 2},
            "momentum=0.9, nesterov=False, weight_decay=0.0001, global",
        ),
        ({"class_weights": "balanced"}, "# A run also has class_weights = balanced."),
    ],
)
def test_a_script_honours_what_was_set_or_says_that_it_does_not(changes, words):
    code = code_of(ARCHITECTURES["mnist_cnn"], 3, **changes)
    assert words in code
    assert compiled(code)


def test_a_script_of_a_backbone_has_the_hidden_layer_that_was_set():
    assert 'layers.Dense(64, activation="relu")' in code_of(ARCHITECTURES["vgg16"], 3, hidden=64)


def test_a_backbone_is_the_one_of_keras_applications_with_its_own_preprocessing():
    architecture = ARCHITECTURES["mobilenet_075"]
    code = code_of(architecture, 3, image_size=64)
    assert 'weights="imagenet"' in code
    script = run(code.replace('weights="imagenet"', "weights=None"))
    backbone = build_backbone(architecture, 64, None)
    head = build_head(768, 3, 0.5)
    weights = random_weights(script)
    script.set_weights(weights)
    count = len(backbone.get_weights())
    backbone.set_weights(weights[:count])
    head.set_weights(weights[count:])
    pixels = np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3)).astype("float32")
    expected = keras.ops.convert_to_numpy(head(backbone(pixels)))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(script(pixels)), expected, rtol=1e-4)
    assert not script.get_layer("mobilenet_0.75_64").trainable


def test_every_backbone_has_a_maker_in_keras():
    backbones = {name for name, entry in ARCHITECTURES.items() if entry.group == BACKBONE}
    assert set(APPLICATIONS) == backbones
    for name in backbones:
        module, maker, _ = APPLICATIONS[name]
        assert callable(getattr(keras.applications, maker))
        assert callable(getattr(keras.applications, module).preprocess_input)
        assert f"keras.applications.{maker}(" in code_of(ARCHITECTURES[name], 2)


def test_what_cannot_be_built_has_no_script():
    with pytest.raises(UsageError, match="at least 32 pixels"):
        code_of(ARCHITECTURES["small_cnn"], 3, image_size=16)
    with pytest.raises(UsageError, match="from 2 to"):
        code_of(ARCHITECTURES["small_cnn"], 1)
