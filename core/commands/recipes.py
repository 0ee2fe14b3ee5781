"""The command that lists recipes of augmentation: the presets, and those that the workspace keeps."""

import argparse
from typing import Any

from core.augmentation.library import PRESETS, RecipeLibrary
from core.augmentation.recipe import TRANSFORMS, Transform, parse_recipe, typed, write_recipe
from core.commands.output import DONE, Result, table
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    listing = add(
        "recipes",
        _recipes,
        "List the recipes of augmentation that `train --augmentation NAME` takes, and the steps they are made of; "
        "save or delete one.",
    )
    changing = listing.add_mutually_exclusive_group()
    changing.add_argument("--save", nargs=2, metavar=("NAME", "RECIPE"), help="keep a recipe, as `train` takes it")
    changing.add_argument("--delete", metavar="NAME", help="forget a saved recipe")


def _recipes(workspace: Workspace, options: argparse.Namespace) -> Result:
    library = RecipeLibrary(workspace)
    if options.save:
        name, text = options.save
        library.save(name, parse_recipe(text))
    if options.delete:
        library.delete(options.delete)
    recipes = {name: preset.recipe for name, preset in PRESETS.items()}
    recipes |= {name: library.find(name) for name in library.names()}
    document = [
        {"name": name, "preset": name in PRESETS, "recipe": write_recipe(recipe), "typed": typed(recipe)}
        for name, recipe in recipes.items()
    ]
    rows = [[name, "preset" if name in PRESETS else "saved", typed(recipe)] for name, recipe in recipes.items()]
    steps = [_described(transform) for transform in TRANSFORMS.values()]
    text = table(["recipe", "", "steps"], rows) + "\n\n" + table(["step", "range", "usual", "probability"], steps)
    return document, text, DONE


def _described(transform: Transform) -> list[Any]:
    has_range = bool(transform.unit)
    return [
        transform.name,
        f"within {transform.minimum}..{transform.maximum} {transform.unit}" if has_range else "",
        "..".join(map(str, transform.default)) if has_range else "",
        f"of {transform.probability:.0%} of {'batches' if transform.mixes else 'images'}",
    ]
