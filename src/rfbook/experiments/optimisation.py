"""What a recipe means for the optimizer: which one, and how fast it goes in each epoch."""

from __future__ import annotations

import math

import torch
from torch import nn

from rfbook.experiments.recipe import Recipe


def optimizer_for(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimizer over all parameters of the network."""
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "adam":
        return torch.optim.Adam(network.parameters(), lr=rate, weight_decay=decay)
    return torch.optim.SGD(
        network.parameters(), lr=rate, momentum=recipe.momentum, weight_decay=decay
    )


def learning_rate(recipe: Recipe, epoch: int) -> float:
    """The rate in an epoch, counted from 0: tenfold less after each third (Size Matters, 2.6), along
    half a cosine (Dead Pixel, 3), or always the same."""
    if recipe.schedule == "cosine":
        return recipe.learning_rate * (1 + math.cos(math.pi * epoch / recipe.epochs)) / 2
    falls = 0 if recipe.schedule == "constant" else (3 * epoch) // recipe.epochs
    return recipe.learning_rate * 0.1**falls
