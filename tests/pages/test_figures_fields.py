"""Effective fields as pictures, and the drawing of what makes their pattern: counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rfbook.pages.figures import fields, pixels, style
from tests.reading import shown_in
from tests.samples import record

WORDS = {"alt": "Light and dark pixels alternate in the map", "caption": "R.", "name": "fig-fields"}
SIDE = 48
FIT = {"sigma_x": 9, "sigma_y": 9, "centre_x": 20, "centre_y": 30, "r_squared": 0.9, "offset": 0}
BEYOND = FIT | {"centre_x": 400}


@pytest.fixture
def shown(monkeypatch):
    figures = []
    monkeypatch.setattr(style, "show", shown_in(figures))
    return figures


@pytest.fixture
def mapped(page):
    """The page's outcomes with fields: VGG13's are twice as bright, and one of its fits is outside."""

    def with_field(one):
        bright = 1 + (one.label == "vgg13")
        targets = ("layer4", "layer3", "output")
        arrays = {target: bright * (1 + np.eye(SIDE)) for target in targets}
        fit = BEYOND if one.label == "vgg13" and one.run.seed else FIT
        values = {"targets": {target: {"gaussian": fit} for target in targets}}
        held = record(one.run, "effective_field", values, arrays)
        return replace(one, records={"effective_field": held})

    return [with_field(one) for one in page.outcomes]


def titles(figure):
    return [axis.get_title() for axis in figure.axes if axis.get_title()]


def test_a_unit_has_a_cross_at_the_centre_of_the_fits_inside_the_image_and_the_output_has_none(
    page, mapped, shown
):
    fields.centred(page, mapped, ["layer4", "output"], **WORDS)
    (figure, *_), first, second = shown[0], *shown[0][0].axes[:2]
    assert titles(figure)[:2] == ["VGG11, layer4", "VGG11, output"]
    assert [line.get_xydata().tolist() for line in first.lines] == [[[20, 30]], [[23.5, 23.5]]]
    assert not second.lines


def test_before_and_after_share_one_scale_that_the_brighter_of_a_column_ends(page, mapped, shown):
    fields.before_and_after(page, mapped, ("vgg11", "vgg13"), **WORDS)
    figure, *_ = shown[0]
    images = [image for axis in figure.axes[:6] for image in axis.images]
    assert {image.get_clim() for image in images} == {(0, 1)}
    assert titles(figure) == ["7 x 7 map", "14 x 14 map", "output"]
    brightest = max(np.percentile(np.asarray(image.get_array()), 99.5) for image in images)
    assert brightest == pytest.approx(1)


def test_the_corner_of_a_map_shows_its_middle(page, mapped, shown):
    fields.before_and_after(page, mapped, ("vgg11", "vgg13"), **WORDS)
    (inset,) = shown[0][0].axes[0].child_axes
    assert inset.images[0].get_array().shape == (fields.ZOOM, fields.ZOOM)


def test_a_strided_kernel_of_three_reads_odd_pixels_twice_and_with_a_zero_all_but_the_ends(shown):
    fields.windows({"odd": (3, 2, 1), "even": (4, 2, 1)}, 8, **WORDS, zeros=["even"])
    odd, even = shown[0][0].axes[2:]
    assert [bar.get_height() for bar in odd.patches] == [1, 2, 1, 2, 1, 2, 1, 1]
    assert [bar.get_height() for bar in even.patches] == [1, 2, 2, 2, 2, 2, 2, 1]


def test_an_added_weight_is_drawn_as_a_zero(shown):
    fields.windows({"odd": (3, 2, 1), "even": (4, 2, 1)}, 8, **WORDS, zeros=["even"])
    above, beside = shown[0][0].axes[:2]
    assert [len(above.texts), len(beside.texts)] == [0, 4]
    assert {text.get_text() for text in beside.texts} == {"0"}


def test_the_change_of_the_output_is_shown_in_the_order_of_r(page, shown):
    values = {"field": [3.0, 1.0, 2.0], "response": [6.0, 2.0, 1.0]}
    outcomes = [
        replace(one, records={"pixel_response": record(one.run, "pixel_response", values)})
        for one in page.outcomes
    ]
    pixels.responses(page, outcomes, **WORDS)
    r, change = shown[0][0].axes[0].lines
    assert r.get_ydata().tolist() == [0.5, 1, 1.5]
    assert change.get_ydata() == pytest.approx([2 / 3, 1 / 3, 2])


def test_nothing_is_drawn_of_networks_that_nobody_attacked_or_trained(page, shown):
    pixels.attacks(page, [], **WORDS)
    fields.tiles(page, [], **WORDS)
    assert not shown


def test_an_attack_shows_the_share_of_changed_images_with_wilsons_interval(page, shown):
    """By hand: of four images one is 25 %; Wilson's interval is 4.6 to 70 %."""
    changed = {"strong_changed": np.array([1, 0, 0, 0]), "weak_changed": np.zeros(4)}
    arrays = {name: images.astype(bool) for name, images in changed.items()}
    held = record(page.outcomes[0].run, "one_pixel_attack", {}, arrays)
    pixels.attacks(page, [replace(page.outcomes[0], records={"one_pixel_attack": held})], **WORDS)
    axis = shown[0][0].axes[0]
    assert [bar.get_height() for bar in axis.patches] == [25, 0]
    ends = axis.containers[1].lines[2][0].get_segments()[0][:, 1]
    assert ends == pytest.approx([4.6, 69.9], abs=0.1)
