"""What each torch operation does to a feature map: the one table to extend for a new operation.

Operations go by bare name, without the underscore of in-place forms: `relu` stands for F.relu,
torch.relu, x.relu() and x.relu_(), `ReLU` for the module. Each takes the merged map of its inputs
and then the operation's own arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rfbook.metrics.receptive_field_arithmetic import Axis, Map, Pair, Window, common_layout
from rfbook.metrics.receptive_fields.dimensions import (
    Length,
    Pieces,
    axes_at,
    off_positions,
    spatial,
    with_layout,
)
from rfbook.metrics.receptive_fields.enlarging import interpolate, shuffle_pixels
from rfbook.metrics.receptive_fields.layout import LAYOUTS, reduce, unsqueeze

_POSITIONWISE = """
    add sub mul div truediv floordiv mod remainder iadd isub imul itruediv radd rsub rmul rtruediv neg
    pow abs sqrt rsqrt square reciprocal exp log log2 log10 log1p expm1 sin cos sign round floor ceil erf
    clamp clip clamp_min clamp_max maximum minimum lerp addcmul addcdiv where masked_fill nan_to_num
    gt ge lt le eq ne logical_and logical_or logical_not logical_xor and or invert
    relu relu6 leaky_relu rrelu prelu elu selu celu gelu silu mish sigmoid logsigmoid hardsigmoid
    hardswish hardtanh hardshrink softshrink tanhshrink threshold tanh softplus softsign
    dropout dropout2d alpha_dropout feature_alpha_dropout feature_dropout stochastic_depth batch_norm
    contiguous copy clone detach data to type type_as float double half bfloat16 requires_grad
    Identity ReLU ReLU6 LeakyReLU RReLU PReLU ELU SELU CELU GELU SiLU Mish Sigmoid LogSigmoid Hardsigmoid
    Hardswish Hardtanh Hardshrink Softshrink Tanhshrink Threshold Tanh Softplus Softsign Dropout
    Dropout2d AlphaDropout FeatureAlphaDropout BatchNorm1d BatchNorm2d SyncBatchNorm
""".split()
_PADDINGS = ["ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d", "CircularPad2d", "pad"]
_WINDOWS = ["Conv2d", "MaxPool2d", "AvgPool2d"]
_ADAPTIVE = [
    "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d",
]  # fmt: skip
_UPSAMPLINGS = ["Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"]
_ATTENTION = """
    matmul bmm baddbmm einsum tensordot scaled_dot_product_attention multi_head_attention_forward
    MultiheadAttention TransformerEncoderLayer TransformerEncoder
""".split()

_LOOKS_AROUND = (
    "lets positions look at one another: what follows sees the whole map. Pass the part of the model "
    "before it"
)

QUERIES = frozenset({"size", "shape", "dim", "ndim", "numel", "dtype", "device"})
"""Methods and attributes of a tensor that give no tensor."""

CONSTANTS = frozenset(
    "zeros_like ones_like empty_like full_like rand_like randn_like "
    "new_zeros new_ones new_empty new_full new_tensor is_floating_point".split()
)
"""Operations that take nothing of a tensor but its shape or type."""

LAYER_KINDS = {
    **dict.fromkeys(["Conv2d", "conv2d", "ConvTranspose2d", "conv_transpose2d"], "conv"),
    **dict.fromkeys(["Linear", "linear"], "linear"),
    **dict.fromkeys(["MaxPool2d", "AvgPool2d", "max_pool2d", "avg_pool2d", *_ADAPTIVE], "pool"),
}
"""Operations that are reported as layers, and the kind of layer each is."""

MODULE_SETTINGS = {
    **dict.fromkeys(
        ["Conv2d", "MaxPool2d", "ConvTranspose2d"], ("kernel_size", "stride", "padding", "dilation")
    ),
    "AvgPool2d": ("kernel_size", "stride", "padding"),
    **dict.fromkeys(_ADAPTIVE[:2], ("output_size",)),
    **dict.fromkeys(_PADDINGS, ("padding",)),
    **dict.fromkeys(["LayerNorm", "RMSNorm"], ("normalized_shape",)),
    **dict.fromkeys(["Softmax", "LogSoftmax", "GLU"], ("dim",)),
    "Flatten": ("start_dim", "end_dim"),
    "Unflatten": ("dim", "unflattened_size"),
    "PixelShuffle": ("upscale_factor",),
    "PixelUnshuffle": ("downscale_factor",),
    **dict.fromkeys(
        _UPSAMPLINGS,
        ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor"),
    ),
}
"""Attributes of a module that are the arguments of its operation."""

REFUSED = {
    **dict.fromkeys(_ATTENTION, _LOOKS_AROUND),
    "shifted_window_attention": "lets every unit of a window see all of the window: fields differ from "
    "unit to unit, and no one number holds for a layer. Pass the part of the model before it",
    **dict.fromkeys(
        ["RecursiveScriptModule", "ScriptModule"],
        "is compiled by torch.jit, and cannot be looked into. Pass the model as it was before",
    ),
}
"""Operations for which there is no arithmetic, and why; matmul only between two maps."""


def keep(image: Map, *_: object, **__: object) -> Map:
    """The map after an operation on each position by itself: the same."""
    return image


def _slide(image: Map, change: Callable[..., Axis], *settings: Pair) -> Map:
    axes = list(image.axes)
    for axis, *numbers in zip(spatial(image), *settings, strict=True):
        axes[axis] = change(axes[axis], *numbers)
    return image.with_axes(axes)


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
    settings = kernel, _pair(stride or kernel), _pair(0 if before == "valid" else before), dilations
    height, width = zip(*settings, strict=True)
    return slide(image, (height, width))


def slide(image: Map, windows: tuple[Window, Window]) -> Map:
    """The map after these windows slid over its (height, width)."""
    return replace(_slide(image, Axis.window, *zip(*windows, strict=True)), windows=windows)


def _convolution(
    image: Map,
    weight: Any,
    bias: object = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Map:
    return _window(image, _kernel(weight), stride, padding, dilation)


def _transposed_module(image: Map, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> Map:
    numbers = map(_pair, (kernel_size, stride, padding, dilation))
    return _slide(image, Axis.transposed, *numbers)


def _transposed_convolution(
    image: Map,
    weight: Any,
    bias: object = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: object = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Map:
    return _transposed_module(image, _kernel(weight), stride, padding, dilation)


def _kernel(weight: Any) -> Sequence[int]:
    shape = getattr(weight, "shape", None)
    if shape is None or len(shape) != 4:
        raise ValueError(
            "the size of the kernel is not known, for it is computed from the images, or from what only "
            "a forward pass could tell. Compute it from parameters alone"
        )
    return tuple(shape[2:])


def _max_pool(image: Map, *settings: Any, **named: Any) -> Map:
    return _pool(image, *settings[:4], **named)


def _average_pool(image: Map, *settings: Any, **named: Any) -> Map:
    return _pool(image, *settings[:3], **named)


def _pool(image: Map, kernel_size: Any, *settings: Any, **named: Any) -> Map:
    # The old way of global pooling: a window as large as the map.
    lengths = kernel_size if isinstance(kernel_size, Sequence) else (kernel_size,)
    letters = image.layout[-2:] if len(lengths) == 2 else ""
    if letters and all(
        isinstance(length, Length) and length.fits(image, letter)
        for length, letter in zip(lengths, letters, strict=True)
    ):
        return image.everything(spatial(image))
    return _window(image, kernel_size, *settings, **named)


def _adaptive_pool(image: Map, output_size: Any, *_: object, **__: object) -> Map:
    # Even a fixed grid of outputs sees regions that grow with the input.
    sizes = output_size if isinstance(output_size, Sequence) else (output_size, output_size)
    if not all(size is None or isinstance(size, int) for size in sizes):
        raise TypeError(f"output_size={sizes}")
    pairs = zip(spatial(image), sizes, strict=True)
    return image.everything([axis for axis, size in pairs if size is not None])


def _linear(image: Map, *_: object, **__: object) -> Map:
    return replace(image.everything(axes_at(image, -1)))


def _statistics(image: Map, *_: object, **__: object) -> Map:
    off_positions(image, (0, 1), "normalises each entry by itself")
    return image.everything(axes_at(image, range(2, len(image.layout))), keep_jump=True)


def _layer_norm(image: Map, normalized_shape: Any, *_: object, **__: object) -> Map:
    count = len(normalized_shape) if isinstance(normalized_shape, Sequence) else 1
    return image.everything(axes_at(image, range(-count, 0)), keep_jump=True)


def _along(image: Map, dim: Any = None, *_: object, **__: object) -> Map:
    if dim is None:
        raise ValueError("needs the dimension it works along: write dim=1")
    return image.everything(axes_at(image, dim), keep_jump=True)


def _normalize(image: Map, p: object = 2, dim: Any = 1, *_: object, **__: object) -> Map:
    return _along(image, dim)


def _spread(image: Map, dim: Any = None, _: object = None, keepdim: bool = False, **__: object) -> Map:
    return reduce(image, dim, keepdim)


def _norm(image: Map, p: object = None, dim: Any = None, keepdim: bool = False, **_: object) -> Map:
    return reduce(image, dim, keepdim)


def _extreme(image: Map, dim: Any = None, keepdim: bool = False, **named: Any) -> Map | Pieces:
    # torch.max(x, y) compares two maps; with a dimension it gives values and places.
    if dim is None and not named:
        return reduce(image)
    return Pieces(reduce(image, dim, keepdim)) if isinstance(dim, int) else image


def _concatenate(image: Map, dim: int = 0) -> Map:
    if axes_at(image, dim):
        raise ValueError(f"dim={dim} joins maps side by side; channels (dim=1) can be joined")
    place = dim % len(image.layout)
    layout = image.layout[:place] + image.layout[place].replace("1", "c") + image.layout[place + 1 :]
    return replace(image, layout=layout)


def _stack(image: Map, dim: int = 0) -> Map:
    return unsqueeze(image, dim, "c")


def _halve(image: Map, dim: int = -1) -> Map:
    off_positions(image, dim, "multiplies one half of the map with the other")
    return replace(image)


def _flip(image: Map, *dims: Any) -> Map:
    off_positions(image, dims[0] if isinstance(dims[0], Sequence) else dims, "turns the map around")
    return image


def _roll(image: Map, shifts: Any, dims: Any = None) -> Map:
    along = range(len(image.layout)) if dims is None else dims
    off_positions(image, along, "moves positions in a circle")
    return image


def _matmul(image: Map, other: Any) -> Map:
    if isinstance(other, Map):
        raise ValueError(_LOOKS_AROUND)
    return _linear(image)


def _expand_as(image: Map, other: Any) -> Map:
    return with_layout(image, common_layout([image.layout, other.layout], "expand_as"))


def _pad(image: Map, pad: int | Sequence[int], *_: object, **__: object) -> Map:
    numbers = (pad,) * 4 if isinstance(pad, int) else tuple(pad)
    axes = list(image.axes)
    for letter, before in zip(reversed(image.layout), numbers[::2], strict=False):
        for axis in axes_at(image, image.layout.index(letter)):
            if letter == "t":
                raise ValueError("puts new positions before those of a map")
            axes[axis] = axes[axis].shift(-int(before))
    return image.with_axes(axes)


def _channels_of_a_picture(image: Map, *_: object, **__: object) -> Map:
    spatial(image)
    return image


def _unshuffle_pixels(image: Map, downscale_factor: int) -> Map:
    return _window(image, downscale_factor)


def _pair(value: Any) -> Pair:
    height, width = (value, value) if isinstance(value, int) else (tuple(value) * 2)[:2]
    return int(height), int(width)


def _same(kernel: Pair, dilation: Pair) -> Pair:
    return dilation[0] * (kernel[0] - 1) // 2, dilation[1] * (kernel[1] - 1) // 2


OPERATIONS: dict[str, Callable[..., Map | Pieces]] = {
    **dict.fromkeys(_POSITIONWISE, keep),
    **LAYOUTS,
    **dict.fromkeys(["Linear", "linear"], _linear),
    **dict.fromkeys(["GroupNorm", "InstanceNorm2d", "group_norm", "instance_norm"], _statistics),
    **dict.fromkeys(["LayerNorm", "RMSNorm", "layer_norm", "rms_norm"], _layer_norm),
    **dict.fromkeys(["softmax", "log_softmax", "Softmax", "LogSoftmax"], _along),
    "normalize": _normalize,
    **dict.fromkeys(
        ["LocalResponseNorm", "local_response_norm", "Softmax2d", "channel_shuffle", "ChannelShuffle"],
        _channels_of_a_picture,
    ),
    **dict.fromkeys(_PADDINGS, _pad),
    **dict.fromkeys(_WINDOWS, _window),
    "conv2d": _convolution,
    "ConvTranspose2d": _transposed_module,
    "conv_transpose2d": _transposed_convolution,
    **dict.fromkeys(["max_pool2d", "max_pool2d_with_indices"], _max_pool),
    "avg_pool2d": _average_pool,
    **dict.fromkeys(_ADAPTIVE, _adaptive_pool),
    **dict.fromkeys(["mean", "sum", "amax", "amin", "prod", "logsumexp", "argmax", "argmin"], reduce),
    **dict.fromkeys(["var", "std"], _spread),
    "norm": _norm,
    **dict.fromkeys(["max", "min"], _extreme),
    **dict.fromkeys(["cat", "concat"], _concatenate),
    "stack": _stack,
    **dict.fromkeys(["glu", "GLU"], _halve),
    "flip": _flip,
    "roll": _roll,
    "matmul": _matmul,
    "expand_as": _expand_as,
    **dict.fromkeys(["pixel_shuffle", "PixelShuffle"], shuffle_pixels),
    **dict.fromkeys(["pixel_unshuffle", "PixelUnshuffle"], _unshuffle_pixels),
    **dict.fromkeys(["interpolate", "upsample", *_UPSAMPLINGS], interpolate),
}
"""Name of an operation -> function(merged input map, *arguments) -> output map."""
