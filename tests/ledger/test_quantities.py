"""Every quantity that a claim may name, worked out by hand on records that nobody measured."""

import numpy as np
import pytest

from rfbook.ledger import layer_quantities, stages
from rfbook.ledger.quantities import QUANTITIES
from rfbook.ledger.quantity import Undefined
from tests.ledger.samples import records

CONVOLUTIONS = [f"conv{number}" for number in range(1, 7)]
RECORDED = [*CONVOLUTIONS, "classifier"]
GRID = np.array(
    [[0.2, 0.5, 0.5, 0.2], [0.5, 0.3, 0.3, 0.5], [0.5, 0.3, 0.3, 0.5], [0.2, 0.5, 0.5, 0.2]]
)


def sample():
    """Six convolutions, of which the fourth is the border layer, and a linear readout."""
    made = records(
        accuracy={"accuracy": 0.65},
        receptive_field={
            "layers": CONVOLUTIONS,
            "field": [3, 7, 15, 31, 47, 63],
            "border": "conv4",
        },
        saturation={
            "layers": RECORDED,
            "saturation": [0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.5],
            "directions": [9, 8, 7, 3, 2, 1, 0],
            "directions_delve": [8, 7, 6, 2, 1, 0, 0],
        },
        probes={"layers": RECORDED, "probes": [0.3, 0.4, 0.5, 0.6, 0.61, 0.62, 0.9]},
        probes_global={
            "layers": RECORDED,
            "probes_global": [0.2, 0.3, 0.4, 0.5, 0.6, 0.55, 0.0],
        },
        position_probes={"layers": CONVOLUTIONS},
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
        },
        effective_field={
            "targets": {
                "output": {
                    "residues": {"2": [[0.8, 0.9], [1.1, 1.2]]},
                    "relative": [0.3, 0.5],
                    "split_half": [0.2, 0.4],
                }
            }
        },
        field_recipe={
            "batch_difference": 3e-7,
            "order_correlation": 0.4,
            "unit_center": 96.0,
            "r_squared": 0.9,
        },
    )
    made["position_probes"].arrays.update(
        conv1=GRID, conv4=np.array([[0.55, 0.6], [0.6, 0.65]]), conv6=np.array([[0.62, 0.64]])
    )
    return made


EXPECTED = {
    "last_field": 63,
    "border": 4,
    "accuracy": 65,
    "tail_start": 4,
    "tail_distance_to_model": 5,
    "gain_after_border": 2,
    "best_gain_after_border": 2,
    "fall_up_to_border": 0,
    "fall_after_border": 0,
    "saturation_after_border": 20,
    "gain_up_to_border": 30,
    "saturation_drop": 60,
    "pooling_rank_correlation": 1 - 6 * 2 / (6 * 35),
    "last_probe_gap": 3,
    "inner_over_corners": 10,
    "inner_gap_at_border": 5,
    "position_spread_shrinks": 8,
    "directions_short": 6 / 7,
    "padding_difference_convs": 2e-5,
    "padding_difference_all": 35,
    "padding_growth_layer4": 31,
    "padding_growth_layer3": 15,
    "padding_resizes": 2,
    "batch_difference": 3e-7,
    "order_correlation": 0.4,
    "center_offset": 96 - 15.5,
    "gaussian_r_squared": 0.9,
    "checkerboard": 40,
    "odd_over_even": 1.5,
    "relative_L1": 30,
    "relative_L2": 50,
    "split_half_L1": 20,
    "split_half_L2": 40,
}


class Watched(dict):
    """Records that note which of them are read."""

    def __init__(self, held):
        super().__init__(held)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def test_every_quantity_is_worked_out_here():
    assert EXPECTED.keys() == QUANTITIES.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_quantity_is_what_its_description_says(name):
    assert float(QUANTITIES[name].function(sample())) == pytest.approx(EXPECTED[name])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_quantity_reads_the_measures_that_it_declares(name):
    watched = Watched(sample())
    QUANTITIES[name].function(watched)
    assert watched.read == set(QUANTITIES[name].measures) <= stages.MEASURES.keys()


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


def test_a_quantity_has_a_unit():
    assert all(quantity.unit for quantity in QUANTITIES.values())


def test_what_architecture_alone_decides_is_exact_and_what_is_learned_is_not():
    exact = {name for name, quantity in QUANTITIES.items() if quantity.exact}
    assert {"last_field", "border", "padding_growth_layer4", "padding_resizes"} <= exact
    learned = {"accuracy", "saturation", "probes", "probes_global", "position_probes"}
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
