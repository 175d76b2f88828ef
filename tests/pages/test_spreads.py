"""How far repeated trainings lie apart."""

import pytest

from rfbook.pages.spreads import accuracies_of, printed_spreads, spreads_of


def test_each_network_has_the_spread_of_its_trainings(page):
    for one, share in zip(page.outcomes, (0.70, 0.72, 0.80, 0.80), strict=True):
        one.records["accuracy"].values["accuracy"] = share
    assert accuracies_of(page.outcomes)["VGG11"] == pytest.approx([70, 72])
    found = spreads_of(page.outcomes)
    assert (found["VGG11"].mean, found["VGG11"].n) == (pytest.approx(71), 2)
    assert found["VGG13"].sd == pytest.approx(0)


def test_the_printed_tests_imply_a_spread_for_every_network():
    printed = printed_spreads()
    assert printed["ResNet18"].n == 8
    assert all(0 < one.sd < 10 for one in printed.values())
    assert max(printed, key=lambda network: printed[network].sd) == "1, 3"
