"""Recipes by name: presets for kinds of images, and those that a workspace keeps."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from core.augmentation.recipe import NOTHING, TRANSFORMS, Step, parse_recipe, read_recipe, write_recipe
from core.errors import UsageError
from core.files import read_json, write_json
from core.workspace import Workspace, check_name

MOST_RECIPES = 100


@dataclass(frozen=True)
class Preset:
    """A recipe for a kind of images, with what people call it and why it suits them."""

    title: str
    explanation: str
    recipe: tuple[Step, ...]


PRESETS = {
    "photographs": Preset(
        "Photographs",
        "Things and animals from the side: mirrored and slightly tilted, nearer or farther, in other light.",
        parse_recipe("flip_horizontal,rotation=10,zoom=15,shift=10,brightness=15,contrast=20"),
    ),
    "from_above": Preset(
        "Seen from above",
        "Aerial scenes, microscope slides, things on a table: no side is the top, so all eight ways to lay them.",
        parse_recipe("flip_horizontal,flip_vertical,quarter_turns,zoom=10,brightness=15,contrast=15"),
    ),
    "medical": Preset(
        "Medical images",
        "Small turns and shifts, exposure and grain as devices differ. Not mirrored, as left and right may matter, and "
        "no change of colour.",
        parse_recipe("rotation=10,zoom=10,shift=5,brightness=10,contrast=15,noise=0..8"),
    ),
    "digits": Preset(
        "Digits and letters",
        "As other hands would write them: tilted, slanted, moved. Never mirrored.",
        parse_recipe("rotation=10,zoom=10,shift=10,shear=15"),
    ),
    "strong": Preset(
        "Strong",
        "For few photographs and long training from scratch: parts of the image, two random operations, parts erased.",
        parse_recipe("crop=50..100,flip_horizontal,colour_jitter=30,randaugment=0..50,erasing=5..25"),
    ),
}


class RecipeLibrary:
    """The recipes that a workspace keeps, each a file that is named after it; presets can be found by name as well."""

    def __init__(self, workspace: Workspace):
        self._folder = workspace.root / "recipes"

    def names(self) -> list[str]:
        """The saved recipes, in alphabetical order."""
        return sorted((path.stem for path in self._folder.glob("[!.]*.json")), key=str.casefold)

    def find(self, name: str) -> tuple[Step, ...]:
        """A preset, or a recipe that was saved under this name.

        Raises
        ------
        UsageError
            If there is none, naming those that there are; or if its file is not a recipe any more.
        """
        if name in PRESETS:
            return PRESETS[name].recipe
        values = read_json(self._existing(name))
        try:
            return read_recipe(values or ())
        except UsageError as error:
            raise UsageError(f"The saved recipe {name!r} is damaged: {error} Delete it.") from error

    def save(self, name: str, recipe: tuple[Step, ...], replace: bool = False) -> None:
        """Keep a recipe.

        Parameters
        ----------
        replace
            Whether it may take the place of a saved one of that name.

        Raises
        ------
        UsageError
            If the name can't be used or is taken, or too many are kept.
        """
        name = check_name(unicodedata.normalize("NFC", name.strip()))
        if name.casefold() in (*PRESETS, *TRANSFORMS, NOTHING):
            raise UsageError(f"The name {name!r} is the program's own. Choose another.")
        taken = {saved.casefold(): saved for saved in self.names()}
        existing = taken.get(name.casefold())  # some systems take A and a for the same file
        if existing is not None and not replace:
            raise UsageError(f"There is already a recipe {existing!r}. Choose another name, or replace it.")
        if existing is None and len(taken) >= MOST_RECIPES:
            raise UsageError(f"{MOST_RECIPES} recipes are kept, which is the most. Delete one first.")
        if existing is not None and existing != name:
            self._path(existing).unlink(missing_ok=True)
        write_json(self._path(name), write_recipe(recipe))

    def delete(self, name: str) -> None:
        """Forget a saved recipe. Runs that were trained by it keep theirs.

        Raises
        ------
        UsageError
            If there is none of that name.
        """
        self._existing(name).unlink(missing_ok=True)

    def _existing(self, name: str) -> Path:
        # Looked up, not put into a path: the name may come from a URL, and be as long and as odd as it likes.
        wanted = unicodedata.normalize("NFC", name.strip())
        if wanted not in self.names():
            raise UsageError(f"There is no recipe {name!r}. There are: {', '.join([*PRESETS, *self.names()])}.")
        return self._path(wanted)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def find_recipe(text: str, workspace: Workspace) -> tuple[Step, ...]:
    """A preset's or saved recipe's, by its name, or else the one that is typed.

    Raises
    ------
    UsageError
        If it is neither.
    """
    library = RecipeLibrary(workspace)
    if text.strip() in (*PRESETS, *library.names()):
        return library.find(text.strip())
    return parse_recipe(text)
