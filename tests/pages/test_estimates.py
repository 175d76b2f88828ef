"""A sentence speaks of a quantity over networks: its range, its ends, and none where there is none."""

import pytest

from rfbook.claims.verdicts import Estimate
from rfbook.pages.estimates import Estimates
from rfbook.pages.narrative import filled

GAINS = Estimates(
    Estimate(name, mean, 3, (mean - half, mean + half), False, unit="points")
    for name, mean, half in [("vgg11", 3.37, 0.6), ("vgg16", 2.381, 0.01), ("vgg19", 1.26, 0.89)]
)
NOTHING = Estimates([])
ALIKE = Estimates(Estimate(name, 5, 3, None, True, unit="conv") for name in ("resnet18", "resnet34"))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The probes gain {{ gain }}.", "The probes gain 1.3 to 3.4 points."),
        ("From {{ gain.low }} on.", "From 1.3 on."),
        ("At most {{ gain.high }} ({{ gain.highest }}).", "At most 3.4 (VGG11)."),
        ("At least {{ gain.low.full }} ({{ gain.lowest }}).", "At least 1.3 points (VGG19)."),
        ("It gains {{ gain['vgg16'] }}.", "It gains 2.4 points."),
        ("It gains {{ gain['vgg16'].sure }}.", "It gains 2.4 points (2.4 to 2.4)."),
        ("It gains {{ gain.vgg19.low }} or {{ gain.vgg19.high }}.", "It gains 0.4 or 2.1."),
        ("{{ gain.range }}.", "1.3 to 3.4."),
        ("{{ gain.from_to([('vgg11', 'vgg16')]) }}.", "3.4 to 2.4 points in VGG11."),
        ("It gains {{ gain.listed }}.",
         "It gains 3.4 points in VGG11, 2.4 points in VGG16 and 1.3 points in VGG19."),
        ("{{ gain.sure }}",
         "3.4 points (2.8 to 4.0) in VGG11, 2.4 points (2.4 to 2.4) in VGG16 and 1.3 points (0.4 to 2.1)"
         " in VGG19"),
        ("{{ alike }}: {{ alike.listed }}", "conv5: conv5 in ResNet18 and ResNet34"),
        ("{% if gain.high > 3 %}Much.{% endif %}", "Much."),
        ("{% if nothing %}{{ nothing.high }}{% else %}No layer.{% endif %}", "No layer."),
    ],
)  # fmt: skip
def test_a_sentence_says_it_with_the_same_digits_throughout(sentence, said):
    assert filled(sentence, {"gain": GAINS, "nothing": NOTHING, "alike": ALIKE}) == f"{said}\n"


def test_what_no_network_has_cannot_be_said_and_a_network_that_is_not_there_is_named():
    assert not NOTHING and GAINS and len(list(GAINS)) == 3
    with pytest.raises(LookupError, match="no network has this quantity"):
        _ = NOTHING.high
    with pytest.raises(LookupError, match=r"vgg13 has no estimate here; .*: vgg11, vgg16, vgg19"):
        GAINS["vgg13"]


def test_a_page_has_each_quantity_of_each_network_that_has_it(page):
    accuracy, border, gain = page.each("accuracy", "border", "gain_up_to_border")
    assert [(one.network, one.n, str(one)) for one in accuracy] == [
        ("vgg11", 2, "61 %"), ("vgg13", 2, "72 %"),
    ]  # fmt: skip
    assert str(border) == "conv6 to conv8"
    for one in page.outcomes[:2]:
        one.records["receptive_field"].values["border"] = None
    border, gain = page.each("border", "gain_up_to_border")
    assert [one.network for one in border] == [one.network for one in gain] == ["vgg13"]
    assert (border.undefined["vgg11"], gain.undefined["vgg11"][:15]) == ("none", "no border layer")


def test_a_page_may_ask_of_some_of_its_outcomes_and_of_those_that_were_measured(page):
    del page.outcomes[3].records["probes"]
    (gain,) = page.each("gain_up_to_border")
    assert [(one.network, one.n) for one in gain] == [("vgg11", 2), ("vgg13", 1)]
    (gain,) = page.each("accuracy", outcomes=page.outcomes[:1])
    assert [(one.network, one.n) for one in gain] == [("vgg11", 1)]
    with pytest.raises(LookupError, match="no quantity 'gian'"):
        page.each("gian")


def test_two_networks_are_compared_seed_by_seed_under_the_name_of_the_first(page):
    found = page.apart("accuracy", ("vgg13", "vgg11"), ("vgg16", "vgg11"))
    # 70 - 60 and 74 - 62: mean 11 with a standard error of 1; t(0.975, 1) = 12.706 in a printed table.
    assert [(one.network, one.sure) for one in found] == [("vgg13", "11 points (-2 to 24)")]
    assert page.seeds == "2 seeds"


def test_a_page_says_what_is_printed_and_how_its_claims_came_out(page):
    assert page.printed("SM-1-border") == {"vgg11": 6, "vgg13": 8}
    with pytest.raises(LookupError, match="no claim 'SM-9'"):
        page.printed("SM-9")
    assert page.tally == "1 reproduced, 1 open, 1 not tested"
