"""What layers cost: counted along the graph, and in sum what the whole network costs."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models
from torchvision.ops import SqueezeExcitation

from rfbook.metrics.cost import multiply_adds
from rfbook.metrics.layer_costs import layer_costs


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", "shufflenet_v2_x0_5", "efficientnet_b0"])
def test_the_layers_together_cost_what_the_network_costs(name):
    model = getattr(models, name)(weights=None).eval()
    costs = layer_costs(model, 64).values()
    assert sum(cost.multiply_adds for cost in costs) == multiply_adds(model, 64)
    assert sum(cost.parameters for cost in costs) == sum(p.numel() for p in model.parameters())


def test_a_convolution_has_the_cost_and_the_map_that_are_done_by_hand():
    costs = layer_costs(nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Linear(4, 5)), 8)
    assert costs["0"].shape == (1, 8, 4, 4)
    assert (costs["0"].parameters, costs["0"].multiply_adds) == (3 * 8 * 9 + 8 + 16, 3 * 8 * 9 * 16)
    assert costs["2"].multiply_adds == 8 * 4 * 4 * 5


def test_a_function_with_weights_of_its_own_is_a_layer_and_what_is_shared_counts_once():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.kernel = nn.Parameter(torch.ones(3, 3, 3, 3))

        def forward(self, images):
            return F.conv2d(F.conv2d(images, self.kernel, padding=1), self.kernel, padding=1)

    first, second = [cost for name, cost in layer_costs(Twice(), 8).items() if name]
    assert (first.parameters, second.parameters) == (81, 0)
    assert first.multiply_adds == second.multiply_adds == 81 * 64


def test_what_a_layer_costs_alone_leaves_out_what_is_behind_it():
    gate = SqueezeExcitation(8, 2)
    model = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), gate, nn.Conv2d(8, 4, 1))
    first = layer_costs(model, 8, positionwise=["SqueezeExcitation"])["0"]
    assert (first.own_parameters, first.own_multiply_adds) == (3 * 8 * 9 + 8, 3 * 8 * 9 * 16)
    gates = sum(parameter.numel() for parameter in gate.parameters())
    assert first.parameters == first.own_parameters + 16 + gates


def test_an_image_that_is_too_small_is_refused_with_the_name_of_the_layer():
    with pytest.raises(ValueError, match=r"'features\.\d+' cannot work on its input"):
        layer_costs(models.alexnet(weights=None), 32)


def test_values_and_mode_of_the_network_are_left_as_they_were():
    model = nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3)).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    layer_costs(model, 8)
    assert model.training and model[0].weight.device.type == "cpu"
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_large_image_is_as_cheap_as_a_small_one():
    """No value is computed: this one would need 64 GiB."""
    (cost,) = (c for name, c in layer_costs(nn.Sequential(nn.Conv2d(3, 4096, 1)), 2048).items() if name)
    assert cost.multiply_adds == 3 * 4096 * 2048**2
