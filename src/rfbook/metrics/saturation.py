"""Saturation: the share of a layer's directions in which its output varies (Size Matters, 2.3).

    covariance = Covariance()
    with tap(model, ["conv1"], lambda name, maps: covariance.update(maps)):
        for images in batches:
            model(images)
    saturation(spectrum(covariance.matrix()), delta=0.99)

One decomposition serves any number of `delta`.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import interpolate

from rfbook.metrics.finite_tensors import require_finite

OBSERVATIONS_PER_PRODUCT = 8192
"""Longest sum left to single precision; longer ones are cut and the pieces added in double."""

NOT_FINITE = "has training failed?"

SAFE = 2.0**-80, 2.0**100
"""Sums of squares between which single precision keeps its digits: products of others are double."""

ROUNDING = 1e-12
"""A share this close below `delta` counts as equal to it."""

RESOLUTION = 2.0**-22
"""Share of the largest variance below which a direction is rounding of products in single precision."""


class Covariance:
    """Covariance of a layer's channels over images and positions, from a stream of batches.

    Every position of every map is one observation of c channels (Size Matters, 2.3, footnote 1).
    Products are single precision within 8192 observations (double if the maps are double, or so large
    or small that their squares leave single precision) and summed in double. All values are first
    shifted by the first batch's channel means: without that, channels whose mean is far larger than
    their spread would lose it to cancellation.

    Time: c^2 multiplications for each observation, 1/9 of a 3x3 convolution from c to c channels;
    half of that on a CPU. Maps in `channels_last` are read in place, others copied once. Memory:
    c^2 doubles. On a CPU, OMP_NUM_THREADS bounds the threads, torch.set_num_threads does not.
    """

    def __init__(self) -> None:
        self.count = 0

    @torch.inference_mode()
    def update(self, maps: Float[Tensor, "n c *positions"]) -> None:
        """Add a batch of maps, (n, c, h, w), or of vectors, (n, c).

        Raises ValueError if the number of channels differs from that of earlier batches, and for maps
        that are not finite or whose squares leave double precision.
        """
        precision = torch.float64 if maps.dtype == torch.float64 else torch.float32
        columns = maps.transpose(0, 1).flatten(1)
        if columns.shape[1] == 0:
            return
        if self.count == 0:
            shift = columns.mean(1, keepdim=True, dtype=precision)
            if not shift.isfinite().all():  # a sum may overflow where no value is infinite
                shift = columns.mean(1, keepdim=True, dtype=torch.float64)
                require_finite(shift[:, 0], "maps", ("channel",), NOT_FINITE)
            self._start_at(shift)
        self._require_channels(len(columns))
        for piece in columns.split(OBSERVATIONS_PER_PRODUCT, dim=1):
            self._add(piece, precision)

    def _add(self, piece: Float[Tensor, "c m"], precision: torch.dtype) -> None:
        shifted = piece.to(precision) - self._shift.to(precision)
        products = _products(shifted)
        if not SAFE[0] < products.diagonal().max() < SAFE[1]:
            shifted = piece.double() - self._shift
            products = _products(shifted)
            _require_squares(products.diagonal(), shifted)
        self._sum += shifted.sum(1, keepdim=True)
        self._products += products
        self.count += piece.shape[1]

    @torch.inference_mode()
    def merge(self, other: "Covariance") -> None:
        """Add all that `other` has seen, as if its batches had come here (Chan et al., 1979).

        Raises ValueError if the numbers of channels differ.
        """
        if other.count == 0:
            return
        if self.count == 0:
            self._start_at(other._shift)
        self._require_channels(len(other._shift))
        offset = other.mean[:, None] - self._shift
        self._sum += other.count * offset
        self._products += other.count * (other.matrix() + offset @ offset.T)
        self.count += other.count

    @property
    def mean(self) -> Float[Tensor, " c"]:
        """Mean of each channel, double precision. Raises ValueError before the first batch."""
        self._require_data()
        return (self._shift + self._sum / self.count)[:, 0]

    def matrix(self) -> Float[Tensor, "c c"]:
        """Centred covariance, divided by the number of observations, double precision.

        Raises ValueError before the first batch.
        """
        self._require_data()
        offset = self._sum / self.count
        return self._products / self.count - offset @ offset.T

    def _start_at(self, shift: Float[Tensor, "c 1"]) -> None:
        channels = len(shift)
        self._shift = shift.double()
        self._sum = self._shift.new_zeros(channels, 1)
        self._products = self._shift.new_zeros(channels, channels)

    def _require_channels(self, channels: int) -> None:
        if channels != len(self._shift):
            raise ValueError(
                f"all batches need the same channels; got {channels} after {len(self._shift)}. "
                "Use one Covariance for each layer"
            )

    def _require_data(self) -> None:
        if self.count == 0:
            raise ValueError("the covariance needs an observation and has none: update it first")


def _require_squares(squares: Float[Tensor, " c"], values: Float[Tensor, "c m"]) -> None:
    """Raises ValueError unless sums of squares of these values are what they should be."""
    require_finite(values, "maps", ("channel", "observation"), NOT_FINITE)
    low, high = torch.finfo(torch.float64).tiny, torch.finfo(torch.float64).max
    if not squares.max() <= high or (squares.max() < low and values.any()):
        raise ValueError(
            f"the squares of maps with values up to {values.abs().max():.1e} leave double precision: "
            "multiply the maps by a constant, on which saturation does not depend"
        )


def _products(rows: Float[Tensor, "c m"]) -> Float[Tensor, "c c"]:
    """Sum over the columns of the products of every two rows."""
    if rows.is_cpu:
        # NumPy notices the transpose of the same array and computes one half; torch does not.
        array = rows.numpy()
        with np.errstate(over="ignore", invalid="ignore"):  # looked for by those who use the products
            return torch.from_numpy(array @ array.T)
    # Autocast would round the products to half precision.
    with torch.autocast(rows.device.type, enabled=False):
        return rows @ rows.T


def nearest_4x4(maps: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *fewer"]:
    """Maps cut to 4x4 by nearest-neighbour sampling, if a side is longer than 4; else unchanged.

    Passed to `Covariance.update`, this is what the authors measured saturation on (phd-lab,
    `downsampling` 4). Of a side of 32 it keeps rows and columns 0, 8, 16, 24, so it leans to the
    top left. Vectors, (n, c), are returned as they are.
    """
    return interpolate(maps, size=(4, 4)) if max(maps.shape[2:], default=0) > 4 else maps


def spectrum(covariance: Float[Tensor, "c c"]) -> Float[Tensor, " c"]:
    """Eigenvalues of a covariance, largest first; negative ones, which are rounding, become 0.

    Raises ValueError for a covariance that is not finite.
    """
    require_finite(covariance, "covariances", ("channel", "channel"), NOT_FINITE)
    return torch.linalg.eigvalsh(covariance).flip(0).clamp(min=0)


def dimensions(eigenvalues: Float[Tensor, " c"], delta: float, convention: str = "paper") -> int:
    """Smallest number of directions that explain at least `delta` of the variance.

    eigenvalues: largest first, none negative, as from `spectrum`. Returns 0 if all are zero.
    convention: "paper" is the definition (Size Matters, 2.3). "delve" counts the directions whose
        cumulative share is still below `delta`, as the authors' delve does (0.1.41 to 0.1.50):
        always one fewer, so 0 for a single direction and never c.
    A direction below `RESOLUTION` is never counted: with delta = 1 the result is the rank.
    Raises ValueError unless 0 < delta <= 1, for an unknown convention and for eigenvalues that are not
    finite.
    """
    if not 0 < delta <= 1:
        raise ValueError(f"delta is a share of the variance, 0 < delta <= 1; got {delta}")
    if convention not in ("paper", "delve"):
        raise ValueError(f"convention must be 'paper' or 'delve', not {convention!r}")
    cumulative = eigenvalues.double().cumsum(0)
    require_finite(cumulative, "sums of eigenvalues", ("direction",), NOT_FINITE)
    total = cumulative[-1].item()
    if total == 0:
        return 0
    needed = int((cumulative / total < delta - ROUNDING).sum()) + 1
    resolved = int((eigenvalues > RESOLUTION * eigenvalues[0]).sum())
    return min(needed, resolved) - (convention == "delve")


def saturation(
    eigenvalues: Float[Tensor, " c"], delta: float = 0.99, convention: str = "paper"
) -> float:
    """Saturation of a layer: `dimensions` divided by its c channels (Size Matters, 2.3)."""
    return dimensions(eigenvalues, delta, convention) / len(eigenvalues)
