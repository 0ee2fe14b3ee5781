"""Batches and epochs: steps an epoch, and the noise of a batch's gradient."""

import streamlit as st

from core.concepts.learning.batches import (
    EXAMPLES,
    batch_gradients,
    example_gradients,
    expected_noise,
    last_batch,
    measured_noise,
    steps_an_epoch,
)
from core.figures.gradient_noise import gradient_noise_figure
from core.runs.settings.parameters import Number
from pages.concepts.formulas import show_formulas
from pages.concepts.state import State
from pages.shared.figure import show_figure
from pages.shared.page import Page

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SHOWN, REACH = 200, 1.5
BATCH = Number("batch", "Images in a batch", "How many images each step looks at.", 1, 512, default=32)
IMAGES = Number("images", "Training images", "How many an epoch goes through.", 1, 1_000_000, default=1000)
PARAMETERS = (BATCH, IMAGES)


def show(page: Page, state: State) -> None:
    """The counts beside the noise."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        size = state.slider("batch")
        images = state.number("images")
        if own := training_images(page):
            label = f"Your {own:,} training images"
            st.button(label, icon=":material/photo_library:", on_click=state.set, kwargs={"images": own})
        steps, rest = steps_an_epoch(images, size), last_batch(images, size)
        st.metric("steps an epoch", f"{steps:,}")
        st.caption(f"The last one has {rest:,} image{'s' if rest > 1 else ''}.")
    with right:
        show_figure(_figure(size), "gradient_noise", _words(size))
        st.markdown(_words(size))
    show_formulas(
        r"\text{steps} = \left\lceil \frac{n}{b} \right\rceil",
        r"\text{noise} = \frac{\sigma}{\sqrt{b}} \sqrt{\frac{n - b}{n - 1}} \approx \frac{\sigma}{\sqrt{b}}",
    )
    st.caption(
        f"A line fitted to {EXAMPLES} points by least squares: each point is a batch’s gradient, drawn without putting "
        "back. Four times the batch, half the noise, four times the work. A little noise is welcome: it leads past "
        "narrow valleys."
    )


def training_images(page: Page) -> int:
    """How many the dataset in view has; 0 without one."""
    if page.dataset_in_view is None or not page.dataset.ready:
        return 0
    return int((page.dataset.images["split"] == "train").sum())


def _words(size: int) -> str:
    return f"Batches of {size}: a step goes off by **{measured_noise(size):.0%}** of the gradient of all examples."


def _figure(size: int):
    sizes = sorted({*SIZES, size})
    measured, expected = map(measured_noise, sizes), map(expected_noise, sizes)
    full, gradients = example_gradients().mean(axis=0), batch_gradients(size)[:SHOWN]
    return gradient_noise_figure(gradients, full, REACH, sizes, list(measured), list(expected), size)
