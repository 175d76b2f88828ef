"""Every claim is a dot in the row of its section, told apart by its shape, and leads to its line."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from rfbook.backmatter import picture
from rfbook.backmatter.sections import TOPICS, section
from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.verdicts import Verdict
from rfbook.pages.tables.standard import WORDS

ROOT = Path(__file__).parents[2]
CLAIMS = read_claims(ROOT / "claims")


def drawn(verdicts):
    return BeautifulSoup(picture.Picture(verdicts)._repr_html_(), "html.parser")


@pytest.fixture(scope="module")
def every():
    """All claims of the book, with the words in turn."""
    words = list(WORDS)
    return [Verdict(one, words[place % len(words)], "why") for place, one in enumerate(CLAIMS)]


def test_every_claim_has_one_dot_with_its_name_its_verdict_and_its_line(every):
    dots = drawn(every).find_all("a")
    addresses = [dot["href"] for dot in dots]
    assert sorted(addresses) == sorted(f"../book/claims.html#{one.id}" for one in CLAIMS)
    names = {dot["href"].partition("#")[2]: dot["aria-label"] for dot in dots}
    one = next(one for one in every if one.claim.id == "SM-3.4-after")
    assert names["SM-3.4-after"] == f"SM-3.4-after, {one.word}: {one.claim.says}"


def test_verdicts_differ_in_shape_and_not_in_colour_alone(every):
    shapes = {one["id"]: one.decode_contents() for one in drawn(every).find_all("symbol")}
    assert len(set(shapes.values())) == len(WORDS)
    words = {one.claim.id: one.word for one in every}
    for dot in drawn(every).find_all("a"):
        word = words[dot["href"].partition("#")[2]]
        used = dot.find("use")["href"].removeprefix("#")
        assert used == f"rf-{word.replace(' ', '-')}" and used in shapes


def test_the_rows_of_a_paper_are_its_sections_in_their_order(every):
    rows = picture.rows(every)
    assert list(rows) == ["Size Matters", "Dead Pixel", picture.QUESTIONS]
    for paper, title in (("size-matters", "Size Matters"), ("dead-pixel", "Dead Pixel")):
        assert list(rows[title]) == list(TOPICS[paper].items())
    own = [one.claim for held in rows[picture.QUESTIONS].values() for one in held]
    assert all(one.ours or one.paper == "together" for one in own)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("3.5, Figure 8, appendix B.1", "3.5"),
        ("appendix F (headed E.3), Figure 19", "F"),
        ("abstract and 1, Table 1", "1"),
        ("C.1, C.3, Figures 9 and 11", "C"),
    ],
)
def test_a_claim_belongs_to_the_section_that_it_names_first(where, name):
    assert section(claim(where)) == name


def test_a_place_without_a_section_is_refused_with_the_claim():
    with pytest.raises(ValueError, match="X-1: 'somewhere'"):
        section(claim("somewhere"))


def claim(where):
    decides = {"quantity": "accuracy", "holds_if": "above", "margin": 0.0}
    return Claim(id="X-1", paper="size-matters", where=where, says="so", page="x/y", **decides)
