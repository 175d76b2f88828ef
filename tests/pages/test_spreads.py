"""How far repeated trainings lie apart."""

from dataclasses import replace

import pytest

from rfbook.pages.spreads import accuracies_of, changes_of, printed_spreads, spreads_of


def test_each_network_has_the_spread_of_its_trainings(page):
    for one, share in zip(page.outcomes, (0.70, 0.72, 0.80, 0.80), strict=True):
        one.records["accuracy"].values["accuracy"] = share
    assert accuracies_of(page.outcomes)["VGG11"] == pytest.approx([70, 72])
    found = spreads_of(page.outcomes)
    assert (found["VGG11"].mean, found["VGG11"].n) == (pytest.approx(71), 2)
    assert found["VGG13"].sd == pytest.approx(0)


def test_a_network_in_two_arms_has_one_change_a_seed_and_one_in_a_single_arm_none(page):
    for one, share in zip(page.outcomes, (0.75, 0.70, 0.80, 0.90), strict=True):
        one.records["accuracy"].values["accuracy"] = share
    arms = zip(page.outcomes, ("new", "old", "new", "new"), strict=True)
    found = changes_of(
        [replace(one, arm=arm) for one, arm in arms], ("new", "old"), {"accuracy": "accuracy"}
    )
    assert found == {"vgg11: accuracy": pytest.approx([5])}


def test_the_printed_tests_imply_a_spread_for_every_network():
    printed = printed_spreads()
    assert printed["ResNet18"].n == 8
    assert all(0 < one.sd < 10 for one in printed.values())
    assert max(printed, key=lambda network: printed[network].sd) == "1, 3"
