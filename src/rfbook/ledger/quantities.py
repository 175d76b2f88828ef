"""The named quantities that claims speak about, of one network and of several arms compared."""

from __future__ import annotations

from rfbook.ledger.contrasts import CONTRASTS, difference
from rfbook.ledger.distribution_quantities import DISTRIBUTION_QUANTITIES
from rfbook.ledger.field_quantities import FIELD_QUANTITIES
from rfbook.ledger.layer_quantities import LAYER_QUANTITIES
from rfbook.ledger.outside_quantities import OUTSIDE_QUANTITIES
from rfbook.ledger.padding_quantities import PADDING_QUANTITIES
from rfbook.ledger.perturbation_quantities import PERTURBATION_QUANTITIES
from rfbook.ledger.position_quantities import POSITION_QUANTITIES
from rfbook.ledger.prediction_quantities import PREDICTION_QUANTITIES
from rfbook.ledger.profile_quantities import PROFILE_QUANTITIES
from rfbook.ledger.quantity import Quantity
from rfbook.ledger.response_quantities import RESPONSE_QUANTITIES
from rfbook.ledger.speed_quantities import SPEED_QUANTITIES

QUANTITIES: dict[str, Quantity] = (
    LAYER_QUANTITIES | DISTRIBUTION_QUANTITIES | POSITION_QUANTITIES | PROFILE_QUANTITIES
    | FIELD_QUANTITIES | RESPONSE_QUANTITIES | PERTURBATION_QUANTITIES | OUTSIDE_QUANTITIES
    | SPEED_QUANTITIES | PREDICTION_QUANTITIES | PADDING_QUANTITIES
)


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
