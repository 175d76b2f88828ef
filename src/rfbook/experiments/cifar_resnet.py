"""The ResNets that He et al. made for CIFAR-10: three stages, and shortcuts without weights."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

STAGES = {"layer1": 16, "layer2": 32, "layer3": 64}
"""Channels of each stage; the map is halved at the head of the second and of the third."""


class CifarResNet(nn.Module):
    """6n + 2 layers: a 3x3 stem, three stages of n blocks, global average, readout (He 2016, 4.2).

    depth: 20, 32, 44, ... The names of its parts are those of the published weights (`published`).
    """

    def __init__(self, depth: int, classes: int) -> None:
        super().__init__()
        channels = STAGES["layer1"]
        self.conv1 = nn.Conv2d(3, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        for name, width in STAGES.items():
            stride = 1 if width == channels else 2
            rest = [Block(width, width, 1) for _ in range((depth - 2) // 6 - 1)]
            self.add_module(name, nn.Sequential(Block(channels, width, stride), *rest))
            channels = width
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) -> (n, classes)."""
        maps = F.relu(self.bn1(self.conv1(images)))
        maps = self.layer3(self.layer2(self.layer1(maps)))
        return self.linear(self.pool(maps).flatten(1))


class Block(nn.Module):
    """Two 3x3 convolutions, and a shortcut that takes every `stride`-th row and column (option A).

    Channels that the shortcut lacks are zeros on both sides of its own.
    """

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels, h, w) -> (n, width, h / stride, w / stride), halves rounded up."""
        branch = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(maps)))))
        return F.relu(branch + self._shortcut(maps))

    def _shortcut(self, maps: Tensor) -> Tensor:
        down, across = self.conv1.stride
        more = self.conv2.out_channels - self.conv1.in_channels
        if not more and (down, across) == (1, 1):
            return maps
        return F.pad(maps[:, :, ::down, ::across], (0, 0, 0, 0, more // 2, more - more // 2))
