"""Quantities of kernel padding: its effect at once, and what training makes of it (Dead Pixel, 4)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.quantity import quantity
from rfbook.records.record import Records

PADDING = ("kernel_padding",)


def padding_difference(arm: str) -> Callable[[Records], float]:
    """Relative difference of the logits after kernel padding, percent of the largest logit."""
    return lambda records: 100 * records["kernel_padding"].values["difference"][arm]


quantity("%", PADDING, "padding_difference_convs")(padding_difference("convs"))
quantity("%", PADDING, "padding_difference_all")(padding_difference("all"))


def padding_growth(target: str) -> Callable[[Records], float]:
    """Pixels that kernel padding adds to the receptive field of a target layer."""

    def growth(records: Records) -> float:
        fields = records["kernel_padding"].values["fields"]
        return fields["all"][target] - fields["plain"][target]

    return growth


quantity("px", PADDING, "padding_growth_layer4", exact=True)(padding_growth("layer4"))
quantity("px", PADDING, "padding_growth_layer3", exact=True)(padding_growth("layer3"))


@quantity("%", reads=PADDING, exact=True)
def padding_parameters(records: Records) -> float:
    """Parameters that kernel padding adds, percent."""
    count = records["kernel_padding"].values["parameters"]
    return 100 * (count["all"] / count["plain"] - 1)


@quantity("units", reads=PADDING, exact=True)
def padding_resizes(records: Records) -> float:
    """Largest change of a map's side by kernel padding, pixels of the map."""
    sizes = records["kernel_padding"].values["sizes"]
    return max(abs(sizes["all"][layer] - side) for layer, side in sizes["plain"].items())


@quantity("%", reads=("added_weights",))
def added_share(records: Records) -> float:
    """Size of the weights that padding added, % of those at the opposite edges of their kernels.

    Root mean squares, and the mean over the padded convolutions.
    """
    return 100 * float(np.mean(records["added_weights"].values["share"]))
