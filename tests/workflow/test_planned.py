"""A plan for other programs, and its parts: every run is in exactly one, under a key of its own."""

import json

import pytest

from rfbook.__main__ import main
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.measures.obtain import merged
from rfbook.pages.page import store_of
from rfbook.pages.parameters import ParameterError
from rfbook.pages.plan import asks
from rfbook.records.store import Store
from rfbook.site.planned import job_key, jobs, of_key, of_shard
from tests import skeleton
from tests.skeleton import PAGE


def tuned(seed: int) -> Run:
    recipe = Recipe(epochs=1, start="imagenette")
    return Run(
        model=Model(name="resnet18"), data=Data(name="caltech101", side=64), recipe=recipe, seed=seed
    )


@pytest.fixture
def asked():
    """Two fine-tuned networks, the one that they start from, and five others."""
    cifar = Data(name="cifar10", side=32)
    others = [Run(model=Model(name="vgg11"), data=cifar, seed=seed) for seed in range(5)]
    runs = [tuned(0), *others[:2], tuned(0).source, *others[2:], tuned(1)]
    return {run: ["accuracy"] for run in runs}


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 256])
def test_every_run_is_in_exactly_one_part(asked, parts):
    shares = [of_shard(asked, (part, parts)) for part in range(1, parts + 1)]
    assert sorted(run.slug() for share in shares for run in share) == sorted(run.slug() for run in asked)


def test_a_run_is_in_the_part_of_the_weights_that_it_starts_from(asked):
    family = {tuned(0), tuned(1), tuned(0).source}
    for part in range(1, 7):
        assert family & of_shard(asked, (part, 6)).keys() in (set(), family)


def test_parts_differ_by_no_more_than_one_group(asked):
    sizes = [len({run.source or run for run in of_shard(asked, (part, 3))}) for part in (1, 2, 3)]
    assert max(sizes) - min(sizes) <= 1


def test_a_job_is_another_when_other_records_are_wanted(asked):
    run = tuned(0)
    keys = {job_key(run, names) for names in (["accuracy"], ["accuracy", "cost"], ["cost"])}
    assert len(keys) == 3
    assert job_key(run, ["accuracy", "cost"]) == job_key(run, ["cost", "accuracy"])
    assert job_key(run, ["accuracy"]) != job_key(tuned(1), ["accuracy"])


def test_a_key_finds_its_run_alone(asked):
    for run, names in asked.items():
        assert of_key(asked, job_key(run, names)) == {run: names}


def test_a_key_of_another_plan_is_answered_with_how_to_make_it_again(asked):
    with pytest.raises(ParameterError, match=r"--run 0123: no run .* again: python -m rfbook plan"):
        of_key(asked, "0123")


def test_what_starts_from_weights_that_are_missing_comes_after_them(asked, repository):
    plan = {job.run: job for job in jobs(asked, store_of("thin"))}
    source = plan[tuned(0).source.slug()]
    assert [plan[tuned(seed).slug()].after for seed in (0, 1)] == [[source.key]] * 2
    assert source.after == []


def test_what_is_there_is_not_missing_and_takes_no_time(repository):
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(PAGE, {})[:1])
    first, *others = jobs(merged(asks(PAGE, {})), store_of("thin"))
    assert (first.missing, first.minutes) == ([], 0.0)
    assert all(job.missing == job.measures for job in others)


def test_the_plan_is_a_file_that_other_programs_read(repository, capsys):
    assert main(["plan", "--json", PAGE]) == 0
    plan = json.loads(capsys.readouterr().out)
    (run, names), *_ = asks(PAGE, {})
    assert plan.keys() == {"commit", "tier", "pages", "jobs"}
    assert (plan["tier"], plan["pages"], len(plan["jobs"])) == ("published", [PAGE], 4)
    assert plan["jobs"][0]["run"] == run.slug()
    assert plan["jobs"][0]["key"] == job_key(run, names)
    assert plan["jobs"][0]["memory"] > 10_000  # its probes keep their features


@pytest.mark.parametrize("shard", ["9/8", "0/8", "1/0", "2", "a/b", "2/8/3", ""])
def test_a_part_that_cannot_be_is_answered_in_a_sentence(shard, repository, capsys):
    with pytest.raises(SystemExit):
        main(["work", "--shard", shard])
    assert f"{shard!r}: the part and their number, such as 2/8, from 1 on" in capsys.readouterr().err


def test_work_makes_its_part_alone(repository, monkeypatch, capsys):
    from rfbook.measures import obtain

    done = []
    monkeypatch.setattr(obtain, "_make", lambda run, *rest: done.append(run.slug()) or {})
    for part in (1, 2, 3):
        assert main(["work", "--shard", f"{part}/3", PAGE]) == 0
    assert sorted(done) == sorted(run.slug() for run, _ in asks(PAGE, {}))
