"""What each page changed against its paper, as its own figures say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rfbook.backmatter.census import NOT_RUN, Asked, by_page, links
from rfbook.backmatter.summary import Summary
from rfbook.pages.tables.standard import Table


def table(asked: Iterable[Asked], pages: Mapping[str, Summary | None]) -> Table:
    """One row a page: its tier, and every setting that is not the paper's."""
    rows, leads = [], links()
    for name, part in by_page(asked).items():
        page = pages[name]
        scaling = page.scaling if page else NOT_RUN
        rows.append([leads.get(name, name), part[0].tier, scaling])
    return Table("What differs from the papers", ("page", "tier", "what differs"), rows)
