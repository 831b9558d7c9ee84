"""Sobol points: even, unbiased, independent of how they are cut, and keyed by seed and figure."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from twofront.ensemble import sobol
from twofront.ensemble.sobol import uniforms
from twofront.errors import TwofrontError

PATHS = [f"powers.p{k}.growth" for k in range(20)]


def test_unscrambled_points_are_those_of_scipy() -> None:
    points = sobol._block(sobol._directions(30, 16), 0, 512) / 2.0**32
    np.testing.assert_array_equal(points.T, qmc.Sobol(30, scramble=False, bits=32).random(512))


def test_unscrambled_points_are_those_of_joe_and_kuo() -> None:
    # The first points of new-joe-kuo-6.21201 in three dimensions, as printed with its generator.
    points = sobol._block(sobol._directions(3, 16), 0, 8) / 2.0**32
    expected = [
        [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75],
        [0.375, 0.375, 0.625], [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375],
    ]  # fmt: skip
    np.testing.assert_array_equal(points.T, expected)


@given(st.integers(0, 3000), st.integers(1, 600), st.integers(0, 2**63))
def test_a_world_does_not_depend_on_how_the_worlds_are_cut(first: int, count: int, seed: int) -> None:
    whole = uniforms(PATHS[:3], 0, 4096, seed)
    np.testing.assert_array_equal(uniforms(PATHS[:3], first, count, seed), whole[:, first : first + count])


def test_more_worlds_keep_the_earlier_ones() -> None:
    few, many = uniforms(PATHS[:2], 0, 16, 7), uniforms(PATHS[:2], 0, 2**17, 7)
    np.testing.assert_array_equal(few, many[:, :16])


def test_a_figure_added_at_the_end_changes_no_other() -> None:
    np.testing.assert_array_equal(uniforms(PATHS[:5], 0, 64, 3), uniforms(PATHS[:9], 0, 64, 3)[:5])


def test_seed_and_figure_key_the_scramble() -> None:
    one = uniforms(["a"], 0, 64, 0)
    assert not np.array_equal(one, uniforms(["a"], 0, 64, 1))
    assert not np.array_equal(one, uniforms(["b"], 0, 64, 0))


def test_numbers_stay_strictly_inside_the_interval() -> None:
    drawn = uniforms(PATHS, 0, 8192, 0)
    assert drawn.dtype == np.float64
    assert drawn.min() > 0
    assert drawn.max() < 1
    # Even all digits set or none: 52 digits and half a unit are exact in float64.
    assert (2.0**52 - 1 + 0.5) * 2.0**-52 < 1


@pytest.mark.parametrize("worlds", [64, 1024, 8192])
def test_each_figure_has_one_world_in_each_part_of_its_range(worlds: int) -> None:
    drawn = uniforms(PATHS, 0, worlds, 11)
    parts = np.sort(np.floor(drawn * worlds).astype(int), axis=1)
    np.testing.assert_array_equal(parts, np.tile(np.arange(worlds), (len(PATHS), 1)))
    # Hence Kolmogorov's distance, the star discrepancy of one figure, is at most 1/n (random numbers: about 1/sqrt n).
    assert max(stats.kstest(row, "uniform").statistic for row in drawn) <= 1 / worlds


def test_pairs_of_figures_are_even() -> None:
    # Direction numbers are chosen so that neighbouring dimensions fill every cell of a coarse grid: 4096 / 64 each.
    drawn = uniforms(PATHS, 0, 4096, 5)
    for one, other in pairwise(drawn):
        cells = np.histogram2d(one, other, bins=8, range=[[0, 1], [0, 1]])[0]
        assert abs(cells - 64).max() <= 16
    assert abs(np.corrcoef(drawn) - np.eye(len(drawn))).max() < 0.02


def test_each_world_alone_is_uniform_over_seeds() -> None:
    # The scramble makes every single number uniform: without it world 0 would lie in the same corner always.
    alone = np.array([uniforms(PATHS[:2], 5, 1, seed)[:, 0] for seed in range(400)])
    for column in alone.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(alone.T)[0, 1]) < 0.15


def test_integration_beats_random_numbers_tenfold() -> None:
    # Mean of a product of smooth functions, exactly 1: prod (1 + (u - 1/2) / k).
    scale = np.arange(1, 9)[:, None]

    def mean(drawn: np.ndarray) -> float:
        return float(np.prod(1 + (drawn - 0.5) / scale, axis=0).mean())

    even = [mean(uniforms(PATHS[:8], 0, 4096, seed)) - 1 for seed in range(16)]
    chance = [mean(np.random.default_rng(seed).random((8, 4096))) - 1 for seed in range(16)]
    assert np.std(even) * 10 < np.std(chance)
    # and it is unbiased: the mean over seeds is within its own error
    assert abs(np.mean(even)) < 4 * np.std(even) / 4


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(TwofrontError, match="a figure was named twice"):
        uniforms(["a", "a"], 0, 4, 0)
    with pytest.raises(TwofrontError, match="cannot be drawn"):
        uniforms(["a"], 2**32 - 1, 2, 0)
    with pytest.raises(TwofrontError, match="Sobol points have 21201 dimensions"):
        uniforms([str(k) for k in range(21202)], 0, 1, 0)
    assert uniforms([], 0, 4, 0).shape == (0, 4)
    assert uniforms(["a"], 3, 0, 0).shape == (1, 0)


def test_a_whole_run_is_drawn_in_a_moment() -> None:
    paths = [f"quantity.{k}" for k in range(100)]
    began = time.perf_counter()
    uniforms(paths, 0, 8192, 99)
    assert time.perf_counter() - began < 1.5  # measured: 0.04 s; the margin is for busy machines
