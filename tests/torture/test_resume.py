"""Every kind of training, stopped after each epoch and taken up from its file: the same to the bit."""

from functools import cache

import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.records.weights import Checkpoints, trained
from tests.experiments.test_train import ADAM, check_equal
from tests.records.test_weights import interrupt_after

pytestmark = pytest.mark.torture

EPOCHS = 3
NETWORKS = {
    "vgg11": Model(name="vgg11", width=1 / 16),
    "vgg19, dilated": Model(name="vgg19", width=1 / 32, dilation=2),
    "resnet18, stem of CIFAR": Model(name="resnet18", width=1 / 16, stem="cifar"),
    "resnet18, padded kernels": Model(name="resnet18", width=1 / 16, kernel_padding="all"),
    "efficientnet": Model(name="efficientnet_b0", width=1 / 8),
}
RECIPES = {
    "sgd": {}, "adam": ADAM, "bf16": {"precision": "bf16"}, "cosine": {"schedule": "cosine"},
    "rotated": {"augmentation": "rotated"},
}  # fmt: skip
DATA = {
    "a canvas": {"placement": "canvas", "side": 40},
    "less detail": {"detail": 16, "side": 40},
    "a micro-object": {"task": "micro-object", "side": 32},
}
STOPS = {"after the first epoch": (1,), "after the second": (2,), "after each": (1, 2)}


def run_of(model, recipe, **data):
    seen = {"name": "digits", "side": 32, "images": 48, "test_images": 8} | data
    made = Recipe(epochs=EPOCHS, batch=24, **recipe)
    return Run(model=model, data=Data(**seen), recipe=made)


RUNS = {
    f"{network}, {recipe}": run_of(model, changed)
    for network, model in NETWORKS.items()
    for recipe, changed in RECIPES.items()
} | {f"{name}": run_of(NETWORKS["resnet18, stem of CIFAR"], {}, **data) for name, data in DATA.items()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Trains a run once without a stop, in a cache of its own."""
    folder = tmp_path_factory.mktemp("undisturbed")

    @cache
    def train(name):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RFBOOK_CACHE", str(folder))
            return outcome(RUNS[name])

    return train


def outcome(run):
    ready = trained(run, "cpu")
    return ready.network.state_dict(), ready.trace


@pytest.mark.parametrize("stops", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("name", RUNS)
def test_a_training_that_was_stopped_ends_as_one_that_was_not(name, stops, undisturbed, monkeypatch):
    run = RUNS[name]
    for epoch in stops:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            interrupt_after(patch, epoch)
            trained(run, "cpu")
    found, trace = outcome(run)
    check_equal((found, trace), undisturbed(name))
    assert trace.watched == undisturbed(name)[1].watched, "another accuracy was noted after an epoch"
    began = [session["first_epoch"] for session in trace.sessions]
    assert began == [1, *(epoch + 1 for epoch in stops)], "the sessions are not those that took part"
    assert Checkpoints(run).load()[0].keys() == {f"network.{part}" for part in found}
