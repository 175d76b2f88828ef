"""What a processor cannot compute, said before it is tried."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from rfbook.experiments.errors import TrainingError

FEW, LARGE = 8, 44
"""Up to so many channels, of maps above so many pixels: where the gradient fails (see below)."""


def require_gradients(network: nn.Module, side: int, device: torch.device) -> None:
    """Refuses what ends a process without a word.

    On CPUs PyTorch 2.14 (oneDNN) writes beyond its memory in the gradient of a 1x1 convolution with
    stride 2 that reads few channels, stored last, of a large map: in ResNet18, at an eighth of the
    width. A check of the memory (glibc's MALLOC_CHECK_=3) stops it at maps of 46 pixels and at the even
    sizes above, and finds nothing below, nor with 12 channels. Raises TrainingError.
    """
    if device.type != "cpu":
        return
    narrow = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d) and module.stride[0] > 1
        and module.kernel_size == (1, 1) and module.in_channels <= FEW
    }  # fmt: skip
    for name, size in _maps(network, side, list(narrow)).items():
        if size > LARGE:
            raise TrainingError(
                f"side={side}: {name} has a stride, a 1x1 kernel and {narrow[name].in_channels} "
                f"channels of {size}x{size} pixels to read, and its gradient crashes on CPUs above "
                f"{LARGE}. Use twice the width, a smaller side, or device=cuda."
            )


def _maps(network: nn.Module, side: int, names: list[str]) -> dict[str, int]:
    """The side of the map that each of these modules reads; nothing is computed for it."""
    if not names:
        return {}
    without_numbers, sides = deepcopy(network).to("meta").eval(), {}
    called = {without_numbers.get_submodule(name): name for name in names}

    def note(module: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        sides[called[module]] = inputs[0].shape[-1]

    for module in called:
        module.register_forward_pre_hook(note)
    with torch.no_grad():
        without_numbers(torch.empty(1, 3, side, side, device="meta"))
    return sides
