"""Runs side by side: what differs in their settings, what they reached, what they cost, and which is better."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from core.architectures.registry import ARCHITECTURES
from core.augmentation.recipe import in_words as recipe_in_words
from core.augmentation.recipe import read_recipe
from core.datasets.content import images_version
from core.datasets.pixel_scale import reading_in_words
from core.errors import UsageError, WorkbenchError
from core.evaluation.changes import by_later_labels
from core.evaluation.comparison import Evaluated, Pair, compare_with, right, settings_that_differ
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.confusion_scores import Counts, macro_f1
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.probability_scores import log_loss
from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.cost import cost_of
from core.runs.evaluation_state import evaluation_state_of
from core.runs.labels import read_labels
from core.runs.lineage import parent_run
from core.runs.record import Run
from core.runs.settings import PARAMETERS, current_name

MOST_RUNS = 26  # each is called by a letter
# A name is not to become a list of settings.
SETTINGS_IN_NAME = 2
# Of what is no setting, but chosen as well.
TITLES = {"reading": "Pixels"}


def trained_on(run: Run) -> tuple:
    """What two runs have to agree in to be comparable, as far as it can be told without a look at their answers."""
    settings = run.settings
    what = run.learned_from() or images_version(run.record.dataset_version)
    return settings.dataset, what, settings.split_seed, settings.fold


def told_of(run: Run) -> dict[str, Any]:
    """The settings of a run, and the scale of deep pixels that it was trained by, as something people chose as well."""
    return run.settings.to_dict() | {"reading": reading_in_words(run.reading) or None}


def setting_title(name: str) -> str:
    """What people call a setting."""
    name = current_name(name)
    return PARAMETERS[name].title if name in PARAMETERS else TITLES.get(name, name)


def setting_value(name: str, value: Any) -> str:
    """A setting's value as people read it; "" where there is none."""
    if value is None:
        return "the dataset's own" if name in ("split_seed", "fold") else ""
    if name == "augmentation":
        return recipe_in_words(read_recipe(value))
    if name == "architecture" and value in ARCHITECTURES:
        return ARCHITECTURES[value].title
    if name == "network":
        return f"{len(value.get('blocks', ()))} blocks of one's own"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def values_in_words(values: Mapping[str, Any]) -> str:
    """Several settings in a line, such as "learning rate 0.01, dropout 0.2"."""
    return ", ".join(f"{setting_title(name).lower()} {setting_value(name, value)}" for name, value in values.items())


def names_of(runs: Sequence[Run]) -> list[str]:
    """A name for each run that no other of them has: its own, else its network and what sets it apart.

    Where settings do not tell two runs apart, the time they were started does.
    """
    own = [read_labels(run).name for run in runs]
    names = [name or run.settings.design.title for name, run in zip(own, runs, strict=True)]
    for title in [name for name, count in Counter(names).items() if count > 1]:
        alike = [index for index, name in enumerate(names) if name == title]
        differing = settings_that_differ([told_of(runs[index]) for index in alike])
        differing = {name: values for name, values in differing.items() if name != "network"}
        for place, index in enumerate(alike):
            parts = [
                f"{setting_title(name).lower()} {setting_value(name, values[place])}"
                for name, values in list(differing.items())[:SETTINGS_IN_NAME]
                if values[place] not in (None, "", [])
            ]
            names[index] = ", ".join([title, *parts])
    repeated = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}, {_clock(run)}" if name in repeated else name for name, run in zip(names, runs, strict=True)]


def letter(index: int) -> str:
    """What the run of this place in a list is called for short: A, B and so on."""
    return ascii_uppercase[index]


def evaluated(run: Run, name: str, predictions: Predictions) -> Evaluated:
    """What `core.evaluation.comparison` has to know of a run, which its words will call `name`."""
    # Runs on the same images by different scales are to be compared: which is better is the question then.
    version = images_version(run.record.dataset_version)
    return Evaluated(name, run.settings.dataset, version, predictions, run.groups(predictions), run.learned_from())


def evaluated_as_it_is(run: Run) -> Evaluated:
    """The same with the run's own predictions; its id is its name.

    Raises
    ------
    WorkbenchError
        If it has none, or they can't be read; the words name the run.
    """
    try:
        return evaluated(run, run.id, run.predictions())
    except WorkbenchError as error:
        words = str(error)
        raise WorkbenchError(words if run.id in words else f"{run.id}: {words}") from error


def what_keeps_out(run: Run, split: str, read: Callable[[Run], Evaluated] = evaluated_as_it_is) -> str:
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


def evaluate_all(
    runs: Sequence[Run], read: Callable[[Run], Evaluated] = evaluated_as_it_is
) -> tuple[list[Evaluated], str]:
    """What a comparison has to know of runs, each called by its letter.

    Two runs of which one was trained again after the other's labels had been put right are evaluated by the images that
    both were evaluated by, with the labels of the later one: what differs between them is meant to.

    Parameters
    ----------
    read
        Gives what is to be known of a run; for those who keep it at hand.

    Returns
    -------
    entries : list of Evaluated
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


def by_corrected_labels(runs: Sequence[Run], entries: Sequence[Evaluated]) -> tuple[list[Evaluated], str]:
    """Two runs made comparable where one was trained again after the other's labels had been put right.

    Returns
    -------
    entries, remark
        As `evaluate_all` gives them; the entries are as they came where no labels lie between the two.
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


def compare_runs(
    runs: Sequence[Run], split: str = "test", entries: Sequence[Evaluated] | None = None, remark: str = ""
) -> dict[str, Any]:
    """Put runs side by side: what page and command line show.

    Parameters
    ----------
    runs
        At least two, none twice.
    split
        "test", "validation" or "train".
    entries, remark
        As `evaluate_all` gives them; for those who have them at hand.

    Returns
    -------
    dict
        JSON-ready. "split"; "best": the id of the run that is right most often; "answer": which is better and whether
        that could be chance, in a sentence; "others": how the best stands with those behind the second; "remark";
        "provisional": as the function of this name gives it;
        "runs": of each its "run" (id), "letter" (what all words call it), "name", "star", "notes", "untrained", "n",
        "accuracy", "accuracy_ci95", "log_loss", "macro_f1", "seconds", "parameters" and "bytes_on_disk"; "settings":
        by name, the values of those that are not the same in all; and "pairs": the best beside each other one, as
        `core.evaluation.comparison.Pair.to_dict` gives them, with both ids.

    Raises
    ------
    UsageError
        If there are too few or too many runs, or one is named twice.
    WorkbenchError
        If a run has no predictions of that split.
    """
    if len({run.id for run in runs}) < len(runs):
        raise UsageError("A run can't be compared with itself. Name each run once.")
    if not 2 <= len(runs) <= MOST_RUNS:
        raise UsageError(f"Name from 2 to {MOST_RUNS} runs to compare. Got {len(runs)}.")
    if entries is None:
        entries, remark = evaluate_all(runs)
    names = names_of(runs)
    rows = [_row(*triple, split) for triple in zip(runs, entries, names, strict=True)]
    best = max(range(len(rows)), key=lambda index: rows[index]["accuracy"])
    others = [index for index in range(len(rows)) if index != best]
    pairs = compare_with(entries[best], [entries[index] for index in others], split)
    answer, rest = _answer(rows, best, dict(zip(others, pairs, strict=True)), split)
    ids = [{"first_run": runs[best].id, "second_run": runs[index].id} for index in others]
    return {
        "split": split,
        "best": runs[best].id,
        "answer": answer,
        "others": rest,
        "remark": remark,
        "provisional": provisional(runs),
        "runs": rows,
        "settings": settings_that_differ([told_of(run) for run in runs]),
        "pairs": [run_ids | pair.to_dict() for run_ids, pair in zip(ids, pairs, strict=True)],
    }


def provisional(runs: Sequence[Run]) -> list[str]:
    """For each run that is unfinished, or has better weights than those evaluated, its letter and what to know."""
    evaluation_states = [evaluation_state_of(run) for run in runs]
    return [f"{letter(index)}: {each.words()}" for index, each in enumerate(evaluation_states) if each.provisional]


def _answer(rows: Sequence[Mapping[str, Any]], best: int, pairs: Mapping[int, Pair], split: str) -> tuple[str, str]:
    """Which is better, and whether that could be chance, in a sentence; and how it stands with the others."""
    n, name = rows[best]["n"], f"{letter(best)} ({rows[best]['name']})"
    reached = f"{percent(rows[best]['accuracy'], n)} of {n:,} {SPLIT_WORDS[split]} images"
    beside = {index: pair for index, pair in pairs.items() if not pair.why_not}
    if not beside:
        return f"{name} is right most often, on {reached}, but none of the others can be compared with it.", ""
    following = max(beside, key=lambda index: rows[index]["accuracy"])
    its = f"{letter(following)} ({rows[following]['name']})"
    if rows[following]["accuracy"] == rows[best]["accuracy"]:
        text = f"{name} and {its} are right equally often, each on {reached}: neither is better."
    elif beside[following].proven:
        text = f"{name} is better than {its}, by more than chance: it is right on {reached}, {letter(following)} on "
        text += f"{percent(rows[following]['accuracy'], n)}."
    else:
        text = f"{name} is right most often, on {reached}, but its lead over {its}, which is right on "
        text += f"{percent(rows[following]['accuracy'], n)}, could be chance."
    worse = [index for index, pair in beside.items() if index != following and pair.proven]
    return text, _of_the_rest(letter(best), worse, [index for index in beside if index != following])


def _of_the_rest(best: str, worse: Sequence[int], rest: Sequence[int]) -> str:
    """How the best stands with those behind the second, of which some are proven to be worse; "" without any."""
    if not rest:
        return ""
    whole = f"the other {len(rest)}" if len(rest) > 1 else letter(rest[0])
    if not worse:
        return f"{whole[0].upper()}{whole[1:]} could be as good, too."
    if len(worse) == len(rest):
        return f"{best} is also better than {whole}, by more than chance."
    *most, last = map(letter, worse)
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"Of the other {len(rest)}, {best} is better than {listed} by more than chance."


def _row(run: Run, entry: Evaluated, name: str, split: str) -> dict[str, Any]:
    rows, labels = entry.predictions.of(split), read_labels(run)
    if not len(rows):
        raise UsageError(f"The run {run.id} has no {split} images to be compared by.")
    count, n, hits = len(rows.class_names), len(rows), int(right(rows).sum())
    cost = cost_of(run, count)
    matrix = confusion_matrix(rows.true, rows.predicted, count)
    return {
        "run": run.id,
        "letter": entry.name,
        "name": name,
        "star": labels.star,
        "notes": labels.notes,
        "untrained": run.settings.untrained,
        "n": n,
        "accuracy": hits / n,
        "accuracy_ci95": list(wilson(hits, n)),
        "log_loss": log_loss(rows.true, rows.probabilities),
        "macro_f1": float(macro_f1(Counts.of(matrix))),
        "seconds": cost.seconds,
        "parameters": cost.parameters,
        "bytes_on_disk": cost.bytes_on_disk,
    }


def _clock(run: Run) -> str:
    """When a run was started, by its id, with the number of those that were started in the same second."""
    number = run.id.rpartition(run.settings.architecture)[2]
    return f"{run.id[9:11]}:{run.id[11:13]}:{run.id[13:15]}{number}"
