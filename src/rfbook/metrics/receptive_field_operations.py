"""What each torch operation does to a feature map: the one table to extend for a new operation.

Operations go by bare name, without the underscore of in-place forms: `relu` stands for F.relu,
torch.relu, x.relu() and x.relu_(), `ReLU` for the module. Each takes the merged map of its inputs
and then the operation's own arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import Map, Pair

_POSITIONWISE = """
    add sub mul div truediv iadd isub imul itruediv neg pow abs sqrt exp clamp maximum minimum
    relu relu6 leaky_relu elu selu celu gelu silu mish sigmoid hardsigmoid hardswish hardtanh tanh
    softplus dropout dropout2d alpha_dropout stochastic_depth batch_norm local_response_norm
    contiguous clone detach to float double half
    Identity ReLU ReLU6 LeakyReLU PReLU ELU SELU CELU GELU SiLU Mish Sigmoid Hardsigmoid Hardswish
    Hardtanh Tanh Softplus Dropout Dropout2d AlphaDropout BatchNorm2d SyncBatchNorm
    LocalResponseNorm
""".split()
_WHOLE_MAP = ["Linear", "linear", "Flatten", "flatten"]
_STATISTICS = ["GroupNorm", "InstanceNorm2d", "group_norm", "instance_norm"]
_PADDINGS = ["ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d", "pad"]

QUERIES = frozenset({"size", "shape", "dim", "ndim", "numel", "dtype", "device"})
"""Methods and attributes of a tensor that give no tensor."""

LAYER_KINDS = {
    **dict.fromkeys(["Conv2d", "conv2d"], "conv"),
    **dict.fromkeys(["Linear", "linear"], "linear"),
    **dict.fromkeys(["MaxPool2d", "AvgPool2d", "max_pool2d", "avg_pool2d"], "pool"),
    **dict.fromkeys(["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"], "pool"),
    **dict.fromkeys(["adaptive_avg_pool2d", "adaptive_max_pool2d"], "pool"),
}
"""Operations that are reported as layers, and the kind of layer each is."""

MODULE_SETTINGS = {
    **dict.fromkeys(["Conv2d", "MaxPool2d"], ("kernel_size", "stride", "padding", "dilation")),
    "AvgPool2d": ("kernel_size", "stride", "padding"),
    **dict.fromkeys(["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"], ("output_size",)),
    **dict.fromkeys(_PADDINGS, ("padding",)),
}
"""Attributes of a module that are the arguments of its operation."""


def keep(image: Map, *_: object, **__: object) -> Map:
    """The map after an operation on each position by itself: the same."""
    return image


def _whole_map(image: Map, *_: object, **__: object) -> Map:
    return image.everything()


def _statistics(image: Map, *_: object, **__: object) -> Map:
    return image.everything(keep_jump=True)


def _window(
    image: Map,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    **_: object,
) -> Map:
    kernel, dilations = _pair(kernel_size), _pair(dilation)
    before = _same(kernel, dilations) if padding == "same" else padding
    return image.window(
        kernel, _pair(stride or kernel), _pair(0 if before == "valid" else before), dilations
    )


def _convolution(
    image: Map,
    weight: Any,
    bias: object = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Map:
    return _window(image, weight.shape[2:], stride, padding, dilation)


def _max_pool(image: Map, *settings: Any, **named: Any) -> Map:
    return _window(image, *settings[:4], **named)


def _average_pool(image: Map, *settings: Any, **named: Any) -> Map:
    return _window(image, *settings[:3], **named)


def _adaptive_pool(image: Map, output_size: int | Sequence[int | None], *_: object) -> Map:
    # Even a fixed grid of outputs sees regions that grow with the input.
    sizes = output_size if isinstance(output_size, Sequence) else (output_size, output_size)
    return image.everything([axis for axis, size in enumerate(sizes) if size is not None])


def _reduce(image: Map, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Map:
    axes = (0, 1, 2, 3) if dim is None else dim if isinstance(dim, Sequence) else (dim,)
    return image.everything([axis % 4 - 2 for axis in axes if axis % 4 >= 2])


def _reshape(image: Map, *shape: Any) -> Map:
    lengths = shape[0] if isinstance(shape[0], Sequence) else shape
    if len(lengths) != 2:
        raise ValueError("of all reshaping only flattening, to (images, features), is known")
    return image.everything()


def _concatenate(image: Map, dim: int = 0) -> Map:
    if dim % 4 >= 2:
        raise ValueError(f"dim={dim} joins maps side by side; channels (dim=1) can be joined")
    return image


def _pad(image: Map, pad: int | Sequence[int], *_: object, **__: object) -> Map:
    left, _, top, _ = (pad,) * 4 if isinstance(pad, int) else (*pad, 0, 0)[:4]
    return image.with_axes([image.axes[0].shift(-top), image.axes[1].shift(-left)])


def _slice(image: Map, index: Any) -> Map:
    # Rows and columns left out by a slice, as in the parameter-free shortcut of He et al. (2016).
    if not isinstance(index, tuple) or not all(isinstance(part, slice) for part in index):
        raise ValueError("of all indexing only slices of every axis, x[:, :, ::2, ::2], are known")
    rows, columns = [*index, *[slice(None)] * 4][2:4]
    first, step = (rows.start or 0, columns.start or 0), (rows.step or 1, columns.step or 1)
    if min(first) < 0:
        raise ValueError(f"a slice that starts at {min(first)} depends on the side of the input")
    before = (-first[0], -first[1])
    return image.window((1, 1), step, before, (1, 1))


def _pair(value: Any) -> Pair:
    height, width = (value, value) if isinstance(value, int) else (tuple(value) * 2)[:2]
    return int(height), int(width)


def _same(kernel: Pair, dilation: Pair) -> Pair:
    return dilation[0] * (kernel[0] - 1) // 2, dilation[1] * (kernel[1] - 1) // 2


OPERATIONS: dict[str, Callable[..., Map]] = {
    **dict.fromkeys(_POSITIONWISE, keep),
    **dict.fromkeys(_WHOLE_MAP, _whole_map),
    **dict.fromkeys(_STATISTICS, _statistics),
    **dict.fromkeys(_PADDINGS, _pad),
    **dict.fromkeys(["Conv2d", "MaxPool2d", "AvgPool2d"], _window),
    "conv2d": _convolution,
    "max_pool2d": _max_pool,
    "avg_pool2d": _average_pool,
    **dict.fromkeys(
        ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"],
        _adaptive_pool,
    ),
    **dict.fromkeys(["mean", "sum", "amax", "amin"], _reduce),
    **dict.fromkeys(["view", "reshape"], _reshape),
    **dict.fromkeys(["cat", "concat"], _concatenate),
    "getitem": _slice,
}
"""Name of an operation -> function(merged input map, *arguments) -> output map."""
