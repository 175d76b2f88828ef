"""The unit of a map is taken along its rows and columns, whichever axes those are."""

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torchvision.ops import Permute

from rfbook.metrics.effective_field import image_gradients

FIRST, LAST = [0, 3, 1, 2], [0, 2, 3, 1]


class Turned(nn.Module):
    """Turns a map without a layer that says so."""

    def __init__(self, axes: list[int]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, maps: Tensor) -> Tensor:
        return maps.permute(self.axes)


def images(height: int, width: int) -> Tensor:
    return torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(0))


def net(*layers: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(*layers).eval()


def by_hand(model: nn.Module, pixels: Tensor, row: int, column: int, last: bool) -> Tensor:
    pixels = pixels.clone().requires_grad_()
    maps = model(pixels)
    unit = maps[:, row, column, :] if last else maps[:, :, row, column]
    return torch.autograd.grad(unit.mean(), pixels)[0]


@pytest.mark.parametrize("side", [(64, 64), (64, 96)])
def test_a_swin_transformer_has_its_channels_last(side):
    torch.manual_seed(0)
    swin = torchvision.models.swin_t(weights=None).eval()
    pixels = images(*side)
    right = by_hand(swin.features[:2], pixels, side[0] // 8, side[1] // 8, last=True)
    torch.testing.assert_close(image_gradients(swin, pixels, layer="features.1"), right)


CHANNELS_LAST = [nn.Conv2d(3, 7, 3, 2, 1), Permute(LAST), nn.LayerNorm(7), nn.Linear(7, 9), nn.GELU()]


@pytest.mark.parametrize(
    "layers, layer, side, last",
    [
        (CHANNELS_LAST, "4", (16, 16), True),
        (CHANNELS_LAST, "1", (16, 20), True),
        ([*CHANNELS_LAST, Permute(FIRST)], "5", (16, 16), False),
        ([*CHANNELS_LAST, Turned(FIRST)], "5", (16, 16), False),
        # As many channels as rows, and other columns: a convolution says where its channels are.
        ([nn.Conv2d(3, 8, (1, 2), (2, 4))], "0", (16, 16), False),
        ([nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU()], "2", (16, 16), False),
        ([nn.Conv2d(3, 8, 3, 2, 1), nn.AdaptiveAvgPool2d(1)], "1", (16, 32), False),
    ],
)
def test_the_unit_is_the_one_in_the_middle_of_rows_and_columns(layers, layer, side, last):
    model, pixels = net(*layers), images(*side)
    end = model[: int(layer) + 1]
    shape = end(pixels).shape
    rows, columns = shape[1:3] if last else shape[2:]
    right = by_hand(end, pixels, rows // 2, columns // 2, last)
    torch.testing.assert_close(image_gradients(model, pixels, layer=layer), right)


@pytest.mark.parametrize(
    "layers",
    [
        # Eight rows, eight columns and eight channels, and nothing that tells them apart.
        [nn.Conv2d(3, 8, 3, 2, 1), Turned(LAST), nn.Linear(8, 8)],
        # Turned by something that is no layer.
        [nn.Conv2d(3, 7, 3, 2, 1), Turned(LAST)],
    ],
)
def test_a_map_that_does_not_say_which_axes_are_its_own_is_refused(layers):
    last = str(len(layers) - 1)
    with pytest.raises(ValueError, match=r"not clear which axes are rows and columns\. Name another"):
        image_gradients(net(*layers), images(16, 16), layer=last)
