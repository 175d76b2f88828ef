"""What a processor cannot compute, said before it is tried."""

from __future__ import annotations

import torch
from torch import nn

from rfbook.experiments.errors import TrainingError

FEW, LARGE = 8, 208
"""Up to so many channels, above so many pixels of the image: where the gradient fails (see below)."""


def require_gradients(network: nn.Module, side: int, device: torch.device) -> None:
    """Refuses what ends a process without a word.

    On CPUs PyTorch 2.14 (oneDNN) crashes in the gradient of a 1x1 convolution with stride 2 that reads
    few channels of a large map: in ResNet18, at an eighth of the width. At maps of up to 52
    pixels a check of the memory found nothing. Raises TrainingError.
    """
    if device.type != "cpu" or side <= LARGE:
        return
    for name, module in network.named_modules():
        strided = isinstance(module, nn.Conv2d) and module.stride[0] > 1
        if strided and module.kernel_size == (1, 1) and module.in_channels <= FEW:
            raise TrainingError(
                f"side={side}: {name} has a stride, a 1x1 kernel and {module.in_channels} channels to "
                f"read, and its gradient crashes on CPUs above {LARGE} pixels. Use twice the width, a "
                "smaller side, or device=cuda."
            )
