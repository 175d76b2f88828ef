"""Every record behind every figure, page by page, folded until a reader opens it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from rfbook.backmatter.census import NOT_RUN, Asked, by_page
from rfbook.backmatter.summary import Summary
from rfbook.pages import sources
from rfbook.pages.tables.table import Cell, Table


@dataclass(frozen=True)
class Fold:
    """A table that opens below its summary. address: of the page that the summary leads to."""

    summary: str
    address: str
    table: Table

    def _repr_html_(self) -> str:
        page = f'<p><a href="{escape(self.address)}">to the page</a></p>'
        summary = f"<summary>{escape(self.summary)}</summary>"
        return f"<details>{summary}{page}{self.table._repr_html_()}</details>"


@dataclass(frozen=True)
class Folds:
    """Several folds below each other."""

    folds: Sequence[Fold]

    def _repr_html_(self) -> str:
        return "".join(fold._repr_html_() for fold in self.folds)


def provenance(asked: Iterable[Asked], pages: Mapping[str, Summary | None]) -> Folds:
    """One fold a page of the book: the table at its foot, or which of its records are missing."""
    parts = by_page(ask for ask in asked if not ask.planned)
    return Folds([_fold(name, part, pages[name]) for name, part in parts.items()])


def _from_here(footer: Table) -> Table:
    """The table at the foot of a page, opened; its links are seen from `book/`, which lies higher."""
    rows = [[_nearer(cell) for cell in row] for row in footer.rows]
    return replace(footer, rows=rows, folded=False)


def _nearer(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return cell
    return [(text, address.removeprefix("../")) for text, address in cell]


def _fold(name: str, asked: Sequence[Asked], page: Summary | None) -> Fold:
    address = f"../{sources.document(name)}.html"
    if page is not None:
        return Fold(f"{name}: {len(asked)} records", address, _from_here(page.footer))
    missing = [ask for ask in asked if ask.record is None]
    rows = [[ask.run.slug(), ask.measure, ask.tier] for ask in missing]
    table = Table(f"Records {NOT_RUN}", ("run", "measure", "tier"), rows)
    return Fold(f"{name}: {len(missing)} of {len(asked)} records {NOT_RUN}", address, table)
