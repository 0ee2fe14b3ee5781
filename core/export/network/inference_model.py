"""The network of a run as one plain Keras model from pixels to probabilities, which every format is written from."""

from collections.abc import Sequence

import keras
import numpy as np

from core.augmentation.orientations import MIRRORED, PLAIN, QUARTERS
from core.errors import WorkbenchError
from core.evaluation.calibration import SMALLEST
from core.explain.trained_network import TrainedNetwork, trained_network
from core.networks.backbones import IMAGENET_MEAN_BGR
from core.networks.batch_normalisation import BatchNormalization
from core.prediction.calibration import calibration_of
from core.runs.naming import Naming, unchanged
from core.runs.record import Run
from core.training.view_examples import evaluation_views

INPUT, OUTPUT = "image", "probabilities"
# Where logits are divided by no more than this, what `core.evaluation.calibration` raises to its least probability
# comes to less than 1e-6 with and without that.
MILDEST_TO_RAISE = 2.0


def inference_model(run: Run, averages: bool = True) -> keras.Model:
    """The network with everything around it that makes its answer: preprocessing, views, calibration, class names.

    Its layers are Keras's own, compute in float32 whatever the run was trained in, and do in training what they do in
    inference, so that no exporter can leave augmentation or dropout in.

    Parameters
    ----------
    averages
        Whether it answers by all views of an image where the run does; else by the image as it is.

    Returns
    -------
    keras.Model
        From `INPUT`, (n, side, side, 3) uint8 as `core.images.reading.read_square` gives it, to `OUTPUT`, (n, classes)
        float32, rows summing to 1, by the names that the classes have now.

    Raises
    ------
    WorkbenchError
        If the run has no weights, they are damaged, or those of its backbone are not on this machine any more.
    """
    if not (run.best_weights.exists() or run.fine_tuned_weights.exists()):
        raise WorkbenchError(
            f"The run {run.id} has no weights, so there is no network to take along: it has not come to the end of an "
            "epoch yet, or its folder was cleaned up. Wait for that end, or train again."
        )
    views = evaluation_views(run.settings) if averages else ()
    orientations = [PLAIN, *(view.orientation for view in views)]
    return assemble(trained_network(run), orientations, naming_of(run), calibration_of(run)[0])


def taking_floats(model: keras.Model) -> keras.Model:
    """The same from (n, side, side, 3) float32, 0 to 255, whose pixels need not be whole numbers."""
    return keras.Model(model.layers[1].output, model.output)


def naming_of(run: Run) -> Naming:
    """What its classes are called by now, also of a run that has not been evaluated yet."""
    try:
        return run.naming()
    except WorkbenchError:
        return run.class_names.naming_of(run.class_names.of_network or run.dataset.network_classes)


def assemble(
    network: TrainedNetwork, orientations: Sequence[int], naming: Naming | None = None, temperature: float = 1.0
) -> keras.Model:
    """What `inference_model` gives, of any network.

    Parameters
    ----------
    orientations
        In which ones an image is answered, see `core.augmentation.orientations.turn`; the average is the answer.
    naming
        By which classes are put together and in order; None where they stay.
    temperature
        By what logits are divided.
    """
    image = keras.Input((network.image_size, network.image_size, 3), dtype="uint8", name=INPUT)
    # All views are one batch, so that the graph has the network once.
    pixels = keras.layers.Rescaling(1.0, dtype="float32")(image)
    turned = [_turned(pixels, orientation) for orientation in orientations]
    together = keras.layers.Concatenate(axis=0)(turned) if len(turned) > 1 else pixels
    logits = plain_copy(network.body)(_preprocessed(network, together))
    if network.head is not None:
        logits = plain_copy(network.head)(logits)
    names = naming or unchanged([str(index) for index in range(network.class_count)])
    probabilities = _answers(logits, len(orientations), names, temperature)
    return keras.Model(image, keras.layers.Activation("linear", name=OUTPUT)(probabilities), name="classifier")


def _preprocessed(network: TrainedNetwork, pixels: keras.KerasTensor) -> keras.KerasTensor:
    if network.reads_blue_first:
        # The backbone subtracts an array, which a file of ONNX would ask for as a second input; and its operations are
        # no layers, of which alone a file of HDF5 can be made.
        blue_first = keras.layers.Conv2D(3, 1, trainable=False, dtype="float32", name="blue_first")
        turned = blue_first(pixels)
        blue_first.set_weights([np.eye(3)[None, None, ::-1], -np.array(IMAGENET_MEAN_BGR)])
        return turned
    return plain_copy(network.front)(pixels)


def plain_copy(model: keras.Model) -> keras.Model:
    """The same network in float32, of nothing but Keras's own layers, and without what only training does."""

    def copied(layer: keras.Operation) -> keras.Operation:
        if not isinstance(layer, keras.layers.Layer):  # an operation, such as the turn from red first to blue first
            return type(layer).from_config(layer.get_config())
        if isinstance(layer, keras.layers.Dropout):
            return keras.layers.Identity(name=layer.name)
        if isinstance(layer, keras.layers.Normalization):
            return _as_rescaling(layer)
        kind = keras.layers.BatchNormalization if isinstance(layer, BatchNormalization) else type(layer)
        return kind.from_config(layer.get_config() | {"dtype": "float32"})

    copy = keras.models.clone_model(model, clone_function=copied)
    copy.set_weights(model.get_weights())
    copy.trainable = False
    return copy


def _as_rescaling(layer: keras.layers.Normalization) -> keras.layers.Rescaling:
    """The same with numbers of its own; a file of ONNX would ask for the other's statistics as further inputs."""
    mean, spread = (np.asarray(values, np.float64).ravel() for values in (layer.mean, np.sqrt(layer.variance)))
    scale = 1 / np.maximum(spread, keras.config.epsilon())
    return keras.layers.Rescaling(scale.tolist(), (-mean * scale).tolist(), name=layer.name, dtype="float32")


def _turned(pixels: keras.KerasTensor, orientation: int) -> keras.KerasTensor:
    """As `core.augmentation.orientations.turn`, of what operations that every format knows."""
    if orientation >= MIRRORED:
        pixels = pixels[:, :, ::-1]
    for _ in range(orientation % QUARTERS):
        pixels = keras.ops.transpose(pixels, (0, 2, 1, 3))[:, ::-1]
    return pixels


def _answers(logits: keras.KerasTensor, views: int, naming: Naming, temperature: float) -> keras.KerasTensor:
    """Averaged over the views, put together, and calibrated: in the order in which the run itself does it."""
    puts_together = len(naming.order) < len(naming.then)
    if views == 1 and not puts_together:
        if not naming.changes_nothing:
            logits = _put_together(logits, naming)
        return keras.layers.Softmax()(_softened(logits, temperature))
    probabilities = keras.layers.Softmax()(logits)
    if views > 1:
        apart = keras.ops.reshape(probabilities, (views, -1, probabilities.shape[-1]))
        probabilities = keras.ops.mean(apart, axis=0)
    if not naming.changes_nothing:
        probabilities = _put_together(probabilities, naming)
    if temperature == 1:
        return probabilities
    logits = keras.ops.log(keras.ops.maximum(probabilities, SMALLEST))
    return keras.layers.Softmax()(keras.layers.Rescaling(1 / temperature)(logits))


def _softened(logits: keras.KerasTensor, temperature: float) -> keras.KerasTensor:
    if temperature == 1:
        return logits
    if temperature > MILDEST_TO_RAISE:
        least = float(np.log(SMALLEST))
        above = keras.layers.Rescaling(1.0, -least)(keras.layers.Activation("log_softmax")(logits))
        return keras.layers.Rescaling(1 / temperature, least / temperature)(keras.layers.ReLU()(above))
    return keras.layers.Rescaling(1 / temperature)(logits)


def _put_together(values: keras.KerasTensor, naming: Naming) -> keras.KerasTensor:
    """By the classes of now: each the sum of those that it stands for."""
    sums = np.zeros((len(naming.then), len(naming.order)), np.float32)
    for place, columns in enumerate(naming.columns):
        sums[list(columns), place] = 1
    put = keras.layers.Dense(len(naming.order), use_bias=False, trainable=False, name="classes_of_now")
    answered = put(values)
    put.set_weights([sums])
    return answered
