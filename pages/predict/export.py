"""The run in the formats of others, as code, as a report and as a project."""

from pages.shared.page import Page


def show_export(page: Page) -> None:
    """Offer all formats, make the one that is asked for, and hand it out."""
