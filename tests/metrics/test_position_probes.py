"""A position probe reads the classes from one position of a map, as a probe of its own would."""

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from rfbook.metrics.position_probes import PositionProbes, fit_position_probes
from rfbook.metrics.probes import Standardiser, accuracy, fit_probe

SIDE = 6


def class_maps(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Maps of 6 channels whose class shows more and more clearly from the corner on."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(4, (n,), generator=generator)
    patterns = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    clarity = torch.linspace(0, 1.5, SIDE * SIDE).view(SIDE, SIDE)
    noise = torch.randn(n, 6, SIDE, SIDE, generator=generator)
    return (patterns[labels][..., None, None] * clarity + noise).relu_(), labels


@pytest.fixture(scope="module")
def data() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return (*class_maps(800, seed=1), *class_maps(1000, seed=2))


@pytest.fixture(scope="module")
def probes(data) -> PositionProbes:
    return fit_position_probes(*data)


def test_every_position_is_as_good_as_a_probe_fitted_to_it_alone(data, probes):
    train, labels, test, test_labels = data
    for row in range(SIDE):
        for column in range(0, SIDE, 2):
            features, later = train[..., row, column].clone(), test[..., row, column].clone()
            standardiser = Standardiser.of(features)
            probe = fit_probe(standardiser.apply_(features), labels)
            alone = accuracy(probe, standardiser.apply_(later), test_labels)
            assert probes.accuracy[row, column].item() == pytest.approx(alone, abs=0.001)
            assert probes.loss[row, column].item() == pytest.approx(probe.loss, rel=1e-5)


def test_twenty_positions_agree_with_scikit_learn(data, probes):
    train, labels, test, test_labels = (tensor.numpy() for tensor in data)
    places = torch.randperm(SIDE * SIDE, generator=torch.Generator().manual_seed(0))[:20]
    for row, column in ((int(p) // SIDE, int(p) % SIDE) for p in places):
        features = train[..., row, column]
        mean, deviation = features.mean(0), features.std(0)
        model = LogisticRegression(max_iter=1000).fit((features - mean) / deviation, labels)
        expected = model.score((test[..., row, column] - mean) / deviation, test_labels)
        assert probes.accuracy[row, column].item() == pytest.approx(expected, abs=0.005)


def test_clearer_positions_are_read_better(probes):
    assert probes.accuracy[0, 0] < 0.35
    assert probes.accuracy[-1, -1] > 0.8
    assert probes.converged.all()


def test_the_grid_of_a_tiny_map_stays_as_it_is():
    train, test = class_maps(60, seed=3), class_maps(50, seed=4)
    probes = fit_position_probes(train[0][..., 4:, 4:], train[1], test[0][..., 4:, 4:], test[1])
    scikit_learn = [33.003736, 36.424724, 26.572815, 29.873253]  # newton-cg, tolerance 1e-10
    assert probes.accuracy.tolist() == [[0.66, 0.78], [0.82, 0.82]]
    assert probes.loss.flatten().tolist() == pytest.approx(scikit_learn, rel=1e-4)


def test_moving_the_positions_moves_the_grid(data, probes):
    train, labels, test, test_labels = data
    order = torch.randperm(SIDE * SIDE, generator=torch.Generator().manual_seed(0))

    def moved(maps: Tensor) -> Tensor:
        return maps.flatten(2)[..., order].view_as(maps)

    grid = fit_position_probes(moved(train), labels, moved(test), test_labels)
    assert torch.equal(grid.accuracy.flatten(), probes.accuracy.flatten()[order])
    torch.testing.assert_close(grid.loss.flatten(), probes.loss.flatten()[order])


@pytest.mark.parametrize("block_bytes", [1, 100_000, 2**40])
def test_the_size_of_a_block_does_not_matter(data, probes, block_bytes):
    grid = fit_position_probes(*data, block_bytes=block_bytes)
    assert torch.equal(grid.accuracy, probes.accuracy)
    assert torch.equal(grid.iterations, probes.iterations)


def test_the_same_maps_give_the_same_bits(data, probes):
    again = fit_position_probes(*data)
    assert torch.equal(again.loss, probes.loss)
    assert torch.equal(again.accuracy, probes.accuracy)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float64])
def test_stored_maps_of_any_precision_are_read_in_single(data, dtype):
    train, labels, test, test_labels = data
    train, test = (30 * train[..., 4:, 4:]).to(dtype), (30 * test[..., 4:, 4:]).to(dtype)
    stored = fit_position_probes(train, labels, test, test_labels)
    single = fit_position_probes(train.float(), labels, test.float(), test_labels)
    assert torch.equal(stored.loss, single.loss)


@pytest.mark.parametrize("side", [1, 2])
def test_the_maps_are_left_alone(data, side):
    train, labels, test, test_labels = data
    train, test = train[..., :side, :side].clone(), test[..., :side, :side].clone()
    before = train.clone(), test.clone()
    fit_position_probes(train, labels, test, test_labels)
    assert torch.equal(train, before[0])
    assert torch.equal(test, before[1])


def test_a_position_that_never_changes_is_guessed_from_the_class_frequencies(data):
    train, labels, test, test_labels = data
    train, test = train[..., 4:, 4:].clone(), test[..., 4:, 4:].clone()
    train[..., 0, 0] = test[..., 0, 0] = 0.1
    probes = fit_position_probes(train, labels, test, test_labels)
    majority = (test_labels == labels.mode().values).double().mean()
    assert probes.accuracy[0, 0] == majority


def test_positions_that_ran_out_of_iterations_are_named(data):
    probes = fit_position_probes(*data, max_iterations=4)
    assert probes.converged[0, 0]
    assert not probes.converged[-1, -1]
    assert probes.iterations.max() == 4


def test_splits_of_different_layers_are_refused(data):
    train, labels, test, test_labels = data
    with pytest.raises(ValueError, match="6x6x6 for training and 6x6x5 for test"):
        fit_position_probes(train, labels, test[..., 1:], test_labels)


@pytest.mark.parametrize("split", [0, 2])
def test_one_value_that_is_not_finite_is_refused(data, split):
    data = list(data)
    data[split] = data[split].clone()
    data[split][3, 2, 5, 5] = torch.nan
    with pytest.raises(ValueError, match=r"features must be finite; position .*, sample 3, feature 2"):
        fit_position_probes(*data)


@pytest.mark.parametrize("scale", [1e19, 1e-25])
def test_the_scale_of_the_maps_does_not_matter(data, probes, scale):
    train, labels, test, test_labels = data
    grid = fit_position_probes(train * scale, labels, test * scale, test_labels)
    torch.testing.assert_close(grid.accuracy, probes.accuracy, atol=0.005, rtol=0)


@pytest.mark.parametrize(
    "change, message",
    [
        ({1: torch.zeros(800, dtype=torch.long)}, "at least two classes"),
        ({1: torch.arange(799) % 4}, "800 samples, 799 labels"),
        ({3: torch.arange(1000) % 5}, r"labels must be 0\.\.3; got \[4\]"),
    ],
)
def test_labels_that_do_not_fit_are_refused(data, change, message):
    arguments = [change.get(i, value) for i, value in enumerate(data)]
    with pytest.raises(ValueError, match=message):
        fit_position_probes(*arguments)
