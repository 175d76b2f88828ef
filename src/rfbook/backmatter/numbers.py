"""From a number that a paper prints, or a claim's id, to the records: an index that search can find.

Sphinx's search ignores numbers in a text but knows the entries of an index, so each is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from rfbook.backmatter.listing import NUMBERS
from rfbook.backmatter.summary import Summary
from rfbook.claims.amounts import quoted
from rfbook.claims.verdicts import Verdict
from rfbook.experiments.architecture import titled
from rfbook.pages.addresses import claim_address, record_address
from rfbook.pages.estimates import Estimates

NONE = "none"

Keys = Mapping[tuple[str, str], list[str]]
"""Claim and network -> the keys of the records behind its estimate."""


def keys(pages: Mapping[str, Summary | None]) -> dict[tuple[str, str], list[str]]:
    """Of all pages that have all their records."""
    return {place: keys for page in pages.values() if page for place, keys in page.keys.items()}


def printed(verdicts: Iterable[Verdict], keys: Keys) -> str:
    """Markdown: one row a number that a paper prints, or that its sentence implies, by size.

    Search leads to the first row of a number, and of those the first are the ones with records.
    """
    rows = [
        (value, _records(keys.get((verdict.claim.id, name), ())), name, verdict)
        for verdict in verdicts for name, value in verdict.claim.printed.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (abs(row[0]), row[0], row[1] == NONE, row[2]))
    first = [place == 0 or rows[place - 1][0] != row[0] for place, row in enumerate(rows)]
    lines = [
        (
            _entry(quoted(value)) if begins else quoted(value), titled(name),
            _link(claim_address(verdict.claim.id, NUMBERS), verdict.claim.id),
            _ours(verdict, name), records,
        )
        for begins, (value, records, name, verdict) in zip(first, rows, strict=True)
    ]  # fmt: skip
    return _table(("printed", "network", "claim", "ours", "records"), lines)


def claims(verdicts: Iterable[Verdict], keys: Keys) -> str:
    """Markdown: one row a claim, with all its records by network."""
    return _table(
        ("claim", "records"), [_claim(verdict, keys) for verdict in verdicts]
    )


def _claim(verdict: Verdict, keys: Keys) -> Sequence[str]:
    claim = verdict.claim
    records = [
        f"{titled(estimate.network)}: {_records(keys[claim.id, estimate.network])}"
        for estimate in verdict.estimates if keys.get((claim.id, estimate.network))
    ]  # fmt: skip
    return (
        f'<span id="{escape(claim.id)}"></span>'
        f'<a href="{escape(claim_address(claim.id, NUMBERS))}">{_entry(claim.id)}</a>',
        "; ".join(records) or NONE,
    )


def _ours(verdict: Verdict, network: str) -> str:
    shown = Estimates(verdict.estimates)
    return shown[network].sure if network in shown else verdict.told


def _records(keys: Iterable[str]) -> str:
    return " ".join(_link(record_address(key, NUMBERS), key) for key in keys) or NONE


def _entry(text: str) -> str:
    """The text, as the first place to which search leads who asks for it."""
    return f"{{index}}`!{text}`"


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _table(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    head = [columns, ["---"] * len(columns)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (*head, *lines)) + "\n"
