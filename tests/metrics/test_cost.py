"""Multiply-adds are counted by hand, and as torchvision counts its networks."""

import pytest
import torch
import torch.nn.functional as F
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


class Functional(nn.Module):
    """A 3x3 convolution, an average, a product and a linear layer, none of them called as a module."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel, self.weight = nn.Conv2d(3, 4, 3).weight, nn.Linear(4, 5).weight

    def forward(self, images):
        maps = F.avg_pool2d(F.conv2d(images, self.kernel), 2)
        return F.linear(maps.mean((2, 3)) @ torch.eye(4), self.weight)


def test_layers_called_as_functions_are_counted():
    assert multiply_adds(Functional().eval(), 8) == 36 * 4 * 27 + 9 * 4 * 4 + 4 * 4 + 4 * 5


def test_a_transposed_convolution_costs_its_kernel_for_every_input():
    assert multiply_adds(nn.ConvTranspose2d(3, 4, 2, stride=2).eval(), 8) == 64 * 3 * 4 * 4


def test_a_network_without_parameters_is_counted():
    assert multiply_adds(nn.AvgPool2d(2).eval(), 8) == 16 * 3 * 4


def test_a_network_in_training_mode_is_refused():
    with pytest.raises(ValueError, match=r"evaluation mode: call model.eval\(\)"):
        multiply_adds(nn.Conv2d(3, 4, 3), 8)


@pytest.mark.parametrize(
    "name", ["ResNet18", "ResNet50", "Wide_ResNet50_2", "ResNeXt50_32X4D", "ViT_B_32", "Swin_T"]
)
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
