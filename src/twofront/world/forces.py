"""Military capital, engagements and readiness (docs/model.md, 3 and 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

HISTORY = 25  # years of published spending behind the first capital


@dataclass(frozen=True)
class Engagement:
    """A war that ties down a share of one power's forces and wears them while it lasts."""

    power: int
    began: int
    end: Float[Array, " world"]  # year, with its fraction
    tied: Float[Array, " world"]
    losses: Float[Array, " world"]  # 1/yr, net of what is refurbished from store
    refill: Float[Array, " world"] | None = None  # 1/yr, what refurbishment replaced until the store ran out
    exhausted: Float[Array, " world"] | None = None  # year, with its fraction

    def share(self, name: str, year: int) -> Float[Array, " world"]:
        """The share that is tied, or lost, in a whole year of war."""
        share: Float[Array, " world"] = getattr(self, name)
        if name == "losses" and self.refill is not None and self.exhausted is not None:
            return jnp.minimum(share + self.refill * jnp.clip(year + 1 - self.exhausted, 0.0, 1.0), 1.0)
        return share


def active(engagement: Engagement, year: int) -> Float[Array, " world"]:
    """The part of a year in which the engagement goes on, 0 to 1."""
    if year < engagement.began:
        return jnp.zeros_like(engagement.end)
    return jnp.clip(engagement.end - year, 0.0, 1.0)


def left(
    engagements: Sequence[Engagement], field: str, year: int, like: Float[Array, "power world"]
) -> Float[Array, "power world"]:
    """What engagements leave of each power's forces in a year: the product of 1 - tied (or 1 - losses)."""
    remaining = jnp.ones_like(like)
    for engagement in engagements:
        share = engagement.share(field, year) * active(engagement, year)
        remaining = remaining.at[engagement.power].multiply(1 - share)
    return remaining


def inventory(
    past: Float[Array, "past power world"],
    price: Float[Array, "power world"],
    ageing: Float[Array, "power world"],
    investment: Float[Array, "power world"],
    survive: Sequence[Float[Array, "power world"]],
) -> Float[Array, "power world"]:
    """First capital: the perpetual inventory of published spending (OECD 2009), oldest year first."""
    capital = jnp.zeros_like(price)
    for spent, kept in zip(past, survive, strict=True):
        capital = (1 - ageing) * kept * capital + investment * price * spent
    return capital


def accumulate(
    first: Float[Array, "power world"],
    effective: Float[Array, "year power world"],
    supply: Float[Array, "year power world"],
    ageing: Float[Array, "power world"],
    investment: Float[Array, "power world"],
    survive: Sequence[Float[Array, "power world"]],
) -> Float[Array, "year power world"]:
    """Capital at the start of each year: what age and war leave, and what the arms industry adds."""
    rows = [first]
    for t in range(effective.shape[0] - 1):
        rows.append((1 - ageing) * survive[t] * rows[-1] + investment * supply[t] * effective[t])
    return jnp.stack(rows)


def readiness(year: int, middle: Float[Array, " world"], width: Float[Array, " world"]) -> Float[Array, " world"]:
    """Readiness for a front: logistic in time, one half in its middle year. Capability, not intent."""
    return jax.nn.sigmoid((year - middle) / width)
