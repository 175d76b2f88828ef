"""What sentences and captions say of the runs behind them."""

import dataclasses

import pytest

from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Estimate, Verdict
from rfbook.experiments.tiers import with_changes
from rfbook.pages import prose


def judged(answers):
    """A verdict by networks: above ten holds, below it fails, and one seed is open."""
    claim = Claim(
        id="X-1", paper="size-matters", where="1", says="so", page="a/page", quantity="accuracy",
        holds_if="above", margin=10,
    )  # fmt: skip
    means = {"yes": (20, (19, 21)), "no": (5, (4, 6)), "open": (20, None)}
    estimates = tuple(
        Estimate(network, mean, 3, interval, exact=False)
        for network, answer in answers.items()
        for mean, interval in [means[answer]]
    )
    return Verdict(claim, "partly", "", estimates)


@pytest.mark.parametrize(
    "answers, said",
    [
        ({"vgg11": "yes", "vgg16": "no", "vgg19": "open"},
         "yes in VGG11, no in VGG16 and open in VGG19"),
        ({"vgg11": "yes", "vgg16": "open", "vgg19": "open"}, "yes in VGG11 and open in VGG16 and VGG19"),
        ({"vgg11": "yes", "vgg16": "yes"}, "yes, in every network"),
        ({"vgg11": "no"}, "no, in none"),
        ({"vgg11": "open"}, "that is open"),
        ({}, "that is not tested"),
    ],
)  # fmt: skip
def test_a_verdict_answers_a_question_network_by_network(answers, said):
    assert prose.answered(judged(answers)) == said


def test_several_verdicts_on_one_question_give_one_answer():
    verdicts = judged({"vgg11 MNIST": "yes"}), judged({"vgg16 MNIST": "no"})
    assert prose.answered(*verdicts, arm="MNIST") == "yes in VGG11 and no in VGG16"


def test_networks_are_named_as_the_papers_write_them():
    assert prose.named(judged({"vgg11": "yes", "vgg16": "open"}).estimates) == "VGG11 and VGG16"


def test_of_two_networks_that_are_compared_an_answer_names_the_first():
    pair = "vgg11 vs vgg11-d2"
    assert prose.answered(judged({pair: "yes"}), judged({"vgg16 vs vgg16-d2": "open"})) == (
        "yes in VGG11 and open in VGG16"
    )


@pytest.fixture
def published(page):
    """A published network, which has no seeds."""
    parts = {
        "recipe": {"epochs": 0, "start": "imagenet"},
        "model": {"name": "efficientnet_lite0", "width": 1.0},
        "data": {"images": None},
    }
    return dataclasses.replace(page.outcomes[0], run=with_changes(page.outcomes[0].run, parts))


def test_the_number_of_seeds_is_said_in_words(page):
    one, two, three, _ = page.outcomes
    assert prose.seeds([one, two]) == "2 seeds"
    assert prose.seeds([one, three]) == "one seed"
    assert prose.seeds([one, two, three]) == "1 to 2 seeds"


def test_a_published_network_is_not_called_a_seed(published):
    assert prose.seeds([published]) == "one published network"


def test_only_several_seeds_have_a_mean(page, published):
    one, two, three, _ = page.outcomes
    assert prose.mean_of([one, two]) == "mean of 2 seeds"
    assert prose.mean_of([one, two, three]) == "mean of 1 to 2 seeds"
    assert prose.mean_of([one, three]) == "one seed"
    assert prose.mean_of([published]) == "one published network"


def test_only_the_mean_of_several_seeds_has_a_band(page, published):
    one, two, three, _ = page.outcomes
    assert prose.banded([one, two]) == "mean of 2 seeds, with its 95 % interval"
    assert prose.banded([one, two, three]) == (
        "mean of 1 to 2 seeds, with its 95 % interval (none where there is only one)"
    )
    assert prose.banded([one, three]) == "one seed"
    assert prose.banded([published]) == "one published network"


@pytest.mark.parametrize(
    "number, said",
    [(9, "conv9"), (9.0, "conv9"), (28 / 3, "conv9.3 in the mean"), (9.5, "conv9.5 in the mean")],
)
def test_a_layer_is_named_by_a_whole_number_or_by_the_mean_that_it_is(number, said):
    assert prose.convolution(number) == said


def test_only_several_seeds_have_error_bars(page, published):
    one, two, three, _ = page.outcomes
    assert prose.error_bars([one, two]) == "Error bars: 95 % intervals over 2 seeds."
    assert prose.error_bars([one, two, three]) == (
        "Error bars: 95 % intervals over 1 to 2 seeds (none where there is only one)."
    )
    assert prose.error_bars([one, three]) == "No error bars: one seed."
    assert prose.error_bars([published]) == "No error bars: one published network."


def test_how_far_networks_are_trained_is_a_mean_over_their_seeds(page):
    for one, share in zip(page.outcomes, (0.4, 0.5, 0.9, 0.9), strict=True):
        one.records["accuracy"].values["training_accuracy"] = [0.1, share]
    said = "In the last epoch the networks are right on 45 % (VGG11) and 90 % (VGG13) of their training "
    assert prose.trained(page.outcomes) == f"{said}images."


def test_nothing_is_said_of_training_where_no_record_does(page):
    for one in page.outcomes:
        one.records["accuracy"].values["training_accuracy"] = []
    assert prose.trained(page.outcomes) == ""
    page.outcomes[2].records["accuracy"].values["training_accuracy"] = [0.3]
    assert prose.trained(page.outcomes) == (
        "In the last epoch the networks are right on 30 % (VGG13) of their training images."
    )


def test_how_many_images_are_learnt_from_is_said_once_for_all_networks(page):
    for one in page.outcomes:
        one.records["accuracy"].values["test_images"] = 500
    learnt = page.outcomes[0].run.data.images or 50_000
    said = f"Every network learns from {learnt} images of CIFAR-10 and is tested on 500."
    assert prose.images(page.outcomes) == said
def test_how_many_probes_converged_is_counted_over_all_runs_and_kinds(page):
    for one, fits in zip(page.outcomes, ([True, True], [True, False], [True], []), strict=True):
        one.records["probes"].values["converged"] = fits
    assert prose.converged(page.outcomes) == "4 of 5 probes"
