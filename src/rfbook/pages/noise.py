"""The noise floor: how far trainings lie apart that differ in their seed only, ours and the paper's."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.claims.printed_tables import read_skip_ablation
from rfbook.claims.verdicts import Estimate
from rfbook.pages.outcomes import Outcome, by_network, of_seeds
from rfbook.pages.tables.pairwise import short_names
from rfbook.statistics.spread import Spread, spread


def accuracies(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Network -> the test accuracy of each of its trainings, percent."""
    return {network: of_seeds("accuracy", seeds) for network, seeds in by_network(outcomes).items()}


def floors(outcomes: Sequence[Outcome]) -> dict[str, Spread]:
    """Network -> the spread of its trainings. Raises ValueError for a network with one seed."""
    return {network: spread(values) for network, values in accuracies(outcomes).items()}


def implied() -> dict[str, Spread]:
    """The same of the paper's networks, as the tests of its Table 3 imply it (Size Matters, E.3)."""
    table = read_skip_ablation()
    rows = zip(short_names(table.names), table.mean, table.own_sd, table.n, strict=True)
    return {network: Spread(float(mean), float(sd), int(n)) for network, mean, sd, n in rows}


def deviation(network: str, one: Spread) -> Estimate:
    """A standard deviation as an estimate, with its interval."""
    return Estimate(network, one.sd, one.n, one.interval, False, unit="points", decimals=2)
