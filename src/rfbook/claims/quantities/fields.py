"""Quantities of effective fields and single pixels (Dead Pixel, sections 3 to 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rfbook.claims.quantities.layer_lists import steps_of
from rfbook.claims.quantities.quantity import ANY, SHARE, over_images, quantity
from rfbook.metrics import layer_list
from rfbook.metrics.gaussian import GaussianFit, fit_gaussian
from rfbook.metrics.imbalance import residue_means
from rfbook.metrics.patterns import pattern_correlations
from rfbook.records.record import Records
from rfbook.statistics.undefined import Undefined

FIELD = ("effective_field",)
RECIPE = ("field_recipe",)
SINGLE = ("single_gradients",)
AT_PIXELS = ("changes", "others")

RANGES = {2: "checkerboard", 4: "coarse_checkerboard", 8: "coarsest_checkerboard"}
"""Period -> the quantity that is the range of its classes."""

WAVES = {2: "second_wave", 4: "fourth_wave", 8: "eighth_wave"}
"""Period -> the quantity that is the wave of that period alone."""

CHANNELS = 3
FEW = 5
"""Of 25 pixels: the strongest five and the weakest five."""


@quantity("px", reads=RECIPE, exact=True)
def center_offset(records: Records) -> float:
    """Distance of the middle unit's pixel from the middle of the image, along one axis, pixels."""
    record = records["field_recipe"]
    return abs(record.values["unit_center"] - (record.run.data.side - 1) / 2)


def field_check(name: str, scale: float = 1) -> Callable[[Records], float]:
    """A number that the `field_recipe` measure holds, times a scale."""
    return lambda records: scale * records["field_recipe"].values[name]


quantity("share", RECIPE, "batch_difference")(field_check("batch_difference"))
quantity("correlation", RECIPE, "order_correlation")(field_check("order_correlation"))
quantity("R^2", RECIPE, "gaussian_r_squared")(field_check("r_squared"))
quantity("px", RECIPE, "unit_center", exact=True)(field_check("unit_center"))
quantity("px", RECIPE, "fitted_column")(field_check("centre_x"))
quantity("px", RECIPE, "fitted_row")(field_check("centre_y"))
quantity("%", RECIPE, "order_mass")(field_check("order_mass", 100))


@quantity("% of the pixels that noise needs", reads=SINGLE)
def half_of_single(records: Records) -> float:
    """Pixels that hold half of one image's gradient, % of those that hold half of Gaussian noise.

    The noise is as strong at every pixel as the gradients are in the mean over images.
    """
    values = records["single_gradients"].values
    return 100 * values["half"] / values["half_of_noise"]


@quantity("correlation", reads=SINGLE)
def gradients_alike(records: Records) -> float:
    """Correlation of the gradients of two images over the pixels, mean over all pairs of images."""
    return records["single_gradients"].values["correlation"]


def of_output(records: Records) -> dict[str, Any]:
    """What is known of the effective field of the output."""
    return records["effective_field"].values["targets"]["output"]


def class_range(period: int, target: str = "output") -> Callable[[Records], float]:
    """Range of the classes of (row, column) mod the period in R_xy of a target, % of its mean.

    The range is the strongest class minus the weakest, each averaged over the map.
    Classes mod a multiple hold the pattern too: those mod 4 that of period 2 and that of period 4.
    Noise makes it larger and never smaller, so that it is above 0 without any pattern; see `contrast`.
    """

    def spread(records: Records) -> float:
        return 100 * float(np.ptp(_of_target(records, target)["residues"][str(period)]))

    return spread


def _of_target(records: Records, target: str) -> dict[str, Any]:
    field = records["effective_field"].values["targets"].get(target)
    if field is None:
        raise Undefined(f"no effective field of {target}")
    return field


quantity("% of the mean", FIELD, "checkerboard")(class_range(2))
quantity("% of the mean", FIELD, "checkerboard_layer3")(class_range(2, "layer3"))
quantity("% of the mean", FIELD, "checkerboard_layer4")(class_range(2, "layer4"))
quantity("% of the mean", FIELD, "coarse_checkerboard")(class_range(4))
quantity("% of the mean", FIELD, "coarsest_checkerboard")(class_range(8))


def contrast(target: str = "output") -> Callable[[Records], float]:
    """R_xy of a target at odd rows and columns minus that at even ones, % of its mean, pixels from 0.

    What counting windows predicts of an odd kernel with stride 2: a pattern of period two. It is
    signed: of networks with independent weights and without a pattern its mean is 0, however noisy
    each of them is.
    """

    def difference(records: Records) -> float:
        means = _of_target(records, target)["residues"]["2"]
        return 100 * (means[1][1] - means[0][0])

    return difference


quantity("% of the mean", FIELD, "odd_minus_even", bounds=ANY)(contrast())
quantity("% of the mean", FIELD, "odd_minus_even_layer3", bounds=ANY)(contrast("layer3"))
quantity("% of the mean", FIELD, "odd_minus_even_layer4", bounds=ANY)(contrast("layer4"))


def wave(period: int) -> Callable[[Records], float]:
    """Amplitude of the strongest wave of so many pixels in R_xy of the output, % of its mean.

    It is the Fourier peak at that period alone (`imbalance.fourier_peak`).
    """
    return lambda records: 100 * of_output(records)["fourier"][str(period)]


quantity("% of the mean", FIELD, "second_wave")(wave(2))
quantity("% of the mean", FIELD, "fourth_wave")(wave(4))
quantity("% of the mean", FIELD, "eighth_wave")(wave(8))


@quantity("points (% of the mean)", reads=FIELD)
def fourth_minus_second_wave(records: Records) -> float:
    """Wave of four pixels minus that of two: above 0 where period 4 is the stronger."""
    return wave(4)(records) - wave(2)(records)


@quantity("% of the mean", reads=FIELD, bounds=SHARE)
def weakest_pixel(records: Records) -> float:
    """The smallest R_xy of the output over its mean, percent: 0 for a pixel that plays no part."""
    field = records["effective_field"].arrays["output"].astype(float)
    return 100 * float(field.min() / field.mean())


@quantity("times", reads=FIELD)
def odd_over_even(records: Records) -> float:
    """Mean of R_xy of the output at odd rows and columns over that at even ones, pixels from 0."""
    means = of_output(records)["residues"]["2"]
    return means[1][1] / means[0][0]


@quantity("times", reads=FIELD)
def odd_over_even_rows(records: Records) -> float:
    """Mean of R_xy of the output at odd rows over that at even ones, pixels from 0."""
    return _odd_over_even(records, axis=0)


@quantity("times", reads=FIELD)
def odd_over_even_columns(records: Records) -> float:
    """Mean of R_xy of the output at odd columns over that at even ones, pixels from 0."""
    return _odd_over_even(records, axis=1)


def _odd_over_even(records: Records, axis: int) -> float:
    even, odd = np.asarray(of_output(records)["residues"]["2"]).sum(axis=1 - axis)
    return float(odd / even)


@quantity("times", reads=FIELD, exact=True)
def counted_odd_over_even(records: Records) -> float:
    """`odd_over_even` as counting paths through the list of layers predicts it.

    Raises Undefined for a network whose layers are not listed.
    """
    run = records["effective_field"].run
    try:
        steps = steps_of(run.model)
    except ValueError as error:
        raise Undefined(str(error)) from None
    return layer_list.odd_over_even(steps, run.data.side)


@quantity("% of the counted", reads=FIELD)
def counting_error(records: Records) -> float:
    """Distance of the measured odd over even from the counted one, percent of the counted."""
    return 100 * abs(odd_over_even(records) / counted_odd_over_even(records) - 1)


def of_fit(name: str, layer: str = "layer4") -> Callable[[Records], float]:
    """A number of the Gaussian fitted to the effective field of a layer's middle unit, or the output.

    Raises Undefined for a network without such a layer, where no fit converged, and where the one that
    did says nothing of a peak (`GaussianFit.inside`).
    """

    def number(records: Records) -> float:
        target = records["effective_field"].values["targets"].get(layer, {})
        if not target.get("gaussian"):
            raise Undefined(f"no Gaussian fitted at {layer}")
        side = records["effective_field"].run.data.side
        if not GaussianFit(**target["gaussian"]).inside((side, side)):
            raise Undefined(f"the Gaussian fitted at {layer} lies beyond the image: no peak")
        return target["gaussian"][name]

    return number


quantity("R^2", FIELD, "layer4_r_squared")(of_fit("r_squared"))
quantity("R^2", FIELD, "output_r_squared")(of_fit("r_squared", "output"))


@quantity("R^2", reads=FIELD, bounds=ANY)
def fit_without_pattern(records: Records) -> float:
    """R^2 of the Gaussian at layer4 with the pattern of period eight divided out, minus R^2 as it is.

    Divided by are the means of the classes of (row, column) mod 8, which hold periods two and four.
    """
    before = of_fit("r_squared")(records)
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


quantity("% of the mean", FIELD, "relative_L1")(imbalance("relative", 1))
quantity("% of the mean", FIELD, "relative_L2")(imbalance("relative", 2))
quantity("% of the mean", FIELD, "split_half_L1")(imbalance("split_half", 1))


def _field(others: np.ndarray) -> np.ndarray:
    """R at the 25 pixels, from the gradients of the images that were not perturbed."""
    return others.clip(min=0).mean(0)


@over_images("pixel_response", AT_PIXELS, "correlation")
def response_correlation(changes: np.ndarray, others: np.ndarray) -> float:
    """Correlation over the 25 pixels of the mean absolute change with R."""
    return float(np.corrcoef(np.abs(changes).mean(0), _field(others))[0, 1])


@over_images("pixel_response", ("changes", "gradients"), "%")
def linearity_error(changes: np.ndarray, gradients: np.ndarray, epsilon: float = 0.1) -> float:
    """Mean distance of a change from 3 epsilon times its image's own gradient, % of the mean change."""
    predicted = CHANNELS * epsilon * gradients
    return 100 * float(np.abs(changes - predicted).mean() / np.abs(changes).mean())


def linearity_errors(records: Records) -> dict[float, float]:
    """`linearity_error` at the middle pixel for every size of the perturbation, from the largest on."""
    record = records["pixel_response"]
    slopes = record.arrays["slopes"].astype(float)
    pairs = zip(record.values["steps"], record.arrays["steps"].T, strict=True)
    return {size: linearity_error(change.astype(float), slopes, size) for size, change in pairs}


@over_images("pixel_response", ("steps", "slopes"), "%")
def smallest_step_error(steps: np.ndarray, slopes: np.ndarray) -> float:
    """`linearity_error` at the middle of 25 pixels for the smallest perturbation, 0.001."""
    return linearity_error(steps[:, -1], slopes, 0.001)


@over_images("pixel_response", AT_PIXELS, "times")
def response_size(changes: np.ndarray, others: np.ndarray, epsilon: float = 0.1) -> float:
    """Mean absolute change over 3 epsilon R, both averaged over the 25 pixels."""
    return float(np.abs(changes).mean() / (CHANNELS * epsilon * _field(others).mean()))


@over_images("pixel_response", AT_PIXELS, "times")
def rise_size(changes: np.ndarray, others: np.ndarray, epsilon: float = 0.1) -> float:
    """Mean of the positive part of the change over 3 epsilon R, both averaged over the pixels."""
    return float(changes.clip(min=0).mean() / (CHANNELS * epsilon * _field(others).mean()))


@over_images("pixel_response", AT_PIXELS, "times")
def strong_over_weak_response(changes: np.ndarray, others: np.ndarray) -> float:
    """Mean absolute change at the five of 25 pixels with the largest R, over the five smallest."""
    order = np.argsort(_field(others), kind="stable")
    response = np.abs(changes).mean(0)
    return float(response[order[-FEW:]].mean() / response[order[:FEW]].mean())


@over_images("pixel_response", ("changes",), "%")
def mistaken_sizes(changes: np.ndarray) -> float:
    """How often a perturbation moves an image's output more than one twice as large at another place.

    Of all ordered pairs of two of the 25 pixels, mean over images, percent; by chance it would be 50. A
    perturbation twice as large is taken to change the output twice as much (`linearity_error`).
    """
    small, large = np.abs(changes)[:, :, None], 2 * np.abs(changes)[:, None, :]
    pairs = changes.shape[1] * (changes.shape[1] - 1)
    return 100 * float((small > large).sum((1, 2)).mean() / pairs)


@over_images("pixel_response", ("absolute", "positive"), "correlation")
def pattern_correlation(absolute: np.ndarray, positive: np.ndarray) -> float:
    """Correlation over the 64 classes mod 8 of the mean absolute gradient with R of other images."""
    return float(pattern_correlations(absolute.mean(0)[None], positive.mean(0))[0])
