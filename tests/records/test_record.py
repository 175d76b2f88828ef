"""A record is read as it was written, or it is refused."""

import dataclasses
import json

import numpy as np
import pytest

from rfbook.experiments import catalogue
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.records import stages
from rfbook.records.record import Record, RecordError, record_key, run_key
from tests.samples import PROVENANCE, at_version, record, sealed, tiny

WHERE = "results/a-run/accuracy-0.json"
VALUES = {"accuracy": 0.5, "layers": ["conv1", "conv2"], "fit": None, "side": 32, "small": 1e-05}
ARRAYS = {
    "features.0": np.linspace(0, 1, 5),
    "field": np.eye(3, dtype=np.float32),
    "counts": np.array([[1, 2], [3, 4]], dtype=np.int64),
}


@pytest.fixture
def written():
    """The JSON text and the NPZ bytes of a record with arrays."""
    return record(values=VALUES, arrays=ARRAYS).encode()


def damaged(content, position, mask):
    changed = bytearray(content)
    changed[position] ^= mask
    return bytes(changed)



def test_a_record_is_read_as_it_was_written(written):
    read = Record.decode(*written, WHERE)
    assert read.run == tiny()
    assert (read.measure, read.values, read.provenance) == ("accuracy", VALUES, PROVENANCE)
    assert read.description == record().description
    assert read.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read.arrays[name], array, strict=True)


def test_a_record_without_arrays_has_no_second_file():
    text, packed = record().encode()
    assert packed is None
    assert Record.decode(text, packed, WHERE).arrays == {}


def test_the_same_record_is_written_as_the_same_bytes(written):
    assert record(values=VALUES, arrays=ARRAYS).encode() == written


def test_a_number_that_is_none_is_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        record(values={"accuracy": float("nan")}).encode()


@pytest.mark.parametrize("mask", [1, 0x80])
def test_no_byte_of_the_text_can_be_changed(written, mask):
    text, packed = written
    for position in range(len(text)):
        with pytest.raises(RecordError):
            Record.decode(damaged(text.encode(), position, mask), packed, WHERE)


def test_no_byte_of_the_arrays_can_be_changed(written):
    text, packed = written
    for position in range(len(packed)):
        with pytest.raises(RecordError, match="arrays"):
            Record.decode(text, damaged(packed, position, 1), WHERE)


@pytest.mark.parametrize(
    "old, new",
    [
        ('"accuracy": 0.5', '"accuracy": 0.6'),
        ('"key": "', '"key": "0'),
        ('"data_fingerprint": "', '"data_fingerprint": "0'),
        ('"minutes": 1.5', '"minutes": 2.5'),
        ('"small": 1e-05', '"small": 1e905'),
        ('"seed": 0', '"seed": 1'),
    ],
)
def test_a_change_in_any_part_is_refused_with_the_file_and_the_remedy(written, old, new):
    text, packed = written
    assert text.count(old) == 1
    with pytest.raises(RecordError) as refused:
        Record.decode(text.replace(old, new), packed, WHERE)
    assert str(refused.value).startswith(f"{WHERE}: ")
    assert f"git checkout -- {WHERE}" in str(refused.value)
    assert "delete it to have it made again" in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "7", "{}", '{"sha256": "0"}', "not JSON", b"\xff\xfe"])
def test_what_is_no_record_at_all_is_refused(text):
    with pytest.raises(RecordError, match=WHERE):
        Record.decode(text, None, WHERE)


def test_arrays_may_neither_be_missing_nor_appear(written):
    remedy = f"git checkout -- {WHERE} {WHERE.removesuffix('.json')}.npz"
    with pytest.raises(RecordError, match=f"arrays are missing .*{remedy}"):
        Record.decode(written[0], None, WHERE)
    with pytest.raises(RecordError, match="arrays"):
        Record.decode(record().encode()[0], written[1], WHERE)


def test_a_key_must_follow_from_the_description(written):
    text, packed = written
    with pytest.raises(RecordError, match="its key does not follow"):
        Record.decode(sealed(text, key="0" * 12), packed, WHERE)


def test_a_default_that_has_changed_since_is_noticed(written):
    """As if momentum had been 0.8 by default, and so had not entered the key."""
    text, packed = written
    run = json.loads(text)["run"]
    assert run["recipe"]["momentum"] == 0.9
    run["recipe"]["momentum"] = 0.8
    with pytest.raises(RecordError, match="a default has changed"):
        Record.decode(sealed(text, run=run), packed, WHERE)


def test_a_run_of_before_an_option_existed_is_still_the_same_run(written):
    text, packed = written
    run = json.loads(text)["run"]
    del run["model"]["dilation"]
    assert Record.decode(sealed(text, run=run), packed, WHERE).run == tiny()


@pytest.mark.parametrize("part, field", [("model", "colour"), ("data", "canvas"), ("recipe", "x")])
def test_a_run_with_a_field_that_is_gone_is_refused(written, part, field):
    text, packed = written
    run = json.loads(text)["run"]
    run[part][field] = 1
    with pytest.raises(RecordError, match=f"{WHERE}: its run is not valid any more"):
        Record.decode(sealed(text, run=run), packed, WHERE)


def test_a_record_that_lacks_a_part_is_refused(written):
    text, packed = written
    with pytest.raises(RecordError, match="it does not have provenance"):
        Record.decode(sealed(text, provenance=None), packed, WHERE)


def test_the_key_follows_from_what_was_measured_and_how_not_from_where():
    elsewhere = record(values={"accuracy": 0.9}, provenance={"machine": "another"})
    assert elsewhere.key == record().key == record_key(tiny(), "accuracy")
    assert len(record().key) == 12


def test_every_part_of_what_was_measured_enters_the_key(monkeypatch):
    keys = [record_key(tiny(), "accuracy")]
    keys.append(record_key(tiny(), "saturation"))
    others = [
        tiny(seed=1), tiny(epochs=3), tiny(width=0.25), tiny(side=40),
        tiny(images=66), tiny(test_images=65), tiny(name="vgg13"),
    ]  # fmt: skip
    keys += [record_key(run, "accuracy") for run in others]
    with monkeypatch.context() as patch:
        patch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
        keys.append(record_key(tiny(), "accuracy"))
    with monkeypatch.context() as patch:
        patch.setattr(stages, "TRAINING", 99)
        keys.append(record_key(tiny(), "accuracy"))
    with monkeypatch.context() as patch:
        other = dataclasses.replace(catalogue.CATALOGUE["digits"], fingerprint="0" * 64)
        patch.setitem(catalogue.CATALOGUE, "digits", other)
        keys.append(record_key(tiny(), "accuracy"))
    assert len(set(keys)) == len(keys)
    assert record_key(tiny(), "accuracy") == keys[0]


def test_what_a_run_started_from_is_part_of_its_key(monkeypatch):
    fine_tuned = Run(
        model=Model(name="resnet18"),
        data=Data(name="caltech101", side=64),
        recipe=Recipe(start="imagenette"),
    )
    key = record_key(fine_tuned, "accuracy")
    other = dataclasses.replace(catalogue.CATALOGUE["imagenette"], fingerprint="0" * 64)
    monkeypatch.setitem(catalogue.CATALOGUE, "imagenette", other)
    assert record_key(fine_tuned, "accuracy") != key


def test_weights_do_not_depend_on_how_many_test_images_are_measured_on():
    assert run_key(tiny(test_images=8)) == run_key(tiny())
    assert run_key(tiny(images=66)) != run_key(tiny())


def test_a_record_is_current_until_one_of_its_stages_has_a_newer_version(monkeypatch):
    made = record()
    assert made.current
    monkeypatch.setitem(stages.MEASURES, "saturation", at_version("saturation", 99))
    assert made.current
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    assert not made.current
    monkeypatch.delitem(stages.MEASURES, "accuracy")
    assert not made.current
