"""Tables of what repeated trainings say: their spread, and which pairs of arms differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rfbook.claims.amounts import Amount, number
from rfbook.pages.tables.standard import Table
from rfbook.statistics.significance import ALPHA, CORRECTIONS, Comparisons
from rfbook.statistics.spread import Spread


def short_names(names: tuple[str, ...]) -> list[str]:
    """What tells the arms of one network apart: `skips234`, and the network itself in full."""
    return [name.partition("-")[2] or name for name in names]


def survivors(sources: Mapping[str, Comparisons]) -> Table:
    """One row a source: how many of its pairs are below the level, by correction."""
    rows = [
        [source, str(len(one.pairs[0])), f"{np.nanmin(one.p):.2g}",
         *(str(len(one.found(correction))) for correction in CORRECTIONS)]
        for source, one in sources.items()
    ]  # fmt: skip
    columns = ("tests", "pairs", "smallest p", *CORRECTIONS)
    return Table(f"Pairs with p below {ALPHA}, by correction", columns, rows)


def which(sources: Mapping[str, Comparisons]) -> Table:
    """One row a pair that survives Holm's correction, of any source."""
    rows = [
        [source, *_pair(one, *pair)]
        for source, one in sources.items()
        for pair in one.found("Holm")
    ]
    columns = ("tests", "worse", "better", "difference, points", "p", "p by Holm", "p by Bonferroni")
    return Table("Pairs that survive Holm's correction", columns, rows or [["none", *[""] * 6]])


def _pair(one: Comparisons, first: int, second: int) -> list[str]:
    worse, better = sorted((first, second), key=lambda index: one.mean[index])
    names = short_names(one.names)
    values = [one.p, one.adjusted("Holm"), one.adjusted("Bonferroni")]
    return [
        names[worse], names[better], str(Amount(one.difference[worse, better], "points")),
        *(f"{matrix[first, second]:.2g}" for matrix in values),
    ]  # fmt: skip


def spreads(sources: Mapping[str, Comparisons]) -> Table:
    """One row a network: mean, n, and the median of its pairs' pooled standard deviations."""
    first = next(iter(sources.values()))
    rows = [
        [name, *(cell for one in sources.values() for cell in _spread(one, index))]
        for index, name in enumerate(first.names)
    ]
    said = ("mean, %", "n", "pooled sd")
    columns = ("network", *(f"{source}: {what}" for source in sources for what in said))
    return Table("Means, and the median pooled sd of each network's pairs (points)", columns, rows)


def _spread(one: Comparisons, index: int) -> list[str]:
    others = np.delete(one.implied_sd[index], index)
    return [f"{one.mean[index]:.2f}", str(one.n[index]), number(float(np.nanmedian(others)))]


def floors(spreads: Mapping[str, Spread]) -> Table:
    """One row for trainings that differ in their seed only: how far apart they lie."""
    rows = [
        [name, str(one.n), f"{one.mean:.2f}", f"{one.sd:.2f}", _from_to(one.interval),
         f"{one.of_two:.2f}", _from_to(one.of_two_interval)]
        for name, one in spreads.items()
    ]  # fmt: skip
    columns = (
        "trainings", "n", "mean, %", "sd, points", "95 % interval of sd",
        "difference of two, points", "95 % interval of that",
    )  # fmt: skip
    return Table("What the seed alone changes", columns, rows, folded=True)


def _from_to(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}"
