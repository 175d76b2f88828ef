"""Provenance of all pages: complete, folded, and honest about what is missing. What pages changed."""

from bs4 import BeautifulSoup

from rfbook.backmatter import departures
from rfbook.backmatter import provenance as folds
from rfbook.backmatter.census import census, opened
from rfbook.pages.page import store_of
from rfbook.records.store import Store
from tests import skeleton
from tests.left import whole
from tests.reading import row


def provenance():
    asked = census("published")
    return folds.provenance(asked, opened("published"))


def shown():
    html = provenance()._repr_html_()
    found = BeautifulSoup(html, "html.parser").find_all("details")
    return {fold.summary.text: fold for fold in found}


def test_every_record_is_named_below_its_page_folded_and_with_a_link(page):
    fold = shown()[f"{skeleton.PAGE}: 16 records"]
    assert not fold.has_attr("open")
    assert fold.a["href"] == "../notebooks/size_matters/tiny.html"
    for outcome in page.outcomes:
        for record in outcome.records.values():
            assert fold.find("a", href=f"../records/{record.key}.json")


def test_a_page_without_its_records_says_which_are_missing(page):
    fold = shown()[f"{skeleton.OTHER}: 1 of 1 records not run yet"]
    cells = [cell.text for cell in fold.tbody.find_all(["th", "td"])]
    assert cells == ["vgg11-w1-cifar10-32px-e30-s0", "receptive_field", "paper"]


def test_a_planned_page_has_no_fold(page, repository):
    path = repository / f"notebooks/{skeleton.OTHER}.md"
    path.write_text(path.read_text().replace("rfbook: {", "rfbook: {planned: true, "))
    assert list(shown()) == [f"{skeleton.PAGE}: 16 records"]


def test_what_stands_there_is_of_the_record(page):
    record = page.outcomes[0].records["accuracy"]
    store = Store(store_of("thin").roots[:1])
    next(store.paths(f"accuracy-{record.key}.json")).unlink()
    made = record.provenance["measuring"] | {"processor": "a fast one"}
    provenance = record.provenance | {"measuring": made}
    assert "a fast one" not in str(shown())
    store.add(whole(record.run, provenance=provenance, accuracy=record.values["accuracy"]))
    assert "a fast one" in str(shown())


def test_text_in_a_summary_cannot_break_the_page(page):
    (fold, *_) = provenance().folds
    odd = folds.Fold("<b>&", 'a"b', fold.table)
    html = BeautifulSoup(odd._repr_html_(), "html.parser")
    assert html.summary.text == "<b>&" and html.a["href"] == 'a"b'


def test_a_page_says_what_it_changed_or_that_it_was_not_run(page):
    asked = census("published")
    table = departures.table(asked, opened("published"))
    assert row(table, page=skeleton.PAGE_TITLE)["what differs"] == "width 0.25 (paper 1.0)"
    assert row(table, page=skeleton.OTHER_TITLE) == {
        "page": skeleton.OTHER_TITLE, "tier": "paper", "what differs": "not run yet",
    }  # fmt: skip
