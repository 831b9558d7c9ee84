"""The scores of the backtests by hand, and what the publisher's file must show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks import backtests

from twofront import reference
from twofront.scenario import load_scenario, scalars

from .publishers import published_file

SIPRI = published_file("sipri_milex/SIPRI-Milex-data-1949-2025_v1.2.xlsx")


def test_crps_of_a_point_and_of_two_points() -> None:
    assert backtests.crps(np.array([2.0]), 3.5) == pytest.approx(1.5)
    # E|X-y| = 1, E|X-X'| = 1 for X uniform on {0, 2} and y = 1: 1 - 1/2.
    assert backtests.crps(np.array([0.0, 2.0]), 1.0) == pytest.approx(0.5)


def test_crps_of_a_normal_sample() -> None:
    """Gneiting and Raftery (2007): the CRPS of N(0, 1) at 0 is 2 phi(0) - 1/sqrt(pi) = 0.2337."""
    sample = np.random.default_rng(0).normal(size=20000)
    assert backtests.crps(sample, 0.0) == pytest.approx(0.2337, abs=0.004)


def test_simple_forecasts() -> None:
    past = {2010: 1.0, 2011: 1.1, 2012: 1.2, 2013: 1.3, 2014: 1.4}
    assert backtests.line(past, 2014, 2) == pytest.approx(1.6)
    assert backtests.growth(past, 2014, 1) == pytest.approx(1.4**2 / 1.3)


def test_what_allies_kept_of_the_pledge_of_2014(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the table of the package: 28 allies closed 0.71 together, single ones with a standard deviation of 0.35."""
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path))
    found = backtests.kept_of_2014([c for c in reference.group("europe-canada") if c != "ISL"])
    kept, gaps = np.array(list(found.values())).T
    assert len(found) == 28
    assert found["DEU"][0] == pytest.approx((1.85 - 1.13) / (2 - 1.13), abs=0.02)
    assert kept @ gaps / gaps.sum() == pytest.approx(0.71, abs=0.01)
    assert kept.std(ddof=1) == pytest.approx(0.35, abs=0.01)


def test_the_scenarios_compliance_gives_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group's median within 0.03 of 0.71; single allies spread by about as much as they did."""
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path))
    figures = scalars(load_scenario("two-fronts"))
    random = np.random.default_rng(1)
    common = figures["commitments.hague.compliance"].ppf(random.random((1, 4000)))
    own = figures["commitments.hague.own.DEU"].ppf(random.random((28, 4000)))
    kept = np.where(common < 1, common ** np.exp(own), common)
    assert np.median(kept.mean(axis=0)) == pytest.approx(0.71, abs=0.03)
    assert np.mean(kept.std(axis=0)) == pytest.approx(0.30, abs=0.06)


@pytest.mark.long
def test_the_published_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/backtests.md: better than both simple forecasts, and the 80 % interval holds about as often as it says."""
    if not SIPRI.exists():
        pytest.skip("the publisher's file is not here")
    monkeypatch.setenv("TWOFRONT_DATA", str(tmp_path))
    reference.add_edition(SIPRI)
    codes = [c for c in reference.group("europe-canada") if c != "ISL"]
    score = backtests.spending_paths(codes)["all"]
    assert score.crps < min(score.growth, score.line, score.held)
    assert 0.7 < score.coverage < 0.9
    assert 0.55 < backtests.inventory()["consumption / purchases"][1] < 0.75
    low, _, high = backtests.arms_races()["all, elasticity"]
    assert low < 0 < high == pytest.approx(0.28, abs=0.02)  # the scenario's ranges, times own spending over the rival's
