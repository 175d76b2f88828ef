"""What cannot come out otherwise decides nothing, and an interval holds only what is possible."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfbook.claims.claim import Claim, ClaimError, read_claims
from rfbook.claims.quantities.images import FEWEST_PAIRS
from rfbook.claims.quantities.quantity import FEWEST, Quantity, counted
from rfbook.claims.quantities.registry import CONTRASTS, QUANTITIES, quantity_named
from rfbook.claims.verdicts import estimate, judge
from rfbook.pages import sources
from rfbook.statistics.undefined import Undefined
from tests.claims.perturbed import perturbed
from tests.samples import record, records, repeatable, tiny

CONVOLUTIONS = [f"conv{number}" for number in range(1, 7)]
FIELDS = {"layers": CONVOLUTIONS, "field": [3, 7, 15, 31, 47, 63], "border": "conv4"}
SMALL = FIELDS | {"side": 8, "jump": [2, 2, 4, 4, 8, 8]}
LAST = FIELDS | {"border": "conv6"}
CLAIMS = [c for c in read_claims(sources.repository() / "claims") if c.quantity]
QUARTER = np.arange(16.0).reshape(4, 4) / 16


def curve(name, *values):
    return {name: {"layers": CONVOLUTIONS, name: list(values)}}


def made(fields=FIELDS, maps=QUARTER, **values):
    """Records of six convolutions that differ from each other, but for what is given."""
    known = curve("probes", 0.3, 0.4, 0.5, 0.6, 0.55, 0.62)
    known |= curve("saturation", 0.9, 0.8, 0.7, 0.3, 0.2, 0.1)
    known |= curve("probes_8x8", 0.4, 0.5, 0.6, 0.7, 0.65, 0.72)
    known |= curve("probes_global", 0.2, 0.3, 0.4, 0.5, 0.6, 0.55)
    known |= {"accuracy": {"accuracy": 0.65}, "position_probes": {"layers": CONVOLUTIONS}}
    held = records(receptive_field=fields, **known | values)
    held["position_probes"].arrays.update(dict.fromkeys(CONVOLUTIONS, maps))
    return held


def flat(name):
    return made(**curve(name, *[0.5] * 6))


@pytest.mark.parametrize(
    "name, held, said",
    [
        *[(name, made(LAST), "conv6, is the last convolution: no layer lies after it") for name in (
            "gain_after_border", "best_gain_after_border", "fall_after_border", "share_after_border",
            "position_spread_shrinks",
        )],
        ("gain_after_next", made(FIELDS | {"border": "conv5"}), "conv6, is the one after the border"),
        ("places_gain", made(SMALL), "no map has more than 4x4 places"),
        ("pooling_rank_correlation", flat("probes"), "all values are equal"),
        ("pooling_rank_correlation", flat("probes_global"), "all values are equal"),
        ("tail_off_border", flat("saturation"), "no low tail"),
        ("fall_before_tail", made(**curve("saturation", 0.9, *[0.1] * 5)), "starts at conv2"),
        ("inner_over_corners", made(maps=QUARTER[:2, :2]), "2x2 positions is all corners"),
        ("inner_over_corners_at_border", made(maps=QUARTER[:1, :1]), "1x1 positions is all corners"),
        ("inner_over_corners_at_border", made(maps=QUARTER[:3, :3]), "no 2x2 in its middle"),
        ("inner_gap_at_border", made(maps=QUARTER[:1, :1]), "no 2x2 in its middle"),
        ("falls_outward", made(maps=QUARTER[:2, :2]), "2x2 or smaller"),
    ],
)  # fmt: skip
def test_a_layer_is_not_compared_with_itself_nor_what_is_constant_with_anything(name, held, said):
    """The rest of the records could decide; three alike seeds would, if the number were there."""
    with pytest.raises(Undefined, match=said):
        QUANTITIES[name].function(held)
    claim = Claim(
        id="X-1", paper="size-matters", where="1", says="so", page="a/page", quantity=name,
        holds_if="below", margin=1,
    )  # fmt: skip
    verdict = judge(claim, {"vgg11": [held] * 3}, "thin")
    assert verdict.word == "not tested"
    assert said in verdict.why


@pytest.mark.parametrize("name", ["gain_after_border", "falls_outward", "fall_before_tail"])
def test_where_there_is_something_to_compare_there_is_a_number(name):
    assert np.isfinite(QUANTITIES[name].function(made()))


def learning(*curves):
    return [records(learning_curve={"test_accuracy": list(one)}) for one in curves]


@pytest.mark.parametrize("curves", [([0.95], [0.2]), ([0.1, 0.2], [0.5, 0.6])])
def test_arms_that_count_as_arriving_last_whatever_they_are_have_no_difference(curves):
    with pytest.raises(Undefined, match="nothing tells the arms apart within"):
        quantity_named("epochs_to_90", 2).function(*learning(*curves))


def test_an_arm_that_arrives_in_time_differs_from_one_that_never_does():
    assert quantity_named("epochs_to_90", 2).function(*learning([0.1, 0.2], [0.95, 0.96])) == 1


def test_nothing_is_divided_by_an_accuracy_of_zero():
    arms = [records(accuracy={"accuracy": share}) for share in (0.5, 0.0)]
    with pytest.raises(Undefined, match="no answer is right"):
        CONTRASTS["accuracy_ratio"].function(*arms)


# Shares of few images.


@pytest.mark.parametrize("images, enough", [(3, False), (FEWEST - 1, False), (FEWEST, True)])
@pytest.mark.parametrize("said", [True, False])
def test_a_share_of_few_images_decides_nothing(images, enough, said):
    """Whether the record says how many there were, or only its run does."""
    values = {"accuracy": 1.0} | ({"test_images": images} if said else {})
    seeds = [(records(tiny(seed, test_images=images), accuracy=values),) for seed in range(3)]
    if enough:
        assert estimate(QUANTITIES["accuracy"], "vgg11", seeds).mean == 100
    else:
        said = f"share of {images} test images, and a verdict needs {FEWEST}"
        with pytest.raises(Undefined, match=said):
            estimate(QUANTITIES["accuracy"], "vgg11", seeds)


@pytest.mark.parametrize("measure", ["accuracy", "learning_curve"])
def test_of_a_micro_object_every_image_that_was_shown_counts(measure):
    """Each template twice; the record of the accuracy holds the templates, the other the images."""
    run = tiny(test_images=15, task="micro-object")
    stated = {"accuracy": {"test_images": 15}, "learning_curve": {"test_images": 30}}
    assert counted(record(run, measure, stated[measure])) == 30


def test_what_is_no_share_of_images_may_come_from_few():
    run = tiny(test_images=4)
    one = estimate(QUANTITIES["border"], "vgg11", [(records(run, receptive_field=FIELDS),)])
    assert one.mean == 4


@pytest.mark.parametrize("apart", [0, 1, FEWEST_PAIRS - 1, FEWEST_PAIRS])
def test_so_few_images_that_tell_two_attacks_apart_decide_nothing_even_if_all_agree(apart):
    """Owner: the sign test, by hand. Of five that all agree p is 2 / 32, of six 2 / 64."""
    held = perturbed()
    strong = np.arange(50) < apart
    held["one_pixel_attack"].arrays.update(strong_changed=strong, weak_changed=np.zeros(50, dtype=bool))
    if 2 / 2**apart < 0.05:
        assert QUANTITIES["attack_strong_wins"].function(held) == 100
    else:
        with pytest.raises(Undefined, match="tell"):
            QUANTITIES["attack_strong_wins"].function(held)


# What is possible.

EVERY = QUANTITIES | CONTRASTS
UNIT_FREE = (-inf, inf)


@repeatable
@given(
    st.sampled_from(sorted(EVERY)),
    st.lists(st.floats(0, 1), min_size=2, max_size=6),
)
def test_no_interval_leaves_what_its_quantity_can_be(name, places):
    """Values anywhere in the bounds, those without an end cut at a thousand."""
    low, high = np.clip(EVERY[name].possible, -1000, 1000)
    values = iter([low + place * (high - low) for place in places])
    held = EVERY[name]._replace(function=lambda one: next(values), measures=(), interval=None)
    found = estimate(held, "vgg11", [(records(accuracy={}),)] * len(places))
    assert EVERY[name].possible[0] <= found.interval[0] <= found.mean <= found.interval[1]
    assert found.interval[1] <= EVERY[name].possible[1] + 1e-9


@pytest.mark.parametrize(
    "name, arms, bounds",
    [
        ("accuracy", 0, (0, 100)), ("accuracy", 2, (-100, 100)), ("accuracy_ratio", 2, (0, inf)),
        ("recovered_accuracy", 3, (-inf, inf)), ("pooling_rank_correlation", 0, (-1, 1)),
        ("gaussian_r_squared", 0, (-inf, 1)), ("checkerboard", 0, (0, inf)),
        ("checkerboard", 2, (-inf, inf)), ("half_share_output", 0, (0, 50)), ("tail_start", 0, (0, inf)),
        ("gain_after_border", 0, (-100, 100)), ("linearity_error", 0, (0, inf)),
        ("fit_without_pattern", 0, (-inf, inf)), ("printed_depth_exponent", 0, (-inf, inf)),
    ],
)  # fmt: skip
def test_what_a_quantity_can_be(name, arms, bounds):
    assert quantity_named(name, arms).possible == bounds


ROW = """
- {id: X-1, where: "1", says: so, page: a/page, quantity: %s, holds_if: %s, margin: %g}
"""


@pytest.mark.parametrize(
    "name, comparison, margin",
    [
        ("accuracy", "above", 100), ("accuracy", "below", 0), ("accuracy", "above", -1),
        ("checkerboard", "below", 0), ("pooling_rank_correlation", "above", 1),
        ("accuracy", "within", 0), ("pooling_rank_correlation", "within", 1.1),
    ],
)  # fmt: skip
def test_a_margin_that_leaves_one_answer_is_refused(tmp_path, name, comparison, margin):
    (tmp_path / "size_matters.yml").write_text(ROW % (name, comparison, margin))
    said = f"X-1: {name} is from .*: of `margin` {margin} one answer is sure"
    with pytest.raises(ClaimError, match=said):
        read_claims(tmp_path)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_what_a_paper_prints_is_possible(claim):
    low, high = claim.measured.possible
    assert all(low <= value <= high for value in claim.printed.values())


@pytest.mark.parametrize(
    "comparison, margin", [("above", 0), ("above", 40), ("below", 40), ("below", 100)]
)
def test_what_is_cut_off_an_interval_changes_no_answer(comparison, margin):
    claim = Claim(
        id="X-1", paper="size-matters", where="1", says="so", page="a/page", quantity="accuracy",
        holds_if=comparison, margin=margin,
    )  # fmt: skip
    seeds = [(records(tiny(n), accuracy={"accuracy": share}),) for n, share in enumerate((0.1, 0.9))]
    cut = estimate(QUANTITIES["accuracy"], "vgg11", seeds)
    whole = estimate(QUANTITIES["accuracy"]._replace(bounds=UNIT_FREE), "vgg11", seeds)
    assert whole.interval[0] < cut.interval[0] == 0
    assert cut.interval[1] == 100 < whole.interval[1]
    assert cut.holds(claim) is whole.holds(claim)


def test_a_mean_at_the_end_of_what_is_possible_is_not_cut_off():
    beyond = Quantity(lambda one: 100 + 1e-12, (), "%", bounds=(0.0, 100.0))
    found = estimate(beyond, "vgg11", [(records(accuracy={}),)] * 3)
    assert found.interval[0] <= found.mean <= found.interval[1]
