"""Three hundred sets of parameters, good and bad: a page plans what is asked, or says what it has."""

import random
from functools import cache
from math import inf, nan
from pathlib import Path

import pytest

from rfbook.pages import sources
from rfbook.pages.parameters import ParameterError, require_valid
from rfbook.pages.plan import declared
from rfbook.records.stages import require
from rfbook.records.store import place
from tests.pages.test_asked import FIELDS, OTHER, PAGES, VALUES, asked

pytestmark = pytest.mark.torture

SETS = 300
GOOD = VALUES | {
    "models": [OTHER, "resnet18", "vgg11, resnet18"], "device": ["auto", "cpu"], "delta": [0.5, 1.0],
}  # fmt: skip
BAD = [
    None, True, -1, 0, 7, 10**30, 1.5, nan, inf, -inf, -0.0, 1e-300, "", "32", " auto", "vgg11 vgg11",
    "resnet-18", "../results", "__import__('os')._exit(1)", "\N{SNOWMAN}" * 50, "\x00", [32], {"a": 1},
    (),
]  # fmt: skip
"""What somebody may pass by mistake; some of it is valid here and there."""
WRONG_NAMES = ["wdith", "Tier", "seed", "side ", "", "page", "learning_rate", "π"]


@pytest.fixture(autouse=True, scope="module")
def each_page_is_read_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "read", cache(sources.read))
        yield


def drawn(number):
    """A page, and up to four parameters of which some have values that nobody should pass."""
    draw = random.Random(number)
    page = draw.choice(PAGES)
    names = draw.sample(sorted(declared(page)), k=min(len(declared(page)), draw.randint(1, 4)))
    values = {name: draw.choice(BAD if draw.random() < 0.2 else GOOD[name]) for name in names}
    if draw.random() < 0.1:
        values[draw.choice(WRONG_NAMES)] = draw.choice(BAD)
    return page, values


def answer(page, values):
    """The runs that are planned, or the error that a reader is shown."""
    try:
        return asked(page, values)
    except ParameterError as refused:
        return str(refused)


def is_wrong(page, values):
    """Whether the command line refuses these values without looking at any run."""
    try:
        require_valid(declared(page), values)
    except ParameterError:
        return True
    return False


@pytest.mark.parametrize("number", range(SETS))
def test_what_is_asked_is_planned_or_refused_in_words(number, tmp_path):
    page, values = drawn(number)
    said = f"{page} {values}"
    found = answer(page, values)
    assert answer(page, values) == found, f"{said}: asked twice, answered in two ways"
    if isinstance(found, str):
        assert len(found) > len(page) + 20, f"{said}: it is not said why: {found}"
        assert "errors.pydantic.dev" not in found, f"{said}: a library's message, not ours: {found}"
        return
    assert not is_wrong(page, values), f"{said}: a wrong value is planned with"
    assert found, f"{said}: nothing is planned, and nothing is said"
    for name, part in FIELDS.items():
        if values.get(name) is not None:
            have = {getattr(getattr(run, part), name) for run, _ in found}
            assert have == {values[name]}, f"{said}: {name} is {have}"
    for run, measures in found:
        for measure in measures:
            require(run, measure)
            own = place(run, measure)
            assert own == Path(own.parts[0], own.parts[1]) and own.name.startswith(measure), own
    assert list(tmp_path.iterdir()) == [], f"{said}: a plan wrote a file"


def test_a_plan_for_every_set_is_the_same_in_any_order():
    """What one set leaves in memory changes no other's answer."""
    numbers = list(range(0, SETS, 10))
    first = {number: answer(*drawn(number)) for number in numbers}
    assert {number: answer(*drawn(number)) for number in reversed(numbers)} == first
    assert any(isinstance(found, str) for found in first.values())
    assert any(not isinstance(found, str) for found in first.values())
