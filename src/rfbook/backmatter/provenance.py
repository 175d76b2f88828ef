"""How many runs and records stand behind each page, from when and which code, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rfbook.backmatter.census import NOT_RUN, Asked, Cell, by_page, links
from rfbook.backmatter.cost import records
from rfbook.pages.tables.origins import origin
from rfbook.pages.tables.table import Table

COLUMNS = ("page", "runs", "records", "commits", "made")


def table(asked: Iterable[Asked]) -> Table:
    """One row a page of the book: its runs and records, how many commits made them, and when."""
    leads = links()
    parts = by_page(ask for ask in asked if not ask.planned)
    rows: list[list[Cell]] = [[leads[page], *_counts(part)] for page, part in parts.items()]
    return Table("Records by page", COLUMNS, rows)


def _counts(asked: Sequence[Asked]) -> list[str]:
    runs = {(ask.tier, ask.run) for ask in asked if ask.record}
    wanted, made = len({(ask.tier, ask.run, ask.measure) for ask in asked}), records(asked)
    origins = [origin(record) for record in made]
    days = sorted({one.made for one in origins})
    there = str(wanted) if len(made) == wanted else f"{len(made)} of {wanted}, the rest {NOT_RUN}"
    return [
        str(len(runs)), there, str(len({one.commit for one in origins})),
        " to ".join(dict.fromkeys([days[0], days[-1]])) if days else "",
    ]  # fmt: skip


def missing(asked: Iterable[Asked]) -> Table:
    """One row a record that a page asks for and that is not there."""
    rows = [
        [ask.page, ask.run.slug(), ask.measure, ask.tier]
        for ask in asked if not (ask.planned or ask.record)
    ]  # fmt: skip
    columns = ("page", "run", "measure", "tier")
    return Table(f"Records {NOT_RUN}", columns, rows or [["none", "", "", ""]])
