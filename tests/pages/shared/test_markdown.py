"""Names as Markdown shows them."""

import pytest

from pages.shared.markdown import escape

MARKDOWN = "\\`*_{}[]()<>#+-.!|~:$&"


@pytest.mark.parametrize("letter", MARKDOWN)
def test_what_markdown_is_made_of_is_escaped(letter):
    assert escape(letter) == "\\" + letter


@pytest.mark.parametrize("text", ["", "cats", "Katzen und Hunde", "🐱 кошка", "日本", "3", 'a, b; c? d\'s "e" /f=g@h'])
def test_what_means_nothing_stays(text):
    assert escape(text) == text


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("<b>x</b>", "\\<b\\>x\\</b\\>"),
        ("*a*", "\\*a\\*"),
        ("$x$", "\\$x\\$"),
        (":red[x]", "\\:red\\[x\\]"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("1. first", "1\\. first"),
    ],
)
def test_escaping(name, source):
    assert escape(name) == source
