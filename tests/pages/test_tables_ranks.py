"""Whether columns rank networks alike: counted by hand."""

import numpy as np
import pytest

from rfbook.claims.printed_tables import Paddings, read_sizes
from rfbook.pages.tables import ranks
from tests.reading import row

TABLE = read_sizes(table="table_2")


def test_the_larger_network_wins_the_pairs_in_which_it_is_the_better_one():
    size, accuracy = {"a": 1, "b": 2, "c": 3}, {"a": 90, "b": 80, "c": 95, "d": 99}
    assert ranks.won(size, accuracy) == (2, 3)
    assert str(ranks.won(size, accuracy)) == "in 2 of 3 pairs"


def test_a_single_network_leaves_no_pair():
    assert str(ranks.won({"a": 1}, {"a": 90})) == "there is no pair to compare"


def test_few_images_leave_fewer_pairs_apart_than_many():
    few, many = ranks.noise(TABLE, 100), ranks.noise(TABLE, 10**8)
    assert few.beyond < many.beyond == many.pairs - 2 == 34, "two pairs are printed alike"
    assert float(few.most) == pytest.approx(1000 * float(many.most), rel=1e-6)


def test_the_networks_of_a_depth_keep_their_columns():
    deep = ranks.of_depth(TABLE, 50)
    assert "resnet34" not in deep.networks
    assert len(deep.networks) == len(deep.accuracy) == 7
    assert deep.column("accuracy")["resnet101"] == TABLE.column("accuracy")["resnet101"]
    assert np.all(deep.depth >= 50)


def test_columns_in_one_order_correlate_by_one_and_two_networks_cannot_be_ordered():
    four = {name: float(place) for place, name in enumerate("abcd")}
    table = ranks.ranked({"alike": (four, four), "few": ({"a": 1, "b": 2}, four)})
    assert row(table, columns="alike")["rank correlation"] == "1"
    assert row(table, columns="few")["rank correlation"] == "nothing to order"


def test_a_fall_counts_as_chance_would_have_it():
    """By hand: sqrt(90 * 10 / 100) = 3 for one accuracy; 1.96 * sqrt(9 + 9.79) = 8.5 for two."""
    before, after = np.array([90.0, 90.0]), np.array([86.0, 78.0])
    made = Paddings(("a", "b"), before, after, before - after, 1, 100)
    assert ranks.falls(made) == (2, 2, 1, 1, 2)


def test_two_accuracies_may_differ_by_more_where_networks_fail_independently():
    """By hand: 1.96 * sqrt(1 * 99 / 100) = 1.95 and 1.96 * sqrt(9 + 8.19...) = 8.2 points."""
    assert ranks.limits(90.0, 91.0, 100) == "2.0 to 8.1 points"
