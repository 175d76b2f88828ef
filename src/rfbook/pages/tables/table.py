"""A table as every page shows it: HTML with a caption, without empty columns, folded if it is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rfbook.pages.unsaid import NO_VALUE, is_finite

Cell = str | tuple[str, str] | Sequence[tuple[str, str]]
"""A text; a text and the address that it leads to; or several such links."""


@dataclass(frozen=True)
class Table:
    """A caption, header cells and cells; shown as HTML. An empty caption or column is not shown.

    folded: whether only the caption is seen until a reader opens it. note: a sentence above the rows.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False
    note: str = ""

    def _repr_html_(self) -> str:
        shown = [index for index in range(len(self.columns)) if not self.rows or self._has_text(index)]
        head = "".join(f'<th scope="col">{escape(self.columns[index])}</th>' for index in shown)
        body = "".join(f"<tr>{_cells([row[index] for index in shown])}</tr>" for row in self.rows)
        rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        above = self.caption and not self.folded
        caption = f"<caption>{escape(self.caption)}</caption>" if above else ""
        table = f'{note}<div class="rf-table"><table>{caption}{rows}'
        return folded(self.caption, table) if self.folded else table

    def _has_text(self, column: int) -> bool:
        return any(row[column] not in ("", ()) for row in self.rows)


def folded(summary: str, content: str, kind: str = "rf-fold") -> str:
    """HTML of which only the summary is seen until a reader opens it."""
    return f'<details class="{kind}"><summary>{escape(summary)}</summary>{content}</details>'


def _cells(row: Sequence[Cell]) -> str:
    first, *rest = (_cell(cell) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell if is_finite(cell) else NO_VALUE)
    if len(cell) == 2 and isinstance(cell[0], str):
        return f'<a href="{escape(str(cell[1]))}">{escape(cell[0])}</a>'
    return ", ".join(_cell(link) for link in cell)
