"""Templates → one HTML file: its styles and pictures lie within it, and it has no script."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.datasets.sources.words import in_bytes
from core.evaluation.words import percent
from core.files import replacing

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """The document that a template and these values make; all text in them is escaped.

    Parameters
    ----------
    template
        The name of a file in ``templates/``.
    """
    return _environment().get_template(template).render(values)


def write_document(path: Path, document: str) -> None:
    """Write it whole, or not at all."""
    with replacing(path) as temporary:
        # A file name that is no valid Unicode can't be written as such.
        temporary.write_text(document, encoding="utf-8", errors="replace")


def size_in_words(path: Path) -> str:
    """What a file that was written holds, for people."""
    return f"One file of {in_bytes(path.stat().st_size)}. It opens in any browser, and needs no network."


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # which a command without a report need not load

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "interval": _interval}
    return environment


def _interval(ends: tuple[float, float], n: int) -> str:
    """ "70–90 %"."""
    low, high = (percent(end, n) for end in ends)
    return f"{low.removesuffix(' %')}–{high}"
