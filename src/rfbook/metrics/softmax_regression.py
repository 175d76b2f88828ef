"""Softmax regression for many problems at once: the solver behind layer and position probes.

Minimises, for every problem, what scikit-learn's `LogisticRegression` minimises:

    C * sum_i cross_entropy(W x_i + b, label_i) + ||W||^2 / 2        (no penalty on b)

Conjugate gradients (Hestenes-Stiefel) with two helpers make a few dozen passes over the data enough:

* Preconditioner. With equal class probabilities the Hessian is s (I - 1 1'/k) kron X'X, s = 1/k,
  of the family that bounds it everywhere (Boehning 1992, Ann. Inst. Stat. Math. 44, eq. 2.4). We invert
  s (1 - 1/k) X'X + I, estimated from at most `ROWS` samples: a factorisation of d x d numbers while
  d < ROWS, of ROWS x ROWS numbers above (Woodbury), so d = 8192 never costs an 8192^3 step.
* Line search on the logits. The logits are linear in the step, so the step length is found without
  touching the features: an iteration reads them exactly twice.

Numbers in comments were measured on pooled feature maps of a VGG16 trained on CIFAR-10.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

ROWS = 4096  # 512 features: as many iterations as with 50,000 rows, at a tenth of the cost
SHRINKAGE = 0.02  # times features / rows: how far the sampled covariance is pulled to the identity
SLOPE = 0.1  # the line search stops at this share of the first slope
TRIALS = 10

Precondition = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Solution:
    """Solutions of p problems: parameters (p, k, d + 1), intercept last; the rest per problem (p,).

    loss is the minimised objective, a sum over samples; iterations counts steps taken; converged says
    whether the tolerance was reached within the iterations allowed.
    """

    parameters: Float[Tensor, "p k d1"]
    loss: Float[Tensor, "p"]
    iterations: Int[Tensor, "p"]
    converged: Bool[Tensor, "p"]


@dataclass(frozen=True)
class Problem:
    """p problems that share their labels: features (p, n, d), targets (k, n) one-hot, weight C."""

    features: Float[Tensor, "p n d"]
    targets: Float[Tensor, "k n"]
    C: float

    def logits(self, parameters: Float[Tensor, "p k d1"]) -> Float[Tensor, "p k n"]:
        """Class scores of every sample; classes come before samples because that is faster."""
        intercept = parameters[..., -1:]
        return torch.matmul(parameters[..., :-1], self.features.mT).add_(intercept)

    def gradient(
        self, parameters: Float[Tensor, "p k d1"], probabilities: Float[Tensor, "p k n"]
    ) -> Float[Tensor, "p k d1"]:
        """Gradient of the objective, given the class probabilities at these parameters."""
        residual = probabilities - self.targets
        data = torch.cat([residual @ self.features, residual.sum(-1, keepdim=True)], dim=-1)
        return self.C * data + without_intercept(parameters)

    def loss(self, parameters: Float[Tensor, "p k d1"]) -> Float[Tensor, "p"]:
        """The objective, summed in float64: 50,000 float32 terms would lose the last digits."""
        logits = self.logits(parameters)
        entropy = torch.logsumexp(logits, dim=-2) - (logits * self.targets).sum(-2)
        penalty = without_intercept(parameters).double().square().sum((-1, -2)) / 2
        return self.C * entropy.double().sum(-1) + penalty


def without_intercept(parameters: Float[Tensor, "p k d1"]) -> Float[Tensor, "p k d1"]:
    """A copy whose last column, the intercept, is zero: the part the penalty sees."""
    weights = parameters.clone()
    weights[..., -1] = 0
    return weights


def inner(a: Float[Tensor, "p *rest"], b: Float[Tensor, "p *rest"]) -> Float[Tensor, "p"]:
    """Inner product of each problem's arrays."""
    return (a * b).flatten(1).sum(-1)


def preconditioner(problem: Problem) -> Precondition:
    """Maps gradients to approximate Newton steps: inverse of the Hessian at zero, from a row sample.

    The sample misses directions, the more the larger d / rows; adding a little of the identity covers
    them (without it 2,048 features need a third more iterations).
    """
    _, n, d = problem.features.shape
    sample = problem.features[:, :: -(-n // ROWS)]
    sample = torch.cat([sample, torch.ones_like(sample[..., :1])], dim=-1)
    rows = sample.shape[1]
    k = len(problem.targets)
    curvature = problem.C * n * (1 - 1 / k) / k
    shrinkage = min(0.5, SHRINKAGE * d / rows)
    power = sample.square().mean((-1, -2))[:, None, None]
    sample = sample * (curvature * (1 - shrinkage) / rows) ** 0.5
    ridge = curvature * shrinkage * power + 1
    return _primal(sample, ridge) if d < rows else _dual(sample, ridge)


def _primal(sample: Tensor, ridge: Tensor) -> Precondition:
    hessian = sample.mT @ sample
    hessian.diagonal(dim1=-2, dim2=-1).add_(ridge[..., 0])
    factor = torch.linalg.cholesky(hessian)
    return lambda gradient: torch.cholesky_solve(gradient.mT, factor).mT


def _dual(sample: Tensor, ridge: Tensor) -> Precondition:
    kernel = sample @ sample.mT
    kernel.diagonal(dim1=-2, dim2=-1).add_(ridge[..., 0])
    factor = torch.linalg.cholesky(kernel)

    def apply(gradient: Tensor) -> Tensor:
        inside = torch.cholesky_solve(sample @ gradient.mT, factor)
        return (gradient - (sample.mT @ inside).mT) / ridge

    return apply


@dataclass
class _Line:
    """The objective along one direction per problem, from logits alone."""

    problem: Problem
    parameters: Tensor
    direction: Tensor
    logits: Tensor
    change: Tensor

    def at(self, step: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Slope, curvature and class probabilities after `step` (p,) along the direction."""
        step = step[:, None, None]
        probabilities = torch.softmax(self.logits + step * self.change, dim=-2)
        weights = without_intercept(self.direction)
        moved = inner(self.parameters + step * self.direction, weights)
        slope = self.problem.C * inner(probabilities - self.problem.targets, self.change) + moved
        return slope, self.curvature(probabilities, weights), probabilities

    def curvature(self, probabilities: Tensor, weights: Tensor) -> Tensor:
        """Second derivative: the variance of the change of logits under the class probabilities."""
        spread = probabilities * self.change
        mean = spread.sum(-2)
        return self.problem.C * (inner(spread, self.change) - inner(mean, mean)) + inner(weights, weights)

    def search(self, step: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Newton steps, bisected where they leave the bracket, until |slope| <= target (p,)."""
        low, high = torch.zeros_like(step), torch.full_like(step, torch.inf)
        for _ in range(TRIALS):
            slope, curvature, probabilities = self.at(step)
            open_ = slope.abs() > target
            if not open_.any():
                break
            low, high = torch.where(slope < 0, step, low), torch.where(slope < 0, high, step)
            newton = step - slope / curvature
            middle = torch.where(high.isinf(), 2 * step, (low + high) / 2)
            inside = (newton > low) & (newton < high)
            step = torch.where(open_, torch.where(inside, newton, middle), step)
        return step, probabilities
