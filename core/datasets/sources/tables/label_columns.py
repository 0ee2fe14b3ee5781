"""Which column of a table holds the labels, or which columns are a class each."""

from collections.abc import Sequence
from typing import NoReturn

from core.datasets.sources.choices import LEAVE_OUT, Choices, Option, Undecided
from core.datasets.sources.tables.column_names import LABELS, OFTEN_LABELS, is_clear, may_be_label
from core.datasets.sources.tables.contents import ONES, Column, TableContents, names_of, say_the_same
from core.datasets.sources.tables.one_hot import exclude_each_other, one_hot_columns, share_of_several
from core.errors import UsageError

_MOST_OPTIONS = 12
_FEW = 10  # labels of so few images may well differ; those of more are descriptions where each is another


def label_columns(
    contents: TableContents, free: Sequence[Column], path: int, several_labels: str = ""
) -> tuple[list[Column], str]:
    """The column that holds the labels, or the columns that are a class each.

    A name that says clearly that labels stand there is taken; one that often does, or none that does, where nothing
    else there may be labels as well.

    Parameters
    ----------
    contents
        What is known of the table.
    free
        The columns that nothing else was chosen or found for.
    path
        Index of the column of the paths.
    several_labels
        What a person chose for images with several labels.

    Returns
    -------
    list of Column
        The columns.
    str
        What was guessed, in words; "" where nothing was.

    Raises
    ------
    Undecided
        If several columns may hold the labels, or none clearly does.
    UsageError
        If none can, or the table names no image that is here.
    """
    free = [column for column in free if column.values]
    clear = [column for column in free if is_clear(column)]
    fitting = _different_meanings([column for column in clear if column.could_be_label])
    if len(fitting) == 1:
        fitting += _as_clear(fitting[0], free)
    if len(fitting) == 1:
        return fitting, ""
    if fitting:
        _ask(contents, path, fitting, free)
    one_hot = _one_hot(free)
    guesses = [column for column in free if column not in one_hot and may_be_label(column, free)]
    fitting = _different_meanings([column for column in guesses if column.could_be_label and _is_words(column)])
    if one_hot and fitting and all(say_the_same(_names_of_ones(one_hot), column) for column in fitting):
        return fitting[:1], ""
    if one_hot and not fitting:
        if several_labels != LEAVE_OUT and not exclude_each_other(one_hot):
            _ask_of_several_ones(contents, path, one_hot)
        return one_hot, ""
    if not fitting:
        guesses = [column for column in guesses if column.is_repeated or len(column.values) < _FEW]
        fitting = clear or [column for column in guesses if column.simple in OFTEN_LABELS or len(free) == 1]
        fitting = [column for column in fitting if column.is_repeated or not column.is_measured]
    elif clear:
        fitting = clear + [column for column in fitting if column not in clear]
    if len(fitting) != 1 or one_hot:
        _ask(contents, path, fitting, free, one_hot)
    is_named = is_clear(fitting[0]) or fitting[0].simple in OFTEN_LABELS
    note = (
        f"The labels were read from the {fitting[0].called()} of {contents.called}, the only one that may hold them. "
        "If they stand in another, choose it."
    )
    return fitting, "" if is_named or len(free) == 1 else note


def _one_hot(free: Sequence[Column]) -> list[Column]:
    """The columns that are a class each: all of 0 and 1 that exclude each other, whatever they are called."""
    every = one_hot_columns([column for column in free if not column.words & {"unnamed", "index", "idx"}])
    if every and exclude_each_other(every):
        return every
    return one_hot_columns(
        [column for column in every if may_be_label(column, free) and column.simple not in OFTEN_LABELS]
    )


def _ask_of_several_ones(contents: TableContents, path: int, columns: Sequence[Column]) -> NoReturn:
    _refuse_other_images(contents, path)
    used = [column for column in columns if len(column.different) > 1]
    each = [Option(column.shown(), Choices(label_columns=(column.name,))) for column in used]
    raise Undecided(
        f"{len(columns)} {contents.word}s of {contents.called} hold 0 and 1: {names_of(columns)}. "
        f"{share_of_several(columns):.0%} of the rows have several 1s, but one label an image is what can be "
        "learned.",
        [
            Option("each column is a class; images with several are left out", Choices(several_labels=LEAVE_OUT)),
            *each[:_MOST_OPTIONS],
        ],
        contents.called,
    )


def _ask(
    contents: TableContents,
    path: int,
    fitting: list[Column],
    free: Sequence[Column],
    one_hot: Sequence[Column] = (),
) -> NoReturn:
    _refuse_other_images(contents, path)
    word = contents.word
    possible = [column for column in free if column not in fitting and len(column.different) > 1]
    possible = [column for column in possible if not (column.is_measured or column.is_split)]
    if not fitting + possible:  # what was taken for a split or for groups
        possible = [column for column in contents.columns if column.index != path and len(column.different) > 1]
        possible = [column for column in possible if not column.is_measured]
    possible.sort(key=lambda column: (not column.could_be_label, not may_be_label(column, free)))
    shown = fitting if len(fitting) > 1 or (fitting and one_hot) else fitting + possible
    options = [Option(column.shown(), Choices(label_columns=(column.name,))) for column in shown[:_MOST_OPTIONS]]
    if one_hot:
        names = tuple(column.name for column in one_hot)
        options.append(Option(f"{word}s {names_of(one_hot)}: 1 for the class", Choices(label_columns=names)))
    if not options:
        raise UsageError(
            f"Which {word} of {contents.called} holds the labels cannot be told: none holds the names of classes. Its "
            f"{word}s are {contents.listed}. Choose one, or put the names of classes in one called “label”."
        )
    if len(options) > 1 and fitting:
        question = f"Several {word}s of {contents.called} may hold the labels."
    else:
        question = (
            f"Which {word} of {contents.called} holds the labels cannot be told. Its {word}s are {contents.listed}."
        )
    raise Undecided(f"{question} Which of them is to be learned?", options, contents.called)


def _refuse_other_images(contents: TableContents, path: int) -> None:
    """Nothing is asked of a table that names no image here."""
    column = next((column for column in contents.columns if column.index == path), None)
    if column is None or not any(map(contents.files.has, column.different)):
        example = column.different[0] if column and column.values else ""
        raise UsageError(f"{contents.called} names no image that is here.{contents.files.hint(example)}")


def _different_meanings(columns: Sequence[Column]) -> list[Column]:
    """The columns without those that say the same as another: names stay rather than numbers, then the clearest."""

    def clarity(column: Column) -> tuple[bool, int]:
        usual = LABELS + OFTEN_LABELS
        return column.is_numbers, usual.index(column.simple) if column.simple in usual else len(usual)

    kept: list[Column] = []
    for column in sorted(columns, key=clarity):
        if not any(say_the_same(column, other) for other in kept):
            kept.append(column)
    return kept


def _as_clear(clear: Column, free: Sequence[Column]) -> list[Column]:
    """The columns that may hold the labels as well as one such as "masterCategory", as "articleType" may beside it."""
    if clear.simple in LABELS:
        return []
    others = [column for column in free if column is not clear and column.words & set(OFTEN_LABELS)]
    others = [column for column in others if column.could_be_label and may_be_label(column, free) and _is_words(column)]
    return [column for column in others if not (is_clear(column) or say_the_same(clear, column))]


def _names_of_ones(columns: Sequence[Column]) -> Column:
    """The columns of classes as the one column of labels that they mean."""
    rows = zip(*(column.cells for column in columns), strict=True)
    names = [column.name for column in columns]
    cells = [" ".join(name for name, cell in zip(names, row, strict=True) if cell.casefold() in ONES) for row in rows]
    return Column(-1, "", cells)


def _is_words(column: Column) -> bool:
    """Numbers are labels only where the column's name says so."""
    return column.simple in OFTEN_LABELS or not (column.is_numbers or column.is_binary)
