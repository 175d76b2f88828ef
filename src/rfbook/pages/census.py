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
from rfbook.pages.plan import asks, replay

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
        if not page.startswith("book/"):
            yield page, tier_of(page, tier)


def by_page(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    """The same, page by page, in the order of the pages."""
    return {page: list(group) for page, group in groupby(asked, lambda one: one.page)}


def opened(asked: Iterable[Asked]) -> dict[str, Page | None]:
    """Every page after its run cells, if all records that it asks for are there; else None."""
    return {page: _open(part) for page, part in by_page(asked).items()}


def _open(asked: Sequence[Asked]) -> Page | None:
    if any(one.record is None for one in asked):
        return None
    return replay(asked[0].page, {"tier": asked[0].tier})


def link(page: str) -> tuple[str, str]:
    """A table's cell that leads from a page of `book/` to this page."""
    return page, f"../{sources.document(page)}.html"


def minutes(value: float) -> str:
    """Minutes for a reader, so that a little is not taken for nothing."""
    if 0 < value < 0.05:
        return "below 0.1"
    return f"{value:.1f}" if 0 < value < 10 else f"{value:.0f}"
