"""Records are found where they are published or made, and are never overwritten, mixed or lost."""

import multiprocessing
import os
from contextlib import suppress
from threading import BrokenBarrierError

import numpy as np
import pytest

from rfbook.records import stages
from rfbook.records import store as store_module
from rfbook.records.record import RecordError
from rfbook.records.store import Store, folder, read, write_atomically
from tests.left import whole
from tests.samples import PROVENANCE, SESSION, at_version, sealed, tiny


@pytest.fixture
def store(tmp_path):
    """A store with a published root and one of reruns."""
    return Store((tmp_path / "results", tmp_path / "runs"))


def published(store):
    return Store(store.roots[:1])


def reruns(store):
    return Store(store.roots[1:])


def made_by(machine, **parts):
    measuring = SESSION | {"minutes": 0.25, "processor": machine}
    return whole(provenance=PROVENANCE | {"measuring": measuring}, **parts)


def machine(record):
    return record.provenance["measuring"]["processor"]


def only_path(store):
    (path,) = store.paths()
    return path


def files(root):
    """Every file below a directory, but for the lock."""
    paths = (path for path in root.rglob("*") if path.is_file())
    return sorted(path.name for path in paths if path.name != ".lock")


def test_what_was_added_is_found(store):
    assert store.find(tiny(), "accuracy") is None
    added = store.add(whole(measure="saturation"))
    record = store.find(tiny(), "saturation")
    assert record.values == added.values
    np.testing.assert_array_equal(record.arrays["conv1"], np.repeat([1.0, 0.0], 5))
    assert store.find(tiny(), "accuracy") is None
    assert store.find(tiny(seed=1), "saturation") is None


def test_new_records_go_to_the_last_root_into_a_folder_that_people_can_read(store):
    added = store.add(whole())
    path = only_path(store)
    assert path.parents[1] == store.roots[-1]
    assert path.name == f"accuracy-{added.key}.json"
    assert path.parent.name == folder(tiny())
    assert path.parent.name.startswith("vgg11-w0.125-digits-32px-n64-e2-b32-s0-")


def test_a_record_that_is_there_is_kept_and_returned_instead(store):
    store.add(made_by("first", measure="saturation", saturation=[0.5, 0.5, 0.5]))
    before = only_path(store).read_bytes()
    again = store.add(made_by("second", measure="saturation", saturation=[0.1, 0.1, 0.1]))
    assert (machine(again), again.values["saturation"]) == ("first", [0.5, 0.5, 0.5])
    assert only_path(store).read_bytes() == before
    assert store.find(tiny(), "saturation").arrays["conv1"].sum() == 5


def test_a_published_record_is_not_made_again_beside_itself(store):
    published(store).add(made_by("publisher"))
    assert machine(store.add(made_by("reader"))) == "publisher"
    assert list(reruns(store).paths()) == []


def test_published_records_are_found_before_those_of_reruns(store):
    reruns(store).add(made_by("reader"))
    published(store).add(made_by("publisher"))
    assert machine(store.find(tiny(), "accuracy")) == "publisher"


def test_a_damaged_record_is_refused_and_never_made_again_in_silence(store):
    published(store).add(made_by("publisher"))
    reruns(store).add(made_by("reader"))
    path = only_path(published(store))
    path.write_text(path.read_text().replace("0.5", "0.9"))
    for use in (lambda: store.find(tiny(), "accuracy"), lambda: store.add(whole())):
        with pytest.raises(RecordError, match=f"{path}.*git checkout.*delete"):
            use()


def test_a_record_under_the_name_of_another_is_refused(store):
    store.add(whole())
    path = only_path(store)
    other = path.rename(path.with_name("accuracy-000000000000.json"))
    with pytest.raises(RecordError, match=f"{other}: it holds record {whole().key}; move it"):
        read(other)


@pytest.mark.parametrize("part", ["folder", "measure", "both"])
def test_a_record_in_the_place_of_another_is_refused_though_its_name_ends_with_its_key(store, part):
    store.add(whole())
    path = only_path(store)
    own = path.relative_to(store.roots[-1])
    other = path.parent.parent / folder(tiny(seed=1)) if part != "measure" else path.parent
    other.mkdir(exist_ok=True)
    name = path.name if part == "folder" else path.name.replace("accuracy", "probes")
    moved = path.rename(other / name)
    with pytest.raises(RecordError, match=f"{moved}: it holds record .*own name, {own}"):
        read(moved)


def test_a_record_stays_in_its_place_when_a_stage_is_raised(store, monkeypatch):
    store.add(whole(tiny(seed=1)))
    path = only_path(store)
    monkeypatch.setattr(stages, "TRAINING", 99)
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    assert read(path).run == tiny(seed=1)
    assert path.parent.name != folder(tiny(seed=1))


def test_what_is_published_is_read_without_what_a_reader_has_made(store):
    published(store).add(whole())
    reruns(store).add(whole(tiny(seed=1)))
    assert store.published.find(tiny(), "accuracy") is not None
    assert store.published.find(tiny(seed=1), "accuracy") is None


def test_a_record_that_no_longer_validates_is_refused_where_it_lies(store):
    store.add(whole())
    path = only_path(store)
    run = whole().run.model_dump(mode="json") | {"colour": "red"}
    path.write_text(sealed(path.read_text(), run=run))
    with pytest.raises(RecordError, match=str(path)):
        store.find(tiny(), "accuracy")


def test_paths_are_those_of_all_roots_and_of_the_pattern(store):
    published(store).add(whole(measure="probes"))
    reruns(store).add(whole(measure="probes_global"))
    reruns(store).add(whole(tiny(seed=1), measure="probes"))
    assert len(list(store.paths())) == 3
    assert [path.name.split("-")[0] for path in store.paths("probes-*.json")] == ["probes"] * 2


class Crash(BaseException):
    """What a killed process would be, as far as an exception can show it."""


def crash_at(monkeypatch, suffix):
    renamed = os.replace

    def replace(source, target):
        if target.suffix == suffix:
            raise Crash
        renamed(source, target)

    monkeypatch.setattr(os, "replace", replace)


def test_a_crash_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "record.json"
    write_atomically(path, b"old")
    crash_at(monkeypatch, ".json")
    with pytest.raises(Crash):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert files(tmp_path) == ["record.json"]


@pytest.mark.parametrize("suffix, left", [(".npz", []), (".json", [".npz"])])
def test_a_crash_while_adding_leaves_no_record(store, monkeypatch, suffix, left):
    """Arrays without their JSON are no record, and the next attempt replaces them."""
    with monkeypatch.context() as patch:
        crash_at(patch, suffix)
        with pytest.raises(Crash):
            store.add(made_by("killed", measure="saturation", saturation=[0.1] * 3))
    assert [name[-4:] for name in files(store.roots[-1])] == left
    assert store.find(tiny(), "saturation") is None
    store.add(made_by("next", measure="saturation", saturation=[0.7] * 3))
    assert store.find(tiny(), "saturation").arrays["conv1"].sum() == 7


def test_two_processes_that_add_the_same_record_leave_one_whole_record(tmp_path):
    """Both meet between the arrays and the JSON, unless one of them keeps the other out."""
    fork = multiprocessing.get_context("fork")
    barrier, writers = fork.Barrier(2), fork.Value("i", 0)
    whole_write = store_module.write_atomically

    def write(path, content):
        whole_write(path, content)
        if path.suffix == ".npz":
            with writers.get_lock():
                writers.value += 1
            with suppress(BrokenBarrierError):
                barrier.wait(0.3)

    def add(number):
        store_module.write_atomically = write
        shares = [number / 10] * 3
        Store((tmp_path,)).add(made_by(str(number), measure="saturation", saturation=shares))

    processes = [fork.Process(target=add, args=(number,)) for number in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert writers.value == 1
    record = Store((tmp_path,)).find(tiny(), "saturation")
    assert record.arrays["conv1"].sum() == int(machine(record))
