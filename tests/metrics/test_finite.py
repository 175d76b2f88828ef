"""What is not finite is refused wherever it comes in, and the error says where it stands."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from rfbook.metrics.effective_field import effective_field, image_gradients, pixel_gradients
from rfbook.metrics.finite_tensors import require_finite
from rfbook.metrics.imbalance import fourier_peak, imbalance_index, residue_means, split_half_index
from rfbook.metrics.logits import require_images
from rfbook.metrics.one_pixel_attack import one_pixel_attack, strong_and_weak
from rfbook.metrics.patterns import pattern_correlations, strong_over_weak
from rfbook.metrics.pixel_response import pixel_changes
from rfbook.metrics.translation import translations


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)).eval()


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def measures(network, images):
    """Every measure that is shown images, on batches of two."""
    batches = [(half, None) for half in images.split(2)]
    candidates, colours = torch.tensor([[1, 1], [2, 3]]), torch.ones(2, 3)
    return {
        "field of the output": lambda: effective_field(network, batches),
        "field of a unit": lambda: effective_field(network, batches, "3"),
        "gradients": lambda: pixel_gradients(network, images),
        "responses": lambda: pixel_changes(network, batches, [(1, 1)]),
        "translations": lambda: translations(network, batches, [1, 2]),
        "attack": lambda: one_pixel_attack(network, batches, candidates, colours, tries=2),
    }


@pytest.mark.parametrize("name", measures(None, torch.empty(0)))
@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_an_image_that_is_not_finite_is_refused_and_named(network, images, name, value):
    images[1, 2, 3, 4] = value
    place = "image 1, channel 2, row 3, column 4"
    with pytest.raises(ValueError, match=f"images must be finite; {place}.*is {float(value)}"):
        measures(network, images)[name]()


def test_an_image_of_a_later_batch_has_its_number_among_all(network, images):
    images[3] = torch.nan
    with pytest.raises(ValueError, match=r"image 3, channel 0, row 0, column 0 \(from 0\) is nan"):
        measures(network, images)["field of the output"]()


@pytest.mark.parametrize("name", measures(None, torch.empty(0)))
@pytest.mark.parametrize("broken", ["0.weight", "0.bias", "1.running_mean", "1.running_var"])
def test_a_network_with_nan_in_it_is_refused(network, images, name, broken):
    network.state_dict()[broken].view(-1)[0] = torch.nan
    with pytest.raises(ValueError, match=r"must be finite; image 0.*has training failed\?"):
        measures(network, images)[name]()


def test_the_parameter_that_is_not_finite_is_named(network, images):
    network[0].bias.data[0] = torch.nan
    with pytest.raises(ValueError, match=r"numbers of layer '3' .*0\.bias of the network is not finite"):
        image_gradients(network, images, layer="3")


def test_a_map_beyond_single_precision_is_called_that(network, images):
    network[3].weight.data.mul_(1e38)
    with pytest.raises(ValueError, match=r"all weights are finite.*beyond torch\.float32: try double"):
        image_gradients(network, 10 * images, layer="3")


def test_colours_of_an_attack_are_looked_at(network, images):
    colours = torch.tensor([[0.0, 0.0, torch.nan]])
    with pytest.raises(ValueError, match="colours must be finite; colour 0, channel 2"):
        one_pixel_attack(network, [(images, None)], torch.tensor([[1, 1]]), colours, tries=1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    "measure",
    [
        imbalance_index,
        lambda field: split_half_index(np.stack([field, field])),
        lambda field: residue_means(field, 2),
        lambda field: fourier_peak(field, 2),
        lambda field: strong_and_weak(field, 8),
        lambda field: pattern_correlations(field[None], np.eye(4)),
        lambda field: strong_over_weak(np.eye(4)[None], field),
    ],
)
def test_no_number_is_made_of_a_field_that_is_not_finite(measure, value):
    field = np.ones((4, 4))
    field[2, 3] = value
    with pytest.raises(ValueError, match=r"must be finite;.*row 2, column 3"):
        measure(field)


def test_networks_that_normalise_in_place_leave_the_images_and_the_numbers_alone(network, images):
    class Normalise(nn.Module):
        def forward(self, pixels):
            return pixels.sub_(0.5).div_(0.25)

    before, whole = images.clone(), nn.Sequential(Normalise(), network).eval()
    by_hand = measures(network, (images - 0.5) / 0.25)
    gradients = measures(whole, images)["gradients"]()
    torch.testing.assert_close(gradients, by_hand["gradients"]() / 0.25)
    responses = pixel_changes(whole, [(images, None)], [(1, 1)], epsilon=0.025)
    np.testing.assert_allclose(responses, by_hand["responses"](), atol=1e-5)
    assert torch.equal(images, before)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_finite_numbers_pass_whose_sum_is_infinite(dtype):
    require_finite(torch.full((4100, 2), torch.finfo(dtype).max, dtype=dtype), "numbers", "ab", "")


def test_the_first_place_is_found_in_a_later_block():
    numbers = torch.ones(5000, 2)
    numbers[4500, 1] = torch.inf
    with pytest.raises(ValueError, match=r"numbers must be finite; a 4507, b 1 \(from 0\) is inf: look"):
        require_finite(numbers, "numbers", "ab", lambda: "look", first=7)


def test_what_no_gradient_leads_back_from_is_refused(network, images):
    class Cut(nn.Module):
        def forward(self, pixels):
            return network(pixels).detach()

    with pytest.raises(ValueError, match="no gradient leads from the output back to the image"):
        image_gradients(Cut().eval(), images)


@pytest.mark.parametrize("wrong", [torch.zeros(1, 3, 8, 8, dtype=torch.uint8), torch.empty(0, 3, 8, 8)])
def test_what_are_no_images_is_refused(wrong):
    with pytest.raises(ValueError, match=r"one image at least.*normalised"):
        require_images(wrong)


def test_gradients_are_the_same_where_inference_mode_is_on(network, images):
    expected = image_gradients(network, images)
    with torch.inference_mode():
        assert torch.equal(image_gradients(network, images.clone()), expected)
        inside = copy.deepcopy(network)
        for name, parameter in network.named_parameters():
            owner, _, own = name.rpartition(".")
            setattr(inside.get_submodule(owner), own, nn.Parameter(parameter.detach().clone()))
    with pytest.raises(ValueError, match=r"made inside torch\.inference_mode"):
        image_gradients(inside, images)
