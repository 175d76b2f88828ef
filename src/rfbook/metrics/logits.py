"""The number that an output is judged by: the logit of one class per image."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from rfbook.metrics.finite_tensors import require_finite


def class_logits(
    logits: Float[Tensor, "..."], labels: Int[Tensor, "..."] | None = None
) -> Float[Tensor, " n"]:
    """Logit of each image's class; without labels, of the class with the largest logit.

    logits: (n, classes). labels: (n,), from 0. Raises ValueError for an output of another shape, for
    labels that are not classes of it, and where a logit is nan or that of the class is infinite.
    """
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        shown = tuple(logits.shape) if isinstance(logits, Tensor) else f"a {type(logits).__name__}"
        raise ValueError(
            f"the output must be logits (n, classes), the model puts out {shown}: pass layer= to study "
            "a feature map, or wrap the model so that it returns its logits"
        )
    if labels is None:
        labels = logits.argmax(1)
    images, classes = logits.shape
    if labels.shape != (images,) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels must be {images} class numbers from 0 to {classes - 1}, got shape "
            f"{tuple(labels.shape)} with values {labels.min()} to {labels.max()}"
        )
    chosen = logits.gather(1, labels.long()[:, None])[:, 0]
    advice = "look at the images and the weights, has training failed?"
    # A network may mask a class by minus infinity.
    unmasked = logits.clamp(min=torch.finfo(logits.dtype).min)
    require_finite(unmasked, "logits", ("image", "class"), advice)
    require_finite(chosen, "logits of the class", ("image",), advice)
    return chosen


def require_evaluation(model: nn.Module) -> None:
    """Raises ValueError, naming the module, if any part of the model is in training mode."""
    training = [name or "the model" for name, module in model.named_modules() if module.training]
    if training:
        raise ValueError(
            f"this measure needs evaluation mode, {training[0]} is in training mode, where "
            "batch normalisation mixes the images of a batch: call model.eval() first"
        )


def require_images(images: Shaped[Tensor, "..."], first: int = 0) -> None:
    """Raises ValueError unless these are finite images (n, c, h, w), one at least.

    first: the number of the first one, for one batch of several.
    """
    if images.ndim != 4 or not len(images) or not images.is_floating_point():
        raise ValueError(
            "a measure needs one image at least, (n, channels, rows, columns), normalised as in "
            f"training; got {images.dtype} of shape {tuple(images.shape)}"
        )
    axes = ("image", "channel", "row", "column")
    advice = "look at the file, and for a standard deviation of 0 in its normalisation"
    require_finite(images, "images", axes, advice, first)
