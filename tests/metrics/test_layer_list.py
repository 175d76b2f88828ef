"""A list of layers predicts what both papers speak of, without a network."""

import numpy as np
import pytest

from rfbook.metrics.layer_list import (
    border_number,
    convolution,
    fields,
    odd_over_even,
    paths,
    pooling,
)

TWO = [convolution(3)] * 2
VGG13 = [*TWO, pooling(2, 2)] * 5
STEM = [convolution(7, stride=2)]


def test_fields_grow_by_kernel_less_one_times_the_jump():
    assert fields([convolution(3), pooling(2, 2), convolution(3), convolution(5)]) == [3, 8, 16]


def test_poolings_have_no_field_in_the_list_but_widen_those_after_them():
    assert fields([pooling(3, 2, 1), convolution(3)]) == [7]


def test_a_dilated_kernel_counts_its_holes():
    assert fields([convolution(3, dilation=2)] * 2) == [5, 9]


def test_the_border_layer_of_vgg13_is_where_size_matters_marks_it():
    """Figure 4: conv8 at 32 pixels. The pool before conv7 is the first layer above it."""
    assert fields(VGG13)[5:8] == [32, 52, 68]
    assert border_number(VGG13, 32) == 8


def test_a_field_as_large_as_the_image_makes_no_border():
    assert border_number([convolution(3)] * 3, 5) == 0
    assert border_number([convolution(3)] * 4, 5) == 4
    assert border_number([convolution(3)] * 4, 100) == 0


def test_a_layer_list_counts_windows_as_dead_pixel_does():
    """Figure 2: 3x3 with stride 2 reads every second pixel twice."""
    assert list(paths([convolution(3, stride=2)], 8)) == [1, 2, 1, 2, 1, 2, 1, 1]


def test_a_7x7_stem_depends_on_odd_pixels_4_to_3_and_an_8x8_one_on_all_alike():
    """Four windows against three on each axis: the root of their product is 4 to 3."""
    assert odd_over_even(STEM, 10_000) == pytest.approx(4 / 3, rel=1e-3)
    assert odd_over_even([STEM[0]._replace(kernel=8)], 10_000) == pytest.approx(1, rel=1e-3)


def test_stride_1_and_even_poolings_have_no_pattern():
    assert odd_over_even(VGG13, 2048) == pytest.approx(1, abs=0.01)


def test_a_blur_evens_out_what_stride_2_alone_reads_unevenly():
    blur = [pooling(2, 1, 1), pooling(2, 2)]
    counts = paths([convolution(3), *blur], 64)
    assert np.ptp(counts[4:-4]) == 0


def test_a_list_without_room_for_a_window_is_refused():
    with pytest.raises(ValueError, match="use a larger side"):
        paths([pooling(2, 2)] * 3, 4)
