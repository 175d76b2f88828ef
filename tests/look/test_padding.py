"""What `look` says of padded kernels against the same network with those kernels really padded."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import SqueezeExcitation

from rfbook.look.graph.advice import Choice, choices
from rfbook.look.graph.survey import Survey, survey_of
from rfbook.look.graph.windows import Padding, padding
from rfbook.look.networks import network

GATES = ["SqueezeExcitation"]


def said(model: nn.Module, side: int, past: list[str]) -> tuple[Survey, Padding, Choice]:
    """The survey of the network, its uneven kernels, and the advice to pad them."""
    survey = survey_of(model, side, positionwise=past)
    uneven = padding(model, survey)
    (choice,) = (one for one in choices(model, survey, uneven) if one.what.startswith("pad "))
    return survey, uneven, choice


def pad(model: nn.Module, uneven: Padding) -> nn.Module:
    """The network with those kernels really padded: fresh larger ones, all else as it was."""
    for one in uneven.uneven:
        parent, _, name = one.name.rpartition(".")
        old = model.get_submodule(one.name)
        if isinstance(old, nn.Conv2d):
            settings = old.stride, old.padding, old.dilation, old.groups, old.bias is not None
            new = nn.Conv2d(old.in_channels, old.out_channels, one.padded, *settings)
            setattr(model.get_submodule(parent), name, new)
        else:
            old.kernel_size = one.padded
    return model


@pytest.mark.parametrize(
    "name, side, past, late",
    [
        ("regnet_y_400mf", 64, GATES, 35),
        ("efficientnet_b0", 64, GATES, 35),
        ("mobilenet_v3_large", 64, GATES, 32),
        ("resnet18", 32, [], 16),
    ],
)
def test_padding_has_the_border_layer_and_the_price_of_the_really_padded_network(name, side, past, late):
    """late was counted in the padded network; of RegNet's convolutions 32 are late as it is."""
    _, uneven, choice = said(network(f"torchvision:{name}", values=False), side, past)
    real = survey_of(pad(network(f"torchvision:{name}", values=False), uneven), side, positionwise=past)
    assert (choice.border, choice.late) == (real.border, real.total("border", "after").convolutions)
    assert choice.late == late
    assert choice.total == real.total()


@pytest.mark.parametrize("behind", [[], [SqueezeExcitation(64, 16)]])
def test_the_price_of_a_padded_kernel_is_that_of_its_own_weights_whatever_is_behind_it(behind):
    """By hand: 64 x 8 weights for each of the 16 - 9 taps more, on 8 x 8 places."""
    grouped = nn.Conv2d(64, 64, 3, 2, 1, groups=8)
    model = nn.Sequential(nn.Conv2d(3, 64, 1), grouped, nn.BatchNorm2d(64), *behind, nn.Conv2d(64, 8, 1))
    survey = survey_of(model.eval(), 16, positionwise=GATES)
    (one,) = padding(model, survey).uneven
    assert (one.parameters, one.multiply_adds) == (3584, 3584 * 64)


def test_weights_that_are_used_twice_are_paid_once_and_computed_with_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, 2, 1)

        def forward(self, images):
            return self.conv(self.conv(images))

    model = Twice().eval()
    first, second = padding(model, survey_of(model, 16)).uneven
    assert (first.parameters, second.parameters) == (3 * 3 * 7, 0)
    assert (first.multiply_adds, second.multiply_adds) == (63 * 64, 63 * 16)


def test_an_average_pool_costs_what_its_larger_window_computes():
    model = nn.Sequential(nn.Conv2d(3, 3, 1), nn.AvgPool2d(3, 2, 1), nn.Conv2d(3, 3, 1)).eval()
    (one,) = padding(model, survey_of(model, 16)).uneven
    assert (one.parameters, one.multiply_adds) == (0, 7 * 3 * 64)


class Enlarged(nn.Module):
    """A strided convolution, its map enlarged again, and a skip around both."""

    def __init__(self, kernel):
        super().__init__()
        self.down = nn.Conv2d(3, 3, kernel, 2, 1)
        self.up = nn.ConvTranspose2d(3, 3, 2, 2)
        self.first, self.last = nn.Conv2d(6, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, images):
        return self.last(self.first(torch.cat([images, self.up(self.down(images))], 1)))


@pytest.mark.parametrize("side", range(4, 12))
def test_where_a_map_is_enlarged_the_padded_fields_count_pixels_of_the_enlarged_map(side):
    model = Enlarged(3).eval()
    uneven = padding(model, survey_of(model, side * 2))
    real = survey_of(Enlarged(4).eval(), side * 2)
    late = real.total("border", "after").convolutions
    assert (uneven.padded_field, uneven.padded_border, uneven.padded_late) == (
        real.sees_all_to,
        real.border,
        late,
    )


def test_a_pool_that_is_a_function_is_padded_too():
    class Pooled(nn.Module):
        def __init__(self, kernel):
            super().__init__()
            self.kernel, self.last = kernel, nn.Conv2d(3, 3, 3)

        def forward(self, images):
            return self.last(F.max_pool2d(images, self.kernel, 2, 1))

    model = Pooled(3).eval()
    assert padding(model, survey_of(model, 16)).padded_field == 4 + 2 * 2
    assert survey_of(Pooled(4).eval(), 16).sees_all_to == 8
