"""Records are found, or made; and what is missing can be told from what is out of date."""

import dataclasses
import multiprocessing
from contextlib import contextmanager

import pytest

from rfbook.experiments import catalogue
from rfbook.measures import measure as measures
from rfbook.measures import obtain
from rfbook.measures.obtain import merged, status, why
from rfbook.records import stages, weights
from rfbook.records.record import RecordError
from rfbook.records.store import Store
from tests.left import whole
from tests.samples import at_version, tiny


@pytest.fixture
def store(tmp_path):
    return Store((tmp_path / "results", tmp_path / "runs"))


@pytest.fixture
def work(monkeypatch):
    """What is trained and measured from here on, without doing either."""
    done = []

    def train(run, device):
        done.append(f"trained on {device}")
        return run

    def measure(run, name):
        done.append(name)
        return whole(run, name)

    monkeypatch.setattr(weights, "trained", train)
    monkeypatch.setattr(measures, "measure", measure)
    return done


def test_what_is_there_is_neither_trained_nor_measured(store, work):
    store.add(whole())
    records = obtain.obtain(tiny(), ["accuracy"], store)
    assert records["accuracy"].values["accuracy"] == 0.5
    assert work == []


def test_what_is_missing_is_made_after_one_training_and_kept(store, work):
    obtain.obtain(tiny(), ["saturation", "receptive_field"], store, device="cpu")
    assert work == ["trained on cpu", "saturation", "receptive_field"]
    assert store.find(tiny(), "saturation") is not None
    obtain.obtain(tiny(), ["saturation", "receptive_field"], store)
    assert len(work) == 3


def test_only_what_is_missing_is_made_and_the_order_is_the_one_asked_for(store, work):
    store.add(whole())
    records = obtain.obtain(tiny(), ["saturation", "accuracy", "receptive_field"], store)
    assert work == ["trained on auto", "saturation", "receptive_field"]
    assert list(records) == ["saturation", "accuracy", "receptive_field"]
    assert [record.measure for record in records.values()] == list(records)


def test_a_measurement_that_fails_leaves_those_before_it(store, work, monkeypatch):
    measure = measures.measure

    def fail(run, name):
        if name == "saturation":
            raise MemoryError
        return measure(run, name)

    monkeypatch.setattr(measures, "measure", fail)
    with pytest.raises(MemoryError):
        obtain.obtain(tiny(), ["accuracy", "saturation"], store)
    assert store.find(tiny(), "accuracy") is not None


def claimed(store, ready):
    """What another process does that makes the records of a run, until it is killed."""
    with obtain._claimed(tiny(), store, wait=False):
        ready.set()
        multiprocessing.get_context("fork").Event().wait()


def test_a_run_that_another_process_makes_is_left_to_it_until_it_ends_or_dies(store, work):
    fork = multiprocessing.get_context("fork")
    ready = fork.Event()
    other = fork.Process(target=claimed, args=(store, ready))
    other.start()
    ready.wait()
    with pytest.raises(obtain.Busy, match="another process makes it"):
        obtain.obtain(tiny(), ["accuracy"], store, wait=False)
    obtain.obtain(tiny(seed=1), ["accuracy"], store, wait=False)
    assert work == ["trained on auto", "accuracy"]
    other.kill()
    other.join()
    obtain.obtain(tiny(), ["accuracy"], store)
    assert work == ["trained on auto", "accuracy"] * 2


def test_what_another_process_made_meanwhile_is_neither_trained_nor_measured(store, work, monkeypatch):
    @contextmanager
    def later(run, store, wait):
        store.add(whole())
        yield

    monkeypatch.setattr(obtain, "_claimed", later)
    assert list(obtain.obtain(tiny(), ["accuracy", "cost"], store)) == ["accuracy", "cost"]
    assert work == ["trained on auto", "cost"]


def test_a_damaged_record_is_not_made_again(store, work):
    store.add(whole())
    (path,) = store.paths()
    path.write_text(path.read_text().replace("0.5", "0.6"))
    with pytest.raises(RecordError, match=str(path)):
        obtain.obtain(tiny(), ["accuracy"], store)
    assert work == []


def test_a_record_that_nothing_resembles_was_never_made(store):
    assert why(tiny(), "accuracy", store) == "missing: never made"
    store.add(whole(tiny(name="vgg13", width=0.5, seed=3)))
    store.add(whole(tiny(), "saturation"))
    assert why(tiny(), "accuracy", store) == "missing: never made"


def test_a_record_that_is_there_needs_no_reason(store):
    store.add(whole())
    state = status(tiny(), "accuracy", store)
    assert (state.found, state.nearest) == (True, "")


def reason(store, run=None):
    state = status(run or tiny(), "accuracy", store)
    assert not state.found
    return state.nearest


def test_a_newer_measure_is_named(store, monkeypatch):
    store.add(whole())
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 2))
    now = stages.MEASURES["accuracy"].version
    assert reason(store) == f"stale: measure_version is {now - 1}, needed {now}"


def test_a_newer_training_is_named(store, monkeypatch):
    store.add(whole())
    monkeypatch.setattr(stages, "TRAINING", stages.TRAINING + 1)
    now = stages.TRAINING
    assert reason(store) == f"stale: training_version is {now - 1}, needed {now}"


def test_other_data_are_named(store, monkeypatch):
    store.add(whole())
    before = catalogue.CATALOGUE["digits"]
    other = dataclasses.replace(before, fingerprint="0" * 64)
    monkeypatch.setitem(catalogue.CATALOGUE, "digits", other)
    expected = f"stale: data_fingerprint is {before.fingerprint}, needed {'0' * 64}"
    assert reason(store) == expected


@pytest.mark.parametrize(
    "run, difference",
    [
        (tiny(width=0.25), "run.model.width is 0.125, needed 0.25"),
        (tiny(width=1.0), "run.model.width is 0.125, needed the default"),
        (tiny(epochs=3), "run.recipe.epochs is 2, needed 3"),
        (tiny(seed=1), "run.seed is the default, needed 1"),
        (
            tiny(seed=1, images=66),
            "run.data.images is 64, needed 66; run.seed is the default, needed 1",
        ),
    ],
)
def test_the_parts_of_the_run_that_differ_are_named(store, run, difference):
    store.add(whole())
    assert reason(store, run) == f"missing: never made; of the nearest record, {difference}"


def test_the_nearest_record_is_the_one_compared_with(store):
    store.add(whole(tiny(width=0.25, seed=2)))
    store.add(whole(tiny(seed=2)))
    assert reason(store).endswith("of the nearest record, run.seed is 2, needed the default")


def test_an_outdated_record_of_the_same_run_explains_more_than_another_seed(store, monkeypatch):
    """Seed 0 has been measured again since the version was raised; seed 1 has not."""
    store.add(whole(tiny(seed=1)))
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    store.add(whole(tiny(seed=0)))
    assert "measure_version" in reason(store, tiny(seed=1))


def test_a_damaged_record_of_another_run_explains_nothing_and_stops_nothing(store):
    store.add(whole(tiny(seed=2)))
    (path,) = store.paths()
    path.write_text("{}")
    assert reason(store) == "missing: never made"


def test_only_a_record_of_the_same_run_is_stale(store, monkeypatch):
    store.add(whole(tiny(name="vgg13")))
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    assert reason(store).startswith("missing: never made; of the nearest record, measure_version is ")
    assert reason(store).endswith("run.model.name is vgg13, needed vgg11")


def test_a_record_is_stale_by_every_version_that_was_raised(store, monkeypatch):
    store.add(whole())
    now = stages.MEASURES["accuracy"].version, stages.TRAINING
    monkeypatch.setitem(stages.MEASURES, "accuracy", at_version("accuracy", 99))
    monkeypatch.setattr(stages, "TRAINING", 98)
    other = dataclasses.replace(catalogue.CATALOGUE["digits"], fingerprint="0" * 64)
    monkeypatch.setitem(catalogue.CATALOGUE, "digits", other)
    store.add(whole(tiny(seed=1)))
    stale = reason(store)
    assert stale.startswith("stale: data_fingerprint is ")
    assert stale.endswith(
        f"measure_version is {now[0]}, needed 99; training_version is {now[1]}, needed 98"
    )


RUNS = [tiny(), tiny(seed=1)]


@pytest.fixture
def full(store):
    for run in RUNS:
        for name in stages.MEASURES:
            store.add(whole(run, name))
    return store


def there(store):
    """(seed, measure) of every record that is found."""
    pairs = [(run, name) for run in RUNS for name in stages.MEASURES]
    return {(run.seed, name) for run, name in pairs if status(run, name, store).found}


def test_raising_the_version_of_a_measure_makes_exactly_its_records_stale(full, monkeypatch):
    before = there(full)
    assert len(before) == len(RUNS) * len(stages.MEASURES)
    for raised in list(stages.MEASURES):
        with monkeypatch.context() as patch:
            patch.setitem(stages.MEASURES, raised, at_version(raised, 99))
            assert before - there(full) == {(run.seed, raised) for run in RUNS}


def test_raising_the_version_of_training_makes_all_records_stale(full, monkeypatch):
    monkeypatch.setattr(stages, "TRAINING", stages.TRAINING + 1)
    assert there(full) == set()


def test_a_plan_names_each_run_once_with_all_that_is_asked_of_it():
    asked = [
        (tiny(), ("accuracy", "saturation")),
        (tiny(seed=1), ("accuracy",)),
        (tiny(), ("receptive_field", "accuracy")),
    ]
    assert list(merged(asked).items()) == [
        (tiny(), ["accuracy", "saturation", "receptive_field"]),
        (tiny(seed=1), ["accuracy"]),
    ]
