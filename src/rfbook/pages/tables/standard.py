"""Every table of the book, generated: parameters, what the paper says, ours beside it, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rfbook.claims.amounts import quoted, with_unit
from rfbook.claims.claim import Claim
from rfbook.claims.quantities.quantity import unit_of_differences
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import Verdict
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.parameters import PARAMETERS
from rfbook.pages.plan import declared
from rfbook.pages.unsaid import NO_VALUE, is_finite

WORDS = {
    "reproduced": "●",
    "partly": "◐",
    "not reproduced": "○",
    "open": "◇",
    "not tested": "◌",
}
"""A sign beside each verdict word, so that neither colour nor shape is needed to read it."""


@dataclass(frozen=True)
class Table:
    """A table with a caption, header cells and text cells; shown as HTML.

    A cell may be a pair (text, address): a link.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | tuple[str, str]]]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        return (
            f'<div class="rf-table"><table><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _cells(row: Sequence[str | tuple[str, str]]) -> str:
    first, *rest = (_cell(cell) for cell in row)
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)


def _cell(cell: str | tuple[str, str]) -> str:
    if isinstance(cell, tuple):
        return f'<a href="{escape(cell[1])}">{escape(cell[0])}</a>'
    text = str(cell)
    return escape(text if is_finite(text) else NO_VALUE)


def parameters(page: Page) -> Table:
    """The page's parameters: default, value in use, valid values, meaning."""
    rows = [
        [name, str(default), _shown(page.values[name]), PARAMETERS[name].valid,
         PARAMETERS[name].meaning]
        for name, default in declared(page.name).items()
    ]  # fmt: skip
    return Table("Parameters", ["name", "default", "here", "valid", "meaning"], rows)


def _shown(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def says(page: Page) -> Table:
    """The page's claims in our words, and where they stand."""
    rows = [[claim.id, claim.where, claim.says, condition(claim)] for claim in page.claims()]
    return Table("Claims of this section", ["claim", "where", "what it says", "holds if"], rows)


def condition(claim: Claim) -> str:
    """The comparison that decides a claim, in words; for one that is not tested, why."""
    if claim.quantity is None:
        return f"not tested: {claim.untested}"
    name, unit = claim.quantity.replace("_", " "), claim.measured.unit
    name += f" of {' against '.join(claim.arms)}" if claim.arms else ""
    unit = unit_of_differences(unit) if claim.holds_if == "near" else unit
    margin = with_unit(quoted(claim.margin), unit)
    if claim.holds_if == "near":
        return f"{name} at most {margin} from the printed value"
    if claim.holds_if == "within":
        return f"{name} between -{quoted(claim.margin)} and {margin}"
    return f"{name} {claim.holds_if} {margin}"


def verdicts(page: Page) -> Table:
    """One row a claim and network: original, ours, n, interval, verdict."""
    rows = [row for verdict in page.verdicts() for row in _verdict_rows(verdict)]
    columns = ["claim", "network", "printed", "ours", "n", "95 % interval", "verdict"]
    return Table(f"Verdicts ({page.scaled()})", columns, rows)


def _verdict_rows(verdict: Verdict) -> Iterable[list[str]]:
    word = f"{WORDS[verdict.word]} {verdict.word}: {verdict.why}"
    if not verdict.estimates:
        yield [verdict.claim.id, "", "", "", "0", "", word]
    for index, one in enumerate(Estimates(verdict.estimates)):
        printed = verdict.claim.printed.get(one.network)
        yield [
            verdict.claim.id, one.network, "" if printed is None else quoted(printed),
            str(one), str(one.n), one.around, word if index == 0 else "",
        ]  # fmt: skip


def comparison(page: Page, quantity: str, printed: dict[str, float], caption: str) -> Table:
    """A quantity of every network: the paper's number beside ours, with n and interval."""
    needed = set(QUANTITIES[quantity].measures)
    able = [outcome for outcome in page.outcomes if needed <= outcome.records.keys()]
    (found,) = page.each(quantity, outcomes=able)
    ours = {one.network: [str(one.value), str(one.n), one.around] for one in found}
    rows = [
        [network, quoted(printed.get(network)),
         *(ours.get(network) or [found.undefined[network], str(len(seeds)), ""])]
        for network, seeds in by_network(able).items()
    ]  # fmt: skip
    unit = QUANTITIES[quantity].unit
    return Table(f"{caption} ({unit}; {page.only(able).scaled()})",
                 ["network", "original", "ours", "n", "95 % interval"], rows)  # fmt: skip


def footer(page: Page) -> Table:
    """Provenance of everything above: record, commit, data, machine, minutes."""
    rows, every = [], [page, *page.parts]
    outcomes = [outcome for part in every for outcome in part.outcomes]
    for outcome in outcomes:
        for record in outcome.records.values():
            made = record.provenance["measuring"]
            minutes = record.provenance["training"]["minutes"]
            rows.append([
                f"{outcome.run.slug()} {record.measure}",
                f"{minutes:.1f} + {made['minutes']:.1f}", record.key, _commit(made["commit"]),
                (made.get("pixels") or record.description["data_fingerprint"])[:12], made["made"][:10],
                f"{made['processor']}, {made['threads']} thread{'s' * (made['threads'] != 1)}",
            ])  # fmt: skip
    columns = ["record", "minutes (train + measure)", "key", "commit", "data", "made", "machine"]
    tiers = "; ".join(part.scaled() for part in every)
    caption = f"Provenance ({tiers}); made in {minutes_of(outcomes):.1f} minutes in all"
    return Table(caption, columns, rows)


def minutes_of(outcomes: Sequence[Outcome]) -> float:
    """What training every network once and taking every measure took, by the records."""
    records = [list(outcome.records.values()) for outcome in outcomes]
    training = sum(held[0].provenance["training"]["minutes"] for held in records if held)
    measuring = [one.provenance["measuring"]["minutes"] for held in records for one in held]
    return training + sum(measuring)


def _commit(full: str) -> str:
    """The first digits, and whether the code was changed after the commit."""
    commit, plus, changes = full.partition("+")
    return commit[:12] + plus + changes


def rerun(page: Page, what: str, **values: object) -> Table:
    """A ready command that runs this page with other parameters."""
    passed = " ".join(f'-p {name} "{value}"' if " " in str(value) else f"-p {name} {value}"
                      for name, value in values.items())  # fmt: skip
    command = f"papermill page://{page.name} out.ipynb {passed}"
    return Table("Run it", ["what", "command"], [[what, command]])
