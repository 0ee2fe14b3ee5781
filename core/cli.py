"""The command line: the same functions as the pages, with tables for people and JSON for programs."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from core.commands import (
    app,
    architectures,
    compare,
    datasets,
    engine,
    errors,
    lifecycle,
    networks,
    probe,
    queue,
    recipes,
    runs,
    sweep,
    training_time,
    weights,
)
from core.commands.adder import adder
from core.commands.output import BAD_USAGE, FAILED
from core.datasets.sources.choices import Undecided
from core.errors import UsageError, WorkbenchError, in_words
from core.workspace import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad usage.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser().parse_args(arguments)
        document, text, code = options.command(Workspace.from_environment(), options)
    except (WorkbenchError, OSError) as error:
        document, text = {"error": in_words(error)}, ""
        if isinstance(error, Undecided):
            document["question"] = error.to_dict()
        code = BAD_USAGE if isinstance(error, UsageError) else FAILED
        print(f"error: {in_words(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        document, text, code = {"error": "Stopped."}, "", FAILED
        print("Stopped.", file=sys.stderr)
    if "--json" in arguments:
        print(json.dumps(document, indent=1))  # as ASCII, which every console and pipe can carry
    elif text:
        print(text)
    return code


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints end as all other errors do, as JSON where JSON was asked for."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="From a folder of images to an evaluated classifier.")
    add = adder(parser, "COMMAND")
    app.add_commands(add)
    datasets.add_commands(add)
    runs.add_commands(add)
    lifecycle.add_commands(add)
    errors.add_commands(add)
    compare.add_commands(add)
    sweep.add_commands(add)
    recipes.add_commands(add)
    probe.add_commands(add)
    architectures.add_commands(add)
    networks.add_commands(add)
    training_time.add_commands(add)
    weights.add_commands(add)
    queue.add_commands(add)
    engine.add_commands(add)
    return parser
