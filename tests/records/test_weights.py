"""Weights are trained once, whoever asks and however often it was interrupted."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from rfbook.experiments.batches import in_order
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.data import load
from rfbook.experiments.errors import DataError, TrainingError
from rfbook.experiments.images import Images, Splits
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.train import Trace, Training
from rfbook.measures.obtain import obtain
from rfbook.records import weights
from rfbook.records.record import run_key
from rfbook.records.store import Store, folder
from rfbook.records.weights import Checkpoints, trained
from tests.samples import tiny

RUN = tiny(epochs=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run trained without interruption, and the file that was kept of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RFBOOK_CACHE", str(tmp_path_factory.mktemp("made")))
        ready = trained(RUN, "cpu")
        return ready, Checkpoints(RUN).path.resolve()


@pytest.fixture(autouse=True)
def digits_only(tmp_path, monkeypatch, made, cache):
    """A cache that holds the decoded digits and no weights."""
    data = tmp_path / "data"
    data.symlink_to(made[1].parents[1] / "data")
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path))


def test_images_that_do_not_show_every_class_are_refused_before_training(epochs, tmp_path):
    few = RUN.model_copy(update={"data": RUN.data.model_copy(update={"images": 11})})
    with pytest.raises(DataError, match=r"first 11 training images show \d of its 10 classes"):
        obtain(few, ("accuracy", "probes"), Store((tmp_path / "runs",)), "cpu")
    assert epochs == []


def test_a_cache_can_be_read_by_others(made):
    assert made[1].stat().st_mode & 0o777 == 0o644


@pytest.fixture
def finished(made):
    """The run's file in this cache, as a training left it."""
    path = Checkpoints(RUN).path
    path.parent.mkdir()
    path.write_bytes(made[1].read_bytes())
    return path


@pytest.fixture
def epochs(monkeypatch):
    """The epochs that are trained from here on, as (run seed, number)."""
    counted, epoch = [], Training.epoch

    def count(self, number):
        counted.append((self.run.seed, number))
        epoch(self, number)

    monkeypatch.setattr(Training, "epoch", count)
    return counted


def interrupt_after(monkeypatch, count):
    """Stop the training, as a kill would, once `count` epochs are kept."""
    save = Checkpoints.save

    def kept(self, state, trace):
        save(self, state, trace)
        if len(trace.loss) == count:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoints, "save", kept)


def assert_same_network(network, same):
    states = network.network.state_dict(), same.network.state_dict()
    assert states[0].keys() == states[1].keys()
    for name, tensor in states[0].items():
        torch.testing.assert_close(tensor, states[1][name], rtol=0, atol=0, msg=name)


def held_names(path):
    with safe_open(path, framework="pt") as file:
        return {name.split(".")[0] for name in file.keys()}


def test_a_finished_file_holds_the_network_only(made):
    assert held_names(made[1]) == {"network"}


def test_a_network_comes_ready_to_be_measured(made):
    ready, _ = made
    assert not any(module.training for module in ready.network.modules())
    assert (len(ready.data.train), len(ready.data.test)) == (64, 64)
    assert ready.device == torch.device("cpu")
    assert len(ready.trace.loss) == len(ready.trace.accuracy) == 2


def test_a_finished_run_is_loaded_and_not_trained_again(made, finished, epochs):
    assert_same_network(trained(RUN, "cpu"), made[0])
    assert epochs == []


def test_how_many_test_images_are_measured_on_trains_nothing_again(finished, epochs):
    again = trained(tiny(epochs=2, test_images=8), "cpu")
    assert len(again.data.test) == 8
    assert epochs == []


def test_another_seed_is_another_training(finished, epochs):
    trained(tiny(seed=1, epochs=2), "cpu")
    assert epochs == [(1, 0), (1, 1)]


def test_an_interrupted_run_goes_on_where_it_stopped_bit_for_bit(made, epochs, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt_after(patch, 1)
        trained(RUN, "cpu")
    assert held_names(Checkpoints(RUN).path) == {"network", "optimizer"}
    ready = trained(RUN, "cpu")
    assert epochs == [(0, 0), (0, 1)]
    assert_same_network(ready, made[0])
    assert ready.trace.loss == made[0].trace.loss
    assert held_names(Checkpoints(RUN).path) == {"network"}
    assert [session["first_epoch"] for session in ready.trace.sessions] == [1, 2]


def test_the_provenance_names_each_session_and_adds_up_the_minutes(made):
    provenance = made[0].provenance()
    assert provenance["minutes"] == pytest.approx(sum(made[0].trace.seconds) / 60)
    (session,) = provenance["sessions"]
    assert session.keys() >= {"first_epoch", "commit", "made", "processor", "threads", "versions"}
    assert json.loads(json.dumps(provenance)) == provenance


def test_the_provenance_names_the_device_that_trained_though_the_weights_are_kept_on_the_cpu(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("RFBOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(weights, "here", lambda device: {"device": str(device)})
    trace = Trace(loss=[1.0], accuracy=[0.5], seconds=[1.0])
    Checkpoints(RUN, device="cuda:0").save({"network.weight": torch.zeros(1)}, trace)
    assert [session["device"] for session in trace.sessions] == ["cuda:0"]


def test_weights_note_the_fingerprint_of_the_set_they_were_trained_on(made):
    (session,) = made[0].trace.sessions
    assert session["pixels"] == CATALOGUE["digits"].fingerprint


def test_weights_of_other_images_under_the_same_name_are_refused_and_kept(finished, monkeypatch, epochs):
    """Owner: a set whose images the catalogue does not pin, in two editions on one machine."""
    before, edition = finished.read_bytes(), "f" * 64
    monkeypatch.setattr(weights, "load", lambda *named: replace(load(*named), pixels=edition))
    known = CATALOGUE["digits"].fingerprint[:16]
    reason = f"{finished}.*trained on a digits of fingerprint {known}, here is one of {edition[:16]}"
    with pytest.raises(TrainingError, match=f"{reason}. Delete it to train again"):
        trained(RUN, "cpu")
    assert epochs == [] and finished.read_bytes() == before


SOURCED = Run(
    model=Model(name="resnet18", width=1 / 16, kernel_padding="convs"),
    data=Data(name="caltech101", side=32, images=8),
    recipe=Recipe(epochs=2, batch=8, start="imagenette"),
    seed=3,
)


@pytest.fixture
def tiny_sets(monkeypatch):
    """Eight random images, and eight others to test with, in place of every data set."""
    drawn = torch.Generator().manual_seed(0)
    train, test = (
        Images(torch.randint(256, (8, 32, 32, 3), generator=drawn).byte(), torch.arange(8) % 2)
        for _ in range(2)
    )
    monkeypatch.setattr(weights, "load", lambda *named: Splits(train, test))


def test_a_run_that_starts_from_another_has_that_one_trained_first_and_once(tiny_sets, epochs):
    trained(SOURCED, "cpu")
    assert epochs == [(0, number) for number in range(30)] + [(3, 0), (3, 1)]
    trained(SOURCED.model_copy(update={"seed": 4}), "cpu")
    assert epochs[32:] == [(4, 0), (4, 1)]


def test_it_starts_with_the_others_weights_and_a_readout_of_its_own(tiny_sets, monkeypatch):
    started = {}
    epoch = Training.epoch

    def first(self, number):
        if self.run == SOURCED and number == 0:
            started.update({n: t.clone() for n, t in self.network.state_dict().items()})
        epoch(self, number)

    monkeypatch.setattr(Training, "epoch", first)
    ready = trained(SOURCED, "cpu")
    source = trained(SOURCED.source, "cpu").network.state_dict()
    assert torch.equal(started["layer4.1.conv2.weight"], source["layer4.1.conv2.weight"])
    assert torch.equal(started["conv1.weight"][:, :, :7, :7], source["conv1.weight"])
    assert not started["conv1.weight"][:, :, 7].any()
    assert started["fc.weight"].shape[0] == 102 and source["fc.weight"].shape[0] == 10
    assert ready.provenance()["start"] == folder(SOURCED.source)


def test_an_interrupted_run_does_not_ask_for_its_source_again(tiny_sets, epochs, monkeypatch):
    longer = SOURCED.model_copy(update={"recipe": SOURCED.recipe.model_copy(update={"epochs": 40})})
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt_after(patch, 31)
        trained(longer, "cpu")
    Checkpoints(SOURCED.source).path.unlink()
    del epochs[:]
    trained(longer, "cpu")
    assert epochs == [(3, number) for number in range(31, 40)]


def test_a_micro_object_task_is_watched_on_its_test_images_and_no_others(tiny_sets, monkeypatch):
    seen = []

    def watched(images, *rest):
        seen.append(images)
        return in_order(images, *rest)

    monkeypatch.setattr(weights, "in_order", watched)
    data = Data(name="caltech101", side=32, images=8, test_images=4, task="micro-object")
    run = Run(model=SOURCED.model, data=data, recipe=Recipe(epochs=2, batch=8))
    ready = trained(run, "cpu")
    assert len(ready.trace.watched) == 2
    assert all(torch.equal(images.pixels, weights.load("any").test.pixels[:4]) for images in seen)
    assert len(seen) == 2
    fewer = run.model_copy(update={"data": data.model_copy(update={"test_images": 2})})
    assert run_key(fewer) != run_key(run)


def test_an_untrained_network_leaves_no_file_and_took_no_time(epochs):
    ready = trained(tiny(epochs=0), "cpu")
    assert ready.provenance() == {"minutes": 0, "sessions": []}
    assert not Checkpoints(tiny(epochs=0)).path.exists()
    assert epochs == []


def test_the_second_to_ask_waits_for_the_first_and_does_not_train(made, epochs, monkeypatch):
    """The first holds the lock until the second stands before it, then leaves the finished file."""
    standing, results = threading.Event(), []

    class Waiting(weights.Lock):
        def acquire(self, *arguments, **options):
            standing.set()
            return super().acquire(*arguments, **options)

    path = Checkpoints(RUN).path
    path.parent.mkdir()
    second = threading.Thread(target=lambda: results.append(trained(RUN, "cpu")))
    with weights.Lock(path.with_suffix(".lock")):
        monkeypatch.setattr(weights, "Lock", Waiting)
        second.start()
        assert standing.wait(60)
        assert (epochs, results) == ([], [])
        path.write_bytes(made[1].read_bytes())
    second.join()
    assert epochs == []
    assert_same_network(results[0], made[0])


FIRST = b'first_epoch\\": 1'


STANDING = {
    "a file for its folder": lambda path: path.parent.write_text("mine"),
    "a folder for the file": lambda path: path.mkdir(parents=True),
    "a folder for the lock": lambda path: path.with_suffix(".lock").mkdir(parents=True),
}


@pytest.mark.parametrize("stand", STANDING.values(), ids=STANDING)
def test_what_stands_in_the_place_of_weights_is_named_and_nothing_is_trained(stand, epochs):
    path = Checkpoints(RUN).path
    stand(path)
    with pytest.raises(TrainingError, match=f"{path}: the cache cannot be used there .* RFBOOK_CACHE"):
        trained(RUN, "cpu")
    assert epochs == []


def test_weights_that_are_not_ours_to_read_are_not_trained_again(finished, monkeypatch, epochs):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(TrainingError, match=rf"{finished}: .*Permission denied.* ask its owner"):
        Checkpoints(RUN).load()


def test_another_users_lock_is_said_in_a_sentence_and_nothing_is_trained(monkeypatch, epochs):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(weights.Lock, "acquire", refuse)
    with pytest.raises(TrainingError, match=r"Permission denied.* ask its owner for access"):
        trained(RUN, "cpu")
    assert epochs == []


def test_a_cache_that_fills_up_keeps_the_state_before_and_nothing_half(made, monkeypatch, epochs):
    def fill(state, path, metadata):
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt_after(patch, 1)
        trained(RUN, "cpu")
    path = Checkpoints(RUN).path
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(weights, "save_file", fill)
        with pytest.raises(TrainingError, match=f"{path}: .*No space left.* Make room"):
            trained(RUN, "cpu")
    assert path.read_bytes() == before
    assert {file.suffix for file in path.parent.iterdir()} == {".safetensors", ".lock"}
    assert_same_network(trained(RUN, "cpu"), made[0])


def damage(path, how):
    whole = path.read_bytes()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "overwritten":
        path.write_bytes(b"\xff" * 64 + whole[64:])
    elif how == "one bit of a weight changed":
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif how == "the trace changed":
        assert whole.count(FIRST) == 1
        path.write_bytes(whole.replace(FIRST, FIRST[:-1] + b"2"))
    elif how == "without a trace":
        save_file({"network.x": torch.zeros(1)}, path)
    else:
        state, noted = {"network.x": torch.zeros(1)}, '{"hours": []}'
        save_file(state, path, metadata={"trace": noted, "sha256": weights._checksum(state, noted)})


DAMAGES = [
    "empty", "cut", "overwritten", "one bit of a weight changed", "the trace changed", "without a trace",
    "with a trace of another form",
]  # fmt: skip


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_is_named_with_what_to_do_about_it(finished, how, epochs):
    damage(finished, how)
    with pytest.raises(TrainingError) as refused:
        trained(RUN, "cpu")
    assert str(refused.value).startswith(f"{finished}: ")
    assert "Delete it to train again" in str(refused.value)
    assert epochs == []


def test_a_kill_while_saving_leaves_the_state_before(made, monkeypatch, epochs):
    def stop(state, path, metadata):
        path.write_bytes(b"half of it")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt_after(patch, 1)
        trained(RUN, "cpu")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(weights, "save_file", stop)
        trained(RUN, "cpu")
    assert_same_network(trained(RUN, "cpu"), made[0])
    assert epochs == [(0, 0), (0, 1), (0, 1)]
