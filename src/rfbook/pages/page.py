"""The page, as a notebook holds it: parameters in; runs, records, verdicts and provenance out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pydantic import ValidationError

from rfbook.claims.claim import Claim, read_claims
from rfbook.claims.evidence import SOURCES, evidence
from rfbook.claims.quantities.registry import quantity_named
from rfbook.claims.verdicts import Verdict, judge, paired
from rfbook.experiments.description import Edition
from rfbook.experiments.editions import chosen
from rfbook.experiments.spec import RECIPES, Data, Model, Recipe, Run
from rfbook.experiments.tiers import Changes, scale, stand_in, with_changes
from rfbook.measures.obtain import obtain
from rfbook.pages import prose, sources
from rfbook.pages.estimates import Estimates
from rfbook.pages.injected import history_of
from rfbook.pages.outcomes import Outcome, Planned, by_network
from rfbook.pages.parameters import ParameterError, checked, in_words
from rfbook.pages.plan import declared, planning_now
from rfbook.pages.scaling import brief, differences
from rfbook.pages.sources import folder_of
from rfbook.records.record import Records
from rfbook.records.stages import require
from rfbook.records.store import Store

OF_RUNS = {"model": ("width",), "recipe": ("epochs",), "data": ("side", "images", "test_images")}
"""Part of a run -> the parameters of a page that are its fields."""


@dataclass
class Page:
    """One section of a paper. values: its parameters. outcomes: what it measured. parts: see `part`."""

    name: str
    values: dict[str, object]
    store: Store
    outcomes: list[Outcome] = field(default_factory=list)
    parts: list[Page] = field(default_factory=list)

    @classmethod
    def open(cls, name: str, namespace: Mapping[str, object]) -> Page:
        """The page of that name, with the parameters found in the notebook's `globals()`.

        Raises ParameterError before anything is computed, UnknownPage for an unknown page.
        """
        names = declared(name)
        if not history_of(namespace) and any(isinstance(value, cls) for value in namespace.values()):
            # The cells run again without a kernel: what else is there now, the page made itself.
            namespace = {key: namespace[key] for key in names}
        values = checked(names, namespace)
        return cls(name, values, store_of(str(values["tier"])))

    def part(self, **values: object) -> Page:
        """This page with other values of its parameters, for what it shows beside its own runs."""
        given = self.values | checked(values, values)
        self.parts.append(Page(self.name, given, store_of(str(given["tier"]))))
        return self.parts[-1]

    @property
    def tier(self) -> str:
        """The tier the page runs at."""
        return str(self.values["tier"])

    @cached_property
    def editions(self) -> dict[str, Edition]:
        """The data sets of which another edition is meant than that of the published records."""
        return chosen()

    @cached_property
    def defaults(self) -> dict[str, object]:
        """Its parameters as its source assigns them: reading that for every run would take long."""
        return declared(self.name)

    def asked(self, name: str) -> bool:
        """Whether a reader chose this parameter: its value is neither None nor the page's default."""
        return self.values.get(name) not in (None, self.defaults.get(name))

    def runs(
        self,
        models: Sequence[str | Model],
        data: str = "cifar10",
        side: int = 32,
        recipe: str | Recipe = "sgd30",
        departs: Sequence[str] = (),
        arm: str = "",
        thin: Changes | None = None,
        **images: object,
    ) -> list[Planned]:
        """Every model from every seed, described as in the paper, then scaled by the tier.

        A published network is the same from every seed and is there once.

        The width, epochs, side and images that a reader asks for come last and win: every run has
        them, whatever the tier or the page reduces.
        departs: what is not as in the paper at any tier, in words, for every figure and table.
        arm: the name under which figures and claims compare these runs with others of the network.
        thin: what this page reduces further at tier thin, part -> field -> value.
        images: further fields of `Data`. Raises ParameterError if a run cannot be made so.
        """
        seeds = range(int(self.values.get("seeds", 1)))
        try:
            networks = [m if isinstance(m, Model) else Model(name=m) for m in models]
            seen = Data(name=data, side=side, **images)
            made = RECIPES[recipe] if isinstance(recipe, str) else recipe
            papers = [
                Run(model=network, data=seen, recipe=made, seed=seed)
                for network in networks
                for seed in seeds
            ]
            papers = [run for run in papers if not (run.published and run.seed)]
            return [Planned(self._scaled(run, thin), run, arm, tuple(departs)) for run in papers]
        except ValidationError as error:
            reasons = in_words(error)
            if any("images" in reason for reason in reasons):
                reasons.append(stand_in(data, str(images.get("placement")), self.tier))
            raise ParameterError("; ".join(filter(None, reasons))) from None

    def at_most(
        self, planned: Sequence[Planned], seeds: int, but: Collection[str] = ()
    ) -> list[Planned]:
        """The runs of the first seeds: a page may have more of some networks than of others.

        but: labels of networks of which all seeds stay. A reader who asks for seeds gets all of all.
        """
        every = self.asked("seeds")
        return [
            asked for asked in planned if every or asked.run.seed < seeds or asked.run.model.label in but
        ]

    def _scaled(self, run: Run, thin: Changes | None) -> Run:
        # What is asked decides how a run is scaled too: no epochs, no bf16.
        asked = [name for names in OF_RUNS.values() for name in names if self.asked(name)]
        changes = {
            part: {name: self.values[name] for name in names if name in asked}
            for part, names in OF_RUNS.items()
        }
        described = scale(with_changes(run, changes), self.tier, thin, asked, self.editions)
        return with_changes(described, changes)

    def measure(self, planned: Sequence[Planned], *measures: str) -> list[Outcome]:
        """The records of every run: from the store, or trained and measured now.

        While a plan is made (`planning`) nothing is computed and the list is empty.
        Raises ParameterError, before computing, if a measure cannot be taken on a run.
        """
        try:
            for asked in planned:
                for name in measures:
                    require(asked.run, name)
        except ValueError as error:
            raise ParameterError(str(error)) from None
        if planning_now(self.tier, ((asked.run, measures) for asked in planned)):
            return []
        device = str(self.values.get("device", "auto"))
        outcomes = [
            Outcome(
                asked.run,
                asked.paper,
                obtain(asked.run, measures, self.store, device),
                asked.arm,
                asked.departs,
            )
            for asked in planned
        ]
        self._keep(outcomes)
        return outcomes

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        """Adds to the outcomes; a run that was measured before is not counted as another seed."""
        kept = {(outcome.run, outcome.arm): outcome for outcome in self.outcomes}
        for outcome in outcomes:
            before = kept.get((outcome.run, outcome.arm), outcome).records
            kept[outcome.run, outcome.arm] = replace(outcome, records=before | outcome.records)
        self.outcomes = list(kept.values())

    def each(self, *quantities: str, outcomes: Sequence[Outcome] | None = None) -> list[Estimates]:
        """Each of these quantities over the networks that have it, from all their seeds.

        outcomes: by default all of the page. Raises LookupError for an unknown quantity.
        """
        page = self if outcomes is None else self.only(outcomes)
        asked = [quantity_named(name) for name in quantities]
        return [Estimates.of(quantity, paired((), page._held(quantity.measures))) for quantity in asked]

    def apart(self, quantity: str, *pairs: tuple[str, str]) -> Estimates:
        """A quantity of one network minus that of another, seed by seed, under the name of the first.

        pairs: labels, such as ("resnet18", "resnet18-padded-all"); one that was not run is left out.
        Raises LookupError for an unknown quantity.
        """
        difference = quantity_named(quantity, 2)
        samples = self._held(difference.measures)
        run = [pair for pair in pairs if samples.keys() >= set(pair)]
        samples = {pair[0]: paired(pair, samples)[" vs ".join(pair)] for pair in run}
        return Estimates.of(difference, samples)

    @property
    def seeds(self) -> str:
        """How many seeds stand behind what the page says: "3 seeds"."""
        return prose.seeds(self.outcomes)

    @property
    def tally(self) -> str:
        """How many of its claims came out how: "2 reproduced, 1 partly"."""
        return prose.tally(self.verdicts())

    def claims(self) -> list[Claim]:
        """The claims that name this page."""
        registered = read_claims(sources.repository() / "claims")
        return [claim for claim in registered if claim.page == self.name]

    def printed(self, claim: str) -> dict[str, float]:
        """The numbers that a paper prints for a claim of any page, by network. Raises LookupError."""
        known = {
            registered.id: registered.printed
            for registered in read_claims(sources.repository() / "claims")
        }
        if claim not in known:
            raise LookupError(f"there is no claim {claim!r} in claims/")
        return known[claim]

    def verdicts(self) -> list[Verdict]:
        """The verdict on each of the page's claims, from its outcomes."""
        return [self._judged(claim) for claim in self.claims()]

    def _judged(self, claim: Claim) -> Verdict:
        """The claim's verdict: at a side that a reader chose, none by the numbers of another."""
        if claim.holds_if == "near" and self.asked("side"):
            sides = {(outcome.paper.data.side, outcome.run.data.side) for outcome in self.outcomes}
            for papers, here in sorted(sides):
                if papers != here:
                    why = f"printed for {papers} pixels, the page was run at {here}"
                    return Verdict(claim, "not tested", why)
        alike = self._alike(claim.arms)
        if alike:
            return Verdict(claim, "not tested", f"{' and '.join(alike)} are the same run here")
        return judge(claim, self._seeds(claim), self.tier, self._thin(claim))

    def _alike(self, arms: Sequence[str]) -> list[str]:
        """Of these arms those that are one and the same run: their difference is nothing, always."""
        names: dict[Run, list[str]] = {}
        for outcome in self.outcomes:
            if outcome.arm in arms or outcome.label in arms:
                names.setdefault(outcome.run, []).append(outcome.label)
        return next((labels for labels in names.values() if len(labels) > 1), [])

    def _seeds(self, claim: Claim) -> dict[str, list[Records]]:
        needed = set(claim.measured.measures) if claim.quantity else set()
        if needed & SOURCES.keys():
            return evidence(needed, sources.repository())
        return self._held(needed) if needed else {}

    def _thin(self, claim: Claim) -> dict[str, list[Records]]:
        """The same of what a page at tier paper shows at tier thin beside its own runs."""
        if claim.quantity is None or self.tier != "paper":
            return {}
        beside = [outcome for part in self.parts if part.tier == "thin" for outcome in part.outcomes]
        return self.only(beside)._held(claim.measured.measures)

    def _held(self, needed: Collection[str]) -> dict[str, list[Records]]:
        """The records of each network's seeds, of the runs on which all these measures were taken."""
        able = [outcome for outcome in self.outcomes if set(needed) <= outcome.records.keys()]
        return {name: [outcome.records for outcome in seeds] for name, seeds in by_network(able).items()}

    def only(self, outcomes: Sequence[Outcome]) -> Page:
        """This page with some of its outcomes, for a figure or table that shows no others."""
        return replace(self, outcomes=list(outcomes), parts=[])

    @property
    def as_printed(self) -> bool:
        """Whether its runs are the paper's own: nothing was scaled, left out or replaced."""
        return not differences(self.outcomes)

    def badge(self) -> str:
        """The same in a line: the tier, and the names of what is not as in the paper."""
        return f"tier {self.tier}; {brief(self.outcomes)}"

    def scaled(self) -> str:
        """What is not as in the paper, in words: departures, what tier and parameters changed."""
        return f"tier {self.tier}: {differences(self.outcomes) or 'as in the paper'}"


def store_of(tier: str) -> Store:
    """Where a tier's records are: `smoke` keeps its own, which published ones never mix with."""
    return Store((folder_of(tier, sources.repository()) / "records",)) if tier == "smoke" else Store()
