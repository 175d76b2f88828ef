"""Every claim is listed with the verdict of the records, and no claim is lost."""

from pathlib import Path

from rfbook.backmatter import claims as claim_tables
from rfbook.backmatter.census import opened
from rfbook.pages import page as notebook
from rfbook.pages.page import store_of
from rfbook.pages.tables.standard import WORDS
from rfbook.records.store import Store
from tests import skeleton
from tests.reading import row, rows

ROOT = Path(__file__).parents[2]


def table():
    return claim_tables.of_paper(claim_tables.verdicts(opened("published")), "size-matters")


def test_a_claim_stands_with_its_place_its_test_what_is_printed_and_its_verdict(page):
    assert row(table(), claim="SM-1-border") == {
        "claim": "SM-1-border", "where": "1, Figure 1",
        "what it says": "the border layers are conv6 & conv8",
        "holds if": "border at most 0 convolutions from the printed value",
        "printed": "vgg11 6, vgg13 8",
        "verdict": f"{WORDS['reproduced']} reproduced: holds: vgg11, vgg13",
    }  # fmt: skip
    assert f'<a href="../notebooks/{skeleton.PAGE}.html">SM-1-border</a>' in table()._repr_html_()


def test_another_record_gives_another_verdict(page):
    before = row(table(), claim="SM-1-border")["verdict"]
    record = page.outcomes[0].records["receptive_field"]
    store = Store(store_of("thin").roots[:1])
    next(store.paths(f"receptive_field-{record.key}.json")).unlink()
    store.add(skeleton.made(record.run, record.measure, border="conv2"))
    after = row(table(), claim="SM-1-border")["verdict"]
    assert "reproduced: holds: vgg11, vgg13" in before
    assert after != before and "partly" in after


def test_claims_of_a_page_without_records_are_listed_and_nothing_is_made(repository, monkeypatch):
    monkeypatch.setattr(notebook, "obtain", lambda *_: 1 / 0)
    found = {one["claim"]: one["verdict"] for one in rows(table())}
    assert list(found) == ["SM-1-border", "SM-1-accuracy", "SM-1-never", "SM-2-field"]
    assert found["SM-1-border"].endswith(claim_tables.NO_RECORDS)
    assert found["SM-1-never"].endswith("ImageNet is not at hand")


def test_a_claim_whose_page_is_not_written_is_listed_without_a_link(page, repository):
    path = repository / "claims/size_matters.yml"
    path.write_text(path.read_text().replace(f"page: {skeleton.OTHER}", "page: later/on"))
    waiting = row(table(), claim="SM-2-field")
    assert waiting["verdict"].endswith(f"not tested: {claim_tables.NO_PAGE}")
    assert "later/on.html" not in table()._repr_html_()


def test_reasons_are_listed_with_the_claims_that_they_concern(page):
    shown = claim_tables.untested(claim_tables.verdicts(opened("published")))
    assert rows(shown) == [
        {"reason": "ImageNet is not at hand", "claims": "1", "which": "SM-1-never"},
        {"reason": claim_tables.NO_RECORDS, "claims": "1", "which": "SM-2-field"},
    ]
    assert rows(claim_tables.untested([]))[0]["claims"] == "0"


def test_every_file_of_claims_has_a_title():
    papers = {path.stem.replace("_", "-") for path in (ROOT / "claims").glob("*.yml")}
    assert papers == claim_tables.PAPERS.keys()
