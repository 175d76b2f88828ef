"""Every quantity that a claim may name, worked out by hand on records that nobody measured."""

from pathlib import Path

import numpy as np
import pytest

from rfbook.claims.claim import read_claims
from rfbook.claims.evidence import SOURCES
from rfbook.claims.quantities import layers as layer_quantities
from rfbook.claims.quantities import quantity as definition
from rfbook.claims.quantities.others import Evidence
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.metrics.gaussian import fit_gaussian
from rfbook.records import stages
from rfbook.statistics.undefined import Undefined
from tests.claims import perturbed
from tests.samples import records, tiny

ROOT = Path(__file__).parents[2]
CONVOLUTIONS = [f"conv{number}" for number in range(1, 7)]
RECORDED = [*CONVOLUTIONS, "classifier"]
GRID = np.array(
    [[0.1, 0.5, 0.5, 0.2], [0.5, 0.3, 0.3, 0.5], [0.5, 0.3, 0.3, 0.5], [0.4, 0.5, 0.5, 0.1]]
)
BORDER = np.array(
    [[0.55, 0.65, 0.6, 0.55], [0.6, 0.6, 0.6, 0.6], [0.6, 0.6, 0.6, 0.6], [0.6, 0.6, 0.65, 0.6]]
)


def sample():
    """Six convolutions, of which the fourth is the border layer, and a linear readout."""
    made = records(
        accuracy={"accuracy": 0.65, "training_accuracy": [0.5, 0.6, 0.8]},
        receptive_field={
            "layers": CONVOLUTIONS,
            "field": [3, 7, 15, 31, 47, 63],
            "border": "conv4",
            "jump": [1, 2, 2, 4, 4, 8],
            "side": 16,
        },
        saturation={
            "layers": RECORDED,
            "saturation": [0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.5],
            "directions": [9, 8, 7, 3, 2, 1, 0],
            "directions_delve": [8, 7, 6, 2, 1, 0, 0],
        },
        probes={"layers": RECORDED, "probes": [0.3, 0.4, 0.5, 0.6, 0.61, 0.62, 0.9]},
        learning_curve={"test_accuracy": [0.5, 0.85, 0.92, 0.89, 0.99]},
        probes_8x8={"layers": RECORDED, "probes_8x8": [0.32, 0.46, 0.49, 0.6, 0.61, 0.62, 0.9]},
        probes_global={
            "layers": RECORDED,
            "probes_global": [0.2, 0.3, 0.4, 0.5, 0.6, 0.55, 0.0],
        },
        position_probes={"layers": CONVOLUTIONS},
        added_weights={"layers": ["conv1", "conv3"], "share": [0.9, 0.6]},
        kernel_padding={
            "difference": {"convs": 2e-7, "all": 0.35},
            "fields": {
                "plain": {"layer3": 211, "layer4": 435},
                "all": {"layer3": 226, "layer4": 466},
            },
            "sizes": {
                "plain": {"layer3": 14, "layer4": 7},
                "convs": {"layer3": 14, "layer4": 7},
                "all": {"layer3": 14, "layer4": 9},
            },
            "parameters": {"plain": 100, "all": 112},
        },
        effective_field={
            "targets": {
                "layer1": {"gaussian": fitted(sigma_x=1.0, sigma_y=2.0)},
                "layer2": {"gaussian": fitted(sigma_x=3.0, sigma_y=5.0)},
                "layer3": {
                    "gaussian": fitted(sigma_x=9.0, r_squared=0.8),
                    "residues": {"2": [[0.9, 0.8], [1.1, 1.1]]},
                },
                "layer4": {
                    "gaussian": fitted(sigma_x=28.0, sigma_y=32.0),
                    "residues": {"2": [[1.0, 0.9], [1.1, 1.0]]},
                },
                "output": {
                    "gaussian": fitted(r_squared=0.7),
                    "residues": {
                        "2": [[0.8, 0.9], [1.1, 1.2]],
                        "4": [[0.7, 0.8], [1.1, 1.3]],
                        "8": [[0.6, 0.8], [1.1, 1.3]],
                    },
                    "fourier": {"2": 0.05, "4": 0.15, "8": 0.02},
                    "relative": [0.3, 0.5],
                    "split_half": [0.2, 0.4],
                }
            }
        },
        single_gradients={"half": 0.1, "half_of_noise": 0.25, "correlation": 0.3},
        cost={"parameters": 11_250_000, "multiply_adds": 1_800_500_000},
        field_recipe={
            "batch_difference": 3e-7,
            "order_correlation": 0.4,
            "unit_center": 96.0,
            "r_squared": 0.9,
            "centre_x": 90.0,
            "centre_y": 91.0,
            "order_mass": 0.3,
        },
    )
    made["position_probes"].arrays.update(
        conv1=GRID, conv2=np.full((4, 4), 0.45), conv3=np.full((4, 4), 0.5),
        conv4=BORDER, conv5=np.full((2, 2), 0.58),
        conv6=np.array([[0.62, 0.64]]),
    )  # fmt: skip
    made["effective_field"].arrays.update(
        layer3=tiled([9, 3, 3, 3]), layer4=tiled([2, 2, 2, 2]), output=tiled([4, 3, 2, 1])
    )
    return made | perturbed.perturbed() | OUTSIDE


def fitted(**changes):
    """A fit as a record holds it, of a field of 32 x 32."""
    size = {"sigma_x": 8.0, "sigma_y": 8.0, "centre_x": 15.5, "centre_y": 15.5}
    return size | {"r_squared": 0.9, "offset": 0.0} | changes


def tiled(means):
    """A map of 2 x 2 tiles of 4 x 4 pixels with these means, each a board of strong and weak pixels."""
    board = 1 + 0.5 * (-1) ** np.indices((8, 8)).sum(0)
    return np.kron(np.reshape(means, (2, 2)), np.ones((4, 4))) * board


OUTSIDE = {
    "table_1": Evidence(
        {
            "accuracy": [70.0, 71.0, 72.0, 73.0],
            "field": [4, 3, 2, 1],
            "sigma": [10.0, 20.0, 40.0, 30.0],
            "depth": [1, 2, 4, 3],
            "networks": ["resnet18", "resnet34", "resnet50", "resnet101"],
        }
    ),
    "table_2": Evidence({"accuracy": [70.0, 71.0, 72.0], "field": [1, 3, 2], "sigma": [9.0, 8.0, 7.0]}),
    "openerf": Evidence(
        {
            "gaussian": {"sigma_x": 10.0, "sigma_y": 30.0, "r_squared": 0.8},
            "residues": {"2": [[0.9, 1.0], [1.0, 1.1]], "4": [[0.7, 1.0], [1.0, 1.3]]},
            "depth": 18,
        }
    ),
}


EXPECTED = {
    "last_field": 63,
    "border": 4,
    "accuracy": 65,
    "training_accuracy": 80,
    "early_training_accuracy": 100 * 0.5 / 0.8,
    "tail_start": 4,
    "tail_distance_to_model": 5,
    "gain_after_border": 2,
    "gain_after_next": 1,
    "best_gain_after_border": 2,
    "fall_up_to_border": 0,
    "fall_after_border": 0,
    "saturation_after_border": 20,
    "saturation_up_to_border": (90 + 80 + 70 + 30) / 4,
    "mean_saturation": 50,
    "gain_up_to_border": 30,
    "saturation_drop": 60,
    "pooling_rank_correlation": 1 - 6 * 2 / (6 * 35),
    "places_gain": (2 + 6 - 1) / 3,
    "pooling_loss": (4 * 10 + 1 + 7) / 6,
    "last_probe_gap": 3,
    "gain_first_half": 20,
    "gain_first_two_thirds": 30,
    "gain_last_third": 2,
    "first_half_share": 100 * 20 / 32,
    "unevenness": 100 * (30 / 32 - 3 / 5),
    "saturation_drop_last_third": 67.5 - 15,
    "saturation_rise_first_half": 20 - 80,
    "tail_share": 50,
    "saturation_step": (10 + 10 + 40 + 10 + 10) / 5,
    "largest_fall": 0,
    "own_tail_distance_to_model": 5,
    "fall_before_tail": 0,
    "best_gain_from_border": 12,
    "gain_second_half_to_border": 20,
    "share_after_border": 100 * 2 / 32,
    "position_fall": 2,
    "position_fall_block6": 37.5 - 45,
    "position_fall_block8": 58 - 63,
    "last_position_gap": 55 - 63,
    "after_best_position": 0,
    "falls_outward": -48 / np.sqrt(288 * 292.5) / 3,
    "worst_in_corner": 100,
    "first_equal_position": 4,
    "inner_over_corners": 10,
    "inner_over_corners_at_border": 60 - 57.5,
    "inner_gap_at_border": 5,
    "position_spread_shrinks": 8,
    "directions_short": 6 / 7,
    "added_share": 75,
    "padding_difference_convs": 2e-5,
    "padding_difference_all": 35,
    "padding_growth_layer4": 31,
    "padding_growth_layer3": 15,
    "padding_resizes": 2,
    "padding_parameters": 12,
    "batch_difference": 3e-7,
    "order_correlation": 0.4,
    "center_offset": 96 - 15.5,
    "gaussian_r_squared": 0.9,
    "unit_center": 96,
    "fitted_column": 90,
    "fitted_row": 91,
    "order_mass": 30,
    "half_of_single": 40,
    "gradients_alike": 0.3,
    "checkerboard": 40,
    "checkerboard_layer3": 30,
    "checkerboard_layer4": 20,
    "coarse_checkerboard": 60,
    "coarsest_checkerboard": 70,
    "odd_over_even": 1.5,
    "odd_over_even_rows": 2.3 / 1.7,
    "odd_over_even_columns": 2.1 / 1.9,
    "odd_minus_even": 40,
    "odd_minus_even_layer3": 20,
    "odd_minus_even_layer4": 0,
    "second_wave": 5,
    "fourth_wave": 15,
    "eighth_wave": 2,
    "fourth_minus_second_wave": 10,
    "half_share_layer3": 25,
    "half_share_layer4": 50,
    "half_share_output": 100 * (1 + 1 / 3) / 4,
    "half_share_growth": 25,
    "tail_off_border": 0,
    "tail_minus_border": 0,
    "counted_odd_over_even": 1,
    "counting_error": 50,
    "parameters": 11.25,
    "multiply_adds": 1800.5,
    "layer1_sigma": 1.5,
    "layer2_sigma": 4,
    "layer3_sigma": 8.5,
    "layer3_r_squared": 0.8,
    "layer4_sigma": 30,
    "output_sigma": 8,
    "layer4_r_squared": 0.9,
    "output_r_squared": 0.7,
    "printed_accuracy_against_field": -1,
    "printed_accuracy_against_sigma": 1 - 6 * 2 / (4 * 15),
    "printed_depth_exponent": 1,
    "printed_34_minus_50": -1,
    "printed_sigma_at_equal_depth": 0,
    "finetuned_accuracy_against_field": 1 - 6 * 2 / (3 * 8),
    "finetuned_accuracy_against_sigma": -1,
    "openerf_sigma": 20,
    "openerf_board": 20,
    "openerf_coarse_board": 60,
    "weakest_pixel": 20,
    "openerf_r_squared": 0.8,
    "relative_L1": 30,
    "relative_L2": 50,
    "split_half_L1": 20,
    "epochs_to_90": 3,
    "epochs_of_rise": 40,  # from the first of five to the third
    "accuracy_after_one_epoch": 50,
} | perturbed.EXPECTED


class Watched(dict):
    """Records that note which of them are read."""

    def __init__(self, held):
        super().__init__(held)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def test_every_quantity_is_worked_out_here():
    by_themselves = {"fit_without_pattern", "saturation_drop_before_tail", "half_of_theory"}
    areas = {name for name in QUANTITIES if name.startswith("area_")}  # see `test_areas`
    assert EXPECTED.keys() | by_themselves | areas == QUANTITIES.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_quantity_is_what_its_description_says(name):
    assert float(QUANTITIES[name].function(sample())) == pytest.approx(EXPECTED[name])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_quantity_reads_the_measures_that_it_declares(name):
    watched = Watched(sample())
    QUANTITIES[name].function(watched)
    assert watched.read == set(QUANTITIES[name].measures) <= stages.MEASURES.keys() | SOURCES.keys()


def test_a_skipped_layer_falls_on_its_own_side_of_the_border_layer_and_lowers_no_best():
    made = sample() | records(
        probes={"layers": RECORDED, "probes": [0.3, 0.5, 0.45, 0.6, 0.7, 0.4, 0.9]}
    )
    values = {name: QUANTITIES[name].function(made) for name in EXPECTED}
    assert values["fall_up_to_border"] == pytest.approx(5)
    assert values["fall_after_border"] == pytest.approx(30)
    assert values["best_gain_after_border"] == pytest.approx(10)


def test_three_layers_before_a_border_at_the_third_there_is_no_map():
    layers = {"layers": CONVOLUTIONS, "field": [3, 7, 15, 31, 47, 63], "border": "conv3"}
    made = sample() | records(receptive_field=layers)
    with pytest.raises(Undefined, match="conv3: no layer lies three before it"):
        QUANTITIES["inner_over_corners"].function(made)


@pytest.mark.parametrize("name", ["first_half_share", "unevenness"])
def test_a_gain_that_does_not_exist_is_not_distributed(name):
    made = sample() | records(probes={"layers": RECORDED, "probes": [0.6, 0.5, 0.6, 0.4, 0.3, 0.2, 0.9]})
    with pytest.raises(Undefined, match="no probe is better than that of the first convolution"):
        QUANTITIES[name].function(made)


def test_parts_of_seventeen_convolutions_are_cut_down_to_whole_ones():
    """Eight of them are the first half, eleven the first two thirds, six the last third."""
    layers = {"layers": [f"conv{n}" for n in range(1, 18)], "field": [3] * 17, "border": None}
    rising = {"layers": layers["layers"], "probes": [n / 100 for n in range(1, 18)]}
    made = records(receptive_field=layers, probes=rising)
    expected = {"gain_first_half": 7, "gain_first_two_thirds": 10, "gain_last_third": 6}
    for name, gain in expected.items():
        assert QUANTITIES[name].function(made) == pytest.approx(gain)


def test_a_network_whose_saturation_only_rises_has_no_share_of_it_in_a_tail():
    rising = {"layers": RECORDED, "saturation": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1]}
    assert QUANTITIES["tail_share"].function(sample() | records(saturation=rising)) == 0


def test_the_largest_fall_is_found_on_both_sides_of_the_border_layer():
    for probes in ([0.3, 0.2, 0.5, 0.6, 0.6, 0.6, 0], [0.3, 0.4, 0.5, 0.6, 0.5, 0.6, 0]):
        made = sample() | records(probes={"layers": RECORDED, "probes": probes})
        assert QUANTITIES["largest_fall"].function(made) == pytest.approx(10)


@pytest.mark.parametrize("border, level", [(1, 90), (3, 80), (5, (80 + 70 + 30 + 20) / 4)])
def test_saturation_up_to_the_border_layer_is_of_it_and_of_the_three_before_it(
    border, level
):
    fields = {"layers": CONVOLUTIONS, "field": [3, 7, 15, 31, 47, 63], "border": f"conv{border}"}
    made = sample() | records(receptive_field=fields)
    assert QUANTITIES["saturation_up_to_border"].function(made) == pytest.approx(level)


def test_only_falls_before_the_tail_count_as_such():
    layers = {"layers": RECORDED, "saturation": [0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.5]}
    before, within = [0.3, 0.5, 0.4, 0.6, 0.6, 0.6, 0], [0.3, 0.5, 0.5, 0.6, 0.2, 0.1, 0]
    for probes, fall in ((before, 10), (within, 0)):
        made = sample() | records(saturation=layers, probes={"layers": RECORDED, "probes": probes})
        assert QUANTITIES["fall_before_tail"].function(made) == pytest.approx(fall)


def test_a_network_without_a_tail_has_no_distance_of_it_to_the_model():
    rising = {"layers": RECORDED, "saturation": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1]}
    with pytest.raises(Undefined, match="no low tail"):
        QUANTITIES["own_tail_distance_to_model"].function(sample() | records(saturation=rising))


def test_how_far_saturation_falls_at_the_border_layer_may_leave_the_tail_out():
    """Before the border layer, the fourth, .8 in the mean; from it up to the tail, the sixth, .7."""
    layers = {"layers": RECORDED, "saturation": [0.9, 0.8, 0.7, 0.8, 0.6, 0.1, 0.5]}
    made = sample() | records(saturation=layers)
    assert QUANTITIES["saturation_drop_before_tail"].function(made) == pytest.approx(10)


def test_a_tail_that_starts_at_the_border_layer_leaves_nothing_before_it():
    with pytest.raises(Undefined, match="no later than the border layer"):
        QUANTITIES["saturation_drop_before_tail"].function(sample())


def test_what_comes_back_after_a_dip_at_the_border_layer_is_no_gain_after_it():
    dipped = {"layers": RECORDED, "probes": [0.3, 0.4, 0.6, 0.5, 0.58, 0.6, 0]}
    assert QUANTITIES["share_after_border"].function(sample() | records(probes=dipped)) == 0


def test_nothing_gained_has_no_share_after_the_border_layer():
    made = sample() | records(probes={"layers": RECORDED, "probes": [0.6, *[0.5] * 5, 0.9]})
    with pytest.raises(Undefined, match="no gain to share"):
        QUANTITIES["share_after_border"].function(made)


def test_half_way_to_a_border_at_the_fifth_is_the_second_convolution():
    layers = {"layers": CONVOLUTIONS, "field": [3, 7, 15, 31, 47, 63], "border": "conv5"}
    made = sample() | records(receptive_field=layers)
    found = QUANTITIES["gain_second_half_to_border"].function(made)
    assert found == pytest.approx(61 - 40)


def test_a_skipped_layer_is_a_fall_of_the_mean_over_its_positions():
    made = sample()
    made["position_probes"].arrays.update(conv2=np.full((4, 4), 0.1), conv6=np.array([[0.2, 0.3]]))
    values = {name: QUANTITIES[name].function(made) for name in EXPECTED if "position" in name}
    assert values["position_fall_block6"] == pytest.approx(27.5)
    assert values["position_fall_block8"] == pytest.approx(58 - 25)
    assert values["position_fall"] == pytest.approx(58 - 25)
    assert values["after_best_position"] == 2


@pytest.mark.parametrize(
    "place, share", [((0, 3), 100), ((3, 3), 100), ((0, 1), 75), ((1, 1), 75)],
)  # fmt: skip
def test_a_worst_position_may_be_in_a_corner_or_not(place, share):
    """Of the four maps with a side of three or more, one has its worst position at this place."""
    made = sample()
    grid = np.full((4, 4), 0.5)
    grid[place] = 0.1
    maps = {"conv1": np.full((4, 4), 0.4), "conv2": grid, "conv3": np.full((4, 4), 0.4)}
    made["position_probes"].arrays.update(maps, conv4=np.eye(3))
    assert QUANTITIES["worst_in_corner"].function(made) == share


def test_accuracies_that_fall_from_the_middle_outward_have_a_correlation_of_minus_one():
    made = sample()
    ring = np.array([2.0, 1.0, 1.0, 2.0])
    made["position_probes"].arrays.update(dict.fromkeys(CONVOLUTIONS, 1 / np.hypot.outer(ring, ring)))
    assert QUANTITIES["falls_outward"].function(made) == pytest.approx(-1)


def test_of_equally_deep_networks_those_that_lie_furthest_apart_count():
    said = {"depth": [18, 50, 50, 101, 101], "sigma": [10.0, 90.0, 110.0, 50.0, 51.0]}
    value = QUANTITIES["printed_sigma_at_equal_depth"].function({"table_1": Evidence(said)})
    assert value == pytest.approx(20)


def test_maps_of_corners_alone_have_no_worst_corner():
    made = sample()
    made["position_probes"].arrays.update(dict.fromkeys(CONVOLUTIONS, np.ones((2, 2))))
    with pytest.raises(Undefined, match="all its positions are corners"):
        QUANTITIES["worst_in_corner"].function(made)


def test_the_fifth_convolution_from_the_end_needs_one_before_it():
    made = sample()
    made["receptive_field"].values["layers"] = CONVOLUTIONS[:5]
    with pytest.raises(Undefined, match="before the 5th convolution from the end of 5"):
        QUANTITIES["position_fall_block6"].function(made)


@pytest.mark.parametrize("accuracy, number", [(0.67, 4), (0.52, 1), (0.51, 1)])
def test_a_position_two_points_below_the_model_is_still_equal_to_it(accuracy, number):
    made = sample() | records(accuracy={"accuracy": accuracy})
    assert QUANTITIES["first_equal_position"].function(made) == number


def test_a_model_that_no_position_reaches_has_no_first_equal_layer():
    made = sample() | records(accuracy={"accuracy": 0.9})
    with pytest.raises(Undefined, match="within 2 points of the model"):
        QUANTITIES["first_equal_position"].function(made)


def test_dividing_out_a_pattern_restores_the_fit_that_it_spoils():
    """A Gaussian under a board of period two: perfect without the board, .8 as recorded."""
    row, column = np.indices((64, 64)) - 31.5
    gaussian = np.exp(-(row**2 + column**2) / (2 * 12**2))
    made = records(effective_field={"targets": {"layer4": {"gaussian": fitted(r_squared=0.8)}}})
    made["effective_field"].arrays["layer4"] = gaussian * (1 + 0.3 * (-1) ** np.indices((64, 64)).sum(0))
    assert QUANTITIES["fit_without_pattern"].function(made) == pytest.approx(0.2, abs=1e-3)


def test_noise_without_a_pattern_is_no_misfit_that_a_pattern_causes():
    """Class means follow the noise, so that dividing by them helps a little: less than the margin."""
    row, column = np.indices((64, 64)) - 31.5
    gaussian = np.exp(-(row**2 + column**2) / (2 * 12**2))
    noisy = gaussian + 0.1 * np.random.default_rng(0).exponential(size=(64, 64))
    close = fitted(r_squared=fit_gaussian(noisy).r_squared)
    made = records(effective_field={"targets": {"layer4": {"gaussian": close}}})
    made["effective_field"].arrays["layer4"] = noisy
    margin = next(c.margin for c in read_claims(ROOT / "claims") if c.id == "DP-4-misfit")
    assert 0 < QUANTITIES["fit_without_pattern"].function(made) < margin


def test_a_network_without_the_layers_of_a_resnet_has_no_checkerboard_there():
    with pytest.raises(Undefined, match="no effective field of layer3"):
        QUANTITIES["checkerboard_layer3"].function(records(effective_field={"targets": {}}))


@pytest.mark.parametrize("targets", [{}, {"layer4": {"gaussian": None}}])
def test_without_a_fit_at_layer4_there_is_no_size(targets):
    made = records(effective_field={"targets": targets})
    with pytest.raises(Undefined, match="no Gaussian fitted at layer4"):
        QUANTITIES["layer4_sigma"].function(made)


@pytest.mark.parametrize("beyond", [{"centre_x": 40.0}, {"centre_y": -1.0}, {"sigma_x": 33.0}])
def test_a_fit_beyond_the_image_has_no_size(beyond):
    made = records(effective_field={"targets": {"layer4": {"gaussian": fitted(**beyond)}}})
    with pytest.raises(Undefined, match="beyond the image"):
        QUANTITIES["layer4_sigma"].function(made)


@pytest.mark.parametrize("kernel_padding, counted", [("none", 4 / 3), ("all", 1)])
def test_counting_needs_only_the_description_of_a_run(kernel_padding, counted):
    """A 7x7 stem with stride 2 reads odd pixels four times and even ones three times."""
    run = tiny(name="resnet18", side=224)
    model = run.model.model_copy(update={"kernel_padding": kernel_padding})
    measured = {"targets": {"output": {"residues": {"2": [[1.0, 0.0], [0.0, 1.2]]}}}}
    made = records(run.model_copy(update={"model": model}), effective_field=measured)
    found = QUANTITIES["counted_odd_over_even"].function(made)
    assert found == pytest.approx(counted, rel=1e-2)
    error = QUANTITIES["counting_error"].function(made)
    assert error == pytest.approx(100 * abs(1.2 / found - 1))


def test_the_middle_of_the_border_layer_is_compared_with_its_own_corners():
    """With its border at the first convolution, whose map three layers before conv4 is the same."""
    layers = {"layers": CONVOLUTIONS, "field": [33] * 6, "border": "conv1"}
    made = sample() | records(receptive_field=layers)
    assert QUANTITIES["inner_over_corners_at_border"].function(made) == pytest.approx(10)


def test_a_tail_may_start_before_the_border_layer_or_after_it():
    for border, distance in (("conv2", 2), ("conv6", -2)):
        layers = {"layers": CONVOLUTIONS, "field": [3] * 6, "border": border}
        made = sample() | records(receptive_field=layers)
        assert QUANTITIES["tail_minus_border"].function(made) == distance
        assert QUANTITIES["tail_off_border"].function(made) == abs(distance)


def test_pixels_beyond_the_last_whole_tile_do_not_count():
    made = records(effective_field={"targets": {}})
    made["effective_field"].arrays["output"] = np.pad(tiled([9, 3, 3, 3]), (0, 3), constant_values=99)
    assert QUANTITIES["half_share_output"].function(made) == 25


def test_of_the_last_tile_only_the_part_that_is_needed_counts():
    """Half of 16 is 8: all of the tile of 6 and two fifths of that of 5, 1.4 of 4 tiles."""
    made = records(effective_field={"targets": {}})
    made["effective_field"].arrays["output"] = tiled([3, 6, 5, 2])
    assert QUANTITIES["half_share_output"].function(made) == pytest.approx(35)


def test_a_network_without_stages_has_no_share_of_their_fields():
    with pytest.raises(Undefined, match="no effective field of layer3"):
        QUANTITIES["half_share_layer3"].function(records(effective_field={"targets": {}}))


@pytest.fixture
def empty(monkeypatch):
    """No quantity yet."""
    monkeypatch.setattr(definition, "QUANTITIES", {})
    monkeypatch.setattr(definition, "CONTRASTS", {})
    return definition


def test_a_function_is_a_quantity_by_its_own_name_or_another_and_stays_as_it_is(empty):
    def largest(records):
        return 3.0

    assert empty.quantity("px", reads=("cost",))(largest) is largest
    empty.quantity("px", reads=("cost",), name="greatest", exact=True)(largest)
    assert list(empty.QUANTITIES) == ["largest", "greatest"]
    assert empty.QUANTITIES["greatest"] == empty.Quantity(largest, ("cost",), "px", exact=True)


def test_two_quantities_of_one_name_are_refused_and_both_places_named(empty):
    """That of several arms stands beside that of one network, whose difference it replaces."""
    register = empty.quantity("points", reads=("accuracy",), name="gain")
    register(lambda records: 0.0)
    empty.quantity("points", reads=("accuracy",), name="gain", arms=2)(lambda first, second: 0.0)
    assert empty.QUANTITIES.keys() == empty.CONTRASTS.keys() == {"gain"}
    with pytest.raises(ValueError, match=f"are named 'gain', in {__name__} and {__name__}"):
        register(lambda records: 1.0)


def test_a_quantity_has_a_unit():
    assert all(quantity.unit for quantity in QUANTITIES.values())


def test_what_architecture_alone_decides_is_exact_and_what_is_learned_is_not():
    exact = {name for name, quantity in QUANTITIES.items() if quantity.exact}
    assert {"last_field", "border", "padding_growth_layer4", "padding_resizes"} <= exact
    learned = {"accuracy", "saturation", "probes", "probes_8x8", "probes_global", "position_probes"}
    assert not any(learned & set(QUANTITIES[name].measures) for name in exact)


def test_a_network_without_a_border_layer_has_border_number_zero():
    made = records(receptive_field={"layers": CONVOLUTIONS, "field": [3] * 6, "border": None})
    assert layer_quantities.border_number(made) == 0


def test_the_readout_is_left_out_of_a_curve_wherever_it_stands():
    made = sample()
    made["probes"].values["layers"].insert(0, "classifier")
    made["probes"].values["probes"].insert(0, 0.99)
    curve = layer_quantities.convolution_curve(made, "probes")
    assert curve == [0.3, 0.4, 0.5, 0.6, 0.61, 0.62]


def test_a_curve_with_another_number_of_values_than_layers_is_refused():
    made = sample()
    made["probes"].values["probes"].pop()
    with pytest.raises(ValueError, match="shorter"):
        layer_quantities.convolution_curve(made, "probes")
