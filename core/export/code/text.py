"""The text of a script: values as they stand in it, and its cells laid out as formatters have them."""

import re
import textwrap
from itertools import pairwise

WIDTH = 120
MARKDOWN, CODE = "# %% [markdown]", "# %%"
DEFINES = ("def ", "class ")


def literal(text: str) -> str:
    """A text as it stands in Python, in the quotes that Ruff and Black prefer: those that it has fewer of."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    kept = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in _escaped(text))
    return quote + kept.replace(quote, f"\\{quote}") + quote


def _escaped(text: str) -> list[str]:
    return [each if each != "\\" else "\\\\" for each in text]


def in_one_line(text: str) -> str:
    """A text as it may stand in a comment: in one line, whatever it is."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def spaced(text: str) -> str:
    """One free line between cells, and two around definitions, as Ruff and Black have it."""
    cells = [cell.rstrip() for cell in re.split(rf"^(?={CODE})", re.sub(r"\n{4,}", "\n\n\n", text), flags=re.MULTILINE)]
    spaced = cells[1]  # before the first there is nothing
    for before, cell in pairwise(cells[1:]):
        last = [line for line in before.split("\n") if line and not line.startswith((" ", ")", "]"))][-1]
        defines = last.startswith(DEFINES) or cell.removeprefix(CODE).lstrip().startswith(DEFINES)
        spaced += ("\n\n\n" if defines else "\n\n") + cell
    return spaced + "\n"


def wrapped(text: str) -> str:
    """The paragraphs of its Markdown cells, in lines of the usual length."""
    lines, paragraph, in_markdown = [], [], False

    def flush() -> None:
        lines.extend(f"# {line}" for line in textwrap.wrap(" ".join(paragraph), WIDTH - 2, break_on_hyphens=False))
        paragraph.clear()

    for line in text.split("\n"):
        is_prose = in_markdown and line.startswith("# ") and not line.startswith(("# #", "#     ", CODE))
        if is_prose:
            paragraph.append(line[2:].strip())
            continue
        flush()
        in_markdown = line == MARKDOWN if line.startswith(CODE) else in_markdown
        lines.append(line)
    flush()
    return "\n".join(lines)
