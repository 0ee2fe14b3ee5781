#!/bin/sh
# Where Keras and TensorFlow meet. 2026-11-30.
#
# The guess: the gradient of a maximum does not depend on the layer that takes it. MaxPooling2D over a whole map,
# GlobalMaxPooling2D and keras.ops.max give the same number, so they train the same.
#
# What happens: where cells tie, they do not. Of [[5, 5, 1], [1, 5, 2], [0, 3, 4]], whose maximum stands three times,
# MaxPooling2D sends the gradient to the first cell, GlobalMaxPooling2D a third of it to each, the maximum of the
# columns' maxima a half and two quarters, and the last of the sorted numbers all to one in the middle. Ties are
# frequent: white paper and black edges before the first pooling, numbers of 8 bits.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    tensorflow==2.21.0 keras==3.15.1 numpy==2.4.6
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=2 PYTHONPATH="$folder/packages" "$python" - 2>errors <<'PYTHON' || { cat errors; exit 1; }
import keras
import tensorflow as tf

print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}")
image = tf.constant([[5.0, 5, 1], [1, 5, 2], [0, 3, 4]])[None, :, :, None]
WAYS = {
    "MaxPooling2D(3)": (keras.layers.MaxPooling2D(3), [[6, 0, 0], [0, 0, 0], [0, 0, 0]]),
    "GlobalMaxPooling2D()": (keras.layers.GlobalMaxPooling2D(), [[2, 2, 0], [0, 2, 0], [0, 0, 0]]),
    "columns, then rows": (
        lambda x: keras.ops.max(keras.ops.max(x, axis=1), axis=1),
        [[3, 1.5, 0], [0, 1.5, 0], [0, 0, 0]],
    ),
    "last of the sorted": (
        lambda x: keras.ops.sort(keras.ops.reshape(x, (1, -1)))[:, -1],
        [[0, 0, 0], [0, 6, 0], [0, 0, 0]],
    ),
}
for name, (way, found) in WAYS.items():
    with tf.GradientTape() as tape:
        tape.watch(image)
        largest = tf.reduce_sum(way(image))
        loss = 6 * largest
    gradient = tape.gradient(loss, image).numpy()[0, :, :, 0]
    print(f"{name:21} {largest.numpy():g}, gradient {(gradient + 0.0).tolist()}")
    assert largest == 5
    assert gradient.tolist() == found, f"{name} gives another gradient now"
print("as found: one maximum, four gradients")
PYTHON
