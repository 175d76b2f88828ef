"""Quantities of one-pixel responses and the linear model that is to predict them: Dead Pixel, 5."""

from __future__ import annotations

import numpy as np

from rfbook.claims.quantities.quantity import Quantity, over_images
from rfbook.metrics.patterns import pattern_correlations
from rfbook.records.record import Records

CHANNELS = 3
FEW = 5
"""Of 25 pixels: the strongest five and the weakest five."""


def _field(others: np.ndarray) -> np.ndarray:
    """R at the 25 pixels, from the gradients of the images that were not perturbed."""
    return others.clip(min=0).mean(0)


def response_correlation(changes: np.ndarray, others: np.ndarray) -> float:
    """Correlation over the 25 pixels of the mean absolute change with R."""
    return float(np.corrcoef(np.abs(changes).mean(0), _field(others))[0, 1])


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


def smallest_step_error(steps: np.ndarray, slopes: np.ndarray) -> float:
    """`linearity_error` at the middle of 25 pixels for the smallest perturbation, 0.001."""
    return linearity_error(steps[:, -1], slopes, 0.001)


def response_size(changes: np.ndarray, others: np.ndarray, epsilon: float = 0.1) -> float:
    """Mean absolute change over 3 epsilon R, both averaged over the 25 pixels."""
    return float(np.abs(changes).mean() / (CHANNELS * epsilon * _field(others).mean()))


def rise_size(changes: np.ndarray, others: np.ndarray, epsilon: float = 0.1) -> float:
    """Mean of the positive part of the change over 3 epsilon R, both averaged over the pixels."""
    return float(changes.clip(min=0).mean() / (CHANNELS * epsilon * _field(others).mean()))


def strong_over_weak_response(changes: np.ndarray, others: np.ndarray) -> float:
    """Mean absolute change at the five of 25 pixels with the largest R, over the five smallest."""
    order = np.argsort(_field(others), kind="stable")
    response = np.abs(changes).mean(0)
    return float(response[order[-FEW:]].mean() / response[order[:FEW]].mean())


def pattern_correlation(absolute: np.ndarray, positive: np.ndarray) -> float:
    """Correlation over the 64 classes mod 8 of the mean absolute gradient with R of other images."""
    return float(pattern_correlations(absolute.mean(0)[None], positive.mean(0))[0])


_AT_PIXELS = ("changes", "others")
RESPONSE_QUANTITIES: dict[str, Quantity] = {
    "response_correlation": over_images(
        "pixel_response", _AT_PIXELS, response_correlation, "correlation"
    ),
    "linearity_error": over_images("pixel_response", ("changes", "gradients"), linearity_error, "%"),
    "smallest_step_error": over_images("pixel_response", ("steps", "slopes"), smallest_step_error, "%"),
    "response_size": over_images("pixel_response", _AT_PIXELS, response_size, "times"),
    "rise_size": over_images("pixel_response", _AT_PIXELS, rise_size, "times"),
    "strong_over_weak_response": over_images(
        "pixel_response", _AT_PIXELS, strong_over_weak_response, "times"
    ),
    "pattern_correlation": over_images(
        "pixel_response", ("absolute", "positive"), pattern_correlation, "correlation"
    ),
}
