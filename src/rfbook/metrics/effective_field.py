"""Effective receptive field: which pixels a unit of a feature map, or the output, depends on.

Dead Pixel Test, section 2, equations 1 to 3. The gradient is the one with respect to the image as
the network receives it, that is after normalisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from rfbook.metrics.finite_tensors import require_finite
from rfbook.metrics.layout import Layout
from rfbook.metrics.logits import class_logits, require_evaluation, require_images
from rfbook.metrics.taps import forward_to

Unit = tuple[int, int]
"""Row and column of a feature map, counted from 0."""


@dataclass(frozen=True)
class EffectiveField:
    """What `effective_field` found, in units of the target per unit of the normalised image.

    mean: (h, w), R_xy of equation 3, over all images.
    halves: (2, h, w), the same over images 0, 2, 4, ... and over images 1, 3, 5, ...: two
        independent estimates, for `imbalance.split_half_index`. The second is NaN for one image.
    images: how many images were averaged.
    """

    mean: Float[np.ndarray, "h w"]
    halves: Float[np.ndarray, "2 h w"]
    images: int


def effective_field(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor | None]],
    layer: str | None = None,
    unit: Unit | None = None,
) -> EffectiveField:
    """Mean over images of the positive part of `pixel_gradients` (Dead Pixel Test, equation 3).

    batches: pairs of images (n, c, h, w) and labels (n,) or None; read once, never kept. The other
        arguments and the errors are those of `image_gradients`.
    The negative part is dropped image by image, before the mean: the other order is another
    quantity (36 % of the mass on a random ResNet-18). Sums run in float64 in the order of the
    images. So the batch size matters only where the convolution library picks its kernels by it: no
    bit changes in float64, nor with oneDNN at 224 pixels; below, 1e-6 of the largest gradient.
    The authors' code sums where the paper, and this function, average.
    Raises ValueError if there are no images, if their size changes between batches, or if one is not
    finite: a ReLU would pass gradients on there, and the field be several times too large.
    """
    sums: np.ndarray | None = None
    images = 0
    for batch, labels in batches:
        require_images(batch, first=images)
        gradients = pixel_gradients(model, batch, labels, layer, unit)
        for field in gradients.clamp(min=0).cpu().double().numpy():
            if sums is None:
                sums = np.zeros((2, *field.shape))
            _require_same_size(sums, field)
            sums[images % 2] += field
            images += 1
    if sums is None:
        raise ValueError("effective_field needs at least one image, got none: check `batches`")
    with np.errstate(invalid="ignore"):
        halves = sums / np.reshape([(images + 1) // 2, images // 2], (2, 1, 1))
    return EffectiveField(sums.sum(0) / images, halves, images)


def pixel_gradients(
    model: nn.Module,
    images: Float[Tensor, "n c h w"],
    labels: Int[Tensor, " n"] | None = None,
    layer: str | None = None,
    unit: Unit | None = None,
) -> Float[Tensor, "n h w"]:
    """The mean over channels of `image_gradients`: G_xy of equation 2, in single precision at least."""
    gradients = image_gradients(model, images, labels, layer, unit)
    return (gradients.float() if gradients.dtype.itemsize < 4 else gradients).mean(1)


def image_gradients(
    model: nn.Module,
    images: Float[Tensor, "n c h w"],
    labels: Int[Tensor, " n"] | None = None,
    layer: str | None = None,
    unit: Unit | None = None,
) -> Float[Tensor, "n c h w"]:
    """Gradient of one number per image with respect to that image.

    images: (n, c, h, w), normalised as in training, on the model's device.
    labels: (n,), class of each image. Without them the predicted class is used.
    layer: name of a layer that puts out (n, channels, rows, columns), or channels last as
        torchvision's Swin does; the number is then the mean over channels of what it puts out at
        `unit` (equation 1) and labels are not used. Without it, the number is the logit of the
        class: the dead pixel test of section 4.
    unit: 0-based; default rows // 2, columns // 2, which is (3, 3) of 7 x 7 as in the authors'
        code: the middle of the map, printed as (4, 4) counted from 1. With torchvision's ResNets
        at 224 pixels that unit is centred at pixel 96, not 112.
    One backward pass serves the batch: in evaluation mode no image can touch another, so the
    gradient of the sum holds each image's own gradient. Layers after `layer` are not run and no
    gradient of a parameter is computed; the model is left as it was.
    Raises ValueError for a model in training mode, an unknown layer, a unit or label out of range, a
    target of the wrong shape or that no gradient leads back from, and where images, target or
    gradients are not finite.
    """
    _require_passable(model, images)
    if layer is None and unit is not None:
        raise ValueError(f"unit={unit} needs the name of a layer: pass layer=, or leave unit out")
    with torch.inference_mode(False), torch.enable_grad():
        pixels = images.detach().clone().requires_grad_(True)
        # The network gets a copy, which it may normalise in place.
        if layer is None:
            target = class_logits(model(pixels.clone()), labels)
        else:
            target = _unit_means(model, pixels.clone(), layer, unit)
        _require_target(model, target, layer)
        (gradient,) = torch.autograd.grad(target.sum(), pixels, materialize_grads=True)
    axes = ("image", "channel", "row", "column")
    require_finite(gradient, "gradients", axes, lambda: _suspect(model, images.dtype))
    return gradient


def _require_passable(model: nn.Module, images: Tensor) -> None:
    require_evaluation(model)
    require_images(images)
    if any(parameter.is_inference() for parameter in model.parameters()):
        raise ValueError(
            "no gradient leads through a network that was made inside torch.inference_mode(): make it "
            "outside, or under torch.no_grad()"
        )


def _unit_means(model: nn.Module, pixels: Tensor, layer: str, unit: Unit | None) -> Tensor:
    layout = Layout()
    with layout.watching(model):
        features = forward_to(model, pixels, layer)
    if features.ndim != 4:
        raise ValueError(
            f"a unit needs a layer that puts out (n, channels, rows, columns), {layer!r} puts out "
            f"{tuple(features.shape)}: name a convolution or a block before the flattening"
        )
    features = layout.channels_first(features, pixels, layer)
    rows, columns = features.shape[2:]
    row, column = unit if unit is not None else (rows // 2, columns // 2)
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(
            f"unit={unit} is outside the map of {layer!r}: rows go from 0 to {rows - 1}, "
            f"columns from 0 to {columns - 1}"
        )
    return features[:, :, row, column].mean(1)


def _require_target(model: nn.Module, target: Tensor, layer: str | None) -> None:
    name = "the output" if layer is None else f"layer {layer!r}"
    require_finite(
        target, f"the numbers of {name}", ("image",), lambda: _suspect(model, target.dtype)
    )
    if not target.requires_grad:
        raise ValueError(
            f"no gradient leads from {name} back to the image: look for no_grad, detach or argmax in "
            "the forward pass, or name an earlier layer"
        )


def _suspect(model: nn.Module, precision: torch.dtype) -> str:
    """What may have made a number that is not finite."""
    for name, values in (*model.named_parameters(), *model.named_buffers()):
        if not values.isfinite().all():
            return f"{name} of the network is not finite either, has training failed?"
    return f"all weights are finite, so a map or a gradient went beyond {precision}: try double"


def _require_same_size(sums: np.ndarray, field: np.ndarray) -> None:
    if sums.shape[1:] != field.shape:
        raise ValueError(
            f"all images must have the size of the first, {sums.shape[1:]}, got {field.shape}: "
            "resize or crop them to one size"
        )
