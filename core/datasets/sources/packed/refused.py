"""Files of pictures that are not read, and what to do instead."""

import re

_UNPICKLING = "Reading it could run any program, so it is never loaded."
_AS_FOLDERS = "Write its pictures out as files, a folder for each class."

_KINDS = (
    (
        r"data_batch_\d+|test_batch|batches\.meta|cifar-10-python\.tar\.gz",
        f"is the Python version of CIFAR-10, which is pickled. {_UNPICKLING} Get cifar-10-binary.tar.gz instead.",
    ),
    (
        r"cifar-100-python(\.tar\.gz)?",
        f"is the Python version of CIFAR-100, which is pickled. {_UNPICKLING} Get cifar-100-binary.tar.gz instead.",
    ),
    (r".*\.(h5|hdf5|mat|npz|npy|parquet|arrow)\.gz", "is packed with gzip. Unpack it, and bring what comes out."),
    (r".*\.(pkl|pickle|p)(\.gz)?", f"is a pickle of Python. {_UNPICKLING} {_AS_FOLDERS}"),
    (r".*\.(pt|pth|ckpt)", f"is a file of PyTorch, which is pickled. {_UNPICKLING} {_AS_FOLDERS}"),
    (r".*\.tfrecords?(-\d+-of-\d+)?(\.gz)?", f"is a TFRecord of TensorFlow, which is not read here. {_AS_FOLDERS}"),
    (r"data\.mdb|.*\.lmdb", f"is a database of LMDB, which is not read here. {_AS_FOLDERS}"),
    (r".*\.rec", f"is a RecordIO file of MXNet, which is not read here. {_AS_FOLDERS}"),
)


def refusal(name: str) -> str:
    """What a file is that is not read, and what to do instead, in words; "" for other files."""
    for pattern, words in _KINDS:
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return f"{name} {words}"
    return ""
