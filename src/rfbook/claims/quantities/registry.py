"""The named quantities that claims speak about, of one network and of several arms compared."""

from __future__ import annotations

from rfbook.claims.quantities.contrasts import CONTRASTS, difference
from rfbook.claims.quantities.distributions import DISTRIBUTION_QUANTITIES
from rfbook.claims.quantities.fields import FIELD_QUANTITIES
from rfbook.claims.quantities.images import PERTURBATION_QUANTITIES
from rfbook.claims.quantities.layers import LAYER_QUANTITIES
from rfbook.claims.quantities.others import OUTSIDE_QUANTITIES
from rfbook.claims.quantities.paddings import PADDING_QUANTITIES
from rfbook.claims.quantities.positions import POSITION_QUANTITIES
from rfbook.claims.quantities.predictions import PREDICTION_QUANTITIES
from rfbook.claims.quantities.profiles import PROFILE_QUANTITIES
from rfbook.claims.quantities.quantity import Quantity
from rfbook.claims.quantities.responses import RESPONSE_QUANTITIES
from rfbook.claims.quantities.speeds import SPEED_QUANTITIES

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
