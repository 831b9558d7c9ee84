"""Defence spending: GDP, pledge ramps and the arms race (docs/model.md, 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Economies:
    """Every economy that spends: single powers and the members of groups, each with the power it belongs to."""

    owner: Sequence[int]
    pledge: Sequence[int | None]
    gdp: Float[Array, "economy world"]  # bn USD2024, first year
    growth: Float[Array, "economy world"]  # %/yr
    share: Float[Array, "economy world"]  # % GDP, first year
    target: Float[Array, "economy world"]  # % GDP, core


def delivered(pledge: Pledge, year: int) -> Float[Array, " world"]:
    """The part of a promised rise that is delivered in a year, 0 at its start (model.md R(t))."""

    def ramp(when: int) -> Float[Array, " world"]:
        progress = min(max((when - pledge.start) / (pledge.by - pledge.start), 0.0), 1.0)
        return jnp.where(progress > 0, progress**pledge.shape, 0.0)

    if pledge.review is None:
        return pledge.compliance * ramp(year)
    before = pledge.compliance * ramp(min(year, pledge.review))
    return before + pledge.compliance_after * (ramp(max(year, pledge.review)) - ramp(pledge.review))


@dataclass(frozen=True)
class Budgets:
    """What each power spends in each year before any arms race."""

    gdp: Float[Array, "year power world"]  # bn USD2024
    core: Float[Array, "year power world"]  # bn USD2024, market prices
    related: Float[Array, "year power world"]  # bn USD2024


def budgets(economies: Economies, pledges: Sequence[Pledge], years: Sequence[int], powers: int) -> Budgets:
    """Spending of each power at market prices: the sum over its economies, each on its own path."""
    rows: dict[str, list[Array]] = {"gdp": [], "core": [], "related": []}
    for year in years:
        gdp = economies.gdp * (1 + economies.growth / 100) ** (year - years[0])
        done = [delivered(pledge, year) for pledge in pledges]
        rise = jnp.maximum(economies.target - economies.share, 0.0)
        none = jnp.zeros_like(economies.gdp[0])
        kept = jnp.stack([none if k is None else done[k] for k in economies.pledge])
        extra = jnp.stack([none if k is None else done[k] * pledges[k].related for k in economies.pledge])
        share = economies.share + kept * rise
        for name, amount in (("gdp", gdp), ("core", share / 100 * gdp), ("related", extra / 100 * gdp)):
            rows[name].append(sum_by_owner(amount, economies.owner, powers))
    return Budgets(**{name: jnp.stack(series) for name, series in rows.items()})


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
