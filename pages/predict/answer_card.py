"""One new image with what a run says of it: in words, as bars, where it looks, and what it is like."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.errors import WorkbenchError
from core.evaluation.errors import UNSURE_MARGIN, Neighbour, margins_of
from core.figures.heat import overlay
from core.images.reading import UnreadableImage, thumbnail
from core.prediction.answers import Answers
from core.runs.record import Run
from pages.components.gallery import Tile, show_tiles, tile_of
from pages.shared.answer_in_words import nearest_in_words, percent, where
from pages.shared.evaluated_run import images_of
from pages.shared.inference import inference_client, looking, weights_written
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import image_url, pixels_url

SHOWN_SIDE, BARS, STRENGTH, NEAREST_WIDTH = 480, 5, 0.7, 84
HEATS_KEPT = 64
# As people hear it, "this is" is said of what is nearly certain.
SURE = 0.9


@dataclass(frozen=True)
class AnsweredImage:
    """An image beside what a run says of it.

    Parameters
    ----------
    run
        That was asked.
    answers, row
        The answers, and which of them is to this image.
    path
        Of its file.
    output
        Where the network answers the likeliest class; None where several classes were put together to it.
    """

    run: Run
    answers: Answers
    row: int
    path: Path
    output: int | None

    @property
    def name(self) -> str:
        return self.answers.names[self.row]

    @property
    def answer(self) -> str:
        return self.answers.class_names[self.answers.order[self.row, 0]]


def show_card(page: Page, image: AnsweredImage, nearest: Sequence[Neighbour] = ()) -> None:
    """The picture on the left; the answer, and what it rests on, on the right.

    Parameters
    ----------
    nearest
        The training images most like it.
    """
    picture, words = st.columns([2, 3], gap="medium")
    with words:
        st.markdown(f"### {answer_in_words(image.answers, image.row)}")
        if image.answers.unlike[image.row]:
            st.warning(unlike_in_words(float(image.answers.farther_than[image.row])), icon=":material/help:")
        show_bars(image.answers, image.row)
        show_nearest(page, image, nearest)
        asked = image.output is not None and st.toggle(
            "Where it looks",
            key=f"heat_{image.run.id}_{image.path.parent.name}_{image.path.name}",
            help=f"Grad-CAM: the lighter, the more a place speaks for “{escape(image.answer)}”; grey does not.",
        )
    with picture:
        show_picture(image, image.output if asked else None)


def show_picture(image: AnsweredImage, output: int | None) -> None:
    """The image at its true proportions and, beside it, where it speaks for an output of the network, unless None."""
    try:
        source = image_url(image.path, SHOWN_SIDE, image.run.reading)
    except UnreadableImage as error:
        st.error(escape(f"{image.name} {error}."), icon=":material/broken_image:")
        return
    tiles = [Tile("image", source, image.name, image.name)]
    if output is not None:
        try:
            tiles.append(heat_tile(image, output))
        except WorkbenchError as error:
            st.info(escape(str(error)), icon=":material/visibility_off:")
    show_tiles(tiles, f"picture_{image.row}", columns=len(tiles))


def heat_tile(image: AnsweredImage, output: int) -> Tile:
    """The image with the places that speak for the answer."""
    with looking():
        heat, pixels = _heat(str(image.run.folder), weights_written(image.run), str(image.path), output)
    words = where(heat) if heat.any() else "nothing in the image does"
    title = f"Where {image.name} speaks for {image.answer}: {words}"
    shape = Image.open(io.BytesIO(thumbnail(image.path, SHOWN_SIDE, image.run.reading))).size
    return Tile("heat", pixels_url(overlay(pixels, heat, STRENGTH), shape=shape), title, f"for {image.answer}", words)


@st.cache_data(max_entries=HEATS_KEPT, show_spinner=False)
def _heat(run: str, written: tuple[float, float], path: str, output: int) -> tuple[np.ndarray, np.ndarray]:
    """As long as the run's weights stay as they are; the file is kept by its content."""
    heat, pixels = inference_client().ask("grad_cam", run=run, paths=[path], classes=[output])
    return heat[0], pixels[0]


def show_bars(answers: Answers, row: int) -> None:
    """The likeliest classes."""
    with st.container(gap="xxsmall"):
        for index in answers.order[row, :BARS].tolist():
            share = float(np.clip(answers.probabilities[row, index], 0, 1))
            st.progress(share, f"{escape(answers.class_names[index])} **{percent(share)}**")


def show_nearest(page: Page, image: AnsweredImage, nearest: Sequence[Neighbour]) -> None:
    """The training images that are most like it to the network."""
    try:
        table = images_of(image.run)
    except WorkbenchError:
        return  # the page Evaluation says what is wrong with it
    rows = [(table.loc[each.path], f"{each.similarity:.2f} alike") for each in nearest if each.path in table.index]
    if rows:
        st.caption(escape(nearest_in_words([each.label for each in nearest], image.answer)))
        tiles = [tile_of(page.dataset, row, words) for row, words in rows]
        show_tiles(tiles, f"nearest_{image.row}", tile_width=NEAREST_WIDTH)


def answer_in_words(answers: Answers, row: int) -> str:
    """The answer as one would say it."""
    share, margin = float(answers.confidence[row]), float(margins_of(answers.probabilities[[row]])[0])
    name = escape(f"“{answers.class_names[answers.order[row, 0]]}”")
    if answers.unlike[row]:
        return f"A guess: {name}."
    if share >= SURE:
        return f"This is {name}, {percent(share)} sure."
    if margin >= UNSURE_MARGIN:
        return f"Probably {name}: {percent(share)} sure."
    return f"Not sure. The likeliest is {name}, with {percent(share)}."


def unlike_in_words(farther_than: float) -> str:
    """What it means that an image is out of distribution."""
    share = "all" if farther_than >= 1 else f"{farther_than:.1%}".replace("%", " %")
    return (
        f"Unlike anything that it was trained on: farther from the training images than {share} of those are from each "
        "other. How sure it is of its answer means nothing then."
    )
