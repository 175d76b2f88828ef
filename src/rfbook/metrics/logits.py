"""The number that an output is judged by: the logit of one class per image."""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn


def class_logits(
    logits: Float[Tensor, "..."], labels: Int[Tensor, "..."] | None = None
) -> Float[Tensor, " n"]:
    """Logit of each image's class; without labels, of the class with the largest logit.

    logits: (n, classes). labels: (n,), from 0. Raises ValueError for an output of another shape and
    for labels that are not classes of it.
    """
    if logits.ndim != 2:
        raise ValueError(
            f"the output must be logits (n, classes), the model puts out {tuple(logits.shape)}: "
            "pass layer= to study a feature map"
        )
    if labels is None:
        labels = logits.argmax(1)
    images, classes = logits.shape
    if labels.shape != (images,) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels must be {images} class numbers from 0 to {classes - 1}, got shape "
            f"{tuple(labels.shape)} with values {labels.min()} to {labels.max()}"
        )
    return logits.gather(1, labels.long()[:, None])[:, 0]


def require_evaluation(model: nn.Module) -> None:
    """Raises ValueError, naming the module, if any part of the model is in training mode."""
    training = [name or "the model" for name, module in model.named_modules() if module.training]
    if training:
        raise ValueError(
            f"this measure needs evaluation mode, {training[0]} is in training mode, where "
            "batch normalisation mixes the images of a batch: call model.eval() first"
        )
