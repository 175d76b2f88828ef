"""When trainings first arrive: epochs and medians counted by hand."""

from dataclasses import replace

import pytest

from rfbook.pages.tables import arrivals
from tests.reading import row
from tests.samples import record

CURVES = {
    "vgg11": [[0.5, 0.6, 0.95, 0.8], [0.5, 0.7, 0.8, 0.8]],
    "vgg13": [[0.5, 0.92, 0.97, 0.99], [0.6, 0.8, 0.93, 0.99]],
}


@pytest.fixture
def learnt(page):
    """The page's outcomes with a curve each: of VGG11 the first arrives in epoch 3, the second never."""

    def with_curve(one):
        values = {"test_accuracy": CURVES[one.label][one.run.seed], "steps": 50}
        return replace(one, records={"learning_curve": record(one.run, "learning_curve", values)})

    return [with_curve(one) for one in page.outcomes]


def test_the_median_is_the_epoch_in_which_half_have_arrived(learnt):
    found = arrivals.medians(learnt)
    assert {network: str(one) for network, one in found.items()} == {
        "vgg11": "in epoch 3", "vgg13": "in epoch 2",
    }  # fmt: skip


def test_where_more_than_half_never_arrive_the_median_is_beyond_the_last_epoch(learnt):
    never = [one for one in learnt if one.label == "vgg11" and one.run.seed == 1]
    assert str(arrivals.medians(never)["vgg11"]) == "not within 4 epochs"


def test_a_training_that_falls_below_the_level_again_is_counted(learnt):
    assert arrivals.crossings(learnt) == arrivals.Crossings(above=3, back=1)


def test_the_mean_counts_the_last_epoch_for_a_training_that_never_arrived(page, learnt):
    table = arrivals.first_epochs(page, learnt, {"resnet101": 28.2})
    found = row(table, network="VGG11")
    assert (found["epoch of each seed"], found["reached"]) == ("3, never", "1")
    assert (found["median update"], found["mean, never = last epoch"]) == ("150", "3.5")
    assert row(table, network="ResNet101 (paper)")["mean, never = last epoch"] == "28.2"


def test_a_difference_seed_by_seed_needs_every_training_to_arrive(page, learnt):
    table = arrivals.differences(page, learnt, [("vgg11", "vgg13")], {})
    found = row(table, difference="VGG11 - VGG13")
    assert (found["of the means"], found["seed by seed"]) == ("1", "some never arrive")


def test_nine_in_ten_of_a_hundred_images_are_known_to_three_points():
    assert arrivals.error(100).full == "3 points"
