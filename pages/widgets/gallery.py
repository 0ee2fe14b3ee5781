"""Images side by side, at their true proportions; a click opens one large with all that is known of it."""

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from core.datasets.store import Dataset
from core.images.reading import UnreadableImage
from pages.widgets.colours import class_colours
from pages.widgets.thumbnails import SIDE, image_url, thumbnail_url

LARGE = 900
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
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


def show_tiles(
    tiles: list[Tile], key: str, tile_width: int = 100, columns: int = 0, clickable: bool = False
) -> str | None:
    """Draw a gallery: tiles of at least `tile_width` pixels, or so many `columns`.

    Returns
    -------
    str or None
        The id of the tile that was clicked just now.
    """
    data = {"items": [asdict(tile) for tile in tiles], "tile": tile_width, "columns": columns, "clickable": clickable}
    result = _component(data=data, key=key, on_opened_change=lambda: None)
    return result.opened


def tile_of(dataset: Dataset, row: pd.Series, second: str = "", wrong: bool = False) -> Tile:
    """A tile for a row of the dataset's table of images."""
    path = dataset.path_of(row["path"])
    note = f" · {second}" if second not in ("", row["split"]) else ""
    return Tile(
        id=row["path"],
        source=thumbnail_url(row["pixel_hash"], SIDE, str(path)),
        title=f"{row['path']} · {row['label']} · {row['split']} · {row['width']} × {row['height']} px{note}",
        caption=row["label"],
        second=second,
        # A run's images may be of a class that the dataset, imported anew, no longer has.
        colour=class_colours(dataset.class_names).get(row["label"], ""),
        wrong=wrong,
    )


def show_images(
    dataset: Dataset, rows: pd.DataFrame, key: str, notes: dict[str, str] | None = None, wrong: bool = False
) -> None:
    """A gallery of rows of the dataset's table, each of which opens large on a click.

    Parameters
    ----------
    notes
        By path, the line under the image; without it, the part of the split.
    wrong
        Whether the notes say what is wrong.
    """
    notes = notes or {}
    tiles = [tile_of(dataset, row, notes.get(row["path"], row["split"]), wrong) for _, row in rows.iterrows()]
    opened = show_tiles(tiles, key, clickable=True)
    if opened is not None:
        row = rows.loc[rows["path"] == opened]
        if len(row):
            show_large(dataset, row.iloc[0], notes.get(opened, ""), wrong)


@st.dialog("Image", width="medium")
def show_large(dataset: Dataset, row: pd.Series, note: str = "", wrong: bool = False) -> None:
    """One image, large, and what is known of it."""
    picture, facts = st.columns([3, 2])
    with picture:
        try:
            source = image_url(dataset.path_of(row["path"]), LARGE)
            show_tiles([Tile("large", source, row["path"])], "large", columns=1)
        except UnreadableImage as error:
            st.error(escape(f"{row['path']} {error}."), icon=":material/broken_image:")
    with facts:
        if dataset.info.drawn:
            st.badge("Drawn by the program, not a photograph", icon=":material/brush:", color="orange")
        if note:
            st.markdown(f":red[{escape(note)}]" if wrong else escape(note))
        known = {
            "Class": row["label"],
            "Split": row["split"],
            "Size": f"{row['width']} × {row['height']} px",
            "File": f"{row['format']}, {row['mode']}, {row['size_bytes'] / 1024:,.1f} KB",
            "Path": row["path"],
        }
        for name, value in known.items():
            st.markdown(f"**{name}**  \n{escape(value)}")


def escape(text: str) -> str:
    """Text that Markdown shows as it is: names of files and classes may hold anything."""
    return "".join("\\" + letter if letter in "\\`*_{}[]()<>#+-.!|~:$&" else letter for letter in text)
