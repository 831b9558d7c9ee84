"""Supply: cuts by hand, the limits of the CES aggregate, and what more of a cut may do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world.numbers import worlds

from twofront.world.supply import Cut, Good, Imports, missing, multiplier, supply, supply_without

EXACT = {"rtol": 1e-5, "atol": 1e-6}
SHARE = st.floats(0.0, 1.0)


def good(*, weight: float = 1.0, cover: float = 0.0, substitution: float = 0.0, dependence: float = 0.8) -> Good:
    """Imported from power 1, half made and three quarters shipped there."""
    links = {("made", 1): worlds(0.5), ("shipped", 1): worlds(0.75)}
    return Good(worlds(weight), worlds(dependence), worlds(cover), worlds(substitution), links)


def cut(share: float, year: float = 2026.0, link: str = "made", of: int = 0) -> Cut:
    """Power 1 withholds a share of a good."""
    return Cut(of, (link, 1), worlds(year), worlds(share))


def imports(*goods: Good, cuts: tuple[Cut, ...] = (), need: float = 1.0, elasticity: float = 0.5) -> Imports:
    """What power 0 imports."""
    return Imports(0, worlds(need), worlds(elasticity), list(goods), list(cuts))


def value(found: object) -> float:
    """The figure of the only world."""
    return float(np.asarray(found)[0])


@pytest.mark.parametrize(("year", "gone"), [(2025, 0.0), (2026, 0.05), (2027, 0.025), (2028, 0.00625)])
def test_a_cut_bites_after_the_stocks_and_fades(year: int, gone: float) -> None:
    """0.8·0.5·0.5 = 0.2 at full bite; half a year's stocks; substitution ln 4: 0.2·0.5·4^−0.5, 0.2·4^−1.5, 4^−2.5."""
    record = imports(good(cover=0.5, substitution=math.log(4.0)), cuts=(cut(0.5),))
    np.testing.assert_allclose(value(missing(record, 0, year)), gone, **EXACT)


def test_cuts_add_up_to_no_more_than_all() -> None:
    """0.5·0.4 + 0.75·0.4 = 0.5 of imports; 0.5·1 + 0.75·1 is held at 1. Need that is imported: 0.8."""
    for share, gone in ((0.4, 0.4), (1.0, 0.8)):
        record = imports(good(), cuts=(cut(share), cut(share, link="shipped")))
        np.testing.assert_allclose(value(missing(record, 0, 2026)), gone, **EXACT)


def test_a_cut_meets_its_own_good_only() -> None:
    record = imports(good(), good(), cuts=(cut(1.0, of=1),))
    assert value(missing(record, 0, 2030)) == 0.0
    assert value(missing(record, 1, 2030)) > 0.0


def test_near_no_substitution_the_scarcest_good_decides() -> None:
    """Leontief limit; at σ = 0.02 the aggregate of two goods lies within (1/2)^(1/ρ) = 1.4 % above the minimum."""
    found = value(multiplier(imports(good(), good(weight=3.0), elasticity=0.02), [worlds(0.3), worlds(0.9)]))
    assert 0.3 <= found <= 0.3 * 0.25 ** (1 / (1 - 1 / 0.02)) * (1 + 1e-4)
    assert found == pytest.approx(0.3, rel=0.03)


def test_near_unit_elasticity_it_is_the_geometric_mean() -> None:
    """Cobb-Douglas limit with weights 1 and 3: 0.3^(1/4)·0.9^(3/4)."""
    found = value(multiplier(imports(good(), good(weight=3.0), elasticity=0.98), [worlds(0.3), worlds(0.9)]))
    assert found == pytest.approx(0.3**0.25 * 0.9**0.75, rel=2e-2)


def test_half_an_elasticity_is_the_harmonic_mean() -> None:
    """σ = 1/2: 1/(½·1/1 + ½·1/0.5) = 2/3; with need 0.6: 1 − 0.6/3 = 0.8."""
    record = imports(good(weight=2.0), good(weight=2.0), need=0.6)
    np.testing.assert_allclose(value(multiplier(record, [worlds(1.0), worlds(0.5)])), 0.8, **EXACT)


def test_all_gone_stays_finite() -> None:
    """Availability counts as at least 0.01: one good of weight 1 leaves 0.01 of output."""
    record = imports(good(dependence=1.0), elasticity=0.02)
    np.testing.assert_allclose(value(multiplier(record, [worlds(0.0)])), 0.01, rtol=1e-4)


def test_the_leader_can_withhold_what_it_ships() -> None:
    """0.8·0.75·(1 − 0.5) = 0.3 of the need after half a year's stocks: 0.7 is left of one good."""
    record = imports(good(cover=0.5))
    np.testing.assert_allclose(value(supply_without(record, 1, 2025)), 0.7, **EXACT)
    assert value(supply_without(record, 2, 2025)) == pytest.approx(1.0)
    assert value(supply_without(imports(good(cover=2.0)), 1, 2025)) == pytest.approx(1.0)


@given(SHARE, SHARE, st.floats(0.02, 0.98), SHARE, st.integers(2024, 2032))
def test_a_larger_cut_never_helps(low: float, high: float, elasticity: float, need: float, year: int) -> None:
    low, high = sorted((low, high))
    less, more = (
        value(supply(imports(good(), good(), cuts=(cut(x),), need=need, elasticity=elasticity), year))
        for x in (low, high)
    )
    assert more <= less + 1e-5
    assert -1e-5 <= more <= 1 + 1e-5


@given(SHARE, st.floats(0.0, 3.0), st.floats(0.02, 0.98))
def test_withholding_never_helps(share: float, cover: float, elasticity: float) -> None:
    record = imports(good(cover=cover), cuts=(cut(share),), elasticity=elasticity)
    assert value(supply_without(record, 1, 2027)) <= value(supply(record, 2027)) + 1e-5


def test_what_is_scarce_is_dearer() -> None:
    """Half of one of two equal goods is missing: 1/(1 + 2·0.6·0.25) of what availability alone allows."""
    cheap = imports(good(), good(), need=0.6)
    dear = Imports(0, cheap.need, cheap.elasticity, cheap.goods, cheap.cuts, worlds(2.0))
    there = [worlds(0.5), worlds(1.0)]
    assert value(multiplier(dear, there)) == pytest.approx(value(multiplier(cheap, there)) / 1.3, rel=1e-5)
    whole = [worlds(1.0), worlds(1.0)]
    assert value(multiplier(dear, whole)) == pytest.approx(1.0)
