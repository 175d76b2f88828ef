"""What a page leaves for the pages about all pages: its runs and records, verdicts, scaling, provenance.

It is written when the page has been executed, by its kernel, so that nobody has to replay the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.verdicts import Estimate, Verdict, paired
from rfbook.experiments.spec import Run
from rfbook.measures.obtain import merged
from rfbook.pages import executed, minutes, sources
from rfbook.pages.outcomes import by_network
from rfbook.pages.page import Page
from rfbook.pages.plan import asks_by_tier
from rfbook.records.record import Record


def leave(path: str, root: str, page: object) -> None:
    """The last that the kernel of an executed page does.

    page: its `Page`; anything else if it has none, and then it asked for nothing.
    """
    executed.leave(Path(path), Path(root), told(page) if isinstance(page, Page) else {"asked": []})


def told(page: Page) -> dict[str, Any]:
    """The parts of a page's summary, as JSON values."""
    records = list(_records(page))
    return {
        "asked": [
            [tier, record.run.model_dump(mode="json"), record.measure] for tier, record in records
        ],
        "provenance": [record.provenance for _, record in records],
        "verdicts": [_verdict(page, verdict) for verdict in page.verdicts()],
        "scaling": page.scaled(),
        "minutes": minutes.taken([outcome for part in _parts(page) for outcome in part.outcomes]),
    }


def _parts(page: Page) -> list[Page]:
    return [page, *page.parts]


def _records(page: Page) -> Iterator[tuple[str, Record]]:
    """Every record of a page with its tier, as its run cells ask for them."""
    outcomes = [(part.tier, outcome) for part in _parts(page) for outcome in part.outcomes]
    records_of = {
        (tier, outcome.run, name): outcome.records[name]
        for tier, outcome in outcomes
        for name in outcome.records
    }
    values = {
        name: " ".join(value) if isinstance(value, tuple) else value
        for name, value in page.values.items()
    }  # as they are passed
    for tier, asked in asks_by_tier(page.name, values).items():
        for run, measures in merged(asked).items():
            yield from ((tier, records_of[tier, run, name]) for name in measures)


def _verdict(page: Page, verdict: Verdict) -> dict[str, Any]:
    return {
        "claim": verdict.claim.id,
        "word": verdict.word,
        "why": verdict.why,
        "estimates": [asdict(estimate) for estimate in verdict.estimates],
        "keys": _keys(page, verdict.claim) if verdict.estimates else {},
    }


def _keys(page: Page, claim: Claim) -> dict[str, list[str]]:
    """The keys of the records behind a claim, by network; none where it stands on numbers of others."""
    needed = set(claim.measured.measures)
    able = [outcome for outcome in page.outcomes if needed <= outcome.records.keys()]
    samples = {name: [outcome.records for outcome in seeds] for name, seeds in by_network(able).items()}
    keys = {
        network: [arm[name].key for outcome in seeds for arm in outcome for name in sorted(needed)]
        for network, seeds in paired(claim.arms, samples).items()
    }
    return {network: list(dict.fromkeys(records)) for network, records in keys.items()}


@dataclass(frozen=True)
class Summary:
    """A page as the pages about all pages see it. part: one of its parts (`told`), by name.

    A part is read when it is asked for, so that a page depends on no more than it shows.
    """

    part: Callable[[str], Any]

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdict on each claim of the page."""
        claims = {claim.id: claim for claim in read_claims(sources.repository() / "claims")}
        return [
            Verdict(
                claims[verdict["claim"]],
                verdict["word"],
                verdict["why"],
                tuple(map(_estimate, verdict["estimates"])),
            )
            for verdict in self.part("verdicts")
        ]

    @property
    def keys(self) -> dict[tuple[str, str], list[str]]:
        """The keys of the records behind each claim and network."""
        rows = self.part("verdicts")
        return {(row["claim"], name): keys for row in rows for name, keys in row["keys"].items()}

    @property
    def scaling(self) -> str:
        """What is not as in the paper, in words."""
        return self.part("scaling").partition(": ")[2]

    def records(self) -> Iterator[tuple[str, Record]]:
        """Every record, without its values, and the tier at which the page asks for it."""
        for place, (tier, run, measure) in enumerate(self.part("asked")):
            provenance = Provenance(self.part, place)
            yield tier, Record.made(Run.model_validate(run), measure, {}, {}, provenance)


@dataclass(frozen=True)
class Provenance(Mapping[str, Any]):
    """The provenance of one record of a page, read when somebody looks at it."""

    part: Callable[[str], Any]
    place: int

    def __getitem__(self, name: str) -> Any:
        return self.part("provenance")[self.place][name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.part("provenance")[self.place])

    def __len__(self) -> int:
        return len(self.part("provenance")[self.place])


def _estimate(values: Mapping[str, Any]) -> Estimate:
    interval: Sequence[float] | None = values["interval"]
    return Estimate(**{**values, "interval": None if interval is None else tuple(interval)})
