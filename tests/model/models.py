"""What the tests of the model share: loaded shapes, tiles of worlds, and a compiled model for each structure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import Any

import jax
import numpy as np
from pydantic import BaseModel
from tests.reference.shapes import SHAPES, Shape, random_values

from twofront.ensemble import simulate
from twofront.scenario import Loaded, load_scenario
from twofront.scenario.policies import values
from twofront.scenario.quantity import Kind, Quantity, scalars
from twofront.scenario.schema import Scenario

Floats = np.ndarray
Table = dict[str, Floats]
MEMBER = {"gdp": "bn USD2024", "growth": "%/yr", "share": "% GDP", "target": "% GDP", "compliance": "1"}
CHECKS = ("certificate", "conservation", "tail_move", "ties", "method", "residual")  # columns: how well it was solved


@dataclass(frozen=True)
class Row:
    """One member of a group: only what the model reads."""

    code: str
    quantities: dict[str, Quantity]


def row(code: str) -> Row:
    """A member whose figures the tests set."""
    return Row(code, {name: Quantity(Kind(unit), unit, value=1.0, judgement="test") for name, unit in MEMBER.items()})


def load(shape: Shape, **changes: Any) -> Loaded:
    """A shape as the loader would give it; `changes` replace fields of the scenario."""
    scenario = rebuilt(shape.scenario, known_links).model_copy(update=changes)
    members = {power: tuple(row(ally.code) for ally in allies) for power, allies in shape.members.items()}
    codes = [power.code for power in scenario.powers.values() if power.code]
    codes += [ally.code for allies in shape.members.values() for ally in allies]
    first, last = scenario.start - 25, scenario.start - 1
    past = {code: dict(zip(range(first, last + 1), shape.past(code, first, last), strict=True)) for code in codes}
    given = {"scenario": scenario, "members": members, "past": past, "policies": {}, "texts": {}}
    return Loaded(**{field.name: given.get(field.name) for field in fields(Loaded)})


@dataclass(eq=False, frozen=True)
class Model:
    """A loaded scenario with its compiled model."""

    loaded: Loaded

    @cached_property
    def solve(self) -> simulate.Solve:
        """Compiled once for each precision and tile."""
        return simulate.solver(self.loaded)

    @cached_property
    def paths(self) -> list[str]:
        """Every figure in the order of the rows."""
        return list(scalars(self.loaded))

    def matrix(self, worlds: Sequence[Mapping[str, float]]) -> Floats:
        """One column for each world."""
        return np.array([[world[path] for world in worlds] for path in self.paths])

    def play(self, values: Floats, *, double: bool = True) -> tuple[Table, Table]:
        """Outcomes of a tile: by world, and by year and world."""
        with jax.enable_x64(double):
            worlds, years = self.solve(values.astype(np.float64 if double else np.float32))
            return {k: np.asarray(v) for k, v in worlds.items()}, {k: np.asarray(v) for k, v in years.items()}


@cache
def shaped(name: str, concept: str = "logit", contest: str | None = None) -> Model:
    """The model of one of the fixed shapes, with its own contest unless another is named."""
    shape = SHAPES[name]()
    return Model(load(shape, concept=concept, contest=contest or shape.scenario.contest))


@cache
def bundled() -> Model:
    """The model of the scenario that comes with the package."""
    return Model(load_scenario("two-fronts"))


@cache
def seen() -> Model:
    """The same with every move observed: solved in closed form, so that many worlds of extreme figures cost little."""
    loaded = bundled().loaded
    sees = {stage: loaded.scenario.order[:k] for k, stage in enumerate(loaded.scenario.order)}
    return Model(replace(loaded, scenario=loaded.scenario.model_copy(update={"sees": sees})))


def tile(numbers: Floats, policy: str = "baseline") -> Floats:
    """A tile of the bundled scenario: worlds from uniform numbers, the rest of it the central world.

    One world more than there are figures and eight besides, so that one compiled model serves every test.
    """
    loaded = bundled().loaded
    count = len(numbers)
    central = np.full((count, count + 8 - numbers.shape[1]), 0.5)
    return values(loaded, loaded.policies[policy], np.hstack([numbers, central]))


def draws(name: str, count: int, seed: int = 0) -> list[dict[str, float]]:
    """Random worlds of a shape, of numbers that both precisions hold exactly."""
    shape, rng = SHAPES[name](), random.Random(seed)
    return [single(random_values(shape, rng)) for _ in range(count)]


def single(world: Mapping[str, float]) -> dict[str, float]:
    """The numbers rounded to single precision."""
    return {path: float(np.float32(number)) for path, number in world.items()}


def as_tables(node: Any) -> Any:
    """A record as the tables it was read from; figures stay as they are."""
    if isinstance(node, BaseModel):
        return {name: as_tables(getattr(node, name)) for name in type(node).model_fields}
    if isinstance(node, Mapping):
        return {key: as_tables(value) for key, value in node.items()}
    return list(node) if isinstance(node, list) else node


def rebuilt(scenario: Scenario, change: Any) -> Scenario:
    """The scenario with its tables changed by a function, checked again."""
    tables = as_tables(scenario)
    return Scenario.model_validate(change(tables) or tables)


def known_links(tables: dict[str, Any]) -> None:
    """Leaves out goods' shippers that are no powers of the shape: nothing can cut them."""
    for importer in tables["supply"].values():
        for good in importer["goods"].values():
            for link in ("shipped", "made"):
                good[link] = {power: share for power, share in good[link].items() if power in tables["powers"]}
