"""Sentences of a conclusion, and what the verdicts on their claims make of them."""

from pathlib import Path

import matplotlib
import pytest
import yaml
from matplotlib import pyplot

from rfbook.backmatter import conclusion
from rfbook.backmatter.census import census
from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.verdicts import Verdict
from rfbook.pages.figures import style
from rfbook.pages.tables.standard import WORDS
from tests import skeleton
from tests.reading import row, rows, shown_in

ROOT = Path(__file__).parents[2]
ROWS = """
- says: "layers see more than the image"
  claims: [SM-1-border, SM-1-never]
- says: "and it costs less"
  beyond: "nobody measured a cost"
"""


def judged(**words):
    known = {"paper": "size-matters", "where": "1", "page": skeleton.PAGE, "untested": "so"}
    return [
        Verdict(Claim(id=name.replace("_", "-"), says=f"what {name} says", **known), word, "why")
        for name, word in words.items()
    ]


@pytest.fixture
def stated(repository):
    (repository / "claims/tables").mkdir()
    (repository / "claims/tables/conclusion_dead_pixel.yml").write_text(ROWS)
    verdicts = judged(SM_1_border="reproduced", SM_1_never="not tested", SM_1_other="partly")
    return conclusion.sentences(verdicts, "dead_pixel")


def sentence(**words):
    return conclusion.Sentence("so it is", tuple(judged(**words)))


def test_a_sentence_is_weighed_by_its_claims():
    """Two of three is two thirds; a claim that holds in part supports by half."""
    assert sentence(A="reproduced", B="reproduced", C="not reproduced").word == "reproduced"
    assert sentence(A="reproduced", B="not reproduced", C="not tested").word == "partly"
    assert sentence(A="partly", B="not reproduced", C="not reproduced").word == "not reproduced"
    assert sentence(A="reproduced", B="open", C="open").word == "open"
    assert sentence().word == "not tested"


def test_where_its_word_hangs_on_what_is_true_by_construction_the_one_without_stands_beside_it():
    exact = Claim(
        id="E", paper="size-matters", where="1", says="so", page="a/b", quantity="last_field",
        holds_if="above", margin=9,
    )  # fmt: skip
    sure = Verdict(exact, "reproduced", "why")
    measured = judged(A="reproduced", B="not reproduced")
    hanging = conclusion.Sentence("so it is", (sure, *measured))
    assert hanging.told == "reproduced (partly without what is true or false by construction)"
    assert conclusion.Sentence("so it is", (sure, *judged(A="reproduced"))).told == "reproduced"


def test_a_sentence_is_supported_by_those_of_its_decided_claims_that_hold():
    some = sentence(A="reproduced", B="reproduced", C="not reproduced", D="open", E="not tested")
    assert (some.decided, some.support) == (3, 2 / 3)
    assert sentence(A="reproduced", B="partly").support == 0.75
    assert (sentence(A="open").decided, sentence(A="open").support) == (0, 0)


def test_how_much_support_a_sentence_has_stands_beside_its_word():
    some, none = sentence(A="reproduced", B="not reproduced"), sentence(A="open")
    assert [one["support"] for one in rows(conclusion.summary([some, none]))] == ["50 %", ""]


def test_a_sentence_has_the_verdicts_of_its_claims_and_no_other(stated):
    first, second = stated
    assert [verdict.claim.id for verdict in first.verdicts] == ["SM-1-border", "SM-1-never"]
    assert (first.word, first.count("not tested")) == ("reproduced", 1)
    assert (second.verdicts, second.word) == ((), "not tested")


def test_a_sentence_that_rests_on_numbers_of_others_alone_says_so():
    known = {"paper": "dead-pixel", "where": "3", "page": skeleton.PAGE, "says": "so", "margin": 0.0}
    printed = Claim(id="A", quantity="printed_depth_exponent", holds_if="below", **known)
    measured = Claim(id="B", quantity="accuracy", holds_if="above", **known)
    others, ours = (Verdict(claim, "reproduced", "why") for claim in (printed, measured))
    untested = Verdict(measured, "not tested", "why")
    assert conclusion.Sentence("it is", (others, untested)).told == "reproduced (on numbers of others)"
    assert conclusion.Sentence("it is", (others, ours)).told == "reproduced"
    assert conclusion.Sentence("it is", (untested,)).told == "not tested"


@pytest.mark.parametrize("paper", ["size_matters", "dead_pixel"])
def test_the_books_own_questions_weigh_nothing_in_a_sentence_of_a_paper(paper):
    stated = yaml.safe_load((ROOT / f"claims/tables/conclusion_{paper}.yml").read_text())
    own = {claim.id for claim in read_claims(ROOT / "claims") if claim.own}
    assert not own & {name for row in stated for name in row.get("claims", [])}


def test_a_claim_that_does_not_exist_is_refused_by_its_name(stated):
    with pytest.raises(LookupError, match="there is no claim SM-1-never"):
        conclusion.sentences(judged(SM_1_border="reproduced"), "dead_pixel")


def test_what_no_claim_stands_for_is_told(stated):
    found = row(conclusion.summary(stated), **{"what it says": "and it costs less"})
    assert found["beyond"] == "nobody measured a cost"
    assert found["sentence"] == f"{WORDS['not tested']} not tested"


def test_every_claim_behind_a_sentence_is_listed_with_its_sign_and_a_link_to_its_line(stated):
    shown = conclusion.details(stated)
    assert rows(shown) == [
        {"sentence": "layers see more than the image",
         "claims": f"{WORDS['reproduced']} SM-1-border, {WORDS['not tested']} SM-1-never"},
    ]  # fmt: skip
    for name in ("SM-1-border", "SM-1-never"):
        assert f'href="../../book/claims.html#{name}"' in shown._repr_html_()


def test_a_page_behind_the_conclusion_is_listed_with_how_many_records_it_has(stated):
    found = row(conclusion.pages(stated, census("published")), page=skeleton.PAGE)
    assert found["records"] == "0 of 16"
    assert len(rows(conclusion.pages(stated, census("published")))) == 1


def test_bars_are_stacked_in_the_order_of_the_words(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "show", shown_in(shown))
    counts = dict(zip(WORDS, (2, 1, 0, 4, 3), strict=True))
    many = judged(**{f"{word}{n}": word for word, count in counts.items() for n in range(count)})
    stated = [
        conclusion.Sentence("a", tuple(many)),
        conclusion.Sentence("b", tuple(judged(**{word: word for word in WORDS}))),
    ]
    words = ("Claims behind two statements by verdict", "Claims.", "fig-claims")
    with matplotlib.rc_context():
        conclusion.verdict_bars(stated, *words)
        ((figure, *said),) = shown
        (axis,) = figure.axes
        bars = {c.get_label(): [(b.get_x(), b.get_width()) for b in c] for c in axis.containers}
        figure.draw_without_rendering()
    pyplot.close("all")
    assert tuple(said) == words
    assert list(bars) == list(WORDS)
    assert [bars[word][0] for word in WORDS] == [(0, 2), (2, 1), (3, 0), (3, 4), (7, 3)]


@pytest.mark.parametrize("paper", ["size-matters", "dead-pixel"])
def test_a_papers_sentences_name_claims_of_it_that_exist_or_say_what_is_beyond_them(paper):
    known = {claim.id for claim in read_claims(ROOT / "claims") if claim.paper == paper}
    path = ROOT / f"claims/tables/conclusion_{paper.replace('-', '_')}.yml"
    for held in yaml.safe_load(path.read_text()):
        assert held.keys() <= {"says", "claims", "beyond"}
        assert held.get("claims") or held.get("beyond"), held["says"]
        assert set(held.get("claims", [])) <= known
