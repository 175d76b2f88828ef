"""What all tests together leave of the verdicts: owners are scipy and the correction by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rfbook.claims.claim import Claim
from rfbook.claims.holm import after_holm, all_tests, p_value
from rfbook.claims.verdicts import Estimate, Verdict, judge
from tests.samples import records, tiny

SHARES = (0.60, 0.61, 0.63)


def claim(name="X-1", **fields):
    known = {"id": name, "paper": "size-matters", "where": "1", "says": "so", "page": "a/page"}
    return Claim(**known | {"quantity": "accuracy", "holds_if": "above", "margin": 50} | fields)


def judged(asked, **networks):
    outcomes = {
        network: [records(tiny(seed), accuracy={"accuracy": one}) for seed, one in enumerate(shares)]
        for network, shares in networks.items()
    }
    return judge(asked, outcomes, "thin")


@pytest.mark.parametrize(
    "fields, distance",
    [
        ({"margin": 50}, 61.333333 - 50),
        ({"holds_if": "below", "margin": 70}, 61.333333 - 70),
        ({"holds_if": "near", "margin": 2, "printed": {"vgg11": 70}}, 61.333333 - 68),
        ({"holds_if": "near", "margin": 2, "printed": {"vgg11": 62}}, 61.333333 - 60),
        ({"holds_if": "within", "margin": 70}, 61.333333 - 70),
        ({"holds_if": "within", "margin": 3}, 61.333333 - 3),
    ],
)
def test_p_is_that_of_students_test_against_the_nearest_margin(fields, distance):
    """Owner: scipy.stats.ttest_1samp."""
    asked = claim(**fields)
    (one,) = judged(asked, vgg11=SHARES).estimates
    values = 100 * np.array(SHARES)
    expected = stats.ttest_1samp(values, values.mean() - distance).pvalue
    assert p_value(one, asked) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("share", np.linspace(0.40, 0.60, 9))
def test_p_is_below_the_level_just_where_the_interval_decides(share):
    asked = claim()
    (one,) = judged(asked, vgg11=(share - 0.01, share, share + 0.015)).estimates
    assert (p_value(one, asked) < 0.05) is (one.holds(asked) is not None)


def test_an_end_that_is_cut_off_makes_no_p_smaller():
    asked, shares = claim(margin=99.9), (0.999, 1.0, 0.97)
    (one,) = judged(asked, vgg11=shares).estimates
    assert one.interval[1] == 100
    expected = stats.ttest_1samp(100 * np.array(shares), 99.9).pvalue
    assert p_value(one, asked) == pytest.approx(expected)


@pytest.mark.parametrize("mean, p", [(51.0, 0.0), (50.0, 1.0)])
def test_seeds_that_are_all_alike_are_sure_but_at_the_margin(mean, p):
    assert p_value(Estimate("vgg11", mean, 3, (mean, mean), False), claim()) == p


def test_an_interval_over_images_is_that_of_a_normal_number():
    one = Estimate("vgg11", 52.0, 1, (51.0, 53.0), False, published=True)
    assert p_value(one, claim()) == pytest.approx(2 * stats.norm.sf(2 * 1.959964), rel=1e-5)


def test_what_has_no_interval_or_is_exact_or_borrowed_is_no_test():
    bare = Estimate("a", 60.0, 1, None, False)
    exact = Estimate("b", 60.0, 1, None, True)
    sure = Estimate("c", 60.0, 3, (59.0, 61.0), False)
    borrowed = replace(sure, network="d", n=1, borrowed=True)
    verdict = Verdict(claim(), "partly", "", (bare, exact, sure, borrowed))
    assert [one.network for _, one in all_tests([verdict])] == ["c"]


# Ten claims, of which one is sure.

CLOSE = (0.52, 0.53, 0.545)
"""p = .043 against 50, by scipy: significant alone, and not among ten."""
SURE = (0.6001, 0.6002, 0.6003)


def ten():
    return [judged(claim(f"X-{n}"), vgg11=SURE if n == 0 else CLOSE) for n in range(10)]


def test_of_many_tests_only_what_is_sure_stays():
    verdicts = ten()
    assert {one.word for one in verdicts} == {"reproduced"}
    found = after_holm(verdicts)
    assert found == {"X-0": "reproduced"} | {f"X-{n}": "open" for n in range(1, 10)}


def test_one_test_alone_stays_as_it_is():
    (_, one, *_) = ten()
    assert after_holm([one]) == {one.claim.id: "reproduced"}


def test_a_network_that_is_left_open_leaves_the_others_their_say():
    verdict = judged(claim(), vgg11=SURE, vgg13=CLOSE, vgg16=CLOSE, vgg19=(0.3, 0.3001, 0.3002))
    assert verdict.word == "partly"
    assert after_holm([verdict]) == {"X-1": "partly"}
    without = replace(verdict, estimates=verdict.estimates[1:])
    assert after_holm([without]) == {"X-1": "not reproduced"}


def test_an_identity_is_no_test():
    assert after_holm([judged(claim(identity=True), vgg11=SURE)]) == {}


def test_a_claim_without_a_test_is_left_out():
    layers = {"layers": ["conv1", "conv2"], "field": [3, 5], "border": "conv2"}
    outcomes = {"vgg11": [records(receptive_field=layers)]}
    exact = judge(claim(quantity="border", margin=1), outcomes, "thin")
    assert after_holm([exact]) == {}
    assert after_holm([]) == {}
