"""The report of faults made on purpose is kept of a whole run only, with what failed in it."""

from types import SimpleNamespace

import pytest

from tests.torture.conftest import Kind, note, rows

FILES = {"test_kills", "test_races"}


def kinds(tried=3):
    return {"test_kills": Kind("kills", 3, tried, 2, 4.56), "test_races": Kind("races", 1, 1, 1)}


def test_a_whole_run_is_kept_with_what_failed_in_it():
    assert rows(kinds(), FILES) == [
        {"fault": "kills", "tried": 3, "held": 2, "seconds": 4.6},
        {"fault": "races", "tried": 1, "held": 1, "seconds": 0.0},
    ]


@pytest.mark.parametrize("tried, files", [(2, FILES), (3, FILES | {"test_fuzz"})])
def test_a_run_that_leaves_out_a_test_or_a_file_is_not_kept(tried, files):
    assert rows(kinds(tried), files) == []


@pytest.mark.parametrize(
    "ends, tried, harmless",
    [
        ({"setup": "passed", "call": "passed", "teardown": "passed"}, 1, 1),
        ({"setup": "passed", "call": "failed", "teardown": "passed"}, 1, 0),
        ({"setup": "failed", "teardown": "passed"}, 1, 0),
        ({"setup": "passed", "call": "passed", "teardown": "failed"}, 1, 0),
        ({"setup": "skipped", "teardown": "passed"}, 0, 0),
    ],
)
def test_a_test_is_tried_when_it_ran_and_holds_when_nothing_failed(ends, tried, harmless):
    kind = Kind("a kind", 1)
    for when, outcome in ends.items():
        phase = {name: name == outcome for name in ("passed", "failed", "skipped")}
        note(kind, SimpleNamespace(when=when, duration=0.5, **phase))
    assert (kind.tried, kind.held, kind.seconds) == (tried, harmless, 0.5 * len(ends))
