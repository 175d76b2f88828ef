"""What a run has that the paper's has not is said from the run and its records."""

import dataclasses

import pytest

from rfbook.experiments.spec import Data
from rfbook.pages.outcomes import Outcome
from rfbook.pages.scaling import differences
from tests.samples import records, tiny


def outcome(data, **held):
    run = tiny().model_copy(update={"data": data})
    return Outcome(run, run, records(run, **held))


@pytest.mark.parametrize(
    "data, said",
    [
        (Data(name="caltech101", side=224), "caltech101 enlarged from 160 pixels"),
        (Data(name="caltech101", side=128), ""),
        (Data(name="cifar10", side=224), ""),
    ],
)
def test_a_copy_that_is_smaller_than_its_originals_says_when_it_is_enlarged(data, said):
    """The paper enlarges CIFAR-10 as well; Caltech-101's photographs are larger than our copy."""
    assert differences([outcome(data)]) == said


@pytest.mark.parametrize("images, said", [(None, True), (20_000, False), (512, False)])
def test_position_probes_that_learn_from_a_part_of_the_images_say_so(images, said):
    learnt = {"training_images": min(images or 50_000, 20_000)}
    made = outcome(Data(name="cifar10", side=32, images=images), position_probes=learnt)
    assert (differences([made]) == "position probes on 20000 training images (paper all)") is said


def test_a_part_of_a_set_says_how_many_images_it_has():
    made = outcome(Data(name="tiny-imagenet-50", side=32))
    assert differences([made]) == "tiny-imagenet-50 with 10000 training and 2000 test images"


def test_a_probe_that_was_stopped_before_it_converged_is_named():
    held = {"layers": ["conv1", "conv2"], "probes": [0.5, 0.1], "converged": [True, False]}
    made = outcome(Data(name="cifar10", side=32), probes=held)
    assert differences([made]) == f"the probe of conv2 in {made.label}, seed 0, not converged"


def test_what_holds_for_several_runs_is_said_once():
    one = dataclasses.replace(outcome(Data(name="caltech101", side=224)), departs=("other data",))
    assert differences([one, one]) == "other data, caltech101 enlarged from 160 pixels"
