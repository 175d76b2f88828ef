"""Records are found where they are published or made, and are never overwritten, mixed or lost."""

import multiprocessing
import os
import shutil
from contextlib import suppress
from threading import BrokenBarrierError

import numpy as np
import pytest

from rfbook.ledger import stages, store
from rfbook.ledger.record import RecordError
from rfbook.ledger.store import Store, folder, read, take_over, write_atomically
from tests.ledger.samples import record, sealed, tiny


@pytest.fixture
def held(tmp_path):
    """A store with a published root and one of reruns."""
    return Store((tmp_path / "results", tmp_path / "runs"))


def published(held):
    return Store(held.roots[:1])


def reruns(held):
    return Store(held.roots[1:])


def made_by(machine, **parts):
    return record(provenance={"machine": machine}, **parts)


def machine(found):
    return found.provenance["machine"]


def only_path(held):
    (path,) = held.paths()
    return path


def files(root):
    """Every file below a directory, but for the lock."""
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(path.name for path in found if path.name != ".lock")


def test_what_was_added_is_found(held):
    assert held.find(tiny(), "accuracy") is None
    held.add(record(arrays={"field": np.eye(2)}))
    found = held.find(tiny(), "accuracy")
    assert found.values == {"accuracy": 0.5}
    np.testing.assert_array_equal(found.arrays["field"], np.eye(2))
    assert held.find(tiny(), "saturation") is None
    assert held.find(tiny(seed=1), "accuracy") is None


def test_new_records_go_to_the_last_root_into_a_folder_that_people_can_read(held):
    added = held.add(record())
    path = only_path(held)
    assert path.parents[1] == held.roots[-1]
    assert path.name == f"accuracy-{added.key}.json"
    assert path.parent.name == folder(tiny())
    assert path.parent.name.startswith("vgg11-w0.125-digits-32px-n64-e2-b32-s0-")


def test_a_record_that_is_there_is_kept_and_returned_instead(held):
    held.add(made_by("first", values={"accuracy": 0.25}, arrays={"field": np.eye(2)}))
    before = only_path(held).read_bytes()
    again = held.add(made_by("second", values={"accuracy": 0.75}, arrays={"field": np.ones(2)}))
    assert (machine(again), again.values) == ("first", {"accuracy": 0.25})
    assert only_path(held).read_bytes() == before
    np.testing.assert_array_equal(held.find(tiny(), "accuracy").arrays["field"], np.eye(2))


def test_a_published_record_is_not_made_again_beside_itself(held):
    published(held).add(made_by("publisher"))
    assert machine(held.add(made_by("reader"))) == "publisher"
    assert list(reruns(held).paths()) == []


def test_published_records_are_found_before_those_of_reruns(held):
    reruns(held).add(made_by("reader"))
    published(held).add(made_by("publisher"))
    assert machine(held.find(tiny(), "accuracy")) == "publisher"


def test_a_damaged_record_is_refused_and_never_made_again_in_silence(held):
    published(held).add(made_by("publisher"))
    reruns(held).add(made_by("reader"))
    path = only_path(published(held))
    path.write_text(path.read_text().replace("0.5", "0.9"))
    for use in (lambda: held.find(tiny(), "accuracy"), lambda: held.add(record())):
        with pytest.raises(RecordError, match=f"{path}.*git checkout.*delete"):
            use()


def test_a_record_under_the_name_of_another_is_refused(held):
    held.add(record())
    path = only_path(held)
    other = path.rename(path.with_name("accuracy-000000000000.json"))
    with pytest.raises(RecordError, match=f"{other}: it holds record {record().key}; move it"):
        read(other)


@pytest.mark.parametrize("part", ["folder", "measure", "both"])
def test_a_record_in_the_place_of_another_is_refused_though_its_name_ends_with_its_key(held, part):
    held.add(record())
    path = only_path(held)
    own = path.relative_to(held.roots[-1])
    other = path.parent.parent / folder(tiny(seed=1)) if part != "measure" else path.parent
    other.mkdir(exist_ok=True)
    name = path.name if part == "folder" else path.name.replace("accuracy", "probes")
    moved = path.rename(other / name)
    with pytest.raises(RecordError, match=f"{moved}: it holds record .*own name, {own}"):
        read(moved)


def test_a_record_stays_in_its_place_when_a_stage_is_raised(held, monkeypatch):
    held.add(record(tiny(seed=1)))
    path = only_path(held)
    monkeypatch.setattr(stages, "TRAINING", 99)
    monkeypatch.setitem(stages.MEASURES, "accuracy", 99)
    assert read(path).run == tiny(seed=1)
    assert path.parent.name != folder(tiny(seed=1))


def test_what_is_published_is_read_without_what_a_reader_has_made(held):
    published(held).add(record())
    reruns(held).add(record(tiny(seed=1)))
    assert held.published.find(tiny(), "accuracy") is not None
    assert held.published.find(tiny(seed=1), "accuracy") is None


def test_a_record_that_no_longer_validates_is_refused_where_it_lies(held):
    held.add(record())
    path = only_path(held)
    run = record().run.model_dump(mode="json") | {"colour": "red"}
    path.write_text(sealed(path.read_text(), run=run))
    with pytest.raises(RecordError, match=str(path)):
        held.find(tiny(), "accuracy")


def test_paths_are_those_of_all_roots_and_of_the_pattern(held):
    published(held).add(record(measure="probes"))
    reruns(held).add(record(measure="probes_global"))
    reruns(held).add(record(tiny(seed=1), measure="probes"))
    assert len(list(held.paths())) == 3
    assert [path.name.split("-")[0] for path in held.paths("probes-*.json")] == ["probes"] * 2


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
def test_a_crash_while_adding_leaves_no_record(held, monkeypatch, suffix, left):
    """Arrays without their JSON are no record, and the next attempt replaces them."""
    with monkeypatch.context() as patch:
        crash_at(patch, suffix)
        with pytest.raises(Crash):
            held.add(made_by("killed", arrays={"field": np.zeros(2)}))
    assert [name[-4:] for name in files(held.roots[-1])] == left
    assert held.find(tiny(), "accuracy") is None
    held.add(made_by("next", arrays={"field": np.ones(2)}))
    np.testing.assert_array_equal(held.find(tiny(), "accuracy").arrays["field"], np.ones(2))


def test_two_processes_that_add_the_same_record_leave_one_whole_record(tmp_path):
    """Both meet between the arrays and the JSON, unless one of them keeps the other out."""
    fork = multiprocessing.get_context("fork")
    barrier, writers = fork.Barrier(2), fork.Value("i", 0)
    whole_write = store.write_atomically

    def write(path, content):
        whole_write(path, content)
        if path.suffix == ".npz":
            with writers.get_lock():
                writers.value += 1
            with suppress(BrokenBarrierError):
                barrier.wait(0.3)

    def add(number):
        store.write_atomically = write
        Store((tmp_path,)).add(made_by(number, arrays={"number": np.full(3, number)}))

    processes = [fork.Process(target=add, args=(number,)) for number in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert writers.value == 1
    found = Store((tmp_path,)).find(tiny(), "accuracy")
    assert (found.arrays["number"] == machine(found)).all()


@pytest.fixture
def brought(tmp_path):
    """A store with two records, as they come from another machine."""
    other = Store((tmp_path / "brought/deep",))
    other.add(made_by("there", arrays={"field": np.eye(2)}))
    other.add(made_by("there", run=tiny(seed=1)))
    return other


def taken(brought, held):
    return take_over(brought.roots[0].parent, published(held))


def test_all_records_below_a_directory_are_taken_over(brought, held):
    found = taken(brought, held)
    assert [machine(kept) for _, kept in found] == ["there", "there"]
    assert all(kept is mine for mine, kept in found)
    assert machine(held.find(tiny(), "accuracy")) == "there"
    assert machine(held.find(tiny(seed=1), "accuracy")) == "there"
    assert len(list(published(held).paths())) == 2


def test_what_is_there_already_stays_when_records_are_taken_over(brought, held):
    published(held).add(made_by("here"))
    pairs = [(machine(mine), machine(kept)) for mine, kept in taken(brought, held)]
    assert sorted(pairs) == [("there", "here"), ("there", "there")]
    assert machine(held.find(tiny(), "accuracy")) == "here"


@pytest.mark.parametrize("number", [0, 1])
def test_one_damaged_record_keeps_all_others_out(brought, held, number):
    path = list(brought.paths())[number]
    path.write_text(path.read_text().replace("there", "where"))
    with pytest.raises(RecordError, match=str(path)):
        taken(brought, held)
    assert list(held.paths()) == []


def test_a_damaged_record_of_ours_keeps_all_others_out_too(brought, held):
    published(held).add(made_by("here", run=tiny(seed=1)))
    path = only_path(published(held))
    path.write_text(path.read_text().replace("here", "mere"))
    with pytest.raises(RecordError, match=str(path)):
        taken(brought, held)
    assert list(held.paths()) == [path]


def test_a_record_of_another_version_is_not_taken_over(brought, held, monkeypatch):
    """Under the name that this version would look for, it would be refused ever after."""
    monkeypatch.setitem(stages.MEASURES, "accuracy", 99)
    with pytest.raises(RecordError, match=r"other versions of the stages.*vgg11.*accuracy"):
        taken(brought, held)
    assert list(held.paths()) == []


def test_a_directory_without_records_is_refused(tmp_path, held):
    for directory in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FileNotFoundError, match=f"{directory}: no records"):
            take_over(directory, held)


def test_a_record_whose_arrays_were_left_behind_is_not_taken_over(brought, held):
    (arrays,) = brought.roots[0].rglob("*.npz")
    shutil.move(arrays, arrays.with_name("elsewhere.bin"))
    with pytest.raises(RecordError, match="its arrays are missing"):
        taken(brought, held)
