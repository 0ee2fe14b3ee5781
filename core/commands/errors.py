"""The command that lists the images to look at first: wrong, unsure, mislabelled, unlike the others."""

import argparse
from collections.abc import Sequence
from typing import Any, TypeVar

from core.commands.output import DONE, Result, progress_line, table
from core.commands.runs import evaluated
from core.errors import UsageError, WorkbenchError
from core.evaluation.errors import (
    DistantImage,
    DistantImageList,
    LabelIssue,
    LabelIssueList,
    answered_images,
    confidently_wrong,
    least_sure,
)
from core.evaluation.predictions import SPLITS
from core.jobs.inference_client import InferenceClient
from core.runs.record import Run, find_run
from core.workspace import Workspace

ALL = "all"
SHOWN = 10
ListedImage = TypeVar("ListedImage", LabelIssue, DistantImage)


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    listing = add(
        "errors",
        _errors,
        "List the images to look at first: the most confidently wrong, the least sure, label issues (whose label is "
        "probably wrong), and those out of distribution (unlike anything it was trained on).",
    )
    listing.add_argument("run", metavar="RUN", help="a run's id, how it begins, or its name")
    listing.add_argument(
        "--split",
        choices=(*SPLITS, ALL),
        help="of which images; by default wrong and unsure ones are of the test images, the others of all",
    )
    listing.add_argument("--limit", metavar="N", help=f"of each list; all with --json, else {SHOWN}")


def _errors(workspace: Workspace, options: argparse.Namespace) -> Result:
    run, limit = find_run(workspace, options.run), _limit(options)
    predictions = run.predictions()
    shown = predictions if options.split == ALL else predictions.of(options.split or "test")
    document: dict[str, Any] = {"run": run.id, "untrained": run.settings.untrained, "split": options.split or "test"}
    document |= {"n": len(shown), "judged": evaluated(run)}
    wrong, unsure = confidently_wrong(shown), least_sure(shown)
    document["counts"] = {"confidently_wrong": len(wrong), "least_sure": len(unsure)}
    for name, rows in (("confidently_wrong", wrong), ("least_sure", unsure)):
        document[name] = [image.to_dict() for image in answered_images(shown, rows[:limit])]
    by_features, counts = _by_features(workspace, run, options.split or ALL, limit)
    document["counts"] |= counts
    document |= by_features
    return document, _text(document), DONE


def _limit(options: argparse.Namespace) -> int | None:
    if options.limit is None:
        return None if options.json else SHOWN
    if not (options.limit.isascii() and options.limit.isdecimal()) or int(options.limit) < 1:
        raise UsageError(f"--limit must be a whole number from 1. Got {options.limit!r}.")
    return int(options.limit)


def _by_features(
    workspace: Workspace, run: Run, split: str, limit: int | None
) -> tuple[dict[str, Any], dict[str, int]]:
    """The lists that need features, where there are none, why not; and how many images are conspicuous."""
    client = InferenceClient()
    try:
        place = {"run": str(run.folder), "machine": str(workspace.machine)}
        issues: LabelIssueList = client.ask("label_issues", on_progress=progress_line, **place)
        distant: DistantImageList = client.ask("out_of_distribution", on_progress=progress_line, **place)
    except WorkbenchError as error:
        return {"probably_mislabelled": None, "unlike_training": None, "features": None, "remark": str(error)}, {}
    finally:
        client.close()
    mislabelled, unlike = _of_part(issues.images, split), _of_part(distant.images, split)
    counts = {"probably_mislabelled": sum(image.suspected for image in mislabelled)}
    counts["unlike_training"] = sum(image.unlike for image in unlike)
    lists = {
        "probably_mislabelled": [image.to_dict() for image in mislabelled[:limit]],
        "unlike_training": [image.to_dict() for image in unlike[:limit]],
    }
    return lists | {"features": issues.origin, "remark": issues.caution}, counts


def _of_part(images: Sequence[ListedImage], split: str) -> list[ListedImage]:
    return [image for image in images if split in (ALL, image.split)]


def _text(document: dict[str, Any]) -> str:
    sure = [
        [row["path"], row["true"], row["predicted"], f"{row['probability']:.0%}"]
        for row in document["confidently_wrong"]
    ]
    unsure = [
        [row["path"], row["true"], f"{row['predicted']} {row['probability']:.0%}", row["next"]]
        for row in document["least_sure"]
    ]
    none = ["No image is taken for another.", "It hesitates over no image."]
    if not document["n"]:
        none = ["There is no image of that part of the split."] * 2
    counts = document["counts"]
    wrong, hesitating = counts["confidently_wrong"], counts["least_sure"]
    parts = [
        _part("The most confidently wrong", wrong, ["image", "is", "taken for", "sure"], sure, none[0]),
        _part("The least sure", hesitating, ["image", "is", "taken for", "rather than"], unsure, none[1]),
    ]
    if words := document["judged"]["words"]:
        parts.insert(0, words)
    if document["probably_mislabelled"] is None:
        return "\n\n".join([*parts, f"Wrong labels and unlike images can't be told: {document['remark']}"])
    faults = [
        [row["path"], row["label"], f"{row['likely']} {row['likely_probability']:.0%}"]
        for row in document["probably_mislabelled"]
        if row["suspected"]
    ]
    strange = [
        [row["path"], row["split"], f"farther away than {_percent_below(row['farther_than'])} of the training images"]
        for row in document["unlike_training"]
        if row["unlike"]
    ]
    parts += [
        _part(
            "Probably mislabelled",
            counts["probably_mislabelled"],
            ["image", "label", "rather"],
            faults,
            "No label looks wrong.",
        ),
        _part(
            "Unlike anything in training",
            counts["unlike_training"],
            ["image", "part", ""],
            strange,
            "No image is far from the training images.",
        ),
    ]
    return "\n\n".join(parts + [f"By {document['features']}."] + [words for words in [document["remark"]] if words])


def _part(title: str, count: int, header: list[str], rows: list[list[str]], empty: str) -> str:
    """A list under its title, which says where the list is cut how many there are."""
    if not rows:
        return f"{title}: {empty}"
    cut = f" ({len(rows):,} of {count:,}; --limit shows more)" if len(rows) < count else ""
    return f"{title}{cut}:\n{table(header, rows)}"


def _percent_below(share: float) -> str:
    """Such as "99.5%"; "all" only where it is all, whatever rounding says."""
    return "all" if share == 1 else f"{min(share, 0.999):.1%}"
