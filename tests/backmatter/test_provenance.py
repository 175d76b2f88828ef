"""Provenance of all pages: how many records each has, which are missing. What pages changed."""

from rfbook.backmatter import departures, provenance
from rfbook.backmatter.census import census, opened
from rfbook.pages.page import store_of
from rfbook.records.store import Store
from tests import skeleton
from tests.left import whole
from tests.reading import row, rows


def counted():
    return provenance.table(census("published"))


def test_a_page_has_a_row_with_how_many_runs_and_records_stand_behind_it(page):
    assert row(counted(), page=skeleton.PAGE_TITLE) == {
        "page": skeleton.PAGE_TITLE, "runs": "4", "records": "16", "commits": "1", "made": "2020-01-02",
    }  # fmt: skip
    assert f'href="../notebooks/{skeleton.PAGE}.html"' in counted()._repr_html_()


def test_a_page_without_its_records_says_so_and_which_are_missing(page):
    assert row(counted(), page=skeleton.OTHER_TITLE)["records"] == "0 of 1, the rest not run yet"
    assert rows(provenance.missing(census("published"))) == [
        {"page": skeleton.OTHER, "run": "vgg11-w1-cifar10-32px-e30-s0", "measure": "receptive_field",
         "tier": "paper"},
    ]  # fmt: skip


def test_that_nothing_is_missing_is_said():
    assert rows(provenance.missing([]))[0]["page"] == "none"


def test_a_planned_page_is_not_counted(page, repository):
    path = repository / f"notebooks/{skeleton.OTHER}.md"
    path.write_text(path.read_text().replace("rfbook: {", "rfbook: {planned: true, "))
    assert [one["page"] for one in rows(counted())] == [skeleton.PAGE_TITLE]
    assert rows(provenance.missing(census("published")))[0]["page"] == "none"


def test_when_and_by_what_they_were_made_is_of_the_records(page):
    record = page.outcomes[0].records["accuracy"]
    store = Store(store_of("thin").roots[:1])
    next(store.paths(f"accuracy-{record.key}.json")).unlink()
    made = record.provenance["measuring"] | {"commit": "f" * 40, "made": "2021-03-04T00:00:00+00:00"}
    store.add(
        whole(record.run, provenance=record.provenance | {"measuring": made},
              accuracy=record.values["accuracy"])
    )  # fmt: skip
    found = row(counted(), page=skeleton.PAGE_TITLE)
    assert (found["commits"], found["made"]) == ("2", "2020-01-02 to 2021-03-04")


def test_a_page_says_what_it_changed_or_that_it_was_not_run(page):
    asked = census("published")
    table = departures.table(asked, opened("published"))
    assert row(table, page=skeleton.PAGE_TITLE)["what differs"] == "width 0.25 (paper 1.0)"
    assert row(table, page=skeleton.OTHER_TITLE) == {
        "page": skeleton.OTHER_TITLE, "tier": "paper", "what differs": "not run yet",
    }  # fmt: skip
