"""How concentrated the gradient of a single image is, and how alike those of two images are.

Dead Pixel Test, section 2, says that it "is sparse and depends on the image" and gives no number. A
gradient is called concentrated by how few pixels hold half of its absolute sum; Gaussian noise of the
same strength at every pixel says how few that would be without any structure.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from rfbook.metrics.finite import require_finite_array

ADVICE = "look at the images and the weights"


def half_shares(maps: Float[np.ndarray, "n h w"]) -> Float[np.ndarray, " n"]:
    """Of each map the share of its pixels that holds half of its absolute sum, the strongest first.

    Raises ValueError for no map, for one that is zero everywhere, and if a number is not finite.
    """
    strongest = np.sort(abs(_flat(maps)))[:, ::-1].cumsum(1)
    if not (strongest[:, -1] > 0).all():
        raise ValueError(f"a share of a gradient needs one that is not zero everywhere: {ADVICE}")
    below = (strongest < strongest[:, -1:] / 2).sum(1)
    return (below + 1) / strongest.shape[1]


def half_share_of_noise(maps: Float[np.ndarray, "n h w"], seed: int = 0) -> float:
    """`half_shares` of independent Gaussian noise, as strong at a pixel as the maps are in the mean.

    The mean over as many draws as there are maps. It takes dozens of maps: the mean of a few is itself
    patchy, which makes the noise so too. Raises as `half_shares`.
    """
    strength = abs(_flat(maps)).mean(0).reshape(maps.shape[1:])
    draws = np.random.default_rng(seed).normal(size=maps.shape)
    return float(half_shares(draws * strength).mean())


def mean_correlation(maps: Float[np.ndarray, "n h w"]) -> float:
    """The correlation of two maps over their pixels, mean over all pairs of different maps.

    Raises ValueError for fewer than two maps, for one that is the same everywhere, and if a number is
    not finite.
    """
    flat = _flat(maps)
    if len(flat) < 2:
        raise ValueError(f"maps are compared in pairs: give two or more, not {len(flat)}")
    apart = flat - flat.mean(1, keepdims=True)
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise ValueError(f"a map that is the same everywhere correlates with none: {ADVICE}")
    together = float((np.sum(apart / lengths, axis=0) ** 2).sum())  # pairs, and each map with itself
    return (together - len(flat)) / (len(flat) * (len(flat) - 1))


def _flat(maps: Float[np.ndarray, "n h w"]) -> Float[np.ndarray, "n pixels"]:
    if not len(maps):
        raise ValueError("single gradients need at least one image, got none: check `maps`")
    require_finite_array(maps, "gradients", ("image", "row", "column"), ADVICE)
    return maps.reshape(len(maps), -1).astype(np.float64)
