"""The area that holds a share of an effective field, against cases that are done by hand."""

import numpy as np
import pytest

from rfbook.metrics.area_ratio import SHARES, area_ratio


def test_a_peak_in_the_middle_needs_one_pixel():
    field = np.zeros((9, 9))
    field[4, 4] = 1.0
    assert {area_ratio(field, share) for share in SHARES} == {1 / 81}


@pytest.mark.parametrize("share, ratio", [(0.2, 25 / 81), (0.3, 25 / 81), (0.5, 49 / 81), (0.99, 1.0)])
def test_a_flat_field_needs_the_first_square_that_has_the_share(share, ratio):
    assert area_ratio(np.ones((9, 9)), share) == ratio


def test_a_share_in_the_corner_needs_the_whole_image():
    field = np.zeros((8, 8))
    field[0, 0] = 1.0
    assert area_ratio(field, 0.5) == 1.0


def test_a_rectangle_ends_at_the_image():
    field = np.ones((3, 9))
    assert area_ratio(field, 0.9) == 1.0
    assert area_ratio(field, 0.5) == 15 / 27


def test_the_scale_of_the_field_does_not_matter():
    field = np.random.default_rng(0).random((16, 16))
    assert area_ratio(field, 0.5) == area_ratio(1e-30 * field, 0.5)


@pytest.mark.parametrize(
    "field, share, said",
    [
        (np.ones((4, 4)), 0.0, "between 0 and 1"),
        (np.zeros((4, 4)), 0.5, "not zero everywhere"),
        (-np.ones((4, 4)), 0.5, "nowhere negative"),
        (np.full((4, 4), np.nan), 0.5, "finite"),
    ],
)
def test_what_has_no_such_area_is_refused(field, share, said):
    with pytest.raises(ValueError, match=said):
        area_ratio(field, share)
