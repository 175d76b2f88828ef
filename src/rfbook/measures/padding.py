"""What kernel padding changes at once, and what training makes of it (Dead Pixel, section 4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from rfbook.experiments.batches import View
from rfbook.experiments.models import build
from rfbook.experiments.pretrained import fill, readout_classes
from rfbook.experiments.spec import require_even_maps
from rfbook.experiments.surgery import odd_strided_convolutions
from rfbook.metrics.receptive_field import conv_fields, receptive_fields
from rfbook.metrics.taps import record
from rfbook.records.weights import Trained

IMAGES = 8
"""Test images that are sent through both networks."""

TARGETS = ("layer3", "layer4")


def kernel_padding(trained: Trained) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Differences between the network and its padded copies, on test images.

    Relative differences are max |padded - plain| / max |plain| of the logits; `sizes` are map sides of
    `layer3` and `layer4`; `fields` the receptive fields of their last convolutions.
    Raises ValueError for a side that is not a multiple of 32.
    """
    require_even_maps(trained.run.data.side)
    plain = trained.network
    arms = {arm: _padded(trained, arm) for arm in ("convs", "all")}
    images = View(trained.run.data, device=trained.device).plain(
        trained.data.test.pixels[:IMAGES].to(trained.device)
    )
    logits, sizes = _forward(plain, images)
    values: dict[str, Any] = {
        "operations": [*odd_strided_convolutions(plain), "maxpool"],
        "parameters": {"plain": _parameters(plain)},
        "fields": {"plain": _fields(plain)},
        "sizes": {"plain": sizes},
        "difference": {},
    }
    for arm, network in arms.items():
        other, sizes = _forward(network, images)
        values["parameters"][arm] = _parameters(network)
        values["fields"][arm] = _fields(network)
        values["sizes"][arm] = sizes
        values["difference"][arm] = float((other - logits).abs().max() / logits.abs().max())
    return values, {}


def added_weights(trained: Trained) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """How large the weights that kernel padding added have become, by convolution (Figure 3).

    `layers` are the convolutions with even strided kernels; see `added_share`.
    """
    shares = {
        name: added_share(module.weight.detach())
        for name, module in trained.network.named_modules()
        if isinstance(module, nn.Conv2d)
        and tuple(module.stride) == (2, 2)
        and not any(side % 2 for side in module.kernel_size)
    }
    return {"layers": list(shares), "share": list(shares.values())}, {}


def added_share(kernel: Float[Tensor, "out in h w"]) -> float:
    """Root mean square of the last row and column over that of the rest of the first row and column.

    Kernel padding adds the last ones, by default with zeros. The first ones lie as far from the middle;
    of a 1x1 kernel it is the only weight. The added ones have three of the four corners. Raises
    ZeroDivisionError if all weights at the first edges are zero.
    """
    added, edge = (torch.zeros(kernel.shape[2:], dtype=torch.bool) for _ in range(2))
    added[-1], added[:, -1] = True, True
    edge[0], edge[:, 0] = True, True
    sizes = [float(kernel[..., places].double().square().mean()) for places in (added, edge & ~added)]
    return (sizes[0] / sizes[1]) ** 0.5


def _padded(trained: Trained, arm: str) -> nn.Module:
    """The same weights with odd strided kernels made even."""
    model = trained.run.model.model_copy(update={"kernel_padding": arm})
    network = build(model, readout_classes(trained.run), trained.run.seed)
    fill(network, trained.network.state_dict())
    return network.to(trained.device).eval()


def _forward(network: nn.Module, images: Tensor) -> tuple[Tensor, dict[str, int]]:
    with torch.inference_mode(), record(network, TARGETS) as maps:
        logits = network(images)
    return logits, {name: maps[name].shape[-1] for name in TARGETS}


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _fields(network: nn.Module) -> dict[str, float]:
    """Receptive field of the last convolution of each target."""
    convolutions = conv_fields(receptive_fields(network))
    return {
        target: [field for name, field in convolutions if name.startswith(target)][-1]
        for target in TARGETS
    }
