"""Text in Markdown."""


def escape(text: str) -> str:
    """Text that Markdown shows as it is: names of files and classes may hold anything."""
    return "".join("\\" + letter if letter in "\\`*_{}[]()<>#+-.!|~:$&" else letter for letter in text)
