"""When the tests of all claims were fixed, against the records that decide them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rfbook.backmatter.summary import Summary
from rfbook.claims.fixed import WHEN, When, when
from rfbook.claims.verdicts import Verdict
from rfbook.pages.tables.standard import WORDS, Table


def times(pages: Mapping[str, Summary | None]) -> dict[str, When]:
    """Claim -> when its test was fixed, of all that records decide or leave open."""
    fixed: dict[str, When] = {}
    for page in (summary for summary in pages.values() if summary is not None):
        made = {record.key: record.provenance for _, record in page.records()}
        for verdict in page.verdicts:
            if known := when(verdict.claim, _behind(page, verdict, made)):
                fixed[verdict.claim.id] = known
    return fixed


def _behind(
    page: Summary, verdict: Verdict, made: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The provenance of the records behind a verdict."""
    networks = [estimate.network for estimate in verdict.estimates]
    keys = {key for name in networks for key in page.keys.get((verdict.claim.id, name), [])}
    return [made[key] for key in sorted(keys)]


def table(pages: Mapping[str, Summary | None]) -> Table:
    """One row a time: how many of the claims that were fixed then came out how."""
    fixed = times(pages)
    words = {v.claim.id: v.word for page in pages.values() if page for v in page.verdicts}
    rows = []
    for known, label in WHEN.items():
        kinds = [words[claim] for claim, at in fixed.items() if at == known]
        rows.append([label, str(len(kinds)), *(str(kinds.count(word) or "") for word in WORDS)])
    heads = ("fixed", "claims", *(f"{sign} {word}" for word, sign in WORDS.items()))
    return Table("When the tests of the claims were fixed, by the records that decide them", heads, rows)
