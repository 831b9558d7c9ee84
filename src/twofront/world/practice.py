"""Practice: what joint exercises and training build up, and how a call leaks (docs/model.md, 5)."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def practice(
    level: Float[Array, " world"],
    activity: Float[Array, "year world"],
    gain: Float[Array, " world"],
    scale: Float[Array, " world"],
    forgetting: Float[Array, " world"],
) -> Float[Array, "year world"]:
    """Interoperability at the start of each year, 0 to 1; `activity` counts exercises and trainees."""
    rows = [level]
    for t in range(activity.shape[0] - 1):
        now = rows[-1]
        rows.append(jnp.clip(now + gain * activity[t] / scale * (1 - now) - forgetting * now, 0.0, 1.0))
    return jnp.stack(rows)


def leak(
    base: Float[Array, " world"], secrecy: Float[Array, " world"], level: Float[Array, "year world"]
) -> Float[Array, "year world"]:
    """The chance that a call becomes known to the defenders; practice lowers it."""
    return base * (1 - secrecy * level)
