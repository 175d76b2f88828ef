"""The rooms of the package, and the imports between them, read from its sources."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib import pyplot
from matplotlib.axes import Axes

from rfbook.pages import sources
from rfbook.pages.figures import style
from rfbook.pages.tables.standard import Table

Imports = Mapping[str, frozenset[str]]
"""Module -> the modules of the package that it imports, dotted names below the package."""


@dataclass(frozen=True)
class Room:
    """One folder of the package, with its own folders.

    floors: the longest chain of imports between files of one folder.
    """

    name: str
    holds: str
    files: int
    lines: int
    floors: int
    uses: frozenset[str]


def imports(package: Path) -> dict[str, frozenset[str]]:
    """What every file of the package imports of the package, also inside functions."""
    files = {_dotted(path, package): path for path in sorted(package.rglob("*.py"))}
    return {
        name: frozenset(_imported(path, package.name, files)) - {name} for name, path in files.items()
    }


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, package: str, files: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            base = node.module.removeprefix(package).removeprefix(".")
            inside = [f"{base}.{alias.name}".removeprefix(".") for alias in node.names]
            yield from (name if name in files else base for name in inside)


def floors(known: Imports) -> int:
    """How many files stand above each other where each imports the next.

    Raises ValueError for imports that run in a circle.
    """
    heights: dict[str, int] = {}

    def height(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above:
            raise ValueError(f"imports run in a circle: {' -> '.join([*above, name])}")
        if name not in heights:
            below = known[name] & known.keys()
            heights[name] = 1 + max((height(room, (*above, name)) for room in below), default=0)
        return heights[name]

    return max(map(height, known), default=0)


def rooms(package: Path | None = None) -> list[Room]:
    """The folders of the package, in the order of the layers in `pyproject.toml`, top first."""
    package = package or sources.repository() / "src/rfbook"
    known = imports(package)
    return [_room(name, package, known) for level in layers(package.parents[1]) for name in level]


def _room(name: str, package: Path, known: Imports) -> Room:
    own = {module: used for module, used in known.items() if module.split(".")[0] == name}
    files = sorted((package / name).rglob("*.py"))
    others = {used.split(".")[0] for all_used in own.values() for used in all_used} - {name, ""}
    text = [path.read_text(encoding="utf-8") for path in files]
    about = (package / name / "__init__.py").read_text(encoding="utf-8")
    folders = {path.parent for path in files}
    depth = max(floors(_within(folder, package, known)) for folder in folders)
    return Room(
        name, ast.get_docstring(ast.parse(about)) or "", len(files),
        sum(line.count("\n") for line in text), depth, frozenset(others),
    )  # fmt: skip


def _within(folder: Path, package: Path, known: Imports) -> Imports:
    """The imports of the files that lie in the folder itself; its `__init__` is none of them."""
    own = [_dotted(path, package) for path in folder.glob("*.py") if path.name != "__init__.py"]
    return {module: known[module] & set(own) for module in own}


def layers(root: Path) -> list[list[str]]:
    """The levels of the import contract, top first, each with its rooms."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    named = [level.replace("rfbook.", "").split(" | ") for level in contract["layers"]]
    return [level for level in named if "(" not in level[0]]


def table(every: list[Room]) -> Table:
    """One row a room: what it holds, and how large it is."""
    rows = [
        [room.name, room.holds, str(room.files), f"{room.lines:,}", str(room.floors)] for room in every
    ]
    columns = ("room", "holds", "files", "lines", "floors")
    return Table("The rooms of the package, from top to bottom", columns, rows)


def diagram(every: list[Room], alt: str, caption: str, name: str) -> None:
    """The rooms as boxes on their levels, with an arrow to every room that one imports.

    An arrow is left out where a longer way leads to the same room.
    """
    style.use()
    levels = layers(sources.repository())
    places = {
        room: ((index + 0.5) / len(level), -depth)
        for depth, level in enumerate(levels)
        for index, room in enumerate(level)
    }
    figure, axis = pyplot.subplots(figsize=(7.6, 1.0 * len(levels) + 0.4))
    axis.set(xlim=(0, 1), ylim=(-len(levels) + 0.4, 0.6))
    axis.axis("off")
    for room in every:
        _box(axis, room, places[room.name])
        for used in direct(room, every):
            _arrow(axis, places[room.name], places[used])
    style.show(figure, None, alt, caption, name)


def direct(room: Room, every: list[Room]) -> frozenset[str]:
    """The rooms that it imports and that none of the others it imports leads to."""
    below = {room.name: room.uses for room in every}

    def reached(name: str) -> frozenset[str]:
        return below[name].union(*(reached(used) for used in below[name]))

    return room.uses - frozenset().union(*(reached(used) for used in room.uses))


def _box(axis: Axes, room: Room, place: tuple[float, float]) -> None:
    axis.text(
        *place, f"{room.name}\n{room.files} files, {room.lines:,} lines", ha="center", va="center",
        fontsize="small", zorder=3,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": style.COLOURS[0]},
    )  # fmt: skip


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    across, levels = end[0] - start[0], start[1] - end[1]
    bend = 0.2 if levels > 1 and abs(across) > 0.1 else 0.0  # around the boxes of the level between
    axis.annotate(
        "", xy=(end[0], end[1] + 0.24), xytext=(start[0], start[1] - 0.24), zorder=1,
        arrowprops={
            "arrowstyle": "->", "color": style.GREY, "shrinkA": 0, "shrinkB": 0,
            "connectionstyle": f"arc3,rad={bend if across > 0 else -bend}",
        },
    )  # fmt: skip
