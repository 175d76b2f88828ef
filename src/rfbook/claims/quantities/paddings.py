"""Quantities of what kernel padding changes before any training: Dead Pixel, section 4."""

from __future__ import annotations

from collections.abc import Callable

from rfbook.claims.quantities.quantity import Quantity
from rfbook.records.record import Records


def padding_difference(arm: str) -> Callable[[Records], float]:
    """Relative difference of the logits after kernel padding, percent of the largest logit."""
    return lambda records: 100 * records["kernel_padding"].values["difference"][arm]


def padding_growth(target: str) -> Callable[[Records], float]:
    """Pixels that kernel padding adds to the receptive field of a target layer."""

    def growth(records: Records) -> float:
        fields = records["kernel_padding"].values["fields"]
        return fields["all"][target] - fields["plain"][target]

    return growth


def padding_resizes(records: Records) -> float:
    """Largest change of a map's side by kernel padding, pixels of the map."""
    sizes = records["kernel_padding"].values["sizes"]
    return max(abs(sizes["all"][layer] - side) for layer, side in sizes["plain"].items())


PADDING_QUANTITIES: dict[str, Quantity] = {
    "padding_difference_convs": Quantity(padding_difference("convs"), ("kernel_padding",), "%"),
    "padding_difference_all": Quantity(padding_difference("all"), ("kernel_padding",), "%"),
    "padding_growth_layer4": Quantity(
        padding_growth("layer4"), ("kernel_padding",), "px", exact=True
    ),
    "padding_growth_layer3": Quantity(
        padding_growth("layer3"), ("kernel_padding",), "px", exact=True
    ),
    "padding_resizes": Quantity(padding_resizes, ("kernel_padding",), "units", exact=True),
}
