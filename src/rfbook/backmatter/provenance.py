"""Which records the pages of the book ask for and that are not there."""

from __future__ import annotations

from collections.abc import Iterable

from rfbook.backmatter.census import NOT_RUN, Asked
from rfbook.pages.tables.table import Table


def missing(asked: Iterable[Asked]) -> Table:
    """One row a record that a page asks for and that is not there."""
    rows = [
        [ask.page, ask.run.slug(), ask.measure, ask.tier]
        for ask in asked if not (ask.planned or ask.record)
    ]  # fmt: skip
    columns = ("page", "run", "measure", "tier")
    return Table(f"Records {NOT_RUN}", columns, rows or [["none", "", "", ""]])
