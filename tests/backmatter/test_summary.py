"""What an executed page leaves is what a replay of it would say, and only as long as it is the same."""

import csv
import json

import pytest

from rfbook.backmatter import census, registry
from rfbook.backmatter import claims as claim_tables
from rfbook.backmatter.census import opened
from rfbook.backmatter.summary import leave
from rfbook.experiments import files
from rfbook.pages import executed
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.store import Store
from tests import skeleton

RECORDS = 16


@pytest.fixture
def names():
    """What this process looked at from here on."""
    files.looked_at.clear()
    return files.looked_at


@pytest.fixture
def replayed(page):
    """What the pages about all pages know without any executed page."""
    return everything()


@pytest.fixture
def kept(page, replayed, repository, names):
    """The tiny page as if it had been executed."""
    notebook = executed.executed(skeleton.PAGE, "published", repository)
    notebook.parent.mkdir(parents=True)
    notebook.touch()
    values = executed.values_of(skeleton.PAGE, "published", repository)
    key = executed.made_from(skeleton.PAGE, values, repository)
    records = [str(path) for path in store_of("thin").paths()]
    names.clear()
    names.update(records)
    leave(str(repository / "left.json"), str(repository), page)
    executed.keep(notebook.with_suffix(".json"), key, repository / "left.json")
    names.clear()
    return repository


def everything():
    asked = census.census("published")
    summary = opened("published")[skeleton.PAGE]
    return {
        "asked": [(one.page, one.tier, one.run, one.measure, one.planned) for one in asked],
        "keys": [one.record and one.record.key for one in asked],
        "provenance": [one.record and dict(one.record.provenance) for one in asked],
        "verdicts": summary.verdicts,
        "scaling": summary.scaling,
        "registry": list(registry.rows("published")),
    }


def replaying(monkeypatch):
    """Whether the tiny page is replayed now."""
    calls = []
    replay = census.replay
    monkeypatch.setattr(census, "replay", lambda *words: calls.append(words) or replay(*words))
    opened("published")
    return bool(calls)


def test_what_a_page_left_is_what_its_replay_says(kept, replayed, monkeypatch):
    assert not replaying(monkeypatch)
    assert everything() == replayed
    assert len(replayed["verdicts"]) == 3


def test_who_asks_for_verdicts_depends_on_them_and_not_on_provenance(kept, names):
    summary = f"{executed.summary_of(skeleton.PAGE, 'published', kept)}#"
    claim_tables.verdicts(opened("published"))
    census.census("published")
    parts = {name.removeprefix(summary) for name in names if name.startswith(summary)}
    assert parts == {"asked", "verdicts"}
    assert census.census("published")[-1].record.provenance["measuring"]
    assert f"{summary}provenance" in names


def longer(path):
    path.write_text(path.read_text() + "\n")


CHANGES = {
    "its source": lambda root: longer(root / f"notebooks/{skeleton.PAGE}.md"),
    "a claim": lambda root: longer(root / "claims/size_matters.yml"),
    "a record": lambda root: longer(next(store_of("thin").paths("accuracy-*.json"))),
    "its notebook": lambda root: executed.executed(skeleton.PAGE, "published", root).unlink(),
    "the list of pages": lambda root: (root / "notebooks/new.md").write_text(skeleton.LESS),
    "the lock": lambda root: (root / "requirements.lock").write_text("numpy==2"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_page_that_was_made_from_something_else_is_replayed(kept, monkeypatch, change):
    change(kept)
    assert not executed.current(skeleton.PAGE, "published", kept)
    assert replaying(monkeypatch)


def test_what_a_page_was_not_made_from_changes_nothing(kept):
    longer(kept / f"notebooks/{skeleton.OTHER}.md")
    skeleton.fill(Store(store_of("thin").roots[:1]), asks(skeleton.OTHER, {"tier": "paper"}))
    assert executed.current(skeleton.PAGE, "published", kept)


def test_who_looks_through_a_store_depends_on_which_records_lie_in_it(kept, names):
    store = Store(store_of("thin").roots[:1])
    list(store.paths())
    assert str(store.roots[0]) in names

    def key():
        return executed.made_from(skeleton.PAGE, {}, kept, [store.roots[0].name])

    before = key()
    assert key() == before
    skeleton.fill(store, asks(skeleton.OTHER, {"tier": "paper"}))
    assert key() != before


@pytest.mark.parametrize("passed", [{"seeds": 1}, {"tier": "paper"}])
def test_a_page_with_other_parameters_is_another(kept, passed):
    assert executed.current(skeleton.PAGE, "published", kept, {"seeds": 2})
    assert not executed.current(skeleton.PAGE, "published", kept, passed)
    assert not executed.current(skeleton.PAGE, "thin", kept)


def test_a_file_that_was_not_there_is_part_of_the_key(kept):
    path = executed.summary_of(skeleton.PAGE, "published", kept)
    held = json.loads(path.read_text())
    assert len(held["made_from"]["files"]) == RECORDS
    held["made_from"]["files"]["results/later.json"] = None
    path.write_text(json.dumps(held))
    assert executed.current(skeleton.PAGE, "published", kept)
    (kept / "results/later.json").write_text("{}")
    assert not executed.current(skeleton.PAGE, "published", kept)


# The registry.


def test_the_registry_has_a_row_for_each_claim_and_network(kept):
    found = [
        (one["id"], one.get("network"), one["verdict"], one["kind"], one["tier"])
        for one in registry.rows("published")
    ]
    assert found == [
        ("SM-1-border", "vgg11", "reproduced", "by construction", "thin"),
        ("SM-1-border", "vgg13", "reproduced", "by construction", "thin"),
        ("SM-1-accuracy", "vgg11", "open", "measured", "thin"),
        ("SM-1-accuracy", "vgg13", "open", "measured", "thin"),
        ("SM-1-never", None, "not tested", "measured", "thin"),
        ("SM-2-field", None, "not tested", "by construction", "paper"),
    ]


def test_a_row_of_the_registry_names_the_records_behind_its_value(kept, page):
    row = next(one for one in registry.rows("published") if one["id"] == "SM-1-accuracy")
    first, second = (one.records["accuracy"] for one in page.outcomes if one.label == "vgg11")
    assert row["keys"] == f"{first.key} {second.key}"
    assert (row["value"], row["n"]) == (61.0, 2)
    assert row["low"] < 61 < row["high"]


def test_the_registry_is_a_file_that_a_spreadsheet_reads(kept):
    with registry.write("published").open() as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == list(registry.COLUMNS)
    assert len(found) == len(list(registry.rows("published")))
    exact = found[0]
    assert exact["value"] == exact["low"] == exact["high"] == "6.0"
