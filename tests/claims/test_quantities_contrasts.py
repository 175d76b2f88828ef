"""What compares the arms of one experiment."""

import pytest

from rfbook.claims.quantities.others import Evidence
from rfbook.claims.quantities.registry import quantity_named
from rfbook.statistics.undefined import Undefined
from tests.samples import records, tiny

LAYERS = ["conv1", "conv2"]


def profile(first, second, accuracy=0.5):
    """The records of a network of two convolutions and a readout."""
    held = {"layers": [*LAYERS, "classifier"]}
    return records(
        accuracy={"accuracy": accuracy},
        receptive_field={"layers": LAYERS, "field": [3, 5], "border": None},
        probes=held | {"probes": [first, second, 0.9]},
        saturation=held | {"saturation": [second, first, 0.9]},
    )


def test_a_quantity_of_two_arms_is_the_first_minus_the_second():
    found = quantity_named("accuracy", 2).function(profile(0, 0, 0.9), profile(0, 0, 0.4))
    assert found == pytest.approx(50)


def test_two_percentages_differ_by_points_and_other_units_stay():
    units = {name: quantity_named(name, 2).unit for name in ("accuracy", "tail_share", "last_field")}
    assert units == {
        "accuracy": "points", "tail_share": "points (% of the convolutions)", "last_field": "px",
    }  # fmt: skip
    assert quantity_named("accuracy_ratio", 2).unit == "%"


def test_the_accuracy_ratio_is_in_percent_of_the_second_arm():
    found = quantity_named("accuracy_ratio", 2).function(profile(0, 0, 0.3), profile(0, 0, 0.6))
    assert found == pytest.approx(50)


def test_a_gap_of_accuracies_has_the_interval_of_networks_that_are_wrong_independently():
    """Errors of 2 and of 1.5 points over 400 images: their root of squares is 2.5."""
    first, second = profile(0, 0, 0.8), profile(0, 0, 0.9)
    for one in (first, second):
        one["accuracy"].values["test_images"] = 400
    compare = quantity_named("accuracy_gap", 2)
    low, high = compare.interval(first, second)
    assert compare.function(first, second) == pytest.approx((low + high) / 2) == pytest.approx(-10)
    assert (high - low) / 2 == pytest.approx(1.966 * 2.5, abs=1e-3)


def test_what_enlarging_recovers_is_the_difference_of_two_ratios_to_the_original():
    """0.5 of 0.8 against 0.3 of 0.8: 62.5 % against 37.5 %."""
    enlarged, small, original = (profile(0, 0, share) for share in (0.5, 0.3, 0.8))
    compare = quantity_named("recovered_accuracy", 3).function
    assert compare(enlarged, small, original) == pytest.approx(25)
    assert compare(small, enlarged, original) == pytest.approx(-25)


def test_the_field_ratio_compares_the_last_convolutions_and_no_seed_can_change_it():
    small, large = profile(0, 0), profile(0, 0)
    large["receptive_field"].values["field"][-1] = 20
    compare = quantity_named("field_ratio", 2)
    assert compare.function(small, large) == pytest.approx(25)
    assert compare.exact


def test_the_largest_field_ratio_is_that_of_the_layer_that_keeps_most_of_its_field():
    small, large = profile(0, 0), profile(0, 0)
    assert quantity_named("largest_field_ratio", 2).function(small, large) == pytest.approx(100)
    fields = large["receptive_field"].values["field"]
    fields[:] = [2 * field for field in fields]
    fields[-1] *= 2
    assert quantity_named("largest_field_ratio", 2).function(small, large) == pytest.approx(50)
    assert quantity_named("largest_field_ratio", 2).exact


def test_the_place_of_a_stride_is_an_eighth_of_the_distance_between_resnet34_and_resnet50():
    """Owner: erratum E32. 56 of 899 - 427 pixels."""
    compare = quantity_named("place_of_strides", 2)
    early, other = (
        records(tiny(name=name), receptive_field={"field": [field]})
        for name, field in (("resnet34", 899), ("resnet50", 427))
    )
    assert compare.function(early, other) == pytest.approx(100 * 56 / 472)
    assert compare.exact


def test_parameters_are_compared_as_a_share_of_the_second_arms():
    compare = quantity_named("parameters_ratio", 2)
    few, many = records(tiny(), cost={"parameters": 30}), records(tiny(), cost={"parameters": 120})
    assert compare.function(few, many) == pytest.approx(25)
    assert compare.exact


def test_an_arm_is_compared_with_the_mean_of_all_others():
    """0.8 against the mean of 0.9, 0.8 and 0.7."""
    arms = [profile(0, 0, share) for share in (0.7, 0.9, 0.8, 0.7)]
    assert quantity_named("over_rest", 4).function(*arms) == pytest.approx(-10)


def test_raw_indices_are_compared_as_a_ratio_which_the_scale_of_the_field_changes():
    first, second = (
        records(effective_field={"targets": {"output": {"imbalance": [index, 9.0]}}})
        for index in (0.3, 0.4)
    )
    assert quantity_named("raw_imbalance_ratio", 2).function(first, second) == pytest.approx(75)


def test_growth_over_arms_is_the_slope_of_logarithms():
    """Sizes 10, 20, 30 and 40 of networks of depth 1, 4, 9 and 16: the square root."""
    arms = [
        {"openerf": Evidence({"gaussian": {"sigma_x": 10 * n, "sigma_y": 10 * n}, "depth": n**2})}
        for n in (1, 2, 3, 4)
    ]
    compare = quantity_named("openerf_depth_exponent", 4)
    assert compare.function(*arms) == pytest.approx(0.5)
    assert compare.interval(*arms) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("stage", ["layer1", "layer2", "layer3"])
def test_growth_over_networks_of_one_design_takes_depth_from_their_names(stage):
    """Widths as the fourth root of 20, 32, 44 and 56 layers."""
    arms = []
    for depth in (20, 32, 44, 56):
        middle = {"centre_x": 15.5, "centre_y": 15.5, "r_squared": 0.9, "offset": 0.0}
        fit = {"sigma_x": depth**0.25, "sigma_y": depth**0.25} | middle
        values = {"targets": {stage: {"gaussian": fit}}}
        arms.append(records(tiny(name=f"resnet{depth}"), effective_field=values))
    compare = quantity_named(f"{stage}_depth_exponent", 4)
    assert compare.function(*arms) == pytest.approx(0.25)
    assert compare.interval(*arms) == pytest.approx((0.25, 0.25))
    del arms[0]["effective_field"].values["targets"][stage]
    with pytest.raises(Undefined, match=f"no Gaussian fitted at {stage}"):
        compare.function(*arms)


@pytest.mark.parametrize("name", ["closer_probes", "closer_saturation"])
def test_a_profile_is_closer_to_the_one_with_the_smaller_area_between(name):
    """Areas per convolution: (0.1 + 0.3) / 2 to the near one, (0.6 + 0) / 2 to the far one."""
    arm, near, far = profile(0.2, 0.4), profile(0.3, 0.7), profile(0.8, 0.4)
    compare = quantity_named(name, 3).function
    assert compare(arm, near, far) == pytest.approx(10)
    assert compare(arm, far, near) == pytest.approx(-10)


def test_how_far_probes_are_apart_is_the_area_between_them_per_convolution():
    compare = quantity_named("probes_apart", 2).function
    assert compare(profile(0.2, 0.4), profile(0.3, 0.7)) == pytest.approx(20)


@pytest.mark.parametrize("name, arms", [("accuracy_ratio", 0), ("accuracy", 3), ("closer_probes", 2)])
def test_a_quantity_speaks_of_as_many_arms_as_it_compares(name, arms):
    with pytest.raises(LookupError, match=f"no quantity '{name}'"):
        quantity_named(name, arms)
