"""The recipe of variations as rows: what each does, how far, how often, and in which order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from core.augmentation.recipe import TRANSFORMS, Step, Transform, read_recipe, usual_step, write_recipe
from core.errors import UsageError
from pages.shared.markdown import escape
from pages.shared.page import Page

GROUPS = {
    "Position": ("flip_horizontal", "flip_vertical", "quarter_turns", "rotation", "zoom", "shift", "shear", "crop"),
    "Colour and sharpness": ("brightness", "contrast", "colour_jitter", "noise", "blur"),
    "Hiding": ("erasing",),
    "Several at once": ("randaugment",),
    "Mixing two images": ("mixup", "cutmix"),
}
STEPS_BACK = 30
# A tool's name is read out and told on hovering; what shows is its icon. Rows and tools stay side by side on a phone.
STYLE = """<style>
  [class*="st-key-tool_"] [data-testid="stMarkdownContainer"] {
    clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; width: 1px; }
  [class*="st-key-tool_"] button { min-height: 2.25rem; min-width: 2rem; padding: 0 0.3rem; }
  .st-key-tool_undo button { min-height: 2.5rem; min-width: 2.5rem; }
  [class*="st-key-recipe_row_"] { padding: 0.25rem 0.75rem 0; }
  [class*="st-key-recipe_row_"] [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; }
  [class*="st-key-recipe_row_"] [data-testid="stColumn"] { min-width: 0; }
  [class*="st-key-recipe_row_"] [data-testid="stAlert"] { margin-bottom: 0.75rem; }
  [class*="st-key-recipe_row_"] [data-testid="stAlertContainer"] { padding: 0.4rem 0.7rem; }
  [class*="st-key-recipe_row_"] [data-testid="stAlertContainer"] p { font-size: 0.85rem; }
</style>"""


def draft_recipe(page: Page) -> tuple[Step, ...]:
    """The recipe of the next run; where the draft holds none that can be read, that is said and nothing is varied."""
    try:
        return read_recipe(page.draft.values()["augmentation"])
    except UsageError as error:
        st.error(escape(f"The recipe that was kept cannot be used: {error} Compose it anew."), icon=":material/error:")
        return ()


def keep_recipe(page: Page, recipe: tuple[Step, ...]) -> None:
    """Make this the recipe of the next run, and remember the one before for *Undo*."""
    before = page.draft.values()["augmentation"]
    if write_recipe(recipe) == before:
        return
    st.session_state[_past_key(page)] = [*st.session_state.get(_past_key(page), []), before][-STEPS_BACK:]
    page.draft.choose(augmentation=write_recipe(recipe))


def show_undo(page: Page) -> None:
    """A button that takes back the last change, where there was one in this tab."""
    if st.session_state.get(_past_key(page)):
        with st.container(key="tool_undo", width="content"):
            st.button(
                "Undo",
                icon=":material/undo:",
                help="Takes back the last change.",
                key="undo_recipe",
                on_click=_undo,
                args=(page,),
            )


def _undo(page: Page) -> None:
    if past := st.session_state.get(_past_key(page)):
        page.draft.choose(augmentation=past.pop())


def _past_key(page: Page) -> str:
    return f"recipe_past_{page.dataset.name}"


def show_menu(page: Page, recipe: tuple[Step, ...]) -> None:
    """The transforms that the recipe lacks, in groups; one click adds one with its usual range."""
    there = {step.name for step in recipe}
    # Another recipe makes it another popover, which is closed: what was added shows.
    key = f"menu_{page.dataset.name}_{'_'.join(step.name for step in recipe)}"
    with st.popover("Add", icon=":material/add:", key=key, help="Adds a variation to the recipe."):
        for title, names in GROUPS.items():
            missing = [TRANSFORMS[name] for name in names if name not in there]
            if missing:
                st.caption(title)
                with st.container(horizontal=True, gap="xsmall"):
                    for transform in missing:
                        st.button(
                            transform.title,
                            help=transform.explanation,
                            key=f"add_{page.dataset.name}_{transform.name}",
                            on_click=_add,
                            args=(page, transform.name),
                        )
        if len(there) == len(TRANSFORMS):
            st.caption("Every variation that there is stands in the recipe.")


def _add(page: Page, name: str) -> None:
    _edit(page, lambda recipe: recipe if _find(recipe, name) else _before_mixing(recipe, usual_step(name)))


def _before_mixing(recipe: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """The step is put last, but those that mix images stay behind it, as it is them that come last in training."""
    if step.mixes:
        return (*recipe, step)
    return (*(each for each in recipe if not each.mixes), step, *(each for each in recipe if each.mixes))


def show_rows(page: Page, recipe: tuple[Step, ...], warnings: Mapping[str, list[str]]) -> None:
    """A row a step.

    Parameters
    ----------
    warnings
        By the name of a step, what to warn of in its row.
    """
    rows = st.container(gap="xsmall")
    for place, step in enumerate(recipe):
        # By step and dataset and not by place, so that a row that moves keeps what the browser knows of it.
        with rows.container(border=True, gap="xxsmall", key=f"recipe_row_{page.dataset.name}_{step.name}"):
            _head(page, recipe, place)
            _sliders(page, step)
            for words in warnings.get(step.name, ()):
                st.warning(escape(words), icon=":material/warning:")


def _head(page: Page, recipe: tuple[Step, ...], place: int) -> None:
    step, title = recipe[place], recipe[place].transform.title
    unit = step.transform.unit
    explanation = f"{step.transform.explanation} In {unit}." if " " in unit else step.transform.explanation
    # Steps that mix images come last in training, wherever they stand, and so they cannot pass the others here.
    above, below = recipe[:place][-1:], recipe[place + 1 : place + 2]
    can_rise, can_sink = (any(other.mixes == step.mixes for other in others) for others in (above, below))
    tools = (
        (f"Move {title} up", "arrow_upward", partial(_move, page, step.name, -1), can_rise),
        (f"Move {title} down", "arrow_downward", partial(_move, page, step.name, 1), can_sink),
        (f"Remove {title}", "close", partial(_remove, page, step.name), True),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        st.markdown(f"**{escape(title)}**", help=explanation, width="stretch")
        for label, icon, action, possible in tools:
            key = f"tool_{page.dataset.name}_{step.name}_{icon}"
            st.button(
                label,
                icon=f":material/{icon}:",
                help=label,
                key=key,
                type="tertiary",
                disabled=not possible,
                on_click=action,
            )


def _sliders(page: Page, step: Step) -> None:
    transform, of = step.transform, "batches" if step.mixes else "images"
    key = f"recipe_{page.dataset.name}_{step.name}"
    spread, often = st.columns([3, 2], gap="small") if transform.unit else (None, st.container())
    if spread is not None:
        with spread:
            _slider(
                range_label(transform),
                (transform.minimum, transform.maximum),
                (step.low, step.high),
                _format(transform.unit),
                f"{key}_range",
                partial(_change_range, page, step.name, f"{key}_range"),
            )
    with often:
        _slider(
            often_label(transform),
            (0, 100),
            round(100 * step.probability),
            f"in %d %% of {of}",
            f"{key}_probability",
            partial(_change_probability, page, step.name, f"{key}_probability"),
        )


def range_label(transform: Transform) -> str:
    """What the slider of a transform's range is called."""
    return f"{transform.title} ({transform.unit})"


def often_label(transform: Transform) -> str:
    """What the slider of a transform's probability is called."""
    return f"{transform.title}: how often (% of {'batches' if transform.mixes else 'images'})"


def _format(unit: str) -> str:
    """How a slider writes a number: the unit without what it is a share or a level of, which hovering tells."""
    short = unit.partition(" of ")[0].split()[-1].replace("%", "%%")
    return f"%d{short}" if short == "°" else f"%d {short}"


def _slider(
    label: str,
    bounds: tuple[int, int],
    value: int | tuple[int, int],
    format: str,
    key: str,
    changed: Callable[[], None],
) -> None:
    """A slider that shows what the draft says, whoever changed it; what is chosen with it goes to the draft at once."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.slider(label, *bounds, step=1, format=format, key=key, on_change=changed, label_visibility="collapsed")


# What buttons and sliders do to the draft, before the page is drawn again. A step may be gone: another tab took it out.


def _edit(page: Page, change: Callable[[tuple[Step, ...]], tuple[Step, ...]]) -> None:
    try:
        recipe = read_recipe(page.draft.values()["augmentation"])
    except UsageError:
        recipe = ()
    keep_recipe(page, change(recipe))


def _find(recipe: tuple[Step, ...], name: str) -> Step | None:
    return next((step for step in recipe if step.name == name), None)


def _change_range(page: Page, name: str, key: str) -> None:
    low, high = st.session_state[key]
    _edit(page, lambda recipe: _with(recipe, name, low=int(low), high=int(high)))


def _change_probability(page: Page, name: str, key: str) -> None:
    probability = st.session_state[key] / 100
    _edit(page, lambda recipe: _with(recipe, name, probability=probability))


def _with(recipe: tuple[Step, ...], name: str, **changes: float) -> tuple[Step, ...]:
    return tuple(replace(step, **changes) if step.name == name else step for step in recipe)


def _remove(page: Page, name: str) -> None:
    _edit(page, lambda recipe: tuple(step for step in recipe if step.name != name))


def _move(page: Page, name: str, by: int) -> None:
    def moved(recipe: tuple[Step, ...]) -> tuple[Step, ...]:
        steps = list(recipe)
        places = [place for place, step in enumerate(steps) if step.name == name]
        if places and 0 <= places[0] + by < len(steps):
            steps.insert(places[0] + by, steps.pop(places[0]))
        return tuple(steps)

    _edit(page, moved)
