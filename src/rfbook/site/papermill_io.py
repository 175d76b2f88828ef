"""Lets papermill open a page by name: `papermill page://size_matters/border-layer out.ipynb`.

papermill (2.7) finds `handler` through the entry point group `papermill.io`, whose entry's name is
the prefix that a path must begin with.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from rfbook.pages import sources

SCHEME = "page://"

GUARD = """\
from rfbook.pages.injected import injected
from rfbook.pages.parameters import require_valid

require_valid({declared}, injected({declared}, globals()))"""
"""What a page of `book/` executes first, in a notebook of it: the others refuse when they are opened."""

# papermill warns of every input whose name has no suffix; the name of a page has none.
warnings.filterwarnings("ignore", "the file is not specified with any extension", UserWarning)


class PageHandler:
    """Reads pages for papermill from `root`, by default the repository that this code is in."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root

    def read(self, path: str) -> str:
        """The page as the JSON text of a notebook: `as_notebook`.

        Raises UnknownPage for an unknown page.
        """
        return nbformat.writes(as_notebook(_page(path), self._root()))

    def listdir(self, path: str) -> list[str]:
        """All pages whose address begins with `path`, as addresses."""
        return [f"{SCHEME}{p}" for p in sources.pages(self._root()) if p.startswith(_page(path))]

    def write(self, buf: str, path: str) -> None:
        """Refuses: raises ValueError, since a page is a source and not an output."""
        raise ValueError(f"{path}: pages are sources; write to a file, for example out.ipynb")

    def pretty_path(self, path: str) -> str:
        """The address as it was given."""
        return path

    def _root(self) -> Path:
        return self.root or sources.repository()


def as_notebook(page: str, root: Path) -> NotebookNode:
    """The page as a notebook that refuses what the page does not know, for whoever runs it.

    Raises UnknownPage for an unknown page.
    """
    notebook = sources.read(page, root)
    if page.startswith("book/"):
        guard(notebook)
        sources.number_cells(notebook, page)
    return notebook


def guard(notebook: NotebookNode) -> None:
    """Adds `GUARD` behind the cell that papermill injects, or behind the place where it will."""
    tagged = [
        place
        for place, cell in enumerate(notebook.cells)
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", []))
    ]
    source = GUARD.format(declared=sources.defaults(notebook))
    notebook.cells.insert(max(tagged, default=-1) + 1, new_code_cell(source))


def _page(path: str) -> str:
    return path.removeprefix(SCHEME).removesuffix(".ipynb").removesuffix(".md")


handler = PageHandler()
"""The instance that papermill uses."""
