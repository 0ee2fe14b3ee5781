"""The settings of a run on the command line: the list of all there are, and what is typed for them."""

import argparse
from typing import Any

from core.architectures.registry import ARCHITECTURES
from core.commands.output import DONE, Result, say_renamed
from core.errors import UsageError
from core.runs.settings import RunSettings, current_name, read_settings
from core.runs.settings.listing import as_dicts, as_markdown, as_text
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    listing = add("settings", _settings, "List every setting of a run: its default, what is accepted and what it does.")
    listing.add_argument("--markdown", action="store_true", help="as docs/settings.md has them")


def _settings(workspace: Workspace, options: argparse.Namespace) -> Result:
    return as_dicts(), as_markdown().rstrip("\n") if options.markdown else as_text(), DONE


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what `settings_from` reads, the dataset aside."""
    parser.add_argument("--architecture", required=True, metavar="A", help=", ".join(ARCHITECTURES))
    parser.add_argument(
        "--as-course", action="store_true", help="all settings as the course material has them; --set goes before"
    )
    parser.add_argument("--epochs", metavar="N", help="how many at most; short for --set epochs=N")
    parser.add_argument("--seed", metavar="S", help="draw everything by this seed: the split, the weights, the order")
    parser.add_argument(
        "--augmentation",
        metavar="RECIPE",
        help="what varies: typed as `settings` says, or the name of a recipe (see `recipes`)",
    )
    add_assignments(parser, "any setting, as `settings` lists them")


def add_assignments(parser: argparse.ArgumentParser, explanation: str) -> None:
    """Add what `assignments` reads."""
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=explanation)


def settings_from(workspace: Workspace, options: argparse.Namespace) -> RunSettings:
    """The settings of a run as they were typed, complete and checked.

    Raises
    ------
    UsageError
        If one of them is not acceptable.
    """
    values: dict[str, Any] = {"dataset": options.dataset, "architecture": options.architecture}
    if options.as_course:
        values["as_course"] = True
    if options.epochs is not None:
        values["epochs"] = options.epochs
    if options.seed is not None:
        values |= {"seed": options.seed, "split_seed": options.seed}
    if options.augmentation is not None:
        values["augmentation"] = options.augmentation
    return read_settings(values | assignments(options.set), workspace)


def assignments(typed: list[str]) -> dict[str, str]:
    """What `--set` was given, by the names that settings have by now.

    Raises
    ------
    UsageError
        If one of them assigns nothing.
    """
    values = {}
    for assignment in typed:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(f"--set wants KEY=VALUE. Got {assignment!r}.")
        values[checked_name(key.strip())] = value
    return values


def checked_name(typed: str) -> str:
    """The name of a setting; that it was typed by the one of an earlier build is said."""
    if (name := current_name(typed)) != typed:
        say_renamed(f"the setting {typed}", name)
    return name
