"""Execute one page: its source, with the parameters of a tier, becomes a notebook with outputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rfbook.pages import sources
from rfbook.pages.sources import folder_of, tier_of

VISIBILITY = {"parameters": "remove-cell", "injected-parameters": "hide-input"}
"""What the site does with papermill's two cells: it shows the values used, not the defaults."""

HIDDEN = dict.fromkeys(VISIBILITY, "remove-cell")
"""The same for the pages of `book/`, whose readers came for the result."""

DIED = "Kernel died"
"""What the Jupyter client says of a kernel that is gone."""

NO_KERNEL = f"{DIED} before replying"
"""What it says of one that never came up."""


class PageError(RuntimeError):
    """A page stopped, or the site could not be rendered; the message says where and why."""


def execute(
    page: str,
    tier: str,
    parameters: Mapping[str, object] | None = None,
    root: Path | None = None,
) -> Path:
    """Execute one page and return the notebook `build/<tier>/executed/<page>.ipynb`.

    parameters: values for the page's parameters cell; the others keep their defaults, except
        `tier`. Running the same page twice gives the same bytes.
    Raises UnknownPage for an unknown page and PageError if a cell raises or the kernel dies.
    """
    from papermill import PapermillExecutionError, execute_notebook

    root = root or sources.repository()
    notebook = sources.read(page, root)
    values = sources.defaults(notebook)
    if "tier" in values:
        values["tier"] = tier_of(page, tier, root)
    values |= parameters or {}
    running = folder_of(tier, root) / "running" / f"{page}.ipynb"
    running.parent.mkdir(parents=True, exist_ok=True)
    # papermill fills parameters into a path with braces, such as that of an oddly named checkout.
    literal = str(running).replace("{", "{{").replace("}", "}}")
    options = {"kernel_name": "python3", "language": "python", "start_timeout": 300}
    options |= {"progress_bar": False, "log_output": False, "cwd": root}
    options |= {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]}
    logging.getLogger("papermill").setLevel(logging.WARNING)
    try:
        notebook = _once_started(lambda: execute_notebook(notebook, literal, values, **options))
    except PapermillExecutionError as error:
        raise PageError(_stopped(page, error, running)) from error
    except RuntimeError as error:
        if DIED not in str(error):
            raise
        raise PageError(
            f"{page}: its kernel died, as kernels do when there is too little memory ({error}). "
            "Close other programs and try again."
        ) from error
    _clean(notebook, page)
    target = executed(page, tier, root)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    running.unlink()
    return target


def _once_started(execution: Callable[[], NotebookNode]) -> NotebookNode:
    """Executes; again, at most twice, if the kernel died before its first cell.

    Two kernels that start at the same moment may be given the same port, and one of them dies.
    """
    for _ in range(2):
        try:
            return execution()
        except RuntimeError as error:
            if NO_KERNEL not in str(error):
                raise
    return execution()


def executed(page: str, tier: str, root: Path) -> Path:
    """Where the executed notebook of a page stands."""
    return folder_of(tier, root) / "executed" / f"{page}.ipynb"


def _clean(notebook: NotebookNode, page: str) -> None:
    notebook.metadata.pop("papermill", None)
    sources.number_cells(notebook, page)
    visibility = HIDDEN if page.startswith("book/") else VISIBILITY
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = tags + [visibility[tag] for tag in tags if tag in visibility]
        if cell.cell_type == "code":
            cell["outputs"] = [o for o in cell.outputs if o.get("name") != "stderr"]


def _stopped(page: str, error: Exception, running: Path) -> str:
    return (
        f"{page} stopped in cell {error.cell_index}: {error.ename}: {error.evalue}\n"
        f"{error.source.strip()}\nThe notebook up to there is {running}"
    )
