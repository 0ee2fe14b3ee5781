#!/bin/sh
# Keras's layer of random contrast. 2026-11-30.
#
# The guess, as its documentation has it: RandomContrast(0.4) draws a factor from 0.6 to 1.4 for each image, so that
# contrast is weakened as often as it is strengthened ("when represented as a single float, lower = upper"), and
# RandomContrast((0.4, 0.1)) one from 0.6 to 1.1.
#
# What happens: a single number only strengthens, from 1.0 to 1.4, as the lower one is taken as 0; and of two numbers
# the smaller is taken as the lower one, so that (0.4, 0.1) draws from 0.9 to 1.4. Two equal numbers, (0.4, 0.4), do
# what the documentation says of one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    keras==3.15.1 numpy==2.4.6 jax==0.10.2
cd "$folder"
KERAS_BACKEND=jax PYTHONPATH="$folder/packages" "$python" - <<'PYTHON'
import keras
import numpy as np

print(f"Keras {keras.__version__}")
images = np.tile(np.array([100.0, 150.0]).reshape(1, 1, 2, 1), (1000, 1, 1, 3))


def drawn(factor):
    layer = keras.layers.RandomContrast(factor, seed=0)
    varied = keras.ops.convert_to_numpy(layer(images, training=True))
    factors = (varied[:, 0, 1, 0] - varied[:, 0, 0, 0]) / 50
    least, greatest = round(float(factors.min()), 1), round(float(factors.max()), 1)
    print(f"RandomContrast({factor}): factors from {least} to {greatest}")
    return least, greatest


assert drawn(0.4) == (1.0, 1.4), "one number goes both ways"
assert drawn((0.4, 0.1)) == (0.9, 1.4), "two numbers are the lower and the upper one"
assert drawn((0.4, 0.4)) == (0.6, 1.4)
PYTHON
