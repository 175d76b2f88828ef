"""A table of ratios: the paper's beside ours, and what was not run is said to be so."""

import pytest

from rfbook.claims.claim import Claim
from rfbook.experiments.spec import Data, Model, Run
from rfbook.pages.outcomes import Outcome
from rfbook.pages.tables import arms as contrast_tables
from rfbook.pages.tables.arms import estimates, ratios
from tests.pages.test_tables_standard import columns, row, rows, shown
from tests.samples import records


def claim(*arms, **printed):
    return Claim(
        id="SM-1-ratio", paper="size-matters", where="1", says="so", page="a/page",
        quantity="accuracy_ratio", arms=arms, holds_if="near", margin=2, printed=printed,
    )  # fmt: skip


def outcome(name, arm, share, seed):
    run = Run(model=Model(name=name), data=Data(name="cifar10", side=32), seed=seed)
    return Outcome(run, run, records(run, accuracy={"accuracy": share}), arm)


@pytest.fixture
def armed(page):
    """Two networks in arms A and B; the ratios of vgg11 are 30 and 50 %, those of vgg13 40 %."""
    shares = {"vgg11": ([0.8, 0.6], [0.24, 0.3]), "vgg13": ([0.5, 0.5], [0.2, 0.2])}
    page.outcomes = [
        outcome(name, arm, share, seed)
        for name, arms in shares.items()
        for arm, held in zip("AB", arms, strict=True)
        for seed, share in enumerate(held)
    ]
    return page


def test_a_ratio_is_taken_seed_by_seed_for_every_network_that_has_both_arms(armed):
    found = estimates(armed, claim("B", "A", vgg11=15.35))
    assert {one.network: (one.mean, one.n) for one in found} == {
        "vgg11": (pytest.approx(40), 2),
        "vgg13": (pytest.approx(40), 2),
    }


def test_the_original_stands_beside_ours_with_n_and_interval(armed):
    table = ratios(armed, {"CIFAR-10": {"small": claim("B", "A", vgg11=15.35)}}, "Ratio")
    # t(0.975, 1) = 12.706 in a printed table; 30 and 50 have a standard error of 10. None is below 0.
    assert row(table, network="VGG11") == {
        "network": "VGG11", "data": "CIFAR-10", "n": "2", "small, original": "15.35",
        "small, ours": "40 (0 to 167)",
    }  # fmt: skip
    assert row(table, network="VGG13")["small, original"] == "not printed"
    assert shown(table).caption.text == f"Ratio (%, with 95 % intervals; {armed.badge()})"


def test_what_was_not_run_is_said_to_be_so_and_has_n_of_zero(armed):
    sets = {
        "CIFAR-10": {"small": claim("B", "A", vgg11=15.35), "large": claim("C", "A", vgg11=66.08)},
        "MNIST": {"small": claim("B mnist", "A mnist", vgg16=9.5), "large": claim("C mnist", "A mnist")},
    }
    table = ratios(armed, sets, "Ratio")
    assert len(columns(table)) == 3 + 2 * 2
    assert [(one["network"], one["data"]) for one in rows(table)] == [
        ("VGG11", "CIFAR-10"), ("VGG13", "CIFAR-10"), ("VGG16", "MNIST"),
    ]  # fmt: skip
    missing = row(table, network="VGG16")
    assert (missing["small, original"], missing["small, ours"]) == ("9.5", contrast_tables.NOT_RUN)
    assert missing["n"] == "0" and row(table, network="VGG11")["n"] == "2, 0"
