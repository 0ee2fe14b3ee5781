"""A network that is being built: kept as it stands, also while it can't be trained yet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.architectures.architecture import Architecture
from core.architectures.block_check import first_layers
from core.architectures.blocks import Block, as_blocks, read_blocks, write_blocks
from core.architectures.custom import CHANNELS, IMAGE_SIZE, CustomNetwork
from core.errors import UsageError, WorkbenchError
from core.files import read_json, write_json
from core.workspace import NAME_LENGTH, suggest_name


@dataclass(frozen=True)
class NetworkDraft:
    """What a builder has in hand.

    Parameters
    ----------
    title
        As it was typed; "" where it was not.
    image_size, channels, blocks
        As of `CustomNetwork`.
    saved_as
        The name of the network in the workspace that it is an edit of; "" for none.
    """

    title: str = ""
    image_size: int = int(IMAGE_SIZE.default)
    channels: int = 3
    blocks: tuple[Block, ...] = ()
    saved_as: str = ""

    @classmethod
    def read(cls, path: Path) -> "NetworkDraft":
        """What was kept in a file; an empty one where there is none, or none that can be read."""
        try:
            values = read_json(path) or {}
            channels = values.get("channels", 3)
            return cls(
                str(values.get("title", ""))[:NAME_LENGTH],
                int(IMAGE_SIZE.check(values.get("image_size", IMAGE_SIZE.default), "Image")),
                channels if channels in CHANNELS else 3,
                read_blocks(values.get("blocks", [])),
                str(values.get("saved_as", ""))[:NAME_LENGTH],
            )
        except (WorkbenchError, AttributeError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        write_json(path, self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "title": self.title,
            "image_size": self.image_size,
            "channels": self.channels,
            "blocks": write_blocks(self.blocks),
            "saved_as": self.saved_as,
        }

    def having(self, **changes: Any) -> "NetworkDraft":
        """The same with some changes."""
        return replace(self, **changes)

    def network(self) -> CustomNetwork:
        """The network under the name that its title suggests.

        Raises
        ------
        UsageError
            If it has no title.
        """
        title = " ".join(self.title.split())
        if not title:
            raise UsageError("Give the network a name first.")
        return CustomNetwork(suggest_name(title), title, self.image_size, self.channels, self.blocks)


def network_draft_of(network: CustomNetwork) -> NetworkDraft:
    """To go on with a network of the workspace."""
    return NetworkDraft(network.title, network.image_size, network.channels, network.blocks, network.name)


def templates(architectures: Iterable[Architecture]) -> dict[str, NetworkDraft]:
    """Of `architectures` those that blocks can say, by name, to begin with; without a title, as they get a new one."""
    found = {}
    for architecture in architectures:
        layers = [replace(layer, name="") for layer in (*architecture.body, *architecture.head)]
        start = [replace(layer, name="") for layer in first_layers(architecture.channels)]
        if architecture.frozen or layers[: len(start)] != start:
            continue
        blocks = as_blocks(layers[len(start) :], architecture.usual_dropout)
        if blocks:
            found[architecture.name] = NetworkDraft("", architecture.input_size, architecture.channels, blocks)
    return found
