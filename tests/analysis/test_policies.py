"""Policies: paired differences by hand; what cannot be told apart is said so."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.helpers_run import make_run, outcomes, ramp

from twofront.analysis import compare
from twofront.analysis.policies import resampled_means, separable


def test_differences_are_paired_by_world(tmp_path: Path) -> None:
    kept, stalled = compare(make_run(tmp_path, worlds=64))
    assert (kept.policy, kept.rank, kept.helps, kept.separable) == ("kept", 1, 1.0, True)
    # The same worlds: the difference is -0.10 in each, although the outcome itself spreads over 0.3.
    assert kept.difference.low == pytest.approx(-0.10, abs=1e-6)
    assert kept.difference.high == pytest.approx(-0.10, abs=1e-6)
    assert kept.median == pytest.approx(0.25, abs=1e-6)
    assert (stalled.policy, stalled.rank, stalled.helps) == ("stalled", 2, 0.0)
    assert stalled.difference.mean == pytest.approx(0.05, abs=1e-6)


def test_roles_choose_the_policies(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=16)
    assert [e.policy for e in compare(run, roles=("ladder",), outcome="accepted")] == ["plus-200", "plus-100"]
    assert len(compare(run, roles=("policy", "condition", "ladder"))) == 7
    assert compare(run, roles=("none",)) == []


def test_helps_counts_worlds_and_not_rounding(tmp_path: Path) -> None:
    base = outcomes(64, "baseline")["two_fronts"]
    mixed = base + np.where(ramp(64) < 0.75, -0.01, 0.02)
    same = base - 1e-8
    run = make_run(tmp_path, worlds=64, changed={"kept": {"two_fronts": mixed}, "stalled": {"two_fronts": same}})
    found = {effect.policy: effect for effect in compare(run)}
    assert found["kept"].helps == 0.75
    assert found["stalled"].helps == 0


def test_what_cannot_be_told_apart_is_said(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (2, 256))
    base = outcomes(256, "baseline")["two_fronts"]
    alike = {
        "kept": {"two_fronts": base - 0.1 + noise[0] - noise[0].mean()},
        "stalled": {"two_fronts": base - 0.1001 + noise[1] - noise[1].mean()},
    }
    assert [e.separable for e in compare(make_run(tmp_path, worlds=256, changed=alike))] == [False, False]


def test_a_policy_without_effect_is_not_separable_from_doing_nothing(tmp_path: Path) -> None:
    base = outcomes(64, "baseline")["two_fronts"]
    found = compare(make_run(tmp_path, worlds=64, changed={"stalled": {"two_fronts": base}}))
    assert {e.policy: e.separable for e in found} == {"kept": True, "stalled": False}


def test_flips_are_as_frequent_as_the_normal_distribution_says() -> None:
    # Mean 0.05, sd 1, 400 worlds: standard error 0.05, so the sign flips with probability Phi(-1) = 0.159.
    values = stats.zscore(np.random.default_rng(1).normal(size=(1, 400)), axis=1) + 0.05
    means = resampled_means(values, seed=0, resamples=4000)
    assert (means <= 0).mean() == pytest.approx(stats.norm.cdf(-1), abs=0.02)
    assert means.std() == pytest.approx(0.05, rel=0.05)
    # 16 % is more than one in ten: not separable; at twice the distance Phi(-2) = 2 % is.
    assert not separable(values, seed=0)[0]
    assert separable(values + 0.05, seed=0)[0]


def test_the_result_is_the_same_again(tmp_path: Path) -> None:
    run = make_run(tmp_path, worlds=64)
    assert compare(run) == compare(run)


def test_undefined_worlds_are_left_out_of_all(tmp_path: Path) -> None:
    gaps = outcomes(64, "kept")["accepted"].copy()
    gaps[:32] = np.nan
    found = compare(make_run(tmp_path, worlds=64, changed={"kept": {"accepted": gaps}}), "accepted")
    assert {effect.difference.worlds for effect in found} == {32}
    nothing = {"kept": {"accepted": np.full(64, np.nan)}}
    assert compare(make_run(tmp_path, worlds=64, changed=nothing), "accepted") == []
