"""The yearly order of the processes, and the world they make (docs/model.md, 2 to 6)."""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from twofront.scenario import Scenario
from twofront.world import forces, practice, spending, supply
from twofront.world.params import Params, Reader


@dataclass(frozen=True)
class World:
    """The world through the years, for one tile of worlds. Money in bn USD2024, `effective` at military prices."""

    gdp: Float[Array, "year power world"]
    spending: Float[Array, "year power world"]
    related: Float[Array, "year power world"]
    effective: Float[Array, "year power world"]
    capital: Float[Array, "year power world"]
    force: Float[Array, "year power world"]
    supply: Float[Array, "year power world"]
    leverage: Float[Array, "year world"]  # % of the partner's GDP
    practice: Float[Array, "year world"]
    leak: Float[Array, "year world"]
    ready: Float[Array, "year front world"]
    residual: Float[Array, " world"]  # largest relative error of the capital balance


def roll(scenario: Scenario, given: Params, read: Reader) -> World:
    """Rolls the world forward: spending, supply, capital, forces, practice, leverage, readiness."""
    years = list(given.years)
    plan = spending.budgets(given.economies, given.pledges, years, len(scenario.powers))
    effective = spending.arms_race(plan.core * given.price, given.response)
    supplied = jnp.ones_like(plan.gdp)
    for imports in given.imports:
        supplied = supplied.at[:, imports.power].set(supply.supply(imports, np.array(years)[:, None]))
    like = given.price
    worn = [forces.left(given.engagements, "losses", y, like) for y in range(years[0] - forces.HISTORY, years[-1] + 1)]
    past = jnp.asarray(given.past, like.dtype)
    first = forces.inventory(past, like, given.ageing, given.investment, worn[: forces.HISTORY])
    for power, capital in given.capital.items():
        first = first.at[power].set(capital)
    kept = worn[forces.HISTORY :]
    capital = forces.accumulate(first, effective, supplied, given.ageing, given.investment, kept)
    free = jnp.stack([forces.left(given.engagements, "tied", year, like) for year in years])
    level, leaks = _practice(scenario, read, years)
    return World(
        gdp=plan.gdp,
        spending=effective / given.price,
        related=plan.related,
        effective=effective,
        capital=capital,
        force=capital * free,
        supply=supplied,
        leverage=_leverage(scenario, given, read, effective, plan.gdp),
        practice=level,
        leak=leaks,
        ready=_readiness(scenario, read, years),
        residual=_residual(capital, effective, supplied, given, kept),
    )


def _practice(scenario: Scenario, read: Reader, years: list[int]) -> tuple[Array, Array]:
    none = jnp.zeros((len(years), *read("none").shape), read.values.dtype)
    if scenario.practice is None or scenario.partnership is None:
        base = read("partnership.leak")
        return none, none + base
    weight = read("practice.trainee_weight")
    activity = jnp.stack(
        [read.at("practice.exercises", y) + weight * read.at("practice.trainees", y) / 100 for y in years]
    )
    names = ("level", "gain", "scale", "forgetting")
    level, gain, scale, forgetting = (read(f"practice.{name}") for name in names)
    rows = practice.practice(level, activity, gain, scale, forgetting)
    return rows, practice.leak(read("partnership.leak"), read("partnership.secrecy"), rows)


def _leverage(scenario: Scenario, given: Params, read: Reader, effective: Array, gdp: Array) -> Array:
    """Leverage of the leader over the partner in % of the partner's GDP (model.md, 4)."""
    none = jnp.zeros((len(given.years), *read("none").shape), read.values.dtype)
    if scenario.partnership is None:
        return none
    names, path = list(scenario.powers), "partnership.leverage."
    leader, partner = names.index(scenario.partnership.leader), names.index(scenario.partnership.partner)
    output = none
    for imports in given.imports:
        if imports.power == partner:
            column = np.array(given.years)[:, None]
            lost = supply.supply(imports, column) - supply.supply_without(imports, leader, column)
            share = 100 * effective[:, partner] / given.price[partner] / gdp[:, partner]
            output = read(path + "wartime_value") * given.investment[partner] * share * lost
    return read(path + "credibility") * (output + read(path + "trade")) * read(path + "duration")


def _readiness(scenario: Scenario, read: Reader, years: list[int]) -> Array:
    rows = []
    for year in years:
        row = []
        for name, front in scenario.fronts.items():
            path = f"fronts.{name}.readiness."
            ready = forces.readiness(year, read(path + "year"), read(path + "width", 1.0))
            row.append(jnp.ones_like(ready) if front.readiness is None else ready)
        rows.append(jnp.stack(row))
    return jnp.stack(rows)


def _residual(capital: Array, effective: Array, supplied: Array, given: Params, kept: list[Array]) -> Array:
    """Largest relative error of: next capital = this - ageing - losses + investment (promise: conserved)."""
    worst = jnp.zeros_like(capital[0, 0])
    for t in range(capital.shape[0] - 1):
        aged = capital[t] * kept[t] * given.ageing
        lost = capital[t] * (1 - kept[t])
        added = given.investment * supplied[t] * effective[t]
        gap = jnp.abs(capital[t + 1] - (capital[t] - lost - aged + added)) / jnp.maximum(capital[t + 1], 1e-6)
        worst = jnp.maximum(worst, jnp.max(gap, axis=0))
    return worst
