"""One run at tier `paper` between two ends: the spread of thin networks, pooled, stands in for its own.

Its interval is x +- t(v) c s. s is the deviation between seeds of the quantity, pooled over the thin
seeds of the networks that the claim speaks of, v its degrees of freedom, c a guard: full width may
spread wider. With fewer than four degrees there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rfbook.claims.quantities.quantity import Quantity, values_of
from rfbook.records.record import Records
from rfbook.statistics.pooled import Pooled, alone, pooled
from rfbook.statistics.undefined import Undefined

TIER = "paper"
"""Where one run may count."""

BORROWED = "one run, borrowed spread"
"""What stands beside the sign of a verdict that rests on such an interval."""

GUARD, OF_ACCURACIES = 1.5, 2.0
"""c, and that of accuracies: Table 3 of Size Matters implies up to twice the spread of thin ones."""


def guard(quantity: Quantity) -> float:
    """The factor c of a quantity; accuracies are what is read from the record of the accuracy alone."""
    return OF_ACCURACIES if quantity.measures == ("accuracy",) else GUARD


def lent(quantity: Quantity, networks: Iterable[Sequence[Sequence[Records]]]) -> Pooled:
    """The spread of a quantity over the seeds of thin networks, one sample a seed of each.

    A network for which it is undefined lends nothing.
    """
    groups = []
    for samples in networks:
        try:
            groups.append(values_of(quantity, samples))
        except Undefined:
            continue
    return pooled(groups)


def tried(
    quantity: Quantity, thin: Iterable[Sequence[Sequence[Records]]], paper: Sequence[Sequence[Records]]
) -> list[bool]:
    """The rule on networks that have several seeds at tier `paper`: each as if it were the only run.

    Whether its borrowed interval holds the mean of the others, one answer a seed of `paper`; none where
    thin networks lend no interval.
    """
    return alone(lent(quantity, thin), values_of(quantity, paper), guard(quantity))
