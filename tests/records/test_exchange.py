"""Records of others are taken over, all or none, if they are what their measures leave."""

import dataclasses
import errno
import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.tiers import scale
from rfbook.records import packing, stages
from rfbook.records import store as store_module
from rfbook.records.exchange import take_over
from rfbook.records.record import RecordError
from rfbook.records.store import Store, place
from tests.left import FIT, LAYERS, target, whole
from tests.samples import PROVENANCE, SESSION, at_version, sealed


def cifar(seed=0, model="resnet18", width=0.25, **data):
    """A run of tier thin."""
    seen = Data(name="cifar10", side=32, **data)
    return Run(model=Model(name=model, width=width), data=seen, recipe=Recipe(epochs=2), seed=seed)


def made_by(machine, seed=0, **parts):
    measuring = SESSION | {"minutes": 0.25, "processor": machine}
    return whole(cifar(seed), provenance=PROVENANCE | {"measuring": measuring}, **parts)


def machine(record):
    return record.provenance["measuring"]["processor"]


def only_path(store):
    (path,) = store.paths()
    return path


@pytest.fixture
def store(tmp_path):
    """A store of published records."""
    return Store((tmp_path / "results",))


@pytest.fixture
def brought(tmp_path):
    """A store with two records, as they come from another machine."""
    other = Store((tmp_path / "brought/deep",))
    other.add(made_by("there", measure="saturation"))
    other.add(made_by("there", seed=1))
    return other


def taken(brought, store):
    return take_over(brought.roots[0].parent, store)


def test_all_records_below_a_directory_are_taken_over(brought, store):
    pairs = taken(brought, store)
    assert [machine(kept) for _, kept in pairs] == ["there", "there"]
    assert all(kept is mine for mine, kept in pairs)
    assert machine(store.find(cifar(), "saturation")) == "there"
    assert machine(store.find(cifar(seed=1), "accuracy")) == "there"
    assert len(list(store.paths())) == 2


def test_what_is_there_already_stays_when_records_are_taken_over(brought, store):
    store.add(made_by("here", measure="saturation"))
    pairs = [(machine(mine), machine(kept)) for mine, kept in taken(brought, store)]
    assert sorted(pairs) == [("there", "here"), ("there", "there")]
    assert machine(store.find(cifar(), "saturation")) == "here"


@pytest.mark.parametrize("number", [0, 1])
def test_one_damaged_record_keeps_all_others_out(brought, store, number):
    path = list(brought.paths())[number]
    path.write_text(path.read_text().replace("there", "where"))
    with pytest.raises(RecordError, match=str(path)):
        taken(brought, store)
    assert list(store.paths()) == []


def test_a_damaged_record_of_ours_keeps_all_others_out_too(brought, store):
    store.add(made_by("here", seed=1))
    path = only_path(store)
    path.write_text(path.read_text().replace("here", "mere"))
    with pytest.raises(RecordError, match=str(path)):
        taken(brought, store)
    assert list(store.paths()) == [path]


def test_a_record_of_another_version_is_not_taken_over(brought, store, monkeypatch):
    """Under the name that this version would look for, it would be refused ever after."""
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    with pytest.raises(RecordError, match=r"other versions of the stages.*resnet18.*accuracy"):
        taken(brought, store)
    assert list(store.paths()) == []


def test_a_directory_without_records_is_refused(tmp_path, store):
    for directory in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FileNotFoundError, match=f"{directory}: no records"):
            take_over(directory, store)


def test_a_record_whose_arrays_were_left_behind_is_not_taken_over(brought, store):
    (arrays,) = brought.roots[0].rglob("*.npz")
    shutil.move(arrays, arrays.with_name("elsewhere.bin"))
    with pytest.raises(RecordError, match="its arrays are missing"):
        taken(brought, store)


# What a record cannot hold, though its seal is right.


def forged(root, record, **parts):
    """The record's files below a directory, sealed, whatever it holds."""
    path = root / place(record.run, record.measure)
    path.parent.mkdir(parents=True)
    packed = parts.pop("packed", None)
    store_module.write(dataclasses.replace(record, **parts), path)
    if packed is not None:
        path.with_suffix(".npz").write_bytes(packed)
        seal = hashlib.sha256(packed).hexdigest()
        path.write_text(sealed(path.read_text(), arrays_sha256=seal))
    return path


def refused(tmp_path, store, path, reason):
    with pytest.raises(RecordError) as refusal:
        take_over(tmp_path / "brought", store)
    assert str(refusal.value).startswith(f"{path}")
    assert reason in str(refusal.value)
    assert not store.roots[0].exists()


BENT = target() | {"residues": target()["residues"] | {"8": [[1.0]]}}
HUGE = target() | {"gaussian": FIT | {"sigma_x": 1e308}}


@pytest.mark.parametrize(
    "measure, changed, reason",
    [
        ("accuracy", {"accuracy": 1e308}, "accuracy: Input should be less than or equal to 1"),
        ("accuracy", {"accuracy": -0.01}, "accuracy: Input should be greater than or equal to 0"),
        ("accuracy", {"accuracy": "0.5"}, "accuracy: Input should be a valid number"),
        ("accuracy", {"accuracy": True}, "accuracy: Input should be a valid number"),
        ("accuracy", {"accuracy": None}, "accuracy: Input should be a valid number"),
        ("accuracy", {"other": 1}, "other: Extra inputs are not permitted"),
        ("accuracy", {"test_images": 0}, "test_images: Input should be greater"),
        ("accuracy", {"test_images": 99}, "test_images is 99, the run has 10000"),
        ("accuracy", {"training_loss": []}, "numbers of training_loss is 0, the run has 2"),
        ("accuracy", {"training_loss": [1e308, 1.0]}, "training_loss.0: Input should be less than"),
        ("learning_curve", {"steps": 1}, "steps is 1, the run has 782"),
        ("saturation", {"layers": LAYERS[:2]}, "3 entries for 2 layers"),
        ("saturation", {"layers": ["conv1"] * 3}, "a layer is there twice"),
        ("saturation", {"layers": ["../x", "y", "fc"]}, "layers.0: String should match"),
        ("saturation", {"directions": [5, 4, 2]}, "fc: it is float64 (10,), needed is float64 (20,)"),
        ("receptive_field", {"border": "conv9"}, "border: conv9 is none of the layers"),
        ("receptive_field", {"side": 64}, "side is 64, the run has 32"),
        ("cost", {"parameters": 1.5}, "parameters: Input should be a valid integer"),
        ("probes", {"converged": [1, 1, 1]}, "converged.0: Input should be a valid boolean"),
        ("probes", {"loss": [0.1]}, "loss: 1 entries for 3 layers"),
        ("probes_global", {"training_images": 5}, "training_images is 5, the run has 50000"),
        ("position_probes", {"layers": []}, "layers: List should have at least 1 item"),
        ("kernel_padding", {"difference": {"all": 0.1}}, "difference.convs: Field required"),
        ("kernel_padding", {"parameters": {"plain": 1, "all": 1}}, "at least 3 items"),
        ("effective_field", {"targets": {"output": target()}}, "targets is ['output'], the run has"),
        ("effective_field", {"targets": {"output": BENT}}, "period 8 has 8 x 8 classes of pixels"),
        ("effective_field", {"targets": {"output": HUGE}}, "sigma_x: Input should be less than"),
        ("field_recipe", {"order_correlation": 2.0}, "order_correlation: Input should be less than"),
        ("pixel_response", {"field": [0.0]}, "numbers of field is 1, the run has 2"),
        ("pixel_response", {"pixels": [[1, 2], [3, 99]]}, "pixels outside the image is [99]"),
        ("pixel_response", {"response": [1.0, 1.0]}, "not those of its arrays: response"),
        ("saliency", {"period": 4}, "period is 4, the run has 8"),
        ("translation", {"flipped": [[1.5, 0.0]] * 2}, "flipped.0.0: Input should be less than"),
        ("translation", {"change": [[1.0, 0.0]] * 2}, "not those of its arrays: change"),
        ("one_pixel_attack", {"p": 1.5}, "p: Input should be less than or equal to 1"),
    ],
)  # fmt: skip
def test_values_that_a_measure_cannot_leave_are_refused(tmp_path, store, measure, changed, reason):
    record = whole(cifar(), measure)
    path = forged(tmp_path / "brought", record, values=record.values | changed)
    refused(tmp_path, store, path, reason)


@pytest.mark.parametrize("measure", stages.MEASURES)
def test_no_record_is_empty_and_a_whole_one_is_taken(tmp_path, store, measure):
    record = whole(cifar(), measure)
    path = forged(tmp_path / "brought", record, values={})
    refused(tmp_path, store, path, "Field required")
    shutil.rmtree(tmp_path / "brought")
    forged(tmp_path / "brought", record)
    assert [kept for _, kept in take_over(tmp_path / "brought", store)] != []


GRID = np.zeros((32, 32), np.float32)


@pytest.mark.parametrize(
    "measure, changed, reason",
    [
        ("accuracy", {"foreign": GRID}, "foreign ['foreign'], missing []"),
        ("field_recipe", {"x": GRID}, "foreign ['x']"),
        ("field_recipe", {"right": None}, "missing ['right']"),
        ("field_recipe", {"right": GRID.astype(float)}, "right: it is float64 (32, 32), needed is"),
        ("field_recipe", {"right": GRID[:8]}, "it is float32 (8, 32), needed is float32 (32, 32)"),
        ("field_recipe", {"right": GRID[0]}, "it is float32 (32,), needed is float32 (32, 32)"),
        ("field_recipe", {"right": GRID - 1}, "not finite and from 0 to inf"),
        ("field_recipe", {"right": GRID + np.nan}, "not finite"),
        ("position_probes", {"fc": GRID + 2}, "not finite and from 0 to 1"),
        ("position_probes", {"fc": GRID[:0]}, "needed is float32 ('any', 'any')"),
        ("saturation", {"fc": np.ones(10)}, "not those of its arrays: directions"),
    ],
)
def test_arrays_that_a_measure_cannot_leave_are_refused(tmp_path, store, measure, changed, reason):
    record = whole(cifar(), measure)
    arrays = {name: array for name, array in (record.arrays | changed).items() if array is not None}
    path = forged(tmp_path / "brought", record, arrays=arrays)
    refused(tmp_path, store, path, reason)


def npz(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return buffer.getvalue()


def npy(array, **changed):
    buffer = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": array.shape} | changed
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + array.tobytes()


FEW = np.ones(10)


@pytest.mark.parametrize(
    "packed, reason",
    [
        (npz(("fc.npy", npy(np.zeros(packing.UNPACKED // 8 + 1)))), "unpacked they would have 67,1"),
        (npz(*[(f"{n}.npy", npy(np.zeros(2**20))) for n in range(9)]), "unpacked they would have 75,"),
        (npz(("fc.npy", npy(FEW, shape=(10**13,)))), "does not have the size that its shape needs"),
        (npz(("fc.npy", npy(FEW, shape=(-2, -5)))), "they cannot be unpacked"),
        (npz(("fc.npy", npy(FEW, descr="|O"))), "they cannot be unpacked"),
        (npz(("fc.npy", npy(FEW)[:-8])), "does not have the size"),
        (npz(("fc.npy", b"import os")), "they cannot be unpacked"),
        (npz(("fc.py", npy(FEW))), "something else than arrays with a name each"),
        (npz(("fc.npy", npy(FEW))).replace(b"fc.npy", b"fc.npx", 1), "they cannot be unpacked"),
        (b"no zip at all", "they cannot be unpacked"),
    ],
    ids=range(10),
)  # fmt: skip
def test_arrays_are_weighed_before_they_are_unpacked(tmp_path, store, packed, reason, monkeypatch):
    assert len(packed) < 2**20
    path = forged(tmp_path / "brought", whole(cifar(), "saturation"), packed=packed)
    if reason.startswith("unpacked"):
        monkeypatch.setattr(np, "load", None)
    refused(tmp_path, store, path, reason)


@pytest.mark.parametrize(
    "part, changed, reason",
    [
        ("measuring", {"commit": None}, "measuring.commit: Field required"),
        ("measuring", {"made": None}, "measuring.made: Field required"),
        ("measuring", {"minutes": None}, "measuring.minutes: Field required"),
        ("measuring", {"minutes": 1e308}, "measuring.minutes: Input should be less than"),
        ("measuring", {"minutes": "1"}, "measuring.minutes: Input should be a valid number"),
        ("measuring", {"commit": "__import__('os').abort()"}, "measuring.commit: String should match"),
        ("measuring", {"made": "yesterday"}, "measuring.made: Invalid isoformat string"),
        ("measuring", {"made": "2026-01-01T00:00:00"}, "measuring.made: a time needs its zone"),
        ("measuring", {"processor": "<script>1</script>"}, "measuring.processor: String should match"),
        ("measuring", {"system": "a\nb"}, "measuring.system: String should match"),
        ("measuring", {"pixels": "f" * 63}, "measuring.pixels: String should match"),
        ("measuring", {"threads": 0}, "measuring.threads: Input should be greater"),
        ("measuring", {"colour": "red"}, "measuring.colour: Extra inputs"),
        ("training", {"minutes": -1}, "training.minutes: Input should be greater"),
        ("training", {"sessions": [{}]}, "training.sessions.0.commit: Field required"),
        ("training", {"sessions": None}, "training.sessions: Field required"),
    ],
)
def test_provenance_names_what_is_written_and_nothing_else(tmp_path, store, part, changed, reason):
    bent = PROVENANCE[part] | changed
    bent = {name: value for name, value in bent.items() if value is not None}
    path = forged(tmp_path / "brought", whole(cifar()), provenance=PROVENANCE | {part: bent})
    refused(tmp_path, store, path, f"its provenance is not as it is written: {reason}")


@pytest.mark.parametrize(
    "text, reason",
    [
        ("[" * 100_000, "it is not a record's JSON"),
        (" " * (store_module.LARGEST_TEXT + 1), "no record has more than"),
        ({"values": [1]}, "of another type than a record has: values"),
        ({"description": 5}, "of another type than a record has: description"),
        ({"measure": {"a": 1}}, "of another type than a record has: measure"),
        ({"comment": "more"}, "it has 1 parts that no record has"),
        ({"description": {}}, "its run is not the one it was keyed by"),
    ],
    ids=range(7),
)
def test_what_is_no_records_json_is_refused(tmp_path, store, text, reason):
    path = forged(tmp_path / "brought", whole(cifar()))
    path.write_text(sealed(path.read_text(), **text) if isinstance(text, dict) else text)
    refused(tmp_path, store, path, reason)


PAPERS = Run(model=Model(name="resnet18"), data=Data(name="cifar10", side=32), recipe=Recipe(epochs=30))


@pytest.mark.parametrize(
    "run, reason",
    [
        (scale(PAPERS, "smoke"), "tier smoke shows its networks digits"),
        (cifar(width=1 / 16), "its width is 0.0625, and the narrowest networks of tier thin have 0.125"),
    ],
)
def test_runs_of_tier_smoke_are_not_published(tmp_path, store, run, reason):
    path = forged(tmp_path / "brought", whole(run))
    refused(tmp_path, store, path, f"{reason}")


def test_a_record_that_is_too_large_for_the_repository_is_not_published(tmp_path, store):
    run = Run(model=Model(name="resnet18"), data=Data(name="cifar10", side=512), recipe=Recipe(epochs=0))
    noise = np.random.default_rng(0).random((512, 512), dtype=np.float32)
    record = whole(run, "field_recipe", arrays={"right": noise, "wrong": noise})
    path = forged(tmp_path / "brought", record)
    assert store_module.read(path).mistake == ""  # a reader may have it in runs/
    refused(tmp_path, store, path, "a published record has at most 1,048,576")


# A full disk.


def contents(root):
    """Every file below a directory but the lock, with what it holds."""
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != store_module.LOCK}


@pytest.mark.parametrize(
    "owner, name, call",
    [
        *[(os, "replace", call) for call in range(6)],
        *[(os, "fsync", call) for call in range(3)],
        *[(Path, "mkdir", call) for call in range(5)],
    ],
)
def test_a_full_disk_leaves_all_as_it_was(brought, store, monkeypatch, owner, name, call):
    """Two records, one with arrays: each of three files is written, then moved to its place."""
    store.add(made_by("here", seed=2))
    before, whole_call, calls = contents(store.roots[0]), getattr(owner, name), []

    def full(*words, **named):
        calls.append(words)
        if len(calls) > call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole_call(*words, **named)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(OSError, match=r"none of the records was taken over.*import again") as error:
            taken(brought, store)
    assert error.value.errno == errno.ENOSPC
    assert contents(store.roots[0]) == before
    assert len(list(store.roots[0].iterdir())) == 2
    assert [machine(kept) for _, kept in taken(brought, store)] == ["there", "there"]


def test_an_import_that_was_killed_is_no_hindrance(brought, store):
    left = store.roots[0] / ".import/a-run/accuracy-0.json"
    left.parent.mkdir(parents=True)
    left.touch()
    taken(brought, store)
    assert not left.exists()
    assert len(list(store.paths())) == 2


def test_the_same_record_twice_is_taken_once(brought, store):
    shutil.copytree(brought.roots[0], brought.roots[0].with_name("again"))
    pairs = taken(brought, store)
    assert len(pairs) == 4
    assert len(list(store.paths())) == 2


def test_what_a_measure_cannot_leave_is_not_kept_either(store):
    record = whole(cifar())
    for wrong, reason in ((7.0, "less than or equal to 1"), (float("nan"), "finite number")):
        with pytest.raises(RecordError, match=f"accuracy is not kept: .*{reason}"):
            store.add(dataclasses.replace(record, values=record.values | {"accuracy": wrong}))
    assert not store.roots[0].exists()
