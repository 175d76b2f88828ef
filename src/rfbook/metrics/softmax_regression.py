"""Softmax regression, many problems at once: the solver behind layer and position probes.

Minimises for every problem what scikit-learn's `LogisticRegression` minimises,

    C * sum_i cross_entropy(W x_i + b, label_i) + ||W||^2 / 2        (no penalty on b),

by conjugate gradients with two aids:
* A preconditioner. At zero the Hessian is C/k (I - 11'/k) kron X'X + I, 2/k times the bound that
  holds everywhere (Boehning 1992, Ann. Inst. Statist. Math. 44). Its class-diagonal part is
  inverted, with X'X estimated from at most 4096 rows, through a factor of d x d numbers or, if
  d is larger than that, of 4096 x 4096 (Woodbury): d = 8192 costs no factor of its own size.
* A line search on the logits. They are linear in the step, so its length is found without the
  features: one iteration reads those exactly twice.

Products are in the features' precision; the loss is summed in double.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

ROWS = 4096  # that the preconditioner sees; 50,000 save no iteration at 512 features, 5 % at 2048
SHRINKAGE = 0.02  # weight of the diagonal of the sampled X'X, times d / rows: against its noise
SLOPE = 0.1  # share of a direction's first slope at which its line search stops
TRIALS = 12  # steps at most in one line search


def scores(
    features: Float[Tensor, "p n d"], parameters: Float[Tensor, "p k d1"]
) -> Float[Tensor, "p k n"]:
    """W x + b. Classes come before samples: products and softmax are several times faster so."""
    return (parameters[..., :-1] @ features.mT).add_(parameters[..., -1:])


@dataclass(frozen=True)
class Problem:
    """p problems on the same labels. features (p, n, d), targets (k, n) one-hot, C as above."""

    features: Float[Tensor, "p n d"]
    targets: Float[Tensor, "k n"]
    C: float

    def gradient(
        self, parameters: Float[Tensor, "p k d1"], probabilities: Float[Tensor, "p k n"]
    ) -> Float[Tensor, "p k d1"]:
        """Gradient of the objective, from the class probabilities that belong to the parameters."""
        residual = probabilities - self.targets
        data = torch.cat([residual @ self.features, residual.sum(-1, keepdim=True)], dim=-1)
        return self.C * data + _penalised(parameters)

    def loss(self, parameters: Float[Tensor, "p k d1"]) -> Float[Tensor, " p"]:
        """The objective, double precision."""
        logits = scores(self.features, parameters)
        entropy = torch.logsumexp(logits, dim=-2) - (logits * self.targets).sum(-2)
        penalty = _penalised(parameters).double().square().sum((-1, -2)) / 2
        return self.C * entropy.sum(-1, dtype=torch.float64) + penalty


@dataclass(frozen=True)
class Solution:
    """Of p problems: parameters (p, k, d + 1), intercepts last; the objective; whether it is done."""

    parameters: Float[Tensor, "p k d1"]
    loss: Float[Tensor, " p"]
    iterations: Int[Tensor, " p"]
    converged: Bool[Tensor, " p"]


@torch.no_grad()
def minimise(problem: Problem, tolerance: float, max_iterations: int) -> Solution:
    """Minimise every problem's objective.

    tolerance: a problem is finished after a step that was expected to lower its objective by less
        than this many nats per sample and unit of C. It then stays as it is: the answer to one
        problem does not depend on those solved with it.
    """
    p, n, d = problem.features.shape
    parameters = problem.features.new_zeros(p, len(problem.targets), d + 1)
    logits = scores(problem.features, parameters)
    probabilities = torch.softmax(logits, dim=-2)
    gradient = problem.gradient(parameters, probabilities)
    precondition = preconditioner(problem)
    direction = -precondition(gradient)
    running = torch.ones(p, dtype=torch.bool, device=logits.device)
    iterations = torch.zeros(p, dtype=torch.long, device=logits.device)
    for _ in range(max_iterations):
        line = _Line(problem, parameters, direction, logits)
        slope = _inner(gradient, direction)
        step, decrease = line.newton(slope, probabilities)
        step, logits, probabilities = line.search(step, SLOPE * slope.abs())
        parameters = parameters + step[:, None, None] * direction
        iterations += running
        running &= decrease > tolerance * problem.C * n
        if not running.any():
            break
        previous, gradient = gradient, problem.gradient(parameters, probabilities)
        direction = _conjugate(direction, precondition(gradient), gradient, gradient - previous)
        direction = direction * running[:, None, None]
    return Solution(parameters, problem.loss(parameters), iterations, ~running)


def preconditioner(problem: Problem) -> Callable[[Tensor], Tensor]:
    """A map from gradients (p, k, d + 1) to approximate Newton steps, from a sample of the rows."""
    _, n, d = problem.features.shape
    k = len(problem.targets)
    sample = problem.features[:, :: -(-n // ROWS)]
    sample = torch.cat([sample, torch.ones_like(sample[..., :1])], dim=-1)
    rows = sample.shape[1]
    shrinkage = min(0.5, SHRINKAGE * d / rows)
    sample *= (problem.C * n / rows * (k - 1) / k**2) ** 0.5
    ridge = 1 + shrinkage * sample.square().sum(-2, keepdim=True)
    sample *= (1 - shrinkage) ** 0.5
    return _primal(sample, ridge) if d < rows else _dual(sample, ridge)


def _primal(sample: Tensor, ridge: Tensor) -> Callable[[Tensor], Tensor]:
    hessian = sample.mT @ sample
    hessian.diagonal(dim1=-2, dim2=-1).add_(ridge[..., 0, :])
    factor = torch.linalg.cholesky(hessian)
    return lambda gradient: torch.cholesky_solve(gradient.mT, factor).mT


def _dual(sample: Tensor, ridge: Tensor) -> Callable[[Tensor], Tensor]:
    kernel = sample / ridge @ sample.mT
    kernel.diagonal(dim1=-2, dim2=-1).add_(1)
    factor = torch.linalg.cholesky(kernel)

    def newton(gradient: Tensor) -> Tensor:
        first = gradient / ridge
        seen = torch.cholesky_solve(sample @ first.mT, factor)
        return first - seen.mT @ sample / ridge

    return newton


def _conjugate(direction: Tensor, newton: Tensor, gradient: Tensor, change: Tensor) -> Tensor:
    """Hestenes and Stiefel's rule; steepest descent where the old direction would lead upwards."""
    along = _inner(newton, change) / _inner(direction, change)
    descends = along * _inner(gradient, direction) < _inner(gradient, newton)
    along = torch.where(descends & along.isfinite(), along.clamp(min=0), 0)
    return along[:, None, None] * direction - newton


class _Line:
    """The objectives along one direction each, from the logits alone."""

    def __init__(self, problem: Problem, start: Tensor, direction: Tensor, logits: Tensor) -> None:
        self.C, self.logits = problem.C, logits
        self.change = scores(problem.features, direction)
        weights = _penalised(direction)
        self.offset = _inner(start, weights) - self.C * _inner(problem.targets, self.change)
        self.penalty = _inner(weights, weights)

    def at(self, step: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """After a step (p,): slopes (p,), logits and class probabilities (p, k, n)."""
        logits = torch.addcmul(self.logits, step[:, None, None], self.change)
        probabilities = torch.softmax(logits, dim=-2)
        slope = self.C * _inner(probabilities, self.change) + self.offset + step * self.penalty
        return slope, logits, probabilities

    def newton(self, slope: Tensor, probabilities: Tensor) -> tuple[Tensor, Tensor]:
        """The step (p,) to the minimum of the parabola here, and how far down that is."""
        spread = probabilities * self.change
        variance = _inner(spread, self.change) - spread.sum(-2).square().sum(-1)
        curvature = self.C * variance + self.penalty
        step = torch.where(curvature > 0, -slope / curvature, 0)
        return step, -slope * step / 2

    def search(self, step: Tensor, enough: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Newton's method until slopes are at most `enough`; halves or doubles outside the bracket.

        Returns steps (p,), and the logits and class probabilities there.
        """
        low, high = torch.zeros_like(step), torch.full_like(step, torch.inf)
        slope, logits, probabilities = self.at(step)
        for _ in range(TRIALS):
            steep = slope.abs() > enough
            if not steep.any():
                break
            low, high = torch.where(slope < 0, step, low), torch.where(slope < 0, high, step)
            newton = step + self.newton(slope, probabilities)[0]
            other = torch.where(high.isinf(), 2 * step, (low + high) / 2)
            better = torch.where((low < newton) & (newton < high), newton, other)
            step = torch.where(steep, better, step)
            slope, logits, probabilities = self.at(step)
        return step, logits, probabilities


def _penalised(parameters: Tensor) -> Tensor:
    """A copy with intercepts 0."""
    weights = parameters.clone()
    weights[..., -1] = 0
    return weights


def _inner(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).flatten(1).sum(-1)
