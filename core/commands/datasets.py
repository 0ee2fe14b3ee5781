"""Commands about datasets: bring, check, divide, edit."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.commands.output import DONE, Result, progress_line, table
from core.datasets.cards import Card, load_cards
from core.datasets.checkup import accept_finding, apply_remedy, check
from core.datasets.creation import create_from_card, create_from_path
from core.datasets.editing import FULL, USED, exclude, include, order_classes, relabel, rename_class, set_scale
from core.datasets.edits import Edit
from core.datasets.export.layouts import LAYOUTS, SPLIT_FOLDERS
from core.datasets.export.writing import export_dataset
from core.datasets.findings.finding import Finding
from core.datasets.findings.lost_classes import lost_in_words
from core.datasets.findings.pixel_depth import COMMANDS, UNKNOWN
from core.datasets.importing import ensure_dataset, import_now, read_by_another_scale
from core.datasets.pixel_scale import ranges_shown, scale_in_words
from core.datasets.samples import SAMPLES
from core.datasets.sources.choices import FILE_NAMES, FOLDERS, LEAVE_OUT, NO_COLUMN, Choices, choices_of
from core.datasets.store import Dataset, list_datasets
from core.errors import UsageError
from core.workspace import Workspace

PATHS_SHOWN = 3
LEFT_OUT_SHOWN = 20


def add_commands(add) -> None:
    """Add the commands; `add(name, command, summary, **options)` gives the parser of a new one."""
    listing = add("datasets", _datasets, "List the datasets, the drawn samples included; or export one.")
    _add_export(listing)
    importing = add(
        "import",
        _import,
        "Bring in a folder of class folders, a zip of one, or a table of paths and labels. Brought in again, what "
        "changed in it is read.",
    )
    importing.add_argument("path", metavar="PATH", type=Path)
    importing.add_argument("--name", default="", help="how to call it (default: the folder's name)")
    cards = list(load_cards())
    importing.add_argument("--card", default="", choices=cards, help="the public dataset that it is")
    _add_choices(importing)
    downloading = add(
        "download", _download, "Download a public dataset, or list those there are. Goes on where it broke off."
    )
    downloading.add_argument("card", metavar="CARD", nargs="?", choices=cards, help=", ".join(cards))
    checking = add("check", _check, "Say what is wrong with a dataset, and which images show it.")
    checking.add_argument("dataset", metavar="DATASET")
    _add_split(add)
    _add_edit(add)


def _add_export(listing: argparse.ArgumentParser) -> None:
    summary = "Write a dataset as it is by now, with its edits, into a new folder. Excluded images are left out."
    actions = listing.add_subparsers(metavar="ACTION")
    exporting = actions.add_parser("export", help=summary, description=summary, allow_abbrev=False)
    exporting.add_argument("--json", action="store_true", help="one JSON document on stdout")
    exporting.set_defaults(command=_export)
    exporting.add_argument("dataset", metavar="NAME")
    layouts = "; ".join(f"{name}: {meaning}" for name, meaning in LAYOUTS.items())
    exporting.add_argument("--layout", default=SPLIT_FOLDERS, choices=list(LAYOUTS), help=layouts)
    exporting.add_argument("--to", required=True, type=Path, metavar="PATH", help="the folder, which must not exist")


def _add_choices(importing: argparse.ArgumentParser) -> None:
    """The options that say how images are to be read in, where that can't be told or was told wrongly."""
    importing.add_argument(
        "--labels-from",
        default="",
        metavar="WHAT",
        help=f"'{FOLDERS}', '{FILE_NAMES}' (of the files), or the path of a table within the folder",
    )
    for column in ("path", "split", "group"):
        importing.add_argument(
            f"--{column}-column",
            default="",
            metavar="C",
            help=f"of a table: which column is the {column}"
            + ("" if column == "path" else f", {NO_COLUMN!r} for none"),
        )
    importing.add_argument(
        "--label-column",
        action="append",
        default=[],
        metavar="C",
        dest="label_columns",
        help="of a table: which column is the label; given several times, columns that each hold 1 for a class",
    )
    importing.add_argument(
        "--level", type=int, default=0, help="which of nested folders is the class, 1 the outermost, -1 the innermost"
    )
    importing.add_argument(
        "--several-labels", default="", choices=("", LEAVE_OUT), help="what to do with images of several labels"
    )


def _add_split(add) -> None:
    splitting = add(
        "split", _split, "Divide a dataset into training, validation and test; without options, show how it is."
    )
    splitting.add_argument("dataset", metavar="DATASET")
    shares = "below 1 a share of the images, from 1 a number of them"
    splitting.add_argument("--validation", type=float, help=shares)
    splitting.add_argument("--test", type=float, help=shares)
    splitting.add_argument("--seed", type=int, help="another number draws another split")
    splitting.add_argument(
        "--group-by",
        metavar="RULE",
        help="what to keep on one side: '' nothing, 'folder', 'column', 'camera' or 'moment' (as cameras wrote them "
        "into JPEG files), or a file name such as '{group}_*', "
        "'patient_{group}/*' or 'img_{group}_* or img_{group}.*'",
    )
    splitting.add_argument(
        "--near-duplicates",
        choices=("together", "apart"),
        help="whether pictures that look alike are kept on one side (default: together)",
    )
    splitting.add_argument("--folds", type=int, metavar="K", help="divide into K parts of which one tests; 0 for none")
    splitting.add_argument("--fold", type=int, metavar="I", help="which of them tests, 1 to K")


def _add_edit(add) -> None:
    editing = add("edit", _log, "Change labels, leave images out, undo. The image files stay as they are.")
    editing.add_argument("dataset", metavar="DATASET")
    actions = editing.add_subparsers(required=True, metavar="ACTION", dest="action")

    def action(name: str, change, summary: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        added.add_argument("--json", action="store_true", help="one JSON document on stdout")
        added.set_defaults(command=_edit, change=change)
        return added

    changing = action(
        "relabel", lambda dataset, options: relabel(dataset, options.paths, options.label), "Give a label."
    )
    changing.add_argument("label", metavar="LABEL")
    changing.add_argument("paths", metavar="PATH", nargs="+")
    excluding = action(
        "exclude", lambda dataset, options: exclude(dataset, options.paths, options.why), "Leave images out."
    )
    excluding.add_argument("paths", metavar="PATH", nargs="+")
    excluding.add_argument("--why", default="")
    including = action("include", lambda dataset, options: include(dataset, options.paths), "Put images back.")
    including.add_argument("paths", metavar="PATH", nargs="+")
    fixing = action("fix", lambda dataset, options: apply_remedy(dataset, options.finding), "Do what a finding offers.")
    fixing.add_argument("finding", metavar="FINDING", help="a finding's name, as 'check' gives it")
    accepting = action(
        "accept",
        lambda dataset, options: accept_finding(dataset, options.finding),
        "Say that its images are all right.",
    )
    accepting.add_argument("finding", metavar="FINDING")
    renaming = action(
        "rename", lambda dataset, options: rename_class(dataset, options.old, options.new), "Call a class otherwise."
    )
    renaming.add_argument("old", metavar="OLD")
    renaming.add_argument("new", metavar="NEW")
    ordering = action("order", lambda dataset, options: order_classes(dataset, options.names), "Put classes in order.")
    ordering.add_argument("names", metavar="CLASS", nargs="+")
    _add_scale(action)
    undoing = action("undo", lambda dataset, options: dataset.edits.undo(options.id), "Take an edit back.")
    undoing.add_argument("id", metavar="ID", nargs="?", type=int, help="which one (default: the last)")
    listing = actions.add_parser("log", help="The edits that stand.", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _add_scale(action) -> None:
    scaling = action(
        "reading",
        lambda dataset, options: set_scale(dataset, _ranges(options.range or []), options.bands or ()),
        "Show deep pixels by another scale, or other bands of many: in all pictures, in training and everywhere.",
    )
    scaling.add_argument(
        "--range",
        nargs="+",
        action="append",
        metavar=("KIND", "VALUE"),
        help=f"a kind of pixels as 'check' names it, and the value shown black and the one shown white, or {USED!r} "
        f"for the range that the images use, or {FULL!r} for that of the type; for example: --range uint16 0 4095",
    )
    scaling.add_argument(
        "--bands", nargs="+", type=int, metavar="BAND", help="counted from 1: one, or those for red, green and blue"
    )


def _ranges(given: Sequence[Sequence[str]]) -> dict[str, str | list[float]]:
    """By kind of pixels, black and white as numbers, or the word that says how to choose them."""
    ranges: dict[str, str | list[float]] = {}
    for kind, *values in given:
        if len(values) == 1 and values[0] in (USED, FULL):
            ranges[kind] = values[0]
            continue
        try:
            black, white = map(float, values)
        except ValueError:
            raise UsageError(
                "--range takes a kind of pixels and two numbers, the value shown black and the one shown white, or "
                f"{USED!r}, or {FULL!r}. Got: {' '.join((kind, *values))}."
            ) from None
        ranges[kind] = [black, white]
    return ranges


def _datasets(workspace: Workspace, options: argparse.Namespace) -> Result:
    found = {dataset.name: dataset.summary() for dataset in list_datasets(workspace)}
    for name, sample in SAMPLES.items():
        classes = list(sample.class_names)
        count = len(classes) * sample.images_per_class
        not_yet = {"name": name, "title": sample.title, "drawn": True, "kind": "sample", "state": "not drawn yet"}
        found.setdefault(name, not_yet | {"images": count, "classes": classes})
    rows = [
        [entry["name"], f"{entry['images']:,}", _unlabelled(entry), str(len(entry["classes"])), _origin(entry)]
        for entry in found.values()
    ]
    rows = [[*row, entry["state"]] for row, entry in zip(rows, found.values(), strict=True)]
    return list(found.values()), table(["dataset", "images", "unlabelled", "classes", "origin", "state"], rows), DONE


def _export(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    remarks = export_dataset(dataset, options.to, options.layout, progress_line)
    document = {"dataset": dataset.name, "version": dataset.content.version, "layout": options.layout}
    document |= {"to": str(options.to), "remarks": remarks}
    lines = [f"{dataset.name}: written to {options.to}, {LAYOUTS[options.layout]}"]
    return document, "\n".join([*lines, *(f"note: {remark}" for remark in remarks)]), DONE


def _unlabelled(entry: dict[str, Any]) -> str:
    return f"{entry['unlabelled']:,}" if entry.get("unlabelled") else ""


def _origin(entry: dict[str, Any]) -> str:
    return "drawn by the program, no photographs" if entry["drawn"] else entry["kind"]


def _import(workspace: Workspace, options: argparse.Namespace) -> Result:
    choices = Choices.from_dict(vars(options))
    dataset = create_from_path(workspace, options.path, options.name, options.card, choices)
    before = dataset.info.origin
    import_now(dataset, progress_line)
    document, text, code = _imported(dataset)
    if before not in ("", dataset.info.origin):
        text = f"{text}\nread otherwise than before: {before}"
    return document, text, code


def _imported(dataset: Dataset) -> Result:
    summary = dataset.summary()
    origin = f", {dataset.info.origin}" if dataset.info.origin else ""
    lines = [f"{summary['name']}: {_images_text(summary)}{origin}", _counts_text(dataset)]
    lines += [f"warning: {warning}" for warning in summary["warnings"]]
    lines += [f"warning: {sentence}" for sentence in lost_in_words(dataset.content.manifest)]
    left_out = summary["unreadable"]
    lines += [f"left out: {entry['path']} {entry['problem']}" for entry in left_out[:LEFT_OUT_SHOWN]]
    if len(left_out) > LEFT_OUT_SHOWN:
        lines.append(f"left out: {len(left_out) - LEFT_OUT_SHOWN:,} more (all with --json)")
    if ranges := ranges_shown(dataset.content.table, dataset.content.reading):
        lines.append(f"pixels: {scale_in_words(ranges)} (edit {summary['name']} reading, to change that)")
    lines.append(f"check-up: {check(dataset).verdict}")
    return summary, "\n".join(lines), DONE


def _images_text(summary: dict[str, Any]) -> str:
    """How many images there are, those without a label apart."""
    unlabelled = f" and {summary['unlabelled']:,} without a label" if summary["unlabelled"] else ""
    return f"{summary['images']:,} images{unlabelled}"


def _counts_text(dataset: Dataset) -> str:
    counts = dataset.content.counts
    rows = [[name, *(f"{counts.at[name, part]:,}" for part in counts.columns)] for name in counts.index]
    return table(["class", *counts.columns], rows)


def _download(workspace: Workspace, options: argparse.Namespace) -> Result:
    if options.card is None:
        cards = [_card_facts(card) for card in load_cards().values()]
        sizes = [f"{card['megabytes']:,} MB" if card["download"] else "by hand" for card in cards]
        rows = [
            [card["card"], card["title"], f"{card['images']:,}", size] for card, size in zip(cards, sizes, strict=True)
        ]
        return cards, table(["card", "dataset", "images", "download"], rows), DONE
    dataset = create_from_card(workspace, options.card)
    import_now(dataset, progress_line)
    return _imported(dataset)


def _card_facts(card: Card) -> dict[str, Any]:
    megabytes = round(sum(file.remote.size_bytes for file in card.files) / 1e6)
    facts = {"card": card.name, "title": card.title, "images": sum(card.classes.values())}
    return facts | {"download": bool(card.files), "megabytes": megabytes, "by_hand": list(card.by_hand)}


def _check(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    checkup = check(dataset)
    facts = {"dataset": dataset.name, "version": dataset.content.version, "images": len(dataset.images)}
    facts |= {"unlabelled": len(dataset.content.unlabelled)}
    lines = [f"{dataset.info.title}: {_images_text(facts)}, {checkup.verdict}"]
    for finding in checkup.findings:
        lines += ["", f"{finding.severity}: {finding.title} ({finding.kind})"]
        pictures = _noted(finding) if finding.notes else [", ".join(_shown(finding.paths))]
        lines += [f"  {text}" for text in (finding.why, *pictures) if text]
        if finding.remedy:
            lines.append(f"  remedy: {finding.remedy} (edit {dataset.name} fix {finding.kind})")
        if finding.kind in COMMANDS:
            lines.append(f"  to change it: edit {dataset.name} {COMMANDS[finding.kind]}")
        if finding.kind == UNKNOWN:
            lines.append(f"  remedy: Read them in again ({_reading_in_again(dataset)})")
    return facts | checkup.to_dict(), "\n".join(lines), DONE


def _reading_in_again(dataset: Dataset) -> str:
    """The command that brings a dataset in again from where it came."""
    request = dataset.request
    if "card" in request:
        return f"download {request['card']}"
    if "source" not in request or request.get("delete_source"):
        return "by the button on the page Dataset"
    options = shlex.split(choices_of(request).to_options())
    return shlex.join(["import", request["source"], "--name", dataset.name, *options])


def _noted(finding: Finding) -> list[str]:
    """The first sets, each with what is said of it."""
    pairs = zip(finding.sets[:PATHS_SHOWN], finding.notes, strict=False)
    more = len(finding.sets) - PATHS_SHOWN
    lines = [f"{' and '.join(paths)}: {note}" for paths, note in pairs]
    return [*lines, *([f"and {more:,} more"] if more > 0 else [])]


def _shown(paths: tuple[str, ...]) -> list[str]:
    more = len(paths) - PATHS_SHOWN
    return [*paths[:PATHS_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]


def _split(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    changed = {name: getattr(options, name) for name in ("validation", "test", "seed", "group_by", "folds", "fold")}
    changed = {name: value for name, value in changed.items() if value is not None}
    if options.near_duplicates is not None:
        changed["near_duplicates_together"] = options.near_duplicates == "together"
    if changed:
        dataset.set_split(replace(dataset.split_settings, **changed))
    summary = dataset.summary()
    document = {"dataset": dataset.name, "version": summary["version"]}
    document |= {"settings": dataset.split_settings.to_dict(), "counts": summary["counts"]}
    text = _counts_text(dataset)
    if group_by := dataset.split_settings.group_by:
        grouping = dataset.content.grouping(dataset.images, group_by)
        document["groups"] = grouping.to_dict()
        text += f"\nkept on one side by {group_by}: {grouping.in_words()}"
    return document, text, DONE


def _edit(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    edit = options.change(dataset, options)
    if dataset.is_read_otherwise:
        read_by_another_scale(dataset, progress_line)
    content = dataset.content
    document = {"dataset": dataset.name, "edit": _edit_facts(edit), "version": content.version}
    document |= {"images": len(content.images), "unlabelled": len(content.unlabelled)}
    document |= {"excluded": len(content.excluded)}
    document |= {"reading": content.reading.to_dict()}
    words = f"undone: {edit.in_words()}" if options.action == "undo" else edit.in_words()
    return document, f"{edit.id}: {words}", DONE


def _log(workspace: Workspace, options: argparse.Namespace) -> Result:
    edits = ensure_dataset(workspace, options.dataset, progress_line).edits.standing()
    rows = [[str(edit.id), edit.in_words()] for edit in edits]
    return [_edit_facts(edit) for edit in edits], table(["id", "edit"], rows), DONE


def _edit_facts(edit: Edit) -> dict[str, Any]:
    return {"id": edit.id, "action": edit.action, "in_words": edit.in_words(), "paths": list(edit.images)}
