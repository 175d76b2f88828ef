"""Everything that the pages ask for, page by page, and which of it has a record; nothing is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rfbook.backmatter.summary import Summary, told
from rfbook.experiments.files import looked_at, read_yaml
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged
from rfbook.pages import executed, sources
from rfbook.pages.page import store_of
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
    record: its values are there only if the page was not executed.
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
    root = sources.repository()
    package = executed.package_of(root)
    in_use = [ask for page in _measuring(root) for ask in _asked(page, tier, package)]
    return in_use + [ask for page in sources.planned(root) for ask in _looked_up(page, tier, True)]


def opened(tier: str) -> dict[str, Summary | None]:
    """The summary of every page that measures something, planned ones last; looking makes nothing.

    It is what the page left when it was executed at this tier (`make book`). Of a page that was not, or
    not as it is now, the run cells are executed here. None if it is planned or a record is missing.
    """
    root = sources.repository()
    package = executed.package_of(root)
    summaries = {page: _opened(page, tier, package) for page in _measuring(root)}
    measuring = {
        page: summary for page, summary in summaries.items() if summary is None or summary.part("asked")
    }
    return measuring | dict.fromkeys(sources.planned(root))


def _measuring(root: Path) -> list[str]:
    """The pages of the book that others are about."""
    return [page for page in in_book(root) if not sources.sums_up(page, root)]


def _asked(page: str, tier: str, package: str) -> list[Asked]:
    part = executed.left(page, tier, sources.repository(), package)
    if part is None:
        return _looked_up(page, tier)
    rows = Summary(part).records()
    return [Asked(page, at, record.run, record.measure, record) for at, record in rows]


def _opened(page: str, tier: str, package: str) -> Summary | None:
    part = executed.left(page, tier, sources.repository(), package)
    if part is not None:
        return Summary(part)
    if any(ask.record is None for ask in _looked_up(page, tier)):
        return None
    return Summary(told(replay(page, {"tier": tier_of(page, tier)})).__getitem__)


def _looked_up(page: str, tier: str, planned: bool = False) -> list[Asked]:
    """What a page asks for by its run cells, with the records that are in the store."""
    looked_at.add(str(sources.find(page, sources.repository())))
    return [
        Asked(page, at, run, measure, store_of(at).find(run, measure), planned)
        for _, at, run, measure in wanted([page], tier)
    ]


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
    return {page: list(group) for page, group in groupby(asked, lambda ask: ask.page)}


def links() -> dict[str, Cell]:
    """Cells that lead from a page of `book/` to the others, by title and in the order of the contents.

    Planned pages are not among them.
    """
    root = sources.repository()
    places = {name: place for place, name in enumerate(contents(root))}
    pages = sorted(sources.pages(root), key=lambda page: places.get(sources.document(page), len(places)))
    return {page: (title(page, root), f"../{sources.document(page)}.html") for page in pages}


def contents(root: Path) -> list[str]:
    """The documents of the table of contents, in its order."""
    toc = read_yaml(root / "_toc.yml")
    return [
        toc["root"],
        *(chapter["file"] for part in toc.get("parts", []) for chapter in part["chapters"]),
    ]


def title(page: str, root: Path) -> str:
    """The first heading of a page; its name if it has none."""
    texts = [cell.source for cell in sources.shared(page, root).cells if cell.cell_type == "markdown"]
    match = re.search(r"^# +(.+)$", "\n".join(texts), re.MULTILINE)
    return match[1].strip() if match else page


def minutes(value: float) -> str:
    """Minutes for a reader, so that a little is not taken for nothing."""
    if 0 < value < 0.05:
        return "below 0.1"
    return f"{value:.1f}" if 0 < value < 10 else f"{value:.0f}"
