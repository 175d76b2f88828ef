"""How many files one touches to add a measure with a verdict, and a page: counted in the sources.

What would have to be changed or deleted to take a measure out again is what its author touched: the
files that are there for it alone, and those in which it has a row or a function beside others. Its page
is counted as a page, and its tests come on top.
"""

import ast
import inspect
import re
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.quantities.quantity import QUANTITIES, Quantity
from rfbook.claims.verdicts import judge
from rfbook.measures.obtain import obtain
from rfbook.pages import sources
from rfbook.records import requirements, stages
from rfbook.records.schemas.schema import Values
from rfbook.records.schemas.strict import Share
from rfbook.records.stages import MEASURES, Measure
from rfbook.records.store import Store
from tests.samples import tiny

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/rfbook"
CLAIMS = read_claims(ROOT / "claims")
PAGES = [page for page in sources.pages(ROOT) if not page.startswith("book/")]


def listed(section):
    """How many files a section of CONTRIBUTING says that one touches, and where they are."""
    text = (ROOT / "CONTRIBUTING.md").read_text().split(f"## {section}\n")[1].split("\n## ")[0]
    told = re.search(r"touches (?:at most )?(three|six) files: (.*?)\.\s", text, re.DOTALL)
    return {"three": 3, "six": 6}[told[1]], re.findall(r"`([\w/.]+)`", told[2])


def lies_in(path, places):
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def file_of(thing):
    module = thing if inspect.ismodule(thing) else sys.modules[thing.__module__]
    return Path(module.__file__).relative_to(ROOT).as_posix()


def function_of(measure):
    module, name = MEASURES[measure].function.split(":")
    return getattr(import_module(f"rfbook.measures.{module}"), name)


def metrics_of(function, seen=frozenset()):
    """Files of `metrics/` whose names a function uses, itself or through others of its own file."""
    home, nodes = inspect.getmodule(function), ast.walk(ast.parse(inspect.getsource(function)))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    used = [vars(home)[name] for name in names & vars(home).keys()]
    used = [thing for thing in used if hasattr(thing, "__module__") and thing not in seen]
    files = {file_of(thing) for thing in used if thing.__module__.startswith("rfbook.metrics.")}
    for thing in used:
        if inspect.isfunction(thing) and thing.__module__ == home.__name__:
            files |= metrics_of(thing, seen | {function, thing})
    return files


def alone(things_of):
    """measure -> those of its things that no other measure has."""
    counts = Counter(thing for things in things_of.values() for thing in things)
    return {measure: [t for t in things if counts[t] == 1] for measure, things in things_of.items()}


OWN_METRICS = alone({measure: metrics_of(function_of(measure)) for measure in MEASURES})
OWN_NEEDS = alone({measure: row.needs for measure, row in MEASURES.items()})


def strings(path):
    """The texts in a file's code: neither comments nor docstrings."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return {node.value for node in constants if isinstance(node.value, str)}


# A measure.


def touched(measure):
    """The files that a measure stands in, with one quantity and one claim that reads it."""
    row = MEASURES[measure]
    claim = next(row for row in CLAIMS if row.quantity and measure in row.measured.measures)
    quantities = sorted((SOURCE / "claims/quantities").glob("*.py"))
    files = {file_of(stages), file_of(row.schema), file_of(function_of(measure)), *OWN_METRICS[measure]}
    if OWN_NEEDS[measure]:
        files.add(file_of(requirements))
    files.add(next(file for file in quantities if measure in strings(file)).relative_to(ROOT).as_posix())
    return files | {f"claims/{claim.paper.replace('-', '_')}.yml"}


def test_metrics_are_those_that_a_function_calls_itself_or_through_its_file():
    assert metrics_of(function_of("translation")) == {"src/rfbook/metrics/translation.py"}
    assert "src/rfbook/metrics/one_pixel_attack.py" in metrics_of(function_of("one_pixel_attack"))
    assert metrics_of(function_of("accuracy")) == set()


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_with_a_verdict_stands_in_at_most_six_files(measure):
    limit, _ = listed("Add a measure")
    assert len(touched(measure)) <= limit == 6, sorted(touched(measure))


def test_contributing_names_every_place_that_measures_stand_in_and_one_for_each_file():
    limit, places = listed("Add a measure")
    assert len(places) == limit
    assert [place for place in places if not (ROOT / place).exists()] == []
    stands_in = {file for measure in MEASURES for file in touched(measure)} - {file_of(requirements)}
    assert [file for file in sorted(stands_in) if not lies_in(file, places)] == []
    assert [place for place in places if not any(lies_in(file, [place]) for file in stands_in)] == []


def test_no_measure_has_both_a_metric_and_a_need_that_no_other_has():
    assert [measure for measure in MEASURES if OWN_METRICS[measure] and OWN_NEEDS[measure]] == []


class Brightness(Values):
    """The values of a measure that nobody needs."""

    brightness: Share


@pytest.fixture
def brightness(monkeypatch):
    """A measure with its function, its row, its schema and a quantity; nothing else is told of it."""

    def taken(trained):
        return {"brightness": float(trained.data.test.pixels.float().mean()) / 255}, {}

    def percent(records):
        return 100 * records["brightness"].values["brightness"]

    module = ModuleType("rfbook.measures.brightness")
    module.brightness = taken
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(MEASURES, "brightness", Measure(1, "brightness:brightness", Brightness))
    monkeypatch.setitem(QUANTITIES, "brightness", Quantity(percent, ("brightness",), "%"))


def test_a_new_measure_is_made_kept_and_judged_without_another_file(brightness, tmp_path):
    store = Store((tmp_path / "runs",))
    runs = [tiny(seed=seed, epochs=0) for seed in range(3)]
    made = [obtain(run, ["brightness"], store, device="cpu") for run in runs]
    assert [store.find(run, "brightness").mistake for run in runs] == [""] * 3
    claim = Claim(
        id="SM-0-dark", paper="size-matters", where="nowhere", says="digits are rather dark",
        quantity="brightness", holds_if="below", margin=50, page="background/nowhere",
    )  # fmt: skip
    assert judge(claim, {"vgg11": made}, "smoke").word == "reproduced"
    stricter = claim.model_copy(update={"margin": 1})
    assert judge(stricter, {"vgg11": made}, "smoke").word == "not reproduced"


# A page.


def touched_by(page):
    """The page's own file, the table of contents, and the files of the claims that it tests."""
    papers = {claim.paper for claim in CLAIMS if claim.page == page}
    return {f"notebooks/{page}.md", "_toc.yml", *(f"claims/{p.replace('-', '_')}.yml" for p in papers)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_in_three_files(page):
    limit, places = listed("Add a page")
    files = touched_by(page)
    assert [file for file in files if not lies_in(file, places)] == []
    assert [file for file in sorted(files) if page not in (ROOT / file).read_text()] == []
    both = sum(file.startswith("claims/") for file in files) == 2
    assert len(files) <= limit + both and limit == 3


def test_no_code_knows_a_page_by_its_name():
    texts = {path.relative_to(SOURCE): " ".join(strings(path)) for path in SOURCE.rglob("*.py")}
    assert [(file, page) for file, text in texts.items() for page in PAGES if page in text] == []
