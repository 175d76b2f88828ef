"""Tables of fields and of what pixels do, from records whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest

from rfbook.pages import tables
from tests.reading import row, rows
from tests.samples import record

FIT = {"sigma_x": 9, "sigma_y": 8, "centre_x": 20, "centre_y": 30, "r_squared": 0.9, "offset": 0}


def holding(page, measure, values, arrays=None):
    """The page with one record of these values in each of its outcomes."""
    outcomes = [
        replace(one, records={measure: record(one.run, measure, values, arrays)})
        for one in page.outcomes
    ]
    return replace(page, outcomes=outcomes)


def test_a_fit_beyond_the_image_is_said_to_have_no_peak(page):
    values = {"targets": {"layer4": {"gaussian": FIT, "gaussian_with_offset": FIT | {"centre_x": 90}}}}
    held = holding(page, "effective_field", values, {"layer4": np.ones((48, 48))})
    plain, raised = rows(tables.fields.fits(held, held.outcomes))[:2]
    assert (plain["model"], plain["sigma y, px"]) == ("gaussian", "8")
    assert raised["model"] == "gaussian with offset, beyond the image: no peak"


def test_padding_shows_fields_and_parameters_before_and_after(page):
    values = {
        "fields": {"plain": {"layer3": 211, "layer4": 435}, "all": {"layer3": 226, "layer4": 466}},
        "parameters": {"plain": 11_690_000, "all": 13_000_000},
    }
    found = row(tables.fields.padded(holding(page, "kernel_padding", values)), network="VGG11")
    assert found["field of layer4, px"] == "435 → 466"
    assert found["parameters, millions"] == "11.69 → 13.00"


def attacked(page, strong, weak):
    values = {
        "changed": {"strong": np.mean(strong), "weak": np.mean(weak)}, "images": len(strong), "p": 0.5,
        "tries": 10, "fall": {"strong": 0.2, "weak": 0.1},
    }  # fmt: skip
    arrays = {"strong_changed": np.array(strong, bool), "weak_changed": np.array(weak, bool)}
    return holding(page, "one_pixel_attack", values, arrays).only(
        holding(page, "one_pixel_attack", values, arrays).outcomes[:1]
    )


def test_an_attack_is_told_with_both_shares_and_the_test(page):
    (one,) = attacked(page, [1, 0, 0, 0], [0, 0, 0, 0]).outcomes
    assert str(tables.images.attack(one)) == (
        "25.0 % of 4 images at strong pixels and 0.0 % at weak ones (McNemar's p = 0.50) in VGG11"
    )


def test_images_that_only_one_attack_changed_are_counted(page):
    held = attacked(page, [1, 1, 0, 0], [1, 0, 0, 0])
    strong, weak = rows(tables.images.attacks(held, held.outcomes))
    assert (strong["class changed"], strong["only there"]) == ("2 of 4", "1")
    assert (weak["class changed"], weak["only there"]) == ("1 of 4", "0")


def test_a_shift_that_changes_less_than_both_neighbours_is_a_dip(page):
    values = {"change": [[3, 1, 3, 2, 3, 4, 5, 6, 1], [3, 1, 3, 2, 3, 4, 5, 6, 1]]}
    held = holding(page, "translation", values)
    assert tables.images.dips(held.outcomes[:1]) == "2 and 4 in VGG11"


@pytest.mark.parametrize("direction, shown", [("change down", "3"), ("right, %", "10.0")])
def test_each_shift_has_a_row(page, direction, shown):
    values = {
        "shifts": [1, 2], "change": [[3, 1], [3, 2]], "flipped": [[0.2, 0.1], [0.1, 0.3]], "images": 8,
    }  # fmt: skip
    held = holding(page, "translation", values)
    found = row(tables.images.shifts(held, held.outcomes), network="VGG11", **{"shift, px": "1"})
    assert found[direction] == shown
