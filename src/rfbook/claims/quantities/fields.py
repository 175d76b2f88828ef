"""Quantities of effective fields: Dead Pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rfbook.claims.quantities.quantity import ANY, SHARE, Quantity
from rfbook.metrics.gaussian import GaussianFit, fit_gaussian
from rfbook.metrics.imbalance import residue_means
from rfbook.records.record import Records
from rfbook.statistics.undefined import Undefined


def center_offset(records: Records) -> float:
    """Distance of the middle unit's pixel from the middle of the image, along one axis, pixels."""
    record = records["field_recipe"]
    return abs(record.values["unit_center"] - (record.run.data.side - 1) / 2)


def field_check(name: str) -> Callable[[Records], float]:
    """A number that the `field_recipe` measure holds."""
    return lambda records: records["field_recipe"].values[name]


def of_output(records: Records) -> dict[str, Any]:
    """What is known of the effective field of the output."""
    return records["effective_field"].values["targets"]["output"]


def class_range(period: int, target: str = "output") -> Callable[[Records], float]:
    """Range of the classes of (row, column) mod the period in R_xy of a target, % of its mean.

    The range is the strongest class minus the weakest, each averaged over the map.
    Classes mod a multiple hold the pattern too: those mod 4 that of period 2 and that of period 4.
    """

    def spread(records: Records) -> float:
        found = records["effective_field"].values["targets"].get(target)
        if found is None:
            raise Undefined(f"no effective field of {target}")
        return 100 * float(np.ptp(found["residues"][str(period)]))

    return spread


def wave(period: int) -> Callable[[Records], float]:
    """Amplitude of the strongest wave of so many pixels in R_xy of the output, % of its mean.

    It is the Fourier peak at that period alone (`imbalance.fourier_peak`).
    """
    return lambda records: 100 * of_output(records)["fourier"][str(period)]


def fourth_minus_second_wave(records: Records) -> float:
    """Wave of four pixels minus that of two: above 0 where period 4 is the stronger."""
    return wave(4)(records) - wave(2)(records)


def weakest_pixel(records: Records) -> float:
    """The smallest R_xy of the output over its mean, percent: 0 for a pixel that plays no part."""
    field = records["effective_field"].arrays["output"].astype(float)
    return 100 * float(field.min() / field.mean())


def odd_over_even(records: Records) -> float:
    """Mean of R_xy of the output at odd rows and columns over that at even ones, pixels from 0."""
    means = of_output(records)["residues"]["2"]
    return means[1][1] / means[0][0]


TILE = 4
"""Pixels along a tile: patterns of two and of four pixels are even within it."""


def half_share(target: str) -> Callable[[Records], float]:
    """The fewest tiles that hold half of R_xy of a target, % of all: 50 if R is as large everywhere.

    Means over tiles of 4 x 4 pixels, so that a checkerboard is not taken for a small field; pixels
    beyond the last whole tile are left out. Of the last tile only the part that is needed counts, or
    small fields would have few possible values. Raises Undefined for a network without such a target.
    """

    def share(records: Records) -> float:
        field = records["effective_field"].arrays.get(target)
        if field is None:
            raise Undefined(f"no effective field of {target}")
        rows, columns = (side // TILE for side in field.shape)
        whole = field[: rows * TILE, : columns * TILE].astype(float)
        tiles = whole.reshape(rows, TILE, columns, TILE).mean((1, 3))
        largest = np.sort(tiles, axis=None)[::-1]
        held = np.concatenate([[0], largest.cumsum()])
        whole_tiles = int(np.searchsorted(held, held[-1] / 2)) - 1
        part = (held[-1] / 2 - held[whole_tiles]) / largest[whole_tiles]
        return 100 * float(whole_tiles + part) / tiles.size

    return share


def half_share_growth(records: Records) -> float:
    """`half_share` of layer4 minus that of layer3, points."""
    return half_share("layer4")(records) - half_share("layer3")(records)


def of_layer4(name: str) -> Callable[[Records], float]:
    """A number of the Gaussian fitted to the effective field of the middle unit of layer4.

    Raises Undefined for a network without such a layer, where no fit converged, and where the one that
    did says nothing of a peak (`GaussianFit.inside`).
    """

    def number(records: Records) -> float:
        target = records["effective_field"].values["targets"].get("layer4", {})
        if not target.get("gaussian"):
            raise Undefined("no Gaussian fitted at layer4")
        side = records["effective_field"].run.data.side
        if not GaussianFit(**target["gaussian"]).inside((side, side)):
            raise Undefined("the Gaussian fitted at layer4 lies beyond the image: no peak")
        return target["gaussian"][name]

    return number


def layer4_sigma(records: Records) -> float:
    """Width of that Gaussian, mean of both directions, pixels."""
    return (of_layer4("sigma_x")(records) + of_layer4("sigma_y")(records)) / 2


def fit_without_pattern(records: Records) -> float:
    """R^2 of the Gaussian at layer4 with the pattern of period eight divided out, minus R^2 as it is.

    Divided by are the means of the classes of (row, column) mod 8, which hold periods two and four.
    """
    before = of_layer4("r_squared")(records)
    field = records["effective_field"].arrays["layer4"].astype(float)
    copies = [-(-side // 8) for side in field.shape]
    pattern = np.tile(residue_means(field, 8), copies)[: field.shape[0], : field.shape[1]]
    try:
        return fit_gaussian(field / pattern).r_squared - before
    except (RuntimeError, ValueError) as error:
        raise Undefined(f"no Gaussian fits without the pattern: {error}") from None


def imbalance(kind: str, order: int) -> Callable[[Records], float]:
    """An imbalance index of R_xy of the output, % of its mean. kind: "relative" or "split_half"."""
    return lambda records: 100 * of_output(records)[kind][order - 1]


HALF = (0.0, 50.0)
"""Of `half_share`: half of the tiles hold half of a field that is as large everywhere."""

FIELD_QUANTITIES: dict[str, Quantity] = {
    "batch_difference": Quantity(field_check("batch_difference"), ("field_recipe",), "share"),
    "order_correlation": Quantity(field_check("order_correlation"), ("field_recipe",), "correlation"),
    "center_offset": Quantity(center_offset, ("field_recipe",), "px", exact=True),
    "gaussian_r_squared": Quantity(field_check("r_squared"), ("field_recipe",), "R^2"),
    "checkerboard": Quantity(class_range(2), ("effective_field",), "% of the mean"),
    "checkerboard_layer3": Quantity(class_range(2, "layer3"), ("effective_field",), "% of the mean"),
    "checkerboard_layer4": Quantity(class_range(2, "layer4"), ("effective_field",), "% of the mean"),
    "coarse_checkerboard": Quantity(class_range(4), ("effective_field",), "% of the mean"),
    "coarsest_checkerboard": Quantity(class_range(8), ("effective_field",), "% of the mean"),
    "weakest_pixel": Quantity(
        weakest_pixel, ("effective_field",), "% of the mean", bounds=SHARE
    ),
    "odd_over_even": Quantity(odd_over_even, ("effective_field",), "times"),
    "second_wave": Quantity(wave(2), ("effective_field",), "% of the mean"),
    "fourth_wave": Quantity(wave(4), ("effective_field",), "% of the mean"),
    "eighth_wave": Quantity(wave(8), ("effective_field",), "% of the mean"),
    "fourth_minus_second_wave": Quantity(
        fourth_minus_second_wave, ("effective_field",), "points (% of the mean)"
    ),
    "half_share_layer3": Quantity(
        half_share("layer3"), ("effective_field",), "% of the image", bounds=HALF
    ),
    "half_share_layer4": Quantity(
        half_share("layer4"), ("effective_field",), "% of the image", bounds=HALF
    ),
    "half_share_output": Quantity(
        half_share("output"), ("effective_field",), "% of the image", bounds=HALF
    ),
    "half_share_growth": Quantity(half_share_growth, ("effective_field",), "points"),
    "layer4_sigma": Quantity(layer4_sigma, ("effective_field",), "px"),
    "fit_without_pattern": Quantity(
        fit_without_pattern, ("effective_field",), "R^2", bounds=ANY
    ),
    "layer4_r_squared": Quantity(of_layer4("r_squared"), ("effective_field",), "R^2"),
    "relative_L1": Quantity(imbalance("relative", 1), ("effective_field",), "% of the mean"),
    "relative_L2": Quantity(imbalance("relative", 2), ("effective_field",), "% of the mean"),
    "split_half_L1": Quantity(imbalance("split_half", 1), ("effective_field",), "% of the mean"),
}

RANGES = {2: "checkerboard", 4: "coarse_checkerboard", 8: "coarsest_checkerboard"}
"""Period -> the quantity that is the range of its classes."""

WAVES = {2: "second_wave", 4: "fourth_wave", 8: "eighth_wave"}
"""Period -> the quantity that is the wave of that period alone."""
