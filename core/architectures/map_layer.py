"""A layer that gives maps, as what looks at a network describes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MapLayer:
    """A layer that gives maps, in plain words and numbers.

    Parameters
    ----------
    number
        Which of the network's it is, from 1.
    name
        What Keras calls it; the same in every process only where the network is a backbone.
    kind
        Such as "convolution" or "max pooling".
    window
        Height and width of its kernel or window; None where it has none.
    channels
        How many channels each of its kernels looks at; 0 where it has no kernels.
    shape
        Height and width of its maps, and how many there are.
    field
        Height and width of the part of the image that a place of a map depends on; None where that is not known.
    """

    number: int
    name: str
    kind: str
    window: tuple[int, int] | None
    channels: int
    shape: tuple[int, int, int]
    field: tuple[int, int] | None

    @property
    def words(self) -> str:
        """Such as "convolution 3×3 → 24 × 24 × 32"."""
        window = f" {self.window[0]}×{self.window[1]}" if self.window else ""
        return f"{self.kind}{window} → {' × '.join(map(str, self.shape))}"
