"""Images side by side, at their true proportions, to select, and to open large with all that is known of them."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.components.v2 import component

from core.datasets.store import Dataset
from core.figures.colours import class_colours
from core.images.reading import UnreadableImage
from pages.shared.image_facts import facts_of
from pages.shared.markdown import escape
from pages.shared.thumbnails import SIDE, image_url, thumbnail_url, thumbnail_urls

LARGE = 900
TILE_WIDTH = 100
_FOLDER = Path(__file__).parent
_component = component(
    "workbench_gallery",
    html='<div class="gallery"></div>',
    css=(_FOLDER / "gallery.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Tile:
    """One image of a gallery.

    Parameters
    ----------
    id
        What a click gives back.
    source
        A URL of the picture; "" where there is none any more.
    title
        What hovering tells, and a screen reader reads.
    caption, second
        The lines below it.
    colour
        Of the dot before the caption.
    wrong
        Whether the second line says what is wrong.
    """

    id: str
    source: str
    title: str
    caption: str = ""
    second: str = ""
    colour: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class Shown:
    """What was done in a gallery.

    Parameters
    ----------
    opened
        The id of the tile that was clicked just now.
    selected
        The ids of the tiles that are selected, in the order of the tiles.
    """

    opened: str | None
    selected: tuple[str, ...]


def show_tiles(
    tiles: list[Tile],
    key: str,
    tile_width: int = TILE_WIDTH,
    columns: int = 0,
    clickable: bool = False,
    selectable: bool = False,
) -> Shown:
    """Draw a gallery: tiles of at least `tile_width` pixels, or so many `columns`.

    Parameters
    ----------
    clickable
        Whether a click opens a tile.
    selectable
        Whether tiles can be selected: by the mark in their corner, a click with Ctrl or Cmd, with Shift all since the
        last one, with Ctrl+A all, and with Escape none. The selection ends when other tiles are shown, when the gallery
        was not shown for a while, and by `clear_selection`.
    """
    ids = tuple(tile.id for tile in tiles)
    token = selection_token(key, ids) if selectable else ""
    result = _component(
        # As long as the tiles are the same, so is all of this: the browser need not be sent the pictures once more.
        data={
            "name": key,
            "token": token,
            "items": [asdict(tile) for tile in tiles],
            "tile": tile_width,
            "columns": columns,
            "clickable": clickable,
            "selectable": selectable,
        },
        key=key,
        default={"selected": None},
        on_opened_change=lambda: None,
        on_selected_change=lambda: None,
    )
    chosen = result.selected if selectable else None
    # The browser goes on sending the last selection it knows, also when that was of other tiles.
    selected = set(chosen["ids"]) if chosen and chosen["token"] == token else set()
    return Shown(result.opened, tuple(id for id in ids if id in selected))


def clear_selection(key: str) -> None:
    """Select nothing in this gallery when it is drawn next."""
    st.session_state.pop(f"{key}_tiles", None)


def selection_token(key: str, ids: tuple[str, ...]) -> str:
    """What a selection of these tiles is known by, so that none outlives its tiles, in the browser or here."""
    name = f"{key}_tiles"
    shown, token = st.session_state.get(name, (None, ""))
    if shown != ids or key not in st.session_state:
        token = secrets.token_hex(4)
        st.session_state[name] = (ids, token)
    return token


def tile_of(dataset: Dataset, row: pd.Series, second: str = "", wrong: bool = False) -> Tile:
    """A tile for a row of the dataset's table of images."""
    path = dataset.path_of(row["path"])
    note = f" · {second}" if second not in ("", row["split"]) else ""
    label = f"{row['label']} · " if row["label"] else ""
    return Tile(
        id=row["path"],
        source=thumbnail_url(row["pixel_hash"], SIDE, str(path), dataset.content.reading),
        title=f"{row['path']} · {label}{row['split']} · {row['width']} × {row['height']} px{note}",
        caption=row["label"],
        second=second,
        # A run's images may be of a class that the dataset, imported anew, no longer has.
        colour=class_colours(dataset.class_names).get(row["label"], ""),
        wrong=wrong,
    )


def show_images(
    dataset: Dataset,
    rows: pd.DataFrame,
    key: str,
    notes: dict[str, str] | None = None,
    wrong: bool = False,
    selectable: bool = False,
    details: Callable[[pd.Series], None] | None = None,
    pictures: Mapping[str, str] | None = None,
    tile_width: int = TILE_WIDTH,
) -> tuple[str, ...]:
    """A gallery of rows of the dataset's table, each of which opens large on a click.

    Parameters
    ----------
    notes
        By path, the line under the image; without it, the part of the split.
    wrong
        Whether the notes say what is wrong.
    selectable
        Whether images can be selected; see `show_tiles`.
    details
        Draws more below what is known of an image that is shown large, given its row.
    pictures
        By path, the URLs of pictures that stand in the place of thumbnails.
    tile_width
        In pixels, at least: more where notes are long.

    Returns
    -------
    tuple of str
        The paths of the images that are selected, in the order of the rows.
    """
    notes = notes or {}
    # All at once, since the tiles below make those that are not cached one by one.
    images = ((row["pixel_hash"], str(dataset.path_of(row["path"]))) for _, row in rows.iterrows())
    thumbnail_urls(images, SIDE, dataset.content.reading)
    tiles = [tile_of(dataset, row, notes.get(row["path"], str(row["split"])), wrong) for _, row in rows.iterrows()]
    if pictures:
        tiles = [replace(tile, source=pictures.get(tile.id, tile.source)) for tile in tiles]
    shown = show_tiles(tiles, key, tile_width, clickable=True, selectable=selectable)
    if shown.opened is not None:
        row = rows.loc[rows["path"] == shown.opened]
        if len(row):
            show_large(dataset, row.iloc[0], notes.get(shown.opened, ""), wrong, details)
    return shown.selected


@st.dialog("Image", width="medium")
def show_large(
    dataset: Dataset,
    row: pd.Series,
    note: str = "",
    wrong: bool = False,
    details: Callable[[pd.Series], None] | None = None,
) -> None:
    """One image, large, and what is known of it."""
    picture, facts = st.columns([3, 2])
    with picture:
        try:
            source = image_url(dataset.path_of(row["path"]), LARGE, dataset.content.reading)
            show_tiles([Tile("large", source, row["path"])], "large", columns=1)
        except UnreadableImage as error:
            st.error(escape(f"{row['path']} {error}."), icon=":material/broken_image:")
    with facts:
        if dataset.info.drawn:
            st.badge("Drawn by the program, not a photograph", icon=":material/brush:", color="orange")
        if note:
            st.markdown(f":red[{escape(note)}]" if wrong else escape(note))
        with st.container(gap="xxsmall"):
            for fact in facts_of(row):
                st.markdown(f"**{fact.name}:** {escape(fact.value)}", help=fact.help or None)
        if details is not None:
            details(row)
