"""Warnings: outcomes that say nothing, flagged worlds, certificates; none where all is well."""

from pathlib import Path

import numpy as np
import pytest
from tests.helpers_run import make_run, outcomes, ramp

from twofront.analysis import health


def test_residuals_and_degenerate_outcomes(tmp_path: Path) -> None:
    found = health(make_run(tmp_path, worlds=64))
    assert (found.worlds, found.flagged, found.flagged_share) == (64, 0, 0.0)
    # helpers: certificate 1e-6 u, conservation 1e-7 u, tail_move 1e-3 u, largest u = 63.5/64
    top = 63.5 / 64
    assert found.certificate == pytest.approx(1e-6 * top, rel=1e-5)
    assert found.conservation == pytest.approx(1e-7 * top, rel=1e-5)
    assert found.tail_move == pytest.approx(1e-3 * top, rel=1e-5)
    assert found.degenerate == ("opened.strait", "win.flank")
    assert found.warnings == (
        "opened.strait is 0.5 in every world: no uncertain quantity moves it, so its spread says nothing.",
        "win.flank is undefined in every world: the case it is conditional on never occurs.",
    )


def test_german(tmp_path: Path) -> None:
    found = health(make_run(tmp_path, worlds=64), "de")
    assert found.warnings[0].startswith("opened.strait ist in jeder Welt 0,5: Keine unsichere Größe bewegt ihn")


def test_a_missed_certificate_under_any_policy_is_said(tmp_path: Path) -> None:
    bad = {"stalled": {"certificate": 0.01 * ramp(64), "conservation": 0.02 + 0 * ramp(64)}}
    found = health(make_run(tmp_path, worlds=64, changed=bad))
    assert found.warnings[0] == "The solution misses its certificate: 9.9e-03 in the worst world (allowed 1e-04)."
    assert found.warnings[1].startswith("Capital or probability is not conserved: 2.0e-02")
    strict = health(make_run(tmp_path, worlds=64, precision="float64"))
    assert "allowed 1e-09" in strict.warnings[0]


def test_flagged_worlds_are_counted(tmp_path: Path) -> None:
    flagged = outcomes(64, "kept")["flagged"].copy()
    flagged[:16] = True
    certificate = np.where(flagged, 1.0, 0.0)
    run = make_run(tmp_path, worlds=64, changed={"kept": {"flagged": flagged, "certificate": certificate}})
    found = health(run)
    assert found.warnings[0].startswith("16 of 64 worlds (25.0%) were left out")
    assert found.flagged_share == 0.25
    assert found.certificate < 1e-4


def test_everything_flagged(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=8, changed={"kept": {"flagged": np.ones(8, dtype=bool)}})
    assert health(run).warnings == ("Every world was left out: there is nothing to report. Lengthen the tail.",)
