"""The layers of a described network as a list, written down and not read off its graph."""

from __future__ import annotations

from itertools import pairwise

from rfbook.experiments.architecture import RESNETS, VGGS, Model
from rfbook.metrics.layer_list import Step, convolution, pooling

CONVOLUTIONS = dict(
    zip(VGGS, ((1, 1, 2, 2, 2), (2, 2, 2, 2, 2), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)), strict=True)
)
"""Of each stage of a VGG, before its 2x2 pooling."""

BLOCKS = {
    "resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3), "resnet152": (3, 8, 36, 3),
}  # fmt: skip
"""Of each stage of a ResNet; the wide ones and the ResNeXts have those of their depth."""

BLUR = [pooling(2, 1, 1), pooling(2, 2)]


def steps_of(model: Model) -> list[Step]:
    """Convolutions and poolings in order; of a ResNet those of the main path, without its skips.

    Raises ValueError for another family, and for padding that makes maps grow.
    """
    ringed = model.padding_mode != "zeros"
    if model.name not in VGGS + RESNETS or model.dilation_padding != "same" or ringed:
        raise ValueError(
            f"{model.label}: layers are listed for VGGs and ResNets that keep their maps and pad zeros"
        )
    return _vgg(model) if model.name in VGGS else _resnet(model)


def steps_to(model: Model, stage: int) -> list[Step]:
    """The same of a ResNet up to the end of a stage, counted from 1 (layer4 is the last).

    Raises ValueError for another family.
    """
    if model.name not in RESNETS:
        raise ValueError(f"{model.label}: the stages of a ResNet are listed, and no others")
    return _resnet(model, stage)


def with_late_strides(steps: list[Step]) -> list[Step]:
    """The same list where a 3x3 convolution with a stride changes places with the one behind it.

    In a ResNet of two convolutions a block, that is the second of a block instead of the first.
    """
    moved = list(steps)
    for place, (one, other) in enumerate(pairwise(steps)):
        if one.counted and one.kernel == other.kernel == 3 and one.stride > other.stride:
            moved[place], moved[place + 1] = other, one
    return moved


def _vgg(model: Model) -> list[Step]:
    return [
        step
        for count in CONVOLUTIONS[model.name]
        for step in [*[convolution(3, dilation=model.dilation)] * count, pooling(2, 2)]
    ]


def _resnet(model: Model, stages: int = 4) -> list[Step]:
    deep = next(
        name
        for name in BLOCKS
        if model.name.removeprefix("wide_").startswith((name, name.replace("resnet", "resnext")))
    )
    steps = _stem(model)
    for stage, count in enumerate(BLOCKS[deep][:stages]):
        for block in range(count):
            halved = _halved(model, 3) if stage and not block else [convolution(3)]
            basic = deep in ("resnet18", "resnet34")
            steps += [*halved, convolution(3)] if basic else [convolution(1), *halved, convolution(1)]
    return steps


def _stem(model: Model) -> list[Step]:
    if model.stem == "cifar":
        return [convolution(3)]
    if model.downsampling == "blurred":
        return [*_halved(model, 7), pooling(3, 1, 1), *BLUR]
    pool = pooling(4 if model.kernel_padding == "all" else 3, 2, 1)
    return [*_halved(model, 7), pool]


def _halved(model: Model, kernel: int) -> list[Step]:
    """A convolution that halves the map, or keeps it and leaves that to a blur."""
    if model.downsampling == "blurred":
        return [convolution(kernel), *BLUR]
    odd = convolution(kernel, stride=2)
    return [odd if model.kernel_padding == "none" else odd._replace(kernel=kernel + 1)]
