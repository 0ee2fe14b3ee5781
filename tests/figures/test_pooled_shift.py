"""What a shift does to a pooled map: the chosen window stands out, and exact zeros are written."""

from core.figures.colours import GREY
from core.figures.pooled_shift import ACCENT, following_figure, unchanged_figure


def test_the_chosen_window_stands_out():
    (bars,) = unchanged_figure([1, 2, 4], [0.1, 0.3, 0.6], 2).data
    assert list(bars.x) == ["1×1", "2×2", "4×4"]
    assert list(bars.marker.color) == [GREY, ACCENT, GREY]
    assert list(bars.text) == ["10%", "30%", "60%"]


def test_a_shift_that_is_followed_exactly_is_written():
    (bars,) = following_figure([0.0, 12.5, 1e-14]).data
    assert list(bars.x) == [0, 1, 2]
    assert list(bars.text) == ["0", "", "0"]
