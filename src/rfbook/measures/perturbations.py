"""What follows from strong and weak pixels: Dead Pixel, section 5.

Every other test image is perturbed; the effective field that is to predict the outcome comes from the
images between them, so that no image tests what it helped to predict.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rfbook.experiments.batches import View
from rfbook.experiments.images import Images
from rfbook.measures.views import halves, shown
from rfbook.metrics.effective_field import image_gradients, pixel_gradients
from rfbook.metrics.one_pixel_attack import Attack, one_pixel_attack, strong_and_weak
from rfbook.metrics.pixel_response import Pixel, pixel_block, pixel_changes, pixel_response
from rfbook.metrics.saliency import folded, saliency
from rfbook.metrics.translation import translations
from rfbook.records.weights import Trained
from rfbook.statistics.paired import mcnemar

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]
BATCH = 8
PERIOD = 8
"""Of the folded maps; the smaller periods of a network with strides of two divide it."""
EPSILON = 0.1
STEPS = (0.1, 0.03, 0.01, 0.003, 0.001)
"""Sizes of the perturbation at the middle pixel: how small is linear?"""
STEP_IMAGES = 100
"""Perturbed images that are raised by all steps, in double precision: small steps drown in single."""
SHIFTS = (1, 2, 3, 4, 5, 6, 7, 8, 16, 32)
LARGEST_SHIFT = 7
"""The largest shift is at most the side over this: 32 of 224 pixels."""
TRIES = 10
"""Pixels that an attack tries in each image."""


def pixel_responses(trained: Trained) -> Measured:
    """Change of y where one of 25 neighbouring pixels is raised, and the effective field there.

    Values, one a pixel: response, mean absolute change over the perturbed images; gradient, mean
    absolute gradient of the same images; field, R over the other images. Arrays: what each image adds,
    and its whole map folded with period 8 (`absolute` of the perturbed, `positive` of the others);
    `steps` and `slopes`, see `_steps`.
    """
    perturbed, others = halves(trained.data.test)
    pixels = pixel_block(trained.run.data.side)
    batches = shown(trained, perturbed, BATCH, "pixel response")
    changes = pixel_changes(trained.network, batches, pixels, EPSILON)
    steps, slopes = _steps(trained, perturbed, pixels[len(pixels) // 2])
    own, absolute = _gradients(trained, perturbed, pixels, Tensor.abs)
    other, positive = _gradients(trained, others, pixels, torch.relu)
    values = {
        "images": len(perturbed),
        "field_images": len(others),
        "epsilon": EPSILON,
        "steps": list(STEPS),
        "pixels": [list(pixel) for pixel in pixels],
        "response": pixel_response(changes).tolist(),
        "gradient": np.abs(own).mean(0).tolist(),
        "field": other.clip(min=0).mean(0).tolist(),
    }
    arrays = {"changes": changes, "gradients": own, "others": other, "steps": steps, "slopes": slopes}
    return values, _single(arrays | {"absolute": absolute, "positive": positive})


def _steps(trained: Trained, images: Images, pixel: Pixel) -> tuple[np.ndarray, np.ndarray]:
    """Change of y by every size of perturbation at one pixel, (n, s), and its gradient there, (n,)."""
    exact = deepcopy(trained.network).double()
    few = images.first(min(STEP_IMAGES, len(images)))
    changes, slopes = [], []
    for inputs, labels in shown(trained, few, BATCH, "steps"):
        batch = inputs.double()
        changes.append(pixel_changes(exact, [(batch, labels)], [pixel] * len(STEPS), STEPS))
        gradients = pixel_gradients(exact, batch, labels)
        slopes.append(gradients[:, pixel[0], pixel[1]].cpu().numpy())
    return np.concatenate(changes), np.concatenate(slopes)


def _gradients(
    trained: Trained, images: Images, pixels: list[Pixel], part: Callable[[Tensor], Tensor]
) -> tuple[np.ndarray, np.ndarray]:
    """Per image the gradient at the pixels, (n, p), and `part` of the whole map folded, (n, 8, 8)."""
    rows, columns = zip(*pixels, strict=True)
    at_pixels, maps = [], []
    for inputs, labels in shown(trained, images, BATCH, "gradients"):
        gradients = pixel_gradients(trained.network, inputs, labels)
        at_pixels.append(gradients[:, rows, columns].cpu())
        maps.append(folded(part(gradients), PERIOD).cpu())
    return torch.cat(at_pixels).double().numpy(), torch.cat(maps).double().numpy()


def saliency_patterns(trained: Trained) -> Measured:
    """Saliency of every test image and its part of the effective field, folded with period 8."""
    fields, maps = [], []
    for inputs, labels in shown(trained, trained.data.test, BATCH, "saliency"):
        gradients = image_gradients(trained.network, inputs, labels)
        fields.append(folded(gradients.mean(1).clamp(min=0), PERIOD).cpu())
        maps.append(folded(saliency(gradients), PERIOD).cpu())
    arrays = {"field": torch.cat(fields).numpy(), "saliency": torch.cat(maps).numpy()}
    return {"images": len(trained.data.test), "period": PERIOD}, _single(arrays)


def translation(trained: Trained) -> Measured:
    """Change of the logits and of the predicted class by shifts, down and right.

    Values: means over images per direction and shift. Arrays: the same per image.
    """
    moved, _ = halves(trained.data.test)
    shifts = [shift for shift in SHIFTS if shift <= trained.run.data.side // LARGEST_SHIFT]
    batches = shown(trained, moved, BATCH, "translation")
    answers = translations(trained.network, batches, shifts)
    values = {
        "images": len(moved),
        "shifts": shifts,
        "change": answers.change.mean(1).tolist(),
        "flipped": answers.flipped.mean(1).tolist(),
    }
    return values, _single({"change": answers.change}) | {"flipped": answers.flipped}


def one_pixel_attacks(trained: Trained) -> Measured:
    """Random one-pixel attacks on strong and on weak pixels, with equal draws.

    Strong and weak are the quarters of the 64 classes of the effective field, folded over the images
    that are not attacked: both lists cover the image evenly, and pairs of pixels are neighbours.
    Values: share of images with another class, per list, and McNemar's p. Arrays: per image.
    """
    attacked, others = halves(trained.data.test)
    _, positive = _gradients(trained, others, pixel_block(trained.run.data.side), torch.relu)
    strong, weak = strong_and_weak(positive.mean(0), trained.run.data.side)
    attacks = {
        "strong": _attack(trained, attacked, strong, "attack on strong pixels"),
        "weak": _attack(trained, attacked, weak, "attack on weak pixels"),
    }
    changed = {name: attack.changed for name, attack in attacks.items()}
    values = {
        "images": len(attacked),
        "tries": TRIES,
        "changed": {name: float(array.mean()) for name, array in changed.items()},
        "fall": {name: float(attack.fall.mean()) for name, attack in attacks.items()},
        "p": mcnemar(changed["strong"], changed["weak"]),
    }
    arrays = {f"{name}_changed": array for name, array in changed.items()}
    return values, arrays | _single({f"{name}_fall": attack.fall for name, attack in attacks.items()})


def _attack(trained: Trained, images: Images, candidates: Tensor, label: str) -> Attack:
    view = View(trained.run.data)
    corners = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    batches = shown(trained, images, BATCH, label)
    colours = (corners - view.mean) / view.sd
    return one_pixel_attack(trained.network, batches, candidates, colours, TRIES, trained.run.seed)


def _single(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float32) for name, array in arrays.items()}
