"""Tables: header cells, captions, text that cannot break the page, n and interval beside a mean."""

from typing import get_args

import pytest
from bs4 import BeautifulSoup

from rfbook.claims.claim import Claim
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import Estimate, Verdict, Word
from rfbook.pages import tables
from rfbook.pages.parameters import PARAMETERS
from rfbook.pages.plan import declared
from rfbook.pages.tables.standard import Table
from tests.skeleton import PAGE

EVERY = {
    "parameters": tables.parameters,
    "says": tables.says,
    "verdicts": tables.verdicts,
    "comparison": lambda page: tables.comparison(page, "border", {"vgg11": 6.0}, "Border"),
    "footer": tables.footer,
    "rerun": lambda page: tables.rerun(page, "one epoch", epochs=1),
}
each_table = pytest.mark.parametrize("name", EVERY)


def shown(table):
    """The table as a reader's browser has it."""
    return BeautifulSoup(table._repr_html_(), "html.parser")


def columns(table):
    return [cell.text for cell in shown(table).thead.find_all("th")]


def rows(table):
    """One dictionary a row: column -> text."""
    bodies = shown(table).tbody.find_all("tr")
    names = columns(table)
    return [
        dict(zip(names, (cell.text for cell in row.find_all(["th", "td"])), strict=True))
        for row in bodies
    ]


def signed(word, why):
    """A verdict as a table has it: its sign, its word and the reason."""
    return f"{tables.WORDS[word]} {word}: {why}"


def row(table, **fields):
    """The one row whose fields are these."""
    found = [r for r in rows(table) if fields.items() <= r.items()]
    assert len(found) == 1, (fields, found)
    return found[0]


# Every table.


@each_table
def test_a_table_has_a_caption_and_header_cells_with_a_scope(page, name):
    html = shown(EVERY[name](page))
    assert html.caption.text.strip()
    heads = html.thead.find_all("th")
    assert heads and all(cell["scope"] == "col" and cell.text.strip() for cell in heads)
    for one in html.tbody.find_all("tr"):
        first, *rest = one.find_all(["th", "td"])
        assert first.name == "th" and first["scope"] == "row" and first.text.strip()
        assert all(cell.name == "td" for cell in rest)


@each_table
def test_every_row_has_a_cell_for_every_column(page, name):
    assert rows(EVERY[name](page))


@pytest.mark.parametrize("name", ["verdicts", "comparison", "footer"])
def test_a_table_of_results_says_at_which_tier_they_were_made(page, name):
    assert page.scaled() in shown(EVERY[name](page)).caption.text


def test_text_is_shown_as_it_is_and_never_as_markup():
    text = '<b>5 < 6</b> & "quoted"'
    html = shown(Table(text, [text], [[text], [text]]))
    assert html.find("b") is None
    assert html.caption.text == html.thead.th.text == html.tbody.th.text == text


def test_a_cell_may_be_a_link_and_its_address_cannot_break_out_of_it():
    html = shown(Table("Links", ["page"], [[("a <page>", 'a.html?x="1"&y=2')]]))
    assert html.tbody.a.text == "a <page>"
    assert html.tbody.a["href"] == 'a.html?x="1"&y=2'


def test_a_claim_may_hold_markup_and_ampersands(page):
    said = [r["what it says"] for r in rows(tables.says(page))]
    assert said[0] == "the border layers are conv6 & conv8"
    assert said[2] == "something that <needs> ImageNet"


# Parameters.


def test_every_parameter_stands_with_its_default_its_value_and_what_is_valid(page):
    table = tables.parameters(page)
    assert [r["name"] for r in rows(table)] == list(declared(PAGE))
    assert row(table, name="seeds") == {
        "name": "seeds", "default": "2", "here": "2",
        "valid": PARAMETERS["seeds"].valid, "meaning": PARAMETERS["seeds"].meaning,
    }  # fmt: skip
    assert row(table, name="models")["here"] == "vgg11 vgg13"
    page.values["width"] = 0.5
    assert row(tables.parameters(page), name="width")["default"] == "None"
    assert row(tables.parameters(page), name="width")["here"] == "0.5"


# Claims and verdicts.


def test_the_test_that_decides_a_claim_is_put_in_words(page):
    found = {r["claim"]: r["holds if"] for r in rows(tables.says(page))}
    assert found == {
        "SM-1-border": "border at most 0 convolutions from the printed value",
        "SM-1-accuracy": "accuracy above 50 %",
        "SM-1-never": "not tested: ImageNet is not at hand",
    }


def test_a_verdict_stands_beside_the_printed_number_ours_n_and_the_interval(page):
    table = tables.verdicts(page)
    exact = row(table, claim="SM-1-border", network="vgg11")
    assert (exact["printed"], exact["ours"], exact["n"]) == ("6", "conv6", "2")
    assert exact["95 % interval"] == "exact"
    assert exact["verdict"] == signed("reproduced", "holds: vgg11, vgg13")
    learned = row(table, claim="SM-1-accuracy", network="vgg13")
    assert (learned["printed"], learned["ours"], learned["n"]) == ("", "72 %", "2")
    # t(0.975, 1) = 12.706 in a printed table; 70 and 74 have a standard error of 2.
    assert learned["95 % interval"] == "47 to 97"


def test_a_verdict_is_said_once_beside_the_first_network(page):
    table = tables.verdicts(page)
    said = [r["verdict"] for r in rows(table) if r["claim"] == "SM-1-accuracy"]
    assert said == [signed("open", "open: vgg11, vgg13"), ""]


def test_a_claim_that_was_not_tested_is_as_visible_and_has_n_of_zero(page):
    found = row(tables.verdicts(page), claim="SM-1-never")
    assert (found["network"], found["ours"], found["n"]) == ("", "", "0")
    assert found["verdict"] == signed("not tested", "ImageNet is not at hand")


def test_every_verdict_has_a_sign_of_its_own():
    assert set(tables.WORDS) == set(get_args(Word))
    assert len(set(tables.WORDS.values())) == len(tables.WORDS)


@pytest.mark.parametrize(
    "one, text",
    [
        (Estimate("vgg11", 6, 1, None, True), "exact"),
        (Estimate("vgg11", 6, 1, None, False), "one seed: none"),
        (Estimate("vgg11", 6, 1, None, False, published=True), "no seeds: none"),
        (Estimate("vgg11", 6, 3, (5.5, 6.5), False), "5.5 to 6.5"),
        (Estimate("vgg11", 6, 3, (6.0, 6.0), False), "all seeds alike"),
        (Estimate("vgg11", 6, 1, (6.0, 6.0), False, published=True), "all images alike"),
    ],
)
def test_an_interval_is_shown_or_it_is_said_why_there_is_none(page, monkeypatch, one, text):
    claim = Claim(
        id="X", paper="size-matters", where="1", says="so", page=PAGE, quantity="accuracy",
        holds_if="above",
    )  # fmt: skip
    monkeypatch.setattr(page, "verdicts", lambda: [Verdict(claim, "open", "open", (one,))])
    found = row(tables.verdicts(page), claim="X")
    assert (found["95 % interval"], found["n"]) == (text, str(one.n))


# Ours beside the original.


def test_a_number_the_paper_does_not_print_is_said_to_be_none(page):
    table = tables.comparison(page, "border", {"vgg11": 6.0}, "Border")
    assert row(table, network="vgg11")["original"] == "6"
    assert row(table, network="vgg13")["original"] == "not printed"
    assert shown(table).caption.text.startswith("Border (conv; tier thin")


def test_what_was_learned_is_compared_with_n_and_interval(page):
    table = tables.comparison(page, "accuracy", {}, "Accuracy")
    assert [r["network"] for r in rows(table)] == ["vgg11", "vgg13"]
    assert row(table, network="vgg11") == {
        "network": "vgg11", "original": "not printed", "ours": "61", "n": "2",
        "95 % interval": "48 to 74",
    }  # fmt: skip


def test_a_network_without_the_records_of_a_quantity_is_left_out(page):
    for outcome in page.outcomes:
        if outcome.label == "vgg11":
            del outcome.records["probes"]
    table = tables.comparison(page, "gain_after_border", {}, "Gain")
    assert [r["network"] for r in rows(table)] == ["vgg13"]


def test_the_unit_of_a_comparison_is_that_of_its_quantity(page):
    table = tables.comparison(page, "accuracy", {}, "Accuracy")
    assert f"({QUANTITIES['accuracy'].unit};" in shown(table).caption.text


# Provenance and commands.


def test_every_record_of_the_page_stands_in_its_footer(page):
    found = rows(tables.footer(page))
    keys = [record.key for outcome in page.outcomes for record in outcome.records.values()]
    assert [r["key"] for r in found] == keys
    assert len(found) == 16
    first = found[0]
    assert first["record"] == "vgg11-w0.25-cifar10-32px-e30-s0 accuracy"
    assert (first["made"], first["machine"]) == ("2020-01-02", "a slow one, 2 threads")
    assert first["minutes (train + measure)"] == "1.5 + 0.2"
    # Four networks trained in 1.5 minutes each, and four measures of a quarter of a minute on each.
    assert "made in 10.0 minutes in all" in shown(tables.footer(page)).caption.text
    fingerprint = page.outcomes[0].records["accuracy"].description["data_fingerprint"]
    assert first["data"] == fingerprint[:12]


def test_the_footer_shows_the_fingerprint_that_was_found_where_the_record_notes_one(page):
    page.outcomes[0].records["accuracy"].provenance["measuring"]["pixels"] = "f" * 64
    first, second = rows(tables.footer(page))[:2]
    assert (first["data"], second["data"] == "f" * 12) == ("f" * 12, False)


def test_what_a_page_shows_beside_its_own_stands_in_its_footer_too(page):
    part = page.part(seeds=1, models="vgg13")
    part.measure(part.runs(["vgg13"]), "accuracy")
    found = rows(tables.footer(page))
    assert (len(found), found[-1]["record"]) == (17, "vgg13-w0.25-cifar10-32px-e30-s0 accuracy")
    assert shown(tables.footer(page)).caption.text.count("tier thin") == 2


def test_a_commit_that_does_not_hold_the_code_says_so(page):
    """Provenance marks code that was changed after the commit; cutting the hash may not hide it."""
    assert {r["commit"] for r in rows(tables.footer(page))} == {"0123456789ab+changes"}
    for outcome in page.outcomes:
        for record in outcome.records.values():
            record.provenance["measuring"] = record.provenance["measuring"] | {"commit": "f" * 40}
    assert {r["commit"] for r in rows(tables.footer(page))} == {"f" * 12}


def test_a_command_to_run_again_can_be_pasted_into_a_shell(page):
    table = tables.rerun(page, "two networks", models="vgg11 vgg13", width=0.5)
    (found,) = rows(table)
    assert found == {
        "what": "two networks",
        "command": f'papermill page://{PAGE} out.ipynb -p models "vgg11 vgg13" -p width 0.5',
    }
