"""What the papers say is data, and the records decide what becomes of it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from rfbook.claims import verdicts
from rfbook.claims.claim import Claim, ClaimError, read_claims
from rfbook.claims.quantities.quantity import ANY
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import Estimate, estimate, judge
from rfbook.experiments.spec import NETWORKS
from rfbook.experiments.tiers import TIERS
from rfbook.pages import sources
from tests.samples import records, repeatable, tiny

REPOSITORY = Path(__file__).parents[2]
CLAIMS = read_claims(REPOSITORY / "claims")
TESTED = [claim for claim in CLAIMS if claim.quantity]
EXTENSIONS = [claim for claim in CLAIMS if claim.paper == "together"]
PREFIXES = {"size-matters": "SM-", "dead-pixel": "DP-", "together": "TG-"}

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
each_tested = pytest.mark.parametrize("claim", TESTED, ids=lambda claim: claim.id)


def a_claim(**fields):
    known = {"id": "X-1", "paper": "size-matters", "where": "1", "says": "so", "page": "a/page"}
    return Claim(**known | {"quantity": "accuracy", "holds_if": "above", "margin": 50} | fields)


def accuracies(*shares):
    """The records of one network: one accuracy a seed."""
    return [records(accuracy={"accuracy": share}) for share in shares]


def seeded(*shares, start=0):
    """The records of one network in one arm: one accuracy a seed."""
    return [
        records(tiny(seed), accuracy={"accuracy": share})
        for seed, share in enumerate(shares, start)
    ]


def of_accuracy(*shares, bounds=None):
    measured = QUANTITIES["accuracy"]._replace(bounds=bounds or QUANTITIES["accuracy"].bounds)
    return estimate(measured, "vgg11", [(one,) for one in accuracies(*shares)])


def bordered(number):
    layers = [f"conv{index}" for index in range(1, 17)]
    border = layers[number - 1] if number else None
    return [records(receptive_field={"layers": layers, "field": [3] * 16, "border": border})]


def word(claim, outcomes, tier="thin"):
    return judge(claim, outcomes, tier).word


# The claims of the two papers, and of both together.


def test_there_are_claims_of_both_papers_and_no_id_twice():
    assert {claim.paper for claim in CLAIMS} == PREFIXES.keys()
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)


@each_claim
def test_a_claim_says_where_it_stands_and_what_it_says(claim):
    assert claim.id.startswith(PREFIXES[claim.paper])
    assert claim.where.strip() and claim.says.strip()


@pytest.mark.parametrize("claim", EXTENSIONS, ids=lambda claim: claim.id)
def test_an_extension_says_that_it_is_not_in_the_papers(claim):
    assert claim.where.startswith("extension")
    assert claim.says.endswith("not in the papers)")
    assert not claim.printed
    assert claim.page.startswith("together/")


@each_claim
def test_the_page_of_a_claim_exists_and_lists_it(claim):
    path = sources.find(claim.page, REPOSITORY)
    assert claim.id in sources.matter(path)["rfbook"]["claims"]


@each_claim
def test_a_claim_is_untested_for_a_reason_and_at_tiers_that_exist(claim):
    assert claim.untested_at.keys() <= set(TIERS)
    assert all(reason.strip() for reason in claim.untested_at.values())
    assert claim.quantity or claim.untested.strip()


@each_claim
def test_a_claim_names_networks_that_exist(claim):
    for label in [*claim.printed, *claim.only]:
        assert label.split()[0].split("-")[0] in NETWORKS, label


def side(claim, holds):
    """A number on the claim's side, or on the other, for the first network it speaks of."""
    if claim.holds_if == "within":
        return 0 if holds else -3 * claim.margin
    distance = max(abs(claim.margin), 1) * (1 if holds else 3)
    if claim.holds_if == "near":
        return next(iter(claim.printed.values())) + (0 if holds else claim.margin + distance)
    return claim.margin + (distance if (claim.holds_if == "above") == holds else -distance)


def read_off(*arms):
    """In place of a quantity: the number that stands in the first arm's record."""
    return arms[0]["cost"].values["number"]


def three(number):
    """Three seeds of a network that is trained as far as any claim asks, with this number."""
    right = {"accuracy": 1.0, "training_accuracy": [1.0, 1.0]}
    return [records(tiny(seed), cost={"number": number}, accuracy=right) for seed in range(3)]


@each_tested
def test_every_claim_can_come_out_either_way(claim, monkeypatch):
    """A record on the other side of the margin turns its verdict round."""
    as_given = claim.measured._replace(function=read_off)
    monkeypatch.setattr(Claim, "measured", as_given)
    network = next(iter([*claim.printed, *claim.only]), "resnet18")
    names = [f"{network} {arm}" for arm in claim.arms] or [network]
    for holds, expected in ((True, "reproduced"), (False, "not reproduced")):
        verdict = judge(claim, dict.fromkeys(names, three(side(claim, holds))), "paper")
        assert verdict.word == expected
        assert verdict.estimates[0].n == 3


def test_a_wrong_record_turns_the_verdict_on_the_border_layer():
    """Size Matters, Figures 1 and 17: that of VGG16, the only one that is printed, is conv8."""
    (claim,) = (claim for claim in CLAIMS if claim.id == "SM-3.4-border")
    assert word(claim, {"vgg16": bordered(8)}) == "reproduced"
    assert word(claim, {"vgg16": bordered(9)}) == "not reproduced"
    others = {"vgg11": bordered(1), "vgg19": bordered(1)}
    assert word(claim, {"vgg16": bordered(8)} | others) == "reproduced"
    assert word(claim, others) == "not tested"


# How a verdict is reached.


@pytest.mark.parametrize(
    "shares, expected",
    [
        ((0.6, 0.61, 0.62), "reproduced"),
        ((0.4, 0.41, 0.42), "not reproduced"),
        ((0.45, 0.5, 0.58), "open"),
        ((0.6,), "open"),
        ((0.4,), "open"),
    ],
)
def test_all_of_the_interval_must_lie_on_the_side_of_the_claim(shares, expected):
    assert word(a_claim(), {"vgg11": accuracies(*shares)}) == expected


def test_a_single_seed_decides_nothing_and_the_verdict_says_on_which_side_it_is():
    outcomes = {"vgg11": accuracies(0.99), "vgg13": accuracies(0.01), "vgg16": accuracies(0.98)}
    verdict = judge(a_claim(), outcomes, "thin")
    assert verdict.word == "open"
    assert verdict.why == "a single seed decides nothing; for the claim: vgg11, vgg16, against it: vgg13"
    assert verdict.estimates[0].interval is None


def test_a_claim_that_fails_for_some_and_holds_for_none_is_not_reproduced():
    outcomes = {"vgg11": accuracies(0.4, 0.41), "vgg13": accuracies(0.4, 0.6)}
    verdict = judge(a_claim(), outcomes, "thin")
    assert (verdict.word, verdict.why) == ("not reproduced", "fails: vgg11; open: vgg13")


def test_what_is_open_for_one_network_and_holds_for_another_is_partly():
    outcomes = {"vgg11": accuracies(0.6, 0.61), "vgg13": accuracies(0.4)}
    verdict = judge(a_claim(), outcomes, "thin")
    assert verdict.word == "partly"
    assert verdict.why == "holds: vgg11; a single seed decides nothing; against it: vgg13"


def test_a_value_that_is_no_finite_number_leaves_a_claim_untested():
    verdict = judge(a_claim(), {"vgg11": accuracies(float("nan"), 0.9)}, "thin")
    assert (verdict.word, verdict.why) == (
        "not tested", "vgg11: it has no finite value or interval on so few images",
    )  # fmt: skip


def test_a_verdict_names_the_networks_that_were_not_run():
    claim = a_claim(only=["vgg11", "vgg13"])
    verdict = judge(claim, {"vgg11": accuracies(0.6, 0.61), "vgg16": accuracies(0.4, 0.41)}, "thin")
    assert (verdict.word, verdict.why) == ("reproduced", "holds: vgg11; not run: vgg13")


@repeatable
@given(share=st.floats(0, 1), comparison=st.sampled_from(["above", "below", "near"]))
def test_no_single_seed_decides_what_chance_can_change(share, comparison):
    claim = a_claim(holds_if=comparison, printed={"vgg11": 50.0})
    assert word(claim, {"vgg11": accuracies(share)}) == "open"


def test_a_single_run_suffices_for_what_no_seed_can_change():
    claim = a_claim(quantity="border", holds_if="near", margin=0, printed={"vgg11": 6})
    assert word(claim, {"vgg11": bordered(6)}) == "reproduced"
    assert word(claim, {"vgg11": bordered(7)}) == "not reproduced"


def test_two_seeds_that_leave_a_claim_open_say_how_many_would_decide_it():
    """By hand: a deviation of 1.414, a point from the margin; 2.262 / sqrt(10), 2.228 / sqrt(11)."""
    verdict = judge(a_claim(), {"vgg11": accuracies(0.5, 0.52)}, "thin")
    assert verdict.word == "open"
    assert verdict.estimates[0].seeds_to_decide(verdict.claim) == 11


def test_one_seed_does_not_say_how_many_would_decide_it():
    verdict = judge(a_claim(), {"vgg11": accuracies(0.52)}, "thin")
    assert verdict.estimates[0].seeds_to_decide(verdict.claim) is None


def test_a_network_that_fails_among_those_that_hold_makes_it_partly():
    outcomes = {"vgg11": accuracies(0.6, 0.61), "vgg13": accuracies(0.4, 0.41)}
    verdict = judge(a_claim(), outcomes, "thin")
    assert (verdict.word, verdict.why) == ("partly", "holds: vgg11; fails: vgg13")


@pytest.mark.parametrize(
    "comparison, value, holds",
    [
        ("above", 50.0, False), ("above", 50.1, True),
        ("below", 50.0, False), ("below", 49.9, True),
        ("near", 81.0, True), ("near", 79.0, True), ("near", 81.1, False),
    ],
)  # fmt: skip
def test_a_margin_belongs_to_near_and_to_no_other_comparison(comparison, value, holds):
    margin = 1.0 if comparison == "near" else 50.0
    claim = a_claim(holds_if=comparison, margin=margin, printed={"vgg11": 80.0})
    assert Estimate("vgg11", value, 1, None, True).holds(claim) is holds


@pytest.mark.parametrize(
    "interval, holds",
    [
        ((79.5, 80.5), True),
        ((79.0, 81.0), True),
        ((70.0, 90.0), None),
        ((80.5, 99.0), None),
        ((60.0, 79.5), None),
        ((81.5, 99.0), False),
        ((60.0, 78.5), False),
    ],
)
def test_an_interval_is_near_only_if_all_of_it_is_and_far_only_if_none_of_it_is(interval, holds):
    claim = a_claim(holds_if="near", margin=1.0, printed={"vgg11": 80.0})
    assert Estimate("vgg11", sum(interval) / 2, 3, interval, False).holds(claim) is holds


@pytest.mark.parametrize("comparison", ["above", "below"])
@pytest.mark.parametrize("interval", [(51.0, 60.0), (40.0, 49.0), (40.0, 60.0)])
def test_an_interval_is_on_one_side_of_the_margin_or_leaves_it_open(comparison, interval):
    found = Estimate("vgg11", sum(interval) / 2, 3, interval, False).holds(
        a_claim(holds_if=comparison)
    )
    beyond = {(51.0, 60.0): True, (40.0, 49.0): False}.get(interval)
    assert found is (beyond if comparison == "above" or beyond is None else not beyond)


@repeatable
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8, unique=True))
def test_the_interval_is_that_of_a_t_test(shares):
    """Owner: scipy.stats.ttest_1samp(...).confidence_interval(0.95)."""
    found = of_accuracy(*shares, bounds=ANY)
    values = 100 * np.array(shares)
    if values.std() < 1e-6:
        return
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.mean == pytest.approx(values.mean())
    assert found.interval == pytest.approx((low, high), rel=1e-6, abs=1e-6)
    assert found.n == len(shares)


def test_the_interval_is_the_one_of_a_table_of_student():
    """t(0.975, 2) = 4.3027 in every printed table; the sample 1, 2, 3 has s = 1."""
    found = of_accuracy(0.01, 0.02, 0.03, bounds=ANY).interval
    assert found == pytest.approx((2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), abs=1e-3)


def test_seeds_that_agree_have_an_interval_of_no_width():
    assert of_accuracy(0.5, 0.5).interval == (50, 50)


# What is not tested, and why.


def test_what_cannot_be_tested_here_gives_its_reason():
    claim = a_claim(quantity=None, holds_if=None, untested="needs ImageNet")
    verdict = judge(claim, {"vgg11": accuracies(0.6, 0.6)}, "paper")
    assert (verdict.word, verdict.why, verdict.estimates) == ("not tested", "needs ImageNet", ())


def test_what_a_tier_cannot_show_is_not_tested_there_and_only_there():
    claim = a_claim(untested_at={"smoke": "digits cannot show it"})
    outcomes = {"vgg11": accuracies(0.6, 0.61)}
    assert judge(claim, outcomes, "smoke").why == "digits cannot show it"
    assert word(claim, outcomes, "smoke") == "not tested"
    assert word(claim, outcomes, "thin") == "reproduced"


@pytest.mark.parametrize(
    "fields",
    [
        {"only": ("vgg13",)},
        {"holds_if": "near", "printed": {"vgg13": 60.0}},
    ],
)
def test_a_claim_about_another_network_is_not_tested(fields):
    verdict = judge(a_claim(**fields), {"vgg11": accuracies(0.6, 0.61)}, "thin")
    assert (verdict.word, verdict.why) == ("not tested", "not run: vgg13")


@pytest.mark.parametrize(
    "arms, run, why",
    [
        (("resnet50", "resnet18"), ["resnet18"], "not run: resnet50"),
        (("small", "large"), ["vgg11 small"], "not run: large"),
        (("small", "large"), ["vgg11 small", "vgg13 large"], "no network was run in all that it needs"),
    ],
)
def test_of_arms_that_cannot_be_compared_the_missing_one_is_named(arms, run, why):
    verdict = judge(a_claim(arms=arms), dict.fromkeys(run, accuracies(0.6, 0.61)), "thin")
    assert (verdict.word, verdict.why) == ("not tested", why)


def test_nothing_is_said_before_anything_was_run():
    assert word(a_claim(), {}) == "not tested"


def test_without_a_border_layer_nothing_is_said_of_what_comes_after_it():
    """A side above every receptive field: the page on the border layer suggests to try it."""
    layers = ["conv1", "conv2", "conv3"]
    made = records(
        receptive_field={"layers": layers, "field": [3, 5, 7], "border": None},
        probes={"layers": layers, "probes": [0.3, 0.5, 0.9]},
    )
    claim = a_claim(quantity="gain_after_border", holds_if="below", margin=1)
    assert word(claim, {"vgg11": [made, made]}) == "not tested"


def test_a_network_without_a_value_has_no_say_and_its_reason_is_told():
    layers = ["conv1", "conv2", "conv3"]
    probes = {"layers": layers, "probes": [0.3, 0.5, 0.501]}
    fields = {"layers": layers, "field": [3, 5, 7]}
    small = records(receptive_field=fields | {"border": None}, probes=probes)
    large = records(receptive_field=fields | {"border": "conv2"}, probes=probes)
    claim = a_claim(quantity="gain_after_border", holds_if="below", margin=1)
    verdict = judge(claim, {"vgg11": [small, small], "vgg13": [large, large]}, "thin")
    assert verdict.word == "reproduced"
    assert "vgg11: no border layer" in verdict.why
    assert [one.network for one in verdict.estimates] == ["vgg13"]


# Claims that compare arms.


def test_arms_are_compared_within_every_network_seed_by_seed():
    claim = a_claim(arms=("large", "small"), margin=5)
    outcomes = {
        "vgg11 small": seeded(0.1, 0.5), "vgg11 large": seeded(0.2, 0.6),
        "vgg13 small": seeded(0.6, 0.6), "vgg13 large": seeded(0.6, 0.6),
    }  # fmt: skip
    verdict = judge(claim, outcomes, "thin")
    found = {one.network: (round(one.mean, 9), one.n) for one in verdict.estimates}
    assert found == {"vgg11": (10, 2), "vgg13": (0, 2)}
    assert (verdict.word, verdict.why) == ("partly", "holds: vgg11; fails: vgg13")


def test_whole_networks_are_compared_by_their_names():
    claim = a_claim(arms=("resnet18", "resnet18-noskip"), margin=5)
    outcomes = {"resnet18": seeded(0.8, 0.81), "resnet18-noskip": seeded(0.7, 0.71)}
    (found,) = judge(claim, outcomes, "thin").estimates
    assert (found.network, round(found.mean, 9)) == ("resnet18 vs resnet18-noskip", 10)


def test_only_seeds_that_every_arm_has_are_compared():
    claim = a_claim(arms=("large", "small"))
    small, large = seeded(0.1, 0.2, 0.3), seeded(0.3, 0.4, start=1)
    (found,) = judge(claim, {"vgg11 small": small, "vgg11 large": large}, "thin").estimates
    assert (round(found.mean, 9), found.n) == (10, 2)


def test_without_a_common_seed_there_is_nothing_to_compare():
    outcomes = {"vgg11 small": seeded(0.1), "vgg11 large": seeded(0.3, start=1)}
    verdict = judge(a_claim(arms=("large", "small")), outcomes, "thin")
    assert (verdict.word, verdict.why) == ("not tested", "vgg11: no seed was run in every arm")


def test_a_network_that_lacks_an_arm_is_not_compared():
    outcomes = {"vgg11 small": seeded(0.1), "vgg11 large": seeded(0.3), "vgg13 large": seeded(0.9)}
    (found,) = judge(a_claim(arms=("large", "small")), outcomes, "thin").estimates
    assert found.network == "vgg11"


def test_only_the_networks_of_a_claim_decide_it():
    outcomes = {"vgg11": accuracies(0.6, 0.61), "vgg13": accuracies(0.1, 0.11)}
    verdict = judge(a_claim(only=("vgg11",)), outcomes, "thin")
    assert verdict.word == "reproduced"
    assert [one.network for one in verdict.estimates] == ["vgg11"]


# Files that are not well formed.

ROW = """\
- id: X-1
  where: "1"
  says: "so"
  page: a/page
  quantity: accuracy
  holds_if: above
  margin: 50
"""


def write(tmp_path, text):
    (tmp_path / "size_matters.yml").write_text(text)
    return tmp_path


def test_a_row_takes_its_paper_from_the_name_of_the_file(tmp_path):
    (claim,) = read_claims(write(tmp_path, ROW))
    assert claim.paper == "size-matters"
    assert (claim.quantity, claim.holds_if, claim.margin) == ("accuracy", "above", 50)


@pytest.mark.parametrize("name", ["gone", "."])
def test_a_folder_without_claims_is_refused_and_named(tmp_path, name):
    with pytest.raises(ClaimError, match=rf"{tmp_path / name}: .* `git checkout -- claims`"):
        read_claims(tmp_path / name)


def test_an_empty_file_holds_no_claims(tmp_path):
    assert read_claims(write(tmp_path, "# nothing yet\n")) == []


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("margin: 50", "margin: fifty", "claim X-1:.*margin"),
        ("margin: 50", "margni: 50", "claim X-1:.*margni"),
        ("holds_if: above", "holds_if: larger", "claim X-1:.*holds_if"),
        ("quantity: accuracy", "quantity: acuracy", "claim X-1: no quantity 'acuracy'; there are"),
        ("  quantity: accuracy\n", "", "claim X-1: name a quantity, or say under `untested`"),
        ("  holds_if: above\n", "", "claim X-1: `holds_if` must be below, above, near or within"),
        ("  margin: 50\n", "", "claim X-1: .*`margin` a number"),
        ("  margin: 50\n", "  margin: 50\n  arms: [a, b, c]\n", "claim X-1: no quantity .* of 3 arms"),
        ("margin: 50", "margin: .nan", "claim X-1:.*margin"),
        ("  margin: 50\n", "  margin: 50\n  margin: 99\n", "a field is there twice: margin"),
        ("holds_if: above", "holds_if: near", "claim X-1: `near` needs the paper's numbers"),
        ("  page: a/page\n", "", "claim X-1:.*page"),
        ("- id: X-1\n  where", "- where", r"claim \?:.*id"),
    ],
)
def test_an_ill_formed_row_is_refused_by_its_file_and_id(tmp_path, old, new, said):
    assert old in ROW
    with pytest.raises(ClaimError, match=rf"(?s)size_matters\.yml: {said}"):
        read_claims(write(tmp_path, ROW.replace(old, new)))


@pytest.mark.parametrize("text", ["- just words\n", "id: X-1\n", "- [a, list]\n", "5\n"])
def test_a_row_that_is_no_mapping_is_refused_with_its_file(tmp_path, text):
    with pytest.raises(ClaimError, match=r"size_matters\.yml: a row is a mapping"):
        read_claims(write(tmp_path, text))


def test_a_file_that_is_no_yaml_is_refused_by_its_name(tmp_path):
    with pytest.raises(ClaimError, match=r"size_matters\.yml"):
        read_claims(write(tmp_path, "- id: [X-1\n"))


def test_an_id_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(ClaimError, match="claim ids must be unique; twice: X-1"):
        read_claims(write(tmp_path, ROW + ROW))


def test_every_word_of_a_comparison_is_one_that_a_claim_may_use():
    allowed = Claim.model_fields["holds_if"].annotation
    assert all(f"'{word}'" in str(allowed) for word in verdicts.COMPARISONS)
