"""Softmax regression, many problems at once: the solver behind layer and position probes.

Minimises for every problem what scikit-learn's `LogisticRegression` minimises,

    C * sum_i cross_entropy(W x_i + b, label_i) + ||W||^2 / 2        (no penalty on b),

by conjugate gradients with approximate Newton steps (`softmax_preconditioner`) and a line search on
the logits: they are linear in the step, so its length is found without the features, and one
iteration reads those exactly twice.

Products are in the features' precision; the loss is summed in double.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from rfbook.metrics.softmax_preconditioner import preconditioner

SLOPE = 0.1
"""Share of a direction's first slope at which its line search stops."""

TRIALS = 12
"""Steps tried at most in one line search."""


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
    """Of each of p problems: parameters (p, k, d + 1), the intercept last, and how it went.

    loss: the objective, summed over samples. iterations: steps taken. converged: false where
    `max_iterations` came first.
    """

    parameters: Float[Tensor, "p k d1"]
    loss: Float[Tensor, " p"]
    iterations: Int[Tensor, " p"]
    converged: Bool[Tensor, " p"]


@torch.no_grad()
def minimise(problem: Problem, tolerance: float, max_iterations: int) -> Solution:
    """Minimise every problem's objective.

    tolerance: a problem is finished after a step that should lower its objective by less than this
        many nats per sample and unit of C, by the curvature along the step and by that assumed for
        the Newton step. It then stays as it is: no answer depends on the other problems.
    """
    p, n, d = problem.features.shape
    parameters = problem.features.new_zeros(p, len(problem.targets), d + 1)
    logits = scores(problem.features, parameters)
    probabilities = torch.softmax(logits, dim=-2)
    gradient = problem.gradient(parameters, probabilities)
    precondition = preconditioner(problem.features, len(problem.targets), problem.C)
    newton = precondition(gradient)
    direction = -newton
    running = torch.ones(p, dtype=torch.bool, device=logits.device)
    iterations = torch.zeros(p, dtype=torch.long, device=logits.device)
    for _ in range(max_iterations):
        line = _Line(problem, parameters, direction, logits)
        slope = _inner(gradient, direction)
        step, decrease = line.newton(slope, probabilities)
        step, logits, probabilities = line.search(step, SLOPE * slope.abs())
        parameters = parameters + step[:, None, None] * direction
        iterations += running
        decrease = torch.maximum(decrease, _inner(gradient, newton) / 2)
        running &= ~(decrease <= tolerance * problem.C * n)  # so that nan never passes as converged
        if not running.any():
            break
        previous, gradient = gradient, problem.gradient(parameters, probabilities)
        newton = precondition(gradient)
        direction = _conjugate(direction, newton, gradient, gradient - previous)
        direction = direction * running[:, None, None]
    return Solution(parameters, problem.loss(parameters), iterations, ~running)


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
            steep = ~(slope.abs() <= enough)
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
