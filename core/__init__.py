"""Image classification from a folder of images to an evaluated classifier, without any user interface.

>>> import core
>>> dataset = core.open_dataset("cats_vs_dogs_sample")   # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.api import check, compare, find_run, list_runs, open_dataset, train
    from core.workspace import Workspace

__all__ = ["Workspace", "check", "compare", "find_run", "list_runs", "open_dataset", "train"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `import core` itself has to cost nothing, since every process of the program does it.
    if name not in __all__:
        raise AttributeError(f"module 'core' has no attribute {name!r}")
    return getattr(import_module("core.workspace" if name == "Workspace" else "core.api"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
