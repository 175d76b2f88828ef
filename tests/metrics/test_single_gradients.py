import numpy as np
import pytest

from rfbook.metrics.single_gradients import half_share_of_noise, half_shares, mean_correlation


def noise(images=200, side=40, seed=1):
    return np.random.default_rng(seed).normal(size=(images, side, side))


def test_a_gradient_that_is_the_same_everywhere_needs_half_of_the_pixels():
    assert half_shares(np.ones((1, 10, 10))) == pytest.approx([0.5])


def test_a_single_pixel_holds_half_of_a_gradient_that_is_zero_elsewhere():
    spot = np.zeros((1, 10, 10))
    spot[0, 3, 4] = -2
    assert half_shares(spot) == pytest.approx([0.01])


def test_half_of_gaussian_noise_lies_in_less_than_a_quarter_of_its_pixels():
    """Owner: the half-normal distribution, where x > sqrt(2 ln 2) holds half: of 23.9 % of all."""
    assert half_shares(noise()).mean() == pytest.approx(0.2390, abs=0.002)


def test_noise_needs_as_many_pixels_as_noise_of_its_strength():
    strength = np.hypot(*np.mgrid[-20:20, -20:20]) / 10
    maps = noise() * np.exp(-(strength**2))
    assert half_share_of_noise(maps) == pytest.approx(half_shares(maps).mean(), rel=0.02)


def test_gradients_of_a_few_pixels_each_need_far_fewer_than_noise():
    maps = noise() * (np.random.default_rng(2).uniform(size=(200, 40, 40)) < 0.05)
    assert half_shares(maps).mean() < 0.1 * half_share_of_noise(maps)


def test_the_correlation_of_all_pairs_is_that_of_each_pair_in_the_mean():
    maps = noise(images=4) + noise(images=1, seed=3)
    pairs = np.corrcoef(maps.reshape(4, -1))[np.triu_indices(4, 1)]
    assert mean_correlation(maps) == pytest.approx(pairs.mean())


def test_gradients_of_a_linear_network_are_all_the_same():
    maps = np.repeat(noise(images=1), 3, axis=0) * [[[1.0]], [[2.0]], [[5.0]]]
    assert mean_correlation(maps) == pytest.approx(1)


@pytest.mark.parametrize("function", [half_shares, half_share_of_noise, mean_correlation])
def test_what_has_no_answer_is_refused(function):
    with pytest.raises(ValueError, match="at least one image, got none"):
        function(np.zeros((0, 4, 4)))
    with pytest.raises(ValueError, match=r"zero everywhere|same everywhere"):
        function(np.zeros((2, 4, 4)))
    broken = noise(images=2)
    broken[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match=r"image 1, row 2, column 3 \(from 0\) is nan"):
        function(broken)


def test_one_image_has_nothing_to_be_compared_with():
    with pytest.raises(ValueError, match="in pairs: give two or more, not 1"):
        mean_correlation(noise(images=1))
