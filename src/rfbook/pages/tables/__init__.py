"""The tables of the book; those that every page has stand here under their own names."""

from rfbook.claims.amounts import number, quoted
from rfbook.pages.tables import arms, outside, pairwise, periods, stages
from rfbook.pages.tables.by_layer import by_layer
from rfbook.pages.tables.printed_fields import printed_fields
from rfbook.pages.tables.standard import (
    comparison,
    details,
    footer,
    numbers,
    opening,
    parameters,
    rerun,
    says,
    verdicts,
)
from rfbook.pages.tables.table import Table

__all__ = [
    "Table", "arms", "by_layer", "comparison", "details", "footer", "number", "numbers", "opening",
    "outside", "pairwise", "parameters", "periods", "printed_fields", "quoted", "rerun", "says",
    "stages", "verdicts",
]  # fmt: skip
