"""How long a run will take is what a run like it took."""

from dataclasses import replace

import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.records.expected import Pace, memory, time_in_words
from rfbook.records.store import Store
from tests import skeleton


def run(network="vgg11", images=10_000, epochs=10, width=0.25, seed=0):
    return Run(
        model=Model(name=network, width=width),
        data=Data(name="cifar10", side=32, images=images),
        recipe=Recipe(epochs=epochs),
        seed=seed,
    )


def paced(store, *taken):
    """taken: published runs, each with its minutes of training and of measuring."""
    for one, training, measuring in taken:
        held = skeleton.made(one, "accuracy")
        took = {"training": training, "measuring": measuring}
        provenance = {part: held.provenance[part] | {"minutes": took[part]} for part in took}
        store.add(replace(held, provenance=held.provenance | provenance))
    return Pace(store)


DILATED = Model(name="vgg11", width=0.25, dilation=2)


@pytest.fixture
def store(tmp_path):
    return Store((tmp_path,))


@pytest.fixture
def pace(store):
    """Two published runs, of which the smaller took ten times less."""
    return paced(store, (run(), 20.0, 2.0), (run(images=1_000), 2.5, 0.5))


def test_the_same_run_takes_as_long_again(pace):
    assert pace.minutes(run(seed=1), ["accuracy"]) == 22.0


@pytest.mark.parametrize("changed, minutes", [({"epochs": 5}, 12.0), ({"images": 20_000}, 44.0)])
def test_time_grows_with_epochs_and_images(pace, changed, minutes):
    assert pace.minutes(run(**changed), ["accuracy"]) == pytest.approx(minutes)


def test_the_published_run_that_is_nearest_in_size_decides(pace):
    assert pace.minutes(run(images=2_000), ["accuracy"]) == pytest.approx(2 * (2.5 + 0.5))


def test_of_runs_of_one_size_that_took_unequally_long_the_median_counts(store):
    larger_batches = run().model_copy(update={"recipe": Recipe(epochs=10, batch=128)})
    pace = paced(store, (run(), 4.0, 1.0), (run(seed=1), 60.0, 1.0), (larger_batches, 5.0, 1.0))
    assert pace.minutes(run(seed=2), ["accuracy"]) == 6.0


def test_runs_of_other_kernels_count_only_where_there_are_none_of_the_same(store):
    plain, dilated = run(), run(epochs=20).model_copy(update={"model": DILATED})
    pace = paced(store, (plain, 5.0, 1.0))
    assert pace.minutes(dilated, ["accuracy"]) == pytest.approx(11)
    pace = paced(store, (dilated, 80.0, 2.0))
    assert pace.minutes(dilated.model_copy(update={"seed": 1}), ["accuracy"]) == 82.0
    assert pace.minutes(run(epochs=20), ["accuracy"]) == pytest.approx(11)


def test_what_was_never_measured_of_a_network_is_expected_from_its_like(store):
    """Of the dilated one the accuracy is there and no training: it was measured with random weights."""
    untrained = run(epochs=0).model_copy(update={"model": DILATED})
    pace = paced(store, (run(), 5.0, 1.0), (untrained, 0.0, 3.0))
    asked = run().model_copy(update={"model": DILATED})
    assert pace.minutes(asked, ["accuracy"]) == 8.0


def test_weights_that_are_there_are_not_trained(pace):
    assert pace.minutes(run(seed=1), ["accuracy"], trained=True) == 2.0
    assert pace.minutes(run(epochs=0), ["accuracy"]) == 2.0


@pytest.mark.parametrize("changed, measure", [({"network": "vgg13"}, "accuracy"), ({}, "probes")])
def test_without_a_published_run_to_go_by_there_is_no_estimate(pace, changed, measure):
    assert pace.minutes(run(**changed), [measure]) is None


@pytest.mark.parametrize(
    "minutes, words",
    [(0, "1 second"), (0.5, "30 seconds"), (2, "2 minutes"), (90, "1.5 hours"), (600, "10.0 hours")],
)
def test_a_length_of_time_is_said_as_people_say_it(minutes, words):
    assert time_in_words(minutes) == words


def test_measures_are_taken_one_after_another_so_that_the_largest_says_how_much_memory_is_needed():
    """Features of 512 channels at 8x8 places, of 50,000 images in single precision, and a copy."""
    assert memory(["accuracy", "probes", "probes_8x8"]) == memory(["probes_8x8"])
    assert memory(["probes_8x8"]) > 2 * 512 * 64 * 50_000 * 4 / 1e6
    assert memory(["probes_8x8"]) > memory(["probes"]) > memory(["accuracy"]) == memory([])
