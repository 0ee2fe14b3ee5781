"""Transfer learning the way tutorials write it: every epoch sends every image through the frozen backbone, in float32.

After Keras's guide "Transfer learning & fine-tuning" (https://keras.io/guides/transfer_learning/) and TensorFlow's
tutorial of that name. `training.py` runs this as a process of its own; the last line it prints is JSON.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

BATCH_SIZE = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path, nargs="?", help="a folder with train, validation and test in it")
    parser.add_argument("--architecture", default="mobilenet_075")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--untrained", action="store_true", help="random weights")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of each epoch's batches")
    parser.add_argument("--niceness", type=int, default=0, help="as much as ours yields to other programs")
    options = parser.parse_args()
    if options.images is None:
        print("skipped: benchmarks/training.py runs this on images that it divides")
        return
    if hasattr(os, "nice"):
        os.nice(options.niceness)
    print(json.dumps(learn(options)))


def learn(options: argparse.Namespace) -> dict:
    """Seconds of every epoch, validation included, the images of one, and the accuracy on the test images."""
    import keras

    splits = ("train", "validation", "test")
    training, validation, test = (read(options.images / split, options.image_size) for split in splits)
    full = len(training.file_paths) + len(validation.file_paths)
    class_count = len(training.class_names)
    (training, measured), (validation, validated), (test, _) = (
        part_of(images, options.share) for images in (training, validation, test)
    )
    if options.architecture == "small_cnn":
        model = network(options.image_size, class_count)
        training, validation = training.cache(), validation.cache()  # small enough to keep, as those tutorials do
    else:
        model = frozen(options.architecture, options.image_size, class_count, options.untrained)
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    clock = clock_of_epochs()
    model.fit(
        training,
        validation_data=validation,
        epochs=options.epochs,
        callbacks=[clock],
        verbose=0,
    )
    accuracy = model.evaluate(test, verbose=0, return_dict=True)["accuracy"]
    facts = {"images_measured": measured + validated, "images_an_epoch": full, "epoch_seconds": clock.seconds}
    return facts | {"accuracy": None if options.untrained else accuracy}


def read(folder: Path, image_size: int):
    import keras

    return keras.utils.image_dataset_from_directory(
        folder, image_size=(image_size, image_size), batch_size=BATCH_SIZE, seed=0, verbose=False
    )


def part_of(images, share: float):
    """The first batches of a set of images, and how many images are in them; only the last batch may be short."""
    batches = max(1, round(share * len(images)))
    return images.take(batches), min(batches * BATCH_SIZE, len(images.file_paths))


def frozen(architecture: str, image_size: int, class_count: int, untrained: bool):
    """Augmentation, preprocessing, a frozen backbone and a new head."""
    import keras
    from keras import layers

    applications = keras.applications
    make, preprocess = {
        "mobilenet_075": (
            lambda **options: applications.MobileNet(alpha=0.75, **options),
            applications.mobilenet.preprocess_input,
        ),
        "vgg16": (applications.VGG16, applications.vgg16.preprocess_input),
        "inception_v3": (applications.InceptionV3, applications.inception_v3.preprocess_input),
    }[architecture]
    shape = (image_size, image_size, 3)
    backbone = make(include_top=False, input_shape=shape, weights=None if untrained else "imagenet")
    backbone.trainable = False
    inputs = keras.Input(shape)
    x = layers.RandomFlip("horizontal")(inputs)
    x = layers.RandomRotation(0.1)(x)
    x = backbone(preprocess(x), training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(class_count)(x))


def network(image_size: int, class_count: int):
    """The small CNN of the registry, layer by layer, so that the same network is compared."""
    import keras
    from keras import layers

    from core.architectures.registry import find_architecture

    make = {
        "rescale": lambda layer: layers.Rescaling(1 / 255),
        "conv": lambda layer: layers.Conv2D(layer.units, layer.size, padding="same", use_bias=False),
        "batch_norm": lambda layer: layers.BatchNormalization(),
        "relu": lambda layer: layers.ReLU(),
        "max_pool": lambda layer: layers.MaxPooling2D(layer.size),
        "global_average_pool": lambda layer: layers.GlobalAveragePooling2D(),
        "dropout": lambda layer: layers.Dropout(layer.rate),
        "dense": lambda layer: layers.Dense(layer.units),
    }
    described = find_architecture("small_cnn").network(class_count, 0.2)
    return keras.Sequential(
        [keras.Input((image_size, image_size, 3)), *(make[layer.kind](layer) for layer in described)]
    )


def clock_of_epochs():
    """A callback whose `seconds` are how long each epoch took, its validation included."""
    import keras

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self._began = time.monotonic()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(time.monotonic() - self._began)

    return Clock()


if __name__ == "__main__":
    main()
