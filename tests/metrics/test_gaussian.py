"""The Gaussian fit is the paper's, finds what was put in, and refuses what it cannot fit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rfbook.metrics import gaussian
from rfbook.metrics.gaussian import GaussianFit, fit_gaussian

# Owner of the arrays: OpenERF (MIT, by the paper's first author), layer-4 unit (3, 3) of the
# `a1_in1k` networks. Owner of the fits: a separate one with the residual function and the start of
# the paper's public code; both minimisers end in the same place.
PUBLISHED = [
    # name, sigma x, sigma y, R^2, centre x, centre y
    ("resnet18", 70.5, 70.2, 0.894, 104.5, 105.2),
    ("resnet34", 82.2, 85.4, 0.879, 102.7, 103.4),
    ("resnet50", 60.1, 60.5, 0.932, 99.5, 98.7),
    ("resnet101", 61.2, 63.7, 0.921, 100.0, 97.8),
]


def published_field(name: str) -> np.ndarray:
    path = Path(os.environ.get("RFBOOK_DATA", "data")) / "openerf" / f"{name}.a1_in1k.npy"
    if not path.exists():
        pytest.skip(f"OpenERF's {name} array is not at {path}: set RFBOOK_DATA")
    return np.load(path)


def bump(sigma: float, side: int = 224, centre: tuple[float, float] = (96, 120)) -> np.ndarray:
    """A Gaussian 1.2 times as tall as wide, with its peak of 1 at column, row `centre`."""
    y, x = np.indices((side, side))
    across, down = (x - centre[0]) / sigma, (y - centre[1]) / (1.2 * sigma)
    return np.exp(-(across**2 + down**2) / 2)


@pytest.mark.parametrize("name, sigma_x, sigma_y, r_squared, centre_x, centre_y", PUBLISHED)
def test_the_published_fields_have_the_published_size(
    name, sigma_x, sigma_y, r_squared, centre_x, centre_y
):
    fit = fit_gaussian(published_field(name))
    assert (fit.sigma_x, fit.sigma_y) == pytest.approx((sigma_x, sigma_y), abs=0.051)
    assert (fit.centre_x, fit.centre_y) == pytest.approx((centre_x, centre_y), abs=0.051)
    assert fit.r_squared == pytest.approx(r_squared, abs=0.00051 + 1e-4)
    assert fit.offset == 0


def test_a_pedestal_widens_resnet18s_fit_from_48_to_70_pixels():
    fit = fit_gaussian(published_field("resnet18"), offset=True)
    assert fit.sigma_x == pytest.approx(47.6, abs=0.051)
    assert fit.r_squared == pytest.approx(0.942, abs=0.00051)
    assert fit.offset == pytest.approx(0.50, abs=0.005)


@pytest.mark.parametrize("sigma", [5, 8, 12, 20, 40, 60, 80, 100])
@pytest.mark.parametrize("centre", [(111.5, 111.5), (30, 190)])
def test_any_size_is_found_from_the_moments(sigma, centre):
    fit = fit_gaussian(bump(sigma, centre=centre))
    assert (fit.sigma_x, fit.sigma_y) == pytest.approx((sigma, 1.2 * sigma), rel=1e-5)
    assert (fit.centre_x, fit.centre_y) == pytest.approx(centre, abs=1e-3)
    assert fit.r_squared == pytest.approx(1)


@pytest.mark.parametrize(
    "sigma, centre, floor",
    [(2, (17, 17), 0.1), (2, (8, 8), 0.1), (3, (18, 18), 0.3), (2, (6, 40), 0.1), (1, (25, 3), 1.0),
     (3, (0, 47), 0.2), (2, (23, 24), 1000.0)],
)  # fmt: skip
def test_a_peak_on_a_pedestal_is_found_far_from_the_moments(sigma, centre, floor):
    fit = fit_gaussian(bump(sigma, 48, centre) + floor, offset=True)
    assert (fit.sigma_x, fit.sigma_y) == pytest.approx((sigma, 1.2 * sigma), rel=1e-3)
    assert (fit.centre_x, fit.centre_y) == pytest.approx(centre, abs=1e-2)
    assert fit.r_squared == pytest.approx(1, abs=1e-4)
    assert fit.inside((48, 48))


def test_of_two_peaks_the_one_is_fitted_that_explains_more():
    field = bump(6, 112, (20, 25)) + 0.8 * bump(5, 112, (90, 85))
    for offset in (False, True):
        fit = fit_gaussian(field, offset=offset)
        assert (fit.centre_x, fit.centre_y) == pytest.approx((20, 25), abs=0.2)


def test_where_both_starts_end_alike_the_first_end_is_kept(monkeypatch):
    rough = bump(20) + 0.1 * np.random.default_rng(0).random((224, 224))
    both = fit_gaussian(rough, offset=True)
    alone = {**gaussian._moments(rough / rough.sum()), "c": rough.min() / rough.sum()}
    monkeypatch.setattr(gaussian, "_best_on_grid", lambda share, offset: alone)
    assert fit_gaussian(rough, offset=True) == both


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("side", [16, 48])
def test_noise_has_no_peak(side, offset):
    noise = 1 + 0.01 * np.random.default_rng(0).standard_normal((side, side))
    with pytest.raises((ValueError, RuntimeError), match=r"no peak|without a peak"):
        fit_gaussian(noise, offset=offset)


def test_a_faint_peak_in_noise_is_found():
    noise = np.random.default_rng(0).standard_normal((112, 112))
    fit = fit_gaussian(10 + noise + 3 * bump(4, 112, (30, 80)), offset=True)
    assert (fit.centre_x, fit.centre_y) == pytest.approx((30, 80), abs=1)
    assert fit.sigma_x == pytest.approx(4, rel=0.2)


def test_a_slope_is_fitted_from_beyond_the_image_and_says_so():
    fit = fit_gaussian(bump(60, 64, (-50, 30)))
    assert fit.centre_x == pytest.approx(-50, abs=0.1)
    assert not fit.inside((64, 64))


@pytest.mark.parametrize(
    "changes, inside",
    [({}, True), ({"centre_x": -0.5}, True), ({"centre_x": 39.6}, False), ({"centre_y": -0.6}, False),
     ({"sigma_x": 40.0}, True), ({"sigma_x": 41.0}, False), ({"sigma_y": 21.0}, False)],
)  # fmt: skip
def test_a_fit_lies_inside_if_its_centre_and_its_widths_do(changes, inside):
    fit = {"sigma_x": 5.0, "sigma_y": 5.0, "centre_x": 9.0, "centre_y": 9.0}
    assert GaussianFit(**fit | changes, r_squared=0.9, offset=0.0).inside((20, 40)) == inside


def test_x_is_the_column():
    fit = fit_gaussian(bump(10, centre=(40, 150)))
    assert (fit.centre_x, fit.centre_y) == pytest.approx((40, 150))
    assert fit.sigma_x < fit.sigma_y


def test_the_offset_is_a_share_of_the_mean():
    field = bump(20)
    fit = fit_gaussian(field + field.mean(), offset=True)
    assert fit.offset == pytest.approx(0.5, rel=1e-4)
    assert fit.sigma_x == pytest.approx(20, rel=1e-5)


def test_the_scale_does_not_matter():
    rough = bump(20) + 0.1 * np.random.default_rng(0).random((224, 224))
    once = fit_gaussian(rough)
    for factor in (1e-6, 1e305, 1e-305):
        scaled = fit_gaussian(rough * factor)
        assert scaled.sigma_x == pytest.approx(once.sigma_x, rel=1e-6)
        assert scaled.r_squared == pytest.approx(once.r_squared, rel=1e-9)
    assert fit_gaussian(rough * 2.0**-900) == once


def test_r_squared_falls_as_the_size_grows_at_equal_noise():
    # 30 % multiplicative noise: .90 at 20 pixels, .63 at 75.
    noise = 1 + 0.3 * np.random.default_rng(0).standard_normal((224, 224)).clip(-3, 3)
    y, x = np.indices((224, 224))
    fits = [
        fit_gaussian(np.exp(-((x - 111.5) ** 2 + (y - 111.5) ** 2) / 2 / sigma**2) * noise)
        for sigma in (20, 75)
    ]
    assert [fit.r_squared for fit in fits] == pytest.approx([0.90, 0.63], abs=0.03)


@pytest.mark.parametrize(
    "field",
    [
        np.zeros((8, 8)),
        np.full((8, 8), np.nan),
        np.where(bump(2, 8, (4, 4)) > 0.9, np.inf, 1.0),
        np.ones((8, 8)),
        bump(2, 8, (4, 4)) - 0.5,
    ],
    ids=["zero", "nan", "infinite", "constant", "negative"],
)
def test_a_field_without_a_gaussian_is_refused(field):
    with pytest.raises(ValueError, match="finite field that is nowhere negative and varies"):
        fit_gaussian(field)


def test_a_single_bright_pixel_is_given_up():
    field = np.zeros((16, 16))
    field[5, 6] = 1
    with pytest.raises(RuntimeError, match=r"given up after .* narrower than a pixel"):
        fit_gaussian(field)


def test_importing_the_module_does_not_import_lmfit():
    code = "import sys, rfbook.metrics.gaussian; sys.exit('lmfit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
