"""The ten findings of the front page follow their verdicts, and their numbers the records."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rfbook.backmatter import findings
from rfbook.claims.amounts import quoted
from rfbook.claims.claim import read_claims
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.pages import sources
from rfbook.pages.narrative import filled
from rfbook.pages.tables.standard import WORDS

ROOT = Path(__file__).parents[2]
CLAIMS = {one.id: one for one in read_claims(ROOT / "claims")}
NETWORKS = ("vgg11", "vgg13", "vgg16", "vgg19", "resnet18-padded-all-fresh", "resnet34")
MOST_WORDS = 25


def told():
    """The Markdown of the findings, as the page has it."""
    texts = [
        re.search(r'r"""\n(.*)\n"""', cell.source, re.DOTALL)
        for cell in sources.shared("book/index", ROOT).cells if cell.cell_type == "code"
    ]  # fmt: skip
    (text,) = [one[1] for one in texts if one and 'found["' in one[1]]
    return text


NAMED = re.findall(r'found\["([\w.-]+)"\]', told())


def verdict(claim, word, mean=3.25):
    """As if all these networks had been measured with three seeds each."""
    if word == "not tested":
        return Verdict(claim, word, "no records")
    interval = (mean - 1, mean + 1)
    estimates = [Estimate(name, mean, 3, interval, False, unit=claim.measured.unit) for name in NETWORKS]
    return Verdict(claim, word, "why", tuple(estimates))


def sentences(verdicts):
    """The findings in plain text, without their signs and pages."""
    text = filled(told(), {"found": findings.found(verdicts), "quoted": quoted})
    items = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]
    parts = re.compile(r"<a .*?>(.+?)</a>\s+(.+?)\s+(\{doc\}`.+`)\s*", re.DOTALL)
    found = [parts.fullmatch(one) for one in items]
    return [(one[1], " ".join(one[2].split()), one[3]) for one in found]


def all_with(word):
    return sentences([verdict(CLAIMS[name], word) for name in NAMED])


def test_there_are_ten_of_both_papers():
    assert len(NAMED) == len(set(NAMED)) == len(all_with("reproduced")) == 10
    assert {CLAIMS[name].paper for name in NAMED} == {"size-matters", "dead-pixel"}
    assert not any(CLAIMS[name].own for name in NAMED)


@pytest.mark.parametrize("word", WORDS)
def test_each_is_one_short_sentence_with_its_sign_and_its_page_whatever_the_verdict(word):
    for name, (sign, says, page) in zip(NAMED, all_with(word), strict=True):
        assert sign == f"{WORDS[word]} {verdict(CLAIMS[name], word).told}"
        assert len(says.split()) <= MOST_WORDS, says
        assert says[0].isupper() and says.endswith(".") and ". " not in says
        assert page == f"{{doc}}`../notebooks/{CLAIMS[name].page}`"


def test_a_sentence_changes_with_its_verdict():
    for held, failed, unsure, untested in zip(
        *map(all_with, ("reproduced", "not reproduced", "open", "not tested")), strict=True
    ):
        assert len({held[1], failed[1], unsure[1], untested[1]}) == 4


def test_a_sentence_changes_with_its_number():
    before = [verdict(CLAIMS[name], "not reproduced") for name in NAMED]
    after = [verdict(CLAIMS[name], "not reproduced", mean=7.75) for name in NAMED]
    assert all(a[1] != b[1] for a, b in zip(sentences(before), sentences(after), strict=True))


def test_what_was_not_tested_shows_no_number_but_the_printed_one():
    numbers = [re.findall(r"\b\d+\.\d+", says) for _, says, _ in all_with("not tested")]
    assert sorted(filter(None, numbers)) == [["84.64"]]


def test_networks_that_support_a_claim_and_those_that_do_not_are_named_as_the_papers_do():
    claim = CLAIMS["SM-3.4-after"]
    one = verdict(claim, "partly")
    low = replace(one.estimates[3], mean=0.2, interval=(0.1, 0.3))
    held = findings.Finding(replace(one, estimates=(one.estimates[0], low)))
    assert held.supporting == "VGG19"
    assert "next to nothing, as the paper says, for certain only in VGG19" in " ".join(
        says for _, says, _ in sentences(
            [held.verdict, *(verdict(CLAIMS[name], "open") for name in NAMED if name != claim.id)]
        )
    )  # fmt: skip


def test_seeds_are_said_as_they_are():
    one = verdict(CLAIMS["SM-3.2-accuracy"], "open")
    assert findings.Finding(one).seeds == "3 seeds"
    single = replace(one, estimates=(replace(one.estimates[4], n=1, interval=None),))
    assert findings.Finding(single).seeds == "one seed"
