"""Whole recipes by name: presets for kinds of images, and those that a visitor keeps."""

import streamlit as st

from core.augmentation.label_preserving import LabelPreserving
from core.augmentation.label_safety import dangers
from core.augmentation.library import PRESETS, RecipeLibrary
from core.augmentation.recipe import Step, in_words
from core.errors import WorkbenchError
from core.workspace import NAME_LENGTH
from pages.augmentation.recipe_editor import keep_recipe
from pages.shared.markdown import escape
from pages.shared.page import Page

UNNAMED = "Recipes"
# Of each tab, by dataset: what went wrong when a recipe was saved, taken or deleted last.
_TROUBLE = "recipe_trouble"


def show_shelf(page: Page, recipe: tuple[Step, ...], allowed: LabelPreserving | None) -> None:
    """Presets and saved recipes to take, and a place to save the one at hand."""
    library = RecipeLibrary(page.workspace)
    title = name_of(recipe, library)
    # What was taken or saved makes it another popover, which is closed.
    key = f"shelf_{page.dataset.name}_{title}_{len(library.names())}"
    with st.popover(
        _short(title), icon=":material/bookmarks:", key=key, help="Presets, and the recipes that you keep."
    ):
        trouble = st.session_state.pop(_TROUBLE, "")
        if recipe:  # else they stand in its place
            st.caption("Presets. One takes the place of what is there; *Undo* brings it back.")
            show_presets(page, allowed)
        show_saved(page, library)
        if recipe:
            save(page, recipe, library)
        elif not library.names():
            st.caption("None is saved yet. Compose a recipe, and keep it here under a name for other datasets.")
        if trouble:
            st.error(escape(trouble), icon=":material/error:")
    if trouble:
        st.toast(escape(trouble), icon=":material/error:")


def name_of(recipe: tuple[Step, ...], library: RecipeLibrary) -> str:
    """What the preset or saved recipe that is just like this one is called, `UNNAMED` where there is none."""
    if not recipe:
        return UNNAMED
    for preset in PRESETS.values():
        if preset.recipe == recipe:
            return preset.title
    return next((name for name in library.names() if _found(library, name) == recipe), UNNAMED)


def show_presets(page: Page, allowed: LabelPreserving | None) -> None:
    """A button a preset, with a mark on those that would endanger the labels here."""
    with st.container(horizontal=True, gap="xsmall"):
        for name, preset in PRESETS.items():
            doubts = " ".join(danger.words for danger in dangers(preset.recipe, allowed))
            help = f"{preset.explanation} *{in_words(preset.recipe)}*"
            st.button(
                preset.title,
                icon=":material/warning:" if doubts else None,
                help=f"{help}\n\n:orange[{escape(doubts)}]" if doubts else help,
                key=f"preset_{page.dataset.name}_{name}",
                on_click=keep_recipe,
                args=(page, preset.recipe),
            )


def show_saved(page: Page, library: RecipeLibrary) -> None:
    """The saved recipes, each to take or to delete."""
    names = library.names()
    if not names:
        return
    st.caption("Yours")
    for number, name in enumerate(names):
        recipe = _found(library, name)
        with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
            st.button(
                escape(name),
                help=escape(in_words(recipe)) if recipe is not None else "Its file is damaged.",
                key=f"saved_{page.dataset.name}_{number}_{name}",
                on_click=_take,
                args=(page, library, name),
            )
            label = f"Delete {name}"
            st.button(
                escape(label),
                icon=":material/delete:",
                help=f"{escape(label)}. Runs that were trained by it keep theirs.",
                key=f"tool_{page.dataset.name}_delete_{number}_{name}",
                type="tertiary",
                on_click=_delete,
                args=(library, name),
            )


def save(page: Page, recipe: tuple[Step, ...], library: RecipeLibrary) -> None:
    """Keep the recipe at hand under a name; one that is taken is replaced only where that is asked for."""
    key = f"save_{page.dataset.name}"
    st.caption("Save this one")
    with st.form(key, border=False):
        st.text_input("Name", key=f"{key}_name", max_chars=NAME_LENGTH, placeholder="for example my_photographs")
        if library.names():
            st.checkbox("Replace a recipe of this name", key=f"{key}_replace")
        st.form_submit_button("Save the recipe", icon=":material/save:", on_click=_save, args=(library, recipe, key))


def _save(library: RecipeLibrary, recipe: tuple[Step, ...], key: str) -> None:
    try:
        library.save(st.session_state[f"{key}_name"], recipe, replace=st.session_state.get(f"{key}_replace", False))
    except (WorkbenchError, OSError) as error:
        st.session_state[_TROUBLE] = str(error)
    else:
        st.session_state[f"{key}_name"], st.session_state[f"{key}_replace"] = "", False


def _take(page: Page, library: RecipeLibrary, name: str) -> None:
    try:
        keep_recipe(page, library.find(name))
    except WorkbenchError as error:
        st.session_state[_TROUBLE] = str(error)


def _delete(library: RecipeLibrary, name: str) -> None:
    try:
        library.delete(name)
    except WorkbenchError as error:
        st.session_state[_TROUBLE] = str(error)


def _found(library: RecipeLibrary, name: str) -> tuple[Step, ...] | None:
    """A saved recipe, None where its file is damaged or gone."""
    try:
        return library.find(name)
    except WorkbenchError:
        return None


def _short(title: str, length: int = 18) -> str:
    return escape(title if len(title) <= length else f"{title[: length - 1]}…")
