"""Supply of arms production and the leverage it gives (docs/model.md, 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

When = int | Int[np.ndarray, "year 1"]  # one year, or all at once as a column
LEAST = 0.01  # availability that keeps the near-Leontief aggregate finite


@dataclass(frozen=True)
class Good:
    """A good that the importer's arms production needs."""

    weight: Float[Array, " world"]
    dependence: Float[Array, " world"]
    cover: Float[Array, " world"]  # yr
    substitution: Float[Array, " world"]  # 1/yr
    links: Mapping[tuple[str, int], Float[Array, " world"]]  # ("shipped" | "made", power) -> share of imports


@dataclass(frozen=True)
class Cut:
    """A share of one link that is withheld from a year on."""

    good: int
    link: tuple[str, int]
    year: Float[Array, " world"]
    share: Float[Array, " world"]


@dataclass(frozen=True)
class Imports:
    """What one power's arms production imports."""

    power: int
    need: Float[Array, " world"]
    elasticity: Float[Array, " world"]
    goods: Sequence[Good]
    cuts: Sequence[Cut]
    price: Float[Array, " world"] | float = 0.0  # rise of cost when all goods are missing


def missing(imports: Imports, index: int, year: When) -> Float[Array, "*year world"]:
    """The share of a good's need that cuts leave unmet in a year, after stocks and substitution."""
    good = imports.goods[index]
    lost = jnp.zeros_like(good.weight + 0 * year)
    for cut in imports.cuts:
        if cut.good == index:
            since = jnp.maximum(year + 1 - cut.year - good.cover, 0.0)
            bite = jnp.where(year >= cut.year, jnp.minimum(since, 1.0), 0.0)
            lost = lost + good.links[cut.link] * cut.share * bite * jnp.exp(-good.substitution * since)
    return good.dependence * jnp.clip(lost, 0.0, 1.0)


def multiplier(imports: Imports, availability: Sequence[Float[Array, "*#year world"]]) -> Float[Array, "*year world"]:
    """Share of arms production that availability allows: CES over goods, mixed with what needs none, at their price."""
    power = (imports.elasticity - 1) / imports.elasticity
    weights = sum((good.weight for good in imports.goods), jnp.zeros_like(imports.need))
    # In logs, relative to the scarcest good: availability^power overflows float32 near Leontief.
    logs = [jnp.log(jnp.clip(a, LEAST, 1.0)) * power for a in availability]
    top = logs[0]
    for log in logs[1:]:
        top = jnp.maximum(top, log)
    total = sum(
        (good.weight / weights * jnp.exp(log - top) for good, log in zip(imports.goods, logs, strict=True)),
        jnp.zeros_like(top),
    )
    output = 1 - imports.need * (1 - jnp.exp((top + jnp.log(total)) / power))
    scarce = sum(
        (
            good.weight / weights * (1 - jnp.clip(a, LEAST, 1.0))
            for good, a in zip(imports.goods, availability, strict=True)
        ),
        jnp.zeros_like(top),
    )
    return output / (1 + imports.price * imports.need * scarce)


def supply(imports: Imports, year: When) -> Float[Array, "*year world"]:
    """The importer's supply multiplier B in a year, 0 to 1."""
    return multiplier(imports, [1 - missing(imports, g, year) for g in range(len(imports.goods))])


def supply_without(imports: Imports, leader: int, year: When) -> Float[Array, "*year world"]:
    """The multiplier if the leader withheld all it ships, in the first year after the stocks."""
    rows = []
    for index, good in enumerate(imports.goods):
        shipped = good.links.get(("shipped", leader), jnp.zeros_like(good.weight))
        gone = good.dependence * shipped * (1 - jnp.clip(good.cover, 0.0, 1.0))
        rows.append(jnp.clip(1 - missing(imports, index, year) - gone, 0.0, 1.0))
    return multiplier(imports, rows)
