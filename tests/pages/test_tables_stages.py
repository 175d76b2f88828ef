"""Both papers' quantities at the end of each stage of a ResNet."""

import pytest

from rfbook.claims.verdicts import Estimate
from rfbook.pages.estimates import Estimates
from rfbook.pages.tables import stages
from tests.reading import row, rows


@pytest.fixture
def staged(page):
    """The tiny page's networks, as if each two of their eight convolutions were a stage."""
    for one in page.outcomes:
        names = {f"conv{number}": f"layer{(number + 1) // 2}.conv{number}" for number in range(1, 9)}
        for measure in ("receptive_field", "saturation", "probes"):
            values = one.records[measure].values
            values["layers"] = [names.get(layer, layer) for layer in values["layers"]]
    return page


def test_a_stage_ends_with_its_last_convolution_and_half_of_r_stands_where_it_was_measured(staged):
    names = "vgg11", "vgg13"
    halves = Estimates(Estimate(name, 40.0, 2, (39.5, 40.5), False, unit="%") for name in names)
    table = stages.stages(staged, staged.outcomes, {"layer3": halves})
    assert len(rows(table)) == 8
    assert row(table, stage="VGG11 layer3") == {
        "stage": "VGG11 layer3", "last convolution": "conv6", "theoretical field, px": "63",
        "times the side": "2.0", "saturation": "10.0 %", "probe": "60.0 %", "half of R on": "40.0 %",
    }  # fmt: skip
    assert row(table, stage="VGG11 layer1")["half of R on"] == "not measured"


def test_the_reach_of_a_stage_is_its_field_in_sides_of_the_image(staged):
    assert stages.reach(staged.outcomes, "layer4").listed == "4.7 times the side in VGG11 and VGG13"
