"""Defence spending: GDP, pledge ramps and the arms race (docs/model.md, 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import jax.numpy as jnp
from jaxtyping import Array, Float


@dataclass(frozen=True)
class Pledge:
    """A commitment that some economies made: its dates and how much of the promised rise is delivered."""

    start: int
    by: int
    review: int | None
    compliance: Float[Array, " world"]
    compliance_after: Float[Array, " world"]
    shape: Float[Array, " world"]
    related: Float[Array, " world"]  # % GDP
    growth_limit: Float[Array, " world"] | None = None  # %/yr, of spending on account of the pledge


@dataclass(frozen=True)
class Economies:
    """Every economy that spends: single powers and the members of groups, each with the power it belongs to."""

    owner: Sequence[int]
    pledge: Sequence[int | None]
    gdp: Float[Array, "economy world"]  # bn USD2024, first year
    growth: Float[Array, "economy world"]  # %/yr
    share: Float[Array, "economy world"]  # % GDP, first year
    target: Float[Array, "economy world"]  # % GDP, core
    compliance: Mapping[int, Float[Array, " world"]] = field(default_factory=dict)  # of an economy's own


def ramp(pledge: Pledge, year: int) -> Float[Array, " world"]:
    """The part of the way that the pledge asks for by a year, 0 at its start and 1 at its end (model.md ρ)."""
    progress = min(max((year - pledge.start) / (pledge.by - pledge.start), 0.0), 1.0)
    return jnp.where(progress > 0, progress**pledge.shape, 0.0)


def delivered(pledge: Pledge, year: int) -> Float[Array, " world"]:
    """The part of a promised rise that is delivered in a year, 0 at its start (model.md R(t))."""
    if pledge.review is None:
        return pledge.compliance * ramp(pledge, year)
    before = pledge.compliance * ramp(pledge, min(year, pledge.review))
    return before + pledge.compliance_after * (ramp(pledge, max(year, pledge.review)) - ramp(pledge, pledge.review))


@dataclass(frozen=True)
class Budgets:
    """What each power spends in each year before any arms race."""

    gdp: Float[Array, "year power world"]  # bn USD2024
    core: Float[Array, "year power world"]  # bn USD2024, market prices
    related: Float[Array, "year power world"]  # bn USD2024


def budgets(economies: Economies, pledges: Sequence[Pledge], years: Sequence[int], powers: int) -> Budgets:
    """Spending of each power at market prices: the sum over its economies, each on its own path."""
    rows: dict[str, list[Array]] = {"gdp": [], "core": [], "related": []}
    rise = jnp.maximum(economies.target - economies.share, 0.0)
    limit = _limits(economies, pledges)
    spent: Array | None = None
    for year in years:
        gdp = economies.gdp * (1 + economies.growth / 100) ** (year - years[0])
        kept = _kept(economies, pledges, year)
        none = jnp.zeros_like(economies.gdp[0])
        extra = jnp.stack([none if k is None else kept[e] * pledges[k].related for e, k in enumerate(economies.pledge)])
        core = (economies.share + kept * rise) / 100 * gdp
        if limit is not None and spent is not None:  # money can be spent only so fast; nobody is pulled down
            most = jnp.where(spent > 0, limit * spent, jnp.inf)  # who spends nothing may begin
            core = jnp.maximum(economies.share / 100 * gdp, jnp.minimum(core, most))
        spent = core
        for name, amount in (("gdp", gdp), ("core", core), ("related", extra / 100 * gdp)):
            rows[name].append(sum_by_owner(amount, economies.owner, powers))
    return Budgets(**{name: jnp.stack(series) for name, series in rows.items()})


def _kept(economies: Economies, pledges: Sequence[Pledge], year: int) -> Float[Array, "economy world"]:
    """The part of its promised rise that each economy has delivered: its own compliance, or the common one."""
    done = [delivered(pledge, year) for pledge in pledges]
    none = jnp.zeros_like(economies.gdp[0])
    return jnp.stack([
        none if k is None
        else economies.compliance[e] * ramp(pledges[k], year) if e in economies.compliance
        else done[k]
        for e, k in enumerate(economies.pledge)
    ])  # fmt: skip


def _limits(economies: Economies, pledges: Sequence[Pledge]) -> Float[Array, "economy world"] | None:
    """The factor by which the pledge may raise spending in a year; None where no pledge has a limit."""
    if all(pledge.growth_limit is None for pledge in pledges):
        return None
    free = jnp.full_like(economies.gdp[0], jnp.inf)
    factors = [free if p.growth_limit is None else 1 + p.growth_limit / 100 for p in pledges]
    return jnp.stack([free if k is None else factors[k] for k in economies.pledge])


def sum_by_owner(
    amount: Float[Array, "economy world"], owner: Sequence[int], powers: int
) -> Float[Array, "power world"]:
    """Adds up the economies of each power; none is lost."""
    groups = [[e for e, who in enumerate(owner) if who == power] for power in range(powers)]
    return jnp.stack([jnp.sum(amount[jnp.asarray(group)], axis=0) for group in groups])


def arms_race(
    effective: Float[Array, "year power world"],
    response: Mapping[tuple[int, int], Float[Array, " world"]],
) -> Float[Array, "year power world"]:
    """Effective spending after reactions to the rivals' rises (Richardson 1960, in effective dollars).

    `response` maps (power, rival) to the share of the rival's last rise that the power adds.
    """
    if not response:
        return effective
    rows = [effective[0]]
    added = jnp.zeros_like(effective[0])
    for t in range(1, effective.shape[0]):
        if t >= 2:
            rise = rows[t - 1] - rows[t - 2]
            for (power, rival), strength in response.items():
                added = added.at[power].add(strength * rise[rival])
        rows.append(jnp.maximum(effective[t] + added, 0.0))
    return jnp.stack(rows)
