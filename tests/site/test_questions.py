"""Questions that people bring to the built book: which links they follow, and what they read there."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup, Tag

HTML = Path(__file__).parents[2] / "build/published/_build/html"
CLICKS = 3
"""At most, from the front page."""

pytestmark = pytest.mark.skipif(
    not (HTML / "registry.csv").exists(), reason="the published book is not built: make book"
)


@dataclass
class Question:
    """What is asked, patterns of the links that lead to the answer, and one of the answer."""

    asked: str
    links: tuple[str, ...]
    answer: str


QUESTIONS = [
    Question("Where does VGG16's tail start, and where in the paper?", ("The tail pattern",),
             r"saturation falls for good at conv\d+; the paper says conv\d+"),
    Question("Does padding kernels cost accuracy?", ("Bug or feature",),
             r"accuracy without padding minus with it is|without minus with it is"),
    Question("Is 84.64 % reproduced?", ("Index of numbers and claims", "SM-3.2-accuracy"),
             r"reaches 84\.64 %.*\d+\.\d % \(\d+\.\d to \d+\.\d"),
    Question("Which record is behind a number?", ("Index of numbers and claims", "[0-9a-f]{12}"),
             r'"measure": "\w+"'),
    Question("What was not tested, and why?", ("All claims",), r"not tested: .{20,}"),
    Question("How do I run Figure 4 with VGG11 alone, and how long does it take?",
             ("The border layer",),
             r"\(about [^)]*(?:minute|hour)[^)]*\): *papermill page://size_matters/border-layer "
             r"out\.ipynb.*-p models vgg11"),
    Question("What differs from the paper in the runs?", ("Scope",),
             r"width 0\.25 \(paper 1\.0\)|quarter"),
    Question("What is a probe?", ("Glossary",),
             r"logistic regression trained on the output of one layer"),
    Question("Where do the images come from, and how many are there?", ("Data cards",),
             r"\d+ training and \d+ test images"),
    Question("What is wrong in the papers?", ("Errata",), r"Size Matters"),
    Question("Which layers of my own network do no work?", ("A network of your own",),
             r"rfbook look"),
    Question("How do I cite this?", ("How to cite",), r"@misc ?\{"),
]  # fmt: skip


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def followed(path: Path, place: str, words: str) -> tuple[Path, str]:
    """Where the first link of these words leads, in what was reached or in the contents beside it."""
    shown = [part(path, place), page(path).select_one("#pst-primary-sidebar")]
    for link in (link for area in shown for link in area.find_all("a", href=True)):
        text = re.sub(r"^[\d.]+\s+", "", " ".join(link.get_text(" ").split()))
        if re.fullmatch(words, text):
            target, fragment = urldefrag(unquote(link["href"]))
            return (path.parent / target).resolve() if target else path, fragment
    raise AssertionError(f"{path.name}#{place} has no link {words!r}")


def part(path: Path, place: str) -> Tag:
    """What a fragment names, or the text of the page."""
    found = page(path).find(id=place) if place else None
    return found or page(path).find("article")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_a_question_is_answered_within_three_clicks(question):
    path, place = (HTML / "book/index.html").resolve(), ""
    assert len(question.links) <= CLICKS
    for words in question.links:
        path, place = followed(path, place, words)
    site = path.suffix == ".html"
    text = part(path, place).get_text(" ") if site else path.read_text(encoding="utf-8")
    assert re.search(question.answer, " ".join(text.split()))
