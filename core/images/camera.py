"""Which camera took a photograph, and when, as the camera wrote it into the file (EXIF)."""

import re
import struct
import warnings
from pathlib import Path

from PIL import ExifTags, Image

# What cameras write comes first in a file and may take one segment of JPEG.
HEAD = 68 * 1024
# Where the segment begins at the latest: before it come a few bytes of other programs.
FIRST = 4096
LONGEST = 80
_TAKEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")


def camera_of(path: Path) -> tuple[str, str]:
    """The camera's make, model and serial number, and the time of exposure as "2024-01-31 14:23:55".

    Only JPEG files are looked into, and only at their beginning. Both are "" where the file tells nothing, is no JPEG,
    or can't be read: nothing depends on it but whether photographs may belong together.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(FIRST)
            start = head.find(b"Exif\0\0") if head.startswith(b"\xff\xd8") else -1
            if start < 0:
                return "", ""
            head += file.read(HEAD - FIRST)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damage, which is nobody's concern here
            exif = Image.Exif()
            exif.load(head[start:])
            inner = exif.get_ifd(ExifTags.IFD.Exif)
        known = [exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model), inner.get(ExifTags.Base.BodySerialNumber)]
        taken = _TAKEN.match(_text(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError, struct.error):
        return "", ""
    body = " ".join(dict.fromkeys(_text(value) for value in known if _text(value)))[:LONGEST]
    return body, "{}-{}-{} {}:{}:{}".format(*taken.groups()) if taken else ""


def _text(value: object) -> str:
    """What is written there, without what fills the field up."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value or "").replace("\0", " ").strip()
    return text if text.isprintable() else ""
