"""Commands that put runs side by side, and name, note and star them."""

import argparse
from pathlib import Path

from core.commands.output import DONE, Result, progress_line, table
from core.evaluation.comparison import in_words
from core.evaluation.words import percent
from core.export.report.comparison_report import comparison_report
from core.export.report.document import size_in_words, write_document
from core.runs.comparison import compare_runs
from core.runs.labels import LONGEST_NAME, LONGEST_NOTES, write_labels
from core.runs.record import find_run
from core.runs.setting_words import setting_title, setting_value
from core.workspace import Workspace

RUN_HELP = "a run's id, how it begins, or its name"


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    comparing = add(
        "compare",
        _compare,
        "Which of several runs is better, and is the difference real? The best is put beside each other one.",
    )
    comparing.add_argument("runs", nargs="+", metavar="RUN", help=RUN_HELP)
    comparing.add_argument("--split", default="test", choices=("train", "validation", "test"))
    comparing.add_argument("--report", type=Path, metavar="FILE", help="write it all, with images, as an HTML file")
    labelling = add("label", _label, "Give a run a name, notes or a star.")
    labelling.add_argument("run", metavar="RUN", help=RUN_HELP)
    labelling.add_argument("--name", help=f'up to {LONGEST_NAME} letters; "" for none')
    labelling.add_argument("--notes", help=f'up to {LONGEST_NOTES:,} letters; "" for none')
    labelling.add_argument("--star", action=argparse.BooleanOptionalAction, help="to find it again")


def _compare(workspace: Workspace, options: argparse.Namespace) -> Result:
    runs = [find_run(workspace, prefix) for prefix in options.runs]
    found = compare_runs(runs, options.split)
    rows = []
    for entry in found.runs:
        low, high = (percent(end, entry.n) for end in entry.accuracy.interval)
        rows.append(
            [
                entry.letter,
                entry.name + (" (UNTRAINED weights)" if entry.untrained else ""),
                percent(entry.accuracy.value, entry.n),
                f"{low} to {high}",
                f"{entry.log_loss:.3f}",
                f"{entry.macro_f1:.3f}",
                f"{entry.seconds or 0:.0f} s",
                "" if entry.parameters is None else f"{entry.parameters:,}",
                f"{entry.bytes_on_disk / 1e6:.1f} MB",
            ]
        )
    header = ["", "run", "accuracy", "95 % interval", "log loss", "macro F1", "took", "parameters", "on disk"]
    lines = [
        *filter(None, [found.answer, found.others, found.remark]),
        *found.provisional,
        table(header, rows),
    ]
    if found.settings:
        names = [entry.letter for entry in found.runs]
        values = [
            [setting_title(name), *(setting_value(name, value) for value in values)]
            for name, values in found.settings.items()
        ]
        lines.append(table(["what differs", *names], values))
    lines += [in_words(pair) for pair in found.pairs.values()]
    document = found.to_dict()
    if options.report is not None:
        write_document(options.report, comparison_report(runs, options.split, progress_line))
        document["report"] = str(options.report)
        lines.append(f"{options.report}: {size_in_words(options.report)}")
    return document, "\n\n".join(lines), DONE


def _label(workspace: Workspace, options: argparse.Namespace) -> Result:
    run = find_run(workspace, options.run)
    given = {"name": options.name, "notes": options.notes, "star": options.star}
    labels = write_labels(run, **{key: value for key, value in given.items() if value is not None})
    document = {"run": run.id, "name": labels.name, "notes": labels.notes, "star": labels.star}
    text = f"{run.id}: {labels.name or 'no name'}{', starred' if labels.star else ''}"
    return document, "\n".join(filter(None, [text, labels.notes])), DONE
