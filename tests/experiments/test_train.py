"""Training is the recipe, deterministic, and continues bit for bit after any interruption."""

import math
import signal
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from rfbook.experiments import train as training_loop
from rfbook.experiments.batches import View, shuffled
from rfbook.experiments.data import Images
from rfbook.experiments.models import build
from rfbook.experiments.optimisation import learning_rate
from rfbook.experiments.spec import RECIPES, Data, Model, Recipe, Run
from rfbook.experiments.train import (
    Trace,
    Training,
    TrainingError,
    accelerator_for,
    deterministic,
    epoch_seed,
    network_state,
    train,
)
from rfbook.records.weights import Checkpoints

REPOSITORY = Path(__file__).parents[2]
ADAM = {"optimizer": "adam", "learning_rate": 1e-3, "weight_decay": 0.0}


def tiny(network: str = "vgg11", images: int = 160, seed: int = 0, **recipe) -> Run:
    """Three epochs of three batches, the last one smaller."""
    return Run(
        model=Model(name=network, width=1 / 8),
        data=Data(name="digits", side=32, images=images),
        recipe=Recipe(**({"epochs": 3} | recipe)),
        seed=seed,
    )


class Interrupted(Exception):
    pass


class Memory:
    """Keeps the state in memory; stops the training after so many epochs."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.kept: tuple | None = None
        self.saves, self.stop_after = 0, stop_after

    def load(self):
        return deepcopy(self.kept)

    def save(self, state, trace) -> None:
        self.kept, self.saves = deepcopy((state, trace)), self.saves + 1
        if self.saves == self.stop_after:
            raise Interrupted


@pytest.fixture
def trained(digits):
    """Trains a run on the digits with a keeper: (weights and buffers, trace)."""

    def train_on_digits(run: Run, keeper=None) -> tuple[dict, Trace]:
        images = digits.train.first(run.data.images)
        network, trace = train(run, images, run.data.classes, keeper or Memory(), "cpu")
        return network.state_dict(), trace

    return train_on_digits


def check_equal(first: tuple[dict, Trace], second: tuple[dict, Trace]) -> None:
    """Bit for bit: every weight, every buffer, every loss and accuracy."""
    (mine, trace), (theirs, other) = first, second
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if not torch.equal(mine[name], theirs[name])] == []
    assert trace.loss == other.loss
    assert trace.accuracy == other.accuracy


# The recipe


@pytest.mark.parametrize("epochs", [30, 60, 3])
def test_the_learning_rate_falls_as_pytorchs_step_schedule(epochs):
    """Owner: `torch.optim.lr_scheduler.StepLR` with a third of the epochs as its step."""
    recipe = Recipe(epochs=epochs)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=epochs // 3, gamma=0.1)
    for epoch in range(epochs):
        wanted = optimizer.param_groups[0]["lr"]
        assert learning_rate(recipe, epoch) == pytest.approx(wanted, rel=1e-12)
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("epochs, first_falls", {10: (4, 7), 2: (1, 2), 1: (1, 1), 5: (2, 4)}.items())
def test_epochs_that_three_does_not_divide_fall_after_a_whole_third(epochs, first_falls):
    rates = [learning_rate(Recipe(epochs=epochs), epoch) for epoch in range(epochs)]
    falls = [sum(rate > limit for rate in rates) for limit in (0.05, 0.005)]
    assert tuple(falls) == first_falls


def test_the_cosine_is_pytorchs():
    """Owner: `torch.optim.lr_scheduler.CosineAnnealingLR`, stepped once an epoch."""
    recipe = RECIPES["finetune200"]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=recipe.epochs)
    for epoch in range(recipe.epochs):
        wanted = optimizer.param_groups[0]["lr"]
        assert learning_rate(recipe, epoch) == pytest.approx(wanted, rel=1e-9)
        optimizer.step()
        schedule.step()


def test_a_task_that_shows_each_image_twice_counts_both(trained):
    run = tiny(images=64, epochs=1, learning_rate=1e-12)
    run = run.model_copy(update={"data": run.data.model_copy(update={"task": "micro-object"})})
    _, trace = trained(run)
    assert trace.loss == [pytest.approx(math.log(2), abs=0.3)]
    assert 0 < trace.accuracy[0] < 1 and trace.watched == []


def test_what_is_watched_is_noted_after_each_epoch_of_a_network_in_evaluation_mode(digits):
    modes, keeper = [], Memory()

    def watch(network) -> float:
        modes.append(network.training)
        return float(len(modes))

    run = tiny(images=64, epochs=2)
    _, trace = train(run, digits.train.first(64), 10, keeper, "cpu", watch=watch)
    assert modes == [False, False] and trace.watched == [1.0, 2.0]
    plain, _ = train(run, digits.train.first(64), 10, Memory(), "cpu")
    watched = network_state(keeper.kept[0])
    assert all(torch.equal(watched[name], tensor) for name, tensor in plain.state_dict().items())


def test_a_constant_learning_rate_never_falls():
    recipe = RECIPES["adam30"]
    assert {learning_rate(recipe, epoch) for epoch in range(30)} == {1e-3}


def test_a_training_at_one_rate_is_the_first_third_of_one_whose_rate_falls(trained):
    whole = Memory(stop_after=1)
    with pytest.raises(Interrupted):
        trained(tiny(epochs=3), whole)
    weights, trace = trained(tiny(epochs=1, schedule="constant"))
    state, begun = whole.kept
    check_equal((network_state(state), begun), (weights, trace))


def test_sgd_moves_the_weights_by_momentum_and_decay(trained, digits):
    """By hand: v <- 0.9 v + g + 0.1 w, w <- w - lr v, one batch an epoch, rates .1 .01 .001."""
    run = tiny(images=64, augmentation="none", weight_decay=0.1)
    state, trace = trained(run)
    images = digits.train.first(64)
    inputs = View(run.data).plain(images.pixels)
    network = build(run.model, 10, run.seed).train()
    speeds = [torch.zeros_like(weight) for weight in network.parameters()]
    losses = []
    for epoch, rate in enumerate((0.1, 0.01, 0.001)):
        (order,) = shuffled(64, 64, torch.Generator().manual_seed(epoch_seed(0, epoch)))
        loss = F.cross_entropy(network(inputs[order]), images.labels[order])
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        losses.append(loss.item())
        for weight, speed, gradient in zip(network.parameters(), speeds, gradients, strict=True):
            speed.mul_(0.9).add_(gradient).add_(weight.detach(), alpha=0.1)
            weight.data.sub_(speed, alpha=rate)
    assert trace.loss == pytest.approx(losses, rel=1e-5)
    for name, wanted in network.state_dict().items():
        torch.testing.assert_close(state[name], wanted)


def test_adams_first_step_moves_every_weight_by_the_learning_rate(trained):
    """Kingma and Ba 2015: the bias-corrected first step is lr x sign(gradient)."""
    run = tiny(images=64, epochs=1, augmentation="none", schedule="constant", **ADAM)
    state, _ = trained(run)
    start = build(run.model, 10, run.seed).state_dict()
    steps = (state["classifier.weight"] - start["classifier.weight"]).abs()
    assert steps.median() == pytest.approx(1e-3, rel=1e-3)
    assert steps.max() <= 1.001e-3


def test_the_loss_of_an_epoch_counts_every_image_once(trained, digits):
    """With a rate of nearly zero the network stays, and the last batch is smaller: 64, 64, 32."""
    run = tiny(epochs=1, learning_rate=1e-12, augmentation="none")
    _, trace = trained(run)
    images = digits.train.first(160)
    network = build(run.model, 10, run.seed).train()
    generator = torch.Generator().manual_seed(epoch_seed(0, 0))
    loss, right = 0.0, 0
    for part in shuffled(160, 64, generator):
        with torch.no_grad():
            logits = network(View(run.data).plain(images.pixels[part]))
        loss += F.cross_entropy(logits, images.labels[part], reduction="sum").item()
        right += (logits.argmax(1) == images.labels[part]).sum().item()
    assert trace.loss == [pytest.approx(loss / 160, rel=1e-6)]
    assert trace.accuracy == [right / 160]
    assert len(trace.seconds) == 1


def test_every_epoch_has_an_order_and_augmentation_of_its_own():
    seeds = {epoch_seed(seed, epoch) for seed in range(20) for epoch in range(30)}
    assert len(seeds) == 600
    assert epoch_seed(0, 0) == 3115042530  # pinned, as below


@pytest.mark.parametrize(
    "change",
    [
        {"augmentation": "none"}, {"batch": 32}, {"momentum": 0.0}, {"weight_decay": 0.0},
        {"schedule": "constant"}, {"precision": "bf16"}, ADAM,
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_every_field_of_a_recipe_has_an_effect(trained, change):
    weights, _ = trained(tiny(images=64, epochs=2))
    others, trace = trained(tiny(images=64, epochs=2, **change))
    assert not torch.equal(weights["classifier.weight"], others["classifier.weight"])
    assert all(math.isfinite(loss) for loss in trace.loss)


@pytest.mark.parametrize("precision, wanted", {"fp32": "float32", "bf16": "bfloat16"}.items())
def test_half_precision_is_what_training_computes_in_and_nothing_else(digits, precision, wanted):
    """Weights, optimizer state and whatever is measured on the network stay in single precision."""
    run = tiny(images=64, epochs=1, precision=precision)
    training = Training(run, digits.train.first(64), 10, accelerator_for("cpu"))
    maps = []
    for module in training.network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(lambda *called: maps.append(called[2].dtype))
    training.epoch(0)
    assert set(maps) == {getattr(torch, wanted)}
    assert {state.dtype for state in training.state().values()} == {torch.float32, torch.int64}
    maps.clear()
    with torch.no_grad():
        training.network.eval()(View(run.data).plain(digits.test.pixels[:4]))
    assert set(maps) == {torch.float32}


def test_a_network_trained_in_half_precision_is_measured_in_single(digits):
    run = tiny(images=64, epochs=1, precision="bf16")
    network, _ = train(run, digits.train.first(64), 10, Memory(), "cpu")
    with torch.inference_mode():
        logits = network(View(run.data).plain(digits.test.pixels[:4]))
    assert logits.dtype == torch.float32
    assert not torch.equal(logits, logits.bfloat16().float())


@pytest.mark.parametrize(
    "model, data",
    [
        (Model(name="resnet18", width=1 / 8), Data(name="digits", side=48, placement="canvas")),
        (Model(name="efficientnet_b0", width=1 / 8), Data(name="digits", side=64, detail=16)),
    ],
    ids=["canvas", "detail"],
)
def test_images_on_a_canvas_and_with_less_detail_can_be_trained_on(trained, model, data):
    few = data.model_copy(update={"images": 128})
    run = Run(model=model, data=few, recipe=Recipe(epochs=2, precision="bf16"))
    first = trained(run)
    assert all(math.isfinite(loss) for loss in first[1].loss)
    check_equal(trained(run), first)


def test_an_untrained_network_is_its_initialisation_and_is_not_kept(trained):
    keeper = Memory()
    run = tiny(epochs=0)
    weights, trace = trained(run, keeper)
    start = build(run.model, 10, run.seed).state_dict()
    check_equal((weights, trace), (start, Trace()))
    assert keeper.saves == 0


def test_a_trained_network_comes_in_evaluation_mode_and_has_learned(digits):
    run = tiny(images=640)
    network, trace = train(run, digits.train.first(640), 10, Memory(), "cpu")
    assert not network.training
    assert trace.loss[2] < 0.9 * trace.loss[0]
    with torch.no_grad():
        logits = network(View(run.data).plain(digits.test.pixels))
    assert (logits.argmax(1) == digits.test.labels).float().mean() > 0.3


# The same again


@pytest.mark.parametrize("network", ["vgg11", "resnet18"])
def test_the_same_seed_gives_the_same_weights_bit_for_bit(trained, network):
    torch.manual_seed(1)
    first = trained(tiny(network))
    torch.manual_seed(2)
    torch.rand(3)
    check_equal(trained(tiny(network)), first)


def test_another_seed_gives_another_start_another_order_and_other_weights(trained):
    weights, trace = trained(tiny())
    others, other = trained(tiny(seed=1))
    assert not torch.equal(weights["classifier.weight"], others["classifier.weight"])
    assert trace.loss[0] != other.loss[0]


def test_training_leaves_the_global_generator_and_the_global_switches_as_they_were(trained):
    before = torch.get_rng_state()
    trained(tiny(images=64, epochs=1))
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_deterministic_kernels_are_asked_for_inside_only_even_after_an_error(before, fill):
    settings = torch.utils.deterministic
    torch.use_deterministic_algorithms(before)
    settings.fill_uninitialized_memory = fill
    try:
        with pytest.raises(Interrupted), deterministic():
            assert torch.are_deterministic_algorithms_enabled()
            raise Interrupted
        assert torch.are_deterministic_algorithms_enabled() == before
        assert settings.fill_uninitialized_memory == fill
    finally:
        torch.use_deterministic_algorithms(False)
        settings.fill_uninitialized_memory = True


# Interrupted and continued

RESUMED = {
    "sgd": tiny(),
    "sgd of a resnet": tiny("resnet18"),
    "sgd without momentum": tiny(momentum=0.0),
    "half precision": tiny("resnet18", precision="bf16"),
    "an efficientnet": tiny("efficientnet_b0"),
    "adam": tiny(schedule="constant", **ADAM),
    "adam of a resnet": tiny("resnet18", schedule="constant", **ADAM),
}


@pytest.mark.parametrize("run", RESUMED.values(), ids=RESUMED)
def test_an_interrupted_run_ends_as_an_uninterrupted_one_bit_for_bit(trained, run):
    keeper = Memory(stop_after=1)
    with pytest.raises(Interrupted):
        trained(run, keeper)
    assert len(keeper.kept[1].loss) == 1
    check_equal(trained(run, keeper), trained(run))
    assert keeper.saves == 3


def test_a_finished_run_is_not_trained_again(trained):
    keeper = Memory()
    first = trained(tiny(), keeper)
    check_equal(trained(tiny(), keeper), first)
    assert keeper.saves == 3


def test_a_kept_state_is_a_flat_dictionary_of_plain_cpu_tensors(trained):
    """So that safetensors can hold it, and nothing in it moves with the network."""
    keeper = Memory()
    weights, _ = trained(tiny(), keeper)
    state = keeper.kept[0]
    assert all(tensor.is_contiguous() and not tensor.requires_grad for tensor in state.values())
    assert network_state(state).keys() == weights.keys()
    assert {name.split(".")[0] for name in state} == {"network", "optimizer"}


@pytest.mark.parametrize("run", [RESUMED["sgd of a resnet"], RESUMED["adam"]], ids=["sgd", "adam"])
def test_checkpoints_on_disk_continue_bit_for_bit_too(trained, run, cache):
    class Stopped(Checkpoints):
        def save(self, state, trace) -> None:
            super().save(state, trace)
            raise Interrupted

    for _ in range(2):
        with pytest.raises(Interrupted):
            trained(run, Stopped(run))
    kept = Checkpoints(run)
    assert [len(kept.load()[1].loss), kept.path.is_relative_to(cache)] == [2, True]
    check_equal(trained(run, kept), trained(run))
    state, trace = Checkpoints(run).load()
    assert not any(name.startswith("optimizer") for name in state)
    assert [session["first_epoch"] for session in trace.sessions] == [1, 2, 3]


COMMAND = """
import os, signal, sys
import torch
from rfbook.experiments.spec import Run
from rfbook.experiments.train import Training
from rfbook.records.weights import trained

run, step, done = Run.model_validate_json(sys.argv[1]), Training._step, []

def killed_in_the_middle_of_the_second_epoch(*arguments):
    done.append(1)
    if len(done) == 5 and not os.path.exists(sys.argv[2]):
        open(sys.argv[2], "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*arguments)

Training._step = killed_in_the_middle_of_the_second_epoch
torch.set_num_threads(1)
trained(run, "cpu")
"""


def test_a_killed_process_started_again_ends_as_one_that_was_never_killed(
    trained, cache, tmp_path, decoded, monkeypatch
):
    """kill -9 in the middle of the second of three epochs, then the same command."""
    run = tiny()
    uninterrupted = trained(run)
    (cache / "data").mkdir(parents=True)
    (cache / "data" / "digits.safetensors").symlink_to(decoded / "data" / "digits.safetensors")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "src"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    command = [sys.executable, "-c", COMMAND, run.model_dump_json(), str(tmp_path / "killed")]
    first = subprocess.run(command, capture_output=True, text=True)
    assert first.returncode == -signal.SIGKILL, first.stderr
    assert len(Checkpoints(run).load()[1].loss) == 1
    second = subprocess.run(command, capture_output=True, text=True)
    assert second.returncode == 0, second.stderr
    state, trace = Checkpoints(run).load()
    check_equal((network_state(state), trace), uninterrupted)


# What cannot go on


def test_a_loss_that_is_not_finite_ends_the_run_and_is_not_kept(trained):
    keeper = Memory()
    wild = tiny(batch=16, learning_rate=1e6, schedule="constant", epochs=5)
    message = r"vgg11-w0.125-digits-32px-n160-e5-b16-lr1e.06-s0 epoch \d/5: the loss is (nan|inf); a"
    with pytest.raises(TrainingError, match=message):
        trained(wild, keeper)
    assert keeper.kept is None or all(math.isfinite(loss) for loss in keeper.kept[1].loss)
    assert keeper.saves < 5


def test_cuda_where_there_is_none_is_said_before_anything_is_done(digits, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    message = "device=cuda: no CUDA device is visible here; use device=auto or cpu"
    with pytest.raises(TrainingError, match=message):
        train(tiny(), digits.train, 10, Memory(), "cuda")


def test_several_processes_for_one_training_are_refused_before_anything_is_done(digits, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "4")
    keeper = Memory()
    with pytest.raises(TrainingError, match=r"WORLD_SIZE=4.*rfbook work --shard 1/4"):
        train(tiny(), digits.train.first(160), 10, keeper, "cpu")
    assert keeper.saves == 0


def test_a_device_that_keeps_every_second_epoch_keeps_the_last_one_too(trained, monkeypatch):
    monkeypatch.setitem(training_loop.KEPT_EVERY, "cpu", 2)
    keeper = Memory()
    trained(tiny(), keeper)
    state, trace = keeper.kept
    assert keeper.saves == 2 and len(trace.loss) == 3
    monkeypatch.undo()
    check_equal(trained(tiny()), (network_state(state), trace))


def test_cpu_means_cpu_and_single_precision_whatever_the_machine_prefers():
    accelerator = accelerator_for("cpu")
    assert accelerator.device.type == "cpu"
    assert accelerator.mixed_precision == "no"


def test_float32_is_float32_on_a_graphics_card_too(monkeypatch):
    """cuDNN's own default is TF32, which keeps ten bits of a factor."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    accelerator_for("auto")
    assert not torch.backends.cudnn.allow_tf32


def test_a_training_is_one_epoch_at_a_time(digits):
    run = tiny(images=64)
    training = Training(run, digits.train.first(64), 10, accelerator_for("cpu"))
    training.epoch(0)
    training.epoch(1)
    assert len(training.trace.loss) == len(training.trace.seconds) == 2
    assert training.optimizer.param_groups[0]["lr"] == pytest.approx(0.01)


# What published weights were made by

GOLDEN = {  # mean loss of each epoch, sum of weights and buffers, sum of their absolute values
    "resnet18": ([2.543291569, 2.361127853], 1160.473671, 11107.64736),
    "vgg11": ([2.313921928, 2.213966131], 720.5969782, 7846.305272),
}


@pytest.mark.parametrize("network", GOLDEN)
def test_two_epochs_on_64_digits_give_the_weights_that_this_version_gives(trained, network):
    """Golden values. A change here changes every trained network: where it is meant, raise
    `rfbook.records.stages.TRAINING`, which makes the published records stale, then pin anew.
    Tolerances: what AVX-512, AVX2 and SSE kernels differ by; a lost weight decay is 60 times more.
    """
    losses, total, absolute = GOLDEN[network]
    weights, trace = trained(tiny(network, images=64, epochs=2))
    flat = torch.cat([weight.double().flatten() for weight in weights.values()])
    assert trace.loss == pytest.approx(losses, rel=2e-5)
    assert flat.sum().item() == pytest.approx(total, rel=2e-5)
    assert flat.abs().sum().item() == pytest.approx(absolute, rel=1e-6)


def test_dropout_and_stochastic_depth_are_drawn_as_in_this_version(trained):
    """A golden value too, of the first step only: what follows depends on the kernels too much."""
    _, trace = trained(tiny("efficientnet_b0", images=64, epochs=1))
    assert trace.loss == pytest.approx([3.128355265], rel=2e-5)


def test_images_can_be_given_in_any_order_only_where_the_order_is_canonical(trained, digits):
    """The order is part of what is trained on: it is fixed by `data.canonical`, not by the loop."""
    run = tiny(images=64, epochs=1)
    images = digits.train.first(64)
    backwards = Images(images.pixels.flip(0), images.labels.flip(0))
    network, _ = train(run, backwards, 10, Memory(), "cpu")
    weights, _ = trained(run)
    assert not torch.equal(network.state_dict()["classifier.weight"], weights["classifier.weight"])
