"""Text in figures, where Plotly reads a little HTML."""

import html

LONGEST = 28


def plain(text: str) -> str:
    """Text that is shown as it is."""
    return html.escape(text, quote=False)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Its beginning, where it is too long for a figure."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
