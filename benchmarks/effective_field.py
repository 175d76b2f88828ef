"""Effective receptive field: batched and without weight gradients, against one by one."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from rfbook.metrics.effective_field import effective_field


def measure(quick: bool = False) -> list[dict]:
    """Images per CPU-second of ResNet-18 at 224 pixels, the logit of a class and a layer-4 unit."""
    images, repeats = (8, 3) if quick else (16, 5)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = resnet18().eval()
    pixels, labels = torch.randn(images, 3, 224, 224), torch.arange(images)
    rows = [_row(model, pixels, labels, layer, repeats) for layer in (None, "layer4")]
    torch.set_num_threads(threads)
    return rows


def _row(model: nn.Module, pixels: Tensor, labels: Tensor, layer: str | None, repeats: int) -> dict:
    batches = list(zip(pixels.split(8), labels.split(8), strict=True))
    ours, peer = [], []
    for _ in range(repeats):
        peer_seconds, peer_mean = _timed(lambda: _one_by_one(model, pixels, labels, layer))
        our_seconds, our_field = _timed(lambda: effective_field(model, batches, layer))
        peer.append(len(pixels) / peer_seconds)
        ours.append(len(pixels) / our_seconds)
    difference = np.abs(our_field.mean - peer_mean).max() / peer_mean.max()
    return {
        "metric": f"effective field of {layer or 'the output'}, ResNet-18 at 224 px",
        "ours": max(ours),
        "peer": max(peer),
        "quantity": "images per CPU-second",
        "ratio": max(ours) / max(peer),
        "target": 1.6,
        "equal": f"largest difference {difference:.0e} of the maximum",
        "note": "peer: .backward() at batch 1, as the paper recommends; 1 thread",
    }


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def _one_by_one(model: nn.Module, pixels: Tensor, labels: Tensor, layer: str | None) -> np.ndarray:
    kept: dict[str, Tensor] = {}
    handle = model.get_submodule(layer or "").register_forward_hook(
        lambda module, inputs, output: kept.update(output=output)
    )
    total = np.zeros(pixels.shape[2:])
    for image, label in zip(pixels, labels, strict=True):
        image = image[None].clone().requires_grad_(True)
        model.zero_grad()
        model(image)
        (kept["output"][0, :, 3, 3].mean() if layer else kept["output"][0, label]).backward()
        total += image.grad[0].mean(0).clamp(min=0).double().numpy()
    handle.remove()
    model.zero_grad()
    return total / len(pixels)
