"""The networks one can choose: the single list from which pages, command line and training read everything."""

from core.architectures.architecture import Architecture
from core.architectures.backbones import BACKBONES
from core.architectures.classics import CLASSIC_NETWORKS
from core.architectures.course import COURSE_NETWORKS
from core.errors import UsageError

ARCHITECTURES = {architecture.name: architecture for architecture in (*COURSE_NETWORKS, *CLASSIC_NETWORKS, *BACKBONES)}


def find_architecture(name: str) -> Architecture:
    """The architecture with this name.

    Raises
    ------
    UsageError
        If there is none, naming those that there are.
    """
    if name not in ARCHITECTURES:
        raise UsageError(f"There is no architecture {name!r}. There are: {', '.join(ARCHITECTURES)}.")
    return ARCHITECTURES[name]
