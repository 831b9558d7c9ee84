"""Figures that are drawn together: what is refused, and that the draws have the correlations asked for."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from twofront.ensemble import sweep
from twofront.ensemble.design import together
from twofront.scenario import Loaded, check, load_scenario
from twofront.scenario.quantity import scalars

GROUP = """
[correlations.strength]
paths = [{paths}]
{how}
{basis}
"""
TWO = '"powers.auria.growth", "fronts.strait.reach"'
BASIS = 'judgement = "test"'


def scenario(folder: Path, how: str, paths: str = TWO, basis: str = BASIS) -> Path:
    """The bundled one-front scenario with a group of correlations at its end."""
    own = load_scenario("one-front")
    for name, text in own.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(GROUP.format(how=how, paths=paths, basis=basis))
    return folder


@pytest.mark.parametrize(
    ("how", "paths", "basis", "message"),
    [
        ("correlation = 0.5", '"powers.auria.growht", "fronts.strait.reach"', BASIS, "Did you mean"),
        ("correlation = 0.5", f"{TWO}, " + '"powers.auria.growth"', BASIS, "stands in [correlations] twice"),
        ("correlation = 0.5", '"powers.auria.growth"', BASIS, "needs two figures or more"),
        ("correlation = 1.5", TWO, BASIS, "lies between -1 and 1"),
        ("correlation = nan", TWO, BASIS, ""),
        ("correlation = 1.0", TWO, BASIS, "cannot exist together"),
        ("", TWO, BASIS, "give either correlation or matrix"),
        ("correlation = 0.1\nmatrix = [[1, 0], [0, 1]]", TWO, BASIS, "give either correlation or matrix"),
        ("matrix = [[1, 0.2], [0.3, 1]]", TWO, BASIS, "not symmetric: row 1, column 2"),
        ("matrix = [[1, 0.2]]", TWO, BASIS, "not 2 by 2"),
        ("correlation = 0.5", TWO, "", "rests on nothing"),
        ("correlation = 0.5", TWO, 'source = ["nobody"]', 'no claim "nobody" in the ledger'),
    ],
)
def test_what_is_refused(tmp_path: Path, how: str, paths: str, basis: str, message: str) -> None:
    found = [str(f) for f in check(scenario(tmp_path, how, paths, basis)).findings if f.severity == "error"]
    assert any(message in finding for finding in found), found
    assert all(re.match(r"scenario\.toml:\d+:\d+: ", finding) for finding in found), found


def test_the_remedy_mends_it(tmp_path: Path) -> None:
    how = "matrix = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]"
    drawn = [p for p, s in scalars(load_scenario("one-front")).items() if s.quantity.uncertain][:3]
    paths = ", ".join(f'"{path}"' for path in drawn)
    (finding,) = [f for f in check(scenario(tmp_path, how, paths)).findings if f.severity == "error"]
    factor = float(re.search(r"by ([0-9.]+) or less", str(finding)).group(1))  # type: ignore[union-attr]
    mended = 0.9 * factor
    how = f"matrix = [[1, {mended}, -{mended}], [{mended}, 1, {mended}], [-{mended}, {mended}, 1]]"
    assert not [f for f in check(scenario(tmp_path, how, paths)).findings if f.severity == "error"]


@pytest.fixture(scope="module")
def correlated(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load_scenario(scenario(tmp_path_factory.mktemp("correlated"), "correlation = -0.6"))


def test_draws_have_the_correlation_and_keep_their_distributions(correlated: Loaded) -> None:
    plain = sweep.numbers(load_scenario("one-front"), 0, 4096, seed=1)
    found = sweep.numbers(correlated, 0, 4096, seed=1)
    place = list(scalars(correlated))
    first, second = place.index("powers.auria.growth"), place.index("fronts.strait.reach")
    asked = 6 / np.pi * np.arcsin(-0.6 / 2)
    assert stats.spearmanr(found[first], found[second]).statistic == pytest.approx(asked, abs=0.03)
    assert stats.kstest(found[second], "uniform").pvalue > 1e-3
    others = [row for row in range(len(place)) if row != second]
    np.testing.assert_array_equal(found[others], plain[others])


def test_a_policy_that_sets_one_of_a_group_keeps_the_others(tmp_path: Path) -> None:
    folder = scenario(tmp_path, "correlation = 0.7")
    with (folder / "policies.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[policies.frozen]\ntitle = "Frozen"\njudgement = "test"\n'
            'changes = [{ path = "powers.auria.growth", set = 1.0 }]\n'
        )
    loaded = load_scenario(folder)
    before, after = (
        sweep.tile_values(loaded, loaded.policies[name], 0, tile=64, seed=1) for name in ("baseline", "frozen")
    )
    changed = np.flatnonzero((before != after).any(axis=1))
    assert [list(scalars(loaded))[row] for row in changed] == ["powers.auria.growth"]
    assert len(np.unique(after[changed])) == 1


def test_a_world_does_not_depend_on_how_worlds_are_cut(correlated: Loaded) -> None:
    whole = sweep.numbers(correlated, 0, 256, seed=1)
    np.testing.assert_array_equal(sweep.numbers(correlated, 100, 28, seed=1), whole[:, 100:128])


@settings(deadline=None)
@given(st.floats(-0.95, 0.95), st.integers(0, 10**6))
def test_copula_of_two(rho: float, seed: int) -> None:
    drawn = np.random.default_rng(seed).random((2, 4000))
    lower = np.linalg.cholesky([[1, rho], [rho, 1]])
    found = together(drawn, lower)
    assert stats.norm.ppf(found[0]) == pytest.approx(stats.norm.ppf(drawn[0]), abs=1e-6)
    scores = stats.norm.ppf(found)
    assert np.corrcoef(scores)[0, 1] == pytest.approx(rho, abs=0.09)
    assert stats.kstest(found[1], "uniform").statistic < 0.06
