"""Approximate Newton steps for softmax regression, from the Hessian at zero.

With all class probabilities 1/k the Hessian is C/k (I - 11'/k) kron X'X + I: 2/k times the bound
that holds everywhere (Boehning 1992, Ann. Inst. Statist. Math. 44). Its class-diagonal part,
C (k - 1)/k^2 X'X + I, is inverted, with X'X taken from at most 4096 rows.

The factor has d x d numbers or, if d is larger than the rows, rows x rows (Woodbury): 8192 features
cost no factor of their own size.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

ROWS = 4096
"""Rows in the sample. All 50,000 save no iteration at 512 features, and cost 10 passes over them."""

SHRINKAGE = 0.02
"""Weight of the diagonal of X'X, times d / rows: against the noise of the sample."""

ROWS_PER_BLOCK = 2048
"""Rows handled at once where a temporary copy is needed."""


def preconditioner(
    features: Float[Tensor, "p n d"], classes: int, C: float
) -> Callable[[Float[Tensor, "p k d1"]], Float[Tensor, "p k d1"]]:
    """A map from gradients to approximate Newton steps of p problems, intercepts last.

    Works for any scale of the features, best if they are centred. Rows are taken at even distances,
    so that sorted labels do no harm. Raises ValueError where the Hessian leaves their precision.
    """
    _, n, d = features.shape
    sample = features[:, :: -(-n // ROWS)]
    sample = torch.cat([sample, torch.ones_like(sample[..., :1])], dim=-1)
    rows = sample.shape[1]
    shrinkage = min(0.5, SHRINKAGE * d / rows)
    ridge = shrinkage * sum_of_squares(sample) * n / rows
    ridge[..., :-1] += _missed(sample[..., :-1], features)
    curvature = C * (classes - 1) / classes**2
    ridge = 1 + curvature * ridge
    sample *= (curvature * (1 - shrinkage) * n / rows) ** 0.5
    return _primal(sample, ridge) if d < rows else _dual(sample, ridge)


def sum_of_squares(
    features: Float[Tensor, "*p n d"], mean: Float[Tensor, "*p 1 d"] | float = 0.0
) -> Float[Tensor, "*p 1 d"]:
    """Sum over the n rows of (features - mean)^2, without a second array of their size."""
    blocks = features.split(ROWS_PER_BLOCK, dim=-2)
    return sum((block - mean).square_().sum(-2, keepdim=True) for block in blocks)


def _missed(sample: Tensor, features: Tensor) -> Tensor:
    """Squares of features that the sample hardly shows, 0 for the others.

    A channel that is active in a few images only would otherwise get enormous steps.
    """
    true = sum_of_squares(features)
    shown = sum_of_squares(sample) * features.shape[-2] / sample.shape[-2]
    return torch.where(shown < true / 2, true, 0)


def _cholesky(matrix: Tensor) -> Tensor:
    try:
        return torch.linalg.cholesky(matrix)
    except torch.linalg.LinAlgError:
        raise ValueError(
            f"a probe with these features and this C cannot be fitted in {matrix.dtype}: standardise "
            "the features, or give the penalty more weight by a smaller C"
        ) from None


def _primal(sample: Tensor, ridge: Tensor) -> Callable[[Tensor], Tensor]:
    hessian = sample.mT @ sample
    hessian.diagonal(dim1=-2, dim2=-1).add_(ridge[..., 0, :])
    factor = _cholesky(hessian)
    return lambda gradient: torch.cholesky_solve(gradient.mT, factor).mT


def _dual(sample: Tensor, ridge: Tensor) -> Callable[[Tensor], Tensor]:
    kernel = sample / ridge @ sample.mT
    kernel.diagonal(dim1=-2, dim2=-1).add_(1)
    factor = _cholesky(kernel)

    def newton(gradient: Tensor) -> Tensor:
        first = gradient / ridge
        seen = torch.cholesky_solve(sample @ first.mT, factor)
        return first - seen.mT @ sample / ridge

    return newton
