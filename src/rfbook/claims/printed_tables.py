"""Tables that a paper prints in full, as data: `claims/tables/`, by default of the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.claims.claim import claims_folder
from rfbook.experiments.files import read_yaml
from rfbook.statistics.significance import Comparisons

TABLES = "tables"


def read_skip_ablation(claims: Path | None = None) -> Comparisons:
    """Size Matters, Tables 2 and 3, with the p-values as they are printed, three digits.

    Raises ValueError, naming the network, for a row of another length than a triangle has.
    """
    table = _printed(claims, "skip_ablation")
    names = tuple(table["networks"])
    upper = _triangle(names, table["p"], range(len(names) - 1, -1, -1))
    lower = _triangle(names, table["t"], range(len(names)))
    count = len(names)
    p, t = (np.full((count, count), np.nan) for _ in range(2))
    for row, (above, below) in enumerate(zip(upper, lower, strict=True)):
        p[row, row + 1 :] = p[row + 1 :, row] = above
        # The paper subtracts the row's mean from the column's.
        t[:row, row], t[row, :row] = below, [-value for value in below]
    return Comparisons(names, np.array(table["mean"]), np.array(table["n"]), t, p)


@dataclass(frozen=True)
class Sizes:
    """Nine ResNets (Dead Pixel, Tables 1 and 2), one value a network in every column.

    accuracy: top 1, percent. field: theoretical, pixels. sigma_x, sigma_y, r_squared: of the Gaussian
    fitted to the effective field of layer4. depth: the number in the network's name, not in the table.
    validation: the accuracy by which Table 2 chooses an epoch; Table 1 has none.
    """

    networks: tuple[str, ...]
    accuracy: np.ndarray
    field: np.ndarray
    sigma_x: np.ndarray
    sigma_y: np.ndarray
    r_squared: np.ndarray
    depth: np.ndarray
    validation: np.ndarray | None = None

    @property
    def sigma(self) -> np.ndarray:
        """One size a network, pixels: the mean of both directions."""
        return (self.sigma_x + self.sigma_y) / 2

    def column(self, name: str) -> dict[str, float]:
        """A column by network."""
        return dict(zip(self.networks, getattr(self, name).tolist(), strict=True))


@dataclass(frozen=True)
class Paddings:
    """Accuracies before and after kernel padding (Dead Pixel, Table 3), one a network.

    before, after: percent, mean of so many `trainings`, each tested on so many `images`. difference: the
    fall, points, from counts that were not rounded.
    """

    networks: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray
    difference: np.ndarray
    trainings: int
    images: int

    def column(self, name: str) -> dict[str, float]:
        """A column by network."""
        return dict(zip(self.networks, getattr(self, name).tolist(), strict=True))


def read_sizes(claims: Path | None = None, table: str = "table_1") -> Sizes:
    """Dead Pixel, Table 1 or 2. Raises ValueError, naming the column, for one of another length."""
    return Sizes(**_columns(_printed(claims, table), table))


def read_paddings(claims: Path | None = None) -> Paddings:
    """Dead Pixel, Table 3. Raises ValueError as `read_sizes` does."""
    table = _printed(claims, "table_3")
    numbers = {name: table.pop(name) for name in ("trainings", "images")}
    return Paddings(**_columns(table, "table_3"), **numbers)


def _printed(claims: Path | None, table: str) -> dict[str, Any]:
    folder = claims or claims_folder()
    return dict(read_yaml(folder / TABLES / f"{table}.yml"))


def _columns(values: dict[str, Any], table: str) -> dict[str, Any]:
    names = tuple(values.pop("networks"))
    for column, numbers in values.items():
        if len(numbers) != len(names):
            raise ValueError(f"{table}.yml, {column}: {len(numbers)} values of {len(names)} networks")
    return {"networks": names} | {column: np.array(numbers) for column, numbers in values.items()}


def _triangle(
    names: Sequence[str], rows: Sequence[Sequence[float]], lengths: Sequence[int]
) -> Sequence[Sequence[float]]:
    for name, row, length in zip(names, rows, lengths, strict=True):
        if len(row) != length:
            raise ValueError(f"skip_ablation.yml, {name}: {len(row)} values, the triangle has {length}")
    return rows
