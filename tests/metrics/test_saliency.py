"""Saliency is the largest absolute gradient, and folding leaves what all tiles have in common."""

import pytest
import torch

from rfbook.metrics.effective_field import image_gradients
from rfbook.metrics.imbalance import residue_means
from rfbook.metrics.saliency import folded, saliency


def test_saliency_is_the_largest_absolute_gradient_over_the_channels():
    gradients = torch.tensor([[1.0, -3.0], [-2.0, 0.5]]).view(1, 2, 1, 2)
    assert saliency(gradients).tolist() == [[[2.0, 3.0]]]


def test_the_saliency_of_a_linear_network_is_its_weights():
    """Simonyan et al. 2013, section 3: the derivative of a linear score is its weight vector."""
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 4 * 4, 2)).eval()
    gradients = image_gradients(model, torch.randn(2, 3, 4, 4), torch.tensor([0, 1]))
    weights = model[1].weight.detach().view(2, 3, 4, 4)
    torch.testing.assert_close(saliency(gradients), weights.abs().amax(1))


def test_folding_is_the_residue_means_before_the_division_by_the_mean():
    maps = torch.rand(3, 24, 24, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for image, classes in zip(maps, folded(maps, 8), strict=True):
        expected = residue_means(image.numpy(), 8) * float(image.mean())
        torch.testing.assert_close(classes, torch.from_numpy(expected))


def test_what_does_not_fill_a_tile_is_left_out():
    maps = torch.zeros(1, 5, 5)
    maps[:, 4], maps[:, :, 4] = 100, 100
    assert not folded(maps, 4).any()
    assert folded(maps, 2).shape == (1, 2, 2)


def test_a_period_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"period=8: it must fit into maps of \(7, 9\)"):
        folded(torch.zeros(1, 7, 9), 8)
