"""Changes to a network: width, CIFAR stem, no skips, dilation, other padding, kernel padding, blurring.

All else stays as it was (`replacement`). What cannot is refused with a ValueError, before anything is
changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch.nn.functional as F
from efficientnet_lite_pytorch.utils import Conv2dDynamicSamePadding
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from rfbook.experiments.channels import scaled
from rfbook.experiments.replacement import (
    as_before,
    batch_norm_like,
    convolution_like,
    exchange,
    linear_like,
    require_kept,
)
from rfbook.experiments.replacement import replace as replace

STAGES = ("layer1", "layer2", "layer3", "layer4")
LAST = {BasicBlock: 2, Bottleneck: 3}
"""How many convolutions the main path of a block has."""
POOL = {
    "kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1, "return_indices": False,
    "ceil_mode": False,
}  # fmt: skip
"""The max pool of a ResNet."""


def scale_width(model: nn.Module, width: float) -> None:
    """Multiplies every channel count, except the image's and the classes', by `width`.

    Groups scale too where every channel is its own group, and where channels per group would
    otherwise fall below one. Weights are fresh. Raises ValueError for a network with weights elsewhere
    than in convolutions, batch norms and linear layers.
    """
    if width == 1:
        return
    readout = [module for module in model.modules() if isinstance(module, nn.Linear)][-1:]

    def at_width(channels: int) -> int:
        return channels if channels == 3 else scaled(channels, width)

    new: dict[nn.Module, nn.Module] = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            sizes = at_width(module.in_channels), at_width(module.out_channels)
            depthwise = module.groups == module.in_channels > 1
            groups = sizes[0] if depthwise else min(module.groups, sizes[0])
            new[module] = convolution_like(
                module, in_channels=sizes[0], out_channels=sizes[1], groups=groups
            )
        elif isinstance(module, nn.BatchNorm2d):
            new[module] = batch_norm_like(module, at_width(module.num_features))
        elif isinstance(module, nn.Linear):
            outputs = module.out_features if module in readout else at_width(module.out_features)
            new[module] = linear_like(module, at_width(module.in_features), outputs)
        elif any(own.numel() > 1 for own in module.parameters(recurse=False)):
            raise ValueError(
                f"{name}: a {type(module).__name__} of another width is not known how to make. Use a "
                "network of convolutions, 2d batch norms and linear layers."
            )
    exchange(model, new)


def _part(model: nn.Module, name: str, kind: type[nn.Module] = nn.Module) -> nn.Module:
    """A part of torchvision's ResNets. Raises ValueError if the network has none of that name."""
    part = getattr(model, name, None)
    if not isinstance(part, kind):
        raise ValueError(
            f"{type(model).__name__} has no {name} that is a {kind.__name__}: this change is for "
            "networks built as torchvision's ResNets are"
        )
    return part


def _pool_if_any(model: nn.Module) -> nn.MaxPool2d | None:
    """The max pool of a ResNet; None after a CIFAR stem. Raises ValueError for any other than `POOL`."""
    if isinstance(_part(model, "maxpool"), nn.Identity):
        return None
    pool = _part(model, "maxpool", nn.MaxPool2d)
    other = [field for field, usual in POOL.items() if getattr(pool, field) not in (usual, (usual,) * 2)]
    if other:
        raise ValueError(
            f"{pool}: its {', '.join(other)} would be lost. This change is for a max pool with {POOL}."
        )
    return pool


def use_cifar_stem(model: nn.Module) -> None:
    """A 3x3 stride-1 first convolution and no max pooling (Size Matters, 3.5 and Fig. 8).

    Raises ValueError for a network without conv1 and maxpool.
    """
    first, pool = _part(model, "conv1", nn.Conv2d), _part(model, "maxpool")
    require_kept(pool)
    # A dilated kernel needs more around the map, to keep its side.
    stem = convolution_like(first, kernel_size=3, stride=1, padding=first.dilation)
    exchange(model, {first: stem, pool: nn.Identity().train(pool.training)})


def _without_skip(block: nn.Module) -> nn.Sequential:
    """The block's main path: every convolution followed by its batch norm and ReLU, no addition."""
    if type(block) not in LAST:
        raise ValueError(
            f"{type(block).__name__}: skips are removed from torchvision's BasicBlock and Bottleneck"
        )
    require_kept(block)
    parts = OrderedDict()
    for index in range(1, LAST[type(block)] + 1):
        parts[f"conv{index}"] = getattr(block, f"conv{index}")
        parts[f"bn{index}"] = getattr(block, f"bn{index}")
        parts[f"relu{index}"] = block.relu
    chain = nn.Sequential(parts)
    chain.training = block.training  # of itself only: its parts may be in other modes
    return chain


def remove_skips(model: nn.Module, skips: tuple[bool, bool, bool, bool]) -> None:
    """No addition and no 1x1 shortcut in the stages that are off (Size Matters, 3.4 and E.3).

    Raises ValueError for other blocks than torchvision's.
    """
    off = [_part(model, stage) for stage, kept in zip(STAGES, skips, strict=True) if not kept]
    exchange(model, {block: _without_skip(block) for stage in off for block in stage.children()})


def dilate(model: nn.Module, dilation: int, padding: str) -> None:
    """Dilates every 3x3 convolution, which keeps its weights (Size Matters, 3.4).

    padding "same" keeps the maps' size; "authors" is effective kernel - 2, so that maps grow: both as
    seen from a padding of 1, and more where there is more. Raises ValueError for a convolution that is
    dilated or has a padding by name.
    """
    growth = {"same": 1, "authors": 2}
    if padding not in growth or dilation < 1:
        raise ValueError(
            f"dilation={dilation}, padding={padding!r}: use 1 or more, and one of {', '.join(growth)}"
        )
    new = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3):
            if module.dilation != (1, 1) or isinstance(module.padding, str):
                raise ValueError(
                    f"{name}: {module}: its dilation or the name of its padding would be lost. Start "
                    "from a convolution with dilation 1 and a number of padded pixels."
                )
            around = tuple(side + growth[padding] * (dilation - 1) for side in module.padding)
            new[module] = convolution_like(module, dilation=dilation, padding=around)
            new[module].weight, new[module].bias = module.weight, module.bias
    exchange(model, new)


def pad_circularly(model: nn.Module) -> None:
    """Lets every padded convolution see the other side of its map beyond an edge, with its weights.

    Raises ValueError as `convolution_like`.
    """
    new = {}
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.padding != (0, 0):
            new[module] = convolution_like(module, padding_mode="circular")
            new[module].weight, new[module].bias = module.weight, module.bias
    exchange(model, new)


def odd_strided_convolutions(model: nn.Module) -> list[str]:
    """Names of the convolutions with an odd kernel and stride 2, shortcuts included."""
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and tuple(module.stride) == (2, 2)
        and any(side % 2 for side in module.kernel_size)
    ]  # fmt: skip


def blur() -> nn.Sequential:
    """Halves an even map: every second place of its smoothing by (1, 2, 1) / 4 along both axes.

    The smoothing is two averages of neighbours, and reads every place equally often.
    """
    return nn.Sequential(nn.AvgPool2d(2, stride=1, padding=1), nn.AvgPool2d(2, stride=2))


def _require_strides(model: nn.Module, halving: set[nn.Module]) -> None:
    """Raises ValueError unless these, and no other convolutions and pools, have a stride, of 2."""
    for name, module in model.named_modules():
        stride, wanted = getattr(module, "stride", 1), 1 + (module in halving)
        layer = isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d)
        if layer and stride not in (wanted, (wanted, wanted)):
            raise ValueError(
                f"{name}: its stride is {stride}, and {wanted} is what a ResNet has there. Blur a whole "
                "one, with all its skips, and once."
            )


def _after_a_blur(module: nn.Module) -> nn.Sequential:
    chain = nn.Sequential(blur().train(module.training), module)
    chain.training = module.training
    return chain


def blur_strides(model: nn.Module) -> None:
    """A ResNet in which nothing but a blur halves a map (Zhang 2019, ICML; not in either paper).

    The first convolution and the max pool, and in the first block of a stage the strided convolution
    and the shortcut, keep the size; a blur comes after the ReLU behind the convolution, after the pool,
    and before the shortcut. Raises ValueError for a network that has other strides.
    """
    blocks = [module for module in model.modules() if type(module) in LAST and module.stride == 2]
    last = [getattr(block, f"conv{LAST[type(block)]}") for block in blocks]
    halving = [getattr(block, f"conv{LAST[type(block)] - 1}") for block in blocks]
    halving += [block.downsample[0] for block in blocks]
    new = {convolution: _after_a_blur(convolution) for convolution in last}
    pool = _pool_if_any(model)
    if pool is not None:
        halving += [_part(model, "conv1", nn.Conv2d), pool]
        dense = as_before(nn.MaxPool2d(**(POOL | {"stride": 1})), pool)
        new[pool] = nn.Sequential(blur(), dense, blur()).train(pool.training)
    _require_strides(model, {*halving})
    exchange(model, new)
    for layer in halving:
        layer.stride = (1, 1)
    for shortcut in {block.downsample for block in blocks}:
        shortcut.insert(0, blur().train(shortcut.training))


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
    """A fresh convolution with an even kernel that reads each window from the same pixel on.

    TensorFlow's "same" padding, which splits what a window lacks between both ends, would be split
    anew for the larger kernel and move every window. So it is written out, for an even map.
    """
    kernel = tuple(side + side % 2 for side in old.kernel_size)
    if tuple(old.dilation) != (1, 1):
        raise ValueError(
            f"{old}: a dilated kernel that grows by one tap reads further than the map goes on, which "
            "would shrink. Kernel padding is for dilation 1."
        )
    if type(old) is not Conv2dDynamicSamePadding:
        return convolution_like(old, kernel_size=kernel)
    if len(set(old.kernel_size)) > 1:
        raise ValueError(f"{old}: its padding is known for square kernels only")
    lacks = max(old.kernel_size[0] - old.stride[0], 0)
    new = UnevenlyPadded(
        before=lacks // 2, after=lacks - lacks // 2 + 1, in_channels=old.in_channels,
        out_channels=old.out_channels, kernel_size=kernel, stride=tuple(old.stride),
        groups=old.groups, bias=old.bias is not None,
    )  # fmt: skip
    return as_before(new, old)


def pad_kernels(
    model: nn.Module, pool: bool, fill: Callable[[nn.Conv2d, nn.Conv2d], None]
) -> None:
    """Makes odd strided kernels even: zeros to the right and below (Dead Pixel, 4, Fig. 3).

    The padding argument stays, so sizes stay on even maps only (`spec.require_even_maps`).
    `fill(old, new)` sets the new kernel and bias. pool: the 3x3 max pool becomes 4x4 as well, which is
    not an equivalent operation. Raises ValueError for a dilated kernel, and for another pool.
    """
    new: dict[nn.Module, nn.Module] = {}
    if pool and (old := _pool_if_any(model)) is not None:
        new[old] = as_before(nn.MaxPool2d(**(POOL | {"kernel_size": 4})), old)
    for name in odd_strided_convolutions(model):
        old = model.get_submodule(name)
        new[old] = _with_even_kernel(old)
        fill(old, new[old])
    exchange(model, new)


def keep_kernel(old: nn.Conv2d, new: nn.Conv2d) -> None:
    """The odd kernel, zeros right and below, and its bias: the same function as before."""
    below, right = (
        after - before for before, after in zip(old.kernel_size, new.kernel_size, strict=True)
    )
    new.weight.data.copy_(F.pad(old.weight.data, (0, right, 0, below)))
    if old.bias is not None:
        new.bias.data.copy_(old.bias.data)
