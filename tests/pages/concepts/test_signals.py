"""Chapter 2: a kernel slid along a signal, systems that keep the rules or don't, and what sampling leaves."""

import numpy as np
import pytest
import skimage.measure

from core.concepts.pictures import shipped_pixels
from core.concepts.sampling import quantise, sample
from pages.concepts.signals import VIEWS
from pages.concepts.signals_parts.rules import SYSTEMS, verdict
from pages.concepts.signals_parts.sampling import lines
from tests.pages.concepts.lenses import lens_of

CAMERA = shipped_pixels("camera")


def opened(visit, **state):
    return visit("concepts", chapter="signals", **state)


def grids(tab) -> str:
    return " ".join(element.proto.body for element in tab.at.main.get("html"))


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_without_a_dataset(visit, view):
    tab = opened(visit, view=view)
    assert not tab.errors
    assert "Open a dataset" in tab.words


def test_the_kernel_is_slid_step_by_step(visit):
    tab = opened(visit, step="3")
    assert "Step 3 of 5: 1 · 1 + 2 · 2 + 2 · 3 = **11**" in tab.words
    assert tab.chart_texts() == ["The answers so far are 3 8 11."]
    tab.set("Flip the kernel", False)
    assert "Step 3 of 5: 1 · 3 + 2 · 2 + 2 · 1 = **9**" in tab.words
    tab.set("Stride", 2)
    assert "Step 3 of 3" in tab.words
    tab.set("Stride", 5)
    assert "Step 1 of 1" in tab.words, "a step that there is no more becomes the last"


def test_a_kernel_that_does_not_fit_is_told_and_padding_helps(visit):
    tab = opened(visit, signal="1 2", kernel="1 1 1", padding="valid")
    assert "choose the padding same or full" in tab.errors[0]
    assert not tab.set("Zeros outside", "same").errors


@pytest.mark.parametrize("kernel", ["0", "0 0 0", "1000000000 -1", "1 x", "", "1;2", "1 2 3 4 5 6 7 8 9"])
def test_no_kernel_breaks_the_page(visit, kernel):
    tab = opened(visit)
    tab.at.text_input[1].set_value(kernel)
    assert len(tab.run().errors) == (kernel in ("1 x", "", "1;2", "1 2 3 4 5 6 7 8 9"))
    assert "Step 1 of" in tab.words


def test_the_impulse_response_is_the_kernel_and_its_shifted_copies_add_up(visit):
    drawn = grids(opened(visit, view="impulse"))
    for number in ("3", "8", "11", "6", "2"):
        assert f'<td class="answer">{number}</td>' in drawn


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_is_tried(visit, system):
    tab = opened(visit, view="rules", system=system)
    drawn = grids(tab)
    wanted = {"filter": "", "median": "Adding", "clip": "Scaling", "bias": "Adding", "second": "Shifting"}[system]
    assert ("different" in drawn) == bool(wanted)
    assert all("different" in part for part in drawn.split("<caption>") if wanted and part.startswith(wanted))
    assert ("no kernel does the same" in tab.words) == bool(wanted)


def test_a_verdict_names_what_fails():
    assert "is linear and **not shift-invariant**" in verdict(True, True, False)
    assert "**not linear** and shift-invariant" in verdict(True, False, True)


def test_pixels_and_levels_are_taken_away(visit):
    tab = opened(visit, view="sampling", factor="4", bits="1")
    header, left = lens_of(tab, "lens")
    assert header["scale"] == 4
    assert left.shape == (128, 128)
    assert set(np.unique(left)) == {0, 255}
    assert "128 × 128 pixels, 2 levels, 2.0 kB" in header["captions"][1]
    assert "aliasing" in tab.words
    tab.set("Bits a value", 8).set("Average first", True)
    means = np.round(CAMERA[..., 0].reshape(128, 4, 128, 4).mean(axis=(1, 3)))
    assert (lens_of(tab, "lens")[1] == means).all()
    assert "block_reduce" in tab.words


@pytest.mark.parametrize("shape", [(512, 512, 3), (300, 451, 3), (3, 40, 3)])
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize(("factor", "levels"), [(1, 256), (6, 256), (8, 4)])
def test_the_lines_of_code_do_what_is_shown(shape, average, factor, levels):
    pixels = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    names = {"np": np, "skimage": skimage, "pixels": pixels}
    exec(lines(shape, factor, levels, average), names)
    assert (np.round(names["left"]) == quantise(sample(pixels, factor, average), levels)).all()


def test_rings_show_what_sampling_makes_up(visit):
    tab = opened(visit, view="sampling", source="rings")
    assert lens_of(tab, "picture")[1].shape == (512, 512)


def test_where_the_network_convolves_and_samples(visit, pets, trained):
    words = opened(visit, dataset="pets", run=trained(pets).id).words
    assert "None flips its kernels" in words
    assert "8 × 8 pixels, are brought to" in words
    perceptron = trained(pets, settings={"architecture": "perceptron"})
    assert "has no convolution" in opened(visit, dataset="pets", run=perceptron.id).words
