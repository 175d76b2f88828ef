"""Changes to a network: width, CIFAR stem, no skips, dilation, kernel padding, blurring."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch.nn.functional as F
from efficientnet_lite_pytorch.utils import Conv2dDynamicSamePadding
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from rfbook.experiments.architecture import scaled

STAGES = ("layer1", "layer2", "layer3", "layer4")


def replace(model: nn.Module, name: str, new: nn.Module) -> None:
    """Puts `new` where the module of that dotted name is."""
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, new)


def convolution_like(old: nn.Conv2d, **changes: object) -> nn.Conv2d:
    """A fresh convolution with the settings of `old` except for the changes."""
    fields = (
        "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups",
    )  # fmt: skip
    settings = {field: getattr(old, field) for field in fields} | {"bias": old.bias is not None}
    return nn.Conv2d(**(settings | changes))


def scale_width(model: nn.Module, width: float) -> None:
    """Multiplies every channel count, except the image's and the classes', by `width`.

    Groups scale too where every channel is its own group, and where channels per group would
    otherwise fall below one.
    """
    if width == 1:
        return

    def at_width(channels: int) -> int:
        return channels if channels == 3 else scaled(channels, width)

    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Conv2d):
            sizes = at_width(module.in_channels), at_width(module.out_channels)
            depthwise = module.groups == module.in_channels > 1
            groups = sizes[0] if depthwise else min(module.groups, sizes[0])
            new = convolution_like(
                module, in_channels=sizes[0], out_channels=sizes[1], groups=groups
            )
            replace(model, name, new)
        elif isinstance(module, nn.BatchNorm2d):
            replace(model, name, nn.BatchNorm2d(at_width(module.num_features)))
        elif isinstance(module, nn.Linear):
            replace(model, name, nn.Linear(at_width(module.in_features), module.out_features))


def use_cifar_stem(model: nn.Module) -> None:
    """A 3x3 stride-1 first convolution and no max pooling (Size Matters, 3.5 and Fig. 8)."""
    stem = convolution_like(model.conv1, kernel_size=3, stride=1, padding=1)
    model.conv1, model.maxpool = stem, nn.Identity()


def _without_skip(block: BasicBlock | Bottleneck) -> nn.Sequential:
    """The block's main path: every convolution followed by its batch norm and ReLU, no addition."""
    depth = 3 if isinstance(block, Bottleneck) else 2
    parts = OrderedDict()
    for index in range(1, depth + 1):
        parts[f"conv{index}"] = getattr(block, f"conv{index}")
        parts[f"bn{index}"] = getattr(block, f"bn{index}")
        parts[f"relu{index}"] = nn.ReLU(inplace=True)
    return nn.Sequential(parts)


def remove_skips(model: nn.Module, skips: tuple[bool, bool, bool, bool]) -> None:
    """No addition and no 1x1 shortcut in the stages that are off (Size Matters, 3.4 and E.3)."""
    for stage, kept in zip(STAGES, skips, strict=True):
        if not kept:
            blocks = getattr(model, stage)
            setattr(model, stage, nn.Sequential(*(_without_skip(block) for block in blocks)))


def dilate(model: nn.Module, dilation: int, padding: str) -> None:
    """Dilates every 3x3 convolution (Size Matters, 3.4).

    padding "same" keeps the maps' size; "authors" is effective kernel - 2, so that maps grow.
    """
    around = dilation if padding == "same" else 2 * dilation - 1
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3):
            replace(model, name, convolution_like(module, dilation=dilation, padding=around))


def odd_strided_convolutions(model: nn.Module) -> list[str]:
    """Names of the convolutions with an odd kernel and stride 2, shortcuts included."""
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and tuple(module.stride) == (2, 2)
        and module.kernel_size[0] % 2
    ]  # fmt: skip


def blur() -> nn.Sequential:
    """Halves an even map: every second place of its smoothing by (1, 2, 1) / 4 along both axes.

    The smoothing is two averages of neighbours, and reads every place equally often.
    """
    return nn.Sequential(nn.AvgPool2d(2, stride=1, padding=1), nn.AvgPool2d(2, stride=2))


def blur_strides(model: nn.Module) -> None:
    """A ResNet in which nothing but a blur halves a map (Zhang 2019, ICML; not in either paper).

    The first convolution and the max pool, and in the first block of a stage the strided convolution
    and the shortcut, keep the size; a blur comes after the ReLU behind the convolution, after the pool,
    and before the shortcut.
    """
    if not isinstance(model.maxpool, nn.Identity):
        model.conv1.stride = (1, 1)
        model.maxpool = nn.Sequential(blur(), nn.MaxPool2d(3, stride=1, padding=1), blur())
    for block in model.modules():
        last = {BasicBlock: "conv2", Bottleneck: "conv3"}.get(type(block))
        if last is not None and block.stride == 2:
            strided = block.conv1 if last == "conv2" else block.conv2
            strided.stride = block.downsample[0].stride = (1, 1)
            setattr(block, last, nn.Sequential(blur(), getattr(block, last)))
            block.downsample.insert(0, blur())


def start_afresh(model: nn.Module, names: list[str]) -> None:
    """Gives those convolutions new weights by PyTorch's default rule."""
    for name in names:
        model.get_submodule(name).reset_parameters()


class UnevenlyPadded(nn.Conv2d):
    """A convolution with `before` zeros above and left of the map and `after` below and right."""

    def __init__(self, before: int, after: int, **settings: object) -> None:
        super().__init__(**settings, padding=0)
        self.around = (before, after, before, after)

    def forward(self, maps: Tensor) -> Tensor:
        """The convolution of the padded maps (n, channels, rows, columns)."""
        return super().forward(F.pad(maps, self.around))


def _with_even_kernel(old: nn.Conv2d) -> nn.Conv2d:
    """A fresh convolution with a kernel larger by one that reads each window from the same pixel on.

    TensorFlow's "same" padding, which splits what a window lacks between both ends, would be split
    anew for the larger kernel and move every window. So it is written out, for an even map.
    """
    kernel = tuple(side + 1 for side in old.kernel_size)
    if not isinstance(old, Conv2dDynamicSamePadding):
        return convolution_like(old, kernel_size=kernel)
    lacks = max(old.kernel_size[0] - old.stride[0], 0)
    return UnevenlyPadded(
        before=lacks // 2, after=lacks - lacks // 2 + 1, in_channels=old.in_channels,
        out_channels=old.out_channels, kernel_size=kernel, stride=tuple(old.stride),
        groups=old.groups, bias=old.bias is not None,
    )  # fmt: skip


def pad_kernels(
    model: nn.Module, pool: bool, fill: Callable[[nn.Conv2d, nn.Conv2d], None]
) -> None:
    """Makes odd strided kernels even: zeros to the right and below (Dead Pixel, 4, Fig. 3).

    The padding argument stays, so sizes stay on even maps only (`spec.require_even_maps`).
    `fill(old, new)` sets the new kernel. pool: the 3x3 max pool becomes 4x4 as well, which is not an
    equivalent operation.
    """
    for name in odd_strided_convolutions(model):
        old = model.get_submodule(name)
        new = _with_even_kernel(old)
        fill(old, new)
        replace(model, name, new)
    if pool and isinstance(model.maxpool, nn.MaxPool2d):
        model.maxpool = nn.MaxPool2d(kernel_size=4, stride=2, padding=1)


def keep_kernel(old: nn.Conv2d, new: nn.Conv2d) -> None:
    """The odd kernel, zeros right and below: the same function as before."""
    new.weight.data.copy_(F.pad(old.weight.data, (0, 1, 0, 1)))
