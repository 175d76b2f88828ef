"""What kernel padding changes in a network that was not trained further (Dead Pixel, section 4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
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
