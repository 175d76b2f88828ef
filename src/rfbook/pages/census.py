"""Everything that the pages ask for, page by page, and which of it has a record; nothing is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rfbook.experiments.spec import Run
from rfbook.ledger.obtain import merged
from rfbook.ledger.record import Record
from rfbook.pages import sources
from rfbook.pages.execution import tier_of
from rfbook.pages.notebook import Page, store_of
from rfbook.pages.plan import asks, declared, replay
from rfbook.pages.tables import number

Cell = str | tuple[str, str]
"""A cell of a table: its text, or its text and where it leads."""

NOT_RUN = "not run yet"
"""What stands in a table where a record will be."""


@dataclass(frozen=True)
class Asked:
    """One measure that a page asks of a run at a tier, with its record if there is one."""

    page: str
    tier: str
    run: Run
    measure: str
    record: Record | None


def census(tier: str) -> list[Asked]:
    """What every page of `notebooks/` asks for; `published` takes each page at its own tier.

    Raises RecordError for a damaged record.
    """
    found: dict[tuple[str, Run, str], Record | None] = {}
    asked = []
    for page, at in _pages(tier):
        store = store_of(at)
        for run, measures in merged(asks(page, {"tier": at})).items():
            for measure in measures:
                key = at, run, measure
                if key not in found:
                    found[key] = store.find(run, measure)
                asked.append(Asked(page, at, run, measure, found[key]))
    return asked


def _pages(tier: str) -> Iterator[tuple[str, str]]:
    for page in sources.pages(sources.repository()):
        if not page.startswith("book/") and "tier" in declared(page):
            yield page, tier_of(page, tier)


def by_page(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    """The same, page by page, in the order of the pages."""
    return {page: list(group) for page, group in groupby(asked, lambda one: one.page)}


def opened(asked: Sequence[Asked]) -> Page | None:
    """The page after its run cells, if every record that it asks for is there; else None."""
    if any(one.record is None for one in asked):
        return None
    return replay(asked[0].page, {"tier": asked[0].tier})


def link(page: str) -> tuple[str, str]:
    """A table's cell that leads from a page of `book/` to this page."""
    return page, f"../{sources.document(page)}.html"


def minutes(value: float) -> str:
    """Minutes for a reader: a small number does not become nothing."""
    return "0" if value == 0 else number(value) if value < 10 else f"{value:.0f}"
