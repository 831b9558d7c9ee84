"""Defence spending: GDP, pledge ramps and the arms race (docs/model.md, 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import jax.numpy as jnp
import numpy as np
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
    compliance: Mapping[int, Float[Array, " world"]] = field(default_factory=dict)  # instead of the common one
    own: Mapping[int, Float[Array, " world"]] = field(default_factory=dict)  # an economy's own part of its compliance


# How far revisions reach back: between SIPRI's releases of 2025 and 2026 figures of the newest year moved by 8 % (sd),
# of the year before by 6 %, of two years before by 2 %, older ones hardly more.
FADE = (1.0, 0.8, 0.3)


def revised(
    past: Float[np.ndarray, "past economy"], revision: Mapping[int, Float[Array, " world"]], owner: Sequence[int],
    like: Float[Array, "power world"],
) -> Float[Array, "past power world"]:  # fmt: skip
    """Published spending of the years before the start, as later editions may state it, summed by power.

    `revision` is the log of the newest figure's correction, by economy; the years before it follow by FADE.
    """
    fade = np.zeros((len(past), 1, 1), like.dtype)
    reach = min(len(past), len(FADE) - 1)
    fade[len(past) - reach :, 0, 0] = FADE[reach:0:-1]
    logs = jnp.stack([revision.get(e, jnp.zeros_like(like[0])) for e in range(len(owner))])
    amounts = jnp.asarray(past, like.dtype)[:, :, None] * jnp.exp(fade * logs)
    return sum_by_owner(amounts, owner, len(like))


def ramp(pledge: Pledge, year: int) -> Float[Array, " world"]:
    """The part of the way that the pledge asks for by a year, 0 at its start and 1 at its end (model.md ρ)."""
    progress = min(max((year - pledge.start) / (pledge.by - pledge.start), 0.0), 1.0)
    return jnp.where(progress > 0, progress**pledge.shape, 0.0)


def keeping(
    common: Float[Array, "*economy world"], own: Float[Array, "*economy world"]
) -> Float[Array, "*economy world"]:
    """Compliance of an economy, c^exp(own): nothing and all stay what they are, between them each goes its own way."""
    return jnp.where(common < 1, common ** jnp.exp(own), common)


def asked(pledge: Pledge, year: int) -> tuple[Float[Array, " world"], Float[Array, " world"]]:
    """The part of the way that is asked for by a year, split into what lies before the review and what after it."""
    if pledge.review is None:
        return ramp(pledge, year), jnp.zeros_like(pledge.shape)
    after = ramp(pledge, max(year, pledge.review)) - ramp(pledge, pledge.review)
    return ramp(pledge, min(year, pledge.review)), after


def delivered(pledge: Pledge, year: int) -> Float[Array, " world"]:
    """The part of a promised rise that is delivered in a year, 0 at its start (model.md R(t))."""
    before, after = asked(pledge, year)
    return pledge.compliance * before + pledge.compliance_after * after


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
    before, after = _compliance(economies, pledges)
    related = _by_pledge(economies, [pledge.related for pledge in pledges])
    spent: Array | None = None
    for year in years:
        gdp = economies.gdp * (1 + economies.growth / 100) ** (year - years[0])
        early, late = zip(*(asked(pledge, year) for pledge in pledges), strict=True) if pledges else ((), ())
        kept = before * _by_pledge(economies, early) + after * _by_pledge(economies, late)
        core = (economies.share + kept * rise) / 100 * gdp
        if limit is not None and spent is not None:  # money can be spent only so fast; nobody is pulled down
            most = jnp.where(spent > 0, limit * spent, jnp.inf)  # who spends nothing may begin
            core = jnp.maximum(economies.share / 100 * gdp, jnp.minimum(core, most))
        spent = core
        for name, amount in (("gdp", gdp), ("core", core), ("related", kept * related / 100 * gdp)):
            rows[name].append(sum_by_owner(amount, economies.owner, powers))
    return Budgets(**{name: jnp.stack(series) for name, series in rows.items()})


def _by_pledge(economies: Economies, figures: Sequence[Float[Array, " world"]]) -> Float[Array, "economy world"]:
    """The figure of each economy's pledge; 0 for those without one."""
    rows = jnp.stack([*figures, jnp.zeros_like(economies.gdp[0])])
    return rows[np.array([len(figures) if k is None else k for k in economies.pledge])]


def _compliance(
    economies: Economies, pledges: Sequence[Pledge]
) -> tuple[Float[Array, "economy world"], Float[Array, "economy world"]]:
    """Each economy's compliance before and after the review: its row's instead of the common one, then its own part."""
    own = jnp.stack([economies.own.get(e, jnp.zeros_like(economies.gdp[0])) for e in range(len(economies.owner))])
    found = []
    for common in ([p.compliance for p in pledges], [p.compliance_after for p in pledges]):
        rows = _by_pledge(economies, common)
        for e, instead in economies.compliance.items():
            rows = rows.at[e].set(instead)
        found.append(keeping(rows, own))
    return found[0], found[1]


def _limits(economies: Economies, pledges: Sequence[Pledge]) -> Float[Array, "economy world"] | None:
    """The factor by which the pledge may raise spending in a year; None where no pledge has a limit."""
    if all(pledge.growth_limit is None for pledge in pledges):
        return None
    free = jnp.full_like(economies.gdp[0], jnp.inf)
    factors = [free if p.growth_limit is None else 1 + p.growth_limit / 100 for p in pledges]
    return jnp.stack([free if k is None else factors[k] for k in economies.pledge])


def sum_by_owner(
    amount: Float[Array, "*year economy world"], owner: Sequence[int], powers: int
) -> Float[Array, "*year power world"]:
    """Adds up the economies of each power; none is lost."""
    groups = [np.flatnonzero(np.equal(owner, power)) for power in range(powers)]
    return jnp.stack([jnp.sum(amount[..., group, :], axis=-2) for group in groups], axis=-2)


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
