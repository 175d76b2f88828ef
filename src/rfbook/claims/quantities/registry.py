"""The named quantities that claims speak about, of one network and of several arms compared."""

from __future__ import annotations

from rfbook.claims.quantities import (
    areas,
    contrasts,
    fields,
    growth,
    halves,
    images,
    layers,
    others,
    padding,
    positions,
    tails,
)
from rfbook.claims.quantities.contrasts import difference
from rfbook.claims.quantities.quantity import CONTRASTS, QUANTITIES, Quantity

SUBJECTS = (layers, tails, positions, fields, growth, areas, halves, images, padding, others, contrasts)
"""Each fills `QUANTITIES` and `CONTRASTS` with its own when it is imported."""


def quantity_named(name: str, arms: int = 0) -> Quantity:
    """The quantity of that name; between two arms a single network's is the first minus the second.

    Raises LookupError if there is none, or none for so many arms.
    """
    if not arms and name in QUANTITIES:
        return QUANTITIES[name]
    if name in CONTRASTS and CONTRASTS[name].arms == arms:
        return CONTRASTS[name]
    if arms == 2 and name in QUANTITIES:
        return difference(QUANTITIES[name])
    compared = [contrast for contrast in CONTRASTS if CONTRASTS[contrast].arms == arms]
    known = ", ".join([*compared, *(QUANTITIES if arms in (0, 2) else ())])
    raise LookupError(f"no quantity {name!r}{f' of {arms} arms' if arms else ''}; there are {known}")
