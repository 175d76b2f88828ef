"""The two notebooks of a page: a student's, without solutions, and an instructor's, with all of them.

Both check answers. In a student's the cells tagged `check` fail until the one above them is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from rfbook.pages import sources
from rfbook.pages.exercises import ANSWER, SLIPS, Exercise, Part, check_cell, exercises, parts
from rfbook.site.handed_out import newest, readable


def student(page: str, root: Path) -> NotebookNode:
    """The page without results and solutions: below a check or a change stands a cell for the answer."""
    notebook = sources.read(page, root)
    by_label = {exercise.label: exercise for exercise in exercises(notebook.cells)}
    asked = (part for part in parts(notebook.cells) if part.kind != "solution")
    notebook.cells = [cell for part in asked for cell in _asked(part, by_label)]
    return _finished(notebook, page)


def instructor(page: str, root: Path) -> NotebookNode:
    """The page with its published results and solutions, each checked below it."""
    notebook = newest(page, root)
    by_label = {exercise.label: exercise for exercise in exercises(notebook.cells)}
    notebook.cells = [cell for part in parts(notebook.cells) for cell in _told(part, by_label)]
    return _finished(notebook, page)


def _finished(notebook: NotebookNode, page: str) -> NotebookNode:
    readable(notebook)
    sources.number_cells(notebook, page)
    return notebook


def _asked(part: Part, by_label: Mapping[str, Exercise]) -> Iterator[NotebookNode]:
    """The cells of a student's notebook in place of a part of the page."""
    yield from _shown(part)
    if part.kind == "exercise" and by_label[part.label].solution:
        remark = by_label[part.label].asked
        source = f"{ANSWER} = ...  # {remark}"
        yield new_code_cell(source, metadata={"tags": [ANSWER]})
        yield check_cell(part.label)


def _told(part: Part, by_label: Mapping[str, Exercise]) -> Iterator[NotebookNode]:
    """Those of an instructor's."""
    if part.kind == "solution" and part.cell.cell_type == "markdown":
        yield new_markdown_cell(f"**Solution.** {part.text}")
        return
    yield from _shown(part)
    if part.kind == "solution" and SLIPS in part.cell.metadata.get("tags", []):
        yield check_cell(part.label)


def _shown(part: Part) -> Iterator[NotebookNode]:
    if part.cell.cell_type != "markdown":
        yield part.cell
    elif part.kind == "hint":
        yield new_markdown_cell(
            f"<details><summary>Hint</summary>\n\n{escape(part.text, quote=False)}\n\n</details>"
        )
    else:
        yield new_markdown_cell(part.text)
