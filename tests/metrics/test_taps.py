"""Taps see what a layer put out, change nothing, and leave nothing behind."""

import pytest
import torch
from torch import nn

from rfbook.metrics.taps import forward_to, record, tap


class Net(nn.Module):
    """Two convolutions, each followed by layers that work in place."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.conv2 = nn.Conv2d(4, 5, 3)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, images):
        first = self.conv1(images)
        self.relu(first)
        second = self.conv2(first)
        return second.mul_(0.0)


@pytest.fixture
def net() -> Net:
    torch.manual_seed(0)
    return Net()


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def state(model: nn.Module) -> list:
    """Everything a hook could have left on a module: attribute names and registered hooks."""
    return [
        (name, sorted(vars(module)), [k for k, v in vars(module).items() if "hook" in k and v])
        for name, module in model.named_modules()
    ]


def test_a_tap_hands_every_pass_of_the_named_layers_to_the_function(net, images):
    seen = []
    with tap(net, ["conv1", "conv2"], lambda name, output: seen.append((name, output.shape[1]))):
        net(images)
        net(images)
    assert seen == [("conv1", 4), ("conv2", 5)] * 2


def test_a_tap_sees_the_raw_output_before_an_inplace_relu(net, images):
    expected = net.conv1(images).detach()
    smallest = []
    with tap(net, ["conv1"], lambda name, output: smallest.append(output.min())):
        net(images)
    assert smallest[0] == expected.min() < 0


def test_a_record_is_not_changed_by_layers_that_work_in_place(net, images):
    expected_first = net.conv1(images)
    expected_second = net.conv2(expected_first.relu())
    with record(net, ["conv1", "conv2"]) as outputs:
        final = net(images)
    assert final.abs().max() == 0
    assert torch.equal(outputs["conv1"], expected_first)
    assert torch.equal(outputs["conv2"], expected_second)


def test_a_record_keeps_the_last_pass_and_carries_no_graph(net, images):
    with record(net, ["conv1"]) as outputs:
        net(images)
        net(images + 1)
    assert torch.equal(outputs["conv1"], net.conv1(images + 1))
    assert not outputs["conv1"].requires_grad


def test_what_the_function_returns_does_not_replace_the_output(net, images):
    plain = net.conv1(images)
    with tap(net.conv1, [""], lambda name, output: output * 0 + 7):
        assert torch.equal(net.conv1(images), plain)


def test_gradients_are_the_same_with_and_without_a_tap(images):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.LazyLinear(1))
    model(images).sum().backward()
    plain = model[0].weight.grad.clone()
    model.zero_grad()
    with record(model, ["0", "1"]):
        model(images).sum().backward()
    assert torch.equal(model[0].weight.grad, plain)


def test_unknown_names_list_the_nearest_and_set_no_hook(net):
    before = state(net)
    with (
        pytest.raises(ValueError, match=r"no layer 'conv3'.*'conv[12]'.*no layer 'zzz'"),
        tap(net, ["conv1", "conv3", "zzz"], print),
    ):
        pass
    assert state(net) == before


def test_one_string_instead_of_a_list_is_explained(net):
    with pytest.raises(ValueError, match=r"use \['conv1'\]"), record(net, "conv1"):
        pass


def test_nothing_is_set_on_modules_and_nothing_stays(net, images):
    before = state(net)
    with record(net, ["conv1", "conv2"]):
        net(images)
        assert [attributes for _, attributes, _ in state(net)] == [a for _, a, _ in before]
        assert state(net) != before
    assert state(net) == before


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, GeneratorExit, SystemExit])
def test_hooks_are_removed_when_the_block_fails(net, failure):
    before = state(net)
    with pytest.raises(failure), tap(net, ["conv1", "conv2"], print):
        raise failure
    assert state(net) == before


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_hooks_are_removed_when_the_function_fails_during_the_pass(net, images, failure):
    def fail(name: str, output: torch.Tensor) -> None:
        raise failure(name)

    before = state(net)
    with pytest.raises(failure, match="conv2"), tap(net, ["conv2"], fail):
        net(images)
    assert state(net) == before


def test_hooks_of_others_survive(net, images):
    calls = []
    handle = net.conv1.register_forward_hook(lambda *arguments: calls.append(1))
    with record(net, ["conv1"]):
        pass
    net(images)
    handle.remove()
    assert calls == [1]


def test_a_shared_layer_is_found_by_all_its_names_and_calls_at_each_use():
    layer = nn.Linear(2, 2)
    model = nn.Sequential(layer, layer)
    seen = []
    with tap(model, ["1"], lambda name, output: seen.append(name)):
        model(torch.ones(1, 2))
    assert seen == ["1", "1"]


def test_a_name_given_twice_counts_once(net, images):
    seen = []
    with tap(net, ["conv1", "conv1"], lambda name, output: seen.append(name)):
        net(images)
    assert seen == ["conv1"]


def test_a_layer_with_several_outputs_is_refused():
    model = nn.Sequential(nn.LSTM(2, 3))
    with pytest.raises(TypeError, match=r"'0' \(LSTM\) returned tuple"), record(model, ["0"]):
        model(torch.ones(1, 1, 2))


def test_forward_to_returns_the_layer_with_its_graph_and_runs_nothing_after_it(net, images):
    seen = []
    images.requires_grad_()
    with tap(net, ["conv2"], lambda name, output: seen.append(name)):
        output = forward_to(net, images, "conv1")
    assert torch.equal(output, net.conv1(images))
    assert torch.autograd.grad(output.sum(), images)[0].abs().sum() > 0
    assert seen == []


def test_forward_to_leaves_no_hook_and_the_model_whole(net, images):
    before = state(net)
    forward_to(net, images, "conv1")
    assert state(net) == before
    assert net(images).shape == (2, 5, 4, 4)


def test_forward_to_passes_a_models_own_exception_handler(images):
    class Guarded(Net):
        def forward(self, images):
            try:
                return super().forward(images)
            except Exception:
                return images

    assert forward_to(Guarded(), images, "conv1").shape == (2, 4, 6, 6)


def test_forward_to_names_a_layer_that_is_never_called(images):
    model = nn.Sequential(nn.Conv2d(3, 4, 3))
    model[0].unused = nn.ReLU()
    with pytest.raises(RuntimeError, match=r"never calls layer '0\.unused'"):
        forward_to(model, images, "0.unused")
