"""Minutes come from the records' provenance, and nothing counts twice."""

from rfbook.backmatter import cost
from rfbook.backmatter.census import Asked, census
from rfbook.pages.page import store_of
from rfbook.records.store import Store
from tests import skeleton
from tests.left import whole
from tests.reading import row, rows
from tests.samples import PROVENANCE, SESSION, record, tiny

TRAINING, MEASURING = cost.MINUTES


def asked(*records, page="a/b", tier="thin"):
    return [Asked(page, tier, record.run, record.measure, record) for record in records]


def taking(training, measuring, machine="a slow one", **of):
    """A record that took these minutes, on this machine."""
    made = SESSION | {"processor": machine, "cores": 2}
    provenance = {
        "training": {"minutes": training, "sessions": [made] if training else []},
        "measuring": made | {"minutes": measuring},
    }
    return record(provenance=provenance, **of)


# Sums.


def test_what_two_pages_share_counts_on_both_and_once_in_the_sum():
    shared = taking(10, 2)
    table = cost.pages([*asked(shared), *asked(shared, page="c/d")])
    shown = ("page", "records", *cost.MINUTES)
    assert [tuple(line[column] for column in shown) for line in rows(table)] == [
        ("a/b", "1", "10", "2.0"),
        ("c/d", "1", "10", "2.0"),
        ("all pages", "1", "10", "2.0"),
    ]


def test_a_record_that_two_tiers_ask_for_counts_once_in_the_sum():
    shared = taking(10, 2)
    every = row(cost.pages([*asked(shared), *asked(shared, page="c/d", tier="paper")]), page="all pages")
    assert (every["runs"], every["records"]) == ("1", "1")


def test_a_page_says_from_how_many_commits_its_records_are_and_when_they_were_made(page):
    record = page.outcomes[0].records["accuracy"]
    assert row(cost.pages(census("published")), page=skeleton.PAGE_TITLE) == {
        "page": skeleton.PAGE_TITLE, "tier": "thin", "runs": "4", "records": "16",
        TRAINING: "6.0", MEASURING: "4.0", "commits": "1", "made": "2020-01-02",
    }  # fmt: skip
    store = Store(store_of("thin").roots[:1])
    next(store.paths(f"accuracy-{record.key}.json")).unlink()
    made = record.provenance["measuring"] | {"commit": "f" * 40, "made": "2021-03-04T00:00:00+00:00"}
    later = record.provenance | {"measuring": made}
    store.add(whole(record.run, provenance=later, accuracy=record.values["accuracy"]))
    found = row(cost.pages(census("published")), page=skeleton.PAGE_TITLE)
    assert (found["commits"], found["made"]) == ("2", "2020-01-02 to 2021-03-04")


def test_two_measures_of_a_network_count_its_training_once():
    records = [taking(10, 2), taking(10, 3, measure="saturation", values={})]
    assert cost.spent(records) == (10, 5)


def test_runs_that_differ_in_what_is_measured_on_share_their_training():
    records = [taking(10, 1, run=tiny(test_images=64)), taking(10, 1, run=tiny(test_images=32))]
    assert cost.spent(records) == (10, 2)


def test_weights_that_were_trained_again_cost_twice():
    records = [taking(10, 1), taking(12, 1, measure="saturation", values={})]
    assert cost.spent(records) == (22, 2)


def test_a_page_says_how_many_of_its_records_are_missing(page):
    table = cost.pages(census("published"))
    assert row(table, page=skeleton.OTHER_TITLE)["records"] == "0 of 1, the rest not run yet"
    assert row(table, page=skeleton.PAGE_TITLE)["records"] == "16"
    assert row(table, page="all pages")["records"] == "16 of 17, the rest not run yet"


def test_each_machine_has_what_was_made_on_it():
    records = [
        taking(10, 2, "one"), taking(0, 3, "two", run=tiny(epochs=0)), taking(7, 1, "two", run=tiny(1)),
    ]  # fmt: skip
    machines = {machine["machine"]: machine for machine in rows(cost.machines(asked(*records)))}
    assert machines["one, 2 cores"] == {
        "machine": "one, 2 cores", "networks trained": "1", TRAINING: "10", "records": "1",
        MEASURING: "2.0",
    }  # fmt: skip
    assert machines["two, 2 cores"]["networks trained"] == "1"
    assert machines["two, 2 cores"]["records"] == "2"


def test_a_training_on_several_machines_names_them_all():
    sessions = [SESSION | {"processor": name, "cores": 4} for name in ("b", "a", "b")]
    provenance = PROVENANCE | {"training": {"minutes": 1, "sessions": sessions}}
    assert cost.trained_on(record(provenance=provenance)) == "a, 4 cores and b, 4 cores"
