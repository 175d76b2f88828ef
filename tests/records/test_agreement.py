"""Two records of one description agree when their numbers differ by rounding only."""

from math import inf

import numpy as np
import pytest

from rfbook.records.agreement import allowed, difference
from tests.samples import record


def apart(kept, again, **arrays):
    mine, theirs = (
        record(values=values, arrays={name: np.array(pair[i]) for name, pair in arrays.items()})
        for i, values in enumerate((kept, again))
    )
    return difference(mine, theirs)


def test_the_same_record_differs_by_nothing():
    content = {"accuracy": 0.5, "layers": ["conv1", "fc"], "border": None, "nested": {"deep": [1, 2]}}
    assert apart(content, content, map=([1.0, np.nan], [1.0, np.nan])) == 0


def test_a_number_is_compared_with_the_largest_of_its_own_list():
    assert apart({"a": [0.0, 10.0], "b": 1.0}, {"a": [1.0, 10.0], "b": 1.0}) == pytest.approx(0.1)
    assert apart({"a": 0.8}, {"a": 0.9}) == pytest.approx(0.125)


def test_the_largest_difference_counts_wherever_it_is():
    assert apart({"a": 1.0}, {"a": 1.1}, map=([2.0, 4.0], [2.0, 5.0])) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "kept, again",
    [
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": [1.0, 2.0]}, {"a": [1.0]}),
        ({"a": ["conv1"]}, {"a": ["conv2"]}),
        ({"a": None}, {"a": 1.0}),
        ({"a": {"b": 1.0}}, {"a": 1.0}),
    ],
)
def test_other_names_shapes_and_words_never_agree(kept, again):
    assert apart(kept, again) == inf


def test_of_yes_and_no_the_share_that_differs_counts():
    flipped = [True] * 99 + [False]
    assert apart({}, {}, flipped=(flipped, [True] * 100)) == pytest.approx(0.01)
    assert apart({"converged": True}, {"converged": False}) == 1


def test_an_image_a_direction_or_a_step_of_a_solver_is_rounding():
    assert apart({"iterations": [3, 40]}, {"iterations": [30, 40]}) == 0
    narrowest, one_less = {"directions": [8, 7], "saturation": [1.0, 7 / 8]}, [1.0, 6 / 8]
    again = {"directions": [8, 6], "saturation": one_less}
    assert 0 < apart(narrowest, again) < allowed("saturation")
    assert 0 < apart({"accuracy": 150 / 400}, {"accuracy": 149 / 400}) < allowed("accuracy")


def test_nothing_but_zeros_agrees_with_zeros():
    assert apart({"a": [0.0, 0.0]}, {"a": [0.0, 0.0]}) == 0
    assert apart({"a": [0.0, 0.0]}, {"a": [0.0, 1e-9]}) == inf


def test_a_number_that_is_missing_in_one_never_agrees():
    assert apart({}, {}, map=([1.0, 2.0], [1.0, np.nan])) == inf


def test_what_is_fitted_or_counted_may_differ_by_more_than_what_follows_by_arithmetic():
    assert allowed("receptive_field") == 0 < allowed("accuracy") < allowed("probes")
