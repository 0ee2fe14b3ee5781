"""How images are read in, where only a person can tell: the question with its answers, columns, and what comes out."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.datasets.creation import keep_choices, set_choices
from core.datasets.importing import start_import
from core.datasets.source_choice import (
    Look,
    can_be_looked_at,
    head_of,
    holds_pictures,
    is_fixed,
    is_taken_out,
    is_told_otherwise,
    look,
    question_of_packed,
    table_path,
    tables_of,
    told_from,
)
from core.datasets.sources.choices import AS_FOUND, FILE_NAMES, FOLDERS, NO_COLUMN, Choices, choices_of
from core.datasets.sources.kinds import PACKED, TABLE
from core.datasets.store import Dataset, written_state
from core.errors import WorkbenchError, in_words
from pages.components.gallery import Tile, show_tiles
from pages.shared.markdown import escape
from pages.shared.page import Page
from pages.shared.thumbnails import SIDE, thumbnail_url

READ_IN = "Read them in so"
BY_COLUMNS = "By columns that I name"
AUTOMATIC = "automatic"
LOOKS_KEPT = 12
QUESTIONS_IN_A_ROW, CLASSES_SHOWN, WARNINGS_SHOWN, FILES_SHOWN = 3, 12, 2, 3
TILE_WIDTH = 72
_QUOTED = re.compile("“([^”]+)”")


def answer_question(page: Page, question: Mapping[str, Any]) -> None:
    """The question that keeps the images from being read in, its answers, and what each of them finds.

    Parameters
    ----------
    question
        As `Dataset.question` has it: it may be answered in another window while this page is drawn.
    """
    dataset = page.dataset
    standing = choices_of(dataset.request)
    left, right = st.columns([3, 4], gap="large")
    shown = Look()
    for number in range(QUESTIONS_IN_A_ROW):
        with left:
            choices, table = _answer(dataset, question, standing, f"question_{dataset.name}_{number}")
        if choices is None:
            break
        shown = looked(dataset, choices) if can_be_looked_at(dataset) else Look()
        if shown.question is None or shown.question == question or _is_asked_in_vain(shown.question, choices):
            break
        question, standing = shown.question, choices
    # An answer that was offered is taken at its word; columns that were typed together are not.
    is_bad = choices is None or bool(shown.problem and table)
    with left:
        _read_in(dataset, choices, disabled=is_bad)
    with right:
        _show_table(dataset, table)
        if choices is not None:
            _show_look(dataset, shown)


def _is_asked_in_vain(question: Mapping[str, Any], choices: Choices) -> bool:
    """Whether all answers to a question have been chosen already."""
    return any(_with(choices, option["choices"]) == choices for option in question["options"])


def _answer(dataset: Dataset, question: Mapping[str, Any], standing: Choices, key: str) -> tuple[Choices | None, str]:
    """What was answered to a question, None where nothing was yet; and the table that it is about."""
    st.markdown(f"**{escape(question['question'])}**")
    options, picked = question["options"], None
    if options:
        texts = [escape(option["text"]) for option in options] + ([BY_COLUMNS] if question["table"] else [])
        picked = st.radio(
            "How they are meant", range(len(texts)), index=None, format_func=texts.__getitem__, key=f"{key}_option"
        )
        if picked is None:
            return None, question["table"]
    choices = _with(standing, options[picked]["choices"]) if picked is not None and picked < len(options) else standing
    if choices.labels_from in (FOLDERS, FILE_NAMES):
        return choices, ""
    table = choices.labels_from or question["table"]
    if not table or holds_pictures(table_path(dataset, table)):
        return choices, ""
    if dataset.info.kind not in (TABLE, PACKED):
        choices = replace(choices, labels_from=table)
    chosen = choose_columns(dataset, table, choices, f"{key}_{picked}")
    is_answered = picked in range(len(options)) or chosen != choices
    return chosen if is_answered else None, table


def read_otherwise(page: Page) -> None:
    """What the images were told from, and everything else that they can be told from."""
    dataset = page.dataset
    if not is_told_otherwise(dataset):
        return
    if is_taken_out(dataset):
        _read_packed_otherwise(page)
        return
    tables, key = tables_of(dataset), f"otherwise_{dataset.name}"
    standing = Choices.from_dict(dataset.info.choices or {})
    left, right = st.columns([3, 4], gap="large")
    with left:
        choices, table = _choose_source(dataset, tables, standing, key)
        shown = looked(dataset, choices)
        if table == "" and choices.labels_from == FOLDERS:
            level = _choose_level(shown.depth, choices.level, key)
            if level != choices.level:
                choices = replace(choices, level=level)
                shown = looked(dataset, choices)
        if shown.question is not None:
            choices, _ = _answer(dataset, shown.question, choices, f"{key}_question")
            shown = looked(dataset, choices) if choices is not None else shown
        _say_what_stays(page)
        with st.container(horizontal=True):
            _read_in(dataset, choices, disabled=choices is None or bool(shown.problem))
            st.button("Leave it as it is", key=f"{key}_close", on_click=_close)
    with right:
        _show_table(dataset, table)
        _show_look(dataset, shown)


def _read_packed_otherwise(page: Page) -> None:
    """The question that pictures leave which were taken out of files, or why they leave none."""
    dataset, choices = page.dataset, None
    left, right = st.columns([3, 4], gap="large")
    with left:
        try:
            choices, table = _answer(dataset, question_of_packed(dataset), AS_FOUND, f"packed_{dataset.name}")
        except WorkbenchError as error:
            st.markdown(escape(str(error)))
        else:
            _say_what_stays(page)
            _read_in(dataset, choices, disabled=choices is None)
        st.button("Leave it as it is", key=f"packed_{dataset.name}_close", on_click=_close)
    if choices is not None:
        with right:
            _show_table(dataset, table)
            _show_look(dataset, looked(dataset, choices))


def _choose_source(dataset: Dataset, tables: list[str], standing: Choices, key: str) -> tuple[Choices, str]:
    """What labels are to be told from; and where that is a table, which, with its columns."""
    if dataset.info.kind == "table":
        (table,) = tables
        return choose_columns(dataset, table, standing, key, is_taken=True), table
    words = {FOLDERS: "The names of the folders", FILE_NAMES: "The names of the files"}
    sources = [FOLDERS, FILE_NAMES, *tables, ""]
    now = told_from(dataset, tables)
    source = st.radio(
        "Labels from",
        sources,
        index=sources.index(now) if now in sources else len(sources) - 1,
        format_func=lambda name: words.get(name, f"The table {escape(name)}" if name else "Automatic: whatever fits"),
        key=f"{key}_source",
    )
    if source == "":
        return AS_FOUND, ""
    choices = replace(standing if source == now else AS_FOUND, labels_from=source)
    if source in words:
        return choices, ""
    return choose_columns(dataset, source, choices, f"{key}_{source}", is_taken=source == now), source


def _choose_level(depth: int, now: int, key: str) -> int:
    """Which of nested folders is the class; where folders are not nested there is nothing to choose."""
    if depth < 2:
        return now
    words = {0: AUTOMATIC, 1: "the outermost", -1: "the innermost"}
    levels = [0, 1, *range(2, depth), -1]
    return st.selectbox(
        "Which folder is the class",
        levels,
        index=levels.index(now) if now in levels else 0,
        format_func=lambda level: words.get(level, f"number {level} from outside"),
        key=f"{key}_level",
    )


def choose_columns(dataset: Dataset, table: str, standing: Choices, key: str, is_taken: bool = False) -> Choices:
    """Controls for the columns of a table; those that are left as they are, the program tells.

    Parameters
    ----------
    is_taken
        Whether it is the table that the images were read in by, so that it is known what the program tells.
    """
    try:
        path = table_path(dataset, table)
        names, fixed = list(_head(path).columns), is_fixed(path)
    except WorkbenchError as error:
        st.error(escape(str(error)))
        return standing
    if fixed:
        return standing
    names, info = list(dict.fromkeys(names)), dataset.info
    told = {"label": info.labels_from, "split": info.split_from, "group": info.groups_from} if is_taken else {}
    told = {role: _automatic(words, names) for role, words in told.items()}
    labels = st.multiselect(
        "Label column",
        names,
        [name for name in standing.label_columns if name in names],
        placeholder=told.get("label", AUTOMATIC),
        key=f"{key}_labels",
        help="The column that holds each image's class. Several, where each is a class and holds 1 for its images.",
    )
    left, right = st.columns(2)
    with left:
        file = _column("File name column", names, standing.path_column, f"{key}_path")
    with right:
        automatic = told.get("split", AUTOMATIC)
        split = _column("Split column", names, standing.split_column, f"{key}_split", automatic, may_be_none=True)
    group = _column(
        "Group column",
        names,
        standing.group_column,
        f"{key}_group",
        told.get("group", AUTOMATIC),
        may_be_none=True,
        help="What must not be torn apart between training and testing, such as patients.",
    )
    return replace(standing, path_column=file, label_columns=tuple(labels), split_column=split, group_column=group)


def _automatic(words: str, names: list[str]) -> str:
    """What the program took by itself, by the words that say it."""
    taken = [name for name in _QUOTED.findall(words) if name in names]
    return f"{', '.join(taken)} (found)" if taken else "none found"


def _column(
    label: str,
    names: list[str],
    now: str,
    key: str,
    automatic: str = AUTOMATIC,
    may_be_none: bool = False,
    help: str | None = None,
) -> str:
    """One column, or none where that may be; "" for what the program tells."""
    options = ["", *([NO_COLUMN] if may_be_none and NO_COLUMN not in names else []), *names]
    words = {"": automatic} | ({NO_COLUMN: "none"} if NO_COLUMN in options and NO_COLUMN not in names else {})
    return st.selectbox(
        label,
        options,
        index=options.index(now) if now in options else 0,
        format_func=lambda name: words.get(name, str(name)),
        key=key,
        help=help,
    )


def _with(standing: Choices, more: Mapping[str, Any]) -> Choices:
    """What was chosen before, and what an answer adds to it."""
    return Choices.from_dict(standing.to_dict() | dict(more))


def looked(dataset: Dataset, choices: Choices) -> Look:
    """What these choices find; the last answers are kept, for drawing again and for going back to one of them."""
    source = "" if choices.labels_from in (FOLDERS, FILE_NAMES) else choices.labels_from
    asked = (dataset.name, choices, written_state(table_path(dataset, source)), written_state(dataset.manifest_path))
    known = st.session_state.get("source_looks", {})
    if asked not in known:
        with st.spinner("Looking at what that finds …"):
            found = look(dataset, choices)
        kept = list(known.items())[1 - LOOKS_KEPT :]
        st.session_state["source_looks"] = known = dict([*kept, (asked, found)])
    return known[asked]


def _head(path: Path) -> pd.DataFrame:
    """The first rows of a table, kept as long as the file is the same: it may be long."""
    asked = (path, written_state(path))
    known, head = st.session_state.get("table_head", (None, None))
    if known != asked:
        head = head_of(path)
        st.session_state["table_head"] = (asked, head)
    return head


def _show_table(dataset: Dataset, table: str) -> None:
    """The first rows of the table that is meant."""
    if not table or not can_be_looked_at(dataset):
        return
    try:
        head = _head(table_path(dataset, table))
    except WorkbenchError:
        return  # said where its columns are chosen
    st.caption(f"The first rows of {escape(table)}")
    unique = [name if list(head.columns).count(name) == 1 else f"{name} ({n})" for n, name in enumerate(head, 1)]
    st.dataframe(head.set_axis(unique, axis=1), hide_index=True, alt=f"The first rows of {table}")


def _show_look(dataset: Dataset, shown: Look) -> None:
    """What the choices find: counts, the first images, and what is wrong."""
    if shown.problem:
        st.warning(escape(shown.problem), icon=":material/warning:")
        return
    if shown.packed:
        more = len(shown.packed) - FILES_SHOWN
        names = ", ".join(shown.packed[:FILES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
        st.markdown(f"**The pictures in {escape(names)}.** They are taken out, and counted, as they are read in.")
        st.caption(f"{escape(shown.origin[:1].upper() + shown.origin[1:])}.")
        return
    if not shown.counts:
        return
    st.markdown(found_in_words(shown, is_table=dataset.info.kind == "table"))
    tiles = [
        Tile(path, thumbnail_url(str(written_state(Path(path))), SIDE, path), Path(path).name, label)
        for path, label in shown.examples
    ]
    show_tiles(tiles, f"source_examples_{dataset.name}", TILE_WIDTH)
    told = [shown.origin[:1].upper() + shown.origin[1:] + "."]
    told += [f"Left out: {reason}." for reason in shown.reasons] + list(shown.warnings[:WARNINGS_SHOWN])
    st.caption("  \n".join(map(escape, told)))


def found_in_words(shown: Look, is_table: bool) -> str:
    """How many images and classes come out."""
    total = sum(shown.counts.values())
    listed = [f"{escape(label)} {count:,}" for label, count in list(shown.counts.items())[:CLASSES_SHOWN]]
    more = len(shown.counts) - CLASSES_SHOWN
    classes = ", ".join(listed) + (f" and {more:,} more" if more > 0 else "")
    found = f"**{total:,} images in {len(shown.counts):,} classes:** {classes}."
    if is_table:
        rows = total + shown.unlabelled
        what = "can be used" if shown.left_out else "find their image"
        found = f"{rows:,} of {rows + shown.left_out:,} rows {what}. {found}"
    elif shown.left_out:
        found += f" {shown.left_out:,} left out."
    return found + (f" {shown.unlabelled:,} without a label." if shown.unlabelled else "")


def _say_what_stays(page: Page) -> None:
    """What becomes of edits, split and runs."""
    words = ["Where labels change, the images are divided anew, by the settings that stand."]
    if edits := len(page.dataset.edits.standing()):
        words.append(
            f"What was changed by hand ({edits:,}) stays; undo under *Changes* what doesn't fit the new labels."
        )
    if page.runs:
        words.append("Runs made before keep what they learned, and are still evaluated by the labels of then.")
    st.caption(" ".join(words))


def _read_in(dataset: Dataset, choices: Choices | None, disabled: bool) -> None:
    # By a callback, which comes before all else, so that no click is lost to a redrawing.
    st.button(
        READ_IN,
        type="primary",
        icon=":material/download:",
        disabled=disabled,
        key=f"read_in_{dataset.name}",
        on_click=_begin,
        args=(dataset, choices),
    )
    if problem := st.session_state.pop("source_problem", ""):
        st.error(escape(problem))


def _begin(dataset: Dataset, choices: Choices) -> None:
    try:
        set_choices(dataset, choices)
    except (WorkbenchError, OSError) as error:
        st.session_state["source_problem"] = in_words(error)
        return
    _close()
    start_import(dataset)


def _close() -> None:
    st.session_state["read_otherwise"] = ""


def leave_as_it_was(dataset: Dataset) -> None:
    """Answer no question, and go on with the images as they are known."""
    keep_choices(dataset)
    dataset.job.update(state="done", error="")
