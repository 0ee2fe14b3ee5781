"""Files that hold the pictures within them."""

import gzip
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy
import scipy.io

from core.datasets.sources.choices import FOLDERS, LEAVE_OUT, Choices
from tests.datasets.layouts.case import Case, encoded, picture, pixels, text

SAMPLES = Path(__file__).parent / "samples" / "packed"
LABELS = ("circle", "square")
NUMBERS = {"circle": "0", "square": "1"}
PARTS = (("train", "train", 6), ("val", "validation", 4), ("test", "test", 4))


def arrays(split: str, count: int, side: int = 16, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that say their class, and the numbers of these classes: (n, side, side, 3) and (n,) arrays of uint8."""
    numbers = np.arange(count) % 2
    values = [pixels(f"{split} {place}", LABELS[number], split, side) for place, number in enumerate(numbers)]
    return np.stack(values), (numbers + first).astype(np.uint8)


# NumPy ---------------------------------------------------------------------------------------------------------------


def medmnist(folder: Path) -> Path:
    """As `medmnist` hands them out: six arrays, labels of two axes."""
    found = {}
    for name, part, count in PARTS:
        images, labels = arrays(part, count)
        found |= {f"{name}_images": images, f"{name}_labels": labels[:, None]}
    np.savez_compressed(folder / "bloodmnist.npz", **found)
    return folder / "bloodmnist.npz"


def medmnist_of_many_labels(folder: Path) -> Path:
    found = {}
    for name, part, count in PARTS:
        images, labels = arrays(part, count)
        several = np.eye(2, dtype=np.uint8)[labels]
        several[0] = 1
        found |= {f"{name}_images": images[..., 0], f"{name}_labels": several}
    np.savez(folder / "chestmnist.npz", **found)
    return folder / "chestmnist.npz"


def medmnist_3d(folder: Path) -> Path:
    np.savez(folder / "organmnist3d.npz", train_images=np.zeros((4, 8, 8, 8), np.uint8), train_labels=np.zeros((4, 1)))
    return folder / "organmnist3d.npz"


def keras_npz(folder: Path) -> Path:
    found = {}
    for name, part, count in (("train", "train", 6), ("test", "test", 4)):
        images, labels = arrays(part, count)
        found |= {f"x_{name}": images[..., 0], f"y_{name}": labels}
    np.savez(folder / "mnist.npz", **found)
    return folder / "mnist.npz"


def nameless_npz(folder: Path) -> Path:
    images, labels = arrays("", 8)
    np.savez(folder / "pairs.npz", images / 255, np.eye(2)[labels])
    return folder / "pairs.npz"


def npy_files(folder: Path) -> Path:
    images, labels = arrays("", 8)
    np.save(folder / "X.npy", images.transpose(0, 3, 1, 2))
    np.save(folder / "Y.npy", np.array(LABELS)[labels])
    return folder


def npy_in_folders(folder: Path) -> Path:
    for part, count in (("train", 6), ("test", 4)):
        images, labels = arrays(part, count)
        (folder / part).mkdir()
        np.save(folder / part / "x.npy", images)
        np.save(folder / part / "y.npy", labels)
    return folder


def pictures_and_rows(folder: Path) -> Path:
    images, labels = arrays("", 8)
    grey = images[..., 0]
    np.savez(folder / "digits.npz", data=grey.reshape(8, -1), images=grey, target=labels)
    return folder / "digits.npz"


def pickled_npz(folder: Path) -> Path:
    images, labels = arrays("", 8)
    np.savez(folder / "objects.npz", images=images, labels=labels.astype(object))
    return folder / "objects.npz"


# Tables of pixels ----------------------------------------------------------------------------------------------------


def digit_recognizer(folder: Path) -> Path:
    """As Kaggle's competition has it: the test has no labels."""
    images, labels = arrays("train", 6, 28)
    flat = images[..., 0].reshape(6, -1)
    names = ",".join(f"pixel{number}" for number in range(784))
    rows = [f"{label},{','.join(map(str, row))}" for label, row in zip(labels, flat, strict=True)]
    text(folder / "train.csv", "\n".join([f"label,{names}", *rows]) + "\n")
    unlabelled = pixels("u", "", "", 28)[..., 0].ravel()
    text(folder / "test.csv", f"{names}\n{','.join(map(str, unlabelled))}\n")
    text(folder / "sample_submission.csv", "ImageId,Label\n1,0\n")
    return folder


def mnist_csv_without_header(folder: Path) -> Path:
    for name, count in (("train", 6), ("test", 4)):
        images, labels = arrays(name, count, 28)
        rows = np.hstack([labels[:, None], images[..., 0].reshape(count, -1)])
        np.savetxt(folder / f"mnist_{name}.csv", rows, fmt="%d", delimiter=",")
    return folder


def colours_in_columns(folder: Path) -> Path:
    images, labels = arrays("", 8, 28)
    header = ",".join([*(f"pixel{number:04}" for number in range(28 * 28 * 3)), "label"])
    rows = np.hstack([images.reshape(8, -1), labels[:, None]])
    np.savetxt(folder / "hmnist_28_28_RGB.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    return folder / "hmnist_28_28_RGB.csv"


def fer2013(folder: Path) -> Path:
    lines = ["emotion,pixels,Usage"]
    for usage, part, count in (("Training", "train", 6), ("PublicTest", "validation", 4), ("PrivateTest", "test", 4)):
        images, labels = arrays(part, count, 48)
        for image, label in zip(images[..., 0], labels, strict=True):
            lines.append(f"{label},{' '.join(map(str, image.ravel()))},{usage}")
    return text(folder / "fer2013.csv", "\n".join(lines) + "\n")


# Binary files --------------------------------------------------------------------------------------------------------


def idx(folder: Path) -> Path:
    for name, part, count in (("train", "train", 6), ("t10k", "test", 4)):
        images, labels = arrays(part, count)
        sizes = b"".join(size.to_bytes(4, "big") for size in (count, 16, 16))
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(
            gzip.compress(b"\0\0\x08\x03" + sizes + images[..., 0].tobytes())
        )
        (folder / f"{name}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(b"\0\0\x08\x01" + sizes[:4] + labels.tobytes())
        )
    return folder


def cifar_10(folder: Path) -> Path:
    inside = folder / "cifar-10-batches-bin"
    inside.mkdir()
    for name, part, count in (("data_batch_1", "train", 4), ("data_batch_2", "train", 2), ("test_batch", "test", 4)):
        images, labels = arrays(part, count, 32)
        records = np.hstack([labels[:, None], images.transpose(0, 3, 1, 2).reshape(count, -1)])
        (inside / f"{name}.bin").write_bytes(records.tobytes())
    text(inside / "batches.meta.txt", "circle\nsquare\n\n")
    return folder


def cifar_100(folder: Path) -> Path:
    for name, count in (("train", 6), ("test", 4)):
        images, labels = arrays(name, count, 32)
        planes = images.transpose(0, 3, 1, 2).reshape(count, -1)
        records = np.hstack([np.zeros((count, 1), np.uint8), labels[:, None], planes])
        (folder / f"{name}.bin").write_bytes(records.tobytes())
    text(folder / "fine_label_names.txt", "circle\nsquare\n")
    text(folder / "coarse_label_names.txt", "shapes\nletters\n")
    return folder


def cifar_pickles(folder: Path) -> Path:
    for name in ("data_batch_1", "test_batch", "batches.meta"):
        (folder / "cifar-10-batches-py").mkdir(exist_ok=True)
        (folder / "cifar-10-batches-py" / name).write_bytes(b"\x80\x02}q\0.")
    return folder


def cifar_100_pickles(folder: Path) -> Path:
    (folder / "cifar-100-python").mkdir()
    for name in ("meta", "test", "train"):
        (folder / "cifar-100-python" / name).write_bytes(b"\x80\x02}q\0.")
    return folder


def cifar_pickles_in_a_tar(folder: Path) -> Path:
    cifar_pickles(folder)
    with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz") as tar:
        tar.add(folder / "cifar-10-batches-py", "cifar-10-batches-py")
    return folder / "cifar-10-python.tar.gz"


def stl_10(folder: Path) -> Path:
    for name, count in (("train", 4), ("test", 4)):
        images, labels = arrays(name, count, 96, first=1)
        (folder / f"{name}_X.bin").write_bytes(images.transpose(0, 3, 2, 1).tobytes())
        (folder / f"{name}_y.bin").write_bytes(labels.tobytes())
    (folder / "unlabeled_X.bin").write_bytes(pixels("u", "", "", 96).transpose(2, 1, 0).tobytes() * 3)
    text(folder / "class_names.txt", "circle\nsquare\n")
    return folder


# MATLAB and HDF5 -----------------------------------------------------------------------------------------------------


def svhn(folder: Path, packs: bool = True) -> Path:
    for name, count in (("train", 6), ("test", 4)):
        images, labels = arrays(name, count, 32)
        labels = np.where(labels == 0, 10, labels)[:, None]
        contents = {"X": images.transpose(1, 2, 3, 0), "y": labels}
        scipy.io.savemat(folder / f"{name}_32x32.mat", contents, do_compression=packs)
    return folder


def svhn_without_packing(folder: Path) -> Path:
    return svhn(folder, packs=False)


def patch_camelyon(folder: Path) -> Path:
    for name, part, count in (("train", "train", 6), ("valid", "validation", 4), ("test", "test", 4)):
        images, labels = arrays(part, count)
        for key, values in (("x", images), ("y", labels.reshape(-1, 1, 1, 1))):
            with h5py.File(folder / f"camelyonpatch_level_2_split_{name}_{key}.h5", "w") as file:
                file.create_dataset(key, data=values, chunks=True, compression="gzip")
    text(folder / "camelyonpatch_level_2_split_train_meta.csv", "tumor_patch,center_tumor_patch,wsi\n")
    return folder


def patch_camelyon_as_downloaded(folder: Path) -> Path:
    for key in "xy":
        (folder / f"camelyonpatch_level_2_split_train_{key}.h5.gz").write_bytes(gzip.compress(bytes(10)))
    return folder


def course_h5(folder: Path) -> Path:
    for name, count in (("train", 6), ("test", 4)):
        images, labels = arrays(name, count)
        with h5py.File(folder / f"{name}_catvnoncat.h5", "w") as file:
            file[f"{name}_set_x"], file[f"{name}_set_y"] = images, labels.astype(np.int64)
            file["list_classes"] = np.array([b"circle", b"square"])
    return folder


def h5_that_names_other_files(folder: Path) -> Path:
    """What a stranger's file must not be able to do: have another file of this machine read."""
    images, labels = arrays("", 8)
    with h5py.File(folder / "secret.hdf5", "w") as file:
        file["labels"] = labels
    inside = folder / "brought"
    inside.mkdir()
    with h5py.File(inside / "set.h5", "w") as file:
        file["images"] = images
        file["labels"] = h5py.ExternalLink(str(folder / "secret.hdf5"), "labels")
    return inside


def weights_h5(folder: Path) -> Path:
    with h5py.File(folder / "model.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.zeros((4, 4), np.float32)
    return folder


# Hugging Face and WebDataset -----------------------------------------------------------------------------------------


def copied(name: str) -> Callable[[Path], Path]:
    """A sample that its real writer made."""

    def build(folder: Path) -> Path:
        source, target = SAMPLES / name, folder / Path(name).name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        return target

    return build


def parquet_of_text_labels(folder: Path) -> Path:
    rows = [{"image": {"bytes": encoded(f"{n}.png", LABELS[n % 2]), "path": f"{n}.png"}} for n in range(8)]
    table = pa.table({"image": [row["image"] for row in rows], "label": [LABELS[n % 2] for n in range(7)] + [None]})
    pq.write_table(table, folder / "shapes.parquet")
    return folder / "shapes.parquet"


def parquet_with_split_and_patient(folder: Path) -> Path:
    parts = ["train", "train", "validation", "test"]
    names = {"train": "train", "validation": "val", "test": "Test"}
    cells = [encoded(f"{n}.png", LABELS[n // 4], parts[n % 4]) for n in range(8)]
    columns = {
        "image": cells,
        "diagnosis": [LABELS[n // 4] for n in range(8)],
        "split": [names[parts[n % 4]] for n in range(8)],
        "patient_id": [n // 2 for n in range(8)],
    }
    pq.write_table(pa.table(columns), folder / "scans.parquet")
    return folder / "scans.parquet"


def parquet_of_several_labels(folder: Path) -> Path:
    cells = [{"bytes": encoded(f"{n}.png", LABELS[n % 2])} for n in range(8)]
    pq.write_table(
        pa.table({"image": cells, "labels": [[n % 2] if n else [0, 1] for n in range(8)]}), folder / "tags.parquet"
    )
    return folder / "tags.parquet"


def parquet_beside_images(folder: Path) -> Path:
    for number in range(4):
        for label in LABELS:
            picture(folder / label / f"{number}.png", label)
    parquet_of_text_labels(folder)
    return folder


def webdataset_with_class_names(folder: Path) -> Path:
    shutil.copytree(SAMPLES / "webdataset", folder / "shapes")
    text(folder / "shapes" / "classnames.txt", "circle\nsquare\n")
    return folder


def captions_tar(folder: Path) -> Path:
    with tarfile.open(folder / "captions-0000.tar", "w") as tar:
        for number in range(8):
            for part in ("png", "txt"):
                file = folder / f"{number:04}.{part}"
                picture(file, "circle") if part == "png" else text(file, f"a picture of the shape number {number}")
                tar.add(file, file.name)
                file.unlink()
    return folder / "captions-0000.tar"


def zip_of_parquet(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        for path in sorted((SAMPLES / "hugging_face").rglob("*.parquet")):
            archive.write(path, path.relative_to(SAMPLES).as_posix())
    return folder / "archive.zip"


def tfrecord(folder: Path) -> Path:
    (folder / "train-00000-of-00001.tfrecord").write_bytes(bytes(40))
    return folder


def pytorch(folder: Path) -> Path:
    (folder / "training.pt").write_bytes(b"PK\x03\x04")
    return folder


NUMPY = f"NumPy {np.__version__}"
HUGGING_FACE, WEBDATASET = "datasets 5.2.0", "webdataset 1.0.2"
SCIPY, H5PY = f"SciPy {scipy.__version__}", f"h5py {h5py.__version__}"
BOTH = {"circle": 7, "square": 7}
TWO = {"circle": 5, "square": 5}

CASES = [
    Case("MedMNIST (.npz)", NUMPY, medmnist, BOTH, NUMBERS, has_split=True, says="“train_labels” of bloodmnist.npz"),
    Case(
        "MedMNIST of several labels (ChestMNIST)",
        NUMPY,
        medmnist_of_many_labels,
        asks="1 of 6 pictures have several labels in the array “train_labels” of chestmnist.npz",
    ),
    Case(
        "The same, those with several labels left out",
        NUMPY,
        medmnist_of_many_labels,
        {"circle": 4, "square": 7},
        NUMBERS,
        has_split=True,
        left_out={"has several labels": 3},
        choices=Choices(several_labels=LEAVE_OUT),
    ),
    Case("MedMNIST of volumes (3D)", NUMPY, medmnist_3d, refuses="8 slices or bands each; 1, 3 or 4 can be read"),
    Case("x_train, y_train, x_test, y_test (.npz)", NUMPY, keras_npz, TWO, NUMBERS, has_split=True, says="“y_train”"),
    Case(
        "Two arrays without names, of fractions and one-hot rows (.npz)",
        NUMPY,
        nameless_npz,
        {"circle": 4, "square": 4},
        NUMBERS,
        says="“arr_1” of pairs.npz",
        warns="were multiplied by 255",
    ),
    Case("X.npy and Y.npy, colours first", NUMPY, npy_files, {"circle": 4, "square": 4}, says="labels from Y.npy"),
    Case(
        "Folders train and test, x.npy and y.npy in each",
        NUMPY,
        npy_in_folders,
        {"circle": 5, "square": 5},
        NUMBERS,
        has_split=True,
        says="split from the names test/x.npy and train/x.npy",
    ),
    Case(
        "The same pictures twice, as pictures and in rows (.npz)",
        "as scikit-learn's Bunch of digits",
        pictures_and_rows,
        {"circle": 4, "square": 4},
        NUMBERS,
        says="“target” of digits.npz",
    ),
    Case("Arrays of Python objects (.npz)", NUMPY, pickled_npz, refuses="pickled. These are never loaded"),
    Case(
        "Kaggle's Digit Recognizer (pixels in columns)",
        "its description",
        digit_recognizer,
        {"circle": 3, "square": 3},
        NUMBERS,
        unlabelled=1,
        has_split=True,
        says="the column of labels of train.csv",
        warns="test.csv has no column of labels",
    ),
    Case(
        "MNIST in CSV without column names",
        NUMPY,
        mnist_csv_without_header,
        TWO,
        NUMBERS,
        has_split=True,
        warns="its first column was taken as the label",
    ),
    Case(
        "Colours in columns (hmnist_28_28_RGB.csv)",
        NUMPY,
        colours_in_columns,
        {"circle": 4, "square": 4},
        NUMBERS,
        warns="as pictures of 28 × 28 × 3",
    ),
    Case(
        "FER2013 (pixels in one cell)",
        "its description",
        fer2013,
        BOTH,
        NUMBERS,
        has_split=True,
        says="split from the column “Usage”",
        warns="PrivateTest for the test",
    ),
    Case(
        "MNIST (IDX, packed with gzip)", "its description", idx, TWO, NUMBERS, has_split=True, says="train-labels-idx1"
    ),
    Case(
        "CIFAR-10, binary version", "its description", cifar_10, TWO, has_split=True, says="labels in data_batch_1.bin"
    ),
    Case("CIFAR-100, binary version", "its description", cifar_100, asks="a fine and a coarse one. Which is meant?"),
    Case(
        "CIFAR-100, fine labels chosen",
        "its description",
        cifar_100,
        TWO,
        has_split=True,
        says="the fine labels in",
        choices=Choices(label_columns=("fine",)),
    ),
    Case("CIFAR-10, Python version", "by hand", cifar_pickles, refuses="Get cifar-10-binary.tar.gz instead"),
    Case("CIFAR-10, Python version, packed", "by hand", cifar_pickles_in_a_tar, refuses="Get cifar-10-binary.tar.gz"),
    Case("CIFAR-100, Python version", "by hand", cifar_100_pickles, refuses="Get cifar-100-binary.tar.gz instead"),
    Case(
        "STL-10, binary version",
        "its description",
        stl_10,
        {"circle": 4, "square": 4},
        unlabelled=3,
        has_split=True,
        says="labels from train_y.bin and test_y.bin",
    ),
    Case("SVHN (.mat)", SCIPY, svhn, TWO, NUMBERS, has_split=True, says="“y” of train_32x32.mat", warns="the digit 0"),
    Case("SVHN without compression (.mat)", SCIPY, svhn_without_packing, TWO, NUMBERS, has_split=True),
    Case("PatchCamelyon (.h5)", H5PY, patch_camelyon, BOTH, NUMBERS, has_split=True, says="split_train_y.h5"),
    Case("PatchCamelyon as downloaded (.h5.gz)", "by hand", patch_camelyon_as_downloaded, refuses="packed with gzip"),
    Case("train_set_x, train_set_y, list_classes (.h5)", H5PY, course_h5, TWO, has_split=True, says="“train_set_y”"),
    Case("Labels that lie in another file (.h5)", H5PY, h5_that_names_other_files, refuses="no array of labels"),
    Case("Weights of Keras (.h5)", H5PY, weights_h5, refuses="no array of pictures and labels was found"),
    Case(
        "Hugging Face repository (Parquet)",
        HUGGING_FACE,
        copied("hugging_face"),
        {"circle": 6, "square": 6},
        has_split=True,
        says="the column “label” of test-00000-of-00001.parquet and 2 more",
    ),
    Case(
        "Hugging Face save_to_disk (Arrow)",
        HUGGING_FACE,
        copied("hugging_face_saved"),
        {"circle": 6, "square": 6},
        has_split=True,
        says="the column “label” of data-00000-of-00001.arrow and 2 more",
    ),
    Case("Hugging Face with two ClassLabels", HUGGING_FACE, copied("two_labels.parquet"), asks="has several labels"),
    Case(
        "Hugging Face with two ClassLabels, one chosen",
        HUGGING_FACE,
        copied("two_labels.parquet"),
        {"circle": 2, "square": 2},
        choices=Choices(label_columns=("fine_label",)),
        says="the column “fine_label”",
    ),
    Case(
        "Hugging Face repository in a zip, as Kaggle packs it",
        HUGGING_FACE,
        zip_of_parquet,
        {"circle": 6, "square": 6},
        has_split=True,
        says="the column “label”",
    ),
    Case(
        "Pictures and names of classes (Parquet)",
        f"pyarrow {pa.__version__}",
        parquet_of_text_labels,
        {"circle": 4, "square": 3},
        unlabelled=1,
        says="the column “label” of shapes.parquet",
    ),
    Case(
        "Pictures, splits and patients in columns (Parquet)",
        f"pyarrow {pa.__version__}",
        parquet_with_split_and_patient,
        {"circle": 4, "square": 4},
        has_split=True,
        groups=4,
        says="split from the column “split”, groups from the column “patient_id” of scans.parquet",
    ),
    Case(
        "Lists of labels (Parquet)",
        f"pyarrow {pa.__version__}",
        parquet_of_several_labels,
        asks="several labels in the column “labels” of tags.parquet",
    ),
    Case(
        "Pictures in a Parquet beside class folders",
        f"pyarrow {pa.__version__}",
        parquet_beside_images,
        asks="There are image files, and shapes.parquet holds pictures too",
    ),
    Case(
        "The same, folders chosen",
        f"pyarrow {pa.__version__}",
        parquet_beside_images,
        {"circle": 4, "square": 4},
        choices=Choices(labels_from=FOLDERS),
        says="the names of the folders",
    ),
    Case(
        "WebDataset, a folder of shards",
        WEBDATASET,
        copied("webdataset"),
        {"circle": 6, "square": 6},
        NUMBERS,
        has_split=True,
        says="the files .cls in shapes-test-000000.tar and 2 more",
    ),
    Case(
        "WebDataset with classnames.txt",
        WEBDATASET,
        webdataset_with_class_names,
        {"circle": 6, "square": 6},
        has_split=True,
    ),
    Case(
        "WebDataset with labels in JSON",
        WEBDATASET,
        copied("json_labels.tar"),
        {"circle": 2, "square": 2},
        says="the field “label” of the files .json",
    ),
    Case("WebDataset of captions", "Python's tarfile", captions_tar, refuses="captions and no labels"),
    Case("TFRecord", "by hand", tfrecord, refuses="is a TFRecord file of TensorFlow, which is not read here"),
    Case("Tensors of PyTorch (.pt)", "by hand", pytorch, refuses="never loaded"),
]
