"""Augmentation: what may vary without changing the answer."""

import numpy as np
import pandas as pd
import streamlit as st

from core.architectures.registry import find_architecture
from core.augmentation.recipe import TRANSFORMS, Step, Transform, in_words, read_recipe, write_recipe
from core.datasets.cards import load_cards
from core.errors import WorkbenchError
from core.inference import Helper
from pages.widgets.frame import Page, drawn_badge, open_page_with_dataset
from pages.widgets.gallery import Tile, escape, show_tiles
from pages.widgets.thumbnails import SIDE, pixels_url, thumbnail_url

DRAWS = 9


@st.cache_resource(show_spinner=False)
def helper() -> Helper:
    """The one helper process of this server."""
    return Helper()


def main() -> None:
    page = open_page_with_dataset("augmentation")
    st.title(page.step.question)
    drawn_badge(page.dataset)
    sentence = st.empty()
    controls, pictures = st.columns([2, 3], gap="large")
    with controls:
        recipe = compose(page)
        warn_of_mixing(page, recipe)
        with st.container(horizontal_alignment="right"):
            if st.button("Go on to the model", type="primary", icon=":material/account_tree:"):
                page.go("model")
    sentence.markdown(answer(recipe))
    card = load_cards().get(page.dataset.info.card)
    if card is not None:
        st.caption(escape(f"In {card.title} an image may {card.label_preserving.in_words()} and keeps its class."))
    with pictures:
        preview(page, recipe)


def answer(recipe: tuple[Step, ...]) -> str:
    """What is chosen, in a sentence."""
    if not recipe:
        return (
            "**Nothing is varied yet.** Choose what may change in an image while its class stays the same: the network "
            "then sees a new version of every training image each time, and learns to ignore the difference."
        )
    return f"**Training images will vary by {in_words(recipe)}.** Validation and test images stay as they are."


def compose(page: Page) -> tuple[Step, ...]:
    """The recipe's controls; what they say is kept at once."""
    chosen = {step.name: step for step in read_recipe(page.draft.values()["augmentation"])}
    flips = st.container(horizontal=True, gap="large")
    columns = st.columns(2, gap="medium")
    amounts = [transform for transform in TRANSFORMS.values() if transform.unit]
    steps = []
    for transform in TRANSFORMS.values():
        with columns[amounts.index(transform) % 2] if transform.unit else flips:
            amount = amount_of(page, transform, chosen.get(transform.name))
        if amount is not None:
            steps.append(Step(transform.name, amount))
    recipe = tuple(steps)
    if write_recipe(recipe) != write_recipe(chosen.values()):
        page.draft.choose(augmentation=write_recipe(recipe))
    return recipe


def amount_of(page: Page, transform: Transform, step: Step | None) -> int | None:
    """The control of one transform: its amount, or None where it is not used."""
    key = f"augment_{page.dataset.name}_{transform.name}"
    if not transform.unit:
        used = st.toggle(transform.title, step is not None, key=key, help=transform.explanation)
        return 0 if used else None
    title = f"{transform.title} ({f'{transform.sign} {transform.unit}'.strip()})"
    value = step.amount if step else 0
    return st.slider(title, 0, transform.maximum, value, key=key, help=transform.explanation) or None


def warn_of_mixing(page: Page, recipe: tuple[Step, ...]) -> None:
    """Mixed images are of no use to the network that is chosen so far, where that is a frozen backbone."""
    architecture = find_architecture(page.draft.values()["architecture"])
    titles = [TRANSFORMS[step.name].title for step in recipe if step.mixes]
    if titles and architecture.frozen:
        st.warning(
            f"{' and '.join(titles)} cannot be used with {architecture.title}, which computes the features of each "
            "image once. Set it to 0, or choose a network that is trained from scratch.",
            icon=":material/warning:",
        )


def preview(page: Page, recipe: tuple[Step, ...]) -> None:
    """One image under nine draws, by the very layers used in training."""
    dataset = page.dataset
    training = dataset.images[dataset.images["split"] == "train"].sort_values("pixel_hash")
    if training.empty:
        st.info("There are no training images to show variations of. Divide the images differently.")
        return
    number = st.session_state.setdefault("preview_image", 0)
    row = training.iloc[number % len(training)]
    original, draws = st.columns([1, 3])
    with original:
        source = thumbnail_url(row["pixel_hash"], SIDE, str(dataset.path_of(row["path"])))
        show_tiles(
            [Tile("original", source, f"{row['path']}, as it is", row["label"], "as it is")], "original", columns=1
        )
        if st.button("Next image", width="stretch"):
            st.session_state["preview_image"] = number + 1
            st.rerun()
        if st.button("Draw again", width="stretch"):
            st.session_state["preview_seed"] = st.session_state.get("preview_seed", 0) + 1
            st.rerun()
    with draws:
        show_draws(page, training, number % len(training), recipe)


def show_draws(page: Page, training: pd.DataFrame, number: int, recipe: tuple[Step, ...]) -> None:
    """Draws of an image; where images are mixed, of as many images as there are draws, mixed with one another."""
    row, mixes = training.iloc[number], any(step.mixes for step in recipe)
    names = np.roll(training["path"].to_numpy(), -number)[: DRAWS if mixes else 1]
    path, *others = (str(page.dataset.path_of(name)) for name in names)
    seed = st.session_state.get("preview_seed", 0)
    words = "Drawing" if helper().warm else "Starting Keras for the preview, which takes about five seconds"
    try:
        with st.spinner(words, show_time=True):
            drawn = helper().ask(
                "augment",
                path=path,
                others=others,
                image_size=int(page.draft.values()["image_size"]),
                recipe=write_recipe(recipe),
                count=DRAWS,
                seed=seed,
            )
    except WorkbenchError as error:
        st.error(escape(f"{row['path']}: {error}"), icon=":material/error:")
        return
    shape = true_proportions(row["width"], row["height"], drawn)
    title = "a draw of {} by the recipe: " + in_words(recipe)
    tiles = [
        Tile(str(index), pixels_url(image, shape=shape), title.format(names[index % len(names)]))
        for index, image in enumerate(drawn)
    ]
    show_tiles(tiles, "draws", columns=3)
    remark = "" if recipe else "Nothing is varied yet, so they are alike. "
    if mixes:
        remark = (
            "Nine training images, each mixed with another of them, and so would be their labels. Batches that are not "
            "mixed show images as the other variations make them. "
        )
    st.caption(
        f"{remark}Nine draws at the network's {drawn.shape[1]} px, by the very layers used in training, shown at the "
        "image's own proportions."
    )


def true_proportions(width: int, height: int, drawn: np.ndarray) -> tuple[int, int]:
    """Width and height in which the network's square images look as the original does."""
    scale = drawn.shape[1] / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


main()
