"""What holds in every run: probabilities sum to one, parts to their whole, capital is conserved; one compile."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.model.models import Model, Table, bundled, draws, shaped, tile

from twofront.ensemble import simulate
from twofront.scenario.policies import values

CHANCES = (
    "two_fronts", "opened.", "first.", "calls", "accepted", "half", "refused", "unasked", "error_share", "win.",
    "enters.", "escalation", "deterred", "open.", "odds.", "practice", "leak", "ready.", "supply.",
)  # fmt: skip


@cache
def played(name: str) -> tuple[Model, tuple[Table, Table]]:
    """A model and its outcomes in random worlds."""
    if name == "bundled":
        model = bundled()
        return model, model.play(tile(np.random.default_rng(3).random((len(model.paths), 60))))
    model = shaped(name, contest="difference" if name == "three" else "ratio")
    return model, model.play(model.matrix(draws(name, {"one": 4, "two": 3, "three": 2}[name])))


@pytest.fixture(params=["one", "two", "three", "bundled"])
def case(request: pytest.FixtureRequest) -> tuple[Model, Table, Table]:
    """Each shape, and the scenario that comes with the package."""
    model, (worlds, years) = played(request.param)
    return model, worlds, years


def test_chances_lie_between_none_and_all(case: tuple[Model, Table, Table]) -> None:
    for table in case[1:]:
        for name, rows in table.items():
            if name.startswith(CHANCES):
                assert np.all(np.isnan(rows) | ((rows >= -1e-12) & (rows <= 1 + 1e-12))), name


def test_parts_add_up(case: tuple[Model, Table, Table]) -> None:
    model, worlds, years = case
    near = {"rtol": 1e-9, "atol": 1e-14}
    parts = worlds["coincident"] + worlds["opportunistic"] + worlds.get("coordinated", 0.0)
    np.testing.assert_allclose(parts, worlds["two_fronts"], **near)
    np.testing.assert_allclose(years["two_fronts"].sum(axis=0), worlds["two_fronts"], **near)
    first = sum(worlds[f"first.{front}"] for front in model.loaded.scenario.fronts)
    np.testing.assert_allclose(first, worlds["two_fronts"], **near)
    for front in model.loaded.scenario.fronts:
        np.testing.assert_allclose(years[f"opened.{front}"].sum(axis=0), worlds[f"opened.{front}"], **near)
        if len(model.loaded.scenario.fronts) == 2:  # both had to be opened
            assert np.all(worlds["two_fronts"] <= worlds[f"opened.{front}"] + 1e-12)
    if model.loaded.scenario.partnership is not None:
        np.testing.assert_allclose(worlds["accepted"] + worlds["half"] + worlds["refused"], 1.0, **near)
        assert np.all(worlds["unasked"] + worlds["unasked_half"] <= 1 + 1e-12)


def test_capital_and_probability_are_conserved_and_the_certificate_holds(case: tuple[Model, Table, Table]) -> None:
    """The checks that every run reports are at the level of rounding."""
    assert np.all(case[1]["conservation"] < 1e-12)
    assert np.all(case[1]["certificate"] < 1e-12)


def test_spending_and_forces_are_what_they_say(case: tuple[Model, Table, Table]) -> None:
    model, _, years = case
    for power in model.loaded.scenario.powers:
        share = 100 * years[f"spending.{power}"] / years[f"gdp.{power}"]
        np.testing.assert_allclose(years[f"share.{power}"], share, rtol=1e-12)
        assert np.all(years[f"force.{power}"] <= years[f"capital.{power}"] * (1 + 1e-12))


def test_policies_share_one_compiled_model() -> None:
    """Figures are inputs: a policy changes numbers, never the program."""
    model, solve = shaped("one"), simulate.solver(shaped("one").loaded)
    worlds = model.matrix(draws("one", 4)).astype(np.float32)
    solve(worlds)
    solve(worlds * np.float32(1.01))
    assert solve.compiled._cache_size() == 1


def test_the_order_of_policies_changes_nothing() -> None:
    """A policy's worlds hang on its own changes and on the uniform numbers only."""
    loaded = bundled().loaded
    u = np.random.default_rng(1).random((len(loaded.scalars), 3))
    there = {name: values(loaded, policy, u) for name, policy in loaded.policies.items()}
    back = {name: values(loaded, loaded.policies[name], u) for name in reversed(loaded.policies)}
    assert all(np.array_equal(there[name], back[name]) for name in there)


def test_worlds_do_not_know_each_other() -> None:
    """A world's outcomes are the same wherever it stands in the tile, and whatever stands beside it."""
    model = shaped("two")
    values = model.matrix(draws("two", 3))
    here, there = model.play(values)[0], model.play(values[:, ::-1])[0]
    for name, rows in here.items():
        np.testing.assert_allclose(there[name][::-1], rows, rtol=1e-12, err_msg=name)
