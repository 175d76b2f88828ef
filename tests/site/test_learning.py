"""What a reader operates on a page: the card of the question, the teaching view, the glossary."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site import browser

BOOK = Path(__file__).parents[2] / "book"
HTML = "build/published/_build/html"

needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def lesson(reader, built):
    """Opens the lesson, in the reading view, and answers what is asked."""
    address = (built / HTML / "notebooks/size_matters/lesson.html").as_uri()
    forget = "localStorage.removeItem('rfbook-view')"

    def opened(*ask, **how):
        reader.visit(address, ask=(forget,))
        visit = reader.visit(address + how.pop("hash", ""), ask=ask, **how)
        assert (visit.errors, visit.external) == ([], [])
        return [visit.answers[question] for question in ask]

    return opened


@pytest.fixture(scope="module")
def rendered(built):
    text = (built / HTML / "notebooks/size_matters/lesson.html").read_text()
    return BeautifulSoup(text, "html.parser")


def seen(selector):
    return f"document.querySelector({selector!r}).checkVisibility()"


@pytest.mark.parametrize("name", ["predict.js", "view.js", "terms.js", "rfbook.js"])
def test_a_script_of_every_page_asks_nobody_for_anything_and_is_short(name):
    text = (BOOK / "_static" / name).read_text()
    assert not re.search(r"\w+://|\b(fetch|import|XMLHttpRequest|eval)\b", text)
    assert text.count("\n") <= 130


def test_nothing_that_the_scripts_show_moves():
    """So that there is nothing to switch off for who prefers reduced motion."""
    text = (BOOK / "_static/learning.css").read_text()
    assert not re.search(r"\b(animation|transition|scroll-behavior)\b", text)


# The question.

OPTIONS = "[...document.querySelectorAll('.rf-option')].map((label) => label.textContent)"
CHOOSE = "(() => {{ document.querySelectorAll('.rf-option input')[{}].click(); }})()"
CHECK = "document.querySelector('.rf-predict [type=submit]').click()"
TOLD = "document.querySelector('.rf-told').innerText.trim()"
MARK = "document.querySelector('.rf-feedback').dataset.mark"


@needs_browser
def test_the_answers_of_a_question_can_be_chosen_and_the_folds_are_gone(lesson):
    options, folds = lesson(OPTIONS, seen(".predict details"))
    assert options == ["To eight.", "To nine.", "Nobody knows."]
    assert folds is False


@needs_browser
@pytest.mark.parametrize(
    "option, mark, words",
    [
        (0, "no", "No. It rises to 9."),
        (1, "yes", "Yes. It rises to 9."),
        (2, "open", "These runs cannot say."),
    ],
)
def test_a_choice_is_told_what_the_page_computed(lesson, option, mark, words):
    _, _, told, marked = lesson(CHOOSE.format(option), CHECK, TOLD, MARK)
    assert words in told
    assert marked == mark


@needs_browser
def test_nothing_is_told_before_it_is_asked_for_and_another_choice_takes_it_away(lesson):
    before = "document.querySelector('.rf-told').childElementCount"
    unasked, _, chosen, _, _, again = lesson(
        f"{before} + document.querySelectorAll('.rf-predict [type=submit]:enabled').length",
        CHOOSE.format(0), before, CHECK, CHOOSE.format(1), f"{before} + 0",
    )  # fmt: skip
    assert (unasked, chosen, again) == (0, 0, 0)


@needs_browser
def test_the_card_is_a_named_group_of_radio_buttons_whose_answer_is_read_out(lesson):
    named, live, names = lesson(
        "document.getElementById(document.querySelector('[role=radiogroup]')"
        ".getAttribute('aria-labelledby')).textContent",
        "document.querySelector('.rf-told').getAttribute('aria-live')",
        "new Set([...document.querySelectorAll('.rf-option input')].map((one) => one.name)).size",
    )
    assert named == "How high does the line rise?"
    assert (live, names) == ("polite", 1)


@needs_browser
def test_all_options_can_be_seen_together(lesson):
    button = "document.querySelectorAll('.rf-predict button')[1]"
    *_, folds, expanded = lesson(
        CHOOSE.format(0), CHECK, f"{button}.click()", seen(".predict details"), f"{button}.ariaExpanded"
    )
    assert (folds, expanded) == (True, "true")


@needs_browser
def test_without_scripts_the_folds_stay_and_nothing_is_covered(lesson):
    shown = lesson(*map(seen, (".predict details", ".answer")), scripts=False)
    assert shown == [True, True]


# The teaching view.

SWITCH = "document.querySelector('.rf-view').click()"
PRESSED = "document.querySelector('.rf-view').getAttribute('aria-pressed')"
BELOW_TITLE = "document.querySelector('article h1').nextElementSibling.className"
SIZE = "parseFloat(getComputedStyle(document.querySelector('.answer p')).fontSize)"
COVERED = "[...document.querySelectorAll('.rf-covered')].filter((one) => one.checkVisibility()).length"


@needs_browser
def test_in_the_teaching_view_the_question_is_first_and_answer_and_verdicts_are_covered(lesson):
    shown, size, _, pressed, first, covered, larger = lesson(
        COVERED, SIZE, SWITCH, PRESSED, BELOW_TITLE, f"{COVERED} + 0", f"{SIZE} + 0"
    )
    assert shown == 3  # the answer, what stands behind it, and the verdict
    assert pressed == "true"
    assert "predict" in first
    assert covered == 0
    assert larger > size


@needs_browser
def test_what_is_covered_is_shown_when_it_is_asked_for(lesson):
    ask = "document.querySelectorAll('.rf-ask')[{}].click()"
    verdict = "[...document.querySelectorAll('#verdicts p')].some((one) => one.checkVisibility())"
    words = "[...document.querySelectorAll('.rf-ask')].map((one) => one.textContent).join()"
    *_, answer, verdicts, later, said = lesson(
        SWITCH, ask.format(0), seen(".answer"), verdict, f"{ask.format(1)} || {verdict}", words
    )
    assert (answer, verdicts, later) == (True, False, True)
    assert said == "Cover the answer and the figure,Cover the verdicts"


@needs_browser
def test_the_view_is_remembered_and_left_again(reader, lesson, built):
    lesson(SWITCH)
    address = (built / HTML / "notebooks/size_matters/lesson.html").as_uri()
    other = (built / HTML / "notebooks/size_matters/plain.html").as_uri()
    kept = reader.visit(other, ask=(PRESSED,))
    back = f"{PRESSED} + ''"
    again = reader.visit(address, ask=(PRESSED, SWITCH, back, seen(".answer"), BELOW_TITLE))
    assert kept.errors == again.errors == []
    assert kept.answers[PRESSED] == again.answers[PRESSED] == "true"
    assert (again.answers[back], again.answers[seen(".answer")]) == ("false", True)
    assert "predict" not in again.answers[BELOW_TITLE]


@needs_browser
def test_a_link_to_what_is_covered_uncovers_it(reader, lesson, built):
    lesson(SWITCH)
    page = (built / HTML / "notebooks/size_matters/lesson.html").as_uri()
    visit = reader.visit("about:blank") and reader.visit(f"{page}#verdicts", ask=(seen(".answer"),))
    assert visit.answers[seen(".answer")] is False
    reader.visit("about:blank")
    inside = "document.querySelector('.answer p').id = 'answered'; location.hash = 'answered'"
    waited = f"new Promise((done) => setTimeout(() => done({seen('.answer')}), 50))"
    visit = reader.visit(page, ask=(inside, waited))
    assert visit.answers[waited] is True


@needs_browser
def test_a_browser_that_keeps_nothing_can_still_switch(lesson):
    forbid = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } }) && 1"
    assert lesson(forbid, SWITCH, PRESSED)[-1] == "true"


@needs_browser
@pytest.mark.parametrize("width", [400, 1200])
def test_the_teaching_view_does_not_move_the_page_sideways(lesson, width):
    *_, found = lesson(SWITCH, "document.documentElement.scrollWidth", width=width)
    assert found <= width


# The glossary.


def test_the_first_use_of_a_term_on_a_page_leads_to_the_glossary(rendered):
    links = rendered.find("article").find_all("a", class_="rf-term")
    assert [(" ".join(link.text.split()), link["href"].partition("#")[2]) for link in links] == [
        ("Receptive fields", "term-receptive-field"),
        ("effective field", "term-effective-field"),
        ("jump", "term-jump"),
        ("position probe", "term-position-probe"),
    ]


def test_a_page_carries_the_definitions_of_its_own_terms(rendered):
    held = json.loads(rendered.find("script", id="rf-terms").string)
    assert held["term-receptive-field"] == "All pixels that one unit sees, as many as <64>."
    assert held["term-effective-field"] == "Another field than the receptive field."
    names = ("receptive-field", "effective-field", "jump", "position-probe")
    assert held.keys() == {f"term-{name}" for name in names}


def test_a_page_without_a_term_carries_none(built):
    assert "rf-terms" not in (built / HTML / "notebooks/size_matters/plain.html").read_text()
    assert 'class="rf-term' not in (built / HTML / "book/glossary.html").read_text()


TIP = "(document.getElementById('rf-tip').hidden ? '' : document.getElementById('rf-tip').textContent)"
FOCUS = "document.querySelector('a.rf-term').focus()"


@needs_browser
def test_a_definition_is_shown_at_the_term_that_has_the_focus_and_escape_takes_it_away(lesson):
    described = "document.querySelector('a.rf-term').getAttribute('aria-describedby')"
    escape = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))"
    none, _, shown, by, _, gone = lesson(TIP, FOCUS, f"{TIP} + ''", described, escape, f"'' + {TIP}")
    assert (none, gone) == ("", "")
    assert shown == "All pixels that one unit sees, as many as <64>."
    assert by == "rf-tip"


@needs_browser
def test_the_first_tap_shows_the_definition_and_the_second_follows_the_link(lesson):
    tap = """(() => {
      const link = document.querySelector("a.rf-term");
      link.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", bubbles: true }));
      const click = new MouseEvent("click", { bubbles: true, cancelable: true });
      addEventListener("click", (event) => event.preventDefault(), { once: true });
      let stopped = false;
      link.addEventListener("click", (event) => { stopped = event.defaultPrevented; }, { once: true });
      link.dispatchEvent(click);
      return stopped;
    })()"""
    first, shown, second = lesson(tap, TIP, f"{tap} || false")
    assert (first, second) == (True, False)
    assert shown.startswith("All pixels")


@needs_browser
def test_a_definition_lies_within_a_narrow_screen(lesson):
    box = "document.getElementById('rf-tip').getBoundingClientRect().{}"
    below = "document.querySelector('a.rf-term').getBoundingClientRect().bottom"
    sides = map(box.format, ("left", "right", "width", "top"))
    _, left, right, wide, top, bottom = lesson(FOCUS, *sides, below, width=400)
    assert 0 <= left and right <= 400 and wide > 100
    assert abs(top - bottom) < 10
