"""How far trainings lie apart: repeated ones, those behind Size Matters, Table 3, and pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rfbook.claims.printed_tables import read_skip_ablation
from rfbook.experiments.architecture import titled
from rfbook.pages.outcomes import Outcome, by_network, of_seeds
from rfbook.pages.tables.pairwise import short_names
from rfbook.statistics.spread import Spread, spread


def accuracies_of(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Network, as the papers write it -> accuracy of each of its trainings, percent."""
    groups = by_network(outcomes)
    return {titled(network): of_seeds("accuracy", seeds) for network, seeds in groups.items()}


def spreads_of(outcomes: Sequence[Outcome]) -> dict[str, Spread]:
    """The spread of each network's accuracies. Raises ValueError for a network with one training."""
    return {network: spread(values) for network, values in accuracies_of(outcomes).items()}


def changes_of(
    outcomes: Sequence[Outcome], arms: tuple[str, str], quantities: Mapping[str, str]
) -> dict[str, list[float]]:
    """"vgg16: accuracy" -> the first arm minus the second, one value a seed, of networks in both arms.

    quantities: what a reader calls it -> its name, in `claims.quantities`.
    """
    groups = by_network(outcomes)
    networks = [name.removesuffix(f" {arms[0]}") for name in groups if name.endswith(f" {arms[0]}")]
    changes = {}
    for network in (name for name in networks if f"{name} {arms[1]}" in groups):
        for words, quantity in quantities.items():
            new, old = (of_seeds(quantity, groups[f"{network} {arm}"]) for arm in arms)
            changes[f"{network}: {words}"] = [a - b for a, b in zip(new, old, strict=True)]
    return changes


def printed_spreads() -> dict[str, Spread]:
    """What the means and t of Size Matters, Table 3, imply of each of its networks' trainings."""
    table = read_skip_ablation()
    rows = zip(short_names(table.names), table.mean, table.own_sd, table.n, strict=True)
    return {name: Spread(float(mean), float(sd), int(n)) for name, mean, sd, n in rows}
