"""The smallest square that holds most of a field: the owner is a loop, as RepLKNet has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfbook.metrics.effective_area import central_square
from tests.samples import repeatable


def by_hand(field, share, row, column):
    """Side of the first square around a pixel, of 3, 5, 7 ... pixels, whose sum exceeds the share."""
    for reach in range(1, max(field.shape) + 1):
        rows = slice(max(row - reach, 0), row + reach + 1)
        columns = slice(max(column - reach, 0), column + reach + 1)
        inside = field[rows, columns]
        if inside.sum() / field.sum() > share:
            return 2 * reach + 1, inside.size / field.size
    raise AssertionError("the last square holds all")


@repeatable
@given(
    st.integers(0, 50), st.integers(3, 12), st.integers(3, 12),
    st.sampled_from([0.0, 0.2, 0.3, 0.5, 0.99]), st.booleans(),
)  # fmt: skip
def test_the_square_is_the_first_that_a_loop_finds(seed, height, width, share, moved):
    random = np.random.default_rng(seed)
    field = random.exponential(size=(height, width))
    row, column = int(random.integers(height)), int(random.integers(width))
    center = (row, column) if moved else None
    place = (row, column) if moved else (height // 2, width // 2)
    found = central_square(field, share, center)
    assert (found.side, found.area) == pytest.approx(by_hand(field, share, *place))


def test_of_a_field_that_is_as_large_everywhere_it_is_the_share_itself():
    """141 of 199 pixels a side: 50.2 % of the area is the first odd square above one half."""
    assert central_square(np.ones((199, 199)), 0.5) == (141, pytest.approx((141 / 199) ** 2))


def test_of_a_gaussian_it_is_what_its_integral_says():
    """A square of 2 a holds erf(a / (sigma sqrt 2))^2; half of it at a = 1.0515 sigma."""
    rows = np.arange(201) - 100
    line = np.exp(-(rows**2) / (2 * 20**2))
    found = central_square(np.multiply.outer(line, line), 0.5)
    assert found.side == pytest.approx(2 * 1.0515 * 20, abs=1)


def test_around_its_own_middle_a_field_needs_a_smaller_square_than_around_another():
    field = np.zeros((64, 64))
    field[20:29, 20:29] = 1
    assert central_square(field, 0.5, (24, 24)).side < central_square(field, 0.5).side


def test_what_reaches_beyond_the_image_is_no_part_of_the_area():
    field = np.zeros((5, 5))
    field[0, 4] = 1
    assert central_square(field, 0.5, (0, 0)) == (9, 1.0)


def test_the_scale_of_a_field_does_not_matter():
    field = np.random.default_rng(0).exponential(size=(9, 9))
    assert central_square(1e-30 * field, 0.5) == central_square(1e6 * field, 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.0, 2.0])
def test_no_square_holds_more_than_all(share):
    with pytest.raises(ValueError, match=f"share={share}: a square holds more than it"):
        central_square(np.ones((3, 3)), share)


def test_a_field_without_a_sum_has_no_share():
    with pytest.raises(ValueError, match="no gradient reaches the image"):
        central_square(np.zeros((3, 3)), 0.5)


def test_a_field_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        central_square(np.full((3, 3), np.nan), 0.5)
