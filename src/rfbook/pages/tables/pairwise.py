"""Tables of what repeated trainings say: their spread, and which pairs of arms differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from rfbook.claims.amounts import Amount, number
from rfbook.claims.printed_tables import read_skip_ablation as as_printed
from rfbook.experiments.architecture import titled
from rfbook.pages.outcomes import Outcome, by_network, of_seeds
from rfbook.pages.tables.standard import Table
from rfbook.statistics.significance import ALPHA, CORRECTIONS, Comparisons, compared, p_value
from rfbook.statistics.spread import Spread

__all__ = [
    "as_printed", "floors", "of_trainings", "p_of", "recomputed", "short_names", "spreads", "survivors",
    "unlike", "which",
]  # fmt: skip


def short_names(names: tuple[str, ...]) -> list[str]:
    """What tells the arms apart, as Size Matters, Table 2 has it: "2, 3, 4", the stages with skips."""
    return [_stages(name) or titled(name) for name in names]


def _stages(name: str) -> str:
    return ", ".join(name.partition("-skips")[2])


def recomputed(table: Comparisons) -> Comparisons:
    """The same tests with the p-values that follow from their t."""
    return replace(table, p=p_value(table.t, table.degrees))


def of_trainings(outcomes: Sequence[Outcome]) -> Comparisons | None:
    """All pairs of networks by the accuracies of their trainings; None where one has only one."""
    accuracies = {name: of_seeds("accuracy", seeds) for name, seeds in by_network(outcomes).items()}
    if min(map(len, accuracies.values())) < 2:
        return None
    return compared(accuracies)


def unlike(tested: Comparisons, network: str) -> list[str]:
    """The arms that differ from this one after Holm's correction."""
    place = tested.names.index(network)
    names = short_names(tested.names)
    return [names[sum(pair) - place] for pair in tested.found("Holm") if place in pair]


def p_of(tested: Comparisons, first: str, second: str) -> Amount:
    """p of the test between two arms, without a correction."""
    return Amount(tested.p[tested.names.index(first), tested.names.index(second)], decimals=3)


def survivors(sources: Mapping[str, Comparisons]) -> Table:
    """One row a source: how many of its pairs are below the level, by correction."""
    rows = [
        [source, str(len(tested.pairs[0])), f"{np.nanmin(tested.p):.2g}",
         *(str(len(tested.found(correction))) for correction in CORRECTIONS)]
        for source, tested in sources.items()
    ]  # fmt: skip
    columns = ("tests", "pairs", "smallest p", *CORRECTIONS)
    return Table(f"Pairs with p below {ALPHA}, by correction", columns, rows, folded=True)


def which(sources: Mapping[str, Comparisons]) -> Table:
    """One row a pair that survives Holm's correction, of any source."""
    rows = [
        [source, *_pair(tested, *pair)]
        for source, tested in sources.items()
        for pair in tested.found("Holm")
    ]
    columns = ("tests", "worse", "better", "difference, points", "p", "p by Holm", "p by Bonferroni")
    caption = "Pairs that survive Holm's correction"
    return Table(caption, columns, rows or [["none", *[""] * 6]], folded=True)


def _pair(tested: Comparisons, first: int, second: int) -> list[str]:
    worse, better = sorted((first, second), key=lambda index: tested.mean[index])
    names = short_names(tested.names)
    values = [tested.p, tested.adjusted("Holm"), tested.adjusted("Bonferroni")]
    return [
        names[worse], names[better], str(Amount(tested.difference[worse, better], "points")),
        *(f"{matrix[first, second]:.2g}" for matrix in values),
    ]  # fmt: skip


def spreads(sources: Mapping[str, Comparisons]) -> Table:
    """One row a network: mean, n, and the median of its pairs' pooled standard deviations."""
    first = next(iter(sources.values()))
    rows = [
        [name, *(cell for tested in sources.values() for cell in _spread(tested, index))]
        for index, name in enumerate(short_names(first.names))
    ]
    heads = ("mean, %", "n", "pooled sd")
    columns = ("network", *(f"{source}: {what}" for source in sources for what in heads))
    caption = "Means, and the median pooled sd of each network's pairs (points)"
    return Table(caption, columns, rows, folded=True)


def _spread(tested: Comparisons, index: int) -> list[str]:
    others = np.delete(tested.implied_sd[index], index)
    return [f"{tested.mean[index]:.2f}", str(tested.n[index]), number(float(np.nanmedian(others)))]


def floors(spreads: Mapping[str, Spread]) -> Table:
    """One row for trainings that differ in their seed only: how far apart they lie."""
    rows = [
        [name, str(spread.n), f"{spread.mean:.2f}", f"{spread.sd:.2f}", _from_to(spread.interval),
         f"{spread.of_two:.2f}", _from_to(spread.of_two_interval)]
        for name, spread in spreads.items()
    ]  # fmt: skip
    columns = (
        "trainings", "n", "mean, %", "sd, points", "95 % interval of sd",
        "difference of two, points", "95 % interval of that",
    )  # fmt: skip
    return Table("What the seed alone changes", columns, rows, folded=True)


def _from_to(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}"
