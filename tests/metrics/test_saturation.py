"""Saturation counts the directions a layer's output varies in, however the data arrive."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate

from rfbook.metrics.saturation import (
    OBSERVATIONS_PER_PRODUCT,
    Covariance,
    dimensions,
    nearest_4x4,
    saturation,
    spectrum,
)
from rfbook.metrics.taps import tap

CONVOLUTIONS_AND_HEAD = ["0", "3", "6", "11"]


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def covariance_of(*batches: torch.Tensor) -> Covariance:
    covariance = Covariance()
    for maps in batches:
        covariance.update(maps)
    return covariance


def by_numpy(maps: torch.Tensor) -> np.ndarray:
    return np.cov(maps.double().transpose(0, 1).flatten(1).numpy(), ddof=0)


@pytest.fixture
def maps() -> torch.Tensor:
    """Correlated maps of 5 channels, more observations than one single-precision product takes."""
    mixing = torch.randn(5, 5, generator=seeded(0))
    maps = torch.einsum("dc,nchw->ndhw", mixing, torch.randn(40, 5, 16, 16, generator=seeded(1)))
    assert maps[:, 0].numel() > OBSERVATIONS_PER_PRODUCT
    return maps + torch.arange(5.0).view(1, 5, 1, 1)


def test_batches_add_up_to_what_numpy_computes_in_double_precision(maps):
    covariance = covariance_of(*maps.split(7))
    assert covariance.count == 40 * 16 * 16
    np.testing.assert_allclose(covariance.matrix(), by_numpy(maps), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(covariance.mean, maps.double().mean((0, 2, 3)), atol=1e-6)


def test_double_maps_are_summed_in_double_precision(maps):
    covariance = covariance_of(*maps.double().split(7))
    np.testing.assert_allclose(covariance.matrix(), by_numpy(maps), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", ["contiguous", "channels_last", "vectors", "needs gradient"])
def test_layout_does_not_matter(maps, kind):
    same = {
        "contiguous": maps.contiguous(),
        "channels_last": maps.to(memory_format=torch.channels_last),
        "vectors": maps.permute(0, 2, 3, 1).reshape(-1, 5),
        "needs gradient": maps.clone().requires_grad_(),
    }[kind]
    np.testing.assert_allclose(covariance_of(same).matrix(), by_numpy(maps), rtol=1e-5, atol=1e-5)


def test_half_precision_maps_lose_nothing_more_than_their_own_rounding(maps):
    half = maps.bfloat16()
    np.testing.assert_allclose(covariance_of(half).matrix(), by_numpy(half), rtol=1e-5, atol=1e-5)


def test_the_order_of_batches_does_not_matter(maps):
    forward, backward = covariance_of(*maps.split(7)), covariance_of(*maps.split(7)[::-1])
    torch.testing.assert_close(forward.matrix(), backward.matrix(), rtol=1e-5, atol=1e-5)


def test_merged_pieces_equal_the_whole(maps):
    double = maps.double()
    # The pieces differ in size and in mean, so their shifts differ.
    pieces = [double[:3], double[3:20] + 10, double[20:]]
    merged = Covariance()
    for piece in [covariance_of(pieces[0]), Covariance(), *map(covariance_of, pieces[1:])]:
        merged.merge(piece)
    whole = covariance_of(torch.cat(pieces))
    assert merged.count == whole.count
    torch.testing.assert_close(merged.mean, whole.mean, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(merged.matrix(), whole.matrix(), rtol=1e-11, atol=1e-11)


def test_merging_leaves_the_other_as_it_was_and_can_go_on(maps):
    first, second = covariance_of(maps[:10]), covariance_of(maps[10:20])
    before = second.matrix()
    first.merge(second)
    first.update(maps[20:])
    assert torch.equal(second.matrix(), before)
    np.testing.assert_allclose(first.matrix(), by_numpy(maps), rtol=1e-5, atol=1e-5)


def test_a_mean_far_above_the_spread_does_not_cancel():
    maps = 1e4 + torch.randn(64, 4, 32, 32, generator=seeded(2))
    # Without the shift the squares are 1e8 and single precision resolves 8: nothing would be left.
    matrix = covariance_of(*maps.split(16)).matrix()
    np.testing.assert_allclose(matrix, by_numpy(maps), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(matrix, np.eye(4), atol=0.02)


def test_an_empty_batch_changes_nothing(maps):
    with_empty = covariance_of(maps[:0], maps, maps[:0])
    assert torch.equal(with_empty.matrix(), covariance_of(maps).matrix())


def test_updates_inside_and_outside_inference_mode_mix(maps):
    covariance = Covariance()
    with torch.inference_mode():
        covariance.update(maps[:20])
    covariance.update(maps[20:])
    np.testing.assert_allclose(covariance.matrix(), by_numpy(maps), rtol=1e-5, atol=1e-5)


def test_another_number_of_channels_is_refused(maps):
    covariance = covariance_of(maps)
    with pytest.raises(ValueError, match="got 1 after 5"):
        covariance.update(maps[:, :1])
    with pytest.raises(ValueError, match="got 3 after 5"):
        covariance.merge(covariance_of(maps[:, :3]))


@pytest.mark.parametrize("read", [Covariance.matrix, Covariance.mean.fget])
def test_a_covariance_without_data_says_so(read):
    with pytest.raises(ValueError, match="has none: update it first"):
        read(Covariance())


def test_maps_with_nan_are_refused(maps):
    maps[3, 2, 1, 0] = torch.nan
    with pytest.raises(ValueError, match=r"maps must be finite; channel 2.* is nan"):
        covariance_of(maps)
    later = torch.zeros(1, 5, 1, 2)
    later[0, 2, 0, 1] = torch.inf
    with pytest.raises(ValueError, match=r"channel 2, observation 1 .* is inf"):
        covariance_of(torch.zeros(1, 5, 1, 2), later)


@pytest.mark.parametrize(
    "shares, by_delve, by_definition",
    [
        ([0.5, 0.3, 0.15, 0.045, 0.005], 3, 4),
        ([0.98, 0.02], 1, 2),
        ([0.99, 0.01], 0, 1),
        ([1.0, 0.0, 0.0], 0, 1),
        ([0.25] * 4, 3, 4),
        ([1 / 64] * 64, 63, 64),
        ([0.0] * 4, 0, 0),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 3e-7, 1e9 / 3])
def test_known_spectra_give_what_delve_0_1_50_and_the_definition_give(
    shares, by_delve, by_definition, scale
):
    eigenvalues = scale * torch.tensor(shares, dtype=torch.float64)
    assert dimensions(eigenvalues, 0.99, "delve") == by_delve
    assert dimensions(eigenvalues, 0.99) == by_definition
    assert saturation(eigenvalues) == by_definition / len(shares)
    assert saturation(eigenvalues, convention="delve") == by_delve / len(shares)


@pytest.mark.parametrize("delta", [0.1, 0.2, 0.3, 0.6, 0.7, 0.9, 1.0])
def test_a_share_equal_to_delta_reaches_it_despite_rounding(delta):
    eigenvalues = torch.full((10,), 0.1, dtype=torch.float64)
    assert dimensions(eigenvalues, delta) == round(10 * delta)


def test_one_decomposition_serves_several_deltas():
    eigenvalues = torch.tensor([6.0, 3.0, 0.9, 0.1], dtype=torch.float64)
    shares = [saturation(eigenvalues, delta) for delta in (0.5, 0.9, 0.99, 1.0)]
    assert shares == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_data_of_a_known_rank_saturate_that_share_of_the_channels(rank):
    directions = torch.linalg.qr(torch.randn(16, rank, generator=seeded(3))).Q
    sources = torch.randn(64, rank, 8, 8, generator=seeded(4))
    maps = torch.einsum("cr,nrhw->nchw", directions, sources) + 5
    eigenvalues = spectrum(covariance_of(maps).matrix())
    assert dimensions(eigenvalues, 0.99999) == rank
    assert saturation(eigenvalues) == rank / 16
    assert saturation(eigenvalues, convention="delve") == (rank - 1) / 16


def test_a_spectrum_descends_and_has_no_negative_values():
    eigenvalues = spectrum(torch.diag(torch.tensor([1.0, 3.0, -1e-9, 2.0])))
    assert eigenvalues.tolist() == [3.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rank", [1, 3, 63])
@pytest.mark.parametrize("delta", [0.999, 0.9999999, 0.999999999, 1.0])
def test_all_of_the_variance_needs_as_many_directions_as_the_rank(rank, delta, dtype):
    mixing = torch.linalg.qr(torch.randn(64, rank, generator=seeded(0), dtype=torch.float64)).Q
    maps = (torch.randn(9000, rank, generator=seeded(1), dtype=torch.float64) @ mixing.T).to(dtype)
    eigenvalues = spectrum(covariance_of(maps).matrix())
    assert dimensions(eigenvalues, delta) == rank
    assert dimensions(eigenvalues, delta, "delve") == rank - 1


@pytest.mark.parametrize("scale", [1e19, 1e36, 1e-25, 1e-37, [1e30, 1, 1e-30, 1e15, 1e-5]])
def test_the_scale_of_the_maps_changes_no_covariance(maps, scale):
    factors = torch.tensor(scale, dtype=torch.float64).expand(5)
    scaled = (maps.double() * factors.view(1, 5, 1, 1)).float()
    covariance = covariance_of(*scaled.split(17))
    relative = covariance.matrix() / factors.outer(factors)
    np.testing.assert_allclose(relative, by_numpy(maps), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(covariance.mean / factors, maps.double().mean((0, 2, 3)), atol=1e-5)


def test_an_ordinary_batch_between_extreme_ones_is_counted(maps):
    pieces = [maps * 1e-25, maps, maps * 1e-25]
    np.testing.assert_allclose(
        covariance_of(*pieces).matrix(), by_numpy(torch.cat(pieces)), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_double_maps_whose_squares_leave_double_precision_are_refused(maps, scale):
    with pytest.raises(ValueError, match="leave double precision: multiply the maps by a constant"):
        covariance_of(maps.double() * scale)


def test_what_is_not_finite_has_no_spectrum_and_no_dimensions():
    with pytest.raises(ValueError, match="covariances must be finite"):
        spectrum(torch.full((2, 2), torch.nan))
    with pytest.raises(ValueError, match=r"must be finite; direction 1"):
        dimensions(torch.tensor([1.0, torch.nan]), 0.99)


@pytest.mark.parametrize("delta", [0.0, -0.5, 1.01, 99.0, float("nan")])
def test_delta_outside_its_range_is_refused(delta):
    with pytest.raises(ValueError, match="0 < delta <= 1; got"):
        dimensions(torch.ones(3), delta)


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match="'paper' or 'delve', not 'textbook'"):
        dimensions(torch.ones(3), 0.99, "textbook")


def test_nearest_4x4_keeps_the_top_left_of_each_block():
    maps = torch.arange(32.0 * 32).view(1, 1, 32, 32)
    assert torch.equal(nearest_4x4(maps), maps[..., ::8, ::8])


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 4), (2, 3, 2, 2), (2, 3, 1, 4)])
def test_nearest_4x4_leaves_small_maps_and_vectors_alone(shape):
    maps = torch.ones(shape)
    assert nearest_4x4(maps) is maps


@pytest.mark.parametrize("shape", [(2, 3, 5, 3), (2, 3, 3, 5), (2, 3, 14, 14)])
def test_nearest_4x4_cuts_when_one_side_is_longer(shape):
    assert nearest_4x4(torch.ones(shape)).shape == (2, 3, 4, 4)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """A network whose dimensions are known from delve 0.1.50 and from an independent script."""

    def block(before: int, after: int, stride: int) -> list[nn.Module]:
        convolution = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        return [convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True)]

    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = [*block(3, 16, 1), *block(16, 32, 2), *block(32, 64, 2)]
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
        return nn.Sequential(*layers, *head).eval()


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    """512 smooth images from 6 patterns, with a little noise."""
    generator = seeded(1)
    weights = torch.randn(512, 6, generator=generator)
    patterns = torch.randn(6, 3, 8, 8, generator=generator)
    coarse = torch.einsum("nk,kchw->nchw", weights, patterns)
    smooth = interpolate(coarse, scale_factor=4, mode="bilinear", align_corners=False)
    return smooth + 0.05 * torch.randn(smooth.shape, generator=generator)


def layer_covariances(network, images, batch, prepare) -> list[Covariance]:
    covariances = {name: Covariance() for name in CONVOLUTIONS_AND_HEAD}

    def update(name: str, maps: torch.Tensor) -> None:
        covariances[name].update(prepare(maps))

    with torch.inference_mode(), tap(network, CONVOLUTIONS_AND_HEAD, update):
        for piece in images.split(batch):
            network(piece)
    return list(covariances.values())


def counts(matrices, convention="paper") -> list[int]:
    return [dimensions(spectrum(matrix), 0.99, convention) for matrix in matrices]


def test_the_fixture_is_the_one_the_numbers_were_computed_on(images):
    assert images.double().sum().item() == pytest.approx(-14198.538, abs=1e-3)
    assert images.double().square().sum().item() == pytest.approx(4592892.3, abs=0.1)


@pytest.mark.parametrize("batch", [512, 128, 16])
def test_dimensions_of_the_fixture_do_not_depend_on_the_batch(network, images, batch):
    covariances = layer_covariances(network, images, batch, lambda maps: maps)
    matrices = [covariance.matrix() for covariance in covariances]
    assert [covariance.count for covariance in covariances] == [524288, 131072, 32768, 512]
    assert counts(matrices) == [9, 25, 52, 6]
    # delve itself gives these for one batch, and 50 or 49 instead of 51 for smaller ones.
    assert counts(matrices, "delve") == [8, 24, 51, 5]


def test_dimensions_of_the_fixture_without_centring(network, images):
    covariances = layer_covariances(network, images, 512, lambda maps: maps)
    raw = [cov.matrix() + torch.outer(cov.mean, cov.mean) for cov in covariances]
    assert counts(raw) == [9, 23, 49, 2]


def test_dimensions_of_the_fixture_on_nearest_4x4_maps(network, images):
    covariances = layer_covariances(network, images, 128, nearest_4x4)
    matrices = [covariance.matrix() for covariance in covariances]
    assert counts(matrices) == [10, 25, 50, 6]
    # The same from delve itself, for one batch of 512.
    assert counts(matrices, "delve") == [9, 24, 49, 5]
