"""Every record behind every figure, page by page, folded until a reader opens it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.pages import tables
from rfbook.pages.census import NOT_RUN, Asked, by_page, link
from rfbook.pages.notebook import Page
from rfbook.pages.tables import Table


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


def provenance(asked: Iterable[Asked], pages: Mapping[str, Page | None]) -> Folds:
    """One fold a page: the table at the foot of that page, or which of its records are missing."""
    parts = by_page(asked).items()
    return Folds([_complete(page, part) if (page := pages[name]) else _waiting(name, part)
                  for name, part in parts])  # fmt: skip


def _complete(page: Page, asked: Sequence[Asked]) -> Fold:
    text, address = link(page.name)
    return Fold(f"{text}: {len(asked)} records", address, tables.footer(page))


def _waiting(name: str, asked: Sequence[Asked]) -> Fold:
    text, address = link(name)
    missing = [one for one in asked if one.record is None]
    rows = [[one.run.slug(), one.measure, one.tier] for one in missing]
    table = Table(f"Records {NOT_RUN}", ("run", "measure", "tier"), rows)
    return Fold(f"{text}: {len(missing)} of {len(asked)} records {NOT_RUN}", address, table)
