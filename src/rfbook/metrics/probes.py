"""Probes: how well a linear classifier reads the classes from a layer's output (Size Matters, 2.2).

    train, test = pool_features(train_maps), pool_features(test_maps)
    standardiser = Standardiser.of(train)
    probe = fit_probe(standardiser.apply_(train), train_labels)
    accuracy(probe, standardiser.apply_(test), test_labels)

The probe is scikit-learn's multinomial `LogisticRegression` with C = 1, as in the paper's code, but
on standardised features and run until it converges; the paper's stops after 100 epochs of SAGA.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Integer, Num
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, one_hot

from rfbook.metrics import finite_tensors
from rfbook.metrics.softmax_preconditioner import ROWS_PER_BLOCK, sum_of_squares
from rfbook.metrics.softmax_regression import Problem, minimise

POOLED_SIDE = 4
"""Maps are averaged to 4x4 before a layer's probe (Size Matters, appendix B)."""

ROUNDING = 0.5
"""A feature is constant if its deviation is at most this many units of rounding of its mean: then it
takes two neighbouring numbers, as the same sum does that was added in another order."""

DOUBTFUL = 8
"""So many units of rounding of its mean may be lost from a deviation: below, it is measured again."""

SMALLEST = 2.0**-60
"""The same, for squares that single precision rounds to nothing."""

COLUMNS = 64
"""Features measured again together."""


def pool_features(maps: Num[Tensor, "n c h w"], most: int = POOLED_SIDE) -> Float[Tensor, "n d"]:
    """Features of a layer: maps averaged to at most `most` a side and flattened, single precision.

    Sides up to that stay as they are (Size Matters, appendix B; the authors' code repeats values up to
    4x4, which adds columns but no information). d = c * min(h, most) * min(w, most).
    """
    n, c, *sides = maps.shape
    size = [min(side, most) for side in sides]
    features = torch.empty(n, c * size[0] * size[1], device=maps.device)
    blocks = zip(features.split(ROWS_PER_BLOCK), maps.split(ROWS_PER_BLOCK), strict=True)
    for pooled, block in blocks:
        averages = adaptive_avg_pool2d(block.float(), size)
        if not averages.sum().isfinite():  # a sum over a cell may overflow where no average does
            averages = adaptive_avg_pool2d(block.double(), size)
        pooled.copy_(averages.flatten(1))
    return features


@dataclass(frozen=True)
class Standardiser:
    """Shift and scale that give the training features mean 0 and standard deviation 1.

    mean and scale are (1, d), or (p, 1, d) for p sets of features. Constant features have scale 0.
    """

    mean: Float[Tensor, "*p 1 d"]
    scale: Float[Tensor, "*p 1 d"]

    @classmethod
    def of(cls, features: Float[Tensor, "*p n d"]) -> "Standardiser":
        """Measure training features, of any scale and however close to their mean.

        Raises ValueError if one is nan or infinite, or so large that its distance from the mean may be.
        """
        require_finite(features)
        mean = features.mean(-2, keepdim=True)
        deviation = (sum_of_squares(features, mean) / features.shape[-2]).sqrt()
        digits = DOUBTFUL * torch.finfo(mean.dtype).eps * mean.abs()
        clear = (deviation > digits) & (deviation > SMALLEST) & deviation.isfinite()
        scale = torch.where(clear, 1 / deviation, 0)
        if not clear.all():
            for some in (~clear & _varies(features)).nonzero().split(COLUMNS):
                *sets, _, columns = place = tuple(some.T)
                mean[place], scale[place] = _measured_again(features.mT[(*sets, columns)])
        return cls(mean, scale)

    def apply_(self, features: Float[Tensor, "*p n d"]) -> Float[Tensor, "*p n d"]:
        """Overwrite features with standardised ones and return them: a copy may not fit in memory.

        Features that were constant in training become 0.
        """
        return features.sub_(self.mean).mul_(self.scale)


def _varies(features: Float[Tensor, "*p n d"]) -> Bool[Tensor, "*p 1 d"]:
    first = features[..., :1, :]
    blocks = features.split(ROWS_PER_BLOCK, dim=-2)
    return torch.stack([(block != first).any(-2, keepdim=True) for block in blocks]).any(0)


def _measured_again(columns: Float[Tensor, "m n"]) -> tuple[Float[Tensor, " m"], Float[Tensor, " m"]]:
    """Means and scales of features whose squares, sums or differences leave the precision.

    Powers of two bring each to 1 and one value, from which the others are exactly subtracted, to 0.
    """
    limits, largest = torch.finfo(columns.dtype), columns.abs().amax(1)
    if (largest > limits.max / 2).any():
        raise ValueError(
            f"features reach {largest.max():.1e}, and their differences may leave {columns.dtype}: "
            "divide them by a constant, on which a probe does not depend"
        )
    unit = largest / largest.frexp().mantissa
    units = columns / unit[:, None]
    shifted = units - units[:, :1]
    offset = shifted.mean(1)
    deviation = (shifted - offset[:, None]).square().mean(1).sqrt()
    mean = units[:, 0] + offset
    constant = deviation <= ROUNDING * limits.eps * mean.abs()
    scale = (1 / deviation / unit).clamp(max=limits.max)
    return mean * unit, torch.where(constant, 0, scale)


@dataclass(frozen=True)
class Probe:
    """A fitted probe: scores are features @ weights + intercept.

    loss: the objective at the solution, summed over samples. converged: whether the tolerance was
    met within the iterations allowed; if not, the accuracy says little about the layer.
    """

    weights: Float[Tensor, "d k"]
    intercept: Float[Tensor, " k"]
    loss: float
    iterations: int
    converged: bool


def fit_probe(
    features: Float[Tensor, "n d"],
    labels: Integer[Tensor, " n_labels"],
    C: float = 1.0,
    tolerance: float = 1e-5,
    max_iterations: int = 1000,
) -> Probe:
    """Minimise C * sum_i cross-entropy_i + ||weights||^2 / 2 (Size Matters, 2.2).

    features: standardised, single or double precision; used as they are, without a copy. labels:
        0..k-1, each at least once. tolerance: expected decrease of one step, in nats per sample, at
        which to stop; 1e-5 left losses of real layers of up to 2048 features within 0.03 % of the
        minimum.
    Memory beyond the features: 4096 of their rows, twice, a matrix of at most 4096^2 numbers and
    about eight of (k, n). The result is the same each time, to the bit, on one machine and number
    of threads. Raises ValueError for labels, features or C that cannot be fitted.
    """
    k = require_labels(labels, len(features))
    require_finite(features)
    solution = minimise(problem(features[None], labels, k, C), tolerance, max_iterations)
    weights = solution.parameters[0].T
    return Probe(
        weights=weights[:-1].contiguous(),
        intercept=weights[-1].clone(),
        loss=solution.loss.item(),
        iterations=int(solution.iterations),
        converged=bool(solution.converged),
    )


def accuracy(
    probe: Probe, features: Float[Tensor, "n d"], labels: Integer[Tensor, " n_labels"]
) -> float:
    """Share of samples whose highest score is that of their label, 0 to 1.

    Raises ValueError for labels the probe does not know and for features that are not finite.
    """
    require_known(labels, len(features), len(probe.intercept))
    require_finite(features)
    scores = features @ probe.weights + probe.intercept
    axes = ("sample", "class")
    finite_tensors.require_finite(scores, "scores", axes, "was the probe fitted, converged?")
    hits = scores.argmax(1) == labels
    return hits.double().mean().item()


def problem(
    features: Float[Tensor, "p n d"], labels: Integer[Tensor, " n"], k: int, C: float
) -> Problem:
    """The optimisation problem of p probes. Raises ValueError unless 0 < C < inf and d > 0."""
    if not 0 < C < math.inf:
        raise ValueError(
            f"C, the weight of the data against the penalty, must be > 0 and finite; got {C}"
        )
    if not features.shape[-1]:
        raise ValueError("a probe needs a feature, got none: does the layer put anything out?")
    targets = one_hot(labels.long(), k).T.to(features.dtype, memory_format=torch.contiguous_format)
    return Problem(features, targets, C)


def require_labels(labels: Integer[Tensor, " n"], samples: int) -> int:
    """The number of classes k. Raises ValueError unless samples have labels, of all of 0..k-1."""
    present = labels.unique().tolist()
    classes = max(present, default=-1) + 1
    require_known(labels, samples, classes)
    if classes < 2:
        raise ValueError(f"a probe needs at least two classes; all labels are {present}")
    if len(present) < classes:
        missing = sorted(set(range(classes)) - set(present))
        raise ValueError(
            f"the labels must use every class 0..{classes - 1}; none is {missing}. A class without "
            "samples has no finite intercept: number the classes that are present"
        )
    return classes


def require_known(labels: Integer[Tensor, " n"], samples: int, classes: int) -> None:
    """Raises ValueError unless there is one label of 0..classes-1 for each sample."""
    if len(labels) != samples:
        raise ValueError(f"each sample needs a label; got {samples} samples, {len(labels)} labels")
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside):
        raise ValueError(
            f"labels must be 0..{classes - 1}; got {outside.unique().tolist()}. Number the classes "
            "from 0, in the same order for training and test"
        )


def require_finite(features: Float[Tensor, "*p n d"]) -> None:
    """Raises ValueError if a feature is nan or infinite, and for precisions below single."""
    if features.dtype not in (torch.float32, torch.float64):
        raise ValueError(
            f"features must be float32 or float64; got {features.dtype}. Call .float() on them"
        )
    axes = ("position", "sample", "feature")[-features.ndim :]
    finite_tensors.require_finite(
        features, "features", axes, f"has training failed, or do maps leave {features.dtype}?"
    )
