"""No silent inputs: every figure of the bundled scenario and every choice of structure moves some outcome."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.models import (
    CHECKS,
    Floats,
    Model,
    Table,
    as_tables,
    bundled,
    draws,
    load,
    rebuilt,
    seen,
    shaped,
    tile,
)
from tests.reference.shapes import SHAPES, Shape

from twofront.scenario.schema import Scenario
from twofront.world.params import params, reader
from twofront.world.year import roll

LEAST = 1e-9  # relative; a changed input moves an outcome by more than rounding could


def moved(path: str, number: float) -> float:
    """Another value for a figure, inside its range: a tenth more, or less where there is no room."""
    kind = bundled().loaded.scalars[path].kind
    step = 0.6 if kind.unit == "year" else 0.1 * abs(number) or 0.1
    return number + step if kind.high is None or number + step <= kind.high else number - step


def changed(tables: tuple[Table, Table], base: int, count: int) -> Floats:
    """[world], whether any outcome of the first `count` worlds differs from the world `base`."""
    found = np.zeros(count, bool)
    for table in tables:
        for name, rows in table.items():
            if name not in CHECKS:
                there, here = rows[..., :count], rows[..., base : base + 1]
                differs = np.abs(there - here) > LEAST * np.maximum(np.abs(here), 1e-9)
                differs |= np.isnan(there) != np.isnan(here)
                found |= differs.reshape(-1, count).any(axis=0)
    return found


def perturbed(policy: str, level: float = 0.5) -> Floats:
    """A world with all figures at one level of their distributions, once with each figure moved, then as it is."""
    paths = bundled().paths
    values = tile(np.full((len(paths), len(paths) + 8), level), policy)
    for row, path in enumerate(paths):
        values[row, row] = moved(path, values[row, row])
    return values


def test_every_figure_moves_some_outcome() -> None:
    """Somewhere: under a policy in which it matters (a cut's year needs a cut), in a world of low or high figures."""
    model = seen()
    count = len(model.paths)
    silent = np.ones(count, bool)
    for level, policy in product((0.5, 0.02, 0.98), model.loaded.policies):
        silent &= ~changed(model.play(perturbed(policy, level)), count, count)
        if not silent.any():
            break
    assert list(np.array(model.paths)[silent]) == []


def test_the_search_for_silent_inputs_finds_one() -> None:
    """A world that equals the base is reported as unchanged, so the test above can fail."""
    model = seen()
    values = perturbed("baseline")
    values[:, 3] = values[:, -1]
    found = changed(model.play(values), len(model.paths), len(model.paths))
    assert not found[3]
    assert found[:3].all()


def rolled(scenario: Scenario) -> dict[str, Floats]:
    """The central world's series under another structure of the bundled scenario."""
    loaded = replace(bundled().loaded, scenario=scenario)
    values = tile(np.full((len(bundled().paths), 1), 0.5))[:, :1]
    with jax.enable_x64(True):
        read = reader(loaded, jnp.asarray(values))
        world = roll(scenario, params(loaded, read), read)
        return {name: np.asarray(getattr(world, name)) for name in ("spending", "related", "capital", "force")}


@pytest.mark.parametrize(
    ("table", "entry", "change"),
    [
        ("commitments", "hague", {"review": 2031}),
        ("commitments", "hague", {"review": None}),
        ("commitments", "hague", {"by": 2033}),
        ("commitments", "hague", {"start": 2026}),
        ("commitments", "taiwan_budget", {"by": 2032}),
        ("engagements", "ukraine", {"began": 2020}),
    ],
)
def test_every_date_moves_the_world(table: str, entry: str, change: dict[str, Any]) -> None:
    scenario = bundled().loaded.scenario

    def edit(tables: dict[str, Any]) -> None:
        tables[table][entry] |= change

    here, there = rolled(scenario), rolled(rebuilt(scenario, edit))
    assert any(not np.allclose(here[name], there[name], rtol=1e-9) for name in here)


def structure(tables: dict[str, Any], where: str, value: Any) -> None:
    """Sets one entry of the tables by its dotted path."""
    *parents, last = where.split(".")
    for name in parents:
        tables = tables[name]
    tables[last] = value


@pytest.mark.parametrize(
    ("name", "where", "value"),
    [
        ("one", "tail", 1),
        ("one", "end", 2026),
        ("one", "start", 2026),
        ("one", "fronts.strait.status", "blockade"),
        ("two", "order", ["strait", "call", "usa", "flank"]),
        ("two", "powers.china.nuclear", False),
        ("two", "powers.usa.nuclear", False),
    ],
)
def test_every_choice_of_structure_moves_some_outcome(name: str, where: str, value: Any) -> None:
    """On the smallest shape that has the choice."""
    shape = SHAPES[name]()
    scenario = rebuilt(shape.scenario, lambda tables: structure(tables, where, value))
    assert as_tables(scenario) != as_tables(shape.scenario)
    model, other = shaped(name), Model(load(Shape(scenario, shape.members)))
    worlds = draws(name, {"one": 4, "two": 3}[name])  # as many as elsewhere: the same compiled model
    here, there = model.play(model.matrix(worlds))[0], other.play(other.matrix(worlds))[0]
    assert any(not np.allclose(here[k], there[k], rtol=1e-9, equal_nan=True) for k in here if k not in CHECKS)


@pytest.mark.parametrize(("concept", "contest"), [("best", "ratio"), ("logit", "difference")])
def test_concept_and_contest_move_the_outcomes(concept: str, contest: str) -> None:
    worlds = draws("two", 3)
    here, there = (m.play(m.matrix(worlds))[0] for m in (shaped("two"), shaped("two", concept, contest)))
    assert not np.allclose(here["two_fronts"], there["two_fronts"], rtol=1e-6)
