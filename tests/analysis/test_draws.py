"""Monte-Carlo errors against theory, and draws that are not what the scenario asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.helpers_run import make_run

from twofront.analysis import summary
from twofront.analysis.draws import correlations, quantiles
from twofront.analysis.outcomes import share_error
from twofront.analysis.policies import compare
from twofront.analysis.warnings import health
from twofront.ensemble.design import Design
from twofront.store import Run

WORLDS = 4096
GROWTH, REACH = "powers.china.growth", "fronts.strait.reach"


def test_errors_by_hand() -> None:
    # Replicates 0, 1 with the values (0, 0, 0, 0) and (2, 2, 2, 2): spread √2 over √2 replicates = 1, of all four.
    found = summary([0.0, 2.0] * 4, replicates=[0, 1] * 4)
    assert (found.mean_error, found.median_error, found.low_error, found.high_error) == pytest.approx((1, 1, 1, 1))


@pytest.mark.parametrize("replicates", [None, [0] * 8, [0, 1, 2, 3] * 2])
def test_no_error_is_told_where_none_is_known(replicates: list[int] | None) -> None:
    found = summary(range(8), replicates=replicates)
    assert (found.mean_error, found.median_error, found.low_error, found.high_error) == (None,) * 4


def test_errors_of_independent_draws_are_those_of_theory() -> None:
    """Uniform numbers: mean 1/√(12 n), a quantile √(q (1 − q) / n); 16 replicates know them to 18 % each."""
    found = []
    replicates = np.arange(WORLDS) % 16
    for seed in range(30):
        drawn = Design("monte-carlo").uniforms(["a"], 0, WORLDS, seed)[0]
        spread = summary(drawn, replicates=replicates)
        share = share_error(drawn < 0.1, replicates)
        found.append([spread.mean_error, spread.median_error, spread.low_error, spread.high_error, share])
    root = np.sqrt(np.mean(np.square(np.array(found, dtype=float)), axis=0))
    theory = np.sqrt(np.array([1 / 12, 0.25, 0.05 * 0.95, 0.05 * 0.95, 0.1 * 0.9]) / WORLDS)
    np.testing.assert_allclose(root, theory, rtol=0.12)


def test_a_paired_difference_that_is_the_same_everywhere_has_no_error(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=256, policies=("baseline", "kept"))
    run.manifest["draws"] = Design().plain()
    (effect,) = compare(run)
    assert effect.difference.mean_error == pytest.approx(0, abs=1e-7)  # −0.1 in every world
    assert effect.helps_error == 0


def _run(folder: Path, values: np.ndarray[Any, Any], **more: Any) -> Run:
    run = make_run(
        folder, worlds=len(values), draws={GROWTH: values.astype(np.float32)} | more.pop("draws", {}), **more
    )
    low, central, high = stats.norm.ppf([0.05, 0.5, 0.95])
    run.__dict__["quantities"] = {GROWTH: {"path": GROWTH, "low": low, "central": central, "high": high}}
    return run


@pytest.mark.parametrize("kind", ["sobol", "monte-carlo"])
def test_sound_draws_pass(kind: Any, tmp_path: Path) -> None:
    drawn = Design(kind).uniforms(["a"], 0, 1024, 3)[0]
    assert quantiles(_run(tmp_path, stats.norm.ppf(drawn))) == []


def test_draws_that_are_off_are_named_and_warned_of(tmp_path: Path) -> None:
    drawn = Design().uniforms(["a"], 0, 1024, 3)[0]
    run = _run(tmp_path, stats.norm.ppf(drawn) + 0.5)
    off = {found.quantile: found for found in quantiles(run)}
    assert set(off) == {"low", "central", "high"}
    assert off["central"].share == pytest.approx(stats.norm.cdf(-0.5), abs=0.01)
    for lang, word in (("en", "not drawn as declared"), ("de", "nicht wie erklärt gezogen")):
        warned = [line for line in health(run, lang).warnings if word in line]  # type: ignore[arg-type]
        assert len(warned) == 3
        assert all(GROWTH in line for line in warned)


def test_steps_that_hold_a_quantile_pass(tmp_path: Path) -> None:
    run = _run(tmp_path, np.repeat([0.0, 1.0], 512))
    run.__dict__["quantities"] = {GROWTH: {"path": GROWTH, "low": 0.0, "central": 0.0, "high": 1.0}}
    assert quantiles(run) == []


def test_achieved_correlations_by_hand(tmp_path: Path) -> None:
    rising = np.linspace(-1, 1, 64)
    group = {"paths": [GROWTH, REACH], "matrix": [[1, 0.5], [0.5, 1]], "source": [], "judgement": "test"}
    run = _run(tmp_path, rising, draws={REACH: (-(rising**3)).astype(np.float32)}, correlations=[group])
    (pair,) = correlations(run)
    assert (pair.first, pair.second) == (GROWTH, REACH)
    assert pair.wanted == pytest.approx(6 / np.pi * np.arcsin(0.25))
    assert pair.found == pytest.approx(-1)
