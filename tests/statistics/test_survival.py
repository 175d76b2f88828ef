"""Times that are not always known: owners are a textbook's example, a table of t, and work by hand."""

import pytest

from rfbook.statistics.survival import (
    Arrival,
    Difference,
    arrival,
    log_rank,
    mean_epoch,
    median_epoch,
    paired_difference,
    remaining,
)


def there(*epochs):
    return [Arrival(epoch, True) for epoch in epochs]


def never(*last):
    return [Arrival(epoch, False) for epoch in last]


# Freireich et al. (1963), weeks in remission of children with leukaemia; the textbooks' example.
TREATED = [*there(6, 6, 6, 7, 10, 13, 16, 22, 23), *never(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
PLACEBO = there(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def test_a_curve_arrives_in_the_first_epoch_above_the_level_counted_from_one():
    assert arrival([0.5, 0.91, 0.85, 0.95]) == Arrival(2, True)
    assert arrival([0.5, 0.7], level=0.4) == Arrival(1, True)


def test_to_reach_the_level_is_not_to_exceed_it():
    assert arrival([0.9, 0.9, 0.9]) == Arrival(3, False)


def test_a_curve_that_never_arrives_is_censored_in_its_last_epoch():
    assert arrival([0.5] * 30) == Arrival(30, False)


def test_the_papers_mean_counts_a_training_that_never_arrived_as_the_last_epoch():
    assert mean_epoch([*there(10, 20), *never(30)]) == 20


def test_every_arrival_takes_its_part_of_the_trainings():
    epochs, shares = remaining([*there(3, 8, 8), *never(30, 30)])
    assert epochs.tolist() == [0, 3, 8, 30]
    assert shares == pytest.approx([1, 0.8, 0.4, 0.4])


def test_a_training_that_was_watched_for_less_time_counts_until_then():
    """One of four at 2; one of the two that are left at 5."""
    epochs, shares = remaining([*there(2, 5), *never(3, 9)])
    assert epochs.tolist() == [0, 2, 3, 5, 9]
    assert shares == pytest.approx([1, 0.75, 0.75, 0.375, 0.375])


def test_the_curve_is_that_of_the_textbooks():
    """Printed: .857 at 6 weeks, .807 at 7, .753, .690, .627, .538 and .448 at 23."""
    known = dict(zip(*remaining(TREATED), strict=True))
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: known[week] for week in printed} == pytest.approx(printed, abs=5e-4)


def test_the_medians_are_those_of_the_textbooks():
    assert (median_epoch(TREATED), median_epoch(PLACEBO)) == (23, 8)


def test_half_of_an_even_number_is_a_median_and_less_than_half_is_none():
    assert median_epoch([*there(3, 8), *never(30, 30)]) == 8
    assert median_epoch([*there(3), *never(30, 30)]) is None
    assert median_epoch(never(30, 30, 30)) is None


def test_the_log_rank_test_is_that_of_the_textbooks():
    """Chi-square of 16.79 with one degree of freedom."""
    from scipy.stats import chi2

    assert log_rank(TREATED, PLACEBO) == pytest.approx(chi2.sf(16.793, 1), rel=1e-3)


def test_of_six_ways_to_deal_four_trainings_two_separate_them_entirely():
    assert log_rank(there(1, 2), there(3, 4)) == pytest.approx(2 / 6)


def test_five_against_five_are_counted_and_not_approximated():
    """Of 252 ways two separate them entirely; the chi-squared distribution would say 0.0018."""
    early, late = there(1, 2, 3, 4, 5), never(30, 30, 30, 30, 30)
    assert log_rank(early, late) == pytest.approx(2 / 252)


@pytest.mark.parametrize("first, second", [(never(30, 30), never(30)), (there(4, 4), there(4))])
def test_where_nothing_tells_two_groups_apart_p_is_one(first, second):
    assert log_rank(first, second) == 1


def test_differences_are_taken_pair_by_pair():
    """4, 6 and 8: mean 6, standard error 2 / sqrt(3), Student's 4.303 for three values."""
    paired = paired_difference(there(10, 16, 20), there(6, 10, 12))
    assert (paired.mean, paired.n) == (6, 3)
    assert paired.interval == pytest.approx((6 - 4.303 * 2 / 3**0.5, 6 + 4.303 * 2 / 3**0.5), rel=1e-3)


def test_a_single_pair_has_a_difference_and_no_interval():
    assert paired_difference(there(9), there(4)) == Difference(5, None, 1)


def test_a_pair_of_which_one_never_arrived_leaves_no_mean_difference():
    assert paired_difference([*there(9), *never(30)], there(4, 5)) is None
