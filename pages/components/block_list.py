"""The blocks of a network as rows in which one sets them, with what leaves each and what is wrong with one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.architectures.block_check import FLATTENING, NEEDS_IMAGE, BlockRow, Followed, ImpossibleBlock
from core.architectures.blocks import BLOCKS, MOST_BLOCKS, Block, BlockKind, Field, write_blocks
from core.architectures.layers import LayerRow, shape_in_words

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_block_list",
    html='<div class="builder"></div>',
    css=(_FOLDER / "block_list.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "block_list.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Refusal:
    """A value that was not accepted: in which row, and why."""

    index: int
    reason: str


def show_block_list(
    blocks: tuple[Block, ...],
    followed: Followed,
    picture: str,
    refusal: Refusal | None,
    key: str,
    changed: Callable[[Any], None],
) -> None:
    """Draw the rows, and a menu of blocks to add.

    Parameters
    ----------
    followed
        What became of an image that was followed through `blocks`.
    picture
        What comes in, in words.
    refusal
        What was not accepted of the last change.
    changed
        Is called with the blocks after a change, as `write_blocks` has them, but unchecked.
    """
    fault = followed.fault
    _component(
        key=key,
        data={
            "name": key,
            **_handled(key),
            "picture": picture,
            "kinds": [_kind(kind) for kind in BLOCKS.values()],
            "most": MOST_BLOCKS,
            "blocks": write_blocks(blocks),
            "rows": [_row(row) for row in followed.rows],
            "flattening": [*FLATTENING, "dense"],
            "fault": fault and {"index": fault.index, "reason": fault.reason, "repairs": _repairs(fault)},
            "refusal": refusal and {"index": refusal.index, "reason": refusal.reason},
            "answer": followed.answer and _answer(followed.answer),
        },
        on_edit_change=lambda: _take(key, changed),
    )


def _handled(key: str) -> dict[str, Any]:
    """Which of the browser's changes is the last that is in the rows: it draws none that are older than its own."""
    return st.session_state.setdefault(f"{key}_handled", {"session": secrets.token_hex(4), "number": 0})


def _take(key: str, changed: Callable[[Any], None]) -> None:
    edit = st.session_state[key]["edit"]
    if isinstance(edit, dict) and isinstance(edit.get("number"), int):
        st.session_state[f"{key}_handled"] = _handled(key) | {"number": edit["number"]}
        changed(edit.get("blocks"))


def _kind(kind: BlockKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": kind.title,
        "explanation": kind.explanation,
        "needsImage": kind.name in NEEDS_IMAGE,
        "fields": [_field(field) for field in kind.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "title": field.title,
        "explanation": field.explanation,
        "options": [list(option) for option in field.options],
        "minimum": field.minimum,
        "maximum": field.maximum,
        "step": 1 if field.whole else 0.05,
        "usual": field.default,
    }


def _row(row: BlockRow) -> dict[str, Any]:
    return {
        "shape": shape_in_words(row.shape),
        "parameters": counted(row.parameters),
        "remark": row.remark,
    }


def _answer(row: LayerRow) -> dict[str, Any]:
    return {"shape": shape_in_words(row.shape), "parameters": counted(row.parameters)}


def _repairs(fault: ImpossibleBlock) -> list[dict[str, Any]]:
    return [{"title": repair.title, "blocks": write_blocks(repair.blocks)} for repair in fault.repairs]


def counted(parameters: int) -> str:
    """Such as "1,792 parameters"; "" for none."""
    return f"{parameters:,} parameters" if parameters else ""
