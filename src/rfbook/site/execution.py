"""Execute one page: its source, with the parameters of a tier, becomes a notebook with outputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from rfbook.pages import sources
from rfbook.pages.executed import executed, keep, made_from, summary_of, values_of
from rfbook.pages.sources import folder_of
from rfbook.site.warm import manager

VISIBILITY = dict.fromkeys(("parameters", "injected-parameters", "run", "slips"), "remove-cell")
"""What the site does not show: the cells that come first, as `tables.opening` shows what is in them,
folded, and the wrong answers to exercises, which are for who checks an answer."""

LAST = """\
from rfbook.backmatter.summary import leave

leave({path!r}, {root!r}, globals().get("page"))"""
"""The cell that is executed below a page's own, and is no part of the notebook."""

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
    What the page was made from, and what it leaves for others, stands beside it (`summary_of`); a page
    that stops leaves neither. Raises UnknownPage for an unknown page and PageError if a cell raises or
    the kernel dies.
    """
    root = root or sources.repository()
    notebook, values = sources.read(page, root), values_of(page, tier, root, parameters)
    key = made_from(page, values, root)
    target, summary = executed(page, tier, root), summary_of(page, tier, root)
    running = folder_of(tier, root) / "running" / f"{page}.ipynb"
    left = running.with_suffix(".json")
    for path in (target, running):
        path.parent.mkdir(parents=True, exist_ok=True)
    for path in (summary, target):
        path.unlink(missing_ok=True)
    notebook.cells.append(new_code_cell(LAST.format(path=str(left), root=str(root))))
    notebook = _run(page, notebook, values, running, root)
    notebook.cells.pop()
    _clean(notebook, page)
    nbformat.write(notebook, target)
    keep(summary, key, left)
    for path in (running, left):
        path.unlink()
    return target


def _run(
    page: str, notebook: NotebookNode, values: Mapping[str, object], running: Path, root: Path
) -> NotebookNode:
    """The notebook with its outputs; as far as it came it stands in `running`. Raises PageError."""
    from papermill import PapermillExecutionError, execute_notebook

    # papermill fills parameters into a path with braces, such as that of an oddly named checkout.
    literal = str(running).replace("{", "{{").replace("}", "}}")
    options = {"kernel_name": "python3", "language": "python", "start_timeout": 300}
    options |= {"progress_bar": False, "log_output": False, "cwd": root}
    # As far as it came it is written when it stops, not before and after each cell.
    options |= {"request_save_on_cell_execute": False}
    options |= {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]}
    options |= {"kernel_manager_class": kind} if (kind := manager()) else {}
    logging.getLogger("papermill").setLevel(logging.WARNING)
    try:
        return _once_started(lambda: execute_notebook(notebook, literal, values, **options))
    except PapermillExecutionError as error:
        raise PageError(_stopped(page, error, running)) from error
    except RuntimeError as error:
        if DIED not in str(error):
            raise
        raise PageError(
            f"{page}: its kernel died, as kernels do when there is too little memory ({error}). "
            "Close other programs and try again."
        ) from error


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


def _clean(notebook: NotebookNode, page: str) -> None:
    notebook.metadata.pop("papermill", None)
    sources.number_cells(notebook, page)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = tags + [VISIBILITY[tag] for tag in tags if tag in VISIBILITY]
        if cell.cell_type == "code":
            cell["outputs"] = _joined(o for o in cell.outputs if o.get("name") != "stderr")
            for data in (output.get("data", {}) for output in cell.outputs):
                if "text/html" in data:
                    data.pop("text/plain", None)  # nobody sees it, and it is as long


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The outputs with what was printed in one piece: where a kernel cuts it depends on the clock."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].output_type == "stream":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _stopped(page: str, error: Exception, running: Path) -> str:
    return (
        f"{page} stopped in cell {error.cell_index}: {error.ename}: {error.evalue}\n"
        f"{error.source.strip()}\nThe notebook up to there is {running}"
    )
