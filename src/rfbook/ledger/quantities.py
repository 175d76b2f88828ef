"""The named quantities that claims speak about, of one network and of several arms compared."""

from __future__ import annotations

from rfbook.ledger.contrasts import CONTRASTS, difference
from rfbook.ledger.field_quantities import FIELD_QUANTITIES
from rfbook.ledger.layer_quantities import LAYER_QUANTITIES
from rfbook.ledger.quantity import Quantity

QUANTITIES: dict[str, Quantity] = LAYER_QUANTITIES | FIELD_QUANTITIES


def measured(name: str, arms: int = 0) -> Quantity:
    """The quantity of that name; between two arms a single network's is the first minus the second.

    Raises LookupError if there is none, or none for so many arms.
    """
    if not arms and name in QUANTITIES:
        return QUANTITIES[name]
    if arms and name in CONTRASTS and CONTRASTS[name].arms == arms:
        return CONTRASTS[name].quantity
    if arms == 2 and name in QUANTITIES:
        return difference(QUANTITIES[name])
    some = {n: c.arms for n, c in CONTRASTS.items() if c.arms == arms} if arms else {}
    known = ", ".join([*some, *(QUANTITIES if arms in (0, 2) else ())])
    raise LookupError(f"no quantity {name!r}{f' of {arms} arms' if arms else ''}; there are {known}")
