"""The fast model against the slow twin that was written from docs/model.md: every outcome, every series."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from tests.model.models import Model, Table, bundled, draws, shaped, single, tile
from tests.reference.shapes import SHAPES
from tests.reference.twin import Result, solve_world

from twofront.reference import past_spending

DOUBLE = {"rtol": 1e-10, "atol": 1e-10}
SINGLE = {"rtol": 1e-5, "atol": 1e-5}
WORLDS = {"one": 4, "two": 3, "three": 2, "hidden": 2, "before": 2, "unseen": 4}
PARTNERS = {"coordinated", "calls", "accepted", "half", "refused", "unasked", "unasked_half"}
CASES = [
    ("one", "logit", "ratio"),
    ("two", "logit", "ratio"),
    ("three", "logit", "difference"),
    ("hidden", "logit", "ratio"),
    ("before", "logit", "ratio"),
    ("unseen", "logit", "ratio"),
]
MORE = [("one", "best", "ratio"), ("two", "best", "ratio"), ("two", "logit", "difference")]


@cache
def twins(name: str, concept: str, contest: str) -> list[Result]:
    """The twin's answers for the random worlds of a shape."""
    shape = SHAPES[name]()
    scenario = shape.scenario.model_copy(update={"concept": concept, "contest": contest})
    return [solve_world(scenario, shape.members, world, shape.past) for world in draws(name, WORLDS[name])]


def outcomes(result: Result, pact: bool) -> dict[str, float]:
    """The twin's outcomes under the columns of the table of worlds."""
    found: dict[str, float] = {}
    for field in dataclasses.fields(result.outcomes):
        value = getattr(result.outcomes, field.name)
        if isinstance(value, Mapping):
            for key, number in value.items():
                found[".".join((field.name, *([key] if isinstance(key, str) else key)))] = number
        elif not isinstance(value, list):
            found[field.name] = value
    return found if pact else {name: number for name, number in found.items() if name not in PARTNERS}


def series(result: Result, importers: Mapping[str, object], pact: bool) -> dict[str, list[float]]:
    """The twin's series under the columns of the table of years."""
    world, found = result.world, {"two_fronts": result.outcomes.yearly_two_fronts}
    for name in ("gdp", "spending", "effective", "share", "capital", "force"):
        found |= {f"{name}.{power}": rows for power, rows in world[name].items()}
    for power, rows in world["related"].items():
        gdp = world["gdp"][power]
        found[f"related.{power}"] = [part * y / 100 for part, y in zip(rows, gdp, strict=True)]
    found |= {f"supply.{power}": world["supply"][power] for power in importers}
    found |= {f"ready.{front}": rows for front, rows in world["ready"].items()}
    if pact:
        (leverage,) = world["leverage"].values()
        found |= {"leverage": leverage, "practice": world["practice"]["all"], "leak": world["leak"]["all"]}
    return found


def assert_agree(model: Model, worlds: Table, years: Table, results: list[Result], within: dict[str, float]) -> None:
    """Every figure of the twin stands in the tables, and every outcome of the tables in the twin."""
    scenario = model.loaded.scenario
    pact = scenario.partnership is not None
    checks = {"ties", "certificate", "conservation", "method", "residual"}
    for k, result in enumerate(results):
        wanted = outcomes(result, pact)
        assert set(wanted) == set(worlds) - checks
        for name, rows in series(result, scenario.supply, pact).items():
            np.testing.assert_allclose(years[name][:, k], rows, **within, err_msg=f"{name}, world {k}")
        for name, number in wanted.items():
            np.testing.assert_allclose(worlds[name][k], number, **within, err_msg=f"{name}, world {k}")


@pytest.mark.parametrize(("name", "concept", "contest"), CASES + MORE)
def test_agrees_in_double_precision(name: str, concept: str, contest: str) -> None:
    model = shaped(name, concept, contest)
    worlds, years = model.play(model.matrix(draws(name, WORLDS[name])))
    assert_agree(model, worlds, years, twins(name, concept, contest), DOUBLE)


@pytest.mark.parametrize(
    ("name", "concept", "contest"),
    [pytest.param(*case, marks=pytest.mark.long) if case[0] in ("before", "unseen") else case for case in CASES],
)
def test_agrees_in_single_precision(name: str, concept: str, contest: str) -> None:
    model = shaped(name, concept, contest)
    worlds, years = model.play(model.matrix(draws(name, WORLDS[name])), double=False)
    assert_agree(model, worlds, years, twins(name, concept, contest), SINGLE)


@pytest.fixture(scope="module")
def bundled_twins() -> tuple[np.ndarray, list[Result]]:
    """A tile of the bundled scenario whose first two worlds are drawn at random and given to the twin."""
    model, loaded = bundled(), bundled().loaded
    drawn = tile(np.random.default_rng(7).random((len(model.paths), 2)))
    worlds = [single(dict(zip(model.paths, column, strict=True))) for column in drawn.T[:2]]
    for power, members in loaded.members.items():
        for member in members:  # an ally without a target of its own follows its commitment's
            for world in worlds:
                world.setdefault(f"powers.{power}.members.{member.code}.target", world["commitments.hague.core"])

    def past(code: str, first: int, last: int) -> list[float]:
        return list(past_spending(code, first, last, loaded.past))

    results = [solve_world(loaded.scenario, loaded.members, world, past) for world in worlds]
    return drawn.astype(np.float32).astype(float), results


@pytest.mark.parametrize(
    ("double", "within"),
    [pytest.param(True, DOUBLE, marks=pytest.mark.long), (False, SINGLE)],  # in double precision it takes minutes
    ids=["double", "single"],
)
def test_agrees_on_the_bundled_scenario(
    bundled_twins: tuple[np.ndarray, list[Result]], double: bool, within: dict[str, float]
) -> None:
    drawn, results = bundled_twins
    worlds, years = bundled().play(drawn if double else drawn[:, :8], double=double)
    assert_agree(bundled(), worlds, years, results, within)
