"""Two pictures of the same shape on top of each other, and a line between them that one drags."""

from pathlib import Path

from streamlit.components.v2 import component

_FOLDER = Path(__file__).parent
_component = component(
    "workbench_comparison",
    html="""<div class="comparison">
      <img class="after"><img class="before">
      <span class="tag left"></span><span class="tag right"></span>
      <span class="line"><span class="knob"></span></span>
      <input type="range" min="0" max="100" step="1">
    </div>""",
    css=(_FOLDER / "comparison.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "comparison.js").read_text(encoding="utf-8"),
)


def show_comparison(before: str, after: str, names: tuple[str, str], shape: tuple[int, int], key: str) -> None:
    """Draw both, the first on the left of the line; mouse, finger and arrow keys move it.

    Parameters
    ----------
    before, after
        URLs of the pictures.
    names
        What the left and the right one are called.
    shape
        Their width and height in pixels.
    """
    _component(
        data={"name": key, "before": before, "after": after, "names": list(names), "shape": list(shape)}, key=key
    )
