"""What one image costs a network: counted from its layers, not timed."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rfbook.metrics.taps import tap

COUNTED = (nn.Conv2d, nn.Linear, nn.AvgPool2d)


def multiply_adds(model: nn.Module, side: int) -> int:
    """Multiplications with an addition that one colour image of `side` pixels needs.

    Of convolutions and linear layers, zeros of the padding included, as torchvision counts its networks,
    and of average pools, which need one for each place of a window.
    The model must be in evaluation mode; one image passes through it.
    """
    layers = {name: layer for name, layer in model.named_modules() if isinstance(layer, COUNTED)}
    counts: list[int] = []

    def count(name: str, output: Tensor) -> None:
        counts.append(output.numel() * _each(layers[name]))

    image = torch.zeros(1, 3, side, side, device=next(model.parameters()).device)
    with torch.inference_mode(), tap(model, list(layers), count):
        model(image)
    return sum(counts)


def _each(layer: nn.Module) -> int:
    """Multiply-adds behind one output value."""
    if isinstance(layer, nn.AvgPool2d):
        size = layer.kernel_size
        return size * size if isinstance(size, int) else size[0] * size[1]
    return layer.weight[0].numel()
