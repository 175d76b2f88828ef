"""Counting windows predicts how often a network reads each pixel."""

import numpy as np
import pytest
import torch
from torch import nn

from rfbook.metrics.paths import window_counts

STEM, POOL, HALVING, PLAIN = (7, 2, 3), (3, 2, 1), (3, 2, 1), (3, 1, 1)


def test_the_stem_of_a_resnet_reads_odd_pixels_4_times_and_even_ones_3_times():
    counts = window_counts(224, [STEM])
    assert set(counts[3:-5:2]) == {4} and set(counts[4:-5:2]) == {3}
    assert list(counts[:5]) == [2, 3, 3, 4, 3]


def test_a_1_wide_kernel_with_stride_2_never_reads_odd_pixels():
    assert list(window_counts(6, [(1, 2, 0)])) == [1, 0, 1, 0, 1, 0]


def test_an_even_kernel_with_stride_2_reads_all_pixels_equally_often():
    assert set(window_counts(224, [(8, 2, 3)])[5:-5]) == {4}
    assert set(window_counts(224, [(4, 2, 1)])[2:-2]) == {2}


@pytest.mark.parametrize("side", [32, 37])
@pytest.mark.parametrize(
    "layers",
    [
        [STEM], [STEM, POOL], [STEM, POOL, PLAIN, HALVING, (1, 2, 0)], [(2, 3, 0), (5, 1, 4)],
        [(3, 1, 2, 2), (5, 2, 3, 3)],
    ],
)
def test_counting_paths_gives_the_gradient_of_a_network_of_ones(side, layers):
    model = nn.Sequential(*[nn.Conv2d(1, 1, *layer, bias=False) for layer in layers]).double()
    for parameter in model.parameters():
        nn.init.ones_(parameter)
    image = torch.zeros(1, 1, side, side + 3, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(image).sum(), image)
    predicted = np.outer(window_counts(side, layers), window_counts(side + 3, layers))
    np.testing.assert_array_equal(gradient[0, 0].numpy(), predicted)


def test_counts_of_a_very_deep_network_do_not_overflow():
    counts = window_counts(224, [PLAIN] * 100)
    assert counts[112] == pytest.approx(3.0**100, rel=1e-2)


def test_a_kernel_wider_than_the_image_is_refused():
    with pytest.raises(ValueError, match=r"=\(7, 2, 0\) meets 6 pixels: use a larger side"):
        window_counts(13, [(3, 2, 0), (7, 2, 0)])
