"""Files of pictures that are not read, told by their names: what they are, and what to do instead."""

import re

OF_PICKLES = "A pickle can run any program when it is opened, so it is never loaded."
_AS_FILES = "Write its images out as files, for each class in a folder."

# What a name means that looks like this: what the file is, and what to do.
_KINDS = (
    (
        r"data_batch_\d+|test_batch|batches\.meta|cifar-10-batches-py|cifar-10-python\.tar\.gz",
        "the Python version of CIFAR-10, which is pickled",
        f"{OF_PICKLES} Get cifar-10-binary.tar.gz instead.",
    ),
    (
        r"cifar-100-python(\.tar\.gz)?",
        "the Python version of CIFAR-100, which is pickled",
        f"{OF_PICKLES} Get cifar-100-binary.tar.gz instead.",
    ),
    (r".*\.(h5|hdf5|mat|npz|npy|parquet|arrow)\.gz", "packed with gzip", "Unpack it, and bring what comes out."),
    (r".*\.(pkl|pickle|p)(\.gz)?", "a Python pickle", f"{OF_PICKLES} {_AS_FILES}"),
    (r".*\.(pt|pth|ckpt)", "a file of PyTorch, which holds a pickle", f"{OF_PICKLES} {_AS_FILES}"),
    (r".*\.tfrecords?(-\d+-of-\d+)?(\.gz)?", "a TFRecord file of TensorFlow, which is not read here", _AS_FILES),
    (r"data\.mdb|.*\.lmdb", "an LMDB database, which is not read here", _AS_FILES),
    (r".*\.rec", "a RecordIO file of MXNet, which is not read here", _AS_FILES),
)


def what_is_refused(path: str) -> tuple[str, str] | None:
    """What a file is that is not read, and what to do instead, in words; None for other files.

    Parameters
    ----------
    path
        Its name, or a path with forward slashes: CIFAR-100's pickles have no names of their own (``train``, ``test``).
    """
    *folders, name = path.split("/")
    for told_by in [name, *(folders[-1:] if "." not in name else [])]:
        for pattern, called, advice in _KINDS:
            if re.fullmatch(pattern, told_by, re.IGNORECASE):
                return called, advice
    return None


def refusal(path: str) -> str:
    """The same as sentences that name the file; "" for other files."""
    said = what_is_refused(path)
    return f"{path.rpartition('/')[2]} is {said[0]}. {said[1]}" if said else ""
