"""What was measured of one network, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rfbook.claims.amounts import Amount, common_decimals
from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table
from rfbook.statistics.intervals import half_interval


def by_layer(
    page: Page, seeds: Sequence[Outcome], columns: Mapping[str, np.ndarray], caption: str
) -> Table:
    """One row a convolution: field, side of its map, and each column with half its 95 % interval.

    seeds: of one network. columns: heading -> (seeds, convolutions).
    """
    fields = seeds[0].records["receptive_field"].values
    cells = [_cells(np.asarray(values, dtype=float)) for values in columns.values()]
    rows = [
        [f"conv{number}", str(field), str(fields["side"] // jump), *row]
        for number, (field, jump, *row) in enumerate(
            zip(fields["field"], fields["jump"], *cells, strict=True), 1
        )
    ]
    headings = ["layer", "field, pixels", "side of the map", *columns]
    return Table(f"{caption} (n = {len(seeds)}; {page.badge()})", headings, rows, folded=True)


def _cells(values: np.ndarray) -> list[str]:
    """Each layer's mean over seeds and half its interval, all with the same decimals."""
    means, n = values.mean(0), len(values)
    if n < 2:
        decimals = common_decimals("", list(means))
        return [str(Amount(mean, decimals=decimals)) for mean in means]
    half = half_interval(values.std(0, ddof=1) / np.sqrt(n), n)
    decimals = common_decimals("", list(means), list(zip(means - half, means + half, strict=True)))
    return [
        f"{Amount(mean, decimals=decimals)} ± {Amount(half_width, decimals=decimals)}"
        for mean, half_width in zip(means, half, strict=True)
    ]
