"""Images that scikit-learn ships: the data of the `smoke` tier, no download."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.datasets import load_digits, load_sample_images

from rfbook.experiments.images import Images

PHOTO_SIDE, PHOTO_STEP = 224, 29


def digits() -> Images:
    """1,797 handwritten digits, 8x8 with values 0..16, each pixel repeated to 32x32 grey."""
    bunch = load_digits()
    pixels = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    pixels = pixels.repeat(4, axis=1).repeat(4, axis=2)[..., None]
    return Images(torch.from_numpy(pixels), torch.from_numpy(bunch.target.astype(np.int64)))


def photos() -> Images:
    """Crops of 224x224 on a regular grid from two photographs; the label says which photograph."""
    pixels, labels = [], []
    for label, photo in enumerate(load_sample_images().images):
        height, width, _ = photo.shape
        for top in range(0, height - PHOTO_SIDE + 1, PHOTO_STEP):
            for left in range(0, width - PHOTO_SIDE + 1, PHOTO_STEP):
                pixels.append(photo[top : top + PHOTO_SIDE, left : left + PHOTO_SIDE])
                labels.append(label)
    return Images(torch.from_numpy(np.stack(pixels)), torch.tensor(labels))
