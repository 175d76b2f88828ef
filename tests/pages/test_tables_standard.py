"""Tables: header cells, captions, text that cannot break the page, n and interval beside a mean."""

from typing import get_args

import pytest
from bs4 import BeautifulSoup

from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict, Word
from rfbook.pages import tables
from rfbook.pages.plan import declared
from rfbook.pages.tables import Table
from rfbook.pages.tables.standard import SEEDS, WORDS, command, condition, turning
from tests.skeleton import PAGE

EVERY = {
    "parameters": tables.parameters,
    "numbers": lambda page: tables.numbers(page, {"border": "border"}, {"border": {"vgg11": 6.0}}),
    "footer": tables.footer,
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


def claimed(page, claim):
    """The line of a claim in the list of verdicts."""
    (line,) = shown(tables.verdicts(page)).find_all("li", id=claim)
    return line


def networks(page, claim):
    """The table of a claim's networks, one dictionary a row."""
    table = claimed(page, claim).table
    names = [cell.text for cell in table.thead.find_all("th")]
    return [
        dict(zip(names, (cell.text for cell in row.find_all(["th", "td"])), strict=True))
        for row in table.tbody.find_all("tr")
    ]


def row(table, **fields):
    """The one row whose fields are these."""
    found = [r for r in rows(table) if fields.items() <= r.items()]
    assert len(found) == 1, (fields, found)
    return found[0]


# Every table.


@each_table
def test_a_table_has_a_caption_and_header_cells_with_a_scope(page, name):
    html = shown(EVERY[name](page))
    assert (html.caption or html.summary).text.strip()
    heads = html.thead.find_all("th")
    assert heads and all(cell["scope"] == "col" and cell.text.strip() for cell in heads)
    for one in html.tbody.find_all("tr"):
        first, *rest = one.find_all(["th", "td"])
        assert first.name == "th" and first["scope"] == "row" and first.text.strip()
        assert all(cell.name == "td" for cell in rest)


@each_table
def test_every_row_has_a_cell_for_every_column(page, name):
    assert rows(EVERY[name](page))


@pytest.mark.parametrize("name", ["numbers", "footer"])
def test_a_table_of_results_says_at_which_tier_they_were_made(page, name):
    assert f"(tier {page.tier}" in shown(EVERY[name](page)).summary.text


def test_a_table_of_numbers_says_what_is_not_as_in_the_paper(page):
    assert page.badge() in shown(EVERY["numbers"](page)).summary.text


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
    assert "the border layers are conv6 & conv8" in claimed(page, "SM-1-border").text
    assert "something that <needs> ImageNet" in claimed(page, "SM-1-never").text


# Parameters.


def test_every_parameter_stands_with_its_value_and_with_its_default_where_that_is_another(page):
    table = tables.parameters(page)
    assert [r["name"] for r in rows(table)] == list(declared(PAGE))
    assert row(table, name="seeds") == {"name": "seeds", "here": "2"}
    assert row(table, name="models")["here"] == "vgg11 vgg13"
    page.values["width"] = 0.5
    assert row(tables.parameters(page), name="width")["default"] == "None"
    assert row(tables.parameters(page), name="width")["here"] == "0.5"
    assert row(tables.parameters(page), name="seeds")["default"] == ""


def test_what_is_run_leads_to_what_parameters_mean_and_what_is_valid(page):
    assert shown(tables.opening(page)).a["href"] == "../../book/rerun.html#parameters"


# Claims and verdicts.


def test_below_the_verdicts_stand_what_differs_from_the_paper_and_a_link_to_all_claims(page):
    under = shown(tables.verdicts(page)).find("p", class_="rf-where")
    assert under.text.startswith(page.badge())
    assert under.a["href"] == "../../book/claims.html"


def test_a_run_without_training_took_the_minutes_of_its_measures_alone(page):
    for outcome in page.outcomes:
        for record in outcome.records.values():
            record.provenance["training"]["minutes"] = 0.0
    assert rows(tables.footer(page))[0]["minutes (training + measuring)"] == "2.0"


def test_the_test_that_decides_a_claim_is_put_in_words(page):
    border = claimed(page, "SM-1-border").details.text
    assert "Test: border at most 0 convolutions from the printed value." in border
    assert "Test: accuracy above 50 %." in claimed(page, "SM-1-accuracy").details.text
    assert "Test:" not in claimed(page, "SM-1-never").details.text


def test_a_claim_without_a_quantity_has_no_test():
    with pytest.raises(ValueError, match="X is not tested: so"):
        condition(Claim(id="X", paper="size-matters", where="1", says="so", page=PAGE, untested="so"))


def test_which_of_several_networks_hold_stands_in_their_table_alone(page):
    assert "holds:" not in claimed(page, "SM-1-border").details.p.text
    assert {one["alone"] for one in networks(page, "SM-1-border")} == {"holds"}


def test_of_a_single_network_one_line_says_all(page, monkeypatch):
    claim, alone = claim_of(holds_if="above", margin=50), Estimate("vgg11", 61.0, 3, (60.0, 62.0), False)
    monkeypatch.setattr(
        page, "verdicts", lambda: [Verdict(claim, "reproduced", "holds: vgg11", (alone,))]
    )
    line = claimed(page, "X")
    assert line.table is None
    assert "so; 61 (60 to 62)" in line.text
    assert "holds: VGG11; n = 3. Test: accuracy above 50 %." in line.details.text


def test_a_column_in_which_nothing_stands_is_not_shown():
    table = Table("Two", ["network", "printed", "ours"], [["VGG11", "", "3"], ["VGG13", "", "4"]])
    assert columns(table) == ["network", "ours"]
    assert rows(table)[1] == {"network": "VGG13", "ours": "4"}


def test_a_folded_table_shows_its_caption_until_it_is_opened():
    html = shown(Table("All numbers", ["a"], [["b"]], folded=True))
    assert html.details.summary.text == "All numbers"
    assert html.details.table.caption is None


def test_a_verdict_is_one_line_with_sign_word_sentence_and_the_number_that_decides(page):
    line = claimed(page, "SM-1-border").find_all(string=True)
    assert " ".join("".join(line).split()).startswith(
        "● reproduced: the border layers are conv6 & conv8; conv6 in VGG11, printed 6"
    )


def test_the_network_that_is_nearest_to_turning_a_verdict_decides(page):
    """61 and 72 %, more than 50 is claimed: 61 is nearer."""
    assert "61 % (48 to 74) in VGG11" in claimed(page, "SM-1-accuracy").text


def test_opened_a_verdict_shows_every_network_with_printed_number_interval_and_n(page):
    assert networks(page, "SM-1-border")[0] == {
        "network": "VGG11", "printed": "6", "ours (conv)": "6", "95 % interval": "exact",
        "alone": "holds",
    }  # fmt: skip
    learned = networks(page, "SM-1-accuracy")[1]
    assert (learned["network"], learned["ours (%)"]) == ("VGG13", "72")
    assert claimed(page, "SM-1-accuracy").details.p.text.startswith("n = 2. Test:")
    # t(0.975, 1) = 12.706 in a printed table; 70 and 74 have a standard error of 2.
    assert learned["95 % interval"] == "47 to 97"
    assert "printed" not in learned


def test_a_claim_that_was_not_tested_is_as_visible_and_says_why(page):
    line = claimed(page, "SM-1-never")
    assert line["data-verdict"] == "not tested"
    assert line.strong.text == "not tested:"
    assert "ImageNet is not at hand" in line.details.text
    assert line.table is None


def test_every_verdict_has_a_sign_of_its_own():
    assert set(WORDS) == set(get_args(Word))
    assert len(set(WORDS.values())) == len(WORDS)


def claim_of(**fields):
    return Claim(
        id="X", paper="size-matters", where="1", says="so", page=PAGE, quantity="accuracy", **fields
    )


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"paper": "size-matters"}, "reproduced"),
        ({"paper": "size-matters", "ours": True}, "holds"),
        ({"paper": "together"}, "holds"),
    ],
)
def test_only_what_a_paper_says_is_called_reproduced(fields, word):
    claim = claim_of(holds_if="above", margin=50).model_copy(update=fields)
    assert Verdict(claim, "reproduced", "holds").told == word


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"holds_if": "above"}, "Holds with margins below 3, fails from 9 % on"),
        ({"holds_if": "below"}, "Holds with margins from 9 on, fails below 3 %"),
        (
            {"holds_if": "near", "printed": {"vgg11": 10, "vgg13": 5}},
            "Holds with margins from 7 on, fails below 2 points",
        ),
        ({"holds_if": "within"}, "Holds with margins from 9 on, fails below 3 %"),
    ],
)
def test_it_is_said_at_which_margin_a_verdict_would_turn(fields, words):
    """By hand: 3 to 5 and 7 to 9; from what is printed, 10 and 5, they are 5 to 7 and 2 to 4 away."""
    estimates = [
        Estimate("vgg11", 4.0, 3, (3.0, 5.0), False, unit="%", decimals=1),
        Estimate("vgg13", 8.0, 3, (7.0, 9.0), False, unit="%", decimals=1),
    ]
    assert words in turning(claim_of(margin=1, **fields), estimates)


def test_no_margin_fails_where_an_interval_reaches_across_what_is_claimed():
    around = [Estimate("vgg11", 1.0, 3, (-2.0, 4.0), False, unit="%", decimals=1)]
    said = turning(claim_of(margin=1, holds_if="within"), around)
    assert said == "Holds with margins from 4 % on"


def test_an_exact_number_turns_the_verdict_at_one_margin():
    exact = [Estimate("vgg11", 4.0, 1, None, True, unit="%")]
    assert turning(claim_of(margin=1, holds_if="above"), exact) == "Turns at a margin of 4 %"


NEAR = Estimate("vgg11", 2.0, 2, (-7.0, 11.0), False, deviation=1.0)
"""By hand: half of an interval is 2.571 / sqrt(6), over 1, or 2.447 / sqrt(7), below it."""
SURE = Estimate("vgg13", 2.0, 3, (1.5, 2.5), False, deviation=0.2)
NEVER = Estimate("vgg16", 1.0, 3, (-1.5, 3.5), False, deviation=1.0)


@pytest.mark.parametrize("one, said", [(NEAR, "7 seeds would decide it"), (SURE, ""), (NEVER, "")])
def test_of_one_network_it_is_said_how_many_seeds_would_decide_it(page, monkeypatch, one, said):
    claim = claim_of(holds_if="above", margin=1)
    monkeypatch.setattr(page, "verdicts", lambda: [Verdict(claim, "open", "open: vgg11", (one,))])
    text = claimed(page, "X").details.text
    assert said in text and ("would decide" in text) == bool(said)


def test_of_several_networks_their_table_says_how_many_seeds_would_decide_it(page, monkeypatch):
    claim = claim_of(holds_if="above", margin=1)
    verdict = Verdict(claim, "partly", "holds: vgg13", (NEAR, SURE, NEVER))
    monkeypatch.setattr(page, "verdicts", lambda: [verdict])
    assert [row[SEEDS] for row in networks(page, "X")] == ["7", "", ""]
    assert "would decide it." not in claimed(page, "X").details.p.text


def test_nothing_is_said_of_margins_where_a_network_has_no_interval():
    alone = [Estimate("vgg11", 4.0, 1, None, False, unit="%")]
    assert turning(claim_of(margin=1, holds_if="above"), alone) == ""


@pytest.mark.parametrize(
    "one, text",
    [
        (Estimate("vgg11", 6, 1, None, True), "exact"),
        (Estimate("vgg11", 6, 1, None, False), "one seed, no interval"),
        (Estimate("vgg11", 6, 1, None, False, published=True), "no seeds, no interval"),
        (Estimate("vgg11", 6, 3, (5.5, 6.5), False), "5.5 to 6.5"),
        (Estimate("vgg11", 6, 3, (6.0, 6.0), False), "all seeds alike"),
        (Estimate("vgg11", 6, 1, (6.0, 6.0), False, published=True), "all images alike"),
    ],
)
def test_an_interval_is_shown_or_it_is_said_why_there_is_none(page, monkeypatch, one, text):
    claim = claim_of(holds_if="above", margin=50)
    other = Estimate("vgg13", 7, 2, (6.0, 8.0), False)
    monkeypatch.setattr(page, "verdicts", lambda: [Verdict(claim, "open", "open", (one, other))])
    found, _ = networks(page, "X")
    alike = claimed(page, "X").details.p.text
    assert found["95 % interval"] == text
    assert found.get("n") == str(one.n) if one.n != other.n else f"n = {one.n}." in alike


# What is run.


def test_below_the_title_stand_the_section_and_the_minutes_and_what_is_run(page):
    html = shown(tables.opening(page))
    assert html.p.text == "Size Matters, 9.9 · 1 minute to read · about 10 minutes to run again"
    assert html.summary.text == "What is run: VGG11 and VGG13 on CIFAR-10 at 32 pixels, 2 seeds"
    assert "page.measure(" in html.pre.text
    assert page.scaled() in html.details.text


# Every number.


def test_quantities_stand_beside_each_other_with_interval_and_printed_number(page):
    headings = {"border": "border layer", "accuracy": "test accuracy"}
    found = rows(tables.numbers(page, headings, {"border": {"vgg11": 6.0}}))
    assert found[0] == {
        "network": "VGG11", "n": "2", "border layer (conv)": "6; paper 6",
        "test accuracy (%)": "61 (48 to 74)",
    }  # fmt: skip


def test_a_printed_number_of_other_runs_than_ours_is_said_to_be_not_comparable(page):
    table = tables.numbers(page, {"accuracy": "accuracy"}, {"accuracy": {"vgg11": 91.2}})
    assert rows(table)[0]["accuracy (%)"].endswith("; paper 91.2, other runs: not comparable")


def test_a_network_without_the_records_of_a_quantity_is_left_out(page):
    for outcome in page.outcomes:
        if outcome.label == "vgg11":
            del outcome.records["probes"]
    table = tables.numbers(page, {"gain_after_border": "gain"})
    assert [r["network"] for r in rows(table)] == ["VGG13"]


# Provenance and commands.


def test_every_record_of_the_page_stands_in_its_footer_one_row_a_run_and_its_seeds(page):
    found = rows(tables.footer(page))
    assert [one["run"] for one in found] == [f"vgg{n}-w0.25-cifar10-32px-e30" for n in (11, 13)]
    seeds = [outcome.records for outcome in page.outcomes if outcome.label == "vgg11"]
    keys = {records[measure].key for records in seeds for measure in records}
    links = shown(tables.footer(page)).tbody.tr.find_all("a")
    assert sorted(link["href"] for link in links) == sorted(f"../../records/{key}.json" for key in keys)
    assert [link.text for link in links if link.text.startswith("accuracy")] == ["accuracy s0"]
    assert [link.text for link in links].count("s1") == len(seeds[0])
    # Both seeds trained in 1.5 minutes each, and four measures of a quarter of a minute on each.
    assert found[0]["minutes (training + measuring)"] == "3.0 + 2.0"
    assert "4 runs, about 10 minutes of computing" in shown(tables.footer(page)).summary.text


def test_what_all_rows_of_a_footer_share_stands_once_above_them(page):
    fingerprint = page.outcomes[0].records["accuracy"].description["data_fingerprint"]
    assert shown(tables.footer(page)).p.text == (
        f"All: commit 0123456789ab+changes; data {fingerprint[:12]}; made 2020-01-02; "
        "machine a slow one, 2 threads."
    )
    assert columns(tables.footer(page)) == ["run", "records", "minutes (training + measuring)"]


def test_a_run_of_one_seed_is_named_with_it(page):
    page.outcomes[:] = page.outcomes[:1]
    (alone,) = rows(tables.footer(page))
    assert alone["run"] == "vgg11-w0.25-cifar10-32px-e30-s0"
    assert "s0" not in alone["records"]


def test_a_record_from_other_pixels_has_a_row_of_its_own(page):
    page.outcomes[0].records["accuracy"].provenance["measuring"]["pixels"] = "f" * 64
    found = [one for one in rows(tables.footer(page)) if one["run"].startswith("vgg11")]
    other, same = sorted(found, key=lambda one: one["data"] != "f" * 12)
    assert (other["run"], other["data"]) == ("vgg11-w0.25-cifar10-32px-e30-s0", "f" * 12)
    assert (same["run"], same["data"] == "f" * 12) == ("vgg11-w0.25-cifar10-32px-e30", False)


def test_what_a_page_shows_beside_its_own_stands_in_its_footer_too(page):
    part = page.part(seeds=1, models="vgg13")
    part.measure(part.runs(["vgg13"]), "accuracy")
    part.outcomes[0].records["accuracy"].provenance["measuring"]["made"] = "2021-01-02"
    other = row(tables.footer(page), made="2021-01-02")
    assert (other["run"], other["records"]) == ("vgg13-w0.25-cifar10-32px-e30-s0", "accuracy")


def test_a_commit_that_does_not_hold_the_code_says_so(page):
    """Provenance marks code that was changed after the commit; cutting the hash may not hide it."""
    assert "commit 0123456789ab+changes;" in tables.footer(page).note
    for outcome in page.outcomes:
        for record in outcome.records.values():
            record.provenance["measuring"] = record.provenance["measuring"] | {"commit": "f" * 40}
    assert f"commit {'f' * 12};" in tables.footer(page).note
    page.outcomes[0].records["accuracy"].provenance["measuring"]["commit"] = f"{'e' * 40}+changes"
    assert {one["commit"] for one in rows(tables.footer(page))} == {"f" * 12, f"{'e' * 12}+changes"}


def test_a_command_to_run_again_can_be_pasted_into_a_shell(page):
    passed = {"models": "vgg11 vgg13", "width": 0.5}
    line = f'papermill page://{PAGE} out.ipynb -p models "vgg11 vgg13" -p width 0.5'
    assert command(page, passed) == line
    text = tables.rerun(page, "Two networks", **passed).data
    assert text.startswith("Two networks (") and f"```sh\n{line}\n```" in text
