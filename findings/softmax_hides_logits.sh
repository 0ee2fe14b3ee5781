#!/bin/sh
# Keras's cross-entropy of probabilities. 2026-11-30.
#
# The guess: a loss without from_logits=True takes the probabilities that it is given. It clips them to 1e-7 … 1 − 1e-7,
# so that it is never above 16.1 and has no gradient where the network is most wrong; and a step that changes nothing,
# as times 1 or a cast to float32 behind a network in mixed precision, changes nothing.
#
# What happens: softmax leaves its logits on the tensor that it returns, and the loss takes them from there, so that it
# is 1000 with a gradient of ±1, as from_logits=True gives. One step in between, and they are lost: 16.1, gradient 0.
# A network with softmax as its last layer learns well or not at all by what stands behind that.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    tensorflow==2.21.0 keras==3.15.1 numpy==2.4.6
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow PYTHONPATH="$folder/packages" "$python" - 2>errors <<'PYTHON' || { cat errors; exit 1; }
import keras
import numpy as np
import tensorflow as tf

print(f"Keras {keras.__version__}")
label = np.array([[0, 1]], "float32")
cross_entropy = keras.losses.CategoricalCrossentropy()
STEPS = {
    "softmax": lambda chances: chances,
    "softmax, times 1": lambda chances: chances * 1,
    "softmax, there and back to bfloat16": lambda chances: tf.cast(tf.cast(chances, "bfloat16"), "float32"),
}


def loss_behind(step):
    logits = tf.Variable([[1000.0, 0.0]])  # the wrong class is all but certain
    with tf.GradientTape() as tape:
        loss = cross_entropy(label, step(keras.ops.softmax(logits)))
    gradient = tape.gradient(loss, logits).numpy().round(3)[0].tolist()
    return round(float(loss), 1), gradient


found = {name: loss_behind(step) for name, step in STEPS.items()}
for name, (loss, gradient) in found.items():
    print(f"{name}: loss {loss}, gradient {gradient}")
assert found["softmax"] == (1000.0, [1.0, -1.0]), "the probabilities are what counts"
assert found["softmax, times 1"] == (16.1, [0.0, 0.0]), "times 1 changes nothing"
assert found["softmax, there and back to bfloat16"] == (16.1, [0.0, 0.0])
PYTHON
