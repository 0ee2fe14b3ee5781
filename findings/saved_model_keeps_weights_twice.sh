#!/bin/sh
# Where Keras and TensorFlow meet. 2026-11-30.
#
# The guess: model.export(…, format="tf_saved_model") writes each weight once, as tf.saved_model.save does and as the
# Keras file of the same model has it.
#
# What happens: the folder is twice as large. Its checkpoint has each variable under its layer and once more in a list
# "_all_variables": VGG16 takes 110 MB instead of 55. tf.saved_model.save of a tf.Module that holds the same variables
# and one function gives the same answers from half.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    tensorflow==2.21.0 keras==3.15.1 numpy==2.4.6
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=2 PYTHONPATH="$folder/packages" "$python" - 2>errors <<'PYTHON' || { cat errors; exit 1; }
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}")
model = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(1000, use_bias=False)])
weights = sum(variable.value.numpy().nbytes for variable in model.variables)


def times_the_weights(name, loaded_name):
    size = (Path(name) / "variables" / "variables.data-00000-of-00001").stat().st_size
    loaded = tf.saved_model.load(name)
    same = np.allclose(getattr(loaded, loaded_name)(tf.ones((1, 1000))), model(np.ones((1, 1000))), atol=1e-5)
    print(f"{name:22} {size / weights:.2f} times the weights, answers {'the same' if same else 'otherwise'}")
    return round(size / weights, 1), same


model.export("by_keras", format="tf_saved_model", verbose=False)
module = tf.Module()
module.weights = [variable.value for variable in model.variables]
module.serve = tf.function(model, input_signature=[tf.TensorSpec((None, 1000))])
tf.saved_model.save(module, "by_tensorflow")
assert times_the_weights("by_tensorflow", "serve") == (1.0, True), "TensorFlow writes otherwise now"
assert times_the_weights("by_keras", "serve") == (2.0, True), "Keras writes otherwise now"
print("as found: each weight is there twice")
PYTHON
