"""Notebooks that leave the book: they can be read as they are, and say what they need to be run."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from rfbook.pages import sources
from rfbook.pages.executed import current, executed
from rfbook.pages.narrative import plain
from rfbook.pages.sources import PUBLISHED
from rfbook.site.papermill_io import guard

CHECK = '''\
# This notebook needs the package rfbook, in a checkout of the book's repository.
try:
    import rfbook.pages.sources
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        """this Python does not have the package rfbook. In a checkout of the book's repository:

    python3.11 -m venv .venv && . .venv/bin/activate
    pip install --require-hashes -r requirements.lock
    pip install --no-build-isolation -e ".[lab]"
    jupyter lab

Then open this notebook in the JupyterLab that starts."""
    ) from None
assert rfbook.pages.sources.repository()  # pages and records are read from there'''
"""The first cell: it stops where the package is missing, and says how to get it."""


def handed_out(page: str, root: Path) -> NotebookNode:
    """The page as a notebook to take away, with its published results if the book has them now.

    Raises UnknownPage for an unknown page.
    """
    notebook = newest(page, root)
    if page.startswith("book/"):
        guard(notebook)
    readable(notebook)
    sources.number_cells(notebook, page)
    return notebook


def newest(page: str, root: Path) -> NotebookNode:
    """The page as it was executed for the published book, or its source where it was not, or not so."""
    if current(page, PUBLISHED, root):
        return nbformat.read(executed(page, PUBLISHED, root), nbformat.NO_CONVERT)
    return sources.read(page, root)


def readable(notebook: NotebookNode) -> None:
    """Adds `CHECK`, and takes out what only the site can show: roles, directives, its own outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source)
        elif cell.cell_type == "code":
            cell.outputs = [shown for shown in map(_shown, cell.outputs) if shown]
    check = new_code_cell(CHECK, id="check", metadata={"tags": ["remove-cell"]})
    notebook.cells.insert(0, check)


def _shown(output: NotebookNode) -> NotebookNode | None:
    """What Jupyter shows of an output; None where it is for the site alone."""
    if "data" not in output:
        return output
    if "scrapbook" in output.metadata:
        return None
    if "text/html" in output.data:
        output.data = NotebookNode({"text/html": output.data["text/html"]})
    return output
