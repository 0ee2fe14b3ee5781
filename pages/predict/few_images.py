"""A few new images: each with its answer, how sure it is, and why."""

from pages.shared.page import Page


def show_few_images(page: Page) -> None:
    """Take images, and show what the run says of each."""
