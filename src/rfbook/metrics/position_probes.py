"""Position probes: one probe for every position of a feature map (Size Matters, 3.4, figure 6).

    probes = fit_position_probes(train_maps, train_labels, test_maps, test_labels)
    probes.accuracy / model_accuracy      # the paper's heat map

The paper fits a scikit-learn model per position, thousands for a network. Here blocks of positions
are solved together.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int, Integer, Num
from torch import Tensor

from rfbook.metrics.probes import (
    Standardiser,
    problem,
    require_finite,
    require_known,
    require_labels,
)
from rfbook.metrics.softmax_regression import Solution, minimise, scores

BLOCK_BYTES = 2**23
"""Best on a CPU, whose caches and allocator prefer small arrays; a GPU wants more."""


@dataclass(frozen=True)
class PositionProbes:
    """What the probes of an (h, w) map reached, position by position.

    accuracy: share of test samples, 0 to 1. loss: objective on the training samples, summed.
    converged: false where the iterations ran out: that accuracy says little.
    """

    accuracy: Float[Tensor, "h w"]
    loss: Float[Tensor, "h w"]
    iterations: Int[Tensor, "h w"]
    converged: Bool[Tensor, "h w"]


def fit_position_probes(
    train_maps: Num[Tensor, "n c h w"],
    train_labels: Integer[Tensor, " n_labels"],
    test_maps: Num[Tensor, "m c_test h_test w_test"],
    test_labels: Integer[Tensor, " m_labels"],
    C: float = 1.0,
    tolerance: float = 1e-5,
    max_iterations: int = 1000,
    block_bytes: int = BLOCK_BYTES,
) -> PositionProbes:
    """Fit a probe on the c features of each position, and test it (Size Matters, 3.4).

    maps: of one layer, any precision; standardised in single precision, position by position.
    labels, C, tolerance, max_iterations: as for `fit_probe`, each position on its own.
    block_bytes: size of one block's features or scores, the larger; the positions solved together
        are as many as fit, at least one, and memory beyond the maps is about eight times this.
    Raises ValueError as `fit_probe` does, and if the maps of the two splits differ in shape.
    """
    k = require_labels(train_labels, len(train_maps))
    require_known(test_labels, len(test_maps), k)
    n, c, h, w = train_maps.shape
    if test_maps.shape[1:] != (c, h, w):
        raise ValueError(
            f"both splits need maps of one layer; got {c}x{h}x{w} for training and "
            f"{'x'.join(map(str, test_maps.shape[1:]))} for test"
        )
    size = max(1, block_bytes // (4 * n * max(c, k)))
    train = train_maps.flatten(2).split(size, dim=-1)
    test = test_maps.flatten(2).split(size, dim=-1)
    blocks = []
    for train_block, test_block in zip(train, test, strict=True):
        features = _by_position(train_block)
        standardiser = Standardiser.of(features)
        block = problem(standardiser.apply_(features), train_labels, k, C)
        solution = minimise(block, tolerance, max_iterations)
        features = standardiser.apply_(_by_position(test_block))
        require_finite(features)
        hits = scores(features, solution.parameters).argmax(1) == test_labels
        blocks.append((hits.double().mean(-1), solution))
    return _grid(blocks, h, w)


def _by_position(maps: Num[Tensor, "n c p"]) -> Float[Tensor, "p n c"]:
    """A copy, always: it will be overwritten."""
    n, c, p = maps.shape
    return torch.empty(p, n, c, device=maps.device).copy_(maps.permute(2, 0, 1))


def _grid(blocks: list[tuple[Tensor, Solution]], h: int, w: int) -> PositionProbes:
    accuracies, solutions = zip(*blocks, strict=True)
    columns = (
        accuracies,
        [solution.loss for solution in solutions],
        [solution.iterations for solution in solutions],
        [solution.converged for solution in solutions],
    )
    return PositionProbes(*(torch.cat(column).view(h, w) for column in columns))
