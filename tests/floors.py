"""The floors of the house: which room of `core` and `pages` may import which, and the graph of what they do import.

`python -m tests.floors` prints the drawing of the rooms; with `--write`, it puts it into docs/architecture.md.

import-linter could tell an arrow that runs up, but neither a circle between two modules of one room nor apart a page
(`pages/dataset.py`) and its pieces (`pages/dataset/`); and its floors can't have a room inside a room.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Set
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Graph = Mapping[str, Set[str]]
PROJECT = Path(__file__).resolve().parents[1]
DOCUMENT = PROJECT / "docs" / "architecture.md"
BEGIN, END = "<!-- floors -->\n", "<!-- /floors -->\n"

# From the ground up. A room may import rooms of lower floors, and no other of its own.
FLOORS = (
    ("core.errors", "core.installation"),
    ("core.files", "core.spreadsheet", "core.workspace"),
    ("core.hosting", "core.download"),
    ("core.images",),
    ("core.jobs",),
    ("core.augmentation",),
    ("core.datasets",),
    ("core.architectures", "core.figures"),
    ("core.concepts", "core.evaluation"),
    ("core.augmentation.layers", "core.networks"),
    ("core.features",),
    ("core.runs",),
    ("core.advice", "core.sweeps"),
    ("core.training",),
    ("core.explain",),
    ("core.prediction",),
    ("core.export",),
    ("core.inference", "core.api"),
    ("core.commands",),
    ("core.cli",),
    ("core.__main__",),
    ("core",),
    ("pages.shared",),
    ("pages.components",),
    (
        "pages.augmentation",
        "pages.compare",
        "pages.concepts",
        "pages.dataset",
        "pages.evaluation",
        "pages.model",
        "pages.predict",
        "pages.training",
    ),
    ("pages",),
)
# Below the line: they build networks, and only processes of their own load them.
BELOW_THE_LINE = ("core.augmentation.layers", "core.networks", "core.training", "core.explain")
# Processes of their own, and what they alone load.
BELOW_THE_LINE += ("core.advice.linear_probe_worker", "core.prediction.answering_network")
BELOW_THE_LINE += ("core.prediction.predictor", "core.prediction.worker")
BELOW_THE_LINE += ("core.export.network", "core.export.worker")


@cache
def import_graph(project: Path = PROJECT) -> Graph:
    """What each module imports of `core` and `pages`, also within functions and for type checkers only.

    Modules are called by their files: "core/cli", "core/jobs/__init__", "pages/dataset".
    """
    paths = [path for folder in ("core", "pages") for path in (project / folder).rglob("*.py")]
    files = {path.relative_to(project).with_suffix("").as_posix(): path for path in sorted(paths)}
    found = {module: {_file_of(name, files) for name in _imported(path)} for module, path in files.items()}
    return {module: frozenset(imported - {None}) for module, imported in found.items()}


def room_of(module: str) -> str:
    """The room in which a module lies, as `FLOORS` calls it; KeyError where none is stated."""
    name = module.removesuffix("/__init__").replace("/", ".")
    if name == "core":  # what `import core` gives
        return name
    if name.count(".") == 1 and name.startswith("pages.") and not module.endswith("__init__"):
        return "pages"  # a page itself; its pieces have a room of its name
    rooms = [room for floor in FLOORS for room in floor if "." in room and f"{name}.".startswith(f"{room}.")]
    if not rooms:
        raise KeyError(module)
    return max(rooms, key=len)


def circle(graph: Graph) -> list[str]:
    """Modules or rooms each of which imports the next, the last being the first; [] where there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return []


def arrows_up(graph: Graph) -> list[tuple[str, str]]:
    """Who imports what does not lie on a lower floor: pairs of modules."""
    floor_of = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    arrows = [(module, other) for module, imported in graph.items() for other in imported]
    rooms = [(arrow, *map(room_of, arrow)) for arrow in arrows]
    return sorted(arrow for arrow, room, other in rooms if room != other and floor_of[room] <= floor_of[other])


def room_graph(graph: Graph) -> Graph:
    """What each room imports of others."""
    rooms: dict[str, set[str]] = {}
    for module, imported in graph.items():
        rooms.setdefault(room_of(module), set()).update(map(room_of, imported))
    return {room: imported - {room} for room, imported in rooms.items()}


def drawing() -> str:
    """The rooms and the arrows between them as Mermaid draws them, without the arrows that follow from others."""
    rooms = room_graph(import_graph())
    lines = ["```mermaid", "flowchart TD"]
    for floor in reversed(FLOORS):
        for room in filter(rooms.__contains__, floor):
            direct = rooms[room] - {far for near in rooms[room] for far in _reached(near, rooms)}
            lines.append(f'    {_id(room)}["{room.removeprefix("core.")}"]')
            lines += [f"    {_id(room)} --> {_id(other)}" for other in sorted(direct)]
    return "\n".join([*lines, "```", ""])


def documented() -> str | None:
    """The drawing that docs/architecture.md shows; None where it shows none."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    return text.partition(BEGIN)[2].partition(END)[0] if BEGIN in text and END in text else None


def write() -> None:
    """Put the drawing into docs/architecture.md, between its two marks, or at its end where it has none."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    before, begins, rest = text.partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}{drawing()}{END}{rest.partition(END)[2] if begins else ''}", encoding="utf-8")


def _imported(path: Path) -> Iterator[str]:
    """The names that a module imports: "core.errors.UsageError" of `from core.errors import UsageError`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file_of(name: str, files: Mapping[str, Path]) -> str | None:
    """The module in which an imported name lies; None of another project's."""
    path = name.replace(".", "/")
    places = (f"{path}/__init__", path, f"{path.rpartition('/')[0]}/__init__", path.rpartition("/")[0])
    return next((place for place in places if place in files), None)


def _reached(room: str, rooms: Graph) -> set[str]:
    """All that a room imports, and what that imports, and so on."""
    found, waiting = set(), [room]
    while waiting:
        new = rooms[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _id(room: str) -> str:
    return room.replace(".", "_")


if __name__ == "__main__":
    write() if "--write" in sys.argv[1:] else print(drawing(), end="")
