"""The command that works out what the course's material states in numbers."""

import argparse
from typing import Any
from urllib.parse import urlencode

import numpy as np

from core.commands.output import DONE, FAILED, Result
from core.concepts.worked_example import WorkedExample, agrees
from core.concepts.worked_examples import WORKED_EXAMPLES, find_example
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    listing = add(
        "concepts", _concepts, "Work out the examples of the page Concepts, and say whether the stated answers hold."
    )
    listing.add_argument("example", nargs="*", metavar="EXAMPLE", help="names of some; by default all")


def _concepts(workspace: Workspace, options: argparse.Namespace) -> Result:
    chosen = [find_example(name) for name in options.example] or list(WORKED_EXAMPLES.values())
    document = [_entry(example) for example in chosen]
    wrong = sum(not entry["holds"] for entry in document)
    count = f"{len(document)} worked example{'s' * (len(document) != 1)}"
    verdict = f"{count}: {f'{wrong} not as stated' if wrong else 'as stated'}."
    text = "\n".join([*map(_line, document), verdict])
    return document, text, FAILED if wrong else DONE


def _entry(example: WorkedExample) -> dict[str, Any]:
    computed = example.compute()
    return {
        "name": example.name,
        "chapter": example.chapter,
        "statement": example.statement,
        "source": example.source,
        "expected": _plain(example.expected),
        "computed": _plain(computed),
        "holds": agrees(computed, example.expected, example.tolerance),
        "link": f"concepts?{urlencode({'chapter': example.chapter, **example.state})}",
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else np.asarray(value).tolist()


def _line(entry: dict[str, Any]) -> str:
    return f"{'holds' if entry['holds'] else 'WRONG':6} {entry['name']}: {entry['statement']}"
