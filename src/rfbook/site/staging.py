"""What Jupyter Book reads: `book/` and the executed pages in one folder, under their names in the book.

A figure's numbers and pictures travel inside the notebook of its page. Here they become files, which are
handed out as they are: a parser of Markdown would go through every letter of them.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rfbook.pages import sources
from rfbook.pages.addresses import EXTRA, root_address
from rfbook.pages.executed import executed
from rfbook.pages.sources import folder_of

DOWNLOADS = "_downloads"
LINKED = re.compile(r'download="([\w.-]+)" href="data:[\w/+-]+;base64,([A-Za-z0-9+/=]+)"')
PICTURED = re.compile(r"\{figure\} data:[\w/+-]+;base64,([A-Za-z0-9+/=]+)\n:name: (.+)")

Written = dict[tuple[str, str], str]


def stage(tier: str, root: Path | None = None) -> Path:
    """Fill `build/<tier>/stage`: links to the files, and the pages, whose embedded files stand beside.

    What several pages embed, as the report does, is written once.
    """
    root = root or sources.repository()
    folder = folder_of(tier, root) / "stage"
    shutil.rmtree(folder, ignore_errors=True)
    for name, path in _linked(tier, root):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(path)
    written: Written = {}
    for page in sources.pages(root):
        notebook = executed(page, tier, root)
        if notebook.exists():
            target = folder / f"{sources.document(page)}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            content = nbformat.read(notebook, nbformat.NO_CONVERT)
            _take_out(content, page, folder / EXTRA, written)
            nbformat.write(content, target)
    return folder


def _linked(tier: str, root: Path) -> Iterator[tuple[Path, Path]]:
    pages = {root / f"{sources.document(page)}.md" for page in sources.pages(root)}
    for path in sorted((root / "book").rglob("*")):
        if path.is_file() and path not in pages and "__pycache__" not in path.parts:
            yield path.relative_to(root), path
    for path in sorted((folder_of(tier, root) / EXTRA).rglob("*")):
        if path.is_file():
            yield path.relative_to(folder_of(tier, root)), path


def _take_out(notebook: NotebookNode, page: str, extra: Path, written: Written) -> None:
    """Writes the files that the page embeds below `extra`, and lets the page name them.

    written: the address below `extra` of each file, by its name and content; the page's are added.
    """

    def linked(match: re.Match[str]) -> str:
        file = name, content = match[1], match[2]
        if file not in written:
            written[file] = f"{DOWNLOADS}/{sources.document(page)}/{name}"
            path = extra / written[file]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))
        return f'download="{name}" href="{root_address(page)}{written[file]}"'

    def pictured(match: re.Match[str]) -> str:
        file = f"{match[2]}.svg", match[1]
        return f"{{figure}} /{EXTRA}/{written[file]}\n:name: {match[2]}" if file in written else match[0]

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/markdown")
            if text is not None:
                output.data["text/markdown"] = PICTURED.sub(pictured, LINKED.sub(linked, text))
