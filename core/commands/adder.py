"""How commands are added to the command line, at the top and below one another."""

import argparse
from collections.abc import Callable
from typing import Any

from core.commands.output import Result


def adder(parser: argparse.ArgumentParser, metavar: str, listed: bool = True) -> Callable[..., argparse.ArgumentParser]:
    """What adds commands to a parser: `add(name, command, summary, **options)` gives the parser of a new one.

    Parameters
    ----------
    metavar
        What the help calls such a command.
    listed
        Whether the help lists them; else the parser's own description does.
    """
    shown: dict[str, Any] = {} if listed else {"help": argparse.SUPPRESS, "prog": parser.prog}
    commands = parser.add_subparsers(required=True, metavar=metavar, **shown)

    def add(name: str, command: Callable[..., Result], summary: str, **options: Any) -> argparse.ArgumentParser:
        # In the list of commands, argparse takes a percent sign for the start of a placeholder.
        escaped = summary.replace("%", "%%")
        added = commands.add_parser(name, help=escaped, description=summary, allow_abbrev=False, **options)
        added.add_argument("--json", action="store_true", help="one JSON document on stdout")
        added.set_defaults(command=command)
        return added

    return add
