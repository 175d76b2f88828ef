"""What sentences and captions say of the runs behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rfbook.claims.amounts import between as between
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.architecture import titled
from rfbook.experiments.catalogue import TITLES
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.records.stages import FITTED


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def named(estimates: Iterable[Estimate]) -> str:
    """The networks of estimates: "VGG11 and VGG16"."""
    return listed([one.name for one in estimates])


def tally(verdicts: Sequence[Verdict]) -> str:
    """How many claims came out how: "2 reproduced, 1 partly"."""
    words = [verdict.told for verdict in verdicts]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


def answered(*verdicts: Verdict, arm: str = "") -> str:
    """In which networks claims hold, as an answer: "yes in VGG11, no in VGG16 and open in VGG19".

    verdicts: on one question, each of some networks; of a pair the first is named. arm: what is left
    out of the networks' names.
    """
    networks = {
        word: [
            name.partition(" vs ")[0].removesuffix(f" {arm}").removesuffix(" on")
            for verdict in verdicts
            for name in verdict.networks(holds)
        ]
        for word, holds in {"yes": True, "no": False, "open": None}.items()
    }
    match [(word, names) for word, names in networks.items() if names]:
        case []:
            return "that is not tested"
        case [(word, _)]:
            return {"yes": "yes, in every network", "no": "no, in none", "open": "that is open"}[word]
        case answers:
            return listed([f"{word} in {listed(names)}" for word, names in answers])


def seeds(outcomes: Sequence[Outcome]) -> str:
    """How many seeds stand behind a mean: "3 seeds", "one seed", "2 to 3 seeds".

    Published networks have none: "one published network".
    """
    if all(outcome.run.published for outcome in outcomes):
        return "one published network"
    counts = [len(group) for group in by_network(outcomes).values()]
    low, high = min(counts), max(counts)
    if low == high:
        return f"{low} seeds" if low > 1 else "one seed"
    return f"{low} to {high} seeds"


def mean_of(outcomes: Sequence[Outcome]) -> str:
    """What values are in a caption: "mean of 3 seeds"; a single seed has no mean, so "one seed"."""
    counted = seeds(outcomes)
    return counted if counted.startswith("one ") else f"mean of {counted}"


def banded(outcomes: Sequence[Outcome]) -> str:
    """`mean_of`, where the figure shows a band around the mean."""
    counted = mean_of(outcomes)
    return (
        counted
        if counted.startswith("one ")
        else f"{counted}, with its 95 % interval{_unless(outcomes)}"
    )


def error_bars(outcomes: Sequence[Outcome]) -> str:
    """What a caption says of error bars over seeds: how many seeds, or why there are none."""
    counted = seeds(outcomes)
    if counted.startswith("one "):
        return f"No error bars: {counted}."
    return f"Error bars: 95 % intervals over {counted}{_unless(outcomes)}."


def _unless(outcomes: Sequence[Outcome]) -> str:
    """Which of several networks have no interval: those with one seed, and published ones."""
    alone = any(len(group) == 1 for group in by_network(outcomes).values())
    return " (none where there is only one)" * alone


def convolution(number: float) -> str:
    """A layer by its number: "conv9"; of a mean over seeds that differ, "conv9.3 in the mean"."""
    return f"conv{number:.0f}" if number == round(number) else f"conv{number:.1f} in the mean"


def trained(outcomes: Sequence[Outcome]) -> str:
    """How far the networks of each label learnt their training images, in a sentence.

    The share of right answers is that of the last epoch, counted while it trains, mean over seeds. The
    text is empty where no record has it.
    """
    ends: dict[str, list[float]] = {}
    for label, group in by_network(outcomes).items():
        for outcome in group:
            for share in outcome.records["accuracy"].values.get("training_accuracy", [])[-1:]:
                ends.setdefault(label, []).append(100 * share)
    if not ends:
        return ""
    accuracies = listed([f"{np.mean(shares):.0f} % ({titled(label)})" for label, shares in ends.items()])
    return f"In the last epoch the networks are right on {accuracies} of their training images."


def images(outcomes: Sequence[Outcome]) -> str:
    """How many images of which data set the networks learn from and are tested on, in a sentence."""
    counts = dict.fromkeys(
        (
            data.images or data.held.train,
            TITLES[data.name],
            outcome.records["accuracy"].values["test_images"],
        )
        for outcome in outcomes
        for data in [outcome.run.data]
    )
    sentences = [f"{learnt} images of {data} and is tested on {test}" for learnt, data, test in counts]
    return f"Every network learns from {listed(sentences)}."


def converged(outcomes: Sequence[Outcome]) -> str:
    """How many of the outcomes' probes were fitted to the end: "84 of 84 probes"."""
    fits = [
        fit
        for outcome in outcomes
        for measure in FITTED
        if measure in outcome.records
        for fit in outcome.records[measure].values["converged"]
    ]
    return f"{sum(fits)} of {len(fits)} probes"
