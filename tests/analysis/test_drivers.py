"""Drivers: a known share of variance, direction, intervals that cover, constants left out."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.helpers_run import make_run

from twofront.analysis import drivers
from twofront.analysis.drivers import explained
from twofront.ensemble.sobol import uniforms

WORLDS = 4096
NAMES = ["powers.a", "powers.b", "practice.c", "practice.d"]


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    """Four evenly drawn figures and one without variance."""
    rows = uniforms(NAMES, 0, WORLDS, 1)
    return dict(zip(NAMES, rows, strict=True)) | {"powers.fixed": np.full(WORLDS, 3.0)}


def _drivers(tmp_path: Path, drawn: dict[str, np.ndarray], values: np.ndarray) -> dict[str, object]:
    changed = {"baseline": {"two_fronts": values}}
    run = make_run(tmp_path, worlds=WORLDS, policies=("baseline",), changed=changed, draws=drawn)
    return {driver.path: driver for driver in drivers(run)}


def test_one_figure_that_explains_everything(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    # 16 bins of a uniform variable leave 1/16² of its variance inside: 1 - 1/256.
    found = _drivers(tmp_path, drawn, np.exp(-3 * drawn["powers.a"]))
    assert next(iter(found)) == "powers.a"
    assert found["powers.a"].measure == pytest.approx(1 - 1 / 256, abs=1e-3)
    assert found["powers.a"].direction == pytest.approx(-1, abs=1e-6)
    assert max(found[name].measure for name in NAMES[1:]) < 0.01


def test_normal_shares_of_rank_variance(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    # Y = sum c_k Z_k of normals: the copula of (Z_1, Y) is normal with r = c_1, so Spearman's correlation is
    # 6/pi asin(r/2) (Pearson 1907), and E[F(Y)|Z_1] = Phi(r z / sqrt(2 - r^2)) gives the explained share
    # 12 Var = 6/pi asin(r^2 / 2).
    weights = np.sqrt([0.6, 0.3, 0.1])
    normals = stats.norm.ppf([drawn[name] for name in NAMES[:3]])
    found = _drivers(tmp_path, drawn, weights @ normals)
    assert list(found) == NAMES
    for name, weight in zip(NAMES[:3], weights, strict=True):
        driver = found[name]
        expected = 6 / np.pi * np.arcsin(weight**2 / 2)
        assert driver.measure == pytest.approx(expected, abs=0.03)
        assert driver.low <= driver.measure <= driver.high
        assert driver.high - driver.low < 0.1
        assert driver.direction == pytest.approx(6 / np.pi * np.arcsin(weight / 2), abs=0.03)


def test_direction_is_spearmans(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    values = drawn["powers.a"] ** 2 - 0.5 * np.round(drawn["powers.b"] * 3)
    found = _drivers(tmp_path, drawn, values)
    for name in NAMES:
        expected = stats.spearmanr(drawn[name].astype(np.float32), values.astype(np.float32)).statistic
        assert found[name].direction == pytest.approx(expected, abs=1e-9)


def test_a_figure_without_direction_is_found_all_the_same(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    found = _drivers(tmp_path, drawn, (drawn["practice.c"] - 0.5) ** 2)
    assert found["practice.c"].measure > 0.95
    assert abs(found["practice.c"].direction) < 0.02


def test_sourced_is_told_and_constants_are_dropped(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    found = _drivers(tmp_path, drawn, drawn["powers.a"])
    assert set(found) == set(NAMES)
    assert found["powers.a"].sourced
    assert not found["practice.c"].sourced


def test_few_labels_get_a_bin_each() -> None:
    # A coin that decides between two plateaus explains all: (0.5² between) of a two-valued outcome.
    coin = np.tile([0.0, 1.0], 200)
    measure, error = explained(coin[None, :], stats.rankdata(coin))
    assert measure[0] == pytest.approx(1)
    assert error[0] == pytest.approx(0, abs=1e-9)


def test_chance_explains_nothing_and_its_error_is_right() -> None:
    random = np.random.default_rng(3)
    measures = []
    for _ in range(60):
        x = random.random((1, 512))
        y = stats.rankdata(x[0] + 0.3 * random.normal(size=512))
        measures.append([value[0] for value in explained(x, y)])
    found = np.array(measures)
    # The jackknife's mean standard error is near the spread that repetition shows.
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.3)
    nothing = explained(random.random((200, 512)), stats.rankdata(random.random(512)))[0]
    assert nothing.mean() < 0.02


def test_an_outcome_without_variance_has_no_drivers(tmp_path: Path, drawn: dict[str, np.ndarray]) -> None:
    assert _drivers(tmp_path, drawn, np.full(WORLDS, 0.5)) == {}
    assert drivers(make_run(tmp_path, worlds=32)) == []
