"""Spreads, level and propositions against figures worked out by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers_run import make_run, outcomes, ramp

from twofront.analysis import argument, headline, summary
from twofront.analysis.outcomes import sound, values_of
from twofront.errors import RunError

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(NUMBERS)
def test_summary_is_numpy_without_weights(values: list[float]) -> None:
    found = summary(values)
    expected = [*np.quantile(values, [0.5, 0.05, 0.95]), np.mean(values)]
    np.testing.assert_allclose([found.median, found.low, found.high, found.mean], expected, rtol=1e-9, atol=1e-6)
    assert found.worlds == len(values)


@given(NUMBERS, st.floats(0.1, 10))
def test_equal_weights_change_nothing(values: list[float], weight: float) -> None:
    one, other = summary(values), summary(values, np.full(len(values), weight))
    np.testing.assert_allclose(
        [one.median, one.low, one.high, one.mean], [other.median, other.low, other.high, other.mean], atol=1e-5
    )


def test_weights_by_hand() -> None:
    # Weighted mean (1·3 + 2·1 + 4·0) / 4 = 1.25; the world without weight is not there.
    found = summary([1.0, 2.0, 4.0], [3.0, 1.0, 0.0])
    assert found.mean == pytest.approx(1.25)
    assert found.worlds == 2
    assert found.high <= 2
    # A large weight pulls the median to its value.
    assert summary([0.0, 1.0, 2.0], [1.0, 1000.0, 1.0]).median == pytest.approx(1.0)


def test_what_is_not_finite_is_left_out_and_counted() -> None:
    found = summary([np.nan, 1.0, np.inf, 3.0])
    assert (found.mean, found.worlds) == (2.0, 2)
    empty = summary([np.nan])
    assert empty.worlds == 0
    assert np.isnan(empty.median)


def test_headline_by_hand(tmp_path: Path) -> None:
    found = headline(make_run(tmp_path, worlds=256))
    # two_fronts = 0.2 + 0.3 u, u evenly spaced: median and mean 0.35, 5 % at u = (0.05·255 + 0.5)/256
    assert found.level.median == pytest.approx(0.35, abs=1e-6)
    assert found.level.mean == pytest.approx(0.35, abs=1e-6)
    assert found.level.low == pytest.approx(0.2 + 0.3 * 13.25 / 256, abs=1e-6)
    assert (found.worlds, found.flagged, found.end, found.above) == (256, 0, 2027, 1.0)
    parts = {name: spread.mean for name, spread in found.parts.items()}
    assert parts["coincident"] + parts["opportunistic"] + parts["coordinated"] - parts["deterred"] == pytest.approx(
        0.35
    )
    assert found.opened["strait"].median == 0.5
    assert set(found.first) == {"strait", "flank"}


def test_share_of_worlds_above_ten_percent(tmp_path: Path) -> None:
    low = {"baseline": {"two_fronts": np.where(ramp(64) < 0.25, 0.5, 0.05)}}
    assert headline(make_run(tmp_path, worlds=64, changed=low)).above == 0.25


def test_argument_by_hand(tmp_path: Path) -> None:
    found = argument(make_run(tmp_path, worlds=256))
    assert found is not None
    # accepted = 0.2 + 0.4 u, unasked = 0.1 u, so the call adds 0.2 + 0.3 u
    assert found.accepted.median == pytest.approx(0.4, abs=1e-6)
    assert found.effect.median == pytest.approx(0.35, abs=1e-6)
    assert found.calls.mean == pytest.approx(0.75, abs=1e-6)
    both = argument(make_run(tmp_path, worlds=256), "verdict-both")
    assert both is not None
    assert both.accepted.median == pytest.approx(0.9, abs=1e-6)


def test_without_partnership_there_is_no_argument(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=16)
    labels = {**run.manifest["labels"], "partnership": None}
    assert argument(make_run(tmp_path, worlds=16, labels=labels)) is None


def test_flagged_worlds_count_nowhere(tmp_path: Path) -> None:
    flagged = outcomes(64, "kept")["flagged"].copy()
    flagged[[3, 60]] = True
    wild = outcomes(64, "baseline")["two_fronts"].copy()
    wild[3] = 1e6
    run = make_run(tmp_path, worlds=64, changed={"kept": {"flagged": flagged}, "baseline": {"two_fronts": wild}})
    # Flagged under one policy only, yet out under all: pairs need both.
    assert sound(run).sum() == 62
    assert headline(run).flagged == 2
    assert headline(run).level.high < 1
    assert len(values_of(run, "accepted")) == 62


def test_unknown_outcome(tmp_path: Path) -> None:
    with pytest.raises(RunError, match='Did you mean "two_fronts"'):
        values_of(make_run(tmp_path, worlds=4), "two_front")
