"""What people call the parts of a split, as names of folders and files and as values in tables."""

import re
from collections.abc import Iterable
from functools import lru_cache

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "trainval": "train",
    "trn": "train",
    "val": "validation",
    "valid": "validation",
    "validate": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "tst": "test",
    "eval": "test",
    "evaluation": "test",
    "holdout": "test",
    "entrainement": "train",
    "entraînement": "train",
    "apprentissage": "train",
    "entrenamiento": "train",
    "treino": "train",
    "treinamento": "train",
    "addestramento": "train",
    "validierung": "validation",
    "validación": "validation",
    "validacion": "validation",
    "validação": "validation",
    "validacao": "validation",
    "convalida": "validation",
    "prueba": "test",
    "teste": "test",
}
"""Names in lower case, and what the part is called here; "eval" is what Hugging Face's `datasets` takes it for."""

# Words that may stand beside "train" in a folder's name; "freight train" and "test tube" stay names of classes.
SAYING_NOTHING = frozenset(
    {"data", "dataset", "files", "folder", "image", "images", "img", "imgs", "list", "lists"}
    | {"photos", "pictures", "sample", "samples"}
    | {"seg", "set", "split", "stage", "stg", "subset", "jpeg", "jpg", "png", "tif", "tiff"}
)

# Vertex AI's "UNASSIGNED", and what programs write where nothing is.
_UNASSIGNED = frozenset({"", "-", "unassigned", "none", "nan", "null", "na", "n/a", "#n/a", "<na>"})
# What Kaggle's column "Usage" says of the images of a test that counts before and after the end of a competition.
_USAGES = {"public": "test", "private": "test"}

_LETTERED = re.compile(r"\s*[A-Za-z][.)]\s+")  # "a. Training Set"
_HELD_OUT = re.compile(r"(?i)\bh(?:old|eld)[\W_]*out")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WRITTEN_TOGETHER = re.compile(
    f"({'|'.join(sorted(SPLIT_NAMES, key=len, reverse=True))})({'|'.join(sorted(SAYING_NOTHING))})"
)
_CLASS_AND_PART = re.compile(
    rf"(?P<before>.*?)[\W_]*(?<![^\W\d_])(?P<part>{'|'.join(SPLIT_NAMES)})(?![^\W_])[\W_]*(?P<after>.*)", re.IGNORECASE
)


def split_in_name(name: str) -> str:
    """The part of a split that a folder or file is named after, "" where it is named after none.

    Examples
    --------
    >>> split_in_name("seg_train"), split_in_name("Test1"), split_in_name("freight train")
    ('train', 'test', '')
    >>> split_in_name("trainset"), split_in_name("ValidImages"), split_in_name("hold-out")
    ('train', 'validation', 'test')
    """
    part, others = _part_and_others(_LETTERED.sub("", name))
    return part if others <= SAYING_NOTHING else ""


def split_of_value(text: str) -> str | None:
    """The part of a split that a cell of a table names.

    Returns
    -------
    str or None
        "train", "validation" or "test"; "" where the cell says that no part is given, as Vertex AI's ``UNASSIGNED``
        does; None where it says something else.

    Examples
    --------
    >>> split_of_value("TRAIN"), split_of_value("test set"), split_of_value("UNASSIGNED"), split_of_value("2019")
    ('train', 'test', '', None)
    """
    value = text.strip().casefold()
    if value in _UNASSIGNED:
        return ""
    if value in _USAGES:
        return _USAGES[value]
    return split_in_name(text) or _competition_part(text) or None


def split_in_names(names: Iterable[str]) -> dict[str, str]:
    """The names that are those of parts of one split, and the part of each; seen together they say more than alone.

    Words that all of them share say nothing (``kvasir_train``, ``kvasir_test``), and what evaluates beside a test,
    where nothing else validates, is there to validate.

    Examples
    --------
    >>> split_in_names(["kvasir_train", "kvasir_test", "readme"])
    {'kvasir_train': 'train', 'kvasir_test': 'test'}
    >>> split_in_names(["train", "eval", "test"])
    {'train': 'train', 'eval': 'validation', 'test': 'test'}
    """
    names = list(names)
    parts = {name: part for name in names if (part := split_in_name(name) or "test" * bool(_competition_part(name)))}
    alike: dict[frozenset[str], dict[str, str]] = {}
    for name in names:
        part, others = _part_and_others(name)
        if part:
            alike.setdefault(frozenset(others), {})[name] = part
    for same in alike.values():
        if len(set(same.values())) > 1:
            parts |= same
    evaluating = {name for name in parts if {"eval", "evaluation", "public"} & set(words_of(name))}
    others = {part for name, part in parts.items() if name not in evaluating}
    if others == {"train", "test"}:
        parts |= dict.fromkeys(evaluating, "validation")
    return parts


def class_and_part(name: str) -> tuple[str, str]:
    """The class and the part of a split that a name such as ``cats_train`` is made of; ("", "") for others.

    Examples
    --------
    >>> class_and_part("red fox_train"), class_and_part("testA"), class_and_part("train"), class_and_part("trains")
    (('red fox', 'train'), ('A', 'test'), ('', ''), ('', ''))
    """
    match = _CLASS_AND_PART.fullmatch(name) or _CLASS_AND_PART.fullmatch(_HUMP.sub(" ", name))
    if not match or not said_besides(name) or bool(match["before"]) == bool(match["after"]):
        return "", ""
    return match["before"] or match["after"], SPLIT_NAMES[match["part"].casefold()]


def said_besides(name: str) -> str:
    """What a name says besides parts of a split and words such as "images": "groundtruth" of ``test_ground_truth``."""
    return "".join(word for word in words_of(name) if word not in SAYING_NOTHING and word not in SPLIT_NAMES)


def _part_and_others(name: str) -> tuple[str, set[str]]:
    """The one part that a name speaks of, "" where it speaks of none or several, and the other words in it."""
    words = words_of(name)
    spoken = [SPLIT_NAMES[word] for word in words if word in SPLIT_NAMES]
    if sorted(spoken) == ["train", "validation"]:  # train_val is what is not tested on
        spoken = ["train"]
    return spoken[0] if len(spoken) == 1 else "", {word for word in words if word not in SPLIT_NAMES}


def _competition_part(name: str) -> str:
    """FER2013's PublicTest, which everybody validates on, and its PrivateTest."""
    part, others = _part_and_others(name)
    return {"public": "validation", "private": "test"}.get("".join(others), "") if part == "test" else ""


@lru_cache(maxsize=10_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words that a name is made of, in lower case, without numbers; "trainImages" and "trainset" are two each."""
    apart = _HUMP.sub(" ", _HELD_OUT.sub("holdout", name))
    words = (word for word in re.split(r"[\W\d_]+", apart.casefold()) if word)
    together = ((word, _WRITTEN_TOGETHER.fullmatch(word)) for word in words)
    return tuple(one for word, match in together for one in (match.groups() if match else (word,)))
