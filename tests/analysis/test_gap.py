"""The deterrence gap on a ladder whose steps are known."""

from pathlib import Path

import pytest
from tests.helpers_run import make_run

from twofront.analysis import deterrence_gap
from twofront.analysis.gap import _crossing


def test_gap_by_hand(tmp_path: Path) -> None:
    # accepted = 0.2 + 0.4 u - rise/1000. Below 0.35 in a share (0.15 + rise/1000)/0.4 of worlds: 0.375, 0.625, 0.875.
    found = deterrence_gap(make_run(tmp_path, worlds=256), risk=0.35, share=0.8)
    assert found is not None
    assert [(r.policy, r.rise) for r in found.rungs] == [
        ("baseline", 0.0),
        ("plus-100", pytest.approx(100, abs=1e-3)),
        ("plus-200", pytest.approx(200, abs=1e-3)),
    ]
    assert [r.share for r in found.rungs] == pytest.approx([0.375, 0.625, 0.875], abs=1 / 256)
    # On the line between 0.625 at 100 and 0.875 at 200, 0.8 lies at 170.
    assert (found.state, found.power, found.year) == ("reached", "europe", 2027)
    assert found.rise == pytest.approx(170, abs=2)
    assert found.rungs[0].accepted.median == pytest.approx(0.4, abs=1e-6)


def test_a_risk_that_is_met_today(tmp_path: Path) -> None:
    found = deterrence_gap(make_run(tmp_path, worlds=64), risk=0.7)
    assert found is not None
    assert (found.state, found.rise) == ("met today", 0.0)


def test_beyond_the_ladder_nothing_is_claimed(tmp_path: Path) -> None:
    found = deterrence_gap(make_run(tmp_path, worlds=64))
    assert found is not None
    assert (found.state, found.rise) == ("not reached by the ladder", None)
    assert max(rung.share for rung in found.rungs) == pytest.approx(0.625, abs=0.02)


def test_no_ladder_and_no_partnership(tmp_path: Path) -> None:
    found = deterrence_gap(make_run(tmp_path, worlds=8, policies=("baseline", "kept")))
    assert found is not None
    assert (found.state, found.rise, found.rungs) == ("no ladder", None, ())
    labels = {**make_run(tmp_path, worlds=8).manifest["labels"], "partnership": None}
    assert deterrence_gap(make_run(tmp_path, worlds=8, labels=labels)) is None


def test_crossings() -> None:
    assert _crossing([(0, 0.2), (50, 0.2), (100, 0.8)], 0.5) == ("reached", 75.0)
    assert _crossing([(0, 0.2), (50, 0.8), (100, 0.4)], 0.8) == ("reached", 50.0)
    assert _crossing([(0, 0.2)], 0.5) == ("not reached by the ladder", None)
