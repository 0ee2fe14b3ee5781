"""Classes of which nothing can be read: in figures and menus they would just not be there."""

import unicodedata
from collections.abc import Iterable

import pandas as pd

from core.datasets.content import Content
from core.datasets.findings.finding import WARNS, Finding
from core.datasets.sources.listing import CALLED_OTHERWISE
from core.images.formats import UNREAD

SHOWN, REASONS_SHOWN = 5, 3


def find_lost(manifest: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """By the name of a class, or of the folder that would be one, its files, where none of them can be read.

    Parameters
    ----------
    manifest
        With the columns path, label and problem: see `core.datasets.index.COLUMNS`.
    """
    bad = manifest["problem"] != ""
    is_unread = manifest["problem"].isin(set(UNREAD.values())) | manifest["problem"].str.startswith(CALLED_OTHERWISE)
    looked_at = manifest[bad & ((manifest["label"] != "") | is_unread)]
    if looked_at.empty:
        return {}
    good = manifest[~bad]
    labels, folders = set(good["label"]), _with_parents(good["path"].map(_folder).unique())
    lost: dict[str, list[int]] = {}
    for row, path, label in zip(looked_at.index, looked_at["path"], looked_at["label"], strict=True):
        folder = _folder(path)
        if (label and label not in labels) or (not label and folder not in folders):
            lost.setdefault(label or unicodedata.normalize("NFC", folder), []).append(row)
    return {name: looked_at.loc[rows] for name, rows in lost.items()}


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _with_parents(folders: Iterable[str]) -> set[str]:
    """These folders, and all that they lie in."""
    found = {""}
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = _folder(folder)
    return found


def lost_in_words(manifest: pd.DataFrame) -> list[str]:
    """A sentence for each, such as "“cross”: none of its 5 files can be read: “is empty (0 bytes)” (5)."."""
    sentences = []
    for name, files in find_lost(manifest).items():
        how_many = f"none of its {len(files):,} files can be read" if len(files) > 1 else "its only file can't be read"
        sentences.append(f"“{name}”: {how_many}: {reasons_in_words(files['problem'])}.")
    return sentences


def lost_classes(content: Content) -> Iterable[Finding]:
    lost, sentences = find_lost(content.manifest), lost_in_words(content.manifest)
    if not lost:
        return
    names = ", ".join(f"“{name}”" for name in list(lost)[:SHOWN]) + (" and others" if len(lost) > SHOWN else "")
    yield Finding(
        "lost_classes",
        f"Nothing can be read of {names}",
        f"{' '.join(sentences[:SHOWN])} A network never hears of what is not there. Save them as PNG or JPEG, or bring "
        "them again from where they came.",
        WARNS,
        tuple(path for files in lost.values() for path in files["path"]),
    )


def reasons_in_words(problems: pd.Series) -> str:
    """The commonest reasons, with how many files each has."""
    counts = problems.value_counts()
    shown = [f"“{problem}” ({count:,})" for problem, count in counts.iloc[:REASONS_SHOWN].items()]
    others = int(counts.iloc[REASONS_SHOWN:].sum())
    return ", ".join(shown) + (f", and other reasons ({others:,})" if others else "")
