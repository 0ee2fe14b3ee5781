"""Networks that people compose: kept by name in their workspace, and chosen and trained like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from core.architectures.architecture import FEWEST_CLASSES, OWN, Architecture
from core.architectures.block_check import Followed, ImpossibleBlock, first_layers, follow
from core.architectures.blocks import Block, Field, expand, read_blocks, write_blocks
from core.architectures.layers import ImpossibleLayer, tabulate
from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError, WorkbenchError
from core.files import read_json, write_json
from core.workspace import NAME_LENGTH, Workspace, check_name

__all__ = ("CustomNetwork", "CustomNetworks", "ImpossibleBlock", "available", "check", "find_available", "read_network")

MOST_NETWORKS = 100
LARGEST_IMAGE = 1024
CHANNELS = (3, 1)
IMAGE_SIZE = Field("image_size", "Image size", "Pixels a side of the images it is made for.", 1, LARGEST_IMAGE, 96)
_KEYS = ("name", "title", "image_size", "channels", "blocks")


@dataclass(frozen=True)
class CustomNetwork:
    """A network of blocks.

    Parameters
    ----------
    name, title
        What the command line and people call it.
    image_size
        Side of the square images it is made for, in pixels, 1 to 1,024.
    channels
        Of the image that the first block sees: 3, or 1 for grey.
    blocks
        What lies between the image and the dense layer that answers.
    """

    name: str
    title: str
    image_size: int
    channels: int
    blocks: tuple[Block, ...]

    @cached_property
    def architecture(self) -> Architecture:
        """As an entry of the registry. Its `network` is all that is needed to make it anew.

        Raises
        ------
        ImpossibleBlock
            If its blocks make no network.
        """
        check(self, FEWEST_CLASSES)
        expanded, _ = expand(self.blocks, self.channels)
        count = len(self.blocks)
        return Architecture(
            name=self.name,
            title=self.title,
            group=OWN,
            description=f"Composed here of {count} block{'s' if count > 1 else ''}, "
            f"for {'grey' if self.channels == 1 else 'colour'} images of {self.image_size} × {self.image_size} pixels.",
            source="composed in the network builder",
            year=0,
            original_classes=0,
            input_size=self.image_size,
            minimum_size=self._minimum_size(),
            body=(*first_layers(self.channels), *expanded),
            network=self.to_dict(),
        )

    def to_dict(self) -> dict[str, Any]:
        """As `read_network` reads it, ready for JSON."""
        return {key: getattr(self, key) for key in _KEYS} | {"blocks": write_blocks(self.blocks)}

    def _minimum_size(self) -> int:
        """The least side at which every window finds an image; where one does, it does in all larger ones."""
        layers = (*first_layers(self.channels), *expand(self.blocks, self.channels)[0])
        too_small, enough = 0, self.image_size
        while enough - too_small > 1:
            side = (too_small + enough) // 2
            try:
                tabulate(layers, (side, side, 3))
                enough = side
            except ImpossibleLayer:
                too_small = side
        return enough


def check(network: CustomNetwork, class_count: int = FEWEST_CLASSES) -> Followed:
    """Follow an image through a network's blocks.

    Raises
    ------
    ImpossibleBlock
        If they make no network for images of its size: at the first block that can't stand, with the formula.
    """
    followed = follow(network.blocks, network.image_size, network.channels, class_count)
    if followed.fault:
        raise followed.fault
    return followed


def read_network(values: Mapping[str, Any]) -> CustomNetwork:
    """A network as `CustomNetwork.to_dict` gives it, checked.

    Raises
    ------
    UsageError
        Naming the row and the field, what is accepted, and what was given; or the block that can't stand.
    """
    if not isinstance(values, Mapping):
        raise UsageError(f"A network must have {', '.join(_KEYS)}. Got {type(values).__name__}.")
    for key in values:
        if key not in _KEYS:
            raise UsageError(f"A network has no field {key!r:.60}. It has {', '.join(_KEYS)}.")
    name = values.get("name")
    if not isinstance(name, str):
        raise UsageError(f"The network's 'name' must be text. Got {name!r:.60}.")
    channels = values.get("channels", 3)
    if isinstance(channels, bool) or channels not in CHANNELS:
        raise UsageError(f"The network's 'channels' must be 3 (colour) or 1 (grey). Got {channels!r:.60}.")
    image_size = int(IMAGE_SIZE.check(values.get("image_size", IMAGE_SIZE.default), "The network"))
    title = _check_title(values.get("title", name))
    network = CustomNetwork(check_name(name), title, image_size, int(channels), read_blocks(values.get("blocks", [])))
    check(network)
    return network


def _check_title(title: Any) -> str:
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= NAME_LENGTH or not title.isprintable():
        raise UsageError(f"The network's 'title' must be a line of 1 to {NAME_LENGTH} characters. Got {title!r:.80}.")
    return title.strip()


class CustomNetworks:
    """The networks of a workspace: a file of JSON each, in ``networks/``."""

    def __init__(self, workspace: Workspace):
        self.folder = workspace.root / "networks"

    def names(self) -> list[str]:
        """The names of those that can be read, in order."""
        return [network.name for network in self.all()]

    def all(self) -> list[CustomNetwork]:
        """Those that can be read, by name. A damaged file is left out."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(_read(path))
            except (WorkbenchError, OSError):
                continue
        return found

    def find(self, name: str) -> CustomNetwork:
        """The network with this name.

        Raises
        ------
        UsageError
            If there is none, naming those that there are, or its file is damaged.
        """
        try:
            return _read(self._path(name))
        except FileNotFoundError:
            there_are = f"There are: {', '.join(names)}." if (names := self.names()) else "There are none yet."
            raise UsageError(f"There is no network of yours called {name!r}. {there_are}") from None

    def save(self, network: CustomNetwork, replace: bool = False) -> None:
        """Keep a network under its name.

        Raises
        ------
        UsageError
            If its blocks make no network, its name can't be used or is taken, or there are too many.
        """
        network = read_network(network.to_dict())
        check_free(network.name)
        taken = [path.stem for path in self.folder.glob("*.json")]
        same = next((name for name in taken if name.casefold() == network.name.casefold()), None)
        if same is not None and not (replace and same == network.name):
            raise UsageError(f"There is a network of yours called {same!r} already. Replace it, or take another name.")
        if same is None and len(taken) >= MOST_NETWORKS:
            raise UsageError(f"There are {MOST_NETWORKS} networks of yours, which is all that are kept. Delete one.")
        write_json(self._path(network.name), network.to_dict())

    def delete(self, name: str) -> None:
        """Delete a network. Runs that were trained with it keep what they need.

        Raises
        ------
        UsageError
            If there is none with this name.
        """
        path = self._path(name)
        if not path.exists():
            self.find(name)
        path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{check_name(name)}.json"


def check_free(name: str) -> None:
    """Refuse a name that a network of the program has.

    Raises
    ------
    UsageError
        Saying which it is.
    """
    for known, architecture in ARCHITECTURES.items():
        if known.casefold() == name.casefold():
            raise UsageError(f"{known!r} is a network that comes with the program, {architecture.title}. Take another.")


def _read(path: Path) -> CustomNetwork:
    """The network in a file, which is read once for each time that it is written."""
    state = path.stat()
    return _read_once(path, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=4 * MOST_NETWORKS)
def _read_once(path: Path, *state: int) -> CustomNetwork:
    try:
        network = read_network(read_json(path))
    except UsageError as error:
        raise UsageError(f"The file of the network {path.stem!r} can't be used. {error} Delete it.") from None
    if network.name != path.stem:
        raise UsageError(f"The file of the network {path.stem!r} holds {network.name!r}. Rename or delete it.")
    check_free(network.name)
    return network


def available(workspace: Workspace | None) -> dict[str, Architecture]:
    """The networks one can choose: the registry's, then those of the workspace."""
    own = CustomNetworks(workspace).all() if workspace else []
    return ARCHITECTURES | {network.name: network.architecture for network in own}


def find_available(name: str, workspace: Workspace | None = None) -> Architecture:
    """The network with this name, of the registry or of the workspace.

    Raises
    ------
    UsageError
        If there is none, naming those that there are.
    """
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]
    known = available(workspace)
    if name not in known:
        raise UsageError(f"There is no architecture {name!r}. There are: {', '.join(known)}.")
    return known[name]
