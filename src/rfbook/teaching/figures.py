"""The figures of the executed pages: as files with their captions, and for slides."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from nbformat import NotebookNode

CAPTIONS = "captions.html"
"""The file of the zip that shows every figure with its caption and its page."""

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that the same figures make the same bytes."""

_FIGURE = re.compile(
    r"^:{3,}\{figure\} \S+\n:name: (?P<name>\S+)\n:alt: (?P<alt>\".*\")\n\n(?P<caption>.+?)\n\n<details",
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r'<a download="(?P<name>[^"]+)" href="data:[^;]+;base64,(?P<content>[^"]+)"')


@dataclass(frozen=True)
class Drawn:
    """A figure of a page. files: name -> content, as PNG, SVG and CSV."""

    name: str
    alt: str
    caption: str
    files: Mapping[str, bytes]

    @property
    def address(self) -> str:
        """Its picture as an address that holds it."""
        picture = base64.b64encode(self.files[f"{self.name}.png"]).decode()
        return f"data:image/png;base64,{picture}"


def figures(notebook: NotebookNode) -> Iterator[Drawn]:
    """The figures that an executed page shows, in order."""
    for text in shown(notebook):
        for figure in _FIGURE.finditer(text):
            files = {file["name"]: base64.b64decode(file["content"]) for file in _FILE.finditer(text)}
            yield Drawn(figure["name"], json.loads(figure["alt"]), figure["caption"], files)


def shown(notebook: NotebookNode) -> Iterator[str]:
    """What an executed page shows as Markdown: its sentences filled in, its cards, its figures."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                yield output.data["text/markdown"]


def write_zip(drawn: Iterable[tuple[str, str, Drawn]], path: Path) -> int:
    """Every figure as files, and a page with the captions. drawn: page, its title, figure.

    Returns how many figures there are.
    """
    entries = []
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for page, title, figure in drawn:
            names = {Path(name).suffix: f"{page}/{name}" for name in figure.files}
            for name, content in figure.files.items():
                archive.writestr(_dated(f"{page}/{name}"), content)
            entries.append(_entry(title, figure, names))
        archive.writestr(_dated(CAPTIONS), _captions(entries))
    return len(entries)


def _dated(name: str) -> ZipInfo:
    return ZipInfo(name, EARLIEST)


def _entry(title: str, figure: Drawn, names: Mapping[str, str]) -> str:
    links = ", ".join(f'<a href="{name}">{end[1:].upper()}</a>' for end, name in names.items())
    text = f"<strong>{escape(title)}.</strong> {escape(figure.caption)} ({links})"
    picture = f'<img src="{names[".png"]}" alt="{escape(figure.alt)}">'
    return f"<figure>{picture}<figcaption>{text}</figcaption></figure>"


def _captions(entries: Iterable[str]) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Figures with captions</title>'
        "<style>body{font-family:sans-serif;max-width:50rem;margin:auto}img{max-width:100%}</style></head>"
        f"<body><h1>Figures with captions</h1>{''.join(entries)}</body></html>"
    )
