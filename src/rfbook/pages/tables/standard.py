"""What every page shows beside its figures: what is run, the verdicts, ready commands, the details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from IPython.display import HTML, Markdown

from rfbook.claims.amounts import Amount, between, quoted, with_unit
from rfbook.claims.claim import Claim
from rfbook.claims.quantities.quantity import Quantity, unit_of_differences
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.experiments.catalogue import TITLES
from rfbook.experiments.spec import Run
from rfbook.pages import minutes, sources
from rfbook.pages.addresses import CLAIMS, page_address
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.plan import cells_of, declared
from rfbook.pages.prose import listed
from rfbook.pages.tables.origins import footer
from rfbook.pages.tables.table import Table, folded

WORDS = {
    "reproduced": "●",
    "partly": "◐",
    "not reproduced": "○",
    "open": "◇",
    "not tested": "◌",
}
"""A sign beside each verdict word, so that neither colour nor shape is needed to read it."""

ALONE = ("holds: ", "fails: ", "open: ")
"""How a reason begins that a table of the networks shows."""

BY_ARITHMETIC = {"receptive_field", "cost"}
"""Measures that no training changes: a printed number of theirs is comparable at every tier."""


def opening(page: Page) -> HTML:
    """The line below the title, and what is run: one line in words that opens to parameters and code."""
    about = sources.matter(sources.find(page.name, sources.repository()))["rfbook"]
    reading = about["minutes_to_read"]
    times = [f"{reading} minute{'s' * (reading != 1)} to read"]
    outcomes = [outcome for part in [page, *page.parts] for outcome in part.outcomes]
    if outcomes:
        again = minutes.in_words(minutes.taken(outcomes))
        times.append(f"{again} to run again")
    line = " · ".join([str(about["section"]), *times])
    code = "\n\n".join(cells_of(page.name, "run"))
    how = f"{page_address('book/rerun', page.name)}#parameters"
    content = (
        f"{parameters(page)._repr_html_()}<pre>{escape(code)}</pre>"
        f'<p>{escape(page.scaled())}. <a href="{how}">How to run it with other values.</a></p>'
    )
    run = folded(f"What is run: {_runs(outcomes)}", content, "rf-run") if outcomes else ""
    return HTML(f'<p class="rf-about">{escape(line)}</p>{run}')


def _runs(outcomes: Sequence[Outcome]) -> str:
    """The runs in words: "VGG11 and VGG13 on cifar10 at 32 pixels, 3 seeds".

    The seeds are those of each run that is the same but for its seed; published networks have none.
    """
    seeds: dict[Run, set[int]] = {}
    for outcome in outcomes:
        seeds.setdefault(outcome.run.model_copy(update={"seed": 0}), set()).add(outcome.run.seed)
    counts = [len(those) for run, those in seeds.items() if not run.published]
    repeated = f"{between(min(counts), max(counts))} seeds" if counts else "published weights"
    networks = list(dict.fromkeys(titled(outcome.run.model.label) for outcome in outcomes))
    named = listed(networks) if len(networks) <= 4 else f"{len(networks)} networks"
    data = dict.fromkeys(TITLES[outcome.run.data.name] for outcome in outcomes)
    sides = sorted({outcome.run.data.side for outcome in outcomes})
    at = listed([str(side) for side in sides])
    if counts and max(counts) == 1:
        repeated = "one seed"
    return f"{named} on {listed(list(data))} at {at} pixels, {repeated}"


def parameters(page: Page) -> Table:
    """The page's parameters with the values in use, and their defaults where these are others."""
    rows = []
    for name, default in declared(page.name).items():
        here = _shown(page.values[name])
        rows.append([name, here, "" if here == str(default) else str(default)])
    return Table("Parameters", ["name", "here", "default"], rows)


def _shown(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


SEEDS = "seeds that would decide it, at the same mean and spread"
"""The column of what `Estimate.seeds_to_decide` says of each network."""


def verdicts(page: Page) -> HTML:
    """One line a claim: sign, words, and the number that decides; opened, every network of it."""
    lines = "".join(_verdict(page, verdict) for verdict in page.verdicts())
    every = f'<a href="{page_address(CLAIMS, page.name)}">All claims</a>'
    under = f'<p class="rf-where">{escape(page.badge())}. {every}</p>'
    return HTML(f'<ul class="rf-verdicts">{lines}</ul>{under}')


def _verdict(page: Page, verdict: Verdict) -> str:
    claim, word = verdict.claim, verdict.told
    number = f"; {escape(_deciding(verdict))}" if verdict.estimates else ""
    head = (
        f'<span class="rf-sign" aria-hidden="true">{WORDS[verdict.word]}</span> '
        f"<strong>{word}:</strong> {escape(claim.says)}{number}"
    )
    test = f"Test: {condition(claim)}" if claim.quantity else ""
    why = [_why(verdict), test, turning(claim, verdict.estimates), _deciding_seeds(verdict)]
    content = f"<p>{escape('. '.join(filter(None, why)))}.</p>{_networks(verdict)}"
    where = f'<span class="rf-where">{escape(claim.id)}, {escape(claim.where)}</span>'
    return (
        f'<li id="{escape(claim.id)}" data-verdict="{verdict.word}">{head}'
        f"<details><summary>{where}</summary>{content}</details></li>"
    )


def _why(verdict: Verdict) -> str:
    """Why the verdict is this one. Which of several networks hold stands in their table."""
    several = len(verdict.estimates) > 1
    parts = titled(verdict.why).split("; ")
    if several:
        parts = [part for part in parts if not part.startswith(ALONE)]
    counts = {estimate.n for estimate in verdict.estimates}
    exact = ", exact" * (not several and all(estimate.exact for estimate in verdict.estimates))
    numbers = [f"n = {count}{exact}" for count in counts if len(counts) == 1]
    return "; ".join([*parts, *numbers])


def _deciding_seeds(verdict: Verdict) -> str:
    """How many seeds would decide what those of a single network leave open; empty where none would.

    Of several networks their table says it.
    """
    needed = [one.seeds_to_decide(verdict.claim) for one in verdict.estimates]
    if len(needed) != 1 or needed[0] is None:
        return ""
    return f"At the same mean and spread {needed[0]} seeds would decide it"


def _networks(verdict: Verdict) -> str:
    """A row a network; of a single one the line above it says all."""
    if len(verdict.estimates) < 2:
        return ""
    alike = len({estimate.n for estimate in verdict.estimates}) == 1
    rows = [_network(verdict.claim, estimate, alike) for estimate in Estimates(verdict.estimates)]
    ours = f"ours{_in_unit(verdict.claim.measured.unit)}"
    columns = ["network", "printed", ours, "95 % interval", "n", "alone", SEEDS]
    return Table("", columns, rows)._repr_html_()


def _network(claim: Claim, estimate: Estimate, alike: bool) -> list[str]:
    """alike: whether all networks have as many seeds, so that their number stands above the table."""
    printed = claim.printed.get(estimate.network)
    alone = {True: "holds", False: "fails", None: "open"}[estimate.holds(claim)]
    paper = "" if printed is None else quoted(printed)
    n = "" if alike else str(estimate.n)
    seeds = str(estimate.seeds_to_decide(claim) or "")
    return [estimate.name, paper, str(estimate.value), estimate.around, n, alone, seeds]


def deciding(verdict: Verdict) -> Estimate:
    """The estimate that is nearest to turning the verdict, or furthest on the wrong side.

    Raises ValueError for a verdict without any.
    """
    claim = verdict.claim
    least = {
        "above": lambda estimate: estimate.mean,
        "below": lambda estimate: -estimate.mean,
        "near": lambda estimate: (
            -abs(estimate.mean - claim.printed.get(estimate.network, estimate.mean))
        ),
        "within": lambda estimate: -abs(estimate.mean),
    }[str(claim.holds_if)]
    return min(Estimates(verdict.estimates), key=least)


def _deciding(verdict: Verdict) -> str:
    claim, estimate = verdict.claim, deciding(verdict)
    network = f" in {estimate.name}" if len(verdict.estimates) > 1 else ""
    printed = claim.printed.get(estimate.network)
    paper = "" if printed is None else f", printed {quoted(printed)}"
    sure = str(estimate) if estimate.exact else estimate.sure
    return f"{sure}{network}{paper}"


def turning(claim: Claim, estimates: Sequence[Estimate]) -> str:
    """At which margins the same numbers would say otherwise; empty where one of them has no interval."""
    ends = [
        (estimate.mean, estimate.mean) if estimate.exact else estimate.interval for estimate in estimates
    ]
    if not estimates or None in ends:
        return ""
    unit = claim.measured.unit
    if claim.holds_if in ("near", "within"):
        unit = unit_of_differences(unit) if claim.holds_if == "near" else unit
        aims = [claim.printed.get(estimate.network, estimate.mean) if claim.holds_if == "near" else 0.0
                for estimate in estimates]  # fmt: skip
        far = [_distances(aim, interval) for aim, interval in zip(aims, ends, strict=True)]
        every, none = max(high for _, high in far), min(low for low, _ in far)
    elif claim.holds_if == "above":
        every, none = min(low for low, _ in ends), max(high for _, high in ends)
    else:
        every, none = max(high for _, high in ends), min(low for low, _ in ends)
    below, upwards = "below {}", "from {} on"
    side, other = (below, upwards) if claim.holds_if == "above" else (upwards, below)
    if none == 0 and claim.holds_if in ("near", "within"):
        return f"Holds with margins {side.format(Amount(every, unit).full)}"
    if every == none:
        return f"Turns at a margin of {Amount(every, unit).full}"
    holds, fails = side.format(Amount(every, unit)), other.format(Amount(none, unit).full)
    return f"Holds with margins {holds}, fails {fails}"


def _distances(aim: float, interval: tuple[float, float]) -> tuple[float, float]:
    """Of an interval's nearest and farthest value from the aim."""
    low, high = interval
    near, far = sorted((abs(low - aim), abs(high - aim)))
    return (0.0 if low <= aim <= high else near), far


def condition(claim: Claim) -> str:
    """The comparison that decides a claim, in words. Raises ValueError for one that has none."""
    if claim.quantity is None:
        raise ValueError(f"{claim.id} is not tested: {claim.untested}")
    name, unit = claim.quantity.replace("_", " "), claim.measured.unit
    name += f" of {' against '.join(claim.arms)}" if claim.arms else ""
    unit = unit_of_differences(unit) if claim.holds_if == "near" else unit
    margin = with_unit(quoted(claim.margin), unit)
    if claim.holds_if == "near":
        return f"{name} at most {margin} from the printed value"
    if claim.holds_if == "within":
        return f"{name} between -{quoted(claim.margin)} and {margin}"
    return f"{name} {claim.holds_if} {margin}"


def numbers(
    page: Page, quantities: Mapping[str, str], printed: Mapping[str, Mapping[str, float]] | None = None
) -> Table:
    """Quantities of every network, one a column, each with its interval, n and the paper's number.

    quantities: name -> heading. printed: name -> network -> the paper's number. A printed number that
    stands for other runs than ours (another width, fewer epochs) says so.
    """
    estimates = {name: page.each(name)[0] for name in quantities}
    networks = {network: len(runs) for network, runs in by_network(page.outcomes).items()}
    columns = [f"{heading}{_in_unit(QUANTITIES[name].unit)}" for name, heading in quantities.items()]
    rows = [
        [titled(network), str(count)]
        + [_number(page, name, network, estimates[name], (printed or {}).get(name, {}))
           for name in quantities]
        for network, count in networks.items()
    ]  # fmt: skip
    some = [row for row in rows if any(row[2:])]
    return Table(f"Numbers ({page.badge()})", ["network", "n", *columns], some, folded=True)


def _in_unit(unit: str) -> str:
    return f" ({unit})" if unit else ""


def _number(
    page: Page, quantity: str, network: str, estimates: Estimates, printed: Mapping[str, float]
) -> str:
    if network not in estimates:
        ours = estimates.undefined.get(network, "")
    else:
        estimate = estimates[network]
        ours = str(estimate.value) if estimate.exact else f"{estimate.value} ({estimate.around})"
    if network not in printed:
        return ours
    paper = f"paper {quoted(printed[network])}"
    unlike = "" if comparable(page, QUANTITIES[quantity]) else ", other runs: not comparable"
    return f"{ours}; {paper}{unlike}" if ours else f"{paper}{unlike}"


def comparable(page: Page, quantity: Quantity) -> bool:
    """Whether a number that a paper prints may be held against ours: the same runs, or arithmetic."""
    return set(quantity.measures) <= BY_ARITHMETIC or page.as_printed


def details(page: Page, *others: Table) -> HTML:
    """Folded: further tables of the page, and where every number comes from."""
    every = [*others, footer(page)]
    return HTML("".join(replace(table, folded=True)._repr_html_() for table in every if table.rows))


def command(page: Page, values: Mapping[str, object]) -> str:
    """The command that runs the page with these values of its parameters."""
    passed = " ".join(f'-p {name} "{value}"' if " " in str(value) else f"-p {name} {value}"
                      for name, value in values.items())  # fmt: skip
    return f"papermill page://{page.name} out.ipynb {passed}"


def rerun(page: Page, what: str, **values: object) -> Markdown:
    """A ready command to copy that runs this page with other parameters, and how long it will take."""
    try:
        time = minutes.expected(page.name, **values)
    except LookupError:
        time = "no published run says how long it takes"
    return Markdown(f"{what} ({time}):\n\n```sh\n{command(page, values)}\n```")
