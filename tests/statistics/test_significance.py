"""Tests of means: owners are scipy, brute force, and the table that the paper prints."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from rfbook.claims.printed_tables import read_skip_ablation
from rfbook.statistics import significance
from rfbook.statistics.significance import (
    bonferroni,
    compared,
    holm,
    needed_t,
    p_value,
    pooled_sd,
    two_sample,
)
from tests.samples import repeatable

CLAIMS = Path(__file__).parents[2] / "claims"
SHARES = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=6)
SAMPLES = {
    "a": [83.1, 82.9, 83.9, 83.3],
    "b": [82.0, 81.5, 82.9],
    "c": [83.0, 84.1, 83.7, 83.2, 83.5],
}


@pytest.fixture(scope="module")
def printed():
    return read_skip_ablation(CLAIMS)


# One pair.


def test_a_test_from_means_is_the_test_on_the_values():
    """Owner: scipy.stats.ttest_ind on the values themselves."""
    first, second = SAMPLES["a"], SAMPLES["b"]
    stats = [(np.mean(v), np.std(v, ddof=1), len(v)) for v in (first, second)]
    tested = two_sample(*zip(*stats, strict=True))
    expected = ttest_ind(first, second)
    assert tested == pytest.approx((expected.statistic, expected.pvalue))


def test_p_is_that_of_a_table_of_student():
    """t(0.975, 2) = 4.3027 and t(0.975, 18) = 2.1009 in every printed table."""
    p = p_value(np.array([4.3027, -4.3027, 2.1009]), np.array([2, 2, 18]))
    assert p == pytest.approx([0.05] * 3, abs=1e-5)


@pytest.mark.parametrize("degrees, comparisons, t", [(2, 1, 4.303), (14, 1, 2.145), (2, 5, 9.925)])
def test_the_t_that_is_needed_is_that_of_a_table_of_student(degrees, comparisons, t):
    """Five comparisons share 5 %: the column of 99 % on both sides."""
    assert needed_t(degrees, comparisons) == pytest.approx(t, abs=1e-3)


def test_the_implied_deviation_is_the_pooled_one_of_the_values():
    first, second = (np.array(SAMPLES[name]) for name in "ab")
    t = ttest_ind(first, second).statistic
    implied = pooled_sd(t, first.mean() - second.mean(), (len(first), len(second)))
    pooled = (3 * first.var(ddof=1) + 2 * second.var(ddof=1)) / (3 + 2)
    assert implied == pytest.approx(pooled**0.5)


# Corrections.


def test_bonferroni_multiplies_and_stops_at_one():
    assert bonferroni(np.array([0.01, 0.4, 0.2])) == pytest.approx([0.03, 1, 0.6])


def test_holm_steps_down_and_never_falls_back():
    """3 x 0.01 = 0.03; 2 x 0.02 = 0.04; then 0.03 alone, raised to the 0.04 of a smaller p."""
    assert holm(np.array([0.03, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])


@repeatable
@given(SHARES)
def test_holm_rejects_what_every_set_of_hypotheses_around_it_rejects(values):
    """Owner: the closure principle: the largest Bonferroni p of any set that holds the hypothesis."""
    p = np.array(values)
    indices = range(len(p))
    sets = [s for size in range(1, len(p) + 1) for s in combinations(indices, size)]
    expected = [
        max(min(1, len(s) * min(p[list(s)])) for s in sets if index in s) for index in indices
    ]
    assert holm(p) == pytest.approx(expected)


@repeatable
@given(SHARES)
def test_holm_is_never_stricter_than_bonferroni_and_never_laxer_than_none(values):
    p = np.array(values)
    assert np.all(p <= holm(p)) and np.all(holm(p) <= bonferroni(p))


# All pairs.


def test_every_pair_is_tested_as_if_it_were_alone():
    comparisons = compared(SAMPLES)
    for i, first in enumerate(SAMPLES):
        for j, second in enumerate(SAMPLES):
            expected = ttest_ind(SAMPLES[first], SAMPLES[second])
            if i != j:
                assert comparisons.t[i, j] == pytest.approx(expected.statistic)
                assert comparisons.p[i, j] == pytest.approx(expected.pvalue)
    assert np.isnan(comparisons.p.diagonal()).all() and np.isnan(comparisons.t.diagonal()).all()


def test_an_adjusted_matrix_is_symmetric_and_corrects_for_pairs_and_not_for_cells():
    comparisons = compared(SAMPLES)
    adjusted = comparisons.adjusted("Bonferroni")
    assert adjusted[0, 1] == pytest.approx(min(1, 3 * comparisons.p[0, 1]))
    assert np.allclose(adjusted, adjusted.T, equal_nan=True)


def test_what_is_found_comes_with_the_smallest_p_first():
    comparisons = compared(SAMPLES)
    assert comparisons.found("uncorrected") == [(1, 2), (0, 1)]
    assert comparisons.found("Bonferroni") == comparisons.found("Holm") == [(1, 2)]


def test_arms_that_never_differ_have_no_difference_and_no_spread():
    comparisons = compared({"a": [10.0, 10.0], "b": [10.0, 10.0], "c": [10.0, 11.0]})
    assert comparisons.p[0, 1] == 1
    assert np.isnan(comparisons.implied_sd[0, 1])
    assert comparisons.found("uncorrected") == []


def test_a_single_value_cannot_be_tested():
    with pytest.raises(ValueError, match="b: a t-test needs two values or more"):
        compared({"a": [1.0, 2.0], "b": [1.0]})


# What the paper prints (Size Matters, Tables 2 and 3).


def test_the_printed_table_has_thirteen_networks_and_seventy_eight_pairs(printed):
    assert len(printed.names) == len(printed.mean) == len(printed.n) == 13
    assert len(printed.pairs[0]) == 78
    assert not np.isnan(printed.p[printed.pairs]).any()


def test_cells_stand_where_the_paper_has_them(printed):
    """Table 3: the network of stage 4 alone against the whole ResNet18, t -2.779 and p 0.014."""
    row, column = (printed.names.index(n) for n in ("resnet18-skips4", "resnet18"))
    assert (printed.t[row, column], printed.p[row, column]) == (-2.779, 0.014)
    assert (printed.t[column, row], printed.p[column, row]) == (2.779, 0.014)


def test_the_printed_p_follows_from_the_printed_t_in_every_pair(printed):
    """Both are rounded to three digits; the degrees of freedom are n + n - 2."""
    t = np.abs(printed.t[printed.pairs])
    degrees = printed.degrees[printed.pairs]
    low, high = (p_value(t + shift, degrees) for shift in (0.0005, -0.0005))
    rounding = 0.0005 + 1e-9
    p = printed.p[printed.pairs]
    assert np.all((low - rounding <= p) & (p <= high + rounding))


def test_the_printed_t_has_the_sign_of_the_difference_of_means(printed):
    assert np.all((printed.t * printed.difference)[printed.pairs] > 0)


def test_corrected_no_printed_network_differs_from_the_whole_one(printed):
    """What the page on the ablation says of the table; without a correction one network does."""
    exact = replace(printed, p=p_value(printed.t, printed.degrees))
    whole = printed.names.index("resnet18")
    for correction, partners in (("uncorrected", ["resnet18-skips4"]), ("Bonferroni", []), ("Holm", [])):
        pairs = [set(pair) - {whole} for pair in exact.found(correction) if whole in pair]
        assert [printed.names[pair.pop()] for pair in pairs] == partners


def test_one_printed_network_varies_far_more_than_all_others(printed):
    """Stages 1 and 3: its pooled deviations are three times as large as any other."""
    apart = printed.names.index("resnet18-skips13")
    theirs = np.delete(printed.implied_sd[apart], apart)
    rest = np.delete(np.delete(printed.implied_sd, apart, 0), apart, 1)
    assert theirs.min() > 2.5 * np.nanmax(rest)


def test_a_row_of_another_length_is_refused_with_its_network(tmp_path):
    text = (CLAIMS / "tables/skip_ablation.yml").read_text()
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/skip_ablation.yml").write_text(text.replace("[-3.297, -1.178]", "[-3.297]"))
    with pytest.raises(ValueError, match="resnet18-skips124: 1 values, the triangle has 2"):
        read_skip_ablation(tmp_path)


def test_every_correction_is_named_once():
    assert list(significance.CORRECTIONS) == ["uncorrected", "Bonferroni", "Holm"]
