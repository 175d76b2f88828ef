"""What a page asks for, without executing its notebook: its parameters and its run cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pydantic import ValidationError

from rfbook.experiments.spec import Run
from rfbook.pages import sources
from rfbook.pages.parameters import ParameterError, in_words

Ask = tuple[Run, tuple[str, ...]]
"""A run, and the measures that are wanted of it."""

_plan: ContextVar[list[tuple[str, Ask]] | None] = ContextVar("plan", default=None)


def planning_now(tier: str, asked: Iterable[Ask]) -> bool:
    """Whether a plan is being made; then it takes note of what is asked."""
    plan = _plan.get()
    if plan is None:
        return False
    plan.extend((tier, ask) for ask in asked)
    return True


def declared(page: str) -> dict[str, object]:
    """The page's parameters and their defaults, in order, as its source assigns them."""
    return sources.defaults(sources.shared(page, sources.repository()))


def cells_of(page: str, tag: str) -> list[str]:
    """Sources of the page's code cells that carry a tag."""
    notebook = sources.shared(page, sources.repository())
    return [cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@contextmanager
def planning() -> Iterator[list[tuple[str, Ask]]]:
    """Inside, `Page.measure` only notes what is asked and at which tier; the list yielded holds it."""
    token = _plan.set([])
    try:
        yield _plan.get()
    finally:
        _plan.reset(token)


def replay(page: str, parameters: Mapping[str, object]) -> Any:
    """The `Page` after its parameters and its run cells, alone; None if the page measures nothing.

    Outside `planning` this loads or makes its records. Raises ParameterError, naming the page, for a
    value or a description of a network that cannot be.
    """
    namespace: dict[str, object] = declared(page) | dict(parameters)
    try:
        for source in cells_of(page, "run"):
            exec(compile(source, f"<{page}>", "exec"), namespace)
    except ParameterError as error:
        raise ParameterError(f"{page}: {error}") from error
    except ValidationError as error:
        raise ParameterError(f"{page}: {'; '.join(in_words(error))}") from error
    return namespace.get("page")


def asks(page: str, parameters: Mapping[str, object]) -> list[Ask]:
    """All runs and measures a page asks for with these parameters; nothing is computed."""
    return [ask for part in asks_by_tier(page, parameters).values() for ask in part]


def asks_by_tier(page: str, parameters: Mapping[str, object]) -> dict[str, list[Ask]]:
    """The same by the tier at which it is asked: a page may show a second tier beside its own."""
    with planning() as plan:
        replay(page, parameters)
        return {tier: [ask for at, ask in plan if at == tier] for tier, _ in plan}
