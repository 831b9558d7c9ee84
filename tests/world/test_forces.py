"""Capital, engagements and readiness: closed forms and numbers worked by hand."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world.numbers import rows, table, worlds

from twofront.world.forces import HISTORY, Engagement, accumulate, active, inventory, left, readiness

EXACT = {"rtol": 1e-5, "atol": 1e-6}


def whole(years: int) -> list:
    """Years without losses of one power."""
    return [jnp.ones((1, 1))] * years


def test_inventory_of_constant_spending_is_a_geometric_sum() -> None:
    """K = η·ψ·S·(1 − (1−δ)^25)/δ = 0.3·1.5·100·(1 − 0.9^25)/0.1."""
    past = jnp.full((HISTORY, 1, 1), 100.0)
    found = inventory(past, rows(1.5), rows(0.1), rows(0.3), whole(HISTORY))
    np.testing.assert_allclose(found, [[450.0 * (1 - 0.9**25)]], **EXACT)


def test_inventory_counts_the_oldest_year_first() -> None:
    """All money in the first of 25 years has aged 24 times; all in the last not once."""
    for year, kept in ((0, 0.9**24), (HISTORY - 1, 1.0)):
        past = jnp.zeros((HISTORY, 1, 1)).at[year].set(100.0)
        found = inventory(past, rows(1.0), rows(0.1), rows(0.5), whole(HISTORY))
        np.testing.assert_allclose(found, [[50.0 * kept]], **EXACT)


def test_capital_approaches_what_spending_sustains() -> None:
    """Constant spending keeps η·X/δ, and closes δ of the distance in each year."""
    spent = jnp.full((30, 1, 1), 20.0)
    found = accumulate(rows(500.0), spent, jnp.ones_like(spent), rows(0.1), rows(0.25), whole(30))
    wanted = [50.0 + 450.0 * 0.9**t for t in range(30)]
    np.testing.assert_allclose(found[:, 0, 0], wanted, **EXACT)


def test_capital_by_hand_with_losses_and_a_supply_cut() -> None:
    """(1−0.1)·(1−0.2)·100 + 0.5·0.6·40 = 72 + 12; (1−0.1)·84 + 0.5·1·50 = 100.6."""
    found = accumulate(
        rows(100.0),
        table([[40.0], [50.0], [60.0]]),
        table([[0.6], [1.0], [1.0]]),
        rows(0.1),
        rows(0.5),
        [rows(0.8), rows(1.0), rows(1.0)],
    )
    np.testing.assert_allclose(found[:, 0, 0], [100.0, 84.0, 100.6], **EXACT)


def war(*, power: int = 0, end: float = 2026.6, tied: float = 0.5, losses: float = 0.1) -> Engagement:
    """A war since 2022."""
    return Engagement(power, 2022, worlds(end), worlds(tied), worlds(losses))


@pytest.mark.parametrize(("year", "part"), [(2021, 0.0), (2022, 1.0), (2025, 1.0), (2026, 0.6), (2027, 0.0)])
def test_a_war_ends_within_its_last_year(year: int, part: float) -> None:
    np.testing.assert_allclose(active(war(), year), [part], atol=2e-4)  # a year in single precision


def test_wars_of_one_power_multiply() -> None:
    """(1 − 0.5)·(1 − 0.4) = 0.3 of power 0, all of power 1."""
    wars, like = [war(), war(tied=0.4)], jnp.ones((2, 1))
    np.testing.assert_allclose(left(wars, "tied", 2025, like), [[0.3], [1.0]], **EXACT)
    np.testing.assert_allclose(left(wars, "losses", 2025, like), [[0.81], [1.0]], **EXACT)
    np.testing.assert_allclose(left([], "tied", 2025, like), like)


def test_readiness_by_hand() -> None:
    """Half in its year; 1/(1+e) one width before; 1/(1+1/e) one width after."""
    found = [float(readiness(year, worlds(2027.0), worlds(2.0))[0]) for year in (2025, 2027, 2029)]
    np.testing.assert_allclose(found, [0.26894142, 0.5, 0.73105858], **EXACT)


SHARE = st.floats(0.0, 0.9)


@given(SHARE, SHARE, st.floats(0.0, 1000.0), st.floats(0.0, 1000.0))
def test_more_money_never_means_less_capital(ageing: float, losses: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    found = [
        accumulate(rows(10.0), table([[x]] * 3), table([[1.0]] * 3), rows(ageing), rows(0.3), [rows(1 - losses)] * 3)
        for x in (low, high)
    ]
    assert bool(jnp.all(found[1] >= found[0] - 1e-4))


@given(SHARE, SHARE, st.floats(2020.0, 2030.0), st.integers(2020, 2032))
def test_wars_leave_a_share(tied: float, losses: float, end: float, year: int) -> None:
    given = [war(end=end, tied=tied, losses=losses)]
    for field in ("tied", "losses"):
        kept = float(left(given, field, year, jnp.ones((1, 1)))[0, 0])
        assert 0.0 <= kept <= 1.0
        assert kept == 1.0 or year < end


def test_losses_grow_when_the_store_is_empty() -> None:
    """0.1 a year net of refurbishment, 0.15 without; half of 2025 is covered, later years are not; never above all."""
    war = Engagement(0, 2022, worlds(2040.0), worlds(0.5), worlds(0.1), worlds(0.05), worlds(2025.5))
    kept = [float(left([war], "losses", year, rows(1.0))[0, 0]) for year in (2024, 2025, 2026, 2030)]
    assert kept == pytest.approx([0.9, 0.875, 0.85, 0.85])
    assert float(left([war], "tied", 2030, rows(1.0))[0, 0]) == pytest.approx(0.5)
    lost = Engagement(0, 2022, worlds(2040.0), worlds(0.5), worlds(0.9), worlds(0.9), worlds(2025.0))
    assert float(left([lost], "losses", 2030, rows(1.0))[0, 0]) == pytest.approx(0.0)
