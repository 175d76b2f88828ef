"""Tables that a paper prints in full, as data: `claims/tables/`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from rfbook.ledger.claims import CLAIMS
from rfbook.ledger.significance import Comparisons

TABLES = "tables"


def read_skip_ablation(claims: Path = CLAIMS) -> Comparisons:
    """Size Matters, Tables 2 and 3, with the p-values as they are printed, three digits.

    Raises ValueError, naming the network, for a row of another length than a triangle has.
    """
    held = yaml.safe_load((claims / TABLES / "skip_ablation.yml").read_text())
    names = tuple(held["networks"])
    upper = _triangle(names, held["p"], range(len(names) - 1, -1, -1))
    lower = _triangle(names, held["t"], range(len(names)))
    count = len(names)
    p, t = (np.full((count, count), np.nan) for _ in range(2))
    for row, (above, below) in enumerate(zip(upper, lower, strict=True)):
        p[row, row + 1 :] = p[row + 1 :, row] = above
        # The paper subtracts the row's mean from the column's.
        t[:row, row], t[row, :row] = below, [-value for value in below]
    return Comparisons(names, np.array(held["mean"]), np.array(held["n"]), t, p)


def _triangle(
    names: Sequence[str], rows: Sequence[Sequence[float]], lengths: Sequence[int]
) -> Sequence[Sequence[float]]:
    for name, row, length in zip(names, rows, lengths, strict=True):
        if len(row) != length:
            raise ValueError(f"skip_ablation.yml, {name}: {len(row)} values, the triangle has {length}")
    return rows
