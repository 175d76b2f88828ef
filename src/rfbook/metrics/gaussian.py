"""Size of an effective receptive field: a two-dimensional Gaussian fitted to it.

Dead Pixel Test, section 3 and Tables 1 and 2. x is the column, y the row, both counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class GaussianFit:
    """A Gaussian with its axes along the image's, as fitted by `fit_gaussian`.

    sigma_x, sigma_y: standard deviations, in pixels.
    centre_x, centre_y: column and row of the peak, in pixels.
    r_squared: 1 - var(residual) / var(field).
    offset: the constant below the Gaussian as a share of the field's mean; 0 if none was fitted.
    """

    sigma_x: float
    sigma_y: float
    centre_x: float
    centre_y: float
    r_squared: float
    offset: float


def fit_gaussian(field: Float[np.ndarray, "h w"], offset: bool = False) -> GaussianFit:
    """Least-squares fit of a Gaussian to a field (Dead Pixel Test, section 3, with lmfit).

    field: (h, w), not negative; its scale does not matter, it is divided by its sum.
    offset: fit a constant as well. The paper does not; part of the field is then a pedestal, and
        sigma can fall a lot (ResNet-18: 70 to 48 pixels).
    The start is the field's mean and standard deviation. At 224 x 224 a fit takes about 0.03 s.
    R^2 has the paper's definition, from variances; lmfit's `rsquared` uses sums of squares. It
    falls as sigma grows at equal noise, so it is no measure of the pattern inside the field.
    Raises ValueError for a field that is not finite, is negative somewhere or does not vary, and
    RuntimeError if lmfit gives up,
    as on a single bright pixel.
    """
    _require_fittable(field)
    # Importing lmfit takes seconds, and most users of this package never fit.
    from lmfit.models import ConstantModel, Gaussian2dModel

    share = field.astype(np.float64) / field.sum(dtype=np.float64)
    model, start = Gaussian2dModel(), _moments(share)
    if offset:
        model, start = model + ConstantModel(), {**start, "c": share.min()}
    y, x = np.indices(share.shape)
    fit = model.fit(share.ravel(), x=x.ravel(), y=y.ravel(), **start)
    if fit.aborted:
        raise RuntimeError(
            f"the Gaussian fit was given up after {fit.nfev} evaluations: plot the field, its peak "
            "may be narrower than a pixel"
        )
    best = fit.best_values
    return GaussianFit(
        sigma_x=float(abs(best["sigmax"])),
        sigma_y=float(abs(best["sigmay"])),
        centre_x=float(best["centerx"]),
        centre_y=float(best["centery"]),
        r_squared=float(1 - fit.residual.var() / share.var()),
        offset=float(best.get("c", 0.0) * share.size),
    )


def _moments(share: np.ndarray) -> dict[str, float]:
    y, x = np.indices(share.shape)
    centre_x, centre_y = (share * x).sum(), (share * y).sum()
    variance_x = (share * (x - centre_x) ** 2).sum()
    variance_y = (share * (y - centre_y) ** 2).sum()
    # A single bright pixel has no spread, and a Gaussian of width 0 no value.
    sigma_x, sigma_y = np.sqrt(np.maximum([variance_x, variance_y], 0.25))
    return {
        "amplitude": 1.0,
        "centerx": centre_x,
        "centery": centre_y,
        "sigmax": sigma_x,
        "sigmay": sigma_y,
    }


def _require_fittable(field: np.ndarray) -> None:
    low, high = field.min(), field.max()
    if not (np.isfinite(field).all() and 0 <= low < high):
        raise ValueError(
            "a Gaussian fit needs a finite field that is nowhere negative and varies, got values "
            f"from {low} to {high}: check that the gradients reach the image"
        )
