"""All pairs of arms as tables: what differs, and what a correction leaves of it."""

import pytest

from rfbook.pages.tables import pairwise as comparison_tables
from rfbook.statistics.significance import compared
from rfbook.statistics.spread import spread
from tests.reading import row, rows

APART = compared(
    {
        "resnet18-skips1": [80.0, 80.1, 79.9],
        "resnet18-skips2": [80.2, 80.3, 80.2],
        "resnet18": [90.0, 90.1, 90.05],
    }
)
ALIKE = compared(
    {"resnet18-skips1": [80.0, 81.0], "resnet18-skips2": [80.1, 81.2], "resnet18": [80.5, 80.0]}
)


def test_names_are_shortened_to_what_tells_arms_apart():
    assert comparison_tables.short_names(APART.names) == ["1", "2", "ResNet18"]


def test_every_source_is_counted_before_and_after_each_correction():
    shown = comparison_tables.survivors({"ours": APART, "theirs": ALIKE})
    ours = row(shown, tests="ours")
    assert (ours["pairs"], ours["uncorrected"], ours["Holm"], ours["Bonferroni"]) == ("3", "3", "3", "2")
    assert row(shown, tests="theirs")["uncorrected"] == "0"


def test_a_pair_that_survives_is_listed_with_its_worse_network_first():
    shown = comparison_tables.which({"ours": APART, "theirs": ALIKE})
    assert {one["tests"] for one in rows(shown)} == {"ours"}
    found = row(shown, worse="1", better="ResNet18")
    assert float(found["difference, points"]) == pytest.approx(-10.05, abs=0.06)
    assert float(found["p by Bonferroni"]) == pytest.approx(3 * float(found["p"]), rel=0.1)


def test_what_differs_from_a_network_is_named_and_its_p_is_that_of_the_pair():
    assert comparison_tables.unlike(APART, "resnet18") == ["2", "1"]
    assert comparison_tables.unlike(ALIKE, "resnet18") == []
    rows, columns = APART.names.index("resnet18"), APART.names.index("resnet18-skips1")
    assert float(comparison_tables.p_of(APART, "resnet18", "resnet18-skips1")) == APART.p[rows, columns]


def test_the_printed_p_follow_from_the_printed_t():
    printed = comparison_tables.as_printed()
    away = abs(comparison_tables.recomputed(printed).p - printed.p)
    assert away[printed.pairs].max() < 0.001


def test_a_single_training_has_no_spread_and_so_no_test(page):
    assert comparison_tables.of_trainings(page.outcomes[:1]) is None
    assert comparison_tables.of_trainings(page.outcomes).names == ("vgg11", "vgg13")


def test_where_no_pair_survives_the_table_says_so():
    assert rows(comparison_tables.which({"theirs": ALIKE}))[0]["tests"] == "none"


def test_the_spread_of_a_network_is_the_median_over_its_pairs():
    found = row(comparison_tables.spreads({"ours": APART}), network="ResNet18")
    assert (found["ours: mean, %"], found["ours: n"]) == ("90.05", "3")
    pooled = [((0.1**2 + 0.05**2) / 2) ** 0.5, ((0.1**2 / 3 + 0.05**2) / 2) ** 0.5]
    assert float(found["ours: pooled sd"]) == pytest.approx(sum(pooled) / 2, rel=0.01)


def test_a_noise_floor_is_shown_with_how_sure_it_is():
    one = spread([70.0, 72.0, 74.0])
    found = row(comparison_tables.floors({"resnet18": one}), trainings="resnet18")
    assert (found["n"], found["mean, %"], found["sd, points"]) == ("3", "72.00", "2.00")
    # The square roots of 2 / 7.378 and 2 / 0.0506 in a table of chi-square are 0.5207 and 6.285.
    assert found["95 % interval of sd"] == "1.04 to 12.57"
    assert found["difference of two, points"] == "5.54"
    assert found["95 % interval of that"] == "2.89 to 34.84"
