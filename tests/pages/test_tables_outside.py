"""What others print or publish, computed again: the numbers are those of the libraries, or by hand."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import spearmanr

from rfbook.claims.printed_tables import Paddings, read_sizes
from rfbook.claims.published_fields import read_fits
from rfbook.pages.tables import outside
from tests.reading import row, rows

TABLE, FITS = read_sizes(), read_fits()["fits"]
BEFORE, AFTER = np.array([90.0, 95.0]), np.array([89.0, 95.0])
PADDED = Paddings(("a", "b"), BEFORE, AFTER, BEFORE - AFTER, 3, 100)


def test_each_pair_of_columns_has_its_rank_correlation_its_interval_and_its_p():
    """Owner of the correlations: scipy.stats.spearmanr."""
    found, chance = outside.correlations(TABLE), outside.chances(TABLE)
    assert len(found) == len(outside.PAIRS) == len(chance)
    for name, (first, other) in outside.PAIRS.items():
        expected = spearmanr(getattr(TABLE, first), getattr(TABLE, other)).statistic
        assert found[name].mean == pytest.approx(expected)
        shown = row(outside.correlated(TABLE), columns=name)
        assert shown["rank correlation"] == f"{expected:.2f}"
        assert shown["95 % interval"] == found[name].around
        assert shown["p, all orders counted"] == f"{chance[name]:.3f}"


def test_a_size_that_is_the_root_of_the_depth_grows_by_one_half():
    root = np.sqrt(TABLE.depth)
    made = dataclasses.replace(TABLE, sigma_x=root, sigma_y=root)
    first, *others = outside.growth(made, FITS)
    assert (first.mean, str(first), first.n) == (pytest.approx(0.5), "0.50", 9)
    assert [one.n for one in others] == [4, 4]
    assert row(outside.grown(made, FITS), source="Table 1, nine networks")["b"] == "0.50"


def test_sizes_and_patterns_are_those_of_the_fits():
    fit = FITS["resnet34"]
    assert outside.sizes(FITS)["resnet34"].mean == pytest.approx(
        (fit["gaussian"]["sigma_x"] + fit["gaussian"]["sigma_y"]) / 2
    )
    assert outside.explained(FITS)["resnet34"].mean == fit["gaussian"]["r_squared"]
    shown = row(outside.patterns(FITS), network="resnet34")
    assert shown["strongest minus weakest, mod 4"] == f"{100 * np.ptp(fit['residues']['4']):.1f}"
    assert shown["L1"] == f"{100 * fit['relative'][0]:.1f}"


def test_an_array_stands_beside_what_table_1_prints_of_its_network():
    shown = row(outside.fitted(TABLE, FITS), network="resnet18")
    assert shown["printed"] == "76.5 / 73.7 / 0.908"
    assert len(rows(outside.fitted(TABLE, FITS))) == len(FITS) == len(rows(outside.arrays(read_fits())))


def test_a_fall_has_the_errors_that_so_many_images_leave():
    """By hand: sqrt(90 * 10 / 100) = 3, sqrt(1 * 99 / 100) = 0.99, sqrt(9 + 89 * 11 / 100) = 4.33."""
    shown = row(outside.paddings(PADDED, {"a": 91.0, "b": 95.0}), network="a")
    assert list(shown.values()) == ["a", "90.00", "89.00", "1.00", "3.00", "0.99 to 4.33", "91.00"]
    apart = outside.between_tables(PADDED, {"a": 91.0, "b": 95.0})
    assert (apart.highest, apart.high.full) == ("a", "1.00 points")
