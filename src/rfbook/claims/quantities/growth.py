"""Growth of the effective size with depth, over networks of one design (Dead Pixel, 3)."""

from __future__ import annotations

import re
from collections.abc import Callable

from rfbook.claims.quantities.fields import FIELD, of_fit
from rfbook.claims.quantities.quantity import quantity
from rfbook.records.record import Records
from rfbook.statistics.association import growth_exponent, growth_interval

STAGES = ("layer1", "layer2", "layer3")
"""Of the ResNets for CIFAR-10."""


def layers_of(network: str) -> int:
    """How many layers the network has by its name, such as 56."""
    return int(re.findall(r"\d+", network)[0])


def sigma_of(layer: str) -> Callable[[Records], float]:
    """Width of the Gaussian fitted to a layer's effective field, mean of both directions, pixels."""
    return lambda records: (of_fit("sigma_x", layer)(records) + of_fit("sigma_y", layer)(records)) / 2


def by_depth(layer: str, *arms: Records) -> tuple[list[int], list[float]]:
    """Layers and width of that Gaussian, of each arm's network."""
    depths = [layers_of(records["effective_field"].run.model.name) for records in arms]
    return depths, [sigma_of(layer)(records) for records in arms]


def _exponent(layer: str) -> None:
    """Makes the b of size ~ depth^b over four networks a quantity; its interval is over the networks."""

    def interval(*arms: Records) -> tuple[float, float]:
        return growth_interval(*by_depth(layer, *arms))

    @quantity("(exponent)", FIELD, f"{layer}_depth_exponent", interval=interval, arms=4)
    def exponent(*arms: Records) -> float:
        return growth_exponent(*by_depth(layer, *arms))


for _layer in STAGES:
    quantity("px", FIELD, f"{_layer}_sigma")(sigma_of(_layer))
    _exponent(_layer)
quantity("px", FIELD, "layer4_sigma")(sigma_of("layer4"))
quantity("px", FIELD, "output_sigma")(sigma_of("output"))
quantity("R^2", FIELD, "layer3_r_squared")(of_fit("r_squared", "layer3"))
