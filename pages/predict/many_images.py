"""Many new images: a table of answers that is worked out while one does something else."""

from pages.shared.page import Page


def show_many_images(page: Page) -> None:
    """Take a folder, an archive or the unlabelled images of the dataset, and show what the run says of them."""
