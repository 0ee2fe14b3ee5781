"""What a person chose about how images are read in, and the question that is put where nobody can tell but a person."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import UsageError

FOLDERS, FILE_NAMES = "folders", "names"
"""What `Choices.labels_from` can be besides the path of a table."""

LEAVE_OUT = "leave out"
"""What `Choices.several_labels` can be."""


NO_COLUMN = "-"
"""What `Choices.split_column` and `Choices.group_column` are where no column of the table is to be taken for that."""


@dataclass(frozen=True)
class Choices:
    """How images are to be read in, as far as a person said; what is empty is told from what is there.

    Parameters
    ----------
    labels_from
        "folders", "names" (of the files), or the path of a table or annotation file, relative to the folder that was
        brought, with forward slashes.
    path_column, split_column, group_column
        Names of columns of the table. For split and group `NO_COLUMN` where none is meant, whatever they are called.
    label_columns
        The column that holds the labels; several where each is a class and holds 1 for its images.
    level
        Which of nested folders is the class, counted from the outermost, folders of a split not counted; -1 is the
        innermost. 0 where that is not said.
    several_labels
        "leave out" for images with several labels.
    """

    labels_from: str = ""
    path_column: str = ""
    label_columns: tuple[str, ...] = ()
    split_column: str = ""
    group_column: str = ""
    level: int = 0
    several_labels: str = ""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Choices":
        """From what `to_dict` gave, or from the columns that an earlier version kept."""
        known = {field.name for field in fields(cls)}
        chosen: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        labels = chosen.get("label_columns") or filter(None, [values.get("label_column", "")])
        chosen["label_columns"] = tuple(labels)
        return cls(**chosen)

    def to_dict(self) -> dict[str, Any]:
        """What was chosen, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if value} | (
            {"label_columns": list(self.label_columns)} if self.label_columns else {}
        )

    def to_options(self) -> str:
        """The same as options of ``python -m core import``."""
        options = []
        for name, value in self.to_dict().items():
            option = "--" + OPTIONS.get(name, name.replace("_", "-"))
            for one in value if isinstance(value, list) else [value]:
                options += [f"{option}={one}"]
        return shlex.join(options)


AS_FOUND = Choices()
"""Nothing was chosen."""

OPTIONS = {"label_columns": "label-column", "several_labels": "several-labels"}
"""Names of options where they differ from those of the choices."""


def choices_of(request: Mapping[str, Any]) -> Choices:
    """What a person chose of how the images are read in, by what ``request.json`` says."""
    return Choices.from_dict(request.get("choices", request.get("columns", {})))


@dataclass(frozen=True)
class Option:
    """One answer to a question.

    Parameters
    ----------
    text
        What people read, such as "the column “species”: apple, corn".
    choices
        What choosing it adds to the `Choices` there are.
    """

    text: str
    choices: Choices

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "choices": self.choices.to_dict()}


class Undecided(UsageError):
    """Several readings are sensible, and only a person can tell which is meant.

    Parameters
    ----------
    question
        What was found and what has to be chosen, in words that a page and a terminal can show.
    options
        The readings that there are, the likeliest first. Empty where a table's columns have to be named.
    table
        The path of the table whose columns are meant, relative to the folder that was brought; its name where it was
        brought itself. "" where no table is.
    """

    def __init__(self, question: str, options: Sequence[Option] = (), table: str = ""):
        self.question, self.options, self.table = question, tuple(options), table
        lines = [f"  {option.choices.to_options()}   {option.text}" for option in self.options]
        super().__init__("\n".join([question, *lines]))

    def to_dict(self) -> dict[str, Any]:
        options = [option.to_dict() for option in self.options]
        return {"question": self.question, "options": options, "table": self.table}
