"""What one image costs a network: counted from its operations, not timed."""

from __future__ import annotations

from itertools import chain
from math import prod
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def multiply_adds(model: nn.Module, side: int) -> int:
    """Multiplications with an addition that one colour image of `side` pixels needs.

    Of convolutions, transposed ones too, and matrix products, whether modules or functions call them;
    zeros of the padding included, as torchvision counts its networks. Average pools need one for each
    place of a window. The model must be in evaluation mode; one image passes through it.
    Raises ValueError if it is not.
    """
    if model.training:
        raise ValueError("multiply_adds needs a model in evaluation mode: call model.eval() first")
    tensors = chain(model.parameters(), model.buffers(), [torch.zeros(0)])
    image = torch.zeros(1, 3, side, side, device=next(tensors).device)
    counter = FlopCounterMode(display=False, custom_mapping=COUNTED)
    with torch.no_grad(), counter:  # in inference mode older releases of torch count nothing
        model(image)
    return counter.get_total_flops() // 2


def _average(images: Any, kernel: list[int], *_: object, out_shape: Any, **__: object) -> int:
    # The library counts a multiplication with an addition as two operations.
    return 2 * prod(out_shape) * prod((kernel * 2)[:2])


COUNTED = {torch.ops.aten.avg_pool2d: _average}
"""What FlopCounterMode does not count of itself."""
