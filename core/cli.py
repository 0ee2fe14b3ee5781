"""The command line: the same functions as the pages, with tables for people and JSON for programs."""

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from core.commands import (
    app,
    architectures,
    compare,
    concepts,
    datasets,
    engine,
    errors,
    explain,
    export,
    lifecycle,
    networks,
    predict,
    probe,
    project,
    queue,
    recipes,
    runs,
    settings,
    sweep,
    training_time,
    weights,
)
from core.commands.adder import adder
from core.commands.output import BAD_USAGE, FAILED, say_renamed
from core.datasets.sources.choices import Undecided
from core.errors import UsageError, WorkbenchError, in_words
from core.workspace import Workspace

# The commands as the help lists them: in the order of the work.
GROUPS = {
    "The app": ("app",),
    "Images": ("import", "download", "datasets", "check", "edit", "split"),
    "Augmentation and network": ("recipes", "architectures", "describe", "networks", "weights", "probe"),
    "Training": ("settings", "estimate", "train", "runs", "queue", "stop", "resume", "extend", "restart"),
    "Evaluation": ("evaluate", "errors", "retrain", "compare", "label", "activations", "kernels"),
    "Use": ("predict", "export", "project"),
    "Many runs": ("sweep", "sweeps"),
    "Learning how it works": ("concepts",),
    "This machine": ("plan", "features"),
}
# What commands were called by earlier builds.
FORMER_COMMANDS = {"look": "probe"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad usage.
    """
    arguments = _by_current_names(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser().parse_args(arguments)
        document, text, code = options.command(Workspace.from_environment(), options)
    except (WorkbenchError, OSError) as error:
        question = {"question": error.to_dict()} if isinstance(error, Undecided) else {}
        document, text = {"error": in_words(error)} | question, ""
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


def _by_current_names(arguments: Sequence[str]) -> list[str]:
    """What was typed, with the name that its command has by now; where that is another, it is said."""
    name, rest = next(iter(arguments), ""), list(arguments[1:])
    if current := FORMER_COMMANDS.get(name):
        say_renamed(f"the command {name}", current)
        return [current, *rest]
    return list(arguments)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints end as all other errors do, as JSON where JSON was asked for."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    program = "workbench" if Path(sys.argv[0]).stem == "workbench" else "python -m core"
    parser = _Parser(
        prog=program,
        usage=f"{program} COMMAND …",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"{program} COMMAND --help says more of each.",
    )
    add, summaries = adder(parser, "COMMAND", listed=False), {}

    def add_listed(name: str, command, summary: str, **options) -> argparse.ArgumentParser:
        summaries[name] = summary
        return add(name, command, summary, **options)

    for module in (app, datasets, recipes, architectures, networks, weights, probe, settings, training_time):
        module.add_commands(add_listed)
    for module in (runs, queue, lifecycle, errors, compare, explain, sweep, predict, export, project, concepts, engine):
        module.add_commands(add_listed)
    parser.description = _overview(summaries)
    return parser


def _overview(summaries: Mapping[str, str]) -> str:
    """All commands by group, each with the first sentence of what it does."""
    lines = ["From a folder of images to an evaluated classifier."]
    for title, names in GROUPS.items():
        lines += ["", f"{title}:"]
        for name in names:
            sentence = re.split(r"(?<=[.?]) ", summaries[name])[0]
            lines += textwrap.wrap(sentence, 96, initial_indent=f"  {name:15}", subsequent_indent=" " * 17)
    return "\n".join(lines)
