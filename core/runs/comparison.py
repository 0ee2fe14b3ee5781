"""Runs side by side: what differs in their settings, what they reached, what they cost, and which is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.evaluation.comparable import EvaluatedRun
from core.evaluation.comparison import PairedComparison, compare_with
from core.evaluation.confusion_matrix import confusion_matrix
from core.evaluation.confusion_scores import Counts, macro_f1
from core.evaluation.intervals import wilson
from core.evaluation.probability_scores import log_loss
from core.evaluation.score import Score
from core.evaluation.words import SPLIT_WORDS, percent
from core.runs.cost import cost_of
from core.runs.evaluated_runs import evaluated_runs
from core.runs.evaluation_state import evaluation_state_of
from core.runs.labels import read_labels
from core.runs.record import Run
from core.runs.run_names import letter, names_of
from core.runs.setting_words import settings_that_differ, told_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.figures.comparison import Drawn

MOST_RUNS = 26  # each is called by a letter


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
        low, high = (percent(end, self.n) for end in self.accuracy.interval)
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
                *run.accuracy.interval,
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
        As `evaluated_runs` gives them; for those who have them at hand.

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
        entries, remark = evaluated_runs(runs)
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
