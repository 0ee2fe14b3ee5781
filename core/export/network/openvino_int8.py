"""The two files of OpenVINO in whole numbers of 8 bits, several times as quick on processors that are made for it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import keras

from core.export.network.network_format import INT8, NetworkFormat, Sources
from core.export.network.openvino_file import EXAMPLE, FILE, PACKAGES
from core.export.network.openvino_file import save as save_in_float32
from core.features.openvino_network import import_openvino


def save(model: keras.Model, folder: Path, sources: Sources) -> None:
    openvino = import_openvino()  # before NNCF
    import nncf
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    pixels = sources.training_images()
    # What is read is used where it lies on disk, so that it can't be written over.
    with TemporaryDirectory(dir=folder.parent) as place:
        save_in_float32(model, Path(place), sources)
        quantised = nncf.quantize(
            openvino.Core().read_model(Path(place) / FILE),
            nncf.Dataset([pixels[row : row + 1] for row in range(len(pixels))]),
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(pixels),
            fast_bias_correction=False,
            # By the least and greatest of all images. By default, extremes are averaged over images, so that a few dark
            # ones spoil the ranges of all.
            advanced_parameters=AdvancedQuantizationParameters(
                activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX
            ),
        )
        openvino.save_model(quantised, folder / FILE, compress_to_fp16=False)


write = NetworkFormat("OpenVINO, int8", save, EXAMPLE, PACKAGES, INT8, needed_to_write=("nncf",)).write
