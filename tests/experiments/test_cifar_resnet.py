"""The ResNets that were made for CIFAR-10, against He et al. and by hand."""

import pytest
import torch

from rfbook.experiments.cifar_resnet import Block, CifarResNet
from rfbook.experiments.models import build, recorded_layers
from rfbook.experiments.spec import Model
from rfbook.metrics.receptive_field import conv_fields, receptive_fields


@pytest.mark.parametrize("depth, millions", [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85)])
def test_they_have_as_many_layers_and_parameters_as_the_paper_says(depth, millions):
    """Owner: He et al. 2016, Table 6: "# layers" and "# params", in millions."""
    network = CifarResNet(depth, 10)
    assert len(recorded_layers(network)) == depth
    assert sum(one.numel() for one in network.parameters()) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize("depth, field", [(20, 81), (32, 137), (44, 193), (56, 249)])
def test_twelve_layers_more_see_56_pixels_more(depth, field):
    """By hand for 20: 3, six convolutions with steps of 1, 2 + 5 x 2, 4 + ... : 15, 37, 81."""
    fields = conv_fields(receptive_fields(CifarResNet(depth, 10)))
    assert fields[-1] == (f"layer3.{(depth - 2) // 6 - 1}.conv2", field)
    if depth == 20:
        assert [size for _, size in fields[::6]] == [3, 15, 37, 81]


def test_a_strided_shortcut_takes_even_rows_and_columns_and_adds_empty_channels():
    block = Block(2, 6, stride=2)
    maps = torch.arange(2 * 4 * 4, dtype=torch.float32).reshape(1, 2, 4, 4)
    shortcut = block._shortcut(maps)
    assert shortcut.shape == (1, 6, 2, 2)
    assert shortcut[0, 2:4].tolist() == [[[0, 2], [8, 10]], [[16, 18], [24, 26]]]
    assert not shortcut[0, :2].any() and not shortcut[0, 4:].any()


def test_a_shortcut_within_a_stage_changes_nothing():
    maps = torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Block(4, 4, stride=1)._shortcut(maps), maps)


@pytest.mark.parametrize("width", [1, 0.25, 0.125])
def test_they_are_built_at_any_width_and_for_any_side(width):
    network = build(Model(name="resnet20", width=width), 7).eval()
    with torch.no_grad():
        assert [network(torch.zeros(2, 3, side, side)).shape for side in (32, 33)] == [(2, 7)] * 2
