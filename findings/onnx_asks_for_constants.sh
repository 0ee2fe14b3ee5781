#!/bin/sh
# Where Keras, TensorFlow and tf2onnx meet. 2026-11-30.
#
# The guess: a Keras model of one input, exported to ONNX without an error, is a file with one input. A mean colour that
# is subtracted from the pixels is a constant of the network, whether a layer or an operation subtracts it.
#
# What happens: an array that an operation of the Functional API was given (pixels - keras.ops.array(mean)) becomes a
# second input of the file, "…/Sub/y:0", and the numbers are nowhere in it: ONNX Runtime refuses to run without them.
# Keras says that it saved the artifact, and SavedModel and the Keras file of the same model are right. As
# Rescaling(offset=…), which holds its numbers itself, the same subtraction gives a file with one input.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" \
    tensorflow==2.21.0 keras==3.15.1 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=2 PYTHONPATH="$folder/packages" "$python" - 2>errors <<'PYTHON' || { cat errors; exit 1; }
import keras
import numpy as np
import onnxruntime

print(f"Keras {keras.__version__}, ONNX Runtime {onnxruntime.__version__}")
MEAN = [103.0, 116.0, 123.0]
PIXELS = np.full((1, 2, 2, 3), 200, np.float32)


def exported(name, subtract):
    image = keras.Input((2, 2, 3), name="image")
    model = keras.Model(image, keras.layers.GlobalAveragePooling2D()(subtract(image)))
    right = model.predict_on_batch(PIXELS)[0]
    model.export(f"{name}.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(f"{name}.onnx")
    inputs = [each.name for each in session.get_inputs()]
    try:
        answer = session.run(None, {inputs[0]: PIXELS})[0][0]
        told = "right" if np.allclose(answer, right) else f"wrong: {answer}"
    except ValueError as error:
        told = str(error)
    print(f"{name:10} inputs {inputs}: {told}")
    return inputs, told


by_layer = exported("layer", keras.layers.Rescaling(1.0, [-mean for mean in MEAN]))
by_array = exported("operation", lambda image: image - keras.ops.array(MEAN, dtype="float32"))
assert by_layer == (["image"], "right"), "the layer is exported otherwise now"
assert len(by_array[0]) == 2 and "missing from input feed" in by_array[1], "the operation is exported otherwise now"
print("as found: the array became an input")
PYTHON
