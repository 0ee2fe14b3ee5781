"""Augmentation: what may vary without changing the answer."""

from collections import defaultdict

import streamlit as st

from core.augmentation.label_preserving import LabelPreserving
from core.augmentation.label_safety import dangers
from core.augmentation.recipe import Step, in_words
from pages.augmentation.label_questions import ask_what_keeps_the_class
from pages.augmentation.recipe_editor import STYLE, draft_recipe, show_menu, show_rows, show_undo
from pages.augmentation.recipe_pictures import show_picture_buttons, show_pictures
from pages.augmentation.recipe_shelf import show_presets, show_shelf
from pages.shared.page import Page, drawn_badge, open_page_with_dataset

STEPS_NAMED = 6
# However long the recipe or the pictures get, the pictures and the way on stay in view.
STICKY = """<style>
  @media (min-width: 900px) {
    [data-testid="stColumn"] > :has(> * > .st-key-recipe_pictures) { height: auto; position: sticky; top: 3.5rem; }
    [data-testid="stLayoutWrapper"]:has(> .st-key-onward) { bottom: 0; position: sticky; z-index: 1; }
    .st-key-onward { backdrop-filter: blur(12px); padding: 0.5rem 0; }
  }
</style>"""


def main() -> None:
    page = open_page_with_dataset("augmentation")
    st.html(STYLE + STICKY)
    st.title(page.step.question)
    drawn_badge(page.dataset)
    recipe = draft_recipe(page)
    st.markdown(answer(recipe))
    pictures, controls = st.columns([3, 2], gap="large")
    with controls:
        compose(page, recipe)
    with pictures, st.container(key="recipe_pictures"):
        shown = st.container()
        # Before the pictures, which take a while where Keras has to be started for them first.
        with st.container(horizontal=True, gap="small", key="onward"):
            show_picture_buttons()
            st.space("stretch")
            if st.button("Go on to the model", type="primary", icon=":material/account_tree:"):
                page.go("model")
        with shown:
            show_pictures(page, recipe)


def answer(recipe: tuple[Step, ...]) -> str:
    """What is chosen, in a sentence."""
    if not recipe:
        return (
            "**Nothing is varied yet.** Choose what may change in an image while its class stays the same: the network "
            "then sees a new version of every training image each time, and learns to ignore the difference."
        )
    more = len(recipe) - STEPS_NAMED
    words = in_words(recipe[:STEPS_NAMED]) + (f", and {more} more" if more > 0 else "")
    return f"**Training images will vary by {words}.** Validation and test images stay as they are."


def compose(page: Page, recipe: tuple[Step, ...]) -> None:
    """The recipe and what there is to do with it; every change is kept at once."""
    bar, known = st.container(horizontal=True, gap="xsmall"), st.container(gap="xsmall")
    with known:
        allowed = ask_what_keeps_the_class(page.dataset)
    with bar:
        show_menu(page, recipe)
        show_shelf(page, recipe, allowed)
        show_undo(page)
    if recipe:
        show_rows(page, recipe, warnings(page, recipe, allowed))
    else:
        st.caption("The recipe is empty. Add a variation, or start with a preset:")
        show_presets(page, allowed)


def warnings(page: Page, recipe: tuple[Step, ...], allowed: LabelPreserving | None) -> dict[str, list[str]]:
    """By the name of a step, why it would not do here."""
    found = defaultdict(list)
    for danger in dangers(recipe, allowed):
        found[danger.step_name].append(danger.words)
    architecture = page.draft.architecture
    for step in recipe:
        if step.mixes and architecture.frozen:
            found[step.name].append(
                f"{step.transform.title} cannot be used with {architecture.title}, which computes the features of each "
                "image once. Remove it, or choose a network that is trained from scratch."
            )
    return found


main()
