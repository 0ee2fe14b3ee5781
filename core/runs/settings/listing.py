"""All settings with default, range and sentence: as text, as a document in Markdown, and JSON-ready."""

from typing import Any

from core.runs.settings.parameters import BOTH, Choice, Parameter
from core.runs.settings.run_settings import GROUPS, PARAMETERS, parameters_in

TITLE = "Settings of a run"
INTRODUCTION = (
    "Every setting that `train --set NAME=VALUE`, `sweep --over`, the *Training* page and `read_settings` of "
    "`core.runs.settings` take. Where two defaults are given, the first is for networks that are trained from scratch "
    "and the second for heads on a frozen backbone. Networks may come with defaults of their own, which "
    "`describe ARCHITECTURE` tells. Written by `python -m core settings --markdown`."
)


def as_text() -> str:
    """The settings by group, as the help of `train` has them."""
    lines = ["settings for --set, with their defaults (from scratch / on a frozen backbone):"]
    for group in GROUPS:
        lines.append(f"{group}:")
        for parameter in parameters_in(group):
            lines += _lines_of(parameter)
    return "\n".join(lines)


def as_markdown() -> str:
    """The document `docs/settings.md`."""
    lines = [f"# {TITLE}", "", INTRODUCTION]
    for group in GROUPS:
        lines += ["", f"## {group}", "", "| setting | default | accepted | what it does |", "|---|---|---|---|"]
        lines += [_row_of(parameter) for parameter in parameters_in(group)]
    return "\n".join(lines) + "\n"


def as_dicts() -> list[dict[str, Any]]:
    """An entry a setting, JSON-ready."""
    return [
        {
            "name": parameter.name,
            "title": parameter.title,
            "group": parameter.group,
            "kinds": list(parameter.kinds),
            "default": dict(parameter.default),
            "accepted": parameter.accepted,
            "options": dict(parameter.options) if isinstance(parameter, Choice) else None,
            "explanation": parameter.explanation,
        }
        for parameter in PARAMETERS.values()
    ]


def _lines_of(parameter: Parameter) -> list[str]:
    default = f"{parameter.defaults}; " if parameter.defaults else ""
    lines = [f"  {parameter.name}: {default}{parameter.accepted}{_only(parameter)}", f"      {parameter.explanation}"]
    options = parameter.options.items() if isinstance(parameter, Choice) else ()
    return lines + [f"      {option}: {meaning}" for option, meaning in options]


def _row_of(parameter: Parameter) -> str:
    options = parameter.options.items() if isinstance(parameter, Choice) else ()
    meanings = "".join(f"<br>`{option}`: {meaning}" for option, meaning in options)
    explanation = f"**{parameter.title}**. {parameter.explanation}{_only(parameter)}{meanings}"
    return f"| `{parameter.name}` | {parameter.defaults} | {parameter.accepted} | {explanation} |"


def _only(parameter: Parameter) -> str:
    return "" if parameter.kinds == BOTH else f" ({parameter.kinds[0]} only)"
