"""Everything that the pages ask for, page by page, and which of it has a record; nothing is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged
from rfbook.pages import sources
from rfbook.pages.page import Page, store_of
from rfbook.pages.plan import asks_by_tier, replay
from rfbook.pages.sources import tier_of
from rfbook.records.record import Record

Cell = str | tuple[str, str]
"""A cell of a table: its text, or its text and where it leads."""

NOT_RUN = "not run yet"
"""What stands in a table where a record will be."""


@dataclass(frozen=True)
class Asked:
    """One measure that a page asks of a run at a tier, with its record if there is one.

    tier: the page's own comes first, then that of what it shows beside it.
    planned: the page is written, and is no part of the book until it has been run.
    """

    page: str
    tier: str
    run: Run
    measure: str
    record: Record | None
    planned: bool = False


def census(tier: str) -> list[Asked]:
    """What every page of `notebooks/` asks for, planned ones last.

    tier: `published` takes each page at its own. Raises RecordError for a damaged record.
    """
    found: dict[tuple[str, Run, str], Record | None] = {}
    asked = []
    root = sources.repository()
    planned = sources.planned(root)
    for page, at, run, measure in wanted([*in_book(root), *planned], tier):
        key = at, run, measure
        if key not in found:
            found[key] = store_of(at).find(run, measure)
        asked.append(Asked(page, at, run, measure, found[key], page in planned))
    return asked


def in_book(root: Path) -> list[str]:
    """The pages of `notebooks/` that are part of the book, so without planned ones."""
    return [page for page in sources.pages(root) if not page.startswith("book/")]


def wanted(pages: Iterable[str], tier: str) -> Iterator[tuple[str, str, Run, str]]:
    """Page, tier, run and measure of all that pages ask for; no record is looked up.

    tier: as for `census`. Each measure of a run comes once a page and tier.
    """
    for page in pages:
        for at, asked in asks_by_tier(page, {"tier": tier_of(page, tier)}).items():
            for run, measures in merged(asked).items():
                yield from ((page, at, run, measure) for measure in measures)


def by_page(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    """The same, page by page, in the order of the pages."""
    return {page: list(group) for page, group in groupby(asked, lambda one: one.page)}


def opened(asked: Iterable[Asked]) -> dict[str, Page | None]:
    """Every page after its run cells; None if it is planned or a record that it asks for is missing."""
    return {page: _open(part) for page, part in by_page(asked).items()}


def _open(asked: Sequence[Asked]) -> Page | None:
    if any(one.record is None or one.planned for one in asked):
        return None
    return replay(asked[0].page, {"tier": asked[0].tier})


def links() -> dict[str, Cell]:
    """Cells that lead from a page of `book/` to the others; planned pages are not among them."""
    pages = sources.pages(sources.repository())
    return {page: (page, f"../{sources.document(page)}.html") for page in pages}


def minutes(value: float) -> str:
    """Minutes for a reader, so that a little is not taken for nothing."""
    if 0 < value < 0.05:
        return "below 0.1"
    return f"{value:.1f}" if 0 < value < 10 else f"{value:.0f}"
