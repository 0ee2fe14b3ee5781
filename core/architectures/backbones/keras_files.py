"""Where Keras has its files of ImageNet weights from."""

from core.architectures.architecture import PretrainedWeights

ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications"


def keras_file(folder: str, name: str, megabytes: float, digest: str = "", with_top: bool = False) -> PretrainedWeights:
    """The file of this name, in the folder of its family; with Keras's MD5 or SHA-256 of it where it states one."""
    return PretrainedWeights(name, f"{ADDRESS}/{folder}/{name}", megabytes, digest, with_top)
