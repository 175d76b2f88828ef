"""The tables of the book; those that every page has stand here under their own names."""

from rfbook.claims.amounts import number, quoted
from rfbook.pages.tables import (
    arms,
    arrivals,
    depth_series,
    fields,
    images,
    layer_lists,
    outside,
    pairwise,
    periods,
    ranks,
    stages,
    trials,
    width_series,
)
from rfbook.pages.tables.by_layer import by_layer
from rfbook.pages.tables.origins import footer
from rfbook.pages.tables.printed_fields import printed_fields
from rfbook.pages.tables.standard import (
    WORDS,
    details,
    numbers,
    opening,
    parameters,
    rerun,
    verdicts,
)
from rfbook.pages.tables.table import Table

__all__ = [
    "WORDS", "Table", "arms", "arrivals", "by_layer", "depth_series", "details", "fields", "footer",
    "images", "layer_lists", "number", "numbers", "opening", "outside", "pairwise", "parameters",
    "periods", "printed_fields", "quoted", "ranks", "rerun", "stages", "trials", "verdicts",
    "width_series",
]  # fmt: skip
