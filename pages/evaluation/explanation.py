"""Why this answer: the heat that speaks for a class, what covering costs, the nearest images, layers and kernels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core.errors import WorkbenchError
from core.evaluation.predictions import Predictions
from core.figures.heat import overlay, overlay_signed
from core.runs.record import Run
from pages.components.gallery import Tile, show_tiles, tile_of
from pages.shared.answer_in_words import nearest_in_words, percent, where
from pages.shared.evaluated_run import images_of
from pages.shared.inference import answer_of, has_weights, modified, scheduled_task, weights_written
from pages.shared.markdown import escape
from pages.shared.page import Page, untrained_badge
from pages.shared.thumbnails import pixels_url, proportions

LOOKS_AT, COVERED, NEAREST = "What it looks at", "Covered", "Nearest images"
LAYERS, KERNELS = "Layers", "First kernels"
USUAL_STRENGTH = 70
SHOWN_SIDE, ENLARGED = 420, 64
BARS = 5
# Less than so much is what any covering does somewhere: in full colour it would look like something.
LEAST_DROP = 0.05


@dataclass(frozen=True)
class Question:
    """What is asked: why a run answers so to an image.

    Parameters
    ----------
    page, run
        In view.
    path
        The image's, as in the run's predictions.
    true, predicted
        Indices of classes.
    """

    page: Page
    run: Run
    path: str
    true: int
    predicted: int

    @cached_property
    def predictions(self) -> Predictions:
        return self.run.predictions()

    @property
    def names(self) -> tuple[str, ...]:
        return self.predictions.class_names

    @property
    def classes(self) -> list[int]:
        """Of which the reasons are shown: what it took the image for, and what it is where that is another."""
        return list(dict.fromkeys([self.predicted, self.true]))

    @cached_property
    def probabilities(self) -> np.ndarray | None:
        """Of all classes, (k,); None for an image that the run has not evaluated."""
        found = np.flatnonzero(self.predictions.ids == self.path)
        return self.predictions.probabilities[found[0]] if len(found) else None

    @cached_property
    def row(self) -> pd.DataFrame:
        """What was known of the image when the run was trained: one row, or none."""
        table = images_of(self.run)
        return table[table["path"] == self.path]

    @property
    def network_classes(self) -> list[int]:
        """The same classes as `classes`, by where the network answers them: they may be called otherwise since."""
        return [self.run.answered_as([self.path], index)[0] for index in self.classes]

    @property
    def file(self) -> str:
        return str(self.page.dataset.path_of(self.path))

    def ask(self, task: str, **arguments: Any) -> Any:
        """Have the process that has Keras do it; what was answered lately is at hand."""
        kept = _smaller_heat if task == "grad_cam" else None
        return answer_of(task, self.run, modified(self.file), kept, **arguments)

    def tile(self, id: str, pixels: np.ndarray, title: str, caption: str = "", second: str = "") -> Tile:
        """A picture in the proportions of the image's file."""
        side = max(SHOWN_SIDE, pixels.shape[1])
        shape = (side, side)
        if len(self.row):
            row = self.row.iloc[0]
            shape = proportions(row["width"], row["height"], side)
        return Tile(id, pixels_url(pixels, shape=shape), title, caption, second)


@st.fragment
def show_explanation(page: Page, run: Run, image_path: str, true: int, predicted: int) -> None:
    """Why a run answers so to an image. Once a page, or in a dialog.

    Parameters
    ----------
    image_path
        As in the run's predictions: relative to the dataset's root.
    true, predicted
        Indices of its classes; where they differ, both get their heat, side by side.
    """
    question = Question(page, run, image_path, true, predicted)
    try:
        probabilities = question.probabilities
        if probabilities is None:
            st.info(escape(f"The run has not evaluated {image_path}: there is no answer of it to explain."))
            return
        untrained_badge(run)
        show_probabilities(question, probabilities)
        view = st.segmented_control(
            "Why this answer", list(VIEWS), default=LOOKS_AT, required=True, label_visibility="collapsed",
            key="why_view",
        )  # fmt: skip
        if not has_weights(run):
            st.info("This run has kept no weights, so its network can't be asked. Train again to see what it looks at.")
            return
        if view != KERNELS and _file_is_wanting(question):
            return
        VIEWS[view](question)
    except WorkbenchError as error:
        st.info(escape(str(error)), icon=":material/visibility_off:")


def _file_is_wanting(question: Question) -> bool:
    """Say so where the image can't be shown to the network as it was when it was evaluated."""
    if not Path(question.file).is_file():
        st.info(escape(f"{question.path} is gone: its file was moved or deleted. {KERNELS} need no image."))
        return True
    if len(question.row) and question.page.dataset.changed(question.row).any():
        st.caption(
            ":material/edit: This image was changed since the run evaluated it. The pictures show it as it is now."
        )
    return False


# The views ------------------------------------------------------------------------------------------------------------


def show_probabilities(question: Question, probabilities: np.ndarray) -> None:
    """The most probable classes as bars, and the true one wherever it comes."""
    order = np.argsort(-probabilities, kind="stable")[:BARS].tolist()
    if question.true not in order:
        order[-1] = question.true
    with st.container(gap="xxsmall"):
        for index in order:
            remark = " · its answer" * (index == question.predicted) + " · true" * (index == question.true)
            share = float(np.clip(probabilities[index], 0, 1))
            st.progress(share, f"{escape(question.names[index])} **{percent(share)}**{remark}")


def show_heat(question: Question) -> None:
    """Grad-CAM for what it took the image for and, beside it, for what it is."""
    classes = question.classes
    heat, images = question.ask("grad_cam", paths=[question.file] * len(classes), classes=question.network_classes)
    pictures, strength = st.container(), _strength()
    tiles = [question.tile("image", images[0], f"{question.path} as the network sees it", "the image")]
    for index, each in zip(classes, heat, strict=True):
        name, role = question.names[index], "its answer" if index == question.predicted else "the truth"
        title = f"Where {question.path} speaks for {name}: {where(each)}"
        pictured = overlay(images[0], each, strength)
        tiles.append(question.tile(f"class_{index}", pictured, title, f"for {name}", role if each.any() else "nothing"))
    with pictures:
        show_tiles(tiles, "why_heat", columns=len(tiles))
    cold = [escape(question.names[index]) for index, each in zip(classes, heat, strict=True) if not each.any()]
    words = (
        "Light yellow speaks the most for the class, grey not at all; each picture has its own scale (Grad-CAM). Where "
        "it lies beside the thing, the network goes by the surroundings: more varied images help."
    )
    if cold:
        words += f" Nothing in the image speaks for {' or '.join(cold)}."
    if (views := question.run.record.views_averaged) > 1:
        words += f" The bars are averaged over {views} views of the image, the heat is of the image as it is."
    pictures.caption(words)


def show_covered(question: Question) -> None:
    """What it costs to cover each place."""
    found = scheduled_task(
        "occlusion",
        str(question.page.workspace.root),
        "Covering one part of the image after the other",
        state=(weights_written(question.run), modified(question.file)),
        run=str(question.run.folder),
        path=question.file,
        classes=question.network_classes,
    )
    image, all_drops = _smaller(found["image"]), [_smaller(each) for each in found["drops"]]
    pictures, strength = st.container(), _strength()
    tiles = [question.tile("image", image, f"{question.path} as the network sees it", "the image")]
    for index, whole, drops in zip(question.classes, found["probabilities"], all_drops, strict=True):
        name, largest = question.names[index], max(LEAST_DROP, float(np.abs(drops).max()))
        least, most = np.clip([whole - drops.max(), whole - drops.min()], 0, 1)
        words = f"covered, {percent(least)} to {percent(most)}"
        title = f"What covering {question.path} does to {name}: {words}"
        pictured = overlay_signed(image, drops, largest, strength)
        tiles.append(question.tile(f"class_{index}", pictured, title, f"{name} {percent(whole)}", words))
    with pictures:
        show_tiles(tiles, "why_covered", columns=len(tiles))
    pictures.caption(
        f"A grey square of {found['square']} px was put on {found['grid']} × {found['grid']} places. Orange: covered "
        "there, the class gets less probable. Blue: it gets more probable."
    )


def show_nearest(question: Question) -> None:
    """The training images that are most like it to the network."""
    found = scheduled_task(
        "nearest",
        str(question.page.workspace.root),
        "Looking for the training images most like it",
        state=(weights_written(question.run), question.run.answers_as_of),
        run=str(question.run.folder),
        path=question.path,
        machine=str(question.page.workspace.machine),
    )
    table = images_of(question.run)
    answer = question.names[question.predicted]
    tiles = [
        tile_of(question.page.dataset, table.loc[each["path"]], f"{each['similarity']:.2f} alike")
        for each in found
        if each["path"] in table.index
    ]
    st.markdown(escape(nearest_in_words([each["label"] for each in found], answer)))
    show_tiles(tiles, "why_nearest")
    st.caption(
        "How alike the network's features of the two are (the cosine between them): 1 is the same, 0 "
        "nothing in common. Where one of them is labelled wrongly, or is the same picture, mend the data."
    )


def show_layers(question: Question) -> None:
    """The strongest maps behind convolutions, from the first to the last."""
    layers = question.ask("activations", path=question.file)
    if not layers:
        st.info("This network has no convolutions, so there are no maps to show.")
        return
    chosen = st.select_slider(
        "Layer",
        [layer["number"] for layer in layers],
        format_func=lambda number: f"convolution {number} of {layers[0]['count']}",
        key=f"why_layer_{question.run.id}",
    )
    layer = next(layer for layer in layers if layer["number"] == chosen)
    tiles = [
        question.tile(f"map_{channel}", _white_on_black(pixels), f"Map {channel + 1}", f"map {channel + 1}")
        for channel, pixels in zip(layer["channels"].tolist(), layer["maps"], strict=True)
    ]
    show_tiles(tiles, "why_layers", tile_width=88)
    height, width, count = layer["shape"]
    st.caption(
        f"The {len(tiles)} strongest of {count} maps of {height} × {width}: white is where a map answers. Early ones "
        "answer to edges and colours, late ones to parts of things."
    )


def show_kernels(question: Question) -> None:
    """What the first layer has learned to look for."""
    found = question.ask("kernels")
    pictures = found["pictures"]
    if not len(pictures):
        st.info("The first layer of this network does not look at pixels, so it has no kernels to show as pictures.")
        return
    tiles = []
    for number, pixels in enumerate(pictures, start=1):
        # Each weight a square of its own, which stays sharp in a JPEG.
        times = max(1, ENLARGED // pixels.shape[0])
        enlarged = pixels.repeat(times, axis=0).repeat(times, axis=1)
        tiles.append(Tile(str(number), pixels_url(enlarged), f"Weights {number} of the first {found['kind']}"))
    show_tiles(tiles, "why_kernels", tile_width=56)
    height, width = pictures.shape[1:3]
    shown = f"{len(tiles)} of {found['count']}" if len(tiles) < found["count"] else f"All {len(tiles)}"
    st.caption(
        f"{shown} kernels of the first {found['kind']}, {height} × {width}: middle grey is 0, light is a positive "
        "weight, dark a negative one, each on its own scale. They belong to the network, not to this image."
    )


VIEWS: dict[str, Callable[[Question], None]] = {
    LOOKS_AT: show_heat,
    COVERED: show_covered,
    NEAREST: show_nearest,
    LAYERS: show_layers,
    KERNELS: show_kernels,
}


# Pictures -------------------------------------------------------------------------------------------------------------


def _strength() -> float:
    shown = st.slider("Strength of the colours, %", 0, 100, USUAL_STRENGTH, step=5, key="why_strength")
    return shown / 100


def _white_on_black(pixels: np.ndarray) -> np.ndarray:
    return np.repeat(pixels[..., None], 3, axis=-1)


def _smaller_heat(answer: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    heat, images = answer
    return np.stack([_smaller(each) for each in heat]), np.stack([_smaller(each) for each in images])


def _smaller(pixels: np.ndarray) -> np.ndarray:
    """At most as large as it is shown."""
    if len(pixels) <= SHOWN_SIDE:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BILINEAR))
