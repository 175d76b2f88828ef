"""MobileNets as they are published for TensorFlow Lite: batch norm is in the weights, "same" padding."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

WIDTHS = {"mobilenet_v1_025": 0.25, "mobilenet_v1_050": 0.5, "mobilenet_v1_075": 0.75}
"""Version 1 -> the factor on its channels."""

CHANNELS = {
    "layer1": (128, 128), "layer2": (256, 256), "layer3": (512,) * 6, "layer4": (1024, 1024),
}  # fmt: skip
"""Version 1, stage -> channels of its blocks; the map is halved at the head of each stage."""

EXPANDED = {
    "layer1": (24,) * 2, "layer2": (32,) * 3, "layer3": (64,) * 4 + (96,) * 3,
    "layer4": (160,) * 3 + (320,),
}  # fmt: skip
"""Version 2, in the same way."""


class MobileNet(nn.Module):
    """A strided stem, four stages as a ResNet's, global average, readout (Howard 2017, Sandler 2018).

    name: of `WIDTHS`, or "mobilenet_v2". Convolutions are defined in the order of data flow.
    """

    def __init__(self, name: str, classes: int) -> None:
        super().__init__()
        if name in WIDTHS:
            factor, stages = WIDTHS[name], CHANNELS
            channels, first, last = int(32 * factor), int(64 * factor), int(1024 * factor)
            self.stem = nn.Sequential(Layer(3, channels, 3, 2), Separable(channels, first, 1))
            top: nn.Module = nn.Identity()
        else:
            factor, stages, first, last = 1.0, EXPANDED, 16, 1280
            self.stem = nn.Sequential(Layer(3, 32, 3, 2), Layer(32, 32, 3, 1, 32), nn.Conv2d(32, 16, 1))
            top = Layer(320, last, 1)
        channels = first
        for stage, blocks in stages.items():
            widths = [int(factor * block) for block in blocks]
            self.add_module(stage, _stage(channels, widths, Separable if name in WIDTHS else Inverted))
            channels = widths[-1]
        self.top = top
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(last, classes)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) -> (n, classes); h and w are multiples of 32: every strided map is even."""
        maps = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(images)))))
        return self.fc(self.pool(self.top(maps)).flatten(1))


class Layer(nn.Sequential):
    """A convolution with a bias and ReLU6. A strided one pads an even map by 1, at its end only."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        ahead = [nn.ZeroPad2d((0, 1, 0, 1))] if stride > 1 else []
        padding = kernel // 2 if stride == 1 else 0
        convolution = nn.Conv2d(channels, width, kernel, stride, padding, groups=groups)
        super().__init__(*ahead, convolution, nn.ReLU6())


class Separable(nn.Sequential):
    """Version 1: a 3x3 convolution of each channel by itself, then a 1x1 of all."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__(Layer(channels, channels, 3, stride, channels), Layer(channels, width, 1))


class Inverted(nn.Module):
    """Version 2: six times the channels, a 3x3 of each by itself, down again; a skip where it fits."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner = 6 * channels
        self.branch = nn.Sequential(
            Layer(channels, inner, 1), Layer(inner, inner, 3, stride, inner), nn.Conv2d(inner, width, 1)
        )
        self.skips = stride == 1 and channels == width

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels, h, w) -> (n, width, h / stride, w / stride)."""
        return maps + self.branch(maps) if self.skips else self.branch(maps)


def _stage(channels: int, widths: Sequence[int], block: type[Separable] | type[Inverted]) -> nn.Module:
    before = [channels, *widths]
    return nn.Sequential(*(block(before[i], width, 1 if i else 2) for i, width in enumerate(widths)))
