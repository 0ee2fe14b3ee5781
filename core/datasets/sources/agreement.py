"""Whether two sources say the same of images, and whether names of folders can be those of classes at all."""

import re
from calendar import month_abbr, month_name
from collections.abc import Collection, Mapping

from core.datasets.sources.split_names import SAYING_NOTHING, SPLIT_NAMES, split_in_name, words_of

# What folders are called that hold whatever images there are.
_CONTAINERS = (
    SAYING_NOTHING
    | frozenset(SPLIT_NAMES)
    | frozenset(
        {
            "all",
            "frame",
            "frames",
            "input",
            "inputs",
            "jpegimages",
            "jpegs",
            "original",
            "originals",
            "pics",
            "pngs",
            "raw",
        }
    )
)
# What lies beside images to explain them, and is no image to classify.
_EXPLAINING = frozenset(
    {"annotation", "annotations", "gt", "ground", "groundtruth", "icon", "icons", "label", "labels", "mask", "masks"}
    | {"meta", "metadata", "segmentation", "segmentations", "superpixels", "trimap", "trimaps", "truth"}
)
# What is numbered when it is a person, an occasion or a volume, and no class.
_NUMBERED = frozenset(
    {"batch", "cam", "camera", "case", "chunk", "day", "disk", "lesion", "month", "p", "part", "participant", "pat"}
    | {"patient", "person", "scan", "session", "site", "slide", "study", "sub", "subj", "subject", "visit", "vol"}
    | {"volume", "week", "year", "actor", "animal", "capture", "clip", "cow", "driver", "flight", "id", "individual"}
    | {"mission", "mouse", "node", "observer", "plate", "plot", "proband", "rat", "roll", "run", "sequence", "ses"}
    | {"specimen", "speaker", "transect", "trap", "trial", "user", "video", "volunteer", "well", "wsi"}
)
_MONTHS = frozenset(month.casefold() for names in (month_name, month_abbr) for month in names if month)
_DAY, _MONTH, _YEAR = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])", r"(19|20)\d\d"
_TIME = r"[-_. T]+\d\d[-_.:h]?\d\d([-_.:]?\d\d)?"
_DATE = re.compile(
    rf"({_YEAR}([-_. ]?{_MONTH}([-_. ]?\d\d)?)?|{_DAY}[-_. ]{_MONTH}[-_. ]{_YEAR})({_TIME})?", re.IGNORECASE
)
_UNIQUE = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(?=.*\d)(?=.*[a-f])[0-9a-f]{8,}"  # the beginning of a checksum
    r"|\d{6,}|\d+(\.\d+){4,}"  # a number of a case; an identifier of DICOM
    r"|[1-9]\d\d_?(andro|apple|canon|cloud|eos..|fuji|gopro|leica|media|msdcf|nikon|olymp|panas?|pentx|ricoh)"
    r"|(new folder|neuer ordner|nouveau dossier|nueva carpeta|untitled folder)([ _-]*\(?\d+\)?)?",
    re.IGNORECASE,
)
_EXPLAINING_FILE = re.compile(r".*[\W_](mask|masks|seg|segmentation|superpixels|gt)\d*", re.IGNORECASE)


def same_classes(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str] | None:
    """What `one` calls the classes of `other`, where both divide the images that they share into the same classes.

    Parameters
    ----------
    one, other
        Labels by the images' paths.

    Returns
    -------
    dict of str to str or None
        Empty where they share no image; None where they differ.
    """
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for path, label in other.items():
        mine = one.get(path)
        if mine is not None and (there.setdefault(label, mine) != mine or back.setdefault(mine, label) != label):
            return None
    return there


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Of how many images that both label, `other` says something else than its label mostly stands for in `one`."""
    counts: dict[str, dict[str, int]] = {}
    for path, label in other.items():
        if path in one:
            of_label = counts.setdefault(label, {})
            of_label[one[path]] = of_label.get(one[path], 0) + 1
    return sum(sum(of_label.values()) - max(of_label.values()) for of_label in counts.values())


def are_no_classes(names: Collection[str], groups: Mapping[str, str], folder_of: Mapping[str, str]) -> bool:
    """Whether folders are clearly called after something else than classes, where a table has labels of its own.

    They are years or dates, numbered patients or volumes, places for images of all kinds (``images`` beside ``masks``),
    or each is one group of the table.

    Parameters
    ----------
    names
        The folders' names.
    groups
        By the images' paths, the group that the table puts them in, "" where it says none.
    folder_of
        By the images' paths, which of the folders they lie in.
    """
    if all(is_container(name) or is_explaining(name) for name in names):
        return True
    if are_called_as_what_is_counted(names):
        return True
    words = [set(words_of(name)) for name in names]
    shared = set.intersection(*words) if len(words) > 1 else set()
    if any(words) and all(one - shared <= _CONTAINERS for one in words) and any(one & _CONTAINERS for one in words):
        return True  # HAM10000_images_part_1 and HAM10000_images_part_2
    grouped = {path: group for path, group in groups.items() if group}
    return bool(grouped) and len(grouped) == len(groups) and same_classes(folder_of, grouped) not in (None, {})


def are_called_as_what_is_counted(names: Collection[str]) -> bool:
    """Whether folders are called after persons, days, volumes and the like, or by identifiers, and hardly by classes.

    Examples
    --------
    >>> are_called_as_what_is_counted(["patient_01", "patient_02"]), are_called_as_what_is_counted(["2020-01-31"])
    (True, True)
    >>> are_called_as_what_is_counted(["class_1", "class_2"]), are_called_as_what_is_counted(["0", "1", "10"])
    (False, False)
    """
    are_months = len(names) > 1 and all(name.casefold() in _MONTHS for name in names)
    return (
        are_months
        or all(_DATE.fullmatch(name) for name in names)
        or all(_is_numbered(name) for name in names)
        or all(_UNIQUE.fullmatch(name) for name in names)
    )


def is_container(name: str) -> bool:
    """Whether a folder is called after images as such, or after a part of a split, and not after a class."""
    words = set(words_of(name))
    return bool(split_in_name(name)) or (bool(words) and words <= _CONTAINERS)


def is_explaining(name: str) -> bool:
    """Whether a folder is called after masks, annotations, icons and the like."""
    return bool(set(words_of(name)) & _EXPLAINING) and set(words_of(name)) <= _EXPLAINING | _CONTAINERS


def explains_another(path: str) -> bool:
    """Whether an image is, by its own name or that of a folder, the mask of another or the like."""
    *folders, name = path.split("/")
    return any(map(is_explaining, folders)) or _EXPLAINING_FILE.fullmatch(name.rpartition(".")[0]) is not None


def without_explaining(paths: list[str]) -> list[str]:
    """The images of one name that a table may mean: not those in folders of masks, where others have the name too."""
    return [path for path in paths if not any(map(is_explaining, path.split("/")[:-1]))] or paths


def kind_of(name: str) -> frozenset[str]:
    """What a folder's name says besides that images or a part of a split are in it, such as the dataset's name."""
    return frozenset(words_of(name)) - _CONTAINERS - _NUMBERED


def _is_numbered(name: str) -> bool:
    words = words_of(name)
    return any(letter.isdigit() for letter in name) and bool(words) and set(words) <= _NUMBERED
