"""What quantities of perturbed images say where they are uncertain, and where they say nothing."""

import numpy as np
import pytest

from rfbook.claims.claim import Claim
from rfbook.claims.quantities.fields import linearity_errors
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import judge
from rfbook.experiments.spec import RECIPES, Data, Model, Run
from rfbook.records.stages import require
from rfbook.statistics.undefined import Undefined
from tests.claims.perturbed import EXPECTED, STEP, perturbed
from tests.samples import record

PUBLISHED = Run(
    model=Model(name="efficientnet_lite0"),
    data=Data(name="imagenette", side=64, normalisation="efficientnet"),
    recipe=RECIPES["pretrained"],
)


def claim(**fields):
    known = {"id": "DP-1", "paper": "dead-pixel", "where": "5", "says": "so", "page": "a/page"}
    stated = {"quantity": "saliency_follows", "holds_if": "above", "margin": 50}
    return Claim(**known | stated | fields)


def many(share, run=PUBLISHED):
    """Records of 100 images, of which the share has a saliency that follows the field."""
    made = perturbed(run)
    arrays = made["saliency"].arrays
    right, wrong = arrays["saliency"][0], arrays["saliency"][3]
    arrays["saliency"] = np.array([right if i < 100 * share else wrong for i in range(100)])
    arrays["field"] = np.array([arrays["field"][0]] * 100)
    return made


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - {"clean_pixels"}))
def test_every_quantity_of_perturbed_images_has_an_interval_around_it(name):
    quantity = QUANTITIES[name]
    low, high = quantity.interval(perturbed())
    assert low - 1e-9 <= quantity.function(perturbed()) <= high + 1e-9


def test_halves_without_a_pattern_have_no_correlation_and_no_interval():
    """Without its first image one half of these few is flat."""
    with pytest.raises(Undefined, match="no pattern at all"):
        QUANTITIES["clean_pixels"].interval(perturbed())


def test_a_share_of_images_has_wilsons_interval():
    """Owner: scipy's and any table's 90 of 100: 82.6 to 94.5 %."""
    assert QUANTITIES["saliency_follows"].interval(many(0.9)) == pytest.approx((82.6, 94.5), abs=0.1)


@pytest.mark.parametrize(
    "share, word", {0.9: "reproduced", 0.55: "open", 0.2: "not reproduced"}.items()
)
def test_a_published_network_is_judged_by_its_interval_over_images(share, word):
    verdict = judge(claim(), {"efficientnet_lite0": [many(share)]}, "thin")
    assert verdict.word == word
    assert verdict.estimates[0].n == 1
    assert verdict.estimates[0].interval == QUANTITIES["saliency_follows"].interval(many(share))
    assert "decides nothing" not in verdict.why


def test_one_seed_of_a_random_network_has_no_interval_over_images():
    """Another seed is another network, about which the images of this one say nothing."""
    random = PUBLISHED.model_copy(update={"recipe": RECIPES["untrained"]})
    verdict = judge(claim(), {"efficientnet_lite0": [many(0.9, random)]}, "thin")
    assert verdict.word == "open"
    assert verdict.estimates[0].interval is None
    assert verdict.why.startswith("a single seed decides nothing")


def test_a_response_that_is_largest_where_the_field_is_weakest_correlates_negatively():
    made = perturbed()
    made["pixel_response"].arrays["changes"] = np.array([30 - STEP, STEP - 30])
    assert QUANTITIES["response_correlation"].function(made) == pytest.approx(-1)
    assert QUANTITIES["strong_over_weak_response"].function(made) == pytest.approx(7 / 27)


def test_a_size_is_never_mistaken_where_every_pixel_does_the_same_and_often_where_few_do_anything():
    made = perturbed()
    made["pixel_response"].arrays["changes"] = np.ones((4, 25))
    assert QUANTITIES["mistaken_sizes"].function(made) == 0
    made["pixel_response"].arrays["changes"] = 10.0 ** np.arange(25)[None]
    assert QUANTITIES["mistaken_sizes"].function(made) == 50


@pytest.mark.parametrize(
    "curve, share",
    {
        (0.5, 0.6, 0.95, 0.5): 25,  # of four epochs one, from the second to the third
        (0.5, 0.7, 0.8, 0.95): 75,
        (0.95, 0.4, 0.5, 0.99): 25,  # from before the first
    }.items(),
)
def test_the_rise_is_counted_from_the_last_low_epoch_before_the_first_high_one(curve, share):
    made = {"learning_curve": record(measure="learning_curve", values={"test_accuracy": list(curve)})}
    assert QUANTITIES["epochs_of_rise"].function(made) == share


def test_a_training_that_never_arrives_has_no_rise():
    made = {"learning_curve": record(measure="learning_curve", values={"test_accuracy": [0.5, 0.9]})}
    with pytest.raises(Undefined, match="never exceeds 90 %"):
        QUANTITIES["epochs_of_rise"].function(made)


def test_the_error_of_linearity_is_known_for_every_size_of_the_perturbation():
    """By hand: 3 epsilon times the slope is 0.78 or 0."""
    errors = linearity_errors(perturbed())
    assert list(errors) == [0.01, 0.001]
    assert errors[0.01] == pytest.approx(100 * ((0.78 - 0.5) + 0.4 + (0.78 - 0.3) + 0.2) / 1.4)
    assert errors[0.001] == pytest.approx(EXPECTED["smallest_step_error"])


def test_attacks_that_do_the_same_say_nothing_about_which_is_stronger():
    made = perturbed()
    arrays = made["one_pixel_attack"].arrays
    arrays["weak_changed"], arrays["weak_fall"] = arrays["strong_changed"], arrays["strong_fall"]
    for name in ("attack_strong_wins", "attack_fall_wins"):
        with pytest.raises(Undefined, match="no image tells the two attacks apart"):
            QUANTITIES[name].function(made)


def test_a_change_that_grows_like_a_square_root_of_the_shift_is_a_little_smaller_at_odd_ones():
    made = perturbed()
    made["translation"].arrays["change"][..., :7] = np.sqrt(np.arange(1, 8))
    assert QUANTITIES["odd_over_even_shifts"].function(made) == pytest.approx(0.974, abs=1e-3)


def test_an_image_too_small_for_seven_shifts_has_no_odd_and_even_ones():
    made = perturbed()
    made["translation"].values["shifts"] = [1, 2, 3]
    with pytest.raises(Undefined, match="too small for shifts of 1 to 7"):
        QUANTITIES["odd_over_even_shifts"].function(made)


def test_the_accuracy_of_a_published_network_needs_imagenets_classes():
    require(PUBLISHED, "accuracy")
    photos = PUBLISHED.data.model_copy(update={"name": "photos"})
    with pytest.raises(ValueError, match=r"photos: its classes are not ImageNet's.*use imagenette"):
        require(PUBLISHED.model_copy(update={"data": photos}), "accuracy")


def test_the_receptive_fields_of_lite0_are_refused_before_anything_is_computed():
    with pytest.raises(ValueError, match=r"padding depends on the size.*leave the network out"):
        require(PUBLISHED, "receptive_field")
