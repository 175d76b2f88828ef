"""The tables of the book; those that every page has stand here under their own names."""

from rfbook.claims.amounts import number, quoted
from rfbook.pages.tables import outside, periods, stages
from rfbook.pages.tables.standard import (
    WORDS,
    Table,
    comparison,
    condition,
    footer,
    minutes_of,
    parameters,
    rerun,
    says,
    verdicts,
)

__all__ = [
    "WORDS",
    "Table",
    "comparison",
    "condition",
    "footer",
    "minutes_of",
    "number",
    "outside",
    "parameters",
    "periods",
    "quoted",
    "rerun",
    "says",
    "stages",
    "verdicts",
]
