"""Distributions against SciPy and closed forms; scalars in a fixed order."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twofront.errors import UnitError
from twofront.scenario import Kind, Quantity, load_scenario, scalars
from twofront.scenario.figure import describe, read

from .folder import write

SHARE = Kind("1", 0.0, 1.0)
OPEN = Kind("1")
U = (np.arange(4000) + 0.5) / 4000


def quantity(kind: Kind = SHARE, unit: str = "1", **body: Any) -> Quantity:
    found, problems = read({"unit": unit, "judgement": "test", **body}, kind)
    assert found is not None, problems
    return found


spans = st.tuples(
    st.floats(-100, 100), st.floats(0.01, 100), st.floats(0, 1)
).map(lambda t: (t[0], t[0] + t[1] * t[2], t[0] + t[1]))  # fmt: skip


@given(spans)
def test_pert_has_the_published_mean_and_stays_inside(span: tuple[float, float, float]) -> None:
    """Mean (low + 4 mode + high)/6: Malcolm, Roseboom, Clark and Fazar 1959."""
    low, mode, high = span
    drawn = quantity(OPEN, low=low, mode=mode, high=high).ppf(U)
    assert abs(drawn.mean() - (low + 4 * mode + high) / 6) < 2e-4 * (high - low)
    assert np.all(np.diff(drawn) >= 0)
    assert low <= drawn.min() <= drawn.max() <= high


@given(spans)
def test_pert_agrees_with_scipys_beta(span: tuple[float, float, float]) -> None:
    low, mode, high = span
    a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    expected = stats.beta.ppf(U, a, b, loc=low, scale=high - low)
    drawn = quantity(OPEN, low=low, mode=mode, high=high).ppf(U)
    assert np.max(np.abs(drawn - expected)) < 1e-5 * (high - low)


@given(st.floats(0.05, 0.95), st.floats(0.01, 2))
def test_normal_agrees_with_scipys_truncated_normal(mean: float, sd: float) -> None:
    expected = stats.truncnorm.ppf(U, -mean / sd, (1 - mean) / sd, loc=mean, scale=sd)
    drawn = quantity(mean=mean, sd=sd).ppf(U)
    assert np.max(np.abs(drawn - expected)) < 5e-5
    assert np.all(np.diff(drawn) >= 0)


def test_normal_without_bounds_agrees_with_scipy() -> None:
    drawn = quantity(OPEN, mean=3.0, sd=2.0).ppf(U)
    assert np.max(np.abs(drawn - stats.norm.ppf(U, 3.0, 2.0))) < 3e-4
    assert np.all(np.isfinite(quantity(OPEN, mean=3.0, sd=2.0).ppf(np.array([0.0, 1.0]))))


def test_uniform_value_and_choice_are_exact() -> None:
    ends = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    assert quantity(between=[0.2, 0.6]).ppf(ends) == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6], abs=1e-15)
    assert quantity(value=0.3).ppf(ends).tolist() == [0.3] * 5
    chosen = quantity(choose={"a": 0.5, "b": 0.5}, values={"a": 0.1, "b": 0.9}).ppf(ends)
    assert chosen.tolist() == [0.1, 0.1, 0.9, 0.9, 0.9]


def test_labels_that_are_numbers_need_neither_values_nor_unit() -> None:
    found, problems = read({"choose": {"0.2": 0.5, "0.4": 0.5}, "judgement": "test"}, SHARE)
    assert found is not None, problems
    assert found.ppf(np.array([0.1, 0.9])).tolist() == [0.2, 0.4]


def test_draws_come_in_the_unit_of_the_kind() -> None:
    assert quantity(unit="%", value=30).ppf(np.array([0.5])) == pytest.approx([0.3])
    assert quantity(unit="%", between=[10, 30]).bounds == pytest.approx((0.1, 0.3))
    money = quantity(Kind("bn USD2024", 0.0), unit="tn USD2024", value=1.5)
    assert money.ppf(np.array([0.5])).tolist() == [1500.0]


def test_a_stake_may_be_a_flow_and_a_group_has_its_own_unit() -> None:
    assert quantity(Kind("% GDP", 0.0, flow=True), unit="% GDP/yr", value=2).kind.unit == "% GDP/yr"
    assert quantity(Kind("bn USD2024", 0.0, group_unit="1"), value=1).kind.unit == "1"
    with pytest.raises(UnitError, match="mixed price bases"):
        Kind("bn USD2024").bound("bn EUR current")


def test_forms_and_sources() -> None:
    path = quantity(Kind("1", 0.0, 1.0, yearly=True), path={"2025": 0.1, "2030": {"between": [0.1, 0.2]}})
    assert (path.form, path.uncertain, path.sourced, path.bounds) == ("path", True, False, (0.1, 0.2))
    assert quantity(value=0.1, source=["a", "b"]).sources == ("a", "b")
    assert not quantity(value=0.1).uncertain
    with pytest.raises(ValueError, match="one distribution for each knot"):
        path.ppf(U)


def test_scalars_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    found = scalars(load_scenario(write(tmp_path)))
    paths = list(found)
    assert paths[0] == "regime_change"
    assert paths[1:3] == ["powers.lead.gdp", "powers.lead.growth"]
    assert "powers.guard.station_open.strait+flank.strait" in paths
    assert paths.index("powers.union.members.POL.gdp") > paths.index("powers.union.share")
    knot = found["practice.exercises.2030"]
    assert (knot.year, knot.base, knot.quantity.form) == (2030, "practice.exercises", "uniform")
    assert "practice.exercises" not in paths
    assert "powers.union.members.POL.target" not in paths
    assert found["powers.union.members.ESP.target"].quantity.source == ("drills",)


def test_kinds_describe_themselves() -> None:
    assert describe(Kind("% GDP", 0.0, 100.0, yearly=True)) == "% GDP, 0 to 100; may change by year"
