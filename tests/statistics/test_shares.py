"""What chance does to accuracies on a fixed number of test images."""

import numpy as np
import pytest

from rfbook.statistics.shares import difference_errors, pairs_won, standard_error

IMAGES = 1371


def test_a_share_has_the_binomial_standard_error():
    """Half of 100 images: 5 points. Owner of the second: Dead Pixel's test set at about 95 %."""
    assert standard_error(50, 100) == pytest.approx(5)
    assert standard_error(95, IMAGES) == pytest.approx(0.589, abs=1e-3)
    assert standard_error(np.array([0, 100]), 10) == pytest.approx([0, 0])


def drawn(shared, tables=20_000):
    """Differences of accuracies of 95 and 94 %, in points, of which this part of the luck is shared."""
    rng = np.random.default_rng(0)
    luck = rng.random((tables, 200))
    other = np.where(rng.random((1, 200)) < shared, luck, rng.random((tables, 200)))
    return 100 * ((luck < 0.95).mean(1) - (other < 0.94).mean(1))


@pytest.mark.parametrize("shared, end", [(1, 0), (0, 1)])
def test_the_error_of_a_difference_depends_on_how_far_mistakes_are_shared(shared, end):
    assert difference_errors(95, 94, 200)[end] == pytest.approx(drawn(shared).std(), rel=0.03)


def test_partly_shared_mistakes_lie_between():
    least, independent = difference_errors(95, 94, 200)
    assert least < drawn(0.5).std() < independent


def test_pairs_are_won_by_the_larger_where_it_is_the_better():
    """Of three pairs one is tied in accuracy; of the other two the larger wins one."""
    assert pairs_won([1, 2, 3], [5, 7, 5]) == (1, 2)
    assert pairs_won([3, 2, 1], [5, 6, 7]) == (0, 3)


@pytest.mark.parametrize("networks", [0, 1])
def test_fewer_than_two_networks_make_no_pair(networks):
    assert pairs_won([1] * networks, [2] * networks) == (0, 0)
