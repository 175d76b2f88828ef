"""How long the runs of a page take: as its records say, and with other values of its parameters."""

from __future__ import annotations

from collections.abc import Iterable

from rfbook.measures.obtain import merged
from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks, declared
from rfbook.pages.sources import PUBLISHED, tier_of
from rfbook.records.expected import Pace, time_in_words


def taken(outcomes: Iterable[Outcome]) -> float:
    """Minutes that training every network once and taking every measure took, by the records."""
    every = [list(outcome.records.values()) for outcome in outcomes]
    training = sum(records[0].provenance["training"]["minutes"] for records in every if records)
    return training + sum(
        record.provenance["measuring"]["minutes"] for records in every for record in records
    )


def expected(page: str, **values: object) -> str:
    """How long a page takes with these parameters, beyond reading its published records, in words.

    Raises LookupError where no published run says so.
    """
    at = {"tier": tier_of(page, PUBLISHED)} if "tier" in declared(page) else {}
    store = store_of(PUBLISHED).published
    pace, parts = Pace(store), []
    for run, measures in merged(asks(page, at | values)).items():
        lacking = [name for name in measures if store.find(run, name) is None]
        if lacking:
            parts.append(pace.minutes(run, lacking))
    if None in parts:
        raise LookupError(f"{page} with {values}: no published run says how long it takes")
    return in_words(sum(parts)) if parts else "seconds"


def in_words(minutes: float) -> str:
    """Minutes as one says them: "about 35 minutes", "about 3.2 hours"."""
    return f"about {time_in_words(minutes)}"
