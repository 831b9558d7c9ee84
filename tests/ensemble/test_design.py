"""Designs: worlds that do not depend on how they are cut, in replicates that are independent of each other."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twofront.ensemble.design import KINDS, Design, _permuted, design_of, round_worlds
from twofront.errors import TwofrontError

PATHS = [f"powers.p{k}.growth" for k in range(12)]


@pytest.mark.parametrize(("asked", "drawn"), [(1, 1), (2, 2), (3, 4), (1000, 1024), (8192, 8192), (8193, 16384)])
def test_worlds_are_rounded_up_to_a_power_of_two(asked: int, drawn: int) -> None:
    assert round_worlds(asked) == drawn


@pytest.mark.parametrize("worlds", [0, -1, 2**32 + 1])
def test_impossible_numbers_of_worlds(worlds: int) -> None:
    with pytest.raises(TwofrontError, match="choose between 1 and"):
        round_worlds(worlds)


@pytest.mark.parametrize("kind", KINDS)
@given(first=st.integers(0, 3000), count=st.integers(0, 600), seed=st.integers(0, 2**63))
def test_a_world_does_not_depend_on_how_the_worlds_are_cut(kind: str, first: int, count: int, seed: int) -> None:
    design = design_of(kind, 4096)
    whole = design.uniforms(PATHS[:2], 0, 4096, seed)
    np.testing.assert_array_equal(design.uniforms(PATHS[:2], first, count, seed), whole[:, first : first + count])


@pytest.mark.parametrize("kind", ["sobol", "monte-carlo"])
def test_more_worlds_keep_the_earlier_ones(kind: str) -> None:
    few, many = (design_of(kind, n).uniforms(PATHS, 0, n, 7) for n in (64, 2**15))
    np.testing.assert_array_equal(few, many[:, :64])


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_added_at_the_end_changes_no_other(kind: str) -> None:
    design = design_of(kind, 256)
    np.testing.assert_array_equal(design.uniforms(PATHS[:5], 0, 256, 3), design.uniforms(PATHS[:9], 0, 256, 3)[:5])


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_uniform_and_strictly_inside(kind: str) -> None:
    drawn = design_of(kind, 8192).uniforms(PATHS, 0, 8192, 5)
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert min(stats.kstest(row, "uniform").pvalue for row in drawn) > 1e-3 / len(PATHS)
    assert abs(np.corrcoef(drawn) - np.eye(len(PATHS))).max() < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_replicates_are_uniform_and_of_their_own(kind: str) -> None:
    drawn = design_of(kind, 16384).uniforms(PATHS[:2], 0, 16384, 5)
    for row in drawn:
        parts = row.reshape(-1, 16).T
        assert min(stats.kstest(part, "uniform").pvalue for part in parts) > 1e-4
        if kind != "sobol":  # Sobol points share their first digits up to a random change of sign
            assert abs(np.corrcoef(parts) - np.eye(16)).max() < 0.15
        assert len(np.unique(parts)) == parts.size


def test_each_replicate_of_a_hypercube_has_one_world_in_each_part() -> None:
    drawn = Design("latin-hypercube", worlds=8192).uniforms(PATHS, 0, 8192, 1)
    for replicate in range(16):
        parts = np.sort(np.floor(drawn[:, replicate::16] * 512).astype(int), axis=1)
        np.testing.assert_array_equal(parts, np.tile(np.arange(512), (len(PATHS), 1)))


@given(st.integers(0, 12), st.text(max_size=5))
def test_a_permutation_loses_nothing(bits: int, key: str) -> None:
    size = 2**bits
    found = _permuted(np.arange(size, dtype=np.uint64), size, key)
    np.testing.assert_array_equal(np.sort(found), np.arange(size))


@pytest.mark.parametrize("kind", KINDS)
def test_the_spread_of_replicates_is_the_error(kind: str) -> None:
    """Over many seeds, the standard error from replicates is that of the mean over all worlds."""
    means, errors = [], []
    for seed in range(40):
        design = design_of(kind, 4096)
        values = np.exp(design.uniforms(PATHS[:3], 0, 4096, seed)).prod(axis=0)
        parts = values.reshape(-1, 16).mean(axis=0)
        means.append(values.mean())
        errors.append(parts.std(ddof=1) / 4)
    assert np.std(means) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=0.4)
    exact = (np.e - 1) ** 3
    assert abs(np.mean(means) - exact) < 4 * np.std(means) / np.sqrt(40)


def test_even_draws_beat_random_ones() -> None:
    def error(kind: str) -> float:
        found = []
        for seed in range(12):
            values = np.exp(design_of(kind, 4096).uniforms(PATHS[:4], 0, 4096, seed)).prod(axis=0)
            found.append(values.mean())
        return float(np.std(found))

    assert error("sobol") * 5 < error("monte-carlo")
    assert error("latin-hypercube") * 2 < error("monte-carlo")


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(TwofrontError, match="a figure was named twice"):
        Design().uniforms(["a", "a"], 0, 4, 0)
    with pytest.raises(TwofrontError, match="a Latin hypercube of 8192 worlds cannot be extended to 8193: each"):
        design_of("latin-hypercube", 8192).uniforms(["a"], 8192, 1, 0)
    with pytest.raises(
        TwofrontError, match=r'no draws "sobl". Did you mean "sobol"\? Choose sobol, monte-carlo, latin'
    ):
        design_of("sobl", 8)
    assert Design().uniforms([], 0, 4, 0).shape == (0, 4)


def test_a_design_is_plain_json() -> None:
    assert json.dumps(Design().plain()) == '{"kind": "sobol", "replicates": 16}'
    assert design_of("latin-hypercube", 1000).plain()["worlds"] == 1024
