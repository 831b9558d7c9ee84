"""Practice: its recursion by hand, its long run, its range, and how a call leaks."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.world.numbers import rows, worlds

from twofront.world.practice import leak, practice

EXACT = {"rtol": 1e-5, "atol": 1e-6}
SHARE = st.floats(0.0, 1.0)


def test_practice_by_hand() -> None:
    """0.2 + 0.1·(8/4)·0.8 − 0.05·0.2 = 0.35; 0.35 + 0.1·(2/4)·0.65 − 0.05·0.35 = 0.365."""
    found = practice(worlds(0.2), rows(8.0, 2.0, 9.0), worlds(0.1), worlds(4.0), worlds(0.05))
    np.testing.assert_allclose(found[:, 0], [0.2, 0.35, 0.365], **EXACT)


def test_practice_settles_where_gain_meets_forgetting() -> None:
    """I* = g/(g + φ) with g = γ·E/E0 = 0.1: 0.1/0.15 = 2/3."""
    found = practice(worlds(0.9), jnp.full((300, 1), 4.0), worlds(0.1), worlds(4.0), worlds(0.05))
    np.testing.assert_allclose(found[-1], [2 / 3], **EXACT)


def test_practice_makes_a_call_more_secret() -> None:
    """0.4·(1 − 0.5·0.6) = 0.28."""
    np.testing.assert_allclose(leak(worlds(0.4), worlds(0.5), rows(0.0, 0.6))[:, 0], [0.4, 0.28], **EXACT)


@given(SHARE, st.lists(st.floats(0.0, 60.0), min_size=6, max_size=6), SHARE, SHARE)
def test_practice_stays_between_none_and_all(
    level: float, activity: list[float], gain: float, forgetting: float
) -> None:
    found = practice(worlds(level), rows(*activity), worlds(gain), worlds(4.0), worlds(forgetting))
    assert bool(jnp.all((found >= 0) & (found <= 1)))


@given(SHARE, st.floats(0.0, 4.0), st.floats(0.0, 4.0), st.floats(0.0, 0.5))
def test_more_exercises_never_mean_less_practice(level: float, low: float, high: float, forgetting: float) -> None:
    """As long as one year's gain is at most what is missing (γ·E/E0 + φ ≤ 1)."""
    low, high = sorted((low, high))
    less, more = (
        practice(worlds(level), rows(*[x] * 6), worlds(0.5), worlds(4.0), worlds(forgetting)) for x in (low, high)
    )
    assert bool(jnp.all(more >= less - 1e-6))
