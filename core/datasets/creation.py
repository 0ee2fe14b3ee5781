"""Laying out a dataset: its folder, what is known of it, and where its images come from, before they are imported."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from core.datasets.cards import load_cards
from core.datasets.fetching import PICTURES
from core.datasets.samples import SAMPLES
from core.datasets.sources.choices import AS_FOUND, Choices, choices_of
from core.datasets.sources.kinds import ARCHIVE, PACKED, TABLE, what_is
from core.datasets.store import Dataset, DatasetInfo, list_datasets
from core.errors import UsageError
from core.files import safe_file_name, write_json
from core.workspace import Workspace, check_name, suggest_name

UPLOADED = "upload"
"""Folder in that of a dataset where an uploaded file lies until its images are read."""


def create_from_path(
    workspace: Workspace, source: Path, name: str = "", card: str = "", choices: Choices = AS_FOUND
) -> Dataset:
    """Lay out a new dataset for what lies at `source`; `run_import` or the import process then fills it.

    Where that very source was brought before, its dataset is returned, and importing it again reads what changed; by
    other choices, where there are any, which take the place of those that were made before.

    Parameters
    ----------
    source
        A folder, an archive of one, a table of paths and labels, or a file of packed pixels. What it is, is told from
        its content.
    card
        The public dataset that it is, if that is known.
    choices
        How they are to be read in, as far as a person says.

    Raises
    ------
    UsageError
        If there is nothing at `source`, or something that isn't read, or the name can't be used or is taken.
    """
    source = Path(os.path.expanduser(source)).resolve()
    shown = os.fsencode(source).decode("utf-8", "replace")
    if not source.exists():
        raise UsageError(f"There is nothing at {shown}. Check the spelling.")
    if shown != str(source):
        raise UsageError(f"The path {shown} is not valid text (UTF-8). Rename it and import again.")
    title = load_cards()[card].title if card else source.name if source.is_dir() else _stem(source.name)
    chosen = name or suggest_name(card or title)
    request = {"source": str(source), "choices": choices.to_dict()}
    for dataset in list_datasets(workspace):
        if dataset.name == chosen and dataset.request.get("source") == str(source):
            # Whoever only wants to know what changed need not repeat how the images are to be read.
            if choices != AS_FOUND or not dataset.manifest_path.exists():
                set_choices(dataset, choices)
            return dataset
    try:
        kind = what_is(source)
    except OSError as error:
        raise UsageError(f"{shown} cannot be opened: {error.strerror or error}.") from error
    if not kind.family:
        raise UsageError(kind.refusal(source.name))
    return _create(
        workspace,
        DatasetInfo(name=chosen, title=name or title, kind=kind.family, card=card, card_asked_for=bool(card)),
        request,
    )


def create_from_card(workspace: Workspace, name: str) -> Dataset:
    """Lay out a public dataset that is to be downloaded; one whose download broke off goes on where it was.

    Raises
    ------
    UsageError
        If there is no such card, its source does not allow a download, or it is here already.
    """
    cards = load_cards()
    if name not in cards:
        raise UsageError(f"There is no card {name!r}. There are: {', '.join(cards)}.")
    card = cards[name]
    if not card.files:
        raise UsageError(f"{card.title} can't be downloaded without an account. {' '.join(card.by_hand)}")
    for dataset in list_datasets(workspace):
        if dataset.name == name and dataset.job.status().state in ("failed", "stopped"):
            return dataset
    info = DatasetInfo(
        name=name, title=card.title, description=card.summary, kind="download", card=name, card_asked_for=True
    )
    return _create(workspace, info, {"card": name})


def create_from_upload(workspace: Workspace, upload, file_name: str, name: str = "") -> Dataset:
    """Lay out a new dataset for an uploaded file, an archive or packed pixels, which is moved to disk at once.

    Parameters
    ----------
    upload
        A file opened for reading bytes.
    file_name
        What the user's browser calls it.

    Raises
    ------
    UsageError
        If it is something that isn't read, or a table alone, or the name can't be used or is taken.
    """
    title = name or _stem(file_name)
    stored = f"{UPLOADED}/{safe_file_name(file_name)}"
    info = DatasetInfo(name=suggest_name(title), title=title, kind=ARCHIVE)
    dataset = _create(workspace, info, {"source": stored, "delete_source": True})
    path = dataset.folder / stored
    try:
        path.parent.mkdir()
        with path.open("wb") as target:
            shutil.copyfileobj(upload, target, 1 << 20)
        kind = what_is(path)
        if kind.family == TABLE:
            raise UsageError(
                f"{file_name} is {kind.called}, and its images are not with it. Pack the folder that holds both into "
                "one archive (.zip), and upload that."
            )
        if kind.family not in (ARCHIVE, PACKED):
            raise UsageError(kind.refusal(file_name))
        dataset.save(replace(info, kind=kind.family))
    except (OSError, UsageError):
        shutil.rmtree(dataset.folder)
        raise
    return dataset


def create_sample(workspace: Workspace, name: str) -> Dataset:
    """Lay out one of the drawn samples."""
    sample = SAMPLES[name]
    info = DatasetInfo(name=name, title=sample.title, description=sample.description, drawn=True, kind="sample")
    return _create(workspace, info, {"sample": name})


def _create(workspace: Workspace, info: DatasetInfo, request: dict) -> Dataset:
    check_name(info.name)
    taken = {dataset.name.casefold(): dataset for dataset in list_datasets(workspace)}
    existing = taken.get(info.name.casefold())
    # One whose images were read in once holds edits and images that were added, whatever became of the next reading.
    if existing is not None and (
        existing.manifest_path.exists() or existing.job.status().state not in ("failed", "stopped")
    ):
        raise UsageError(
            f"There is already a dataset {existing.name!r}. Choose another name, or delete that one first."
        )
    if info.name.casefold() in SAMPLES and "sample" not in request:
        raise UsageError(f"The name {info.name!r} belongs to a drawn sample. Choose another.")
    if existing is not None:
        shutil.rmtree(existing.folder)
    dataset = Dataset(workspace.datasets / info.name)
    write_json(dataset.folder / "request.json", request)
    dataset.save(info)
    return dataset


def _stem(file_name: str) -> str:
    """A file's name without its ending, of a compressed archive without both of them."""
    return re.sub(r"(\.tar)?\.\w+$", "", file_name) or file_name


def set_choices(dataset: Dataset, choices: Choices) -> None:
    """Say how the images are to be read in when they are imported the next time.

    Raises
    ------
    UsageError
        If they are being read in just now.
    """
    if dataset.job.status().active:
        raise UsageError(f"The images of {dataset.name!r} are being read in just now. Wait for that, or stop it.")
    request = dataset.request
    if dataset.info.choices is None and dataset.manifest_path.exists():
        # An earlier version did not keep by what it read them: it was by what the request says until now.
        dataset.save(replace(dataset.info, choices=choices_of(request).to_dict()))
    request.pop("columns", None)
    write_json(dataset.folder / "request.json", request | {"choices": choices.to_dict()})


def keep_choices(dataset: Dataset) -> None:
    """Go back to the choices by which the images that are known were read in; an open question is dropped."""
    dataset.ask(None)
    if dataset.info.choices is not None and dataset.manifest_path.exists():
        write_json(dataset.folder / "request.json", dataset.request | {"choices": dataset.info.choices})


def place_of(dataset: Dataset) -> Path:
    """Where the images that were brought can be read by now: a folder, or the table that names them."""
    pictures = dataset.folder / PICTURES
    return pictures if pictures.exists() else brought_to(dataset)


def brought_to(dataset: Dataset) -> Path:
    """Where what was brought lies, an archive unpacked, before any pictures are taken out of files."""
    images = dataset.folder / "images"
    return images if images.exists() else dataset.folder / dataset.request.get("source", "images")
