"""What every page shows beside its figures: what is run, the verdicts, ready commands, the details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from IPython.display import HTML, Markdown

from rfbook.claims.amounts import Amount, quoted, with_unit
from rfbook.claims.claim import Claim
from rfbook.claims.quantities.quantity import Quantity, unit_of_differences
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.experiments.catalogue import TITLES
from rfbook.pages import minutes, sources
from rfbook.pages.estimates import Estimates
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.parameters import PARAMETERS
from rfbook.pages.plan import cells_of, declared
from rfbook.pages.prose import listed, seeds
from rfbook.pages.tables.table import Table, folded

WORDS = {
    "reproduced": "●",
    "partly": "◐",
    "not reproduced": "○",
    "open": "◇",
    "not tested": "◌",
}
"""A sign beside each verdict word, so that neither colour nor shape is needed to read it."""

OWN = {"reproduced": "holds", "partly": "holds in part", "not reproduced": "fails"}
"""What is said of a question that no paper asks: only papers are reproduced."""

RERUN = "../../book/rerun.html"
"""Where a page of the site leads who wants to run it."""

BY_ARITHMETIC = {"receptive_field", "cost"}
"""Measures that no training changes: a printed number of theirs is comparable at every tier."""


def said(verdict: Verdict) -> str:
    """The verdict's word: "reproduced", or "holds" where no paper says it."""
    own = verdict.claim.ours or verdict.claim.paper == "together"
    return OWN.get(verdict.word, verdict.word) if own else verdict.word


def opening(page: Page) -> HTML:
    """The line below the title, and what is run: one line in words that opens to parameters and code."""
    about = sources.matter(sources.find(page.name, sources.repository()))["rfbook"]
    times = [f"{about['minutes_to_read']} minutes to read"]
    outcomes = [outcome for part in [page, *page.parts] for outcome in part.outcomes]
    if outcomes:
        again = minutes.in_words(minutes.taken(outcomes))
        times.append(f"{again} to run again")
    line = " · ".join([str(about["section"]), *times])
    code = "\n\n".join(cells_of(page.name, "run"))
    content = (
        f"{parameters(page)._repr_html_()}<pre>{escape(code)}</pre>"
        f'<p>{escape(page.scaled())}. <a href="{RERUN}">How to run it with other values.</a></p>'
    )
    runs = "; ".join(_runs(part.outcomes) for part in [page, *page.parts] if part.outcomes)
    run = folded(f"What is run: {runs}", content, "rf-run") if outcomes else ""
    return HTML(f'<p class="rf-about">{escape(line)}</p>{run}')


def _runs(outcomes: Sequence[Outcome]) -> str:
    """The runs in words: "VGG11 and VGG13 on cifar10 at 32 pixels, 3 seeds"."""
    networks = list(dict.fromkeys(titled(outcome.run.model.label) for outcome in outcomes))
    named = listed(networks) if len(networks) <= 4 else f"{len(networks)} networks"
    data = dict.fromkeys(TITLES[outcome.run.data.name] for outcome in outcomes)
    sides = sorted({outcome.run.data.side for outcome in outcomes})
    at = listed([str(side) for side in sides])
    return f"{named} on {listed(list(data))} at {at} pixels, {seeds(outcomes)}"


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


def verdicts(page: Page) -> HTML:
    """One line a claim: sign, words, and the number that decides; opened, every network of it."""
    return HTML(f'<ul class="rf-verdicts">{"".join(map(_verdict, page.verdicts()))}</ul>')


def _verdict(verdict: Verdict) -> str:
    claim, word = verdict.claim, said(verdict)
    number = f"; {escape(_deciding(verdict))}" if verdict.estimates else ""
    head = (
        f'<span class="rf-sign" aria-hidden="true">{WORDS[verdict.word]}</span> '
        f"<strong>{word}:</strong> {escape(claim.says)}{number}"
    )
    rows = [_network(claim, one) for one in Estimates(verdict.estimates)]
    networks = Table(
        "Every network", ["network", "printed", "ours", "95 % interval", "n", "alone"], rows
    )._repr_html_()
    why = [titled(verdict.why), f"Test: {condition(claim)}", turning(claim, verdict.estimates)]
    content = f"<p>{escape('. '.join(filter(None, why)))}.</p>{networks if rows else ''}"
    where = f'<span class="rf-where">{escape(claim.id)}, {escape(claim.where)}</span>'
    return (
        f'<li id="{escape(claim.id)}" data-verdict="{verdict.word}">{head}'
        f"<details><summary>{where}</summary>{content}</details></li>"
    )


def _network(claim: Claim, one: Estimate) -> list[str]:
    printed = claim.printed.get(one.network)
    alone = {True: "holds", False: "fails", None: "open"}[one.holds(claim)]
    paper = "" if printed is None else quoted(printed)
    return [one.name, paper, str(one), one.around, str(one.n), alone]


def _deciding(verdict: Verdict) -> str:
    """The estimate that is nearest to turning the verdict, or furthest on the wrong side."""
    claim = verdict.claim
    held = Estimates(verdict.estimates)
    least = {
        "above": lambda one: one.mean,
        "below": lambda one: -one.mean,
        "near": lambda one: -abs(one.mean - claim.printed.get(one.network, one.mean)),
    }[str(claim.holds_if)]
    one = min(held, key=least)
    network = f" in {one.name}" if len(held) > 1 else ""
    printed = claim.printed.get(one.network)
    paper = "" if printed is None else f", printed {quoted(printed)}"
    sure = str(one) if one.exact else one.sure
    return f"{sure}{network}{paper}"


def turning(claim: Claim, estimates: Sequence[Estimate]) -> str:
    """At which margins the same numbers would say otherwise; empty where one of them has no interval."""
    ends = [(one.mean, one.mean) if one.exact else one.interval for one in estimates]
    if not estimates or None in ends:
        return ""
    unit = claim.measured.unit
    if claim.holds_if == "near":
        unit = unit_of_differences(unit)
        far = [
            sorted(abs(end - claim.printed.get(one.network, one.mean)) for end in interval)
            for one, interval in zip(estimates, ends, strict=True)
        ]
        every, none = max(high for _, high in far), min(low for low, _ in far)
    elif claim.holds_if == "above":
        every, none = min(low for low, _ in ends), max(high for _, high in ends)
    else:
        every, none = max(high for _, high in ends), min(low for low, _ in ends)
    side, other = ("below", "from {} on") if claim.holds_if == "above" else ("from", "below {}")
    most = other.format(Amount(none, unit).full)
    return f"With any margin {side} {Amount(every, unit).full} it would hold, with any {most} fail"


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
    return Table(f"Numbers ({page.scaled()})", ["network", "n", *columns], rows, folded=True)


def _in_unit(unit: str) -> str:
    return f" ({unit})" if unit else ""


def _number(
    page: Page, quantity: str, network: str, held: Estimates, printed: Mapping[str, float]
) -> str:
    if network not in held:
        ours = held.undefined.get(network, "")
    else:
        one = held[network]
        ours = str(one.value) if one.exact else f"{one.value} ({one.around})"
    if network not in printed:
        return ours
    paper = f"paper {quoted(printed[network])}"
    unlike = "" if comparable(page, QUANTITIES[quantity]) else ", other runs: not comparable"
    return f"{ours}; {paper}{unlike}" if ours else f"{paper}{unlike}"


def comparable(page: Page, quantity: Quantity) -> bool:
    """Whether a number that a paper prints may be held against ours: the same runs, or arithmetic."""
    return set(quantity.measures) <= BY_ARITHMETIC or page.as_printed


def comparison(page: Page, quantity: str, printed: dict[str, float], caption: str) -> Table:
    """A quantity of every network: the paper's number beside ours, with n and interval."""
    return numbers(page, {quantity: caption}, {quantity: printed})


def says(page: Page) -> Table:
    """The page's claims in our words, and where they stand."""
    return tests(page)


def details(page: Page, *others: Table) -> HTML:
    """Folded: further tables of the page, how each claim is tested, where every number comes from."""
    every = [*others, *([tests(page)] if page.claims() else []), footer(page)]
    return HTML("".join(table._repr_html_() for table in every if table.rows))


def tests(page: Page) -> Table:
    """The page's claims in our words, where they stand, and the test of each."""
    rows = [[claim.id, claim.where, claim.says, condition(claim)] for claim in page.claims()]
    columns = ["claim", "where", "what it says", "holds if"]
    return Table("How each claim is tested", columns, rows, folded=True)


def footer(page: Page) -> Table:
    """Provenance of everything above, one row a run: records, commit, data, machine, minutes."""
    every = [page, *page.parts]
    outcomes = [outcome for part in every for outcome in part.outcomes]
    rows = [row for outcome in outcomes for row in _origins(outcome)]
    columns = ["run", "measures", "minutes (train + measure)", "commit", "data", "made", "machine"]
    tiers = "; ".join(part.scaled() for part in every)
    total = minutes.in_words(minutes.taken(outcomes))
    caption = f"Where every number comes from: {len(rows)} runs, {total} of computing ({tiers})"
    return Table(caption, columns, rows, folded=True)


def _origins(outcome: Outcome) -> Iterable[list[str]]:
    """One row for the records of a run that were made on one machine, one day, from one commit."""
    groups: dict[tuple[str, ...], list[tuple[str, float, float]]] = {}
    for record in outcome.records.values():
        made = record.provenance["measuring"]
        data = (made.get("pixels") or record.description["data_fingerprint"])[:12]
        machine = f"{made['processor']}, {made['threads']} thread{'s' * (made['threads'] != 1)}"
        place = (_commit(made["commit"]), data, made["made"][:10], machine)
        name = f"{record.measure} {record.key}"
        training = record.provenance["training"]["minutes"]
        groups.setdefault(place, []).append((name, training, made["minutes"]))
    for place, records in groups.items():
        measuring = sum(minutes for _, _, minutes in records)
        yield [
            outcome.run.slug(), ", ".join(name for name, _, _ in records),
            f"{records[0][1]:.1f} + {measuring:.1f}", *place,
        ]  # fmt: skip


def _commit(full: str) -> str:
    """The first digits, and whether the code was changed after the commit."""
    commit, plus, changes = full.partition("+")
    return commit[:12] + plus + changes


def command(page: Page, values: Mapping[str, object]) -> str:
    """The command that runs the page with these values of its parameters."""
    passed = " ".join(f'-p {name} "{value}"' if " " in str(value) else f"-p {name} {value}"
                      for name, value in values.items())  # fmt: skip
    return f"papermill page://{page.name} out.ipynb {passed}"


def rerun(page: Page, what: str, **values: object) -> Markdown:
    """A ready command to copy that runs this page with other parameters, and how long it will take."""
    needed = minutes.expected(page, values)
    time = "" if needed is None else f", {minutes.in_words(needed) if needed else 'in the records'}"
    return Markdown(f"{what}{time}:\n\n```sh\n{command(page, values)}\n```")
