"""Arrays as the processes take them: figures by world."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array


def worlds(*figures: float) -> Array:
    """One figure in each world."""
    return jnp.array(figures, float)


def rows(*figures: float) -> Array:
    """A column of figures in one world: [figure, world]."""
    return jnp.array(figures, float)[:, None]


def table(by_year: Sequence[Sequence[float]]) -> Array:
    """Years of figures in one world: [year, figure, world]."""
    return jnp.array(by_year, float)[:, :, None]
