"""By which one scale deep pixels are shown, and which of many bands: said, tried on a few images, and changed."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.datasets.checkup import Checkup
from core.datasets.editing import set_scale
from core.datasets.findings.pixel_depth import BANDS, DEPTH, DOUBTFUL, MIXED, OUTSIDE
from core.datasets.pixel_scale import (
    FIRST_THREE,
    bands_to_choose_from,
    chosen_range,
    full_range,
    is_deep,
    kind_in_words,
    ranges_shown,
    reading_of,
    value_in_words,
)
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.images.reading_settings import Reading
from pages.components.gallery import Tile, show_tiles
from pages.dataset.changes import remember
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import SIDE, thumbnail_url, thumbnail_urls

ABOUT_SCALE = (DEPTH, BANDS, DOUBTFUL, OUTSIDE, MIXED)
USED, WHOLE, OWN = "The range that the images use", "The full range of the type", "A range of my own"
TRIED = 4
TILE_WIDTH = 60
COLOURS = ("red", "green", "blue")


def place_of_scale(checkup: Checkup) -> str:
    """The kind of the finding under which the scale is set; "" where there is none about it."""
    kinds = [finding.kind for finding in checkup.findings]
    return next((kind for kind in ABOUT_SCALE if kind in kinds), "")


def has_scale(dataset: Dataset) -> bool:
    """Whether there is anything to choose."""
    table = dataset.content.table
    return bool(is_deep(table).any() or bands_to_choose_from(table))


def show_scale(page: Page) -> None:
    """The scale as it would be, beside how it is, until somebody takes it."""
    with st.expander(_title(page.dataset), icon=":material/contrast:"):
        _choose(page)


def _title(dataset: Dataset) -> str:
    table = dataset.content.table
    parts = [
        *(["brightness range"] if is_deep(table).any() else []),
        *(["bands"] if bands_to_choose_from(table) else []),
    ]
    return f"Change the {' and the '.join(parts)}"


@st.fragment
def _choose(page: Page) -> None:
    dataset = page.dataset
    images, reading = dataset.content.table, dataset.content.reading
    ranges = {kind: _choose_range(dataset, images, kind, now) for kind, now in ranges_shown(images, reading).items()}
    many = bands_to_choose_from(images)
    bands = _choose_bands(dataset, many, reading.bands) if many else reading.bands
    wrong = [kind for kind, (black, white) in ranges.items() if not black < white]
    if wrong:
        st.warning("Black must be less than white.", icon=":material/warning:")
        return
    wanted = reading_of({}, ranges, bands)
    same = wanted == reading_of({}, ranges_shown(images, reading), reading.bands)
    _compare(dataset, {"Now": reading} if same else {"Now": reading, "Preview": wanted})
    if same:
        st.caption("Choose another to see a preview. Nothing changes until you apply it.")
    elif st.button("Apply to all images", type="primary", icon=":material/done:", key="use_scale"):
        _use(dataset, ranges, bands)


def _choose_range(dataset: Dataset, images: pd.DataFrame, kind: str, now: tuple[float, float]) -> tuple[float, float]:
    """What is black and what is white of one kind of pixels."""
    presets = {WHOLE: full_range(kind)}
    if (used := chosen_range(images, kind)) is not None:
        presets = {USED: used} | presets
    names = [*presets, OWN]
    standing = next((name for name, ends in presets.items() if ends == now), OWN)
    key = f"{dataset.name}_{kind}_{now}"
    chosen = st.selectbox(
        f"Brightness range of {kind_in_words(kind)} values",
        names,
        names.index(standing),
        format_func=lambda name: name + (f": {_ends_in_words(presets[name])}" if name in presets else ""),
        key=f"preset_{key}",
    )
    if chosen != OWN:
        return presets[chosen]
    left, right = st.columns(2)
    number, shown = (float, "%g") if kind.startswith("float") else (int, "%d")
    black, white = (
        float(column.number_input(title, value=number(value), format=shown, key=f"{title}_{key}", help=words))
        for column, title, value, words in (
            (left, "Black", now[0], "This value, and all below it, are shown black."),
            (right, "White", now[1], "This value, and all above it, are shown white."),
        )
    )
    return black, white


def _ends_in_words(ends: tuple[float, float]) -> str:
    return " to ".join(map(value_in_words, ends))


def _choose_bands(dataset: Dataset, most: int, now: Sequence[int]) -> tuple[int, ...]:
    """Which bands are shown."""
    standing, now, options = tuple(now), tuple(now) or FIRST_THREE[: 1 if most == 2 else 3], list(range(1, most + 1))
    key = f"{dataset.name}_{now}"
    grey = st.checkbox("One band only, in grey", len(now) == 1, key=f"grey_{key}")
    names = ("grey",) if grey else COLOURS
    chosen = tuple(
        column.selectbox(f"Band for {name}", options, now[place % len(now)] - 1, key=f"band_{name}_{key}")
        for place, (name, column) in enumerate(zip(names, st.columns(len(names)), strict=True))
    )
    return standing if chosen == now else chosen


def _compare(dataset: Dataset, readings: Mapping[str, Reading]) -> None:
    """A few images of different classes as they are shown, and as they would be."""
    images = dataset.content.images
    images = images[images["sample_kind"] != ""]
    rows = images.groupby("label", sort=False).head(max(1, TRIED // max(1, images["label"].nunique()))).head(TRIED)
    files = [(row["pixel_hash"], str(dataset.path_of(row["path"]))) for _, row in rows.iterrows()]
    for words, reading in readings.items():
        st.caption(words)
        thumbnail_urls(files, SIDE, reading)
        tiles = [
            Tile(row["path"], thumbnail_url(identity, SIDE, file, reading), f"{row['path']}, {words.lower()}")
            for (identity, file), (_, row) in zip(files, rows.iterrows(), strict=True)
        ]
        show_tiles(tiles, f"scale_{words}", TILE_WIDTH)


def _use(dataset: Dataset, ranges: Mapping[str, tuple[float, float]], bands: Sequence[int]) -> None:
    shown = ranges_shown(dataset.content.table, dataset.content.reading)
    changed = {kind: ends for kind, ends in ranges.items() if ends != shown[kind]}
    try:
        remember(set_scale(dataset, changed, bands if tuple(bands) != dataset.content.reading.bands else ()))
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return
    st.rerun()
