"""A claim on trained networks is judged where they are trained, and says by what numbers where not."""

import pytest

from rfbook.claims.claim import Claim, ClaimError, read_claims
from rfbook.claims.verdicts import judge
from rfbook.pages import sources
from tests.samples import records, tiny

CLAIMS = read_claims(sources.repository() / "claims")
LEARNT = {"accuracy", "probes", "probes_8x8", "probes_global", "position_probes", "saturation"}
KNOWN = {
    "id": "X-1", "paper": "size-matters", "where": "1", "says": "so", "page": "a/page",
    "quantity": "epochs_to_90", "holds_if": "above", "margin": 1,
}  # fmt: skip


def claim(regime, **fields):
    return Claim(**KNOWN | {"regime": regime} | fields)


def networks(*shares, number=2, epochs=2, **measured):
    """One training a share of test images (of ten classes), equally right on its training images."""
    late = {"test_accuracy": [0.1] * (number - 1) + [0.95]}
    return [
        records(
            tiny(seed, epochs),
            learning_curve=late,
            **measured or {"accuracy": {"accuracy": share, "training_accuracy": [0.1, share]}},
        )
        for seed, share in enumerate(shares)
    ]


@pytest.mark.parametrize(
    "regime, shares, word",
    [
        ("trained", (0.2, 0.2, 0.25), "reproduced"), ("trained", (0.19, 0.5, 0.5), "not tested"),
        ("fine-tuned", (0.8, 0.8, 0.99), "reproduced"), ("fine-tuned", (0.79, 0.9, 0.9), "not tested"),
        (None, (0.1, 0.1, 0.1), "reproduced"),
    ],
)  # fmt: skip
def test_every_training_must_have_reached_the_regime(regime, shares, word):
    """Of ten classes a guess is right one time in ten."""
    assert judge(claim(regime), {"vgg11": networks(*shares)}, "thin").word == word


@pytest.mark.parametrize(
    "regime, said",
    [
        ("trained", "test images, where every training needs 20 % (twice chance)"),
        ("fine-tuned", "training images, where every training needs 80 %"),
    ],
)  # fmt: skip
def test_what_was_reached_and_what_is_needed_is_said(regime, said):
    found = judge(claim(regime), {"vgg11": networks(0.1, 0.3, 0.2)}, "thin")
    assert found.why == f"vgg11: right on 10 to 30 % of the {said}"


def test_a_network_at_chance_has_no_say_and_the_others_decide():
    outcomes = {"vgg11": networks(0.5, 0.5), "vgg13": networks(0.1, 0.1, number=1)}
    found = judge(claim("trained"), outcomes, "thin")
    assert (found.word, [one.network for one in found.estimates]) == ("reproduced", ["vgg11"])
    assert "vgg13: right on 10 % of the test images" in found.why


def test_all_arms_of_a_comparison_must_have_reached_it():
    outcomes = {"vgg11 small": networks(0.1, 0.1, number=4), "vgg11 large": networks(0.5, 0.5, number=2)}
    found = judge(claim("trained", arms=("small", "large")), outcomes, "thin")
    assert found.word == "not tested"
    assert found.why.startswith("vgg11: right on 10 to 50 %")


def test_what_was_not_trained_here_is_in_every_regime():
    held = networks(0.0, 0.0, epochs=0, cost={"parameters": 1})
    assert judge(claim("fine-tuned"), {"vgg11": held}, "thin").word == "reproduced"


def test_a_training_whose_accuracy_nobody_measured_decides_nothing():
    held = networks(0.5, 0.5, cost={"parameters": 1})
    found = judge(claim("trained"), {"vgg11": held}, "thin")
    assert (found.word, "was not measured" in found.why) == ("not tested", True)


# The claims of the papers.


def test_what_size_matters_says_of_trained_networks_is_on_trained_networks():
    """Arithmetic and what a definition says need no training."""
    free = [
        one.id
        for one in CLAIMS
        if one.paper == "size-matters" and one.quantity and one.regime != "trained"
        if LEARNT & set(one.measured.measures)
    ]
    assert free == ["SM-2.3-definition"]


@pytest.mark.parametrize("page", ["dead_pixel/size-finetuned", "dead_pixel/feature"])
def test_what_dead_pixel_says_of_fine_tuned_networks_is_on_fine_tuned_networks(page):
    """A printed table needs no training of ours."""
    measured = [one for one in CLAIMS if one.page == page and one.quantity]
    free = [one.id for one in measured if one.regime != "fine-tuned"]
    assert all(one.startswith("DP-T2-accuracy-") for one in free)


def test_a_claim_on_a_network_that_was_fine_tuned_is_of_that_regime():
    named = [one for one in CLAIMS if any("fine-tuned" in network for network in one.only)]
    assert named and {one.regime for one in named} == {"fine-tuned"}


def test_no_other_regime_may_be_named(tmp_path):
    row = "- {id: X-1, where: '1', says: so, page: a/page, untested: so, regime: %s}\n"
    (tmp_path / "size_matters.yml").write_text(row % "trained")
    assert read_claims(tmp_path)[0].regime == "trained"
    (tmp_path / "dead_pixel.yml").write_text(row.replace("X-1", "X-2") % "learnt")
    with pytest.raises(ClaimError, match=r"(?s)X-2.*regime"):
        read_claims(tmp_path)
