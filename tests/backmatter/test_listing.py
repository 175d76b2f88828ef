"""Every claim has a line with its anchor, the number that decides and the printed one beside it."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from rfbook.backmatter import listing
from rfbook.backmatter.census import opened
from rfbook.backmatter.claims import NO_RECORDS, verdicts
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.pages.tables.standard import WORDS, deciding
from tests import skeleton


def lines(shown):
    """Claim -> its cells by column, from the HTML of a listing."""
    table = BeautifulSoup(shown._repr_html_(), "html.parser")
    return {
        row["id"]: {cell["data-label"]: cell for cell in row.find_all("td")}
        for row in table.tbody.find_all("tr")
    }


def judged(holds_if="below", margin=1.0, means=(0.5, 3.0), word="partly", **more):
    claim = Claim(
        id="X-1", paper="size-matters", where="3.4", says="so", page="x/y", quantity="accuracy",
        holds_if=holds_if, margin=margin, **more,
    )  # fmt: skip
    found = [
        Estimate(name, mean, 3, (mean - 0.1, mean + 0.1), False, unit="%")
        for name, mean in zip(("vgg11", "vgg13"), means, strict=True)
    ]
    return Verdict(claim, word, "why", tuple(found))


@pytest.mark.parametrize(
    ("one", "network"),
    [
        (judged("below"), "vgg13"),
        (judged("above"), "vgg11"),
        (judged("within", means=(-0.5, 0.2)), "vgg11"),
        (judged("near", printed={"vgg11": 5.0, "vgg13": 3.5}), "vgg11"),
    ],
)
def test_the_network_that_supports_the_claim_least_decides(one, network):
    assert deciding(one).network == network


def test_a_line_holds_verdict_id_sentence_test_ours_and_printed(page):
    found = lines(listing.of_paper(verdicts(opened("published")), "size-matters"))
    assert list(found) == ["SM-1-border", "SM-1-accuracy", "SM-1-never", "SM-2-field"]
    border = {name: cell.text for name, cell in found["SM-1-border"].items()}
    assert border == {
        "verdict": f"{WORDS['reproduced']} reproduced", "claim": "SM-1-border",
        "what it says": "the border layers are conv6 & conv8",
        "test": "border at most 0 convolutions from the printed value",
        "ours": "conv6 (exact): VGG11, of 2", "printed": "6",
    }  # fmt: skip
    assert found["SM-1-never"]["what it says"].text == "something that <needs> ImageNet"
    assert found["SM-1-never"]["test"].text == ""


def test_a_claim_that_was_not_tested_says_why_in_its_line(page):
    found = lines(listing.of_paper(verdicts(opened("published")), "size-matters"))
    assert found["SM-1-never"]["ours"].text == "not tested: ImageNet is not at hand"
    assert found["SM-2-field"]["ours"].text == f"not tested: {NO_RECORDS}"


def test_an_id_leads_to_the_page_of_its_claim_and_the_number_to_the_records(page):
    line = lines(listing.of_paper(verdicts(opened("published")), "size-matters"))["SM-1-border"]
    assert line["claim"].a["href"] == f"../notebooks/{skeleton.PAGE}.html#SM-1-border"
    assert line["ours"].a["href"] == "../book/index-of-numbers.html#SM-1-border"


def test_a_claim_whose_page_is_not_written_has_a_line_without_a_link_to_it(page):
    assert lines(listing.Listing([judged()]))["X-1"]["claim"].a is None


def test_without_an_estimate_all_that_the_paper_prints_stands_there():
    one = replace(judged("near", printed={"vgg11": 84.64, "vgg13": 8}), word="not tested", estimates=())
    cells = lines(listing.Listing([one]))["X-1"]
    assert (cells["ours"].text, cells["printed"].text) == ("not tested: why", "84.64, 8")


def test_our_own_questions_are_lines_of_their_own_and_hold_or_fail():
    own = judged(word="reproduced", ours=True)
    assert lines(listing.of_paper([own], "size-matters")) == {}
    (cells,) = lines(listing.of_paper([own], "together")).values()
    assert cells["verdict"].text.endswith(" holds")


def test_what_a_reader_chooses_by_stands_on_each_line():
    row = BeautifulSoup(listing.Listing([judged()])._repr_html_(), "html.parser").tbody.tr
    held = {name: row[f"data-{name}"] for name in ("verdict", "paper", "page")}
    assert held == {"verdict": "partly", "paper": "Size Matters", "page": "x/y"}
