"""Effective receptive fields of a run's network, and checks of how they are taken (Dead Pixel, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rfbook.experiments.architecture import FIELD_STAGES
from rfbook.experiments.batches import View, in_order
from rfbook.measures.views import shown
from rfbook.metrics import imbalance
from rfbook.metrics.effective_field import EffectiveField, effective_field, pixel_gradients
from rfbook.metrics.gaussian import fit_gaussian
from rfbook.metrics.receptive_field import receptive_fields
from rfbook.metrics.single_gradients import half_share_of_noise, half_shares, mean_correlation
from rfbook.records.weights import Trained

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
BATCH = 8
PERIODS = (2, 4, 8)


def _batches(trained: Trained, size: int, label: str) -> Iterator[tuple[Tensor, Tensor | None]]:
    return shown(trained, trained.data.test, size, label)


def effective_fields(trained: Trained) -> Measured:
    """R_xy of every target over the test images: Gaussian fits, imbalance, checkerboard.

    A target is a middle unit of a stage (`FIELD_STAGES`), or the output: the logit of the true class. A
    network without the stages of a ResNet has the output only.
    """
    layers = {name: name for name in FIELD_STAGES.get(trained.run.model.name, ())}
    fields = {
        name: effective_field(trained.network, _batches(trained, BATCH, name), layer)
        for name, layer in (layers | {"output": None}).items()
    }
    values = {name: _describe(field) for name, field in fields.items()}
    arrays = {name: field.mean.astype(np.float32) for name, field in fields.items()}
    return {"images": len(trained.data.test), "targets": values}, arrays


def _describe(field: EffectiveField) -> dict[str, Any]:
    """Every number the pages show of one effective field."""
    orders = (1, 2)
    return {
        "gaussian": _fit(field.mean, offset=False),
        "gaussian_with_offset": _fit(field.mean, offset=True),
        "imbalance": [imbalance.imbalance_index(field.mean, order) for order in orders],
        "relative": [imbalance.relative_imbalance_index(field.mean, order) for order in orders],
        "split_half": [imbalance.split_half_index(field.halves, order) for order in orders],
        "residues": {str(p): imbalance.residue_means(field.mean, p).tolist() for p in PERIODS},
        "fourier": {str(p): imbalance.fourier_peak(field.mean, p) for p in PERIODS},
    }


def _fit(field: np.ndarray, offset: bool) -> dict[str, float] | None:
    """The Gaussian fit; None for a flat field and for one on which it does not converge."""
    try:
        return asdict(fit_gaussian(field, offset=offset))
    except (RuntimeError, ValueError):
        return None


def field_recipe(trained: Trained) -> Measured:
    """Do batching and the order of ReLU and mean matter, and which pixel does the unit look at?

    batch_difference: largest distance between gradients at batch 8 and at batch 1, as a share of the
    largest gradient, over the first batch. order_correlation: of R_xy with the ReLU after the mean
    over images. unit_center: pixel in the middle of what the middle unit of layer4 sees, by
    arithmetic. centre_x, centre_y, r_squared, sigma_x, sigma_y: of the Gaussian fit at layer4.
    """
    signed = torch.cat(
        [
            pixel_gradients(trained.network, images, layer="layer4").cpu()
            for images, _ in _batches(trained, BATCH, "field recipe")
        ]
    ).double()
    right, wrong = signed.clamp(min=0).mean(0).numpy(), signed.mean(0).clamp(min=0).numpy()
    fit = fit_gaussian(right)
    values = {
        "images": len(signed),
        "batch_difference": _batch_difference(trained, signed[:BATCH]),
        "order_correlation": float(np.corrcoef(right.ravel(), wrong.ravel())[0, 1]),
        "order_mass": float(wrong.sum() / right.sum()),
        "unit_center": _unit_center(trained),
        **asdict(fit),
    }
    return values, {"right": right.astype(np.float32), "wrong": wrong.astype(np.float32)}


def single_gradients(trained: Trained) -> Measured:
    """How concentrated G_xy of one image is, and how alike two are, at the last stage's middle unit.

    Of a network without stages it is that of the output: the logit of the class that it predicts.
    half: share of the pixels that hold half of one image's absolute gradient, mean over images.
    half_of_noise: the same of Gaussian noise of equal mean strength. correlation: mean over pairs of
    images. Array `first`: the positive part of the first image's gradient.
    """
    layer = FIELD_STAGES.get(trained.run.model.name, (None,))[-1]
    maps = np.concatenate([
        pixel_gradients(trained.network, images, layer=layer).cpu().numpy()
        for images, _ in _batches(trained, BATCH, "single gradients")
    ])
    values = {
        "images": len(maps),
        "half": float(half_shares(maps).mean()),
        "half_of_noise": half_share_of_noise(maps),
        "correlation": mean_correlation(maps),
    }
    return values, {"first": maps[0].clip(min=0).astype(np.float32)}


def _batch_difference(trained: Trained, batched: Tensor) -> float:
    images, _ = next(in_order(trained.data.test, View(trained.run.data, device=trained.device), BATCH))
    single = torch.cat(
        [pixel_gradients(trained.network, image[None], layer="layer4") for image in images]
    )
    return float((single.cpu() - batched).abs().max() / batched.abs().max())


def _unit_center(trained: Trained) -> float:
    """Middle of the field of unit `size // 2` of layer4, along one axis, in pixels.

    Every stride of a ResNet rounds the side of its map up.
    """
    known = receptive_fields(trained.network)
    last = [layer for name, layer in known.items() if name.startswith("layer4") and layer.main][-1]
    side = -(-trained.run.data.side // int(last.jump[0]))
    return last.unit_center(side // 2, side // 2)[0]
