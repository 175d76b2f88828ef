"""What a page has of its runs: grouped by network and arm, averaged over seeds."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.tiers import with_changes
from rfbook.pages.outcomes import (
    Planned,
    by_network,
    curves_of,
    guessing,
    hardly_learnt,
    mean_field,
    means,
    of_seeds,
    starts,
)
from rfbook.pages.positions import position_seeds


def changed(outcome, **parts):
    return dataclasses.replace(outcome, run=with_changes(outcome.run, parts))


def test_outcomes_are_grouped_by_network_in_the_order_of_first_mention(page):
    groups = by_network([page.outcomes[2], page.outcomes[0], page.outcomes[3]])
    assert [(name, len(seeds)) for name, seeds in groups.items()] == [("vgg13", 2), ("vgg11", 1)]


def test_the_arms_of_a_network_are_grouped_apart(page):
    first, second, *_ = page.outcomes
    small, large = dataclasses.replace(first, arm="small"), dataclasses.replace(second, arm="large")
    assert list(by_network([small, large])) == ["vgg11 small", "vgg11 large"]


def test_runs_that_differ_in_more_than_their_seed_are_never_pooled(page):
    first, second, *_ = page.outcomes
    other = changed(second, recipe={"epochs": 3})
    with pytest.raises(ValueError, match="vgg11: runs that differ in more than their seed"):
        by_network([first, other])


def test_a_mean_is_over_the_seeds_of_each_network(page):
    assert means(page.outcomes, "accuracy") == pytest.approx({"vgg11": 61, "vgg13": 72})


def test_a_network_without_the_quantity_is_left_out_of_its_means(page):
    for one in page.outcomes[:2]:
        one.records["receptive_field"].values["border"] = None
    assert list(means(page.outcomes, "gain_up_to_border")) == ["vgg13"]


def test_a_quantity_has_one_value_a_seed(page):
    assert of_seeds("accuracy", page.outcomes[:2]) == pytest.approx([60, 62])


def test_a_mean_field_weighs_seeds_alike_and_its_middle_begins_at_a_multiple_of_eight():
    fields = [np.arange(64.0 * 64).reshape(64, 64), np.full((64, 64), 7.0)]
    held = [SimpleNamespace(arrays={"output": one}) for one in fields]
    seeds = [SimpleNamespace(records={"effective_field": one}) for one in held]
    whole = mean_field(seeds)
    assert whole == pytest.approx((fields[0] / fields[0].mean() + 1) / 2)
    assert (mean_field(seeds, pixels=32) == whole[16:48, 16:48]).all()
    assert (mean_field(seeds, pixels=40) == whole[8:48, 8:48]).all()


def test_curves_are_one_row_a_seed_without_the_readout(page):
    assert curves_of(page.outcomes[:2], "probes").shape == (2, 8)


def test_networks_that_start_from_one_pretrained_network_name_it_once():
    known = {"model": Model(name="resnet18"), "data": Data(name="caltech101", side=128)}
    tuned = [
        Run(**known, recipe=recipe, seed=seed)
        for recipe in (Recipe(start="imagenette"), Recipe())
        for seed in (0, 1)
    ]
    (found,) = starts([Planned(run, run) for run in tuned])
    assert found.run == tuned[0].source == tuned[1].source
    assert (found.run.data.name, tuned[2].source) == ("imagenette", None)


def test_maps_of_positions_are_one_a_convolution_with_every_seed():
    grids = {"a": np.full((3, 3), 0.4), "b": np.full((2, 2), 0.6)}
    held = [
        SimpleNamespace(arrays={name: grid + seed for name, grid in grids.items()}) for seed in (0, 1)
    ]
    layers = SimpleNamespace(values={"layers": ["a", "b"]})
    seeds = [
        SimpleNamespace(records={"receptive_field": layers, "position_probes": one}) for one in held
    ]
    first, second = position_seeds(seeds)
    assert first.shape == (2, 3, 3) and second.shape == (2, 2, 2)
    assert (first[1] == 1.4).all() and (second[0] == 0.6).all()


def test_a_guess_among_ten_classes_is_right_one_time_in_ten(page):
    assert page.outcomes[0].run.data.name == "cifar10" and guessing(page.outcomes[0]) == 10


def test_trainings_that_hardly_learnt_are_counted_by_network(page):
    for one, share in zip(page.outcomes, (0.19, 0.12, 0.21, 0.9), strict=True):
        one.records["accuracy"].values["accuracy"] = share
    assert hardly_learnt(page.outcomes) == {"VGG11": 2}
    assert hardly_learnt(page.outcomes, points=12) == {"VGG11": 2, "VGG13": 1}
