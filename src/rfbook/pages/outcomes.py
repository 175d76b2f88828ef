"""What a page has of its runs: as planned, and with the records that were asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfbook.experiments.spec import Run
from rfbook.ledger.obtain import Records


@dataclass(frozen=True)
class Planned:
    """A run as this page makes it, and as the paper made it."""

    run: Run
    paper: Run


@dataclass(frozen=True)
class Outcome:
    """A run with the records that were asked of it."""

    run: Run
    paper: Run
    records: Records

    @property
    def label(self) -> str:
        """The network's name."""
        return self.run.model.label


def by_network(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each network, one a seed, in the order of first mention.

    A network that was run at several sides counts as several, and its name says which.
    """
    sides: dict[str, set[int]] = {}
    for one in outcomes:
        sides.setdefault(one.label, set()).add(one.run.data.side)
    grouped: dict[str, list[Outcome]] = {}
    for one in outcomes:
        several = len(sides[one.label]) > 1
        name = f"{one.label}@{one.run.data.side}px" if several else one.label
        grouped.setdefault(name, []).append(one)
    return grouped
