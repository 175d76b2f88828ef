"""One rule writes every number: as many digits as its interval leaves a meaning, and the unit's word."""

import pytest

from rfbook.claims.amounts import Amount, between, common_decimals, number, off_zero, quoted


@pytest.mark.parametrize(
    ("half", "decimals"),
    [(0.367, 1), (0.827, 1), (3.54, 1), (3.6, 0), (12.7, 0), (0.119, 1), (0.06, 1), (0.04, 2)],
)
def test_the_interval_decides_by_the_rule_of_the_particle_data_group(half, decimals):
    """Owner: Review of Particle Physics, introduction, 5.3, for halves of 0.355 and more.

    Shorter ones would have two decimals there, and more; here as long as one shows them, it is enough.
    """
    assert common_decimals("points", [0.8271], [(0.8271 - half, 0.8271 + half)]) == decimals


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("points", 3.4, "3.4 points"),
        ("points", 1.0, "1 point"),
        ("points (% of the mean)", -1.0, "-1 point (% of the mean)"),
        ("convolutions", 1.0, "1 convolution"),
        ("convolutions", 0.0, "0 convolutions"),
        ("convolutions", 1.02, "1.0 convolutions"),
        ("px", 31.0, "31 px"),
        ("px", 14.69, "14.7 px"),
        ("% of the image", 39.62, "39.6 % of the image"),
        ("conv", 8.0, "conv8"),
        ("conv", 28 / 3, "conv9.3"),
        ("conv", 0.0, "none"),
        ("R^2", 0.8951, "0.90"),
        ("rank correlation", -0.8667, "-0.87"),
        ("times", 2.345, "2.35 times"),
        ("share", 2.1e-7, "0.00000021"),
        ("points", -0.04, "-0.04 points"),
        ("points", float("nan"), "no finite value"),
        ("", 1451, "1451"),
    ],
)
def test_a_number_is_said_with_the_word_for_what_it_counts(unit, value, said):
    assert Amount(value, unit).full == said


def test_a_negative_number_that_rounds_to_zero_has_no_sign():
    assert str(Amount(-0.04, "points", 1)) == "0.0"


@pytest.mark.parametrize(
    "value, written", [(0.0034, "0.003"), (-0.03, "-0.03"), (0.0, "0.0"), (1e-9, "0.0"), (0.06, "0.1")]
)
def test_an_end_of_an_interval_is_written_as_zero_only_where_it_is_zero_or_next_to_it(value, written):
    assert str(off_zero(Amount(value, "epochs", 1))) == written


def test_numbers_that_are_shown_together_have_equally_many_digits():
    assert common_decimals("points", [3.7, 3.71]) == 1
    assert common_decimals("points", [3, 4, 5], [(2.0, 4.0)]) == 0
    assert common_decimals("%", [61.0, 72.0], [(48.3, 73.7), (46.6, 97.4)]) == 0
    assert common_decimals("R^2", [0.9], [(0.1, 1.0)]) == 2
    assert common_decimals("points", [3.4], [(3.4, 3.4)]) == 1
    assert common_decimals("points", [3.4], [(3.4, 3.4 + 1e-9)]) == 2


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (40.02, 42.89, "points", "40.0 to 42.9 points"),
        (1.0, 1.0, "convolutions", "1.0 convolutions"),
        (3.41, 3.44, "points", "3.4 points"),
        (6.0, 8.0, "conv", "conv6.0 to conv8.0"),
    ],
)
def test_a_range_is_said_with_its_unit_and_what_is_written_alike_is_said_once(low, high, unit, said):
    assert between(low, high, unit, 1) == said


def test_a_range_alone_has_the_decimals_of_its_unit():
    assert between(-0.433, 0.829, "rank correlation") == "-0.43 to 0.83"
    assert between(6, 8, "conv") == "conv6 to conv8"


@pytest.mark.parametrize(
    ("value", "bare", "stated"),
    [
        (15.35, "15.3", "15.35"), (-12.3456, "-12.3", "-12.3456"), (50_000, "50000", "50000"),
        (435.0, "435", "435"), (0.3449, "0.345", "0.3449"), (0.1, "0.1", "0.1"),
    ],
)  # fmt: skip
def test_what_is_quoted_keeps_its_digits_and_what_is_computed_has_three(value, bare, stated):
    assert number(value) == bare
    assert quoted(value) == stated
