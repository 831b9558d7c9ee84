"""Budgets, pledges and the arms race, worked by hand."""

from __future__ import annotations

import dataclasses
import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world.numbers import rows, table, worlds

from twofront.world.spending import Economies, Pledge, arms_race, budgets, delivered, keeping, revised

EXACT = {"rtol": 1e-5, "atol": 1e-6}
FIGURE = st.floats(0.0, 1.5)
YEAR = st.integers(2020, 2040)


def pledge(*, kept: float = 0.8, after: float = 0.5, shape: float = 1.0, review: int | None = 2029) -> Pledge:
    """2025 to 2035, related spending of 1.5 % of GDP."""
    return Pledge(2025, 2035, review, worlds(kept), worlds(after), worlds(shape), worlds(1.5))


@pytest.mark.parametrize(
    ("year", "part"),
    [(2020, 0.0), (2025, 0.0), (2027, 0.16), (2029, 0.32), (2031, 0.42), (2035, 0.62), (2040, 0.62)],
)
def test_a_review_changes_what_is_kept_of_the_rest(year: int, part: float) -> None:
    """0.8·0.4 = 0.32 by the review; then 0.5 of the other 0.6."""
    np.testing.assert_allclose(delivered(pledge(), year), [part], **EXACT)


def test_the_shape_bends_the_ramp() -> None:
    """Shape 2, no review, all kept: (5/10)² = 0.25; shape 1/2: √(5/10)."""
    given = dataclasses.replace(pledge(kept=1.0, shape=2.0, review=None), review=None)
    np.testing.assert_allclose(delivered(given, 2030), [0.25], **EXACT)
    given = pledge(kept=1.0, shape=0.5, review=None)
    np.testing.assert_allclose(delivered(given, 2030), [0.5**0.5], **EXACT)


@given(YEAR, FIGURE, FIGURE, st.floats(0.1, 10.0))
def test_a_pledge_never_falls_back(year: int, kept: float, after: float, shape: float) -> None:
    now, later = (delivered(pledge(kept=kept, after=after, shape=shape), y) for y in (year, year + 1))
    assert float(later[0]) >= float(now[0]) - 1e-6
    assert -1e-6 <= float(now[0]) <= max(kept, after) + 1e-6


@given(YEAR, FIGURE, FIGURE)
def test_more_compliance_delivers_no_less(year: int, low: float, high: float) -> None:
    low, high = sorted((low, high))
    less, more = (delivered(pledge(kept=k, after=k), year) for k in (low, high))
    assert float(more[0]) >= float(less[0]) - 1e-6


def test_budgets_by_hand() -> None:
    """Power 0 is a group of two, power 1 stands alone, one year after the start.

    First ally: 1000 bn, +10 %: 1100; 2 % + 0.08·(4 − 2) = 2.16 %: 23.76. Related 0.08·1.5 % of 1100: 1.32.
    Second ally: 500 bn, 0 %; at 4 % above its target of 3.5 %: 20, not pulled down. Related 0.6.
    Power 1: 200 bn, −50 %: 100; 3 % without any pledge: 3.
    """
    economies = Economies(
        owner=[0, 0, 1],
        pledge=[0, 0, None],
        gdp=rows(1000.0, 500.0, 200.0),
        growth=rows(10.0, 0.0, -50.0),
        share=rows(2.0, 4.0, 3.0),
        target=rows(4.0, 3.5, 9.0),
    )
    found = budgets(economies, [pledge()], [2025, 2026], powers=2)
    np.testing.assert_allclose(found.gdp[:, :, 0], [[1500.0, 200.0], [1600.0, 100.0]], **EXACT)
    np.testing.assert_allclose(found.core[:, :, 0], [[40.0, 6.0], [43.76, 3.0]], **EXACT)
    np.testing.assert_allclose(found.related[:, :, 0], [[0.0, 0.0], [1.92, 0.0]], **EXACT)


def test_the_arms_race_by_hand() -> None:
    """Plans 10, 12, 15, 15 and 20, 20, 20, 20; power 1 adds half of power 0's last rise, power 0 a tenth of power 1's.

    Third year: 1 adds 0.5·2 = 1 → 21; 0 adds 0. Fourth: 1 adds 0.5·3 → 20 + 1 + 1.5; 0 adds 0.1·1.
    """
    plan = table([[10.0, 20.0], [12.0, 20.0], [15.0, 20.0], [15.0, 20.0]])
    found = arms_race(plan, {(1, 0): worlds(0.5), (0, 1): worlds(0.1)})
    wanted = [[10.0, 20.0], [12.0, 20.0], [15.0, 21.0], [15.1, 22.5]]
    np.testing.assert_allclose(found[:, :, 0], wanted, **EXACT)


def test_no_one_spends_less_than_nothing() -> None:
    """Power 0 disarms from 100 to 0; power 1 follows twice as far: 10 − 200, held at 0."""
    plan = table([[100.0, 10.0], [0.0, 10.0], [0.0, 10.0]])
    found = arms_race(plan, {(1, 0): worlds(2.0)})
    np.testing.assert_allclose(found[:, 1, 0], [10.0, 10.0, 0.0], **EXACT)


@given(st.lists(st.floats(1.0, 100.0), min_size=4, max_size=4), st.floats(0.0, 0.5))
def test_without_rises_there_is_no_race(levels: list[float], strength: float) -> None:
    plan = table([levels[:2]] * 4)
    found = arms_race(plan, {(0, 1): worlds(strength), (1, 0): worlds(strength)})
    np.testing.assert_allclose(found, plan)
    assert arms_race(plan, {}) is plan
    assert bool(jnp.all(arms_race(plan, {(0, 1): worlds(0.0)}) == plan))


def limited(limit: float | None, share: float = 1.5, compliance: float | None = None) -> list[float]:
    """Spending of 2025 to 2028 of an economy of 1,000 bn without growth; target 3.5 %, all kept in equal steps."""
    given_pledge = pledge(kept=1.0, after=1.0)
    if limit is not None:
        given_pledge = dataclasses.replace(given_pledge, growth_limit=worlds(limit))
    own = {} if compliance is None else {0: worlds(compliance)}
    economies = Economies([0], [0], rows(1000.0), rows(0.0), rows(share), rows(3.5), compliance=own)
    return [float(x) for x in np.asarray(budgets(economies, [given_pledge], range(2025, 2029), 1).core)[:, 0, 0]]


def test_the_pledge_raises_spending_no_faster_than_the_limit() -> None:
    """Steps of 2 bn from 15: 10 % allows 16.5, 18.15, 19.965; 100 % all of it; none means none."""
    assert limited(10.0) == pytest.approx([15.0, 16.5, 18.15, 19.965])
    assert limited(100.0) == limited(None) == pytest.approx([15.0, 17.0, 19.0, 21.0])


def test_a_limit_of_zero_keeps_the_first_share_and_who_spends_nothing_may_begin() -> None:
    assert limited(0.0) == pytest.approx([15.0] * 4)
    assert limited(10.0, share=0.0)[1] == pytest.approx(3.5)


def test_an_economy_may_keep_its_own_part() -> None:
    """Half of 0.2 points a year, before and after any review."""
    assert limited(None, compliance=0.5) == pytest.approx([15.0, 16.0, 17.0, 18.0])


def test_an_own_part_bends_the_common_compliance_between_nothing_and_all() -> None:
    """0.5^e^ln 2 = 0.25; nothing stays nothing, all stays all, more than all stays what it is."""
    part = worlds(math.log(2.0))
    for common, kept in ((0.5, 0.25), (0.0, 0.0), (1.0, 1.0), (1.05, 1.05)):
        assert float(keeping(worlds(common), part)[0]) == pytest.approx(kept, abs=1e-6)
    assert float(keeping(worlds(0.7), worlds(0.0))[0]) == pytest.approx(0.7)


@given(FIGURE, st.floats(-5.0, 5.0))
def test_an_own_part_never_leads_beyond_the_pledge(common: float, own: float) -> None:
    kept = float(keeping(worlds(common), worlds(own))[0])
    assert 0.0 <= kept <= max(1.0, common) + 1e-6


def test_allies_differ_and_the_group_is_their_sum() -> None:
    """Two of 1,000 bn, target 3.5, share 1.5; compliance 0.5 and own parts ln 2, 0: 0.25 and 0.5 of 0.2 points."""
    given_pledge = pledge(kept=0.5, after=0.5)
    economies = Economies(
        [0, 0], [0, 0], rows(1000.0, 1000.0), rows(0.0, 0.0), rows(1.5, 1.5), rows(3.5, 3.5),
        own={0: worlds(math.log(2.0))},
    )  # fmt: skip
    core = np.asarray(budgets(economies, [given_pledge], range(2025, 2027), 1).core)[:, 0, 0]
    assert core == pytest.approx([30.0, 30.0 + 0.5 + 1.0])


@given(st.lists(st.tuples(FIGURE, st.floats(-3.0, 3.0), st.floats(0.5, 5.0)), min_size=3, max_size=3), FIGURE)
def test_a_group_loses_none_of_its_members(allies: list[tuple[float, float, float]], common: float) -> None:
    """Each with its own compliance, own part and share: together what they spend one by one, related spending too."""
    given_pledge = dataclasses.replace(pledge(kept=common, after=common), growth_limit=worlds(8.0))

    def spent(rows_of: list[tuple[float, float, float]]) -> np.ndarray:
        n = len(rows_of)
        economies = Economies(
            [0] * n, [0] * n, rows(*[1000.0] * n), rows(*[1.0] * n),
            rows(*[s for _, _, s in rows_of]), rows(*[3.5] * n),
            compliance={0: worlds(rows_of[0][0])}, own={k: worlds(v) for k, (_, v, _) in enumerate(rows_of)},
        )  # fmt: skip
        found = budgets(economies, [given_pledge], range(2025, 2031), 1)
        return np.asarray(found.core + found.related)[:, 0, 0]

    alone = [spent([allies[0]])]
    for ally in allies[1:]:  # behind the first, whose own spending is taken off again
        alone.append(spent([allies[0], ally]) - alone[0])
    np.testing.assert_allclose(spent(allies), sum(alone), rtol=1e-4)


def test_a_revision_reaches_back_two_years_and_fades() -> None:
    """Log 0.1 on the newest year: e^0.08 on the year before, e^0.03 on the one before that, nothing further back."""
    past = np.array([[10.0, 1.0], [10.0, 1.0], [10.0, 1.0]])
    found = np.asarray(revised(past, {0: worlds(0.1)}, [0, 0], table([[0.0]])[0]))[:, 0, 0]
    assert found == pytest.approx([11.0, 10 * math.exp(0.03) + 1, 10 * math.exp(0.08) + 1])
    same = np.asarray(revised(past, {}, [0, 1], table([[0.0, 0.0]])[0]))[:, :, 0]
    np.testing.assert_allclose(same, past)


@given(st.floats(0.0, 60.0), st.floats(0.1, 3.0))
def test_a_limit_never_adds_and_never_cuts_below_the_first_share(limit: float, share: float) -> None:
    bound, free = limited(limit, share), limited(None, share)
    assert all(b <= f * (1 + 1e-5) + 1e-6 for b, f in zip(bound, free, strict=True))
    assert all(b >= 10 * share * (1 - 1e-5) for b in bound)
