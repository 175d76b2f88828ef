"""Every page at tier smoke, all its cells, with two values that nobody tried before.

The cells run in this process, one after the other as in a kernel, with the cell that papermill injects
below the parameters. Executed for real are the smoke book and the pages in `test_flags.py`.
"""

import random
import re
from functools import cache
from math import isfinite

import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from rfbook.experiments import places
from rfbook.pages import sources
from rfbook.pages.parameters import ParameterError
from rfbook.pages.plan import asks, declared
from rfbook.pages.unsaid import is_finite
from tests.torture.house import ROOT

pytestmark = [pytest.mark.torture, pytest.mark.filterwarnings("default")]

UNUSUAL = {
    "side": [40, 72, 96], "width": [0.07, 0.2], "epochs": [0, 1], "images": [37, 130],
    "test_images": [5, 21],
    "seeds": [1, 2], "delta": [0.5, 1.0], "floor": [3],
    "models": ["resnet18", "vgg13", "resnext50_32x4d", "efficientnet_b0", "efficientnet_lite0"],
}  # fmt: skip
SMALL = {
    "tier": "smoke", "seeds": 1, "floor": 2, "epochs": 1, "images": 60, "test_images": 8,
    "width": 0.0625,
}  # fmt: skip
"""The other parameters, so that a page takes seconds."""
PAGES = [
    page
    for page in [*sources.pages(ROOT), *sources.planned(ROOT)]
    if len(UNUSUAL.keys() & declared(page).keys()) > 1
]


def passed_to(page):
    """The values of the page: two unusual ones that it takes together, the rest small."""
    draw, names = random.Random(page), sorted(UNUSUAL.keys() & declared(page).keys())
    for _ in range(100):
        unusual = {name: draw.choice(UNUSUAL[name]) for name in draw.sample(names, 2)}
        values = {name: value for name, value in SMALL.items() if name in declared(page)} | unusual
        try:
            asks(page, values)
        except ParameterError:
            continue
        return values
    raise AssertionError(f"{page}: of 100 pairs of unusual values it takes none")


def run(page, values):
    """Executes all cells of a page: (its variables, the text of each output)."""
    shell, texts = InteractiveShell(), []
    for cell in sources.read(page, ROOT).cells:
        if cell.cell_type != "code":
            continue
        found = [cell.source]
        if "parameters" in cell.metadata.get("tags", []):
            found.append("\n".join(["# Parameters", *(f"{k} = {v!r}" for k, v in values.items())]))
        for source in found:
            with capture_output() as captured:
                done = shell.run_cell(source, store_history=True)
            assert done.success, f"{page} {values}: {done.error_in_exec or done.error_before_exec!r}"
            texts += [text for output in captured.outputs for text in shown(output.data)]
            texts += [captured.stdout, *shown(shell.display_formatter.format(done.result)[0])]
    return shell.user_ns, texts


def shown(forms):
    """What of an output's forms a reader reads: no markup, no pictures."""
    for form, text in forms.items():
        text = str(text)
        if "html" in form:
            yield BeautifulSoup(text, "html.parser").get_text(" ")
        elif "image" not in form:
            yield re.sub(r"data:[a-z/+]+;base64,\S+", "", text)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository by links, so that records and weights go elsewhere."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("notebooks", "book", "claims", "results", "_toc.yml"):
        (root / name).symlink_to(ROOT / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "__file__", str(root / "src/rfbook/experiments/places.py"))
        patch.setattr(sources, "read", cache(sources.read))
        yield root


def impossible(page):
    """Claims of the page whose estimate or interval cannot be."""
    for verdict in page.verdicts():
        for one in verdict.estimates:
            low, high = verdict.claim.measured.possible
            ends = (one.mean, one.mean) if one.interval is None else one.interval
            ordered = low - 1e-9 <= ends[0] <= one.mean <= ends[1] <= high + 1e-9
            if not (ordered and all(map(isfinite, ends))):
                yield f"{verdict.claim.id}: {one.network} {one.mean} {ends}, possible is {low} to {high}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_two_unusual_values_says_nothing_impossible(page, copy, monkeypatch):
    monkeypatch.setenv("RFBOOK_CACHE", str(copy / "cache"))
    monkeypatch.chdir(copy)
    values = passed_to(page)
    names, texts = run(page, values)
    said, opened = f"{page} {values}", names["page"]
    assert [text for text in texts if not is_finite(text)] == [], f"{said}: a number is nan or inf"
    assert list(impossible(opened)) == [], f"{said}: an interval that cannot be"
    every = [outcome for part in (opened, *opened.parts) for outcome in part.outcomes]
    sides = {outcome.run.data.side for outcome in every}
    if "side" in values and opened.asked("side"):
        assert {outcome.run.data.side for outcome in opened.outcomes} == {values["side"]}, said
    slugs = {int(side) for text in texts for side in re.findall(r"-(\d+)px(?:-|\b)", text)}
    captions = {int(side) for text in texts for side in re.findall(r"\bside (\d+) \(paper", text)}
    assert (slugs | captions) <= sides, f"{said}: sides {slugs | captions} are shown, {sides} were run"
    assert slugs == sides, f"{said}: the provenance names the sides {slugs}, {sides} were run"
