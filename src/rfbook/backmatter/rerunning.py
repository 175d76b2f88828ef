"""What it takes to run pages again: parameters, minutes from the published records, data, room."""

from __future__ import annotations

from collections.abc import Iterable

from rfbook.backmatter.census import Asked, Cell, by_page, links, minutes
from rfbook.backmatter.cost import records, spent
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.pages.parameters import PARAMETERS
from rfbook.pages.tables.standard import Table

MEGABYTE = 10**6


def needs(asked: Iterable[Asked]) -> Table:
    """One row a page of the book: minutes for all its records, data sets, their size when decoded."""
    leads = links()
    rows: list[list[Cell]] = []
    for page, part in by_page(ask for ask in asked if not ask.planned).items():
        names = sorted({planned.run.data.name for planned in part})
        rows.append([
            leads[page], minutes(sum(spent(records(part)))), ", ".join(names),
            f"{sum(map(decoded, names)) / MEGABYTE:.0f}",
        ])  # fmt: skip
    columns = ("page", "minutes", "data sets", "decoded images, MB")
    return Table("To make all records of a page again", columns, rows)


def parameters() -> Table:
    """One row a parameter that a page may have: what it means, and its valid values."""
    rows = [[name, about.meaning, about.valid] for name, about in PARAMETERS.items()]
    return Table("Parameters of the pages", ("parameter", "meaning", "valid"), rows)


def decoded(name: str) -> int:
    """Bytes of all images of a data set in the cache: one a pixel and channel."""
    source = CATALOGUE[name]
    return (source.train + source.test) * source.side**2 * (1 if source.grey else 3)
