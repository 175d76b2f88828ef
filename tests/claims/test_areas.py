"""How much of an image a field covers, around its middle and around the unit that was measured."""

import numpy as np
import pytest

from rfbook.claims.quantities.areas import unit_pixel
from rfbook.claims.quantities.layer_lists import steps_to
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.experiments.spec import Model
from rfbook.metrics.layer_list import last_map
from rfbook.statistics.undefined import Undefined
from tests.samples import record, tiny


def fielded(side=224, name="resnet18", **arrays):
    held = record(tiny(name=name, side=side), "effective_field", {"targets": {}}, arrays)
    return {"effective_field": held}


def spot(side, middle, reach):
    """One inside a square around a pixel, nothing outside."""
    place = abs(np.arange(side) - middle) <= reach
    return np.multiply.outer(place, place).astype(np.float32)


@pytest.mark.parametrize(
    "name, layer3, layer4", [("resnet18", 211, 435), ("resnet34", 547, 899), ("resnet50", 267, 427)]
)
def test_the_fields_of_the_stages_are_those_that_others_print(name, layer3, layer4):
    """Of layer4: Dead Pixel, Table 1. Of layer3 in ResNet18: kernel padding's own record."""
    model = Model(name=name)
    found = tuple(last_map(steps_to(model, stage)).size for stage in (3, 4))
    assert (found[0] if name == "resnet18" else layer3, found[1]) == (layer3, layer4)


@pytest.mark.parametrize("target, pixel", [("layer3", 112), ("layer4", 96)])
def test_the_unit_is_the_middle_one_of_its_map(target, pixel):
    """At 224 pixels units of layer4 lie 32 apart, and the middle one of seven is the fourth."""
    assert unit_pixel(fielded(), target) == pixel


@pytest.mark.parametrize("percent", [20, 30, 50, 99])
def test_around_the_unit_a_field_is_as_small_as_it_is(percent):
    """A field of 41 pixels around pixel 96; around the middle, 112, the square must reach it."""
    held = fielded(layer4=spot(224, 96, 20))
    own = QUANTITIES[f"area_{percent}_layer4_unit"].function(held)
    theirs = QUANTITIES[f"area_{percent}_layer4"].function(held)
    assert own < 100 * (42 / 224) ** 2
    assert own < theirs


def test_around_the_unit_half_of_a_field_as_large_everywhere_is_half_of_it():
    held = fielded(layer3=spot(224, 112, 105))
    assert QUANTITIES["half_of_theory"].function(held) == pytest.approx(50, abs=2)
    small = fielded(layer3=spot(224, 112, 10))
    assert QUANTITIES["half_of_theory"].function(small) == pytest.approx(100 * (15 / 211) ** 2)


def test_an_image_that_holds_little_of_the_theoretical_field_says_nothing_of_it():
    with pytest.raises(Undefined, match="layer3 has 211 pixels a side, the image 64: use a larger side"):
        QUANTITIES["half_of_theory"].function(fielded(64, layer3=spot(64, 32, 5)))


@pytest.mark.parametrize("quantity", ["area_50_layer4", "area_50_layer4_unit"])
def test_a_network_without_that_field_has_no_area(quantity):
    with pytest.raises(Undefined, match="no effective field of layer4"):
        QUANTITIES[quantity].function(fielded())


def test_a_network_without_stages_has_no_unit():
    with pytest.raises(Undefined, match="the stages of a ResNet are listed"):
        QUANTITIES["area_50_layer4_unit"].function(fielded(name="vgg11", layer4=spot(224, 96, 5)))


# Two halves of the images.


def responses(others, positive):
    arrays = {"others": np.asarray(others, dtype=float), "positive": np.asarray(positive, dtype=float)}
    return {"pixel_response": record(tiny(), "pixel_response", {}, arrays)}


def test_noise_of_single_images_leaves_halves_that_do_not_agree_and_a_pattern_makes_them_agree():
    random = np.random.default_rng(0)
    noise = random.normal(size=(400, 25)), random.exponential(size=(400, 8, 8))
    pattern = np.linspace(0, 5, 25), np.linspace(0, 5, 64).reshape(8, 8)
    for strength, low, high in ((0, -0.5, 0.5), (1, 0.95, 1.0)):
        held = responses(*(one + strength * two for one, two in zip(noise, pattern, strict=True)))
        for name in ("clean_pixels", "clean_pattern"):
            assert low < QUANTITIES[name].function(held) <= high
