"""A device that is lent for minutes: it has to agree first, then runs are made until the time is up."""

import argparse
import json
import signal
import time

import pytest
import torch

from rfbook.experiments.errors import DataError
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.measures import devices
from rfbook.measures.obtain import made, obtain
from rfbook.records.store import Store, read
from rfbook.records.weights import Checkpoints
from rfbook.site import lent

UNTRAINED = Run(
    model=Model(name="vgg11", width=1 / 16), data=Data(name="digits", side=32, images=40),
    recipe=Recipe(epochs=0),
)  # fmt: skip
SHORT = UNTRAINED.model_copy(update={"recipe": Recipe(epochs=1)})
LONG = UNTRAINED.model_copy(update={"recipe": Recipe(epochs=3)})


def asked(folder, minutes=10.0):
    return argparse.Namespace(device="cpu", minutes=minutes, images=8, into=folder / "lent")


@pytest.fixture
def published(tmp_path):
    """A store with two records of a network that was not trained, and one of another that was."""
    store = Store((tmp_path / "results",))
    for measure in ("saturation", "receptive_field"):
        store.add(made(UNTRAINED, measure))
    store.add(made(SHORT, "accuracy"))
    return store


def test_each_measure_is_compared_with_a_record_whose_weights_are_there_at_once(published):
    all_of_them = list(devices.agreement(published, "cpu", 60.0))
    said = [compared.said for compared in all_of_them]
    alike = [line for line in said if "differs by 0 of the largest" in line]
    assert {line.split(":")[0].split()[1] for line in alike} == {"saturation", "receptive_field"}
    assert "accuracy: no published record of a network that is not trained" in said
    assert not any(compared.differs or compared.failed for compared in all_of_them)


def test_a_device_that_differs_by_more_than_is_allowed_gets_no_run(published, tmp_path, monkeypatch):
    monkeypatch.setattr(lent, "store_of", lambda tier: published)
    monkeypatch.setattr(devices, "difference", lambda kept, again: 0.5)
    monkeypatch.setattr(lent, "runs", lambda *given: pytest.fail("a run was made"))
    *_, last = lent.lent(asked(tmp_path, minutes=1.0))
    assert last == ("no run is made on a device that differs from the published records", False)


def test_what_cannot_be_compared_or_is_late_is_said(published, monkeypatch):
    late = devices.agreement(published, "cpu", -1.0)
    assert "saturation: not compared, for want of time" in [compared.said for compared in late]

    def missing(*given):
        raise DataError("digits: get it")

    monkeypatch.setattr(devices, "made", missing)
    (compared, *_) = devices.agreement(published, "cpu", 60.0)
    assert compared.said.endswith(": not compared: digits: get it") and not compared.failed


def test_a_measure_that_the_device_cannot_take_is_a_fault_and_runs_are_made_all_the_same(
    paper, published, tmp_path, monkeypatch
):
    def unknown(*given):
        raise RuntimeError("this operation has no deterministic algorithm")

    monkeypatch.setattr(devices, "made", unknown)
    monkeypatch.setattr(lent, "timed", lambda *given: ())
    paper += [(UNTRAINED, ["cost"])]
    lines = list(lent.lent(asked(tmp_path)))
    faults = [line for line, good in lines if not good]
    assert len(faults) == 2
    assert all(": failed: RuntimeError: this operation has" in line for line in faults)
    assert any(line.startswith(f"{UNTRAINED.slug()}: made in") for line, _ in lines)


@pytest.mark.parametrize(
    "error, noted, good",
    [
        (RuntimeError("out of memory"), "failed: RuntimeError: out of memory", False),
        (DataError("imagenet: get it"), "left out: imagenet: get it", True),
    ],
)
def test_a_run_that_cannot_be_made_is_noted_and_the_next_is_made(
    paper, tmp_path, monkeypatch, error, noted, good
):
    paper += [(SHORT, ["accuracy"]), (UNTRAINED, ["cost"])]

    def obtained(run, *rest):
        if run == SHORT:
            raise error
        return obtain(run, *rest)

    monkeypatch.setattr(lent, "obtain", obtained)
    first, second = lent.runs("cpu", tmp_path / "lent", time.monotonic() + 600)
    assert first == (f"{SHORT.slug()}: {noted}", good)
    assert second[0].startswith(f"{UNTRAINED.slug()}: made in")


def test_trainings_that_take_longer_than_is_left_are_not_timed(tmp_path):
    lines = list(lent.timed(torch.device("cpu"), 10**4, tmp_path, time.monotonic()))
    assert lines == [("the time is up before trainings were timed", True)]
    assert list(tmp_path.iterdir()) == []


def test_speeds_come_with_their_share_of_what_matrix_products_reach(monkeypatch):
    monkeypatch.setattr(devices, "TIMED", ("resnet18", "vgg11"))
    rows = list(devices.speeds(torch.device("cpu"), 8))
    assert [(row["network"], row["precision"]) for row in rows] == [
        ("resnet18", "fp32"), ("vgg11", "fp32"), ("resnet18", "bf16"), ("vgg11", "bf16")
    ]  # fmt: skip
    assert all(row["rate"] > 0 and row["share"] > 0 for row in rows)


@pytest.fixture
def paper(published, monkeypatch):
    """The runs of tier paper, as a list to fill; their records go beside the published ones."""
    plan = []
    monkeypatch.setattr(lent, "store_of", lambda tier: published)
    monkeypatch.setattr(lent, "first_most_telling", lambda store: iter(plan))
    return plan


def test_runs_are_made_until_the_time_is_up_and_what_was_begun_comes_home(paper, tmp_path, monkeypatch):
    paper += [(SHORT, ["saturation"]), (LONG, ["saturation"]), (UNTRAINED, ["cost"])]
    save = Checkpoints.save

    def until_the_second_run(checkpoints, *state):
        save(checkpoints, *state)
        if checkpoints.run == LONG:
            raise lent.TimeUp

    monkeypatch.setattr(Checkpoints, "save", until_the_second_run)
    lines = [line for line, good in lent.runs("cpu", tmp_path / "lent", time.monotonic() + 600) if good]
    assert lines[0].startswith(f"{SHORT.slug()}: made in")
    assert lines[1].startswith(f"{LONG.slug()}: the time is up") and len(lines) == 2
    (kept,) = (tmp_path / "lent/records").glob("*/*.json")
    assert read(kept).run == SHORT
    (begun,) = (tmp_path / "lent/weights").iterdir()
    assert begun.name.startswith(LONG.slug())


def test_the_time_ends_what_goes_on_and_nothing_after_it():
    with pytest.raises(lent.TimeUp), lent.only(0.01):
        while True:
            pass
    with lent.only(0.01):
        done = True
    assert done and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_whole_leaves_records_and_speeds_in_one_folder(paper, tmp_path, monkeypatch):
    paper += [(UNTRAINED, ["cost"])]
    monkeypatch.setattr(devices, "TIMED", ("resnet18",))
    *_, last = lent.lent(asked(tmp_path))
    records = tmp_path / "lent/records"
    assert last == (f"to take the records over: python -m rfbook import {records}", True)
    report = json.loads((tmp_path / "lent/speed.json").read_text())
    assert report["provenance"]["device"] == "cpu" and len(report["rows"]) == 2


def test_pages_come_by_their_undecided_claims_for_a_minute(monkeypatch):
    minutes = {"a": 10.0, "b": 1.0, "c": 1.0}
    missing = {
        page: {UNTRAINED.model_copy(update={"seed": seed}): ["cost"]}
        for seed, page in enumerate("abc")
    }
    monkeypatch.setattr(lent, "in_book", lambda root: list("abc"))
    monkeypatch.setattr(lent, "_missing", lambda page, store: missing[page])
    claims = [("1", "a", "open"), ("2", "a", "not tested"), ("3", "b", "reproduced"), ("4", "c", "open")]
    rows = [{"id": name, "page": page, "verdict": word} for name, page, word in claims]
    monkeypatch.setattr(lent, "rows", lambda tier: iter(rows))
    of_page = {run: page for page, runs in missing.items() for run in runs}
    monkeypatch.setattr(lent.Pace, "minutes", lambda self, run, names: minutes[of_page[run]])
    order = [of_page[run] for run, _ in lent.first_most_telling(Store(()))]
    assert order == ["c", "a", "b"]
