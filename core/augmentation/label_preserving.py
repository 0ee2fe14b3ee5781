"""Label-preserving transforms: which turns and mirrorings leave an image in its class."""

from dataclasses import dataclass, fields

from core.augmentation.recipe import TRANSFORMS
from core.errors import UsageError

FLIPS = ("left to right", "top to bottom")


@dataclass(frozen=True)
class LabelPreserving:
    """Which turns and mirrorings leave an image in its class, by the names of augmentation.

    Parameters
    ----------
    flip_horizontal, flip_vertical
        Whether the mirror image is of the same class.
    rotation
        Degrees by which an image may be turned either way, 0 to 180.
    """

    flip_horizontal: bool
    flip_vertical: bool
    rotation: int

    def in_words(self) -> str:
        """What may be done to an image, as in "be mirrored left to right and turned by up to 20°"."""
        flips = [way for way, allowed in zip(FLIPS, (self.flip_horizontal, self.flip_vertical), strict=True) if allowed]
        ways = [f"mirrored {' and '.join(flips)}"] if flips else []
        ways += [f"turned by up to {self.rotation}°"] if self.rotation else []
        return f"be {' and '.join(ways)}" if ways else "neither be mirrored nor turned"

    def check(self) -> None:
        """Refuse what is no answer.

        Raises
        ------
        UsageError
            If a value is of another type, or the angle out of range.
        """
        for field in fields(self):
            if type(getattr(self, field.name)) is not field.type:
                wanted = "true or false" if field.type is bool else "a whole number"
                raise UsageError(f"“{field.name}” must be {wanted}. Got {getattr(self, field.name)!r}.")
        maximum = TRANSFORMS["rotation"].maximum
        if not 0 <= self.rotation <= maximum:
            raise UsageError(f"“rotation” must be 0 to {maximum} degrees. Got {self.rotation}.")
