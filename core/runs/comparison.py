"""Runs side by side: what differs in their settings, what they reached, what they cost, and which is better."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from core.architectures.registry import ARCHITECTURES
from core.augmentation.recipe import in_words as recipe_in_words
from core.augmentation.recipe import read_recipe
from core.datasets.content import images_version
from core.datasets.pixel_scale import reading_in_words
from core.errors import UsageError, WorkbenchError
from core.evaluation.changes import by_later_labels
from core.evaluation.comparable import EvaluatedRun
from core.evaluation.comparison import PairedComparison, compare_with
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.confusion_scores import Counts, macro_f1
from core.evaluation.intervals import wilson
from core.evaluation.predictions import Predictions
from core.evaluation.probability_scores import log_loss
from core.evaluation.score import Score
from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.cost import cost_of
from core.runs.evaluation_state import evaluation_state_of
from core.runs.labels import read_labels
from core.runs.lineage import parent_run
from core.runs.record import Run
from core.runs.settings import PARAMETERS, current_name

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.figures.comparison import Drawn

MOST_RUNS = 26  # each is called by a letter
# A name is not to become a list of settings.
SETTINGS_IN_NAME = 2
# Of what is no setting, but chosen as well.
TITLES = {"reading": "Pixels"}


@dataclass(frozen=True)
class ComparedRun:
    """One of several runs side by side.

    Parameters
    ----------
    run : str
        Its id.
    letter : str
        What all words of the comparison call it.
    name : str
        A name that no other of them has.
    star, notes
        See `core.runs.labels.Labels`.
    untrained : bool
        Whether its backbone is random numbers.
    n : int
        How many images it is evaluated by.
    accuracy : Score
        With Wilson's interval.
    log_loss, macro_f1 : float
        See `core.evaluation`.
    seconds, parameters, bytes_on_disk
        See `core.runs.cost.Cost`.
    """

    run: str
    letter: str
    name: str
    star: bool
    notes: str
    untrained: bool
    n: int
    accuracy: Score
    log_loss: float
    macro_f1: float
    seconds: float | None
    parameters: int | None
    bytes_on_disk: int

    @property
    def words(self) -> str:
        """Its accuracy with the interval, such as "80 % of 50 (95 % interval 70–90 %)"."""
        low, high = (percent(end, self.n) for end in (self.accuracy.low, self.accuracy.high))
        within = f"95 % interval {low.removesuffix(' %')}–{high}"
        return f"{percent(self.accuracy.value, self.n)} of {self.n:,} ({within})"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        document: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Score):
                document |= {field.name: value.value, f"{field.name}_ci95": [value.low, value.high]}
            else:
                document[field.name] = value
        return document


@dataclass(frozen=True)
class Comparison:
    """Runs side by side: which is better, and whether that could be chance.

    Parameters
    ----------
    split : {"test", "validation", "train"}
        The part that they are compared by.
    best : str
        The id of the run that is right most often.
    answer : str
        Which is better and whether that could be chance, in a sentence.
    others : str
        How the best stands with those behind the second; "" without any.
    remark : str
        What was done to make them comparable; mostly "".
    provisional : tuple of str
        For each run that is unfinished, or has better weights than those evaluated, its letter and what to know.
    runs : tuple of ComparedRun
        In the order in which they were named.
    settings : dict
        By name, the values of those that are not the same in all runs, in their order.
    pairs : dict of PairedComparison
        By the id of each other run, the best beside it.
    """

    split: str
    best: str
    answer: str
    others: str
    remark: str
    provisional: tuple[str, ...]
    runs: tuple[ComparedRun, ...]
    settings: dict[str, list[Any]]
    pairs: dict[str, PairedComparison]

    def figure(self) -> "Figure":
        """The accuracies on one axis, each with its 95 % interval, as a Plotly figure."""
        from core.figures.comparison import intervals_figure

        return intervals_figure(self.drawn(), f"right, of the {SPLIT_WORDS[self.split]} images")

    def drawn(self) -> "list[Drawn]":
        """The runs as figures want them."""
        from core.figures.comparison import Drawn

        apart = self.not_comparable
        return [
            Drawn(
                run.letter,
                run.name,
                run.accuracy.value,
                run.accuracy.low,
                run.accuracy.high,
                run.words,
                run.run in apart,
            )
            for run in self.runs
        ]

    def in_words(self) -> str:
        """The accuracies with their intervals, the best first."""
        rows = sorted(self.runs, key=lambda row: -row.accuracy.value)
        return "; ".join(f"{row.name}: {row.words}" for row in rows) + "."

    @property
    def not_comparable(self) -> dict[str, str]:
        """By the id of a run, what keeps it from being compared with the best."""
        return {run: pair.why_not for run, pair in self.pairs.items() if pair.why_not}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        pairs = [{"first_run": self.best, "second_run": run} | pair.to_dict() for run, pair in self.pairs.items()]
        return {
            "split": self.split,
            "best": self.best,
            "answer": self.answer,
            "others": self.others,
            "remark": self.remark,
            "provisional": list(self.provisional),
            "runs": [run.to_dict() for run in self.runs],
            "settings": self.settings,
            "pairs": pairs,
        }


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


def settings_that_differ(settings: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs.

    Parameters
    ----------
    settings
        Of each run, as `RunSettings.to_dict` gives them.

    Returns
    -------
    dict
        By the setting's name, its value in each run; None where a run has no such setting.
    """
    names = list(dict.fromkeys(name for values in settings for name in values))
    columns = {name: [values.get(name) for values in settings] for name in names}
    return {name: values for name, values in columns.items() if any(value != values[0] for value in values[1:])}


def letter(index: int) -> str:
    """What the run of this place in a list is called for short: A, B and so on."""
    return ascii_uppercase[index]


def evaluated(run: Run, name: str, predictions: Predictions) -> EvaluatedRun:
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
        return evaluated(run, run.id, run.predictions())
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


def evaluate_all(
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
    runs: Sequence[Run], split: str = "test", entries: Sequence[EvaluatedRun] | None = None, remark: str = ""
) -> Comparison:
    """Put runs side by side: what page and command line show.

    Parameters
    ----------
    runs
        At least two, none twice.
    split
        "test", "validation" or "train".
    entries, remark
        As `evaluate_all` gives them; for those who have them at hand.

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
    best = max(range(len(rows)), key=lambda index: rows[index].accuracy.value)
    others = [index for index in range(len(rows)) if index != best]
    pairs = compare_with(entries[best], [entries[index] for index in others], split)
    answer, rest = _answer(rows, best, dict(zip(others, pairs, strict=True)), split)
    return Comparison(
        split=split,
        best=runs[best].id,
        answer=answer,
        others=rest,
        remark=remark,
        provisional=provisional(runs),
        runs=tuple(rows),
        settings=settings_that_differ([told_of(run) for run in runs]),
        pairs={runs[index].id: pair for index, pair in zip(others, pairs, strict=True)},
    )


def provisional(runs: Sequence[Run]) -> tuple[str, ...]:
    """For each run that is unfinished, or has better weights than those evaluated, its letter and what to know."""
    evaluation_states = [evaluation_state_of(run) for run in runs]
    words = (f"{letter(index)}: {each.words()}" for index, each in enumerate(evaluation_states) if each.provisional)
    return tuple(words)


def _answer(
    rows: Sequence[ComparedRun], best: int, pairs: Mapping[int, PairedComparison], split: str
) -> tuple[str, str]:
    """Which is better, and whether that could be chance, in a sentence; and how it stands with the others."""
    n, name, accuracy = rows[best].n, f"{letter(best)} ({rows[best].name})", rows[best].accuracy.value
    reached = f"{percent(accuracy, n)} of {n:,} {SPLIT_WORDS[split]} images"
    beside = {index: pair for index, pair in pairs.items() if not pair.why_not}
    if not beside:
        return f"{name} is right most often, on {reached}, but none of the others can be compared with it.", ""
    following = max(beside, key=lambda index: rows[index].accuracy.value)
    its, its_accuracy = f"{letter(following)} ({rows[following].name})", rows[following].accuracy.value
    if its_accuracy == accuracy:
        text = f"{name} and {its} are right equally often, each on {reached}: neither is better."
    elif beside[following].proven:
        text = f"{name} is better than {its}, by more than chance: it is right on {reached}, {letter(following)} on "
        text += f"{percent(its_accuracy, n)}."
    else:
        text = f"{name} is right most often, on {reached}, but its lead over {its}, which is right on "
        text += f"{percent(its_accuracy, n)}, could be chance."
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


def _row(run: Run, entry: EvaluatedRun, name: str, split: str) -> ComparedRun:
    rows, labels = entry.predictions.of(split), read_labels(run)
    if not len(rows):
        raise UsageError(f"The run {run.id} has no {split} images to be compared by.")
    count, n, hits = len(rows.class_names), len(rows), int(rows.right.sum())
    cost = cost_of(run, count)
    return ComparedRun(
        run=run.id,
        letter=entry.name,
        name=name,
        star=labels.star,
        notes=labels.notes,
        untrained=run.settings.untrained,
        n=n,
        accuracy=Score(hits / n, *wilson(hits, n)),
        log_loss=log_loss(rows.true, rows.probabilities),
        macro_f1=float(macro_f1(Counts.of(confusion_matrix(rows.true, rows.predicted, count)))),
        seconds=cost.seconds,
        parameters=cost.parameters,
        bytes_on_disk=cost.bytes_on_disk,
    )


def _clock(run: Run) -> str:
    """When a run was started, by its id, with the number of those that were started in the same second."""
    number = run.id.rpartition(run.settings.architecture)[2]
    return f"{run.id[9:11]}:{run.id[11:13]}:{run.id[13:15]}{number}"
