"""Runs with their answers, made ready to be compared, also where labels were corrected between them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.datasets.content import images_version
from core.errors import WorkbenchError
from core.evaluation.changes import by_later_labels
from core.evaluation.comparable import EvaluatedRun
from core.evaluation.predictions import Predictions
from core.evaluation.words import SPLIT_WORDS
from core.runs.lineage import parent_run
from core.runs.record import Run
from core.runs.run_names import letter


def trained_on(run: Run) -> tuple:
    """What two runs have to agree in to be comparable, as far as it can be told without a look at their answers."""
    settings = run.settings
    what = run.learned_from() or images_version(run.record.dataset_version)
    return settings.dataset, what, settings.split_seed, settings.fold


def evaluated_run(run: Run, name: str, predictions: Predictions) -> EvaluatedRun:
    """What `core.evaluation.comparison` has to know of a run, which its words will call `name`."""
    # Runs on the same images by different scales are to be compared: which is better is the question then.
    version = images_version(run.record.dataset_version)
    return EvaluatedRun(name, run.settings.dataset, version, predictions, run.groups(predictions), run.learned_from())


def evaluated_as_it_is(run: Run) -> EvaluatedRun:
    """The same with the run's own predictions; its id is its name.

    Raises
    ------
    WorkbenchError
        If it has none, or they can't be read; the words name the run.
    """
    try:
        return evaluated_run(run, run.id, run.predictions())
    except WorkbenchError as error:
        words = str(error)
        raise WorkbenchError(words if run.id in words else f"{run.id}: {words}") from error


def what_keeps_out(run: Run, split: str, read: Callable[[Run], EvaluatedRun] = evaluated_as_it_is) -> str:
    """Why a run has nothing to be compared by, in words; "" where it has."""
    try:
        if len(read(run).predictions.of(split)):
            return ""
    except WorkbenchError as error:
        return str(error)
    return f"The run {run.id} has no {SPLIT_WORDS[split]} images to be compared by."


def corrected_from(new: Run, old: Run) -> bool:
    """Whether a run was trained again, once or several times, after labels of an earlier one had been put right."""
    seen: set[str] = set()
    while (before := parent_run(new)) is not None and before.id not in seen:
        if before.id == old.id:
            return True
        seen.add(before.id)
        new = before
    return False


def evaluated_runs(
    runs: Sequence[Run], read: Callable[[Run], EvaluatedRun] = evaluated_as_it_is
) -> tuple[list[EvaluatedRun], str]:
    """What a comparison has to know of runs, each called by its letter.

    Two runs of which one was trained again after the other's labels had been put right are evaluated by the images that
    both were evaluated by, with the labels of the later one: what differs between them is meant to.

    Parameters
    ----------
    read
        Gives what is to be known of a run; for those who keep it at hand.

    Returns
    -------
    entries : list of EvaluatedRun
    remark : str
        What was done to make them comparable, in words; mostly "".

    Raises
    ------
    WorkbenchError
        If a run has no predictions, or they can't be read.
    """
    entries = [replace(read(run), name=letter(index)) for index, run in enumerate(runs)]
    made, remark = by_corrected_labels(runs, entries) if len(runs) == 2 else (entries, "")
    return made, " ".join(filter(None, [remark, renamed_since(runs)]))


def renamed_since(runs: Sequence[Run]) -> str:
    """Which of these runs answer classes that are called otherwise by now, in words; "" where none does."""
    told: dict[str, list[str]] = {}
    for index, run in enumerate(runs):
        if words := run.naming().words():
            told.setdefault(words, []).append(letter(index))
    return " ".join(f"{', '.join(letters)}: {words}" for words, letters in told.items())


def by_corrected_labels(runs: Sequence[Run], entries: Sequence[EvaluatedRun]) -> tuple[list[EvaluatedRun], str]:
    """Two runs made comparable where one was trained again after the other's labels had been put right.

    Returns
    -------
    entries, remark
        As `evaluated_runs` gives them; the entries are as they came where no labels lie between the two.
    """
    for old, new in ((0, 1), (1, 0)):
        corrected = corrected_from(runs[new], runs[old]) and not entries[old].learned_from_same(entries[new])
        # Images that were read in otherwise have other classes altogether: nothing was corrected, another task was set.
        same_task = not set(entries[old].predictions.class_names).isdisjoint(entries[new].predictions.class_names)
        if corrected and same_task and not runs[old].naming().parted:
            break
    else:
        return list(entries), ""
    shared = by_later_labels(entries[old].predictions, entries[new].predictions)
    made = list(entries)
    for index, predictions in zip((old, new), shared, strict=True):
        groups = runs[index].groups(predictions)
        made[index] = replace(entries[index], version=entries[new].version, predictions=predictions, groups=groups)
    remark = (
        f"{entries[new].name} is {entries[old].name} trained again, on images that were corrected in between. Both are "
        "evaluated here by the images that both have, with the labels as they were corrected."
    )
    return made, remark
