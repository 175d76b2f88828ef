"""Saliency of single images, folded so that the network's own pattern shows.

Dead Pixel Test, section 5: a gradient-based saliency map holds the checkerboard of the network. Folding
a map, which is the mean over each class of (row mod period, column mod period), takes out what lies
where in the image and leaves what every tile of the image has in common.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def saliency(gradients: Float[Tensor, "n c h w"]) -> Float[Tensor, "n h w"]:
    """Largest absolute gradient over the channels of each pixel (Simonyan et al. 2013, section 3.1)."""
    return gradients.abs().amax(1)


def folded(maps: Float[Tensor, "n h w"], period: int) -> Float[Tensor, "n k k"]:
    """Mean of each map over each class of (row mod period, column mod period), not normalised.

    The map is cropped at the right and the bottom to whole tiles. Raises ValueError if none fits.
    """
    height, width = (side // period for side in maps.shape[1:])
    if not (height and width):
        raise ValueError(f"period={period}: it must fit into maps of {tuple(maps.shape[1:])} pixels")
    cropped = maps[:, : height * period, : width * period]
    return cropped.reshape(-1, height, period, width, period).mean((1, 3))
