"""Rules on the spread of others, tried on records that nobody measured."""

import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.pages import trials
from rfbook.pages.page import Page
from rfbook.pages.tables.trials import by_name
from rfbook.records.store import Store
from tests.left import whole
from tests.reading import rows


def accuracy(name, width, seed, share):
    model, data = Model(name=name, width=width), Data(name="cifar10", side=32)
    run = Run(model=model, data=data, recipe=Recipe(), seed=seed)
    return whole(run, "accuracy", accuracy=share, training_accuracy=[share] * run.recipe.epochs)


@pytest.fixture
def page(tmp_path):
    """Thin ResNets whose five seeds lie a hundredth apart, and no other."""
    store = Store((tmp_path,))
    for name in ("resnet18", "resnet34"):
        for seed, share in enumerate((0.70, 0.71, 0.72, 0.71, 0.70)):
            store.add(accuracy(name, 0.25, seed, share))
    return Page("a/page", {"tier": "paper"}, store)


def add(page, name, *shares):
    for seed, share in enumerate(shares):
        page.store.add(accuracy(name, 1.0, seed, share))


def test_each_record_of_a_training_is_left_out_once(page):
    found = trials.left_out(page)
    assert (found.tried, found.held, found.kept) == (10, 10, True)


@pytest.mark.parametrize("shares, held", [((0.80, 0.81, 0.80), 3), ((0.5, 0.9), 0)])
def test_each_run_at_full_width_is_tried_as_if_it_were_the_only_one(page, shares, held):
    add(page, "resnet18", *shares)
    found = trials.borrowed(page)
    assert found.answers["accuracy"] == [bool(held)] * len(shares)
    assert (found.kept, found.most) == (bool(held), len(shares))
    assert ("accuracy" in found.never) is not bool(held)


def test_thin_networks_of_another_family_lend_nothing(page):
    add(page, "vgg11", 0.80, 0.81)
    assert trials.borrowed(page).tried == 0


def test_a_single_run_at_full_width_cannot_be_tried(page):
    add(page, "resnet18", 0.80)
    assert trials.borrowed(page).tried == 0


def test_a_table_has_one_row_a_name_with_what_held(page):
    shown = by_name(trials.Trial({"last_gap": [True, False], "accuracy": [True]}), "of", "tried")
    assert rows(shown) == [
        {"of": "accuracy", "intervals": "1", "hold": "1"},
        {"of": "last gap", "intervals": "2", "hold": "1"},
    ]
