"""In which encoding a text was written."""

from core.errors import UsageError


def decoded(content: bytes, called: str) -> tuple[str, str]:
    """A file's text, and the encoding where that had to be guessed."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding), ""
            except UnicodeDecodeError as error:
                raise UsageError(f"{called} is damaged: it is not the {encoding} text that it begins as.") from error
    head = content[:1000]
    guesses = [("utf-8", "")]
    if b"\0" in head:  # text holds none, but in UTF-16 every second byte of a plain letter is one
        guesses = [("utf-16-le", "UTF-16")] if b"\0" in head[1::2] else [("utf-16-be", "UTF-16")]
    for encoding, guessed in (*guesses, ("cp1252", "Windows-1252")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, guessed
    raise UsageError(f"{called} is not a table of text. Save it as CSV in UTF-8.")
