"""The visitor's own network: the run in view, else the newest, else the one that is chosen on the Model page."""

from dataclasses import dataclass

from core.architectures.architecture import Architecture
from core.architectures.layers import LayerRow
from core.errors import UsageError
from core.runs.record import Run
from pages.shared.inference import has_weights
from pages.shared.page import Page


@dataclass(frozen=True)
class NetworkInView:
    """A network as its layers.

    Parameters
    ----------
    architecture
        Which it is.
    image_size
        Side of the images that it is fed, in pixels.
    rows
        Its layers, with shapes and parameters.
    run
        The run that trained it; None where it is only chosen.
    """

    architecture: Architecture
    image_size: int
    rows: list[LayerRow]
    run: Run | None


def network_in_view(page: Page) -> NetworkInView | None:
    """The network that "your network" means; None without a dataset, or where its settings fit no network."""
    if page.dataset_in_view is None or not page.dataset.ready:
        return None
    run = run_in_view(page)
    values = run.settings.to_dict() if run else page.draft.values()
    architecture = run.settings.design if run else page.draft.architecture
    classes = len(page.dataset.class_names)
    try:
        rows = architecture.table(values["image_size"], classes, values["dropout"], values["hidden"])
    except UsageError:
        return None
    return NetworkInView(architecture, values["image_size"], rows, run)


def run_in_view(page: Page) -> Run | None:
    """The run that the URL names, else the newest that has weights."""
    return page.run_in_view or next((run for run in page.runs if has_weights(run)), None)
