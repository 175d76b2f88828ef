"""What `rfbook teach` writes: slides, lesson plans, figures; its numbers are the registry's."""

import re
import subprocess
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from rfbook.backmatter import registry
from rfbook.experiments.architecture import titled
from rfbook.pages.sources import UnknownPage
from rfbook.site import printing
from rfbook.site.execution import PageError
from rfbook.teaching import command
from rfbook.teaching.markup import formula, inline
from tests.site import browser
from tests.skeleton import OTHER, PAGE, PAGE_TITLE

needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")
OVERFLOWING = """[...document.querySelectorAll("section")]
.filter(one => one.scrollHeight > one.clientHeight).length"""
SLIDES = "slides/one-part.html"
PLANS = ["plans/one-part-45.html", "plans/one-part-90.html"]


def html(path):
    return BeautifulSoup(path.read_text(), "html.parser")


def slides(taught):
    return html(taught / SLIDES).find_all("section")


def test_a_part_has_slides_for_question_answer_figure_verdicts_and_exercises(taught):
    headings = [one.h2.text for one in slides(taught)[1:]]
    assert headings == [
        f"{PAGE_TITLE}: what do you expect?", f"{PAGE_TITLE}: the answer", PAGE_TITLE,
        f"{PAGE_TITLE}: verdicts", f"{PAGE_TITLE}: exercises",
    ]  # fmt: skip


def test_a_question_is_asked_without_its_answer(taught):
    question = slides(taught)[1]
    assert "after 3 layers?" in question.text
    assert [one.text for one in question.find_all("li")] == ["It rises.", "It falls by ."]
    assert "Yes" not in question.text


def test_the_answer_is_filled_in_and_what_only_the_site_reads_is_in_words(taught):
    assert "It rises by 3. So says the probe." in slides(taught)[2].text


def test_the_figure_of_a_slide_has_its_caption_and_its_alternative_text(taught):
    figure = slides(taught)[3].figure
    assert figure.figcaption.text == "What is drawn & how."
    assert figure.img["alt"] == "The curve: it rises with depth, from 1 to 3"
    assert figure.img["src"].startswith("data:image/png;base64,")


def test_every_number_of_a_verdict_is_that_of_the_registry(taught):
    rows = {(row["id"], row.get("network", "")): row for row in registry.rows("published")}
    cells = slides(taught)[4].find_all("td", class_="number")
    assert len(cells) == len({claim for claim, _ in rows if rows[claim, _]["page"] == PAGE})
    numbers = [cell for cell in cells if cell["data-network"]]
    assert numbers
    for cell in numbers:
        row = rows[cell["data-claim"], cell["data-network"]]
        written = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", cell.contents[0])]
        assert written[0] == pytest.approx(row["value"], abs=0.05)
        if len(written) == 3:
            assert written[1:] == pytest.approx([row["low"], row["high"]], abs=0.5)
        assert titled(row["network"]) in cell.text


def test_a_solution_is_on_no_slide(taught):
    assert "They are all counted" not in (taught / SLIDES).read_text()


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_has_every_step_with_its_minutes(taught, plan):
    lines = html(taught / plan).tbody.find_all("tr")
    rows = [[cell.text for cell in line.find_all(["td", "th"])] for line in lines]
    steps = [step for _, step, _ in rows]
    assert steps == ["Open", "Predict", "Look", "Check", "Discuss", "Change", "Hand in"]
    assert rows[0][0].startswith("0 to ") and rows[-1][0].endswith(plan[-7:-5])
    said = " ".join(text for *_, text in rows)
    asked = "what the field does", "It rises by 3", "Why so?", "What else?", "Double them.", "a sentence"
    assert [words for words in asked if words not in said] == []


def test_every_link_leads_to_a_file_or_into_the_site(taught):
    for path in (taught / name for name in ["index.html", "exercises.html", SLIDES, *PLANS]):
        for link in html(path).find_all("a"):
            target, _, anchor = link["href"].partition("#")
            place = (path.parent / target).resolve()
            if "_build" in place.parts:  # the site, which `make teach` makes first
                assert place.is_relative_to(taught.parent / "published/_build/html"), link
                continue
            assert place.is_file(), link
            assert not anchor or html(place).find(id=anchor), link


def test_the_zip_has_every_figure_in_three_forms_with_caption_and_page(taught):
    with ZipFile(taught / "figures.zip") as archive:
        assert sorted(archive.namelist()) == ["captions.html"] + [
            f"{PAGE}/fig-toy-line.{end}" for end in ("csv", "png", "svg")
        ]
        assert archive.read(f"{PAGE}/fig-toy-line.svg").startswith(b"<svg")
        captions = BeautifulSoup(archive.read("captions.html"), "html.parser")
        assert {one["href"] for one in captions.find_all("a")} < set(archive.namelist())
    assert captions.figure.figcaption.text.startswith(f"{PAGE_TITLE}. What is drawn & how.")


def test_the_exercises_are_listed_by_level(taught):
    tables = html(taught / "exercises.html").find_all("table")
    assert [one.caption.text for one in tables] == ["Check", "Change", "Challenge"]
    assert [one.tbody.find_all("td")[0].text for one in tables] == ["2 min", "10 min", "1 h"]


def test_the_same_records_make_the_same_bytes(taught, checkout):
    before = {path: path.read_bytes() for path in taught.rglob("*") if path.is_file()}
    list(command.write(checkout, taught))
    assert {path: path.read_bytes() for path in taught.rglob("*") if path.is_file()} == before


@pytest.fixture
def changed(checkout):
    """The page is another one than was executed."""
    source = checkout / f"notebooks/{PAGE}.md"
    before = source.read_text()
    source.write_text(before + "\nMore.\n")
    yield
    source.write_text(before)


def test_a_page_that_was_changed_since_stops_it_and_what_was_there_stays(taught, checkout, changed):
    with pytest.raises(PageError, match=f"{PAGE}: it was not executed as it is now") as stopped:
        list(command.write(checkout, taught))
    assert f"python -m rfbook teach {PAGE}" in str(stopped.value), "what can be had without a book"
    assert (taught / "index.html").exists()


def handed_out(*pages, root, folder):
    """What was written for pages that were named, and what else was said."""
    lines = list(command.hand_out(pages, root, folder))
    said = [line for line in lines if not line.startswith("written: ")]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert len(files) == len(lines) - len(said)
    return files, said


def test_of_a_page_that_is_named_each_part_is_a_file_of_its_own(checkout, tmp_path):
    files, said = handed_out(PAGE, PAGE, root=checkout, folder=tmp_path)
    assert files == {
        f"student/{PAGE}.ipynb", f"instructor/{PAGE}.ipynb", f"exercises/{PAGE}.html",
        f"slides/{PAGE}.html",
    }  # fmt: skip
    assert said == []
    headings = [one.text for one in html(tmp_path / f"slides/{PAGE}.html").find_all(["h1", "h2"])]
    assert headings[:2] == [PAGE_TITLE, f"{PAGE_TITLE}: what do you expect?"]
    assert "1 page, " in html(tmp_path / f"slides/{PAGE}.html").text


def test_a_page_that_was_not_executed_has_what_needs_no_results_and_the_rest_is_named(
    checkout, changed, tmp_path
):
    files, (said,) = handed_out(PAGE, root=checkout, folder=tmp_path)
    assert files == {f"student/{PAGE}.ipynb", f"exercises/{PAGE}.html"}
    assert said.startswith(f"{PAGE}: left out: notebook for instructors and slides")
    assert said.endswith(f"make book, then python -m rfbook teach {PAGE}")
    assert "More." in (tmp_path / f"student/{PAGE}.ipynb").read_text()


def test_the_exercises_of_one_page_lead_to_its_notebook(checkout, tmp_path):
    handed_out(PAGE, root=checkout, folder=tmp_path)
    listed = tmp_path / f"exercises/{PAGE}.html"
    links = {(listed.parent / one["href"]).resolve() for one in html(listed).find_all("a")}
    assert links == {tmp_path / f"student/{PAGE}.ipynb"}


def test_what_was_written_for_all_pages_stays_when_one_is_named(taught, checkout):
    before = {path: path.read_bytes() for path in taught.rglob("*") if path.is_file()}
    list(command.hand_out([PAGE], checkout, taught))
    assert {path: path.read_bytes() for path in before} == before


def test_nothing_is_written_for_a_page_without_exercises_or_beside_an_unknown_one(checkout, tmp_path):
    with pytest.raises(PageError, match=f"{OTHER}: it has no exercises.* Name a page of"):
        list(command.hand_out([PAGE, OTHER], checkout, tmp_path))
    with pytest.raises(UnknownPage, match=f"did you mean '{PAGE}'"):
        list(command.hand_out([PAGE, "size_matters/tyni"], checkout, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_formula_is_a_picture_with_its_source_as_text():
    assert 'alt="r_l"' in formula("r_l")
    assert inline("of $r_l$ **pixels**").startswith('of <img class="math"')
    assert inline("no formula, *here*") == "no formula, <em>here</em>"


@needs_browser
def test_slides_and_plans_open_without_a_network_or_an_error_and_no_slide_is_too_full(taught, tmp_path):
    with browser.chromium(tmp_path) as program:
        for name in [SLIDES, *PLANS, "index.html", "exercises.html"]:
            visit = program.visit((taught / name).as_uri(), width=1280, ask=(OVERFLOWING,))
            assert (visit.external, visit.errors) == ([], []), name
            assert visit.answers[OVERFLOWING] == 0, name


@needs_browser
@pytest.mark.parametrize("name", [SLIDES, *PLANS])
def test_slides_and_plans_print_as_pdf(taught, tmp_path, name):
    path = tmp_path / "printed.pdf"
    own = [f"--user-data-dir={tmp_path}", f"--print-to-pdf={path}", (taught / name).as_uri()]
    subprocess.run([browser.PROGRAM, *printing.FLAGS, *own], capture_output=True, check=True)
    pages = len(printing.leaves(path.read_bytes()))
    assert pages == len(slides(taught)) if name == SLIDES else pages >= 1
