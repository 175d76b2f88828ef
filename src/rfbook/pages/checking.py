"""Whether a reader's answer is right, and if not, why: the page's own solution is asked.

Nothing is typed: the solution in the page's source is executed among the variables of the notebook, so
the right answer is what the page's records and metrics give there, with its parameters.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from numbers import Integral, Real
from typing import Any

import numpy as np
from IPython.display import Markdown

from rfbook.experiments.places import repository
from rfbook.pages.exercises import ANSWER, SLIPS, of_page

PRECISION = 0.01
"""A number that is not whole may differ by this share: two digits are enough."""

ROUNDED = 0.05
"""One with a decimal point may be rounded where it ends, by at most this share."""


class NotYet(AssertionError):
    """An answer that is not right; the message says why."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the sentence, and no traceback."""
        return [str(self)]


def check(label: str, names: Mapping[str, Any]) -> Markdown:
    """Compares `answer` with what the page's solution of this exercise finds; says so if it agrees.

    label: of the exercise, such as "ex-border-check". names: the notebook's `globals()`.
    Raises NotYet, which says what is wrong, and LookupError for an unknown label.
    """
    exercises = of_page(names["page"].name, repository())
    if label not in exercises:
        raise LookupError(f"{names['page'].name} has no exercise {label!r}: {', '.join(exercises)}")
    expected, slips = solved(exercises[label].solution, names)
    reason = why(names.get(ANSWER, ...), expected, slips)
    if reason:
        raise NotYet(f"Not yet ({label}): {reason}")
    return Markdown("**Right.**")


def solved(solution: Sequence[str], names: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The answer that a solution finds among these variables, and what one gets by which mistake.

    Nothing that it prints is shown, and none of the names changes.
    """
    own = {name: value for name, value in names.items() if name != ANSWER}
    with redirect_stdout(io.StringIO()):
        for number, source in enumerate(solution, 1):
            exec(compile(source, f"<solution, cell {number}>", "exec"), own)
    return own[ANSWER], own.get(SLIPS, {})


def why(answer: object, expected: object, slips: Mapping[str, object]) -> str:
    """Why an answer is wrong, empty if it is right.

    slips: a reason -> the answer that one gets by it. A known one is named; of any other it is said
    where and in which direction it differs, and which mistakes are made here.
    """
    if answer is ...:
        return "there is no answer yet. Replace the dots in the cell above, and run both cells again."
    reason = difference(answer, expected)
    if not reason:
        return ""
    for mistake, slip in slips.items():
        if not difference(answer, slip):
            return mistake
    usual = " ".join(["Usual mistakes:", *slips]) if slips else ""
    return f"{reason[0].upper()}{reason[1:]}. {usual}".strip()


def difference(answer: object, expected: object) -> str:
    """How an answer differs from what is expected, in words that do not give it away; empty if not."""
    if isinstance(expected, (bool, np.bool_)):
        if not isinstance(answer, (bool, np.bool_)):
            return f"the answer is True or False, and yours is {_kind(answer)}"
        return "" if bool(answer) == bool(expected) else "it is the other way round"
    if isinstance(expected, str):
        if not isinstance(answer, str):
            return f"the answer is a text, and yours is {_kind(answer)}"
        return "" if answer.strip().lower() == expected.lower() else f"it is not {answer.strip()!r}"
    if isinstance(expected, Real):
        return _of_numbers(answer, expected)
    if isinstance(expected, Mapping):
        return _of_mappings(answer, expected)
    return _of_sequences(answer, expected)


def _of_numbers(answer: object, expected: Real) -> str:
    if not isinstance(answer, Real) or isinstance(answer, (bool, np.bool_)):
        return f"the answer is a number, and yours is {_kind(answer)}"
    given, wanted = float(answer), float(expected)
    decimals = len(repr(given).partition(".")[2])
    margin = max(PRECISION * abs(wanted), min(0.5 * 10**-decimals, ROUNDED * abs(wanted)))
    if abs(given - wanted) <= (0 if isinstance(expected, Integral) else margin):
        return ""
    return f"your {given:g} is too {'small' if given < wanted else 'large'}"


def _of_mappings(answer: object, expected: Mapping[Any, Any]) -> str:
    if not isinstance(answer, Mapping):
        return f"the answer names {', '.join(map(str, expected))}, and yours is {_kind(answer)}"
    if answer.keys() != expected.keys():
        return f"the answer names {', '.join(map(str, expected))}, yours {', '.join(map(str, answer))}"
    return _first((str(name), answer[name], expected[name]) for name in expected)


def _of_sequences(answer: Any, expected: Any) -> str:
    wanted = list(expected)
    if isinstance(answer, str) or not hasattr(answer, "__len__"):
        return f"the answer has {len(wanted)} parts, and yours is {_kind(answer)}"
    if len(answer) != len(wanted):
        return f"the answer has {len(wanted)} parts, and yours {len(answer)}"
    given = sorted(answer) if isinstance(answer, (set, frozenset)) else list(answer)
    parts = zip(given, wanted, strict=True)
    return _first((f"part {n}", value, other) for n, (value, other) in enumerate(parts, 1))


def _first(compared: Any) -> str:
    """The first of several parts that differs: (its name, answer, expected)."""
    for name, answer, expected in compared:
        reason = difference(answer, expected)
        if reason:
            return f"{name}: {reason}"
    return ""


def _kind(answer: object) -> str:
    return "nothing" if answer is None else f"of type {type(answer).__name__}"
