"""What a recipe makes of images: nine draws, the ends of its ranges, a training batch, and before against after."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.augmentation.blank import is_blank
from core.augmentation.recipe import Step, in_words, write_recipe
from core.errors import WorkbenchError
from core.figures.colours import class_colours
from core.images.reading import UnreadableImage, read_square
from core.images.reading_settings import Reading
from pages.components.comparison import show_comparison
from pages.components.gallery import Tile, show_tiles
from pages.shared.inference import inference_client
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import SIDE, pixels_url, thumbnail_url

DRAWS = 9
BATCH = 12
LEAST_SHARE = 0.005  # which rounds to one percent
NINE, EXTREMES, TRAINING, COMPARED = "Nine draws", "Extremes", "Training batch", "Before / after"
# Beside one another on a phone as well, where one above the other the original alone would fill the screen.
STYLE = """<style>
  .st-key-nine_draws [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
  .st-key-nine_draws [data-testid="stColumn"] { min-width: 0; }
  .st-key-blank_pictures [data-testid="stAlertContainer"] { padding: 0.4rem 0.7rem; }
  .st-key-blank_pictures p { font-size: 0.85rem; }
  @media (max-width: 640px) {
    .st-key-pictures button { padding: 0 0.45rem; }
    .st-key-pictures button p { font-size: 0.8rem; }
  }
</style>"""


@dataclass
class Pictures:
    """What the pictures are made from.

    Parameters
    ----------
    page, recipe
        Of whom, and by what.
    training
        The training images' rows of the dataset's table; at least one.
    number
        Which of them is varied.
    seed
        Of the draws.
    """

    page: Page
    recipe: tuple[Step, ...]
    training: pd.DataFrame
    number: int
    seed: int

    @cached_property
    def row(self) -> pd.Series:
        return self.row_of(0)

    @property
    def mixes(self) -> bool:
        return any(step.mixes and step.probability for step in self.recipe)

    @property
    def image_size(self) -> int:
        return int(self.page.draft.values()["image_size"])

    @property
    def reading(self) -> Reading:
        return self.page.dataset.content.reading

    def row_of(self, draw: int) -> pd.Series:
        """The image that a draw is made from: where images are mixed, each draw has another one."""
        return self.training.iloc[(self.number + draw * self.mixes) % len(self.training)]

    def path_of(self, row: pd.Series) -> str:
        return str(self.page.dataset.path_of(row["path"]))

    def ask(self, task: str, **arguments: Any) -> Any:
        """Have the process that has Keras do it."""
        words = (
            "Drawing" if inference_client().warm else "Starting Keras for the preview, which takes about five seconds"
        )
        with st.spinner(words, show_time=True):
            recipe = write_recipe(self.recipe)
            return inference_client().ask(
                task, image_size=self.image_size, recipe=recipe, reading=self.reading, **arguments
            )

    def draws(self) -> np.ndarray:
        """Nine draws of the image or, where images are mixed, of nine images, mixed with one another."""
        count = min(DRAWS, len(self.training)) if self.mixes else 1
        path, *others = (self.path_of(self.row_of(draw)) for draw in range(count))
        return self.ask("augment", path=path, others=others, count=DRAWS, seed=self.seed)

    def extremes(self) -> list[np.ndarray]:
        """For each step, the image at the ends of its range."""
        return self.ask("extremes", path=self.path_of(self.row))


def show_pictures(page: Page, recipe: tuple[Step, ...]) -> None:
    """The view that was chosen, of one training image or a batch of them, by the very layers used in training."""
    st.html(STYLE)
    training = page.dataset.images
    training = training[training["split"] == "train"].sort_values("pixel_hash")
    if training.empty:
        st.info("There are no training images to show variations of. Divide the images differently.")
        return
    if (wanted := st.session_state.pop("pictures_wanted", None)) is not None:
        st.session_state["pictures"] = wanted
    view = st.segmented_control(
        "Pictures", list(VIEWS), default=NINE, required=True, label_visibility="collapsed", key="pictures",
        bind="query-params",
    )  # fmt: skip
    number = st.session_state.get("preview_image", 0) % len(training)
    pictures = Pictures(page, recipe, training, number, st.session_state.get("preview_seed", 0))
    try:
        VIEWS[view](pictures)
    except (WorkbenchError, UnreadableImage) as error:
        st.error(escape(f"{pictures.row['path']}: {error}"), icon=":material/error:")


def show_picture_buttons() -> None:
    """Other images, and other draws."""
    st.button("Next image", icon=":material/navigate_next:", on_click=_count_on, args=("preview_image",))
    st.button("Draw again", icon=":material/casino:", on_click=_count_on, args=("preview_seed",))


def _count_on(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1
    st.session_state.pop("compared_draw", None)


# The views ------------------------------------------------------------------------------------------------------------


def show_nine_draws(pictures: Pictures) -> None:
    """The image as it is, and nine draws of it."""
    row, drawn = pictures.row, pictures.draws()
    warn_of_blank(pictures, drawn)
    with st.container(key="nine_draws"):
        original, draws = st.columns([1, 3], gap="small")
    with original:
        source = thumbnail_url(row["pixel_hash"], SIDE, pictures.path_of(row), pictures.reading)
        title = f"{row['path']}, as it is"
        show_tiles([Tile("original", source, title, row["label"], "as it is")], "original", columns=1)
    shape = true_proportions(row["width"], row["height"], drawn)
    title = f"by the recipe: {in_words(pictures.recipe)}. A click compares it with the original."
    tiles = [
        Tile(str(draw), pixels_url(image, shape=shape), f"A draw of {pictures.row_of(draw)['path']} {title}")
        for draw, image in enumerate(drawn)
    ]
    with draws:
        opened = show_tiles(tiles, "draws", columns=3, clickable=True).opened
    if opened is not None:
        st.session_state["compared_draw"], st.session_state["pictures_wanted"] = int(opened), COMPARED
        st.rerun()
    remark = "" if pictures.recipe else "Nothing is varied yet, so they are alike. "
    if pictures.mixes:
        remark = "Nine training images, each mixed with another of them; training mixes their labels as well. "
    st.caption(
        f"{remark}Nine draws at the network's {drawn.shape[1]} px, by the very layers used in training. A click on one "
        "compares it with the original."
    )


def show_extremes(pictures: Pictures) -> None:
    """What each step alone does at the ends of its range."""
    row = pictures.row
    alone = [step for step in pictures.recipe if not step.mixes]
    source = thumbnail_url(row["pixel_hash"], SIDE, pictures.path_of(row), pictures.reading)
    tiles = [Tile("original", source, f"{row['path']}, as it is", row["label"], "as it is")]
    if alone:
        ends = pictures.extremes()
        for step, images in zip(pictures.recipe, ends, strict=True):
            tiles += _tiles_of_ends(step, images, row)
        blank = is_blank(np.concatenate(ends)).any() and not is_blank(as_drawn_from(pictures, row)[None])[0]
        if blank:
            say_which_blanks(_blanking(pictures.recipe, ends), "One of these images is blank")
    show_tiles(tiles, "extremes", tile_width=88)
    if not alone:
        st.caption("No step varies an image for itself yet. Add one, and both ends of its range show here.")
    else:
        st.caption("Each step alone, at the low and the high end of its range. The class should be plain at both.")
    if len(alone) < len(pictures.recipe):
        titles = " and ".join(step.transform.title for step in pictures.recipe if step.mixes)
        st.caption(f"{titles} mixes two images and has no ends: *{TRAINING}* shows it.")


def _tiles_of_ends(step: Step, images: np.ndarray, row: pd.Series) -> list[Tile]:
    shape = true_proportions(row["width"], row["height"], images)
    names = ends_in_words(step, len(images))
    return [
        Tile(
            f"{step.name}_{number}",
            pixels_url(image, shape=shape),
            f"{row['path']}: {step.transform.title} {name}".rstrip(),
            step.transform.title,
            name,
        )
        for number, (image, name) in enumerate(zip(images, names, strict=True))
    ]


def ends_in_words(step: Step, count: int) -> list[str]:
    """What the images at the ends of a step's range are called."""
    if step.transform.unit:
        unit = step.transform.unit
        return [f"{end} {unit}".replace("-", "−") for end in (step.low, step.high)][:count]
    if step.name == "quarter_turns":
        return [f"{90 * (turn + 1)} °" for turn in range(count)]
    return [""] * count


def show_training_batch(pictures: Pictures) -> None:
    """Images as training sees them, with the labels that it teaches."""
    page, names = pictures.page, list(pictures.page.dataset.class_names)
    count = min(BATCH, len(pictures.training))
    chosen = np.random.default_rng([pictures.seed, pictures.number]).permutation(len(pictures.training))[:count]
    rows = [pictures.training.iloc[index] for index in chosen]
    images, shares = pictures.ask(
        "training_batch",
        paths=[pictures.path_of(row) for row in rows],
        labels=[names.index(row["label"]) for row in rows],
        class_count=len(names),
        seed=pictures.seed,
    )
    warn_of_blank(pictures, images, rows)
    colours = class_colours(page.dataset.class_names)
    tiles = []
    for place, (row, image, share) in enumerate(zip(rows, images, shares, strict=True)):
        shape = true_proportions(row["width"], row["height"], images)
        first, *others = shares_in_words(names, share)
        title = f"{row['path']} as training sees it: {', '.join((first, *others))}"
        colour = colours[names[int(np.argmax(share))]]
        tiles.append(Tile(str(place), pixels_url(image, shape=shape), title, first, ", ".join(others), colour))
    show_tiles(tiles, "batch", tile_width=96)
    words = f"{count} training images as the network sees them, and the labels that it is taught."
    for step in pictures.recipe:
        if step.mixes and step.probability:
            words += f" {step.transform.title} mixes {100 * step.probability:.3g} % of batches; this is one of them."
    st.caption(words)


def shares_in_words(names: list[str], shares: np.ndarray) -> list[str]:
    """A label: one class, or the shares of several, the largest first.

    >>> shares_in_words(["cat", "dog"], np.array([0.3, 0.7]))
    ['dog 70 %', 'cat 30 %']
    """
    order = [index for index in np.argsort(-shares, kind="stable") if shares[index] >= LEAST_SHARE]
    if len(order) == 1:
        return [names[order[0]]]
    percents = np.rint(100 * shares[order]).astype(int)
    percents[0] += 100 - percents.sum()
    return [f"{names[index]} {percent} %" for index, percent in zip(order, percents, strict=True)]


def show_compared(pictures: Pictures) -> None:
    """The original against one draw."""
    draw = st.session_state.get("compared_draw", 0)
    row, drawn = pictures.row_of(draw), pictures.draws()
    warn_of_blank(pictures, drawn[draw : draw + 1])
    # Both at the network's size: it is the variation that is to show, and not that the network sees less.
    shape = true_proportions(row["width"], row["height"], drawn)
    before, after = (pixels_url(image, shape=shape) for image in (as_drawn_from(pictures, row), drawn[draw]))
    show_comparison(before, after, ("original", f"draw {draw + 1} of {DRAWS}"), shape, "compared")
    remark = "" if pictures.recipe else "Nothing is varied yet, so both are alike. "
    st.caption(
        escape(f"{remark}{row['path']} · {row['label']}. Drag the line, or move it by the arrow keys.")
        + f" *{NINE}* has other draws to choose."
    )


VIEWS: dict[str, Callable[[Pictures], None]] = {
    NINE: show_nine_draws,
    EXTREMES: show_extremes,
    TRAINING: show_training_batch,
    COMPARED: show_compared,
}


# Images of one flat colour --------------------------------------------------------------------------------------------


def warn_of_blank(pictures: Pictures, drawn: np.ndarray, rows: list[pd.Series] | None = None) -> None:
    """Say that the recipe makes images blank, and which of its steps does it.

    Parameters
    ----------
    rows
        What each draw is made from, where that is another than in nine draws.
    """
    blank: list[int] = np.flatnonzero(is_blank(drawn)).tolist()
    sources = [pictures.row_of(draw) if rows is None else rows[draw] for draw in blank]
    # Images that are blank in themselves are the check-up's to tell of.
    made = sum(not is_blank(as_drawn_from(pictures, row)[None])[0] for row in sources)
    if made:
        culprits = _blanking(pictures.recipe, pictures.extremes())
        say_which_blanks(culprits, f"{made} of these {len(drawn)} images {'is' if made == 1 else 'are'} blank")


def _blanking(recipe: tuple[Step, ...], ends: list[np.ndarray]) -> list[Step]:
    """The steps that by themselves leave an image blank at an end of their range."""
    return [step for step, images in zip(recipe, ends, strict=True) if len(images) and is_blank(images).any()]


def say_which_blanks(culprits: list[Step], what: str) -> None:
    titles = " and ".join(in_words([step]) for step in culprits)
    if len(culprits) == 1:
        cause = f"By itself, {titles} makes images blank: narrow its range, or remove it."
    elif culprits:
        cause = f"By themselves, {titles} make images blank: narrow their ranges, or remove them."
    else:
        cause = "No step does it alone, but all together do: narrow their ranges, those of light and contrast first."
    with st.container(key="blank_pictures"):
        st.warning(escape(f"{what}. A blank image teaches nothing. {cause}"), icon=":material/warning:")


def as_drawn_from(pictures: Pictures, row: pd.Series) -> np.ndarray:
    """An image as it is, at the network's size."""
    return read_square(pictures.path_of(row), pictures.image_size, pictures.reading)


def true_proportions(width: int, height: int, drawn: np.ndarray) -> tuple[int, int]:
    """Width and height in which the network's square images look as the original does."""
    scale = drawn.shape[1] / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
