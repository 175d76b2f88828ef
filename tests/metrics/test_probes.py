"""A probe is scikit-learn's logistic regression, on features that are pooled and standardised."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn.functional import cross_entropy

from rfbook.metrics import softmax_preconditioner
from rfbook.metrics.probes import Probe, Standardiser, accuracy, fit_probe, pool_features

EXACT = {"tolerance": 1e-13}


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def objective(weights: Tensor, intercept: Tensor, features: Tensor, labels: Tensor) -> Tensor:
    scores = features.double() @ weights.double() + intercept.double()
    return cross_entropy(scores, labels, reduction="sum") + weights.double().square().sum() / 2


def by_sklearn(features: Tensor, labels: Tensor, **options: float) -> Probe:
    """scikit-learn's answer in our form."""
    model = LogisticRegression(**{"max_iter": 10_000, **options})
    model.fit(features.numpy(), labels.numpy())
    weights, intercept = torch.from_numpy(model.coef_.T), torch.from_numpy(model.intercept_)
    loss = objective(weights, intercept, features, labels).item()
    return Probe(weights.to(features), intercept.to(features), loss, 0, True)


def layer_like(n: int, d: int, k: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Rectified mixtures of directions of very different size; the classes overlap in part."""
    size = torch.arange(1, d + 1) ** -1.0
    labels = torch.arange(n) % k
    means = 0.5 * size.sqrt() * torch.randn(k, d, generator=seeded(seed))
    sources = size * torch.randn(n, d, generator=seeded(seed + 1)) + size.sqrt() * means[labels]
    features = (sources @ torch.randn(d, d, generator=seeded(seed + 2))).relu_()
    return features, labels


def split(features: Tensor, labels: Tensor, test: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    standardiser = Standardiser.of(features[:-test])
    features = standardiser.apply_(features.clone())
    return features[:-test], labels[:-test], features[-test:], labels[-test:]


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    images, labels = load_digits(return_X_y=True)
    return split(torch.from_numpy(images).float(), torch.from_numpy(labels), test=500)


@pytest.fixture
def small() -> tuple[Tensor, Tensor]:
    """120 samples of 5 standardised features, 3 classes, double precision."""
    features, labels = layer_like(120, 5, 3)
    features = features.double()
    return Standardiser.of(features).apply_(features), labels


# Features


def test_a_map_is_averaged_over_the_cells_of_a_4x4_grid():
    maps = torch.arange(2 * 3 * 8 * 8).view(2, 3, 8, 8).float()
    cells = maps.view(2, 3, 4, 2, 4, 2).mean((3, 5))
    assert torch.equal(pool_features(maps), cells.flatten(1))


def test_maps_may_be_averaged_to_more_places():
    maps = torch.rand(2, 3, 16, 8, generator=seeded(0))
    pairs = maps.view(2, 3, 8, 2, 8).mean(3)
    assert torch.equal(pool_features(maps, 8), pairs.flatten(1))


@pytest.mark.parametrize("sides, pooled", [((2, 2), 4), ((1, 1), 1), ((4, 4), 16), ((5, 3), 12)])
def test_a_map_is_never_enlarged(sides, pooled):
    maps = torch.rand(2, 3, *sides, generator=seeded(0))
    features = pool_features(maps)
    assert features.shape == (2, 3 * pooled)
    if max(sides) <= 4:
        assert torch.equal(features, maps.flatten(1))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float64])
def test_stored_maps_of_any_precision_are_pooled_in_single(dtype):
    maps = torch.randint(0, 256, (3, 2, 8, 8), generator=seeded(0)).to(dtype)
    assert torch.equal(pool_features(maps), pool_features(maps.float()))


def test_pooling_many_images_in_blocks_changes_nothing():
    maps = torch.rand(5000, 1, 5, 5, generator=seeded(0))
    singly = torch.cat([pool_features(maps[:2500]), pool_features(maps[2500:])])
    assert torch.equal(pool_features(maps), singly)


def test_features_are_standardised_as_by_scikit_learn():
    features = 100 + 3 * torch.randn(5000, 4, generator=seeded(0))
    expected = StandardScaler().fit_transform(features.double().numpy())
    standard = Standardiser.of(features).apply_(features.clone())
    np.testing.assert_allclose(standard.numpy(), expected, atol=2e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, -12345.678, 1e-30])
def test_a_feature_that_is_constant_in_training_becomes_zero(value):
    features = torch.rand(3000, 2, generator=seeded(0))
    features[:, 1] = value
    standardiser = Standardiser.of(features)
    later = torch.rand(10, 2, generator=seeded(1))
    for standard in (standardiser.apply_(features), standardiser.apply_(later)):
        assert (standard[:, 1] == 0).all()
        assert standard[:, 0].std() > 0.5


def overlapping() -> tuple[Tensor, Tensor]:
    """600 samples of 5 features, which tell three classes apart for the most part."""
    labels, generator = torch.arange(600) % 3, seeded(0)
    noise, means = (torch.randn(n, 5, generator=generator) for n in (600, 3))
    return noise + 2 * means[labels], labels


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1e19, 1e36, 1e-25, 1e-37, [1e-30, 1e30, 1.0, 1e-10, 1e15]])
def test_a_probe_reads_features_of_any_scale(scale, dtype):
    features, labels = overlapping()
    ordinary = Standardiser.of(features).apply_(features.clone())
    scaled = (features.double() * torch.tensor(scale, dtype=torch.float64)).to(dtype)
    standard = Standardiser.of(scaled).apply_(scaled)
    torch.testing.assert_close(standard.float(), ordinary, atol=1e-5, rtol=1e-5)
    assert accuracy(fit_probe(standard, labels), standard, labels) > 0.9


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_double_features_have_the_range_of_double_precision(scale):
    features, _ = overlapping()
    ordinary = Standardiser.of(features.double()).apply_(features.double())
    scaled = Standardiser.of(features.double() * scale).apply_(features.double() * scale)
    torch.testing.assert_close(scaled, ordinary)


@pytest.mark.parametrize("mean, step", [(1000, 1e-3), (-1000, 1e-3), (64, 3e-5), (1e-20, 2e-26)])
def test_classes_a_few_units_of_rounding_apart_are_read(mean, step):
    labels = torch.arange(600) % 3
    noise = torch.randn(600, 3, generator=seeded(0))
    features = torch.cat([noise, mean + step * labels[:, None].float()], dim=1)
    Standardiser.of(features).apply_(features)
    assert features[:, 3].std() == pytest.approx(1, rel=0.01)
    assert accuracy(fit_probe(features, labels), features, labels) == 1


def test_two_neighbouring_numbers_are_one_that_was_rounded_twice():
    feature = torch.full((100, 1), 0.1)
    feature[:9] = torch.nextafter(feature[0], torch.tensor(1.0))
    assert Standardiser.of(feature).scale == 0


def test_features_whose_differences_overflow_are_refused():
    features = torch.tensor([[3e38], [-3e38]])
    with pytest.raises(ValueError, match=r"features reach 3\.0e\+38.*divide them by a constant"):
        Standardiser.of(features)


def test_a_cell_is_averaged_though_its_sum_overflows():
    pooled = pool_features(torch.full((2, 1, 64, 64), 1e37))
    torch.testing.assert_close(pooled, torch.full((2, 16), 1e37), rtol=1e-6, atol=0)


def test_standardising_overwrites_the_features_instead_of_copying_them():
    features = torch.rand(10, 3, generator=seeded(0))
    assert Standardiser.of(features).apply_(features).data_ptr() == features.data_ptr()


# The fitted probe


def test_digits_are_read_as_well_as_by_scikit_learn(digits):
    train, labels, test, test_labels = digits
    ours, peer = fit_probe(train, labels), by_sklearn(train, labels, tol=1e-6)
    assert ours.converged
    assert ours.loss == pytest.approx(peer.loss, rel=1e-3)
    assert accuracy(ours, test, test_labels) == pytest.approx(
        accuracy(peer, test, test_labels), abs=0.002
    )


def test_layer_like_features_are_read_as_well_as_by_scikit_learn():
    train, labels, test, test_labels = split(*layer_like(5000, 96, 10), test=2000)
    ours, peer = fit_probe(train, labels), by_sklearn(train, labels, tol=1e-6)
    assert ours.loss == pytest.approx(peer.loss, rel=1e-3)
    assert accuracy(ours, test, test_labels) == pytest.approx(
        accuracy(peer, test, test_labels), abs=0.002
    )


@pytest.mark.parametrize("n, d", [(120, 5), (40, 200), (40, 39), (40, 40), (41, 40)])
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_the_minimum_is_scikit_learns_with_few_or_many_features(n, d, C):
    features, labels = layer_like(n, d, 3)
    features = features.double()
    Standardiser.of(features).apply_(features)
    ours = fit_probe(features, labels, C=C, **EXACT)
    peer = by_sklearn(features, labels, C=C, solver="newton-cg", tol=1e-10)
    torch.testing.assert_close(ours.weights, peer.weights, atol=1e-5, rtol=1e-5)


def test_the_gradient_vanishes_at_the_solution(small):
    features, labels = small
    probe = fit_probe(features, labels, **EXACT)
    parameters = probe.weights.requires_grad_(), probe.intercept.requires_grad_()
    loss = objective(*parameters, features, labels)
    assert loss.item() == pytest.approx(probe.loss, rel=1e-12)
    for gradient in torch.autograd.grad(loss, parameters):
        assert gradient.abs().max() < 1e-4


def test_the_solution_of_a_tiny_problem_stays_what_scikit_learn_1_9_1_finds():
    features = torch.tensor([[-1.0, 0], [0, 1], [1, -1], [2, 0.5], [-2, 1], [0.5, 2]]).double()
    labels = torch.tensor([0, 1, 2, 2, 0, 1])
    probe = fit_probe(features, labels, **EXACT)
    weights = [[-0.924316592, 0.102197050, 0.822119542], [-0.189638004, 0.710123060, -0.520485057]]
    assert probe.loss == pytest.approx(3.209055639718, abs=1e-9)
    torch.testing.assert_close(probe.weights, torch.tensor(weights).double(), atol=1e-6, rtol=0)


def test_the_intercept_is_free_and_gives_the_class_frequencies_when_features_say_nothing():
    labels = torch.tensor([0] * 70 + [1] * 20 + [2] * 10)
    probe = fit_probe(torch.zeros(100, 4).double(), labels, **EXACT)
    frequencies = torch.softmax(probe.intercept, 0)
    torch.testing.assert_close(frequencies, torch.tensor([0.7, 0.2, 0.1]).double(), atol=1e-5, rtol=0)
    assert (probe.weights == 0).all()


def test_renaming_the_classes_renames_the_weights(small):
    features, labels = small
    order = torch.tensor([2, 0, 1])
    probe, renamed = fit_probe(features, labels, **EXACT), fit_probe(features, order[labels], **EXACT)
    torch.testing.assert_close(renamed.weights[:, order], probe.weights, atol=1e-6, rtol=0)


def test_badly_scaled_features_only_take_longer(small):
    features, labels = small
    features = features * torch.tensor([1e-3, 1, 30, 1e3, 1]) + 5
    ours, peer = fit_probe(features, labels), by_sklearn(features, labels, solver="newton-cg")
    assert ours.loss == pytest.approx(peer.loss, rel=1e-3)


def test_directions_of_very_different_size_take_few_passes():
    train, labels, *_ = split(*layer_like(5000, 96, 10), test=1)
    model = LogisticRegression(max_iter=10_000).fit(train.numpy(), labels.numpy())
    assert fit_probe(train, labels).iterations < model.n_iter_[0] / 3


def test_many_more_rows_than_the_preconditioner_sees_may_come_sorted_by_class():
    features, labels, *_ = split(*layer_like(9000, 16, 3), test=1)
    order = labels.argsort()
    mixed, ordered = fit_probe(features, labels), fit_probe(features[order], labels[order])
    assert ordered.loss == pytest.approx(mixed.loss, rel=1e-4)


@pytest.fixture
def rare() -> tuple[Tensor, Tensor]:
    """Four of 8 channels are active in 60 of 6000 images, at places the preconditioner skips."""
    features, labels = layer_like(6000, 8, 3)
    features[:, :4] = 0
    for channel in range(4):
        features[1 + 2 * channel : 600 : 10, channel] = 1  # it sees every other row: none of these
    return Standardiser.of(features).apply_(features), labels


def test_channels_that_are_rarely_active_cost_no_iterations(rare):
    probe = fit_probe(*rare)
    assert probe.loss == pytest.approx(by_sklearn(*rare, tol=1e-6).loss, rel=1e-5)
    assert probe.iterations < 20


def test_a_poor_preconditioner_costs_iterations_but_not_accuracy(rare, monkeypatch):
    good = fit_probe(*rare)
    monkeypatch.setattr(softmax_preconditioner, "_missed", lambda *_: torch.zeros(()))
    poor = fit_probe(*rare)
    assert poor.iterations > 2 * good.iterations
    assert poor.loss == pytest.approx(good.loss, rel=2e-5)


def test_the_same_input_gives_the_same_bits_and_is_left_alone(digits):
    train, labels, *_ = digits
    before = train.clone()
    first, second = fit_probe(train, labels), fit_probe(train, labels)
    assert torch.equal(train, before)
    assert torch.equal(first.weights, second.weights)
    assert torch.equal(first.intercept, second.intercept)
    assert first.loss == second.loss


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_probe_has_the_precision_of_its_features(small, dtype):
    features, labels = small
    probe = fit_probe(features.to(dtype), labels.to(torch.uint8))
    assert probe.weights.dtype == probe.intercept.dtype == dtype
    assert probe.weights.shape == (5, 3)


def test_a_probe_that_ran_out_of_iterations_says_so(digits):
    train, labels, *_ = digits
    probe = fit_probe(train, labels, max_iterations=2)
    assert not probe.converged
    assert probe.iterations == 2


def test_accuracy_is_the_share_of_samples_whose_highest_score_is_right():
    probe = Probe(torch.eye(3), torch.tensor([0.0, 0.0, 0.6]), 0.0, 1, True)
    features = torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [0, 0.5, 0], [0, 0, 1.0]])
    assert accuracy(probe, features, torch.tensor([0, 1, 1, 2])) == 0.75


# What cannot be fitted


@pytest.mark.parametrize(
    "labels, message",
    [
        ([0, 1, 2, 0], "5 samples, 4 labels"),
        ([0, 1, -1, 0, 1], r"got \[-1\]"),
        ([0, 1, 3, 0, 1], r"none is \[2\]"),
        ([0, 0, 0, 0, 0], "at least two classes"),
    ],
)
def test_labels_that_do_not_number_the_classes_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        fit_probe(torch.rand(5, 2, generator=seeded(0)), torch.tensor(labels))


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_features_that_are_not_finite_are_refused_everywhere(small, value):
    features, labels = small
    probe = fit_probe(features, labels)
    features[7, 2] = value
    calls = [
        lambda: Standardiser.of(features),
        lambda: fit_probe(features, labels),
        lambda: accuracy(probe, features, labels),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="features must be finite; sample 7, feature 2"):
            call()


def test_half_precision_features_are_refused(small):
    features, labels = small
    with pytest.raises(ValueError, match=r"float16.*float\(\)"):
        fit_probe(features.half(), labels)


def test_test_labels_that_the_probe_never_saw_are_refused(small):
    features, labels = small
    probe = fit_probe(features, labels)
    with pytest.raises(ValueError, match=r"labels must be 0\.\.2; got \[3\]"):
        accuracy(probe, features, labels + 1)


def test_features_that_leave_the_precision_unless_standardised_are_refused(small):
    features, labels = small
    with pytest.raises(ValueError, match=r"cannot be fitted in torch\.float32: standardise"):
        fit_probe(features.float() * 1e19, labels)


def test_a_layer_without_features_is_refused():
    with pytest.raises(ValueError, match="a probe needs a feature, got none"):
        fit_probe(torch.empty(6, 0), torch.arange(6) % 2)


def test_a_probe_that_is_not_finite_has_no_accuracy():
    probe = Probe(torch.full((2, 2), torch.nan), torch.zeros(2), 0.0, 1, False)
    with pytest.raises(ValueError, match="scores must be finite; sample 0, class 0"):
        accuracy(probe, torch.ones(3, 2), torch.arange(3) % 2)


@pytest.mark.parametrize("C", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_of_the_data_that_is_not_positive_is_refused(small, C):
    with pytest.raises(ValueError, match="C, the weight of the data"):
        fit_probe(*small, C=C)
