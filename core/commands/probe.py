"""The command that runs a linear probe: what frozen backbones would give, before a long run."""

import argparse

from core.advice.architecture_advice import Advice, advice_for
from core.advice.baselines import baselines
from core.advice.linear_probe import DEFAULT_SECONDS, SECONDS, Candidate, start_probe
from core.commands.output import DONE, FAILED, Result, progress_line, table
from core.datasets.importing import ensure_dataset
from core.errors import WorkbenchError
from core.evaluation.words import percent
from core.runs.lifecycle import wait
from core.workspace import Workspace


def add_commands(add) -> None:
    """Add the command; `add(name, command, summary, **options)` gives its parser."""
    probing = add(
        "probe",
        _probe,
        "Linear probe: measure in seconds, on a sample, what the features of each backbone at hand give against plain "
        "baselines. Which way to train follows from that and from how many images there are.",
    )
    probing.add_argument("dataset", metavar="DATASET")
    limits = f"{SECONDS.minimum:g} to {SECONDS.maximum:g}; default {DEFAULT_SECONDS:g}"
    probing.add_argument("--seconds", default=DEFAULT_SECONDS, metavar="N", help=f"how long it may take ({limits})")


def _probe(workspace: Workspace, options: argparse.Namespace) -> Result:
    dataset = ensure_dataset(workspace, options.dataset, progress_line)
    job = start_probe(workspace, dataset, options.seconds)
    status = wait(job)
    findings = job.findings()
    if status.state == "failed" or findings is None:
        raise WorkbenchError(status.error or "The probe was stopped before anything was found.")
    advice, known = advice_for(dataset, findings), baselines(dataset)
    document = {"status": status.state, "seconds": status.seconds} | findings.to_dict()
    document |= {"advice": advice.to_dict(), "baselines": known.to_dict()}
    # By what they were called before, too.
    document["yardsticks"] = document["baselines"]
    document["advice"]["domain_similarity"] = document["advice"]["likeness"]
    rows = [_row(candidate) for candidate in findings.candidates]
    header = ["candidate", "right", "95 % interval", "took", "images a second", "features of all", ""]
    text = "\n".join([table(header, rows), findings.words(), *findings.notes, "", *_in_lines(advice), known.words()])
    return document, text, DONE if status.state == "done" else FAILED


def _in_lines(advice: Advice) -> list[str]:
    """The advice, with what to type to take it."""
    lines = [advice.headline(), advice.reasons(), advice.remark()]
    if advice.plan is not None:
        settings = " ".join(
            f"--{name} {value}" if name == "architecture" else f"--set {name}={value}"
            for name, value in advice.plan.settings.items()
        )
        lines.append(f"To take it: train with {settings}")
    return [line for line in lines if line]


def _row(candidate: Candidate) -> list[str]:
    if candidate.accuracy is None or candidate.interval is None:
        return [candidate.title, "", "", "", "", "", f"not tried: {candidate.reason}"]
    share, low, high = (percent(value, candidate.images) for value in (candidate.accuracy, *candidate.interval))
    speed = "" if candidate.images_per_second is None else f"{candidate.images_per_second:,.0f}"
    full = "" if candidate.full_seconds is None else f"{candidate.full_seconds:,.0f} s"
    return [candidate.title, share, f"{low} to {high}", f"{candidate.seconds:.1f} s", speed, full, ""]
