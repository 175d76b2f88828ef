"""The imbalance indices are the paper's equations, and a wave is found with its amplitude."""

import os
from pathlib import Path

import numpy as np
import pytest

from rfbook.metrics.imbalance import (
    fourier_peak,
    imbalance_index,
    relative_imbalance_index,
    residue_means,
    split_half_index,
)

# Owner of the arrays: OpenERF (MIT, by the paper's first author). The ranges are those of a
# separate computation, cut to two digits: the smallest and largest mean over a class of
# (row mod 4, column mod 4), relative to the mean.
RANGES_MOD_4 = [
    ("resnet18", 0.91, 1.10),
    ("resnet34", 0.92, 1.09),
    ("resnet50", 0.86, 1.18),
    ("resnet101", 0.87, 1.13),
]


def published_field(name: str) -> np.ndarray:
    path = Path(os.environ.get("RFBOOK_DATA", "data")) / "openerf" / f"{name}.a1_in1k.npy"
    if not path.exists():
        pytest.skip(f"OpenERF's {name} array is not at {path}: set RFBOOK_DATA")
    return np.load(path)


def checkerboard(amplitude: float, side: int = 64) -> np.ndarray:
    row, column = np.indices((side, side))
    return 1 + amplitude * (-1.0) ** (row + column)


def test_the_first_index_is_equation_4_by_hand():
    field = np.array([[0.0, 1.0, 3.0], [3.0, 0.0, 1.0], [4.0, 2.0, 1.0]])
    down = ((3 + 1 + 2) + (1 + 2 + 0)) / 6
    right = ((1 + 2) + (3 + 1) + (2 + 1)) / 6
    assert imbalance_index(field) == pytest.approx((down + right) / 2)


def test_the_second_index_is_equation_5_by_hand():
    field = np.array([[0.0, 1.0, 3.0], [3.0, 0.0, 1.0], [4.0, 2.0, 1.0]])
    # 4 - 2 * 3 + 0 = -2, 2 - 0 + 1 = 3, 1 - 2 + 3 = 2; 3 - 2 + 0 = 1, 1 - 0 + 3 = 4, 1 - 4 + 4 = 1.
    assert imbalance_index(field, order=2) == pytest.approx(((2 + 3 + 2) / 3 + (1 + 4 + 1) / 3) / 2)


def test_the_divisors_are_those_printed_for_224_pixels():
    field = np.random.default_rng(0).random((224, 224))
    first = np.abs(np.diff(field, axis=0)).sum() + np.abs(np.diff(field, axis=1)).sum()
    second = np.abs(np.diff(field, 2, 0)).sum() + np.abs(np.diff(field, 2, 1)).sum()
    assert imbalance_index(field, 1) == pytest.approx(first / (224 * 223 * 2))
    assert imbalance_index(field, 2) == pytest.approx(second / (224 * 222 * 2))


def test_only_the_relative_index_is_free_of_scale():
    field = np.random.default_rng(0).random((16, 20))
    assert imbalance_index(1371 * field) == pytest.approx(1371 * imbalance_index(field))
    relative = relative_imbalance_index(field)
    assert relative_imbalance_index(1371 * field) == pytest.approx(relative)
    assert relative == pytest.approx(imbalance_index(field) / field.mean())


@pytest.mark.parametrize("order, expected", [(1, 0.2), (2, 0.4)])
def test_equal_differences_make_both_relative_indices_equal(order, expected):
    field = checkerboard(0.1)
    assert relative_imbalance_index(field, order) == pytest.approx(expected)
    assert split_half_index(np.stack([field, field]), order) == pytest.approx(expected)


def test_noise_adds_to_the_paper_index_and_not_to_the_split_half_one():
    noise = np.random.default_rng(0).standard_normal((2, 224, 224)) * 0.15
    halves = checkerboard(0.05, 224) + noise
    assert relative_imbalance_index(halves.mean(0)) > 1.4 * 0.1
    assert split_half_index(halves) == pytest.approx(0.1, rel=0.05)


def test_the_split_half_index_by_hand():
    # Down: differences 2, 2 and 1, 4 give 2, 8; right: 1, 1 and 0, 3 give 0, 3. Mean field 2.375.
    halves = np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [2.0, 5.0]]])
    assert split_half_index(halves) == pytest.approx(np.sqrt((5 + 1.5) / 2) / 2.375)


def test_halves_that_disagree_everywhere_count_as_balanced():
    assert split_half_index(np.stack([checkerboard(0.1), checkerboard(-0.1)])) == 0


def test_a_field_of_any_scale_and_precision_has_the_same_indices():
    halves = np.stack([checkerboard(0.1), checkerboard(0.12)]).astype(np.float32)
    expected = split_half_index(halves)
    for scale in (1e-25, 1e25):
        assert split_half_index(np.float32(scale) * halves) == pytest.approx(expected, rel=1e-4)


def test_a_half_without_images_is_refused():
    halves = np.stack([checkerboard(0.1), np.full((64, 64), np.nan)])
    with pytest.raises(ValueError, match=r"must be finite.*half of one image is nan"):
        split_half_index(halves)


def test_a_field_of_zeros_has_no_relative_index():
    with pytest.raises(ValueError, match=r"positive mean, got 0\.0"):
        relative_imbalance_index(np.zeros((8, 8)))


@pytest.mark.parametrize("order, side", [(3, 8), (0, 8), (2, 2), (1, 1)])
def test_an_order_without_differences_is_refused(order, side):
    with pytest.raises(ValueError, match=f"got order={order} and a field of"):
        imbalance_index(np.ones((side, side)), order)


@pytest.mark.parametrize("name, low, high", RANGES_MOD_4)
def test_pretrained_resnets_show_a_pattern_of_period_4(name, low, high):
    field = published_field(name)
    means = residue_means(field, 4)
    assert means.min() == pytest.approx(low, abs=0.0051)
    assert means.max() == pytest.approx(high, abs=0.0051)
    assert np.abs(residue_means(field, 2) - 1).max() < 0.014
    assert fourier_peak(field, 4) > 4 * max(fourier_peak(field, 2), fourier_peak(field, 8))


def test_residue_means_by_hand():
    field = np.arange(12.0).reshape(3, 4)
    # Rows 0 and 2, columns 0 and 2: 0, 2, 8, 10; columns 1 and 3: 1, 3, 9, 11; row 1: 4, 6 | 5, 7.
    np.testing.assert_allclose(residue_means(field, 2), np.array([[5, 6], [5, 6]]) / 5.5)


def test_a_flat_field_has_no_pattern():
    np.testing.assert_allclose(residue_means(np.full((9, 7), 3.0), 4), 1)
    assert fourier_peak(np.full((9, 7), 3.0), 4) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("period", [2, 4, 8])
@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (1, 1), (1, -1)])
def test_the_fourier_peak_is_the_amplitude_of_the_wave(period, direction):
    row, column = np.indices((67, 50))
    phase = 2 * np.pi * (direction[0] * row + direction[1] * column) / period
    field = 5 * (1 + 0.3 * np.cos(phase))
    assert fourier_peak(field, period) == pytest.approx(0.3)
    others = {2, 4, 8} - {period}
    assert all(fourier_peak(field[:64, :48], other) < 1e-12 for other in others)


@pytest.mark.parametrize("period", [0, 9])
def test_a_period_longer_than_the_field_is_refused(period):
    for measure in (residue_means, fourier_peak):
        with pytest.raises(ValueError, match=f"period={period} must be from 1"):
            measure(np.ones((8, 12)), period)
