"""What loading the weights of a run says where they are damaged."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import WorkbenchError
from core.runs.record import Run


@contextmanager
def loading_weights(run: Run) -> Iterator[None]:
    """Load the weights of a run in this block.

    Raises
    ------
    WorkbenchError
        If they are damaged, or of another network.
    """
    try:
        yield
    except WorkbenchError:
        raise
    # Keras answers files that are damaged, or of another network, with any of these.
    except (ValueError, OSError, KeyError, RuntimeError, TypeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WorkbenchError(
            f"The weights of the run {run.id} cannot be loaded: they are damaged, or of another network ({reason}). "
            "Train again."
        ) from error
