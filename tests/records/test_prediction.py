"""A record that was made elsewhere lies where ours lie, or it does not."""

import dataclasses

import numpy as np
import pytest

from rfbook.pages import sources
from rfbook.records.prediction import coverage, judged, number_of
from rfbook.records.stages import MEASURES
from rfbook.records.store import Store, read
from tests.left import whole
from tests.samples import record, tiny

EXACT = {"receptive_field", "cost"}


def accuracies(*shares, name="vgg11", **run):
    """One training of a network a share, from the seeds 0, 1 and so on."""
    return [
        record(tiny(seed, name=name, **run), values={"accuracy": share})
        for seed, share in enumerate(shares)
    ]


OURS = [*accuracies(0.70, 0.71, 0.72), *accuracies(0.80, 0.81, 0.82, name="vgg13")]
"""Within both the deviation is a hundredth, with four degrees of freedom."""


def brought(share, seed=9, **run):
    return record(tiny(seed, **run), values={"accuracy": share})


@pytest.mark.parametrize(
    "share, inside", [(0.71, True), (0.742, True), (0.743, False), (0.678, True), (0.677, False)]
)
def test_another_training_lies_inside_the_prediction_interval_of_ours(share, inside):
    """0.71 plus and minus t(0.975, 4) = 2.776 times 0.01 times the root of 1 + 1/3: 0.0321."""
    answer = judged(brought(share), OURS)
    assert answer.inside is inside
    assert f"{share:.4g} is {'inside' if inside else 'outside'} 0.6779 to 0.7421" in answer.said
    assert "3 of ours, 4 degrees of freedom" in answer.said


def test_a_training_from_our_own_seed_is_another_training_too():
    """On another processor the weights are others, as from another seed."""
    assert judged(brought(0.742, seed=0), OURS).inside is True
    assert judged(brought(0.65, seed=0), OURS).inside is False


def test_only_networks_that_were_trained_in_the_same_way_lend_their_spread():
    others = [*OURS[:3], *accuracies(0.80, 0.81, 0.82, name="vgg13", epochs=3)]
    answer = judged(brought(0.71), others)
    assert answer.inside is None
    assert "ours have 2 degrees of freedom, and 4 are needed" in answer.said


def test_one_seed_of_ours_has_an_interval_by_the_spread_of_other_networks():
    """2.776 times 0.01 times the root of two."""
    answer = judged(brought(0.5, name="vgg16"), [*OURS, *accuracies(0.53, name="vgg16")])
    assert (answer.inside, "0.4907 to 0.5693" in answer.said) == (True, True)


def test_a_run_that_we_do_not_have_is_compared_with_nothing():
    answer = judged(brought(0.5, name="vgg19"), OURS)
    assert (answer.said, answer.inside) == ("no published record is of such a run", None)


@pytest.mark.parametrize("border, inside", [("conv2", True), ("conv1", False)])
def test_what_architecture_decides_must_be_the_same(border, inside):
    layers = {"layers": ["conv1", "conv2"], "field": [3, 5]}
    ours = [record(tiny(0), "receptive_field", layers | {"border": "conv2"})]
    theirs = record(tiny(1), "receptive_field", layers | {"border": border})
    assert judged(theirs, ours).inside is inside


@pytest.mark.parametrize("share, inside", [(0.5, True), (0.504, True), (0.51, False)])
def test_weights_that_are_not_trained_are_the_same_everywhere(share, inside):
    """They may differ by rounding, and by no more: 1 % of an accuracy of one half."""
    ours = accuracies(0.5, 0.9, epochs=0)
    assert judged(brought(share, seed=0, epochs=0), ours).inside is inside


def test_random_weights_from_another_seed_are_predicted():
    ours = accuracies(0.50, 0.51, 0.52, 0.51, 0.50, epochs=0)
    assert judged(brought(0.53, epochs=0), ours).inside is True
    assert judged(brought(0.90, epochs=0), ours).inside is False


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_that_seeds_change_has_a_number(measure):
    run = tiny(name="resnet18", side=64, **({"task": "micro-object"} if "curve" in measure else {}))
    held = whole(run, measure)
    if measure in EXACT:
        with pytest.raises(LookupError, match="no seed changes the"):
            number_of(held)
    else:
        assert np.isfinite(number_of(held))


def test_the_number_is_the_mean_without_signs_of_its_part():
    held = whole(tiny(), "probes", probes=[0.1, 0.2, 0.9])
    assert number_of(held) == pytest.approx(0.4)
    maps = {"a": np.array([[0.2, 0.4]]), "b": np.array([[0.9]])}
    positions = dataclasses.replace(whole(tiny(), "position_probes"), arrays=maps)
    assert number_of(positions) == pytest.approx(0.6)


# The published records themselves.


@pytest.fixture(scope="module")
def published():
    store = Store((sources.repository() / "results",))
    return [read(path) for path in store.paths() if path.name.split("-")[0] not in EXACT]


def test_published_seeds_that_are_left_out_fall_inside_as_often_as_it_is_said(published):
    """Of some hundred records 95 % are inside; a third of a point is one of them."""
    answers = [answer for found in coverage(published).values() for answer in found]
    assert len(answers) > 200
    assert np.mean(answers) == pytest.approx(0.95, abs=0.02)


def test_an_accuracy_ten_points_lower_does_not(published):
    only = [one for one in published if one.measure == "accuracy"]
    lower = coverage(only, lower=0.1)["accuracy"]
    assert len(lower) > 100
    assert not any(lower)
