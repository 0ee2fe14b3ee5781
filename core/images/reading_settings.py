"""How values deeper than 8 bits, and more than three bands, become red, green and blue: one choice for a dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reading:
    """What is shown black, what white, and which bands are red, green and blue.

    One for a whole dataset: were each image stretched by its own values, a dark and a bright picture would look alike.

    Attributes
    ----------
    ranges : tuple of (str, float, float)
        By kind of sample (NumPy's names: ``"uint16"``, ``"int16"``, ``"float32"``, …): the value shown black and the
        value shown white, linear in between, clipped outside. 8-bit images without a sign never have a range. A kind
        that isn't named is shown by its usual range: see `core.images.colour.usual_range`.
    bands : tuple of int
        Of images with two, or more than three bands, counted from 1: the one that is shown grey, the three that are
        red, green and blue, or four, of which the last is transparency. Empty: the first three (of two, the
        first), and a band that the file calls transparency is that, unless its values say otherwise.
    """

    ranges: tuple[tuple[str, float, float], ...] = ()
    bands: tuple[int, ...] = ()

    def __post_init__(self):
        if len(self.bands) not in (0, 1, 3, 4) or any(band < 1 for band in self.bands):
            raise ValueError(f"One, three or four bands counted from 1 are needed, not {self.bands}.")
        for kind, black, white in self.ranges:
            if not -float("inf") < black < white < float("inf"):
                raise ValueError(
                    f"What is shown black must be less than what is shown white: {kind}, {black}, {white}."
                )

    @property
    def is_default(self) -> bool:
        return self == AS_USUAL

    @property
    def key(self) -> str:
        """Equal for equal readings; "" for the default, so that what was kept before there were others stays valid."""
        return "" if self.is_default else json.dumps(self.to_dict(), sort_keys=True)

    def range_of(self, kind: str) -> tuple[float, float] | None:
        """The values shown black and white, of a kind of sample that has a range of its own."""
        return {name: (black, white) for name, black, white in self.ranges}.get(kind)

    def to_dict(self) -> dict[str, Any]:
        ranges = {kind: [float(black), float(white)] for kind, black, white in self.ranges}  # 0 and 0.0 have one key
        return {"ranges": ranges, "bands": list(self.bands)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Reading:
        ranges = sorted((kind, float(low), float(high)) for kind, (low, high) in values.get("ranges", {}).items())
        return cls(tuple(ranges), tuple(int(band) for band in values.get("bands", ())))


AS_USUAL = Reading()
