"""Multiply-adds are counted by hand, and as torchvision counts its networks."""

import pytest
import torch
from torch import nn
from torchvision import models

from rfbook.metrics.cost import multiply_adds


def test_a_convolution_costs_its_kernel_for_every_output():
    """8 x 8 outputs of 4 channels, each from 3 channels of 3 x 3."""
    assert multiply_adds(nn.Conv2d(3, 4, 3, stride=2, padding=1).eval(), 16) == 8 * 8 * 4 * 27


def test_groups_an_average_and_a_readout_are_counted_too():
    model = nn.Sequential(
        nn.Conv2d(3, 6, 1), nn.Conv2d(6, 6, 3, padding=1, groups=3), nn.AvgPool2d((2, 1)),
        nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 10),
    )  # fmt: skip
    expected = 64 * 6 * 3 + 64 * 6 * 2 * 9 + 4 * 8 * 6 * 2 + 2 * 4 * 6 * 4 + 60
    assert multiply_adds(model.eval(), 8) == expected


@pytest.mark.parametrize("name", ["ResNet18", "ResNet50", "Wide_ResNet50_2", "ResNeXt50_32X4D"])
def test_torchvision_publishes_the_same_number(name):
    """Owner: torchvision, billions of operations in the description of its weights."""
    weights = getattr(models, f"{name}_Weights").IMAGENET1K_V1
    with torch.device("meta"):
        model = models.get_model(name.lower()).eval()
    assert multiply_adds(model, 224) / 1e9 == pytest.approx(weights.meta["_ops"], abs=5e-4)


def test_counting_leaves_no_hook():
    model = nn.Sequential(nn.Conv2d(3, 4, 3)).eval()
    multiply_adds(model, 8)
    assert not any(module._forward_hooks for module in model.modules())
