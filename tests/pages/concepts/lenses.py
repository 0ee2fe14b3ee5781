"""The pixel lenses of a page, as the browser gets them."""

import json

import numpy as np


def lens_of(visit, kind: str) -> tuple[dict, np.ndarray]:
    """The header of a page's only lens, and the numbers of its picture, or with kind "lens" of its answer, if any."""
    found = _sent(visit, kind)
    assert len(found) == 1
    header, content = found[0]
    if not header["arrays"]:
        return header, np.empty((0, 0))
    (array,) = header["arrays"]
    values = np.frombuffer(content, f"<{array['numbers']}")
    shape = (array["height"], array["width"]) + ((array["channels"],) if array["channels"] > 1 else ())
    return header, values.reshape(shape)


def captions_of(visit) -> list[str]:
    """What stands below the pictures of a page's lenses."""
    return [caption for header, _ in _sent(visit, "lens") for caption in header["captions"]]


def _sent(visit, kind: str) -> list[tuple[dict, bytes]]:
    found = []
    for part in visit.at.main.get("bidi_component"):
        data = part.proto.bytes
        if data:
            end = 4 + int.from_bytes(data[:4], "little")
            header = json.loads(data[4:end])
            if header["kind"] == kind:
                found.append((header, data[end:]))
    return found
