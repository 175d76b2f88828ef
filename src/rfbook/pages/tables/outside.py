"""Tables of what others say, computed again: a paper's printed tables, and the arrays of OpenERF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rfbook.claims.amounts import Amount, between
from rfbook.claims.printed_tables import Paddings, Sizes
from rfbook.claims.printed_tables import read_paddings as read_paddings
from rfbook.claims.printed_tables import read_sizes as read_sizes
from rfbook.claims.published_fields import read_fits as read_fits
from rfbook.claims.verdicts import Estimate
from rfbook.pages.estimates import Estimates
from rfbook.pages.tables.standard import Table
from rfbook.statistics.association import (
    correlation_interval,
    exact_p,
    growth_exponent,
    growth_interval,
    smallest_found,
)
from rfbook.statistics.curves import rank_correlation
from rfbook.statistics.shares import difference_errors, standard_error

PAIRS = {
    "accuracy and theoretical field": ("accuracy", "field"),
    "accuracy and effective size": ("accuracy", "sigma"),
    "effective size and theoretical field": ("sigma", "field"),
    "effective size and depth": ("sigma", "depth"),
    "R² and effective size": ("r_squared", "sigma"),
}
"""Columns of Dead Pixel, Table 1, that are set against each other."""

MODELS = {"gaussian": "OpenERF, four networks", "gaussian_with_offset": "OpenERF, fitted with an offset"}
Rows = Sequence[Sequence[float] | np.ndarray]
"""Two columns."""
Interval = tuple[float, float]
Fits = Mapping[str, dict[str, Any]]
"""Network -> what was fitted to its array (`published_fields`)."""


def correlations(table: Sizes) -> Estimates:
    """Rank correlation of each of `PAIRS`, under its name, with its interval over the networks."""
    return Estimates(
        _over(rows, "rank correlation", name, rank_correlation, correlation_interval)
        for name, rows in _columns(table).items()
    )


def chances(table: Sizes) -> dict[str, Amount]:
    """p of each of these correlations, by counting all orders of the networks."""
    return {name: Amount(exact_p(*rows), decimals=3) for name, rows in _columns(table).items()}


def needed(table: Sizes) -> Amount:
    """The least rank correlation that chance gives in fewer than one such table of twenty."""
    return Amount(smallest_found(len(table.networks)), decimals=2)


def _columns(table: Sizes) -> dict[str, Rows]:
    return {name: tuple(getattr(table, column) for column in pair) for name, pair in PAIRS.items()}


def _over(
    rows: Rows, unit: str, name: str, statistic: Callable[..., float], interval: Callable[..., Interval]
) -> Estimate:
    return Estimate(name, statistic(*rows), len(rows[0]), interval(*rows), False, True, unit)


def correlated(table: Sizes) -> Table:
    """One row a pair of columns."""
    chance = chances(table)
    rows = [
        [estimate.network, str(estimate.value), estimate.around, str(chance[estimate.network])]
        for estimate in correlations(table)
    ]
    columns = ["columns", "rank correlation", "95 % interval", "p, all orders counted"]
    return Table(f"Rank correlations in Table 1, n = {len(table.networks)} networks", columns, rows)


def sizes(fits: Fits, model: str = "gaussian") -> Estimates:
    """Width of each array's fit, mean of both directions. model: one of `MODELS`."""
    return _of_each(fits, "px", lambda fit: (fit[model]["sigma_x"] + fit[model]["sigma_y"]) / 2)


def explained(fits: Fits) -> Estimates:
    """R² of each array's Gaussian."""
    return _of_each(fits, "R^2", lambda fit: fit["gaussian"]["r_squared"])


def class_ranges(fits: Fits, period: int) -> Estimates:
    """Strongest minus weakest class mod a period of each array."""
    return _of_each(fits, "% of the mean", lambda fit: 100 * float(np.ptp(fit["residues"][str(period)])))


def _of_each(fits: Fits, unit: str, value: Callable[[dict[str, Any]], float]) -> Estimates:
    return Estimates(
        Estimate(network, value(fit), 1, None, False, True, unit) for network, fit in fits.items()
    )


def growth(table: Sizes, fits: Fits) -> Estimates:
    """The b of size ~ depth^b: of the printed table, of the arrays, and of those with an offset."""
    depth = table.column("depth")
    columns = {"Table 1, nine networks": (table.depth, table.sigma)}
    for model, name in MODELS.items():
        fitted = sizes(fits, model)
        columns[name] = (
            [depth[estimate.network] for estimate in fitted],
            [estimate.mean for estimate in fitted],
        )
    return Estimates(
        _over(rows, "(exponent)", name, growth_exponent, growth_interval)
        for name, rows in columns.items()
    )


def grown(table: Sizes, fits: Fits) -> Table:
    """One row a source of sizes."""
    rows = [[estimate.network, str(estimate.value), estimate.around] for estimate in growth(table, fits)]
    caption = "Growth of the effective size with depth: exponent b (the square root would be 0.5)"
    return Table(caption, ["source", "b", "95 % interval"], rows)


def fitted(table: Sizes, fits: Fits) -> Table:
    """One row an array: what Table 1 prints of its network, and both models fitted to it."""
    printed = {column: table.column(column) for column in ("sigma_x", "sigma_y", "r_squared")}
    rows = []
    for network, fit in fits.items():
        plain, raised = (fit[model] for model in MODELS)
        rows.append([
            network, _widths({column: numbers[network] for column, numbers in printed.items()}),
            _widths(plain), _widths(raised),
            f"{100 * raised['offset']:.0f} %", f"{plain['centre_x']:.1f}, {plain['centre_y']:.1f}",
        ])  # fmt: skip
    columns = ["network", "printed", "theirs, fitted here", "with an offset", "offset, of the mean",
               "centre, px"]  # fmt: skip
    caption = "sigma x / sigma y / R² of layer4: Table 1, OpenERF's arrays (other weights and images)"
    return Table(caption, columns, rows)


def _widths(fit: Mapping[str, float]) -> str:
    return f"{fit['sigma_x']:.1f} / {fit['sigma_y']:.1f} / {fit['r_squared']:.3f}"


def patterns(fits: Fits) -> Table:
    """One row an array: how far its classes lie apart by period, and its imbalance."""
    periods = (2, 4, 8)
    ranges = [class_ranges(fits, period) for period in periods]
    rows = [
        [network, *(str(column[network].value) for column in ranges),
         *(str(Amount(100 * index, "%", 1)) for index in fit["relative"])]
        for network, fit in fits.items()
    ]  # fmt: skip
    columns = ["network", *(f"strongest minus weakest, mod {p}" for p in periods), "L1", "L2"]
    return Table("Pattern in OpenERF's arrays, layer4 (% of the mean)", columns, rows)


def arrays(outside: Mapping[str, Any]) -> Table:
    """One row an array of OpenERF: which file it is, and where the fit to it was made."""
    made, source = outside["provenance"], outside["source"]
    rows = [
        [network, checksum[:16], made["commit"][:12], made["made"][:10], made["processor"]]
        for network, checksum in source["files"].items()
    ]
    columns = ["network", "SHA-256 of the array", "commit of the fit", "made", "machine"]
    caption = f"Arrays measured by others ({source['repository']}, {source['licence']}), fitted here"
    return Table(caption, columns, rows)


def between_tables(table: Paddings, single: Mapping[str, float]) -> Estimates:
    """How far accuracies without padding lie apart in Tables 3 and 2. single: network -> Table 2."""
    return Estimates(
        Estimate(network, abs(before - single[network]), 1, None, True, True, "points", 2)
        for network, before in table.column("before").items()
    )


def paddings(table: Paddings, single: Mapping[str, float]) -> Table:
    """Dead Pixel, Table 3, with the errors that so many images leave. single: network -> Table 2."""
    error = standard_error(table.before, table.images)
    least, independent = difference_errors(table.before, table.after, table.images)
    rows = [
        [name, *(f"{column[i]:.2f}" for column in (table.before, table.after, table.difference, error)),
         between(least[i], independent[i], decimals=2), f"{single[name]:.2f}"]
        for i, name in enumerate(table.networks)
    ]  # fmt: skip
    columns = ["network", "before", "after", "fall", "error of one accuracy",
               "error of the fall, one training each", "before, Table 2"]  # fmt: skip
    counts = f"mean of {table.trainings} trainings, {table.images} test images"
    return Table(f"Table 3 as printed, {counts} (%, points)", columns, rows)
