"""Which axes of a feature map are its rows and columns: (n, channels, rows, columns) or channels last.

Nothing in a tensor says so. Two things do as a rule: a map has the proportions of the image, and the
last layer that worked on it knows its channels. Where they do not agree the map is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import log

from jaxtyping import Float
from torch import Tensor, nn
from torchvision.ops import Permute

FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)
"""The permutations by which torchvision's networks put channels first and last."""


class Layout:
    """The last layer inside a network that worked on a map with four axes, and what it left."""

    def __init__(self) -> None:
        self._channels_first: bool | None = None
        self._channels = 0

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Look at every layer that the forward passes inside the `with` run."""
        with ExitStack() as removals:
            for module in model.modules():
                if _channels_first(module) is not None:
                    removals.callback(module.register_forward_hook(self._look).remove)
            yield

    def channels_first(
        self, features: Float[Tensor, "n a b c"], images: Float[Tensor, "n z h w"], layer: str
    ) -> Float[Tensor, "n channels rows columns"]:
        """The map that `layer` put out with its channels in second place.

        Raises ValueError where it is not clear which axis they are.
        """
        first, last = (_distortion(sides, images) for sides in (features.shape[2:], features.shape[1:3]))
        if self._channels_first is False and last < first:
            return features.permute(FIRST)
        worked_on = self._channels_first and features.shape[1] == self._channels
        if worked_on or (first <= last and self._channels_first is not False) or first < last:
            return features
        raise ValueError(
            f"{layer!r} puts out {tuple(features.shape)} for images of {tuple(images.shape[2:])}: it is "
            "not clear which axes are rows and columns. Name another layer, one whose last step is a "
            "convolution, or take images of another size"
        )

    def _look(self, module: nn.Module, inputs: object, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4:
            self._channels_first = _channels_first(module)
            self._channels = output.shape[1]


def _channels_first(module: nn.Module) -> bool | None:
    """Where the channels are in what the module puts out; None for one that does not tell."""
    if isinstance(module, Permute):
        return {FIRST: True, LAST: False}.get(tuple(module.dims))
    if isinstance(module, nn.Linear) or type(module) is nn.LayerNorm:
        return False
    convolutional = (nn.modules.conv._ConvNd, nn.modules.batchnorm._BatchNorm, nn.GroupNorm)
    return True if isinstance(module, convolutional) else None


def _distortion(sides: tuple[int, int], images: Tensor) -> float:
    """How far the proportions of a map with these sides are from those of the images; 0 for none."""
    rows, columns = sides
    height, width = images.shape[2:]
    return abs(log(rows * width / (columns * height)))
