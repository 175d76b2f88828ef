"""Theoretical receptive fields by arithmetic on the module graph, and the border layer they mark.

    layers = receptive_fields(torchvision.models.resnet18())
    layers["layer4.1.conv2"].field      # (435, 435)
    border_layer(conv_fields(layers), side=32)      # "layer1.1.conv2", the fifth convolution

The model is traced (torch.fx), never run: no input, no weights, no width enters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from torch import nn

from rfbook.metrics.receptive_field_arithmetic import Axis, Pixels, Window
from rfbook.metrics.receptive_fields.graph import Walk


@dataclass(frozen=True)
class Layer:
    """What one unit of a layer sees of the input. Pairs are (height, width), in input pixels.

    name: dotted module name; of a functional convolution the owner of its weight, of other
        functional layers the name of the node. Repeated use of a module adds "#2", "#3".
    kind: "conv", "pool" or "linear".
    field: the receptive field r_l over all paths, infinite where `note` says why.
    jump: distance between neighbouring units, a fraction in enlarged maps; infinite after global
        pooling or flattening.
    center: middle of what unit (0, 0) sees; NaN where the field is infinite.
    smallest: the field along the path on which it grows least, through the skip connections.
    main: whether the layer lies on the path with the largest field, which leaves out 1x1 shortcuts.
    sources: names of the layers whose outputs it reads, with no layer between; of the first ones none.
    windows: what slides over (height, width): kernel size, stride, padding, dilation; None for what has
        no window.
    axes: what each unit sees, by itself: in enlarged maps neighbours differ, and `field` is that of the
        unit that sees most.
    """

    name: str
    kind: str
    field: tuple[Pixels, Pixels]
    jump: tuple[Pixels, Pixels]
    center: tuple[float, float]
    smallest: tuple[Pixels, Pixels]
    main: bool
    note: str
    sources: tuple[str, ...]
    windows: tuple[Window, Window] | None
    axes: tuple[Axis, Axis] = field(repr=False)

    @property
    def size(self) -> Pixels:
        """The field as one number, its longer side (Size Matters 2.4)."""
        return max(self.field)

    def unit_center(self, row: int, column: int) -> tuple[float, float]:
        """Input pixel (row, column) in the middle of what unit (row, column) of the map sees."""
        height, width = self.axes
        return height.center(row), width.center(column)


def receptive_fields(
    model: nn.Module,
    positionwise: Collection[str] = (),
    exchange: Callable[[Window], Window] | None = None,
) -> dict[str, Layer]:
    """Receptive field of every convolution, pooling and linear layer, in the order of data flow.

    model: takes images (n, channels, height, width) as its first input. Only kernels, strides,
        dilations and paddings are read; batch norm counts as in evaluation mode. Channels are not
        told apart: a field is that of all channels of a layer, whatever their groups.
    positionwise: names of further operations (class name of a module, bare name of a function)
        that work on each position by itself and so leave the field as it is.
    exchange: from the window of a convolution or pooling along one axis to the one that slides instead:
        the fields are then those of the network with such kernels.
    Size Matters, eq. 1 and 2 with (k - 1) in place of (k - 2), so that r_1 = k_1 as its text says;
    at merges the hull of all branches (appendix B.1.2), per axis. Cost: one trace, milliseconds.
    What changes a tensor in place changes all that shares its memory, as in torch. At the border of an
    image a unit may see less.
    Raises ValueError for operations it does not know, for arguments that depend on the input, for
    branches of different jump that meet, for layers that read what cannot be followed, and for models
    that torch.fx cannot trace.
    """
    walk = Walk(model, positionwise, exchange)
    return {
        name: Layer(
            name=name,
            kind=kind,
            field=image.sizes,
            jump=image.jumps,
            center=tuple(axis.center() for axis in image.axes),
            smallest=tuple(axis.smallest for axis in image.axes),
            main=name in walk.path,
            note=image.note,
            sources=walk.sources[name],
            windows=image.windows if kind in ("conv", "pool") else None,
            axes=image.axes,
        )
        for name, (kind, image) in walk.passed.items()
    }


def conv_fields(layers: Mapping[str, Layer]) -> list[tuple[str, Pixels]]:
    """(name, field size) of the convolutions on the main path: what `border_layer` takes."""
    return [(layer.name, layer.size) for layer in layers.values() if layer.main and layer.kind == "conv"]


def border_layer(fields: Sequence[tuple[str, Pixels]], side: int) -> str | None:
    """The border layer for square inputs of `side` pixels, or None if there is none.

    fields: (name, receptive field) of the convolutions in order, without pooling.
    The first convolution whose input comes from one that sees strictly more than the input (Size
    Matters 3.4, Fig. 4). The rule and its strictness are those of the authors' code. Counting
    pooling layers too would move it in VGG13 at 32 pixels, from the eighth to the seventh.
    """
    following = (name for (_, field), (name, _) in pairwise(fields) if field > side)
    return next(following, None)
