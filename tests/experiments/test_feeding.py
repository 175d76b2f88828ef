"""Batches come to the device that asks for them, and a training step there never waits for the host."""

import threading

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from rfbook.experiments.batches import View
from rfbook.experiments.feeding import Feed, ahead
from rfbook.experiments.images import Images
from rfbook.experiments.models import build
from rfbook.experiments.optimisation import optimizer_for
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.train import Training

CPU = torch.device("cpu")
READ_BY_THE_HOST = {
    "_local_scalar_dense",
    "nonzero",
    "masked_select",
    "equal",
    "is_nonzero",
    "unique_dim",
}
RUNS = {
    "crops and flips": Run(model=Model(name="vgg11"), data=Data(name="cifar10", side=32)),
    "a canvas": Run(
        model=Model(name="resnet18"), data=Data(name="cifar10", side=40, placement="canvas")
    ),
    "turned parts": Run(
        model=Model(name="resnet18"),
        data=Data(name="caltech101", side=64), recipe=Recipe(epochs=1, augmentation="rotated"),
    ),
    "squares": Run(
        model=Model(name="resnet18"), data=Data(name="caltech101", side=64, task="micro-object")
    ),
    "bf16 and Adam": Run(
        model=Model(name="vgg11"), data=Data(name="mnist", side=32),
        recipe=Recipe(epochs=1, precision="bf16", optimizer="adam", weight_decay=0.0),
    ),
}  # fmt: skip


def some(count: int = 40) -> Images:
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (count, 8, 8, 3), generator=generator, dtype=torch.uint8)
    return Images(pixels, torch.arange(count))


def steps(*places) -> list[dict[str, torch.Tensor]]:
    return [{"places": torch.tensor(p), "flips": torch.tensor([[i % 2] for i in p])} for p in places]


@pytest.mark.parametrize("resident", [True, False])
def test_each_step_gets_its_images_with_what_was_drawn_for_them(resident):
    images = some()
    batches = list(Feed(images, CPU, resident)(steps([3, 1, 2], [39, 0], [5])))
    assert [labels.tolist() for _, labels, _ in batches] == [[3, 1, 2], [39, 0], [5]]
    for pixels, labels, draws in batches:
        assert torch.equal(pixels, images.pixels[labels])
        assert draws["flips"].flatten().tolist() == [label % 2 for label in labels.tolist()]


def test_training_on_images_that_are_sent_batch_by_batch_ends_in_the_same_weights(digits):
    run = Run(model=Model(name="vgg11", width=1 / 8), data=Data(name="digits", side=32))
    ends = []
    for resident in (True, False):
        training = Training(run, digits.train.first(160), 10, OnTheCpu())
        training.feed = Feed(digits.train.first(160), CPU, resident)
        training.epoch(0)
        ends.append(training.state())
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_batches_are_made_ahead_in_order_by_another_thread():
    makers, made = set(), []

    def make(item):
        makers.add(threading.get_ident())
        made.append(item)
        return item * item

    taken = []
    for value in ahead(make, iter(range(6)), 2):
        taken.append(value)
    assert taken == [0, 1, 4, 9, 16, 25] and made == list(range(6))
    assert makers == makers - {threading.get_ident()} and len(makers) == 1


def test_a_batch_that_cannot_be_made_is_an_error_where_it_is_needed():
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda item: 1 // item, [2, 1, 0], 1))


class OnTheCpu:
    """What `Training` needs of an accelerator."""

    device = CPU

    def prepare(self, network, optimizer):
        return network, optimizer

    def backward(self, loss):
        loss.backward()


class Watched(TorchDispatchMode):
    """Notes which operations read values on the host, or copy between it and the device."""

    def __init__(self):
        super().__init__()
        self.waits = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        name = function.name().partition("::")[2].partition(".")[0]
        leaves = tree_leaves([args, kwargs, made])
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        read = name in READ_BY_THE_HOST and any(t.is_meta for t in tensors)
        if read or len({t.is_meta for t in tensors if t.dim()}) > 1:
            self.waits.append(name)
        return made


def without_values(network):
    """The network with tensors of the same shapes, on the device of the moment."""
    for module in network.modules():
        for name, parameter in module.named_parameters(recurse=False):
            setattr(module, name, nn.Parameter(torch.empty(parameter.shape)))
        for name, buffer in module.named_buffers(recurse=False):
            setattr(module, name, torch.empty(buffer.shape, dtype=buffer.dtype))
    return network


def a_step(run: Run) -> list[str]:
    """What in one training step reads a value on the host, or copies between it and the device.

    The device is PyTorch's `meta`, whose tensors have no values: reading one there is an error anyway.
    """
    count, side = 4, run.data.held.side
    training = object.__new__(Training)
    training.run, training.accelerator = run, OnTheCpu()
    training.view = View(run.data, run.recipe.augmentation, "meta")
    draws = training.view.draws(count, torch.Generator())
    draws = {name: tensor.to("meta") for name, tensor in draws.items()}
    network = build(run.model, 10)
    with torch.device("meta"):
        training.network = without_values(network)
        training.optimizer = optimizer_for(training.network, run.recipe)
        pixels = torch.zeros(count, side, side, 3, dtype=torch.uint8)
        labels, sums = torch.zeros(count, dtype=torch.int64), torch.zeros(2, dtype=torch.float64)
    training._step(pixels, labels, draws)  # optimizers make their state in the first
    with Watched() as watched:
        sums += training._step(pixels, labels, draws)
    return watched.waits


@pytest.mark.parametrize("kind", RUNS)
def test_in_a_training_step_nothing_waits_for_the_host(kind):
    assert a_step(RUNS[kind]) == []


def test_a_step_with_sums_from_the_host_would_be_noticed(monkeypatch):
    monkeypatch.setattr(Training, "_step", lambda *given: torch.zeros(2).to("meta"))
    assert a_step(RUNS["crops and flips"]) != []
