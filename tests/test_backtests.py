"""The scores of the backtests by hand, and what the publisher's file must show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks import backtests

from twofront import reference

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
