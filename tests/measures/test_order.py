"""A measure is the same whatever was measured before it, and where a measurement is taken up again."""

import subprocess
import sys

import numpy as np
import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.measures.measure import measure
from rfbook.measures.obtain import obtain
from rfbook.records.stages import MEASURES, require
from rfbook.records.store import Store
from rfbook.records.weights import trained

TAKEN_UP = """
import pathlib, sys
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import obtain
from rfbook.records.store import Store
store = Store((pathlib.Path(sys.argv[1]),))
for run in sys.argv[2:]:
    obtain(Run.model_validate_json(run), ["accuracy", "saturation", "saliency"], store, "cpu")
"""


def smallest(epochs):
    """A network that takes most measures, on as few digits as show every class."""
    recipe = Recipe(epochs=epochs, batch=24) if epochs else Recipe(epochs=0)
    data = Data(name="digits", side=32, images=48, test_images=4)
    return Run(model=Model(name="vgg11", width=1 / 64), data=data, recipe=recipe)


def taken_on(run):
    """Names of the measures that can be taken on the run."""

    def can(name):
        try:
            require(run, name)
        except ValueError:
            return False
        return True

    return [name for name in MEASURES if can(name)]


def same(record, other):
    return record.values == other.values and all(
        np.array_equal(array, other.arrays[name]) for name, array in record.arrays.items()
    )


def as_found(ready):
    """Whether what a measure loaded and used is as the next one expects it."""
    splits = (ready.data.train, ready.data.test)
    loaded = [tensor for images in splits for tensor in (images.pixels, images.labels)]
    modules = list(ready.network.modules())
    return (
        not any(tensor.is_inference() for tensor in [*loaded, *ready.network.parameters()])
        and all(weight.grad is None and weight.requires_grad for weight in ready.network.parameters())
        and not any(module.training or module._forward_hooks for module in modules)
    )


@pytest.mark.parametrize("epochs", [0, 1])
def test_every_measure_is_the_same_before_and_after_every_other(epochs):
    run = smallest(epochs)
    names = taken_on(run)
    assert len(names) == 14
    trained(run, "cpu")
    first = {}
    for name in names:
        ready = trained(run, "cpu")  # as in a new process: no images are loaded yet
        first[name] = measure(ready, name)
        assert as_found(ready), name
    for order in (names, names[::-1]):  # of any two, each comes once before the other
        ready = trained(run, "cpu")
        for name in order:
            assert same(measure(ready, name), first[name]), f"{name}, in the order {order}"


def test_what_is_missing_is_made_in_a_new_process_as_it_would_have_been_in_the_first(tmp_path):
    """The images are then loaded first where no gradients are taken, and used where they are."""
    runs, store = [smallest(0), smallest(1)], Store((tmp_path,))
    for run in runs:
        obtain(run, ["accuracy"], store, "cpu")
    command = [sys.executable, "-c", TAKEN_UP, str(tmp_path), *(run.model_dump_json() for run in runs)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for run in runs:
        for name in ("saturation", "saliency"):
            assert same(store.find(run, name), measure(trained(run, "cpu"), name))
