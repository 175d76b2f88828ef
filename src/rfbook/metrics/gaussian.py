"""Size of an effective receptive field: a two-dimensional Gaussian fitted to it.

Dead Pixel Test, section 3 and Tables 1 and 2. x is the column, y the row, both counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from lmfit.model import ModelResult

Start = dict[str, float]
"""Values of lmfit's parameters to start from."""

NARROWEST = 0.25
"""Pixels. Of a narrower Gaussian a pixel's neighbours hold nothing: its width could be any."""

SAME = 1e-6
"""Two ends whose squared residuals differ by less than this share of the variance are one."""

ENOUGH = 2000
"""Evaluations from the grid, which is close: what takes longer runs away, and is known to by then."""

CHANCE = 4.0
"""White noise of n pixels gives an R^2 of up to this times ln(n) / n: its largest pixel is a peak."""


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

    def inside(self, shape: tuple[int, int]) -> bool:
        """Whether the centre lies in a field of this shape (h, w) and no width is beyond its side.

        Where it does not, the fit describes a slope or a bowl and says nothing of a peak.
        """
        height, width = shape
        centred = -0.5 <= self.centre_x <= width - 0.5 and -0.5 <= self.centre_y <= height - 0.5
        return centred and self.sigma_x <= width and self.sigma_y <= height


def fit_gaussian(field: Float[np.ndarray, "h w"], offset: bool = False) -> GaussianFit:
    """Least-squares fit of a Gaussian to a field (Dead Pixel Test, section 3, with lmfit).

    field: (h, w), not negative; its scale does not matter, it is divided by its sum.
    offset: fit a constant as well. The paper does not; part of the field is then a pedestal, and
        sigma can fall a lot (ResNet-18: 70 to 48 pixels).
    Two starts: the field's mean and standard deviation, and the best of a grid of centres and widths.
    The end with the smaller residuals is kept, the first if they are equal. At 224 x 224 a fit takes
    about 0.2 s. It may end beyond the image, see `GaussianFit.inside`.
    R^2 has the paper's definition, from variances; lmfit's `rsquared` uses sums of squares. It
    falls as sigma grows at equal noise, so it is no measure of the pattern inside the field.
    Raises ValueError for a field that is not finite, is negative somewhere or does not vary, and for
    one that no Gaussian explains better than it would white noise; RuntimeError if lmfit gives up, as
    on a bowl that an ever wider Gaussian fits better, or ends on a single bright pixel.
    """
    _require_fittable(field)
    # Importing lmfit takes seconds, and most users of this package never fit.
    from lmfit.models import ConstantModel, Gaussian2dModel

    scaled = np.ldexp(field.astype(np.float64), -int(np.frexp(field.max())[1]))
    share = scaled / scaled.sum()
    model, start = Gaussian2dModel(), _moments(share)
    if offset:
        model, start = model + ConstantModel(), {**start, "c": share.min()}
    y, x = np.indices(share.shape)
    given = {"x": x.ravel(), "y": y.ravel()}
    first = model.fit(share.ravel(), **given, **start)
    second = model.fit(share.ravel(), **given, **_best_on_grid(share, offset), max_nfev=ENOUGH)
    gain = (first.residual**2).sum() - (second.residual**2).sum()
    return _checked(second if gain > SAME * share.var() * share.size else first, share)


def _checked(fit: ModelResult, share: np.ndarray) -> GaussianFit:
    best, size = fit.best_values, share.size
    peak = GaussianFit(
        sigma_x=float(abs(best["sigmax"])),
        sigma_y=float(abs(best["sigmay"])),
        centre_x=float(best["centerx"]),
        centre_y=float(best["centery"]),
        r_squared=float(1 - fit.residual.var() / share.var()),
        offset=float(best.get("c", 0.0) * size),
    )
    if fit.aborted or min(peak.sigma_x, peak.sigma_y) < NARROWEST:
        raise RuntimeError(
            f"the Gaussian fit was given up after {fit.nfev} evaluations, with widths of "
            f"{peak.sigma_x:.3g} and {peak.sigma_y:.3g} pixels in a field of {share.shape}: plot it, "
            "its peak may be narrower than a pixel, or it may be a bowl without a peak"
        )
    if peak.r_squared < CHANCE * np.log(size) / size:
        raise ValueError(
            f"the field has no peak: a Gaussian explains {100 * peak.r_squared:.2g} % of its variance, "
            "as it would of white noise. Average over more images, or check what is differentiated"
        )
    return peak


def _moments(share: np.ndarray) -> Start:
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


def _best_on_grid(share: np.ndarray, offset: bool) -> Start:
    """Of Gaussians half a pixel to the whole image wide, everywhere in it, the one that fits best.

    Each has the height, and if asked for the constant below it, that leave the smallest residuals.
    """
    downs, acrosses = (_profiles(side) for side in share.shape)
    level, best, gained = share.mean() if offset else 0.0, {}, -np.inf
    for (sigma_y, down), (sigma_x, across) in product(downs, acrosses):
        sums = np.outer(down.sum(1), across.sum(1))
        squares = np.outer((down**2).sum(1), (across**2).sum(1))
        if offset:
            squares -= sums**2 / share.size
        heights = (down @ share @ across.T - level * sums) / squares
        gains = np.where(heights > 0, heights**2 * squares, -np.inf)
        place = np.unravel_index(gains.argmax(), gains.shape)
        if gains[place] > gained:
            gained, height = gains[place], heights[place]
            best = {
                "amplitude": height * 2 * np.pi * sigma_x * sigma_y,
                "centerx": across[place[1]].argmax(),
                "centery": down[place[0]].argmax(),
                "sigmax": sigma_x,
                "sigmay": sigma_y,
            } | ({"c": level - height * sums[place] / share.size} if offset else {})
    return best


def _profiles(side: int) -> list[tuple[float, np.ndarray]]:
    """Widths, each twice the one before, and Gaussians of that width along a side, (centres, side)."""
    pixels = np.arange(side)
    widths = 0.5 * 2.0 ** np.arange(np.log2(2 * side) + 1)
    centres = [pixels[:: max(1, int(width / 2)), None] for width in widths]
    profiles = [np.exp(-(((pixels - c) / w) ** 2) / 2) for w, c in zip(widths, centres, strict=True)]
    return list(zip(widths.tolist(), profiles, strict=True))


def _require_fittable(field: np.ndarray) -> None:
    low, high = field.min(), field.max()
    if not (np.isfinite(field).all() and 0 <= low < high):
        raise ValueError(
            "a Gaussian fit needs a finite field that is nowhere negative and varies, got values "
            f"from {low} to {high}: check that the gradients reach the image"
        )
