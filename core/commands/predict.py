"""The command that asks runs about images that nobody has labelled."""

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.commands.output import DONE, Result, progress_line, table
from core.datasets.sources.words import shown
from core.datasets.store import open_dataset
from core.errors import UsageError, WorkbenchError
from core.figures.heat import overlay
from core.files import replacing
from core.jobs.inference_client import InferenceClient
from core.prediction.answers import CONFIDENCES, PLACES, Answers, ExplainedAnswers, averaged
from core.prediction.sources import Brought, gather, of_dataset, problems_in_words
from core.prediction.submission import Template, read_template, write_submission
from core.prediction.table_files import write_tables
from core.runs.record import Run, find_run
from core.workspace import Workspace

SHOWN = 20
TOP = 2
FORMS = ("csv", "parquet", "jsonl")
HEATS_AT_ONCE = 32  # as many as are explained at a time
STRENGTH = 0.7  # of the colours where they are hottest


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    predicting = add(
        "predict",
        _predict,
        "Ask a run about new images: what each shows, how sure that is, and whether the run has ever seen the like.",
    )
    predicting.add_argument("run", metavar="RUN", help="a run's id, how it begins, or its name")
    predicting.add_argument("paths", nargs="*", metavar="PATH", help="files, folders, and archives of images")
    predicting.add_argument(
        "--and",
        dest="others",
        action="append",
        default=[],
        metavar="RUN",
        help="another run: their answers are averaged",
    )
    predicting.add_argument(
        "--unlabelled", action="store_true", help="the images without a label of the run's own dataset, and no paths"
    )
    predicting.add_argument("--top", default=TOP, metavar="K", help=f"how many of the likeliest classes; default {TOP}")
    predicting.add_argument("--csv", type=Path, metavar="FILE", help="all answers with the probability of every class")
    predicting.add_argument("--jsonl", type=Path, metavar="FILE", help="the same as JSON lines")
    predicting.add_argument("--parquet", type=Path, metavar="FILE", help="the same as Parquet")
    predicting.add_argument(
        "--template", type=Path, metavar="FILE", help="a sample submission: --csv gets its columns and its ids"
    )
    predicting.add_argument("--heat", type=Path, metavar="FOLDER", help="pictures of what speaks for each answer there")


def _predict(workspace: Workspace, options: argparse.Namespace) -> Result:
    runs = [find_run(workspace, name) for name in (options.run, *options.others)]
    top, template = _top(options.top), _template(options)
    _check_targets(options)
    if options.heat and len(runs) > 1:
        raise UsageError("--heat shows what one run looks at. Leave --and away.")
    client = InferenceClient()
    try:
        with tempfile.TemporaryDirectory() as unpacked:
            brought = _brought(runs[0], options, Path(unpacked))
            explained = [_asked(client, run, workspace, brought) for run in runs]
            each = [replace(one.answers, problems={**brought.problems, **one.answers.problems}) for one in explained]
            answers = averaged(each) if len(each) > 1 else each[0]
            if not len(answers):
                raise WorkbenchError(f"No image can be read. {problems_in_words(answers.problems)}")
            files, notes = _write(answers, template, options, top)
            if options.heat:
                _draw_heat(client, runs[0], explained[0], brought, options.heat)
                files["heat"] = str(options.heat)
    finally:
        client.close()
    document: dict[str, Any] = {"runs": [run.id for run in runs], "images": len(answers), "files": files}
    document |= {"untrained": [run.id for run in runs if run.settings.untrained], "notes": notes}
    document |= {"remarks": {run.id: list(one.remarks) for run, one in zip(runs, explained, strict=True)}}
    document |= {"problems": dict(answers.problems)}
    by_run = {run.id: own for run, own in zip(runs, each, strict=True)} if len(runs) > 1 else {}
    text = _text(answers, by_run, document, top)
    if options.json:
        document["answers"] = _rows(answers, top)
        document["by_run"] = {name: _rows(own, 1) for name, own in by_run.items()}
    return document, text, DONE


def _top(text: str | int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= len(PLACES):
        raise UsageError(f"--top must be a whole number from 1 to {len(PLACES)}. Got {text!r}.")
    return number


def _template(options: argparse.Namespace) -> Template | None:
    if options.template is None:
        return None
    if options.csv is None:
        raise UsageError("Say with --csv which file the submission is written to.")
    return read_template(options.template)


def _check_targets(options: argparse.Namespace) -> None:
    """Before hours of work, and not after them."""
    for form in FORMS:
        if (path := getattr(options, form)) is not None and path.is_dir():
            raise UsageError(f"{path} is a folder. Say with --{form} which file is to be written.")
    if options.heat is not None and options.heat.is_file():
        raise UsageError(f"{options.heat} is a file. Say with --heat which folder the pictures go to.")


def _brought(run: Run, options: argparse.Namespace, unpacked: Path) -> Brought:
    if not options.unlabelled:
        return gather(options.paths, unpacked, report=progress_line)
    if options.paths:
        raise UsageError("--unlabelled asks about the images of the run's own dataset. Leave the paths away.")
    return of_dataset(open_dataset(run.workspace, run.settings.dataset))


def _asked(client: InferenceClient, run: Run, workspace: Workspace, brought: Brought) -> ExplainedAnswers:
    """What a run says of the images."""
    files = {"paths": [str(path) for path in brought.paths], "names": list(brought.names)}
    machine = str(workspace.machine)
    return client.ask("predict", on_progress=progress_line, run=str(run.folder), machine=machine, **files)


def _write(
    answers: Answers, template: Template | None, options: argparse.Namespace, top: int
) -> tuple[dict[str, str], list[str]]:
    """Write the files that were asked for; where they are, and what one should know of them."""
    files = {form: path for form in FORMS if (path := getattr(options, form)) is not None}
    tables, notes = dict(files), []
    if template is not None:
        notes = write_submission(template, [answers], tables.pop("csv"))
    write_tables([answers], tables, top)
    return {form: str(path) for form, path in files.items()}, notes


def _draw_heat(client: InferenceClient, run: Run, explained: ExplainedAnswers, brought: Brought, folder: Path) -> None:
    """Write each image with the places that speak for its answer, as Grad-CAM finds them, as PNG below a folder."""
    paths = dict(zip(brought.names, map(str, brought.paths), strict=True))
    names = explained.answers.names
    outputs = explained.outputs[np.arange(len(names)), explained.answers.order[:, 0]].tolist()
    for start in range(0, len(names), HEATS_AT_ONCE):
        some = slice(start, start + HEATS_AT_ONCE)
        files = [paths[name] for name in names[some]]
        heats, images = client.ask("grad_cam", run=str(run.folder), paths=files, classes=outputs[some])
        for name, image, heat in zip(names[some], images, heats, strict=True):
            with replacing(folder / f"{name.lstrip('/')}.png") as temporary:
                Image.fromarray(overlay(image, heat, STRENGTH)).save(temporary, "PNG")
        progress_line("Drawing what speaks for the answers", start + len(files), len(names))


def _rows(answers: Answers, top: int) -> list[dict[str, Any]]:
    """The table, JSON-ready."""
    found = answers.table(top)
    return found.astype(object).where(found.notna(), None).to_dict("records")


def _text(answers: Answers, by_run: Mapping[str, Answers], document: Mapping[str, Any], top: int) -> str:
    found = answers.table(top)
    titles = [title for title in PLACES if title in found]
    header, rows = ["image", *titles, *by_run, ""], []
    places = {name: {image: row for row, image in enumerate(own.names)} for name, own in by_run.items()}
    for row in found.head(SHOWN).to_dict("records"):
        cells = [_sure(row[title], row[CONFIDENCES[title]]) for title in titles]
        own = [_answer(by_run[name], places[name][row["file"]]) for name in by_run]
        rows.append([shown(row["file"]), *cells, *own, "unlike anything in training" if row["unlike"] is True else ""])
    lines = [table(header, rows)]
    if len(answers) > SHOWN:
        where = "" if document["files"] else " --csv FILE has all of them."
        lines.append(f"… and {len(answers) - SHOWN:,} more images.{where}")
    unlike = int(answers.unlike.sum())
    lines += [f"{unlike:,} of {len(answers):,} images are unlike anything in training."] if unlike else []
    lines += [f"Written: {path}" for path in document["files"].values()] + document["notes"]
    lines.append(problems_in_words(answers.problems))
    for name, said in document["remarks"].items():
        lines += [f"{name}: {sentence}" if by_run else sentence for sentence in said]
    return "\n".join(line for line in lines if line)


def _answer(answers: Answers, row: int) -> str:
    return _sure(answers.predicted[row], answers.confidence[row])


def _sure(name: str, probability: float) -> str:
    """A class and how probable it is; "100%" only where nothing else is possible, whatever rounding says."""
    return f"{name} {probability if probability == 1 else min(probability, 0.999):.1%}"
